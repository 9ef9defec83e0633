"""What differs between two versions of an entry, in the words of the file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, NamedTuple

from data.status.model import Calendar, Check, Deadline, Platform

_UNITS = (("d", 86400), ("h", 3600), ("min", 60), ("s", 1))
_NOTHING = "none"


class Difference(NamedTuple):
    field: str
    old: str
    new: str


def differences(before: Platform | Check, after: Platform | Check) -> Iterator[Difference]:
    old, new = _facts(before), _facts(after)
    for name in {**old, **new}:
        if old.get(name, _NOTHING) != new.get(name, _NOTHING):
            yield Difference(name, old.get(name, _NOTHING), new.get(name, _NOTHING))


def _facts(entry: Platform | Check) -> dict[str, str]:
    facts: dict[str, str] = {}
    for name in type(entry).model_fields:
        value = getattr(entry, name)
        match name:
            case "version" | "platform_calendar":
                continue
            case "target":
                facts |= {f"target.{key}": json.dumps(part, ensure_ascii=False) for key, part in value.items()}
            case "thresholds":
                facts |= {key: _said(getattr(value, key)) for key in type(value).model_fields}
            case _:
                facts[name.removesuffix("_id")] = _said(value)
    return facts


def _said(value: Any) -> str:
    match value:
        case None | ():
            return _NOTHING
        case timedelta():
            return _length(value)
        case Deadline():
            return f"by {value.by:%H:%M} {value.timezone}, opens {value.opens:%H:%M}"
        case Calendar():
            return f"{_said(value.weekdays)}; holidays {_said(value.holidays)}"
        case float():
            return repr(value).removesuffix(".0")
        case tuple():
            return ", ".join(map(str, value))
        case _:
            return str(value)


def _length(value: timedelta) -> str:
    """Exact, unlike what screens show: '1 h 30 min'."""
    left = int(value.total_seconds())
    parts = []
    for unit, seconds in _UNITS:
        count, left = divmod(left, seconds)
        if count:
            parts.append(f"{count} {unit}")
    return " ".join(parts)
