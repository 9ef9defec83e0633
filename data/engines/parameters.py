"""What every engine asks of a statement's parameters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from data.errors import Invalid


def bound(used: Iterable[str], params: Mapping[str, Any]) -> dict[str, Any]:
    """Those that the statement uses, times in UTC. Raises Invalid for one not given and for a time without zone."""
    names = set(used)
    if missing := names - params.keys():
        raise Invalid(f"The SQL uses :{', :'.join(sorted(missing))}, which was not given.")
    return {name: _bindable(name, params[name]) for name in names}


def _bindable(name: str, value: Any) -> Any:
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise Invalid(f"The time given for :{name} has no time zone.")
        return value.astimezone(UTC)
    if isinstance(value, list | tuple | set | frozenset):
        return [_bindable(name, item) for item in value]
    return value
