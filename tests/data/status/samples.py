"""Checks, readings and times the tests of the rules share."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from data.status.model import Check, Current, Mode, Outcome, Reading, State, Transition, Verdict

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 11, 23, 11, tzinfo=UTC)
"""Monday 23 November 2026, 12:00 in Berlin."""
STALE = timedelta(minutes=10)


def berlin(text: str) -> datetime:
    """'2026-11-23 07:00' as an aware time in Berlin."""
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


def check(mode: Mode = Mode.success, **parts: Any) -> Check:
    if mode in (Mode.age, Mode.heartbeat):
        parts.setdefault("thresholds", {"warn_after": "8h", "error_after": "10h"})
    if mode is Mode.threshold:
        parts.setdefault("thresholds", {"warn_above": 10, "error_above": 20, "warn_below": 2, "error_below": 1})
    if mode is Mode.deadline:
        parts.setdefault("deadline", {"by": "07:00"})
    return Check.model_validate(
        {"id": "orders", "platform_id": "sales", "name": "Orders", "source": "test", "mode": mode} | parts
    )


def reading(at: datetime = NOON, outcome: Outcome = Outcome.ok, **parts: Any) -> Reading:
    return Reading(check_id="orders", observed_at=at, outcome=outcome, **parts)


def verdict(state: State) -> Verdict:
    return Verdict(state=state, reason=f"looks {state}")


def current(state: State = State.operational, since: datetime = NOON - timedelta(hours=1), **parts: Any) -> Current:
    known: dict[str, Any] = {"observed_at": NOON - timedelta(minutes=5), "first_observed_at": since, "recent": (state,)}
    return Current(check_id="orders", platform_id="sales", state=state, since=since, reason="before", **known | parts)


def transition(to: State, at: datetime, from_state: State | None = None) -> Transition:
    return Transition(
        id=f"orders:{at.isoformat()}", check_id="orders", platform_id="sales", from_state=from_state, to_state=to,
        at=at, observed_at=at, reason="", source="test", check_version=1,
    )  # fmt: skip
