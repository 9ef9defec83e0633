"""Other limits for a check, as somebody types them: each problem in words, at the field it is about."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from data.errors import Refused
from data.status.model import Check, Mode, Severity

LABELS: Mapping[str, str] = {
    "warn_after": "Late after", "error_after": "Down after", "warn_above": "Warn above", "error_above": "Down above",
    "warn_below": "Warn below", "error_below": "Down below",
}  # fmt: skip
TIMED = ("warn_after", "error_after")
NUMBERS = ("warn_above", "error_above", "warn_below", "error_below")
_PAIRS = (("warn_after", "error_after", 1), ("warn_above", "error_above", 1), ("warn_below", "error_below", -1))


def fields_of(check: Check) -> tuple[str, ...]:
    """The limits that this mode knows."""
    if check.mode is Mode.threshold:
        return NUMBERS
    return TIMED if check.mode in (Mode.age, Mode.heartbeat, Mode.deadline) else ()


def with_limits(check: Check, limits: Mapping[str, Any], severity: Severity, every: timedelta) -> Check:
    """Raises Refused for limits that are out of order or missing. None: without this one."""
    asked = {name: limits.get(name) for name in fields_of(check)}
    for milder, worse, sign in _PAIRS:
        one, other = asked.get(milder), asked.get(worse)
        if one is not None and other is not None and not (one < other if sign > 0 else one > other):
            word = "less" if sign > 0 else "more"
            raise Refused({milder: f"{LABELS[milder]} must be {word} than {LABELS[worse].lower()}."})
    if check.mode is not Mode.deadline and asked and all(limit is None for limit in asked.values()):
        needed = "Please give at least one limit: without any, this check could never be late."
        raise Refused({next(iter(asked)): needed})
    for name, limit in asked.items():
        if isinstance(limit, timedelta) and limit <= timedelta(0):
            raise Refused({name: "A limit is longer than no time at all."})
    if every <= timedelta(0):
        raise Refused({"every": "Please say how often to look."})
    thresholds = check.thresholds.model_copy(update=asked)
    return check.model_copy(update={"thresholds": thresholds, "severity": severity, "every": every})
