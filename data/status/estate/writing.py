"""Writes platforms and checks as the file that `read_estate` reads: only what differs from the defaults."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, time, timedelta
from typing import Any

import yaml

from data.status.estate.entries import Estate
from data.status.model import Check, Model, Platform

HEAD = "# Platforms and checks of this portal, for `python -m jobs apply`. What was retired is left out.\n"
_BARE = re.compile(r"[A-Za-z][\w@./-]*(?: [\w@./-]+)*|(?:\d+[smhd])+", re.ASCII)
_MEANT = frozenset({"true", "false", "null", "NaN", "Infinity"})
_UNITS = ((86400, "d"), (3600, "h"), (60, "m"), (1, "s"))


class _OneLine(dict[str, Any]):
    """What stands inside an entry."""


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    """In quotes, unless it is sure to be read as the same text."""
    bare = _BARE.fullmatch(text) and text not in _MEANT
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=None if bare else '"')


def _one_line(dumper: yaml.SafeDumper, entry: _OneLine) -> yaml.MappingNode:
    return dumper.represent_mapping("tag:yaml.org,2002:map", entry.items(), flow_style=True)


def _brackets(dumper: yaml.SafeDumper, entries: tuple[Any, ...]) -> yaml.SequenceNode:
    return dumper.represent_sequence("tag:yaml.org,2002:seq", entries, flow_style=True)


_Dumper.add_representer(str, _text)
_Dumper.add_representer(_OneLine, _one_line)
_Dumper.add_representer(tuple, _brackets)


def write_estate(estate: Estate) -> str:
    """Without what is retired. Read again, it changes nothing in what is stored."""
    sections = {
        "platforms": [dict(_entry(platform)) for platform in estate.platforms if platform.state != "retired"],
        "checks": [dict(_entry(check)) for check in estate.checks if check.state != "retired"],
    }
    return HEAD + yaml.dump(
        sections, Dumper=_Dumper, default_flow_style=False, sort_keys=False, allow_unicode=True, width=2**31
    )


def _entry(entry: Platform | Check) -> Iterator[tuple[str, Any]]:
    for name, field in type(entry).model_fields.items():
        value = getattr(entry, name)
        if name in {"version", "platform_calendar"} or (not field.is_required() and value == field.default):
            continue
        if name == "thresholds":
            yield from _inside(value).items()
        else:
            yield name.removesuffix("_id"), _plain(value)


def _inside(model: Model) -> _OneLine:
    return _OneLine({
        name: _plain(value)
        for name, field in type(model).model_fields.items()
        if (value := getattr(model, name)) != field.default
    })  # fmt: skip


def _plain(value: Any) -> Any:
    match value:
        case Model():
            return _inside(value)
        case dict():
            return _OneLine({key: _plain(part) for key, part in value.items()})
        case list() | tuple():
            return tuple(map(_plain, value))
        case timedelta():
            return _length(value)
        case time():
            return value.strftime("%H:%M:%S" if value.second else "%H:%M")
        case date():
            return value.isoformat()
        case str():
            return str(value)
        case _:
            return value


def _length(value: timedelta) -> str:
    left, parts = int(value.total_seconds()), []
    for seconds, unit in _UNITS:
        count, left = divmod(left, seconds)
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts)
