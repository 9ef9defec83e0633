"""What one reading means for its check: a state, and the reason in the words of someone who uses the data."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from data.status.calendars import first_owed, next_due
from data.status.health import BADNESS
from data.status.learned import MIN_SAMPLES
from data.status.model import Band, Check, Deadline, Mode, Outcome, Reading, Severity, State, Verdict
from data.status.words import clock, duration, number, stamp

EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
CLOCK_SKEW = timedelta(minutes=5)
"""Data dated further ahead than this has a wrong clock or zone, so its age is not known."""
EXACT_MODES = frozenset({Mode.age, Mode.deadline, Mode.heartbeat})
"""Judged from exact times, not from noisy samples."""

_SILENT_SOURCE = {
    Outcome.blind: "The source could not be asked",
    Outcome.warn: "The source warns",
    Outcome.partial: "The source reports a partial failure",
    Outcome.fail: "The source reports a failure",
}
_TOLD = {Outcome.warn: State.degraded, Outcome.partial: State.partial_outage}
_FINE = {Mode.success: "Succeeded", Mode.assertion: "As expected"}


def believable(reading: Reading, now: datetime) -> Reading:
    """Data from before computers, or further ahead than clocks go wrong, is a sentinel: it must not look fresh."""
    event = reading.source_event_at
    if event is None or EARLIEST <= event <= now + CLOCK_SKEW:
        return reading
    told = f"The newest data is dated {event:%Y-%m-%d}, so its age is not known"
    return reading.model_copy(update={"outcome": Outcome.blind, "source_event_at": None, "message": told})


def judge(check: Check, reading: Reading, at: datetime, band: Band | None = None) -> Verdict:
    """The worse of what the source says and what the promise makes of the measure; blind is always unknown."""
    if reading.outcome is Outcome.blind:
        return _unknown(reading.message or _SILENT_SOURCE[Outcome.blind])
    found = _because(_JUDGES[check.mode](check, reading, at, band), reading)
    if reading.outcome is Outcome.ok:
        return found
    told = _TOLD.get(reading.outcome) or _red(check)
    if found.state in BADNESS and BADNESS[found.state] > BADNESS[told]:
        return found
    return Verdict(state=told, reason=reading.message or _SILENT_SOURCE[reading.outcome])


def _because(found: Verdict, reading: Reading) -> Verdict:
    """A source that knows the cause of what it measured puts it into the evidence as `cause`."""
    cause = reading.evidence.get("cause")
    if not cause or BADNESS.get(found.state, 0) == 0:
        return found
    return Verdict(state=found.state, reason=f"{found.reason}: {cause}")


def measured(check: Check, reading: Reading, at: datetime) -> float | None:
    """The number behind the verdict: seconds of age in the modes that watch times, else the reading's own value."""
    if check.mode not in EXACT_MODES:
        return reading.value
    return max(0.0, (at - reading.source_event_at).total_seconds()) if reading.source_event_at else None


def next_arrival(check: Check, current_event_at: datetime | None, band: Band | None, at: datetime) -> datetime | None:
    """When data is promised next (deadline) or usually comes (age); None when nobody can know."""
    if check.mode is Mode.age and current_event_at and band:
        usual = current_event_at + timedelta(seconds=band.median_s)
        return usual if usual > at else None
    if check.deadline is None:
        return None
    owed = first_owed(check.deadline, check.days, current_event_at) if current_event_at else None
    return owed.due_at if owed and owed.due_at > at else next_due(check.deadline, check.days, at)


def _outcome(check: Check, reading: Reading, at: datetime, band: Band | None) -> Verdict:
    return Verdict(state=State.operational, reason=reading.message or _FINE[check.mode])


def _timed(check: Check, reading: Reading, at: datetime, band: Band | None) -> Verdict:
    event_at = reading.source_event_at
    if event_at is None:
        return _unknown("Never reported" if check.mode is Mode.heartbeat else "Never loaded")
    if event_at > at + CLOCK_SKEW:
        return _unknown(f"Dated {duration(event_at - at)} in the future, so its age is not known")
    if check.deadline:
        return _owed(check, check.deadline, event_at, at)
    return _age(check, max(timedelta(0), at - event_at), band)


def _age(check: Check, age: timedelta, band: Band | None) -> Verdict:
    said = f"Last heard of {duration(age)} ago" if check.mode is Mode.heartbeat else f"Data is {duration(age)} old"
    warn, error = check.thresholds.warn_after, check.thresholds.error_after
    promised = f"{said}, promised within {duration(warn or error or 0)}"
    if error and age > error:
        return Verdict(state=_red(check), reason=promised)
    if warn and age > warn:
        return Verdict(state=State.late, reason=promised)
    if band and band.samples >= MIN_SAMPLES and age.total_seconds() > band.high_s:
        return Verdict(state=State.late, reason=f"{said}, usually within {duration(band.high_s)}")
    return Verdict(state=State.operational, reason=said)


def _owed(check: Check, deadline: Deadline, event_at: datetime, at: datetime) -> Verdict:
    newest = f"newest data {stamp(event_at, deadline.zone)}"
    owed = first_owed(deadline, check.days, event_at)
    if owed is None:
        return Verdict(state=State.operational, reason=f"Nothing more is promised, {newest}")
    promised = f"Promised by {clock(owed.due_at, deadline.zone, at)}, {newest}"
    warn, error = check.thresholds.warn_after, check.thresholds.error_after
    if error and at > owed.due_at + error:
        return Verdict(state=_red(check), reason=promised)
    if at > owed.due_at + (warn or timedelta(0)):
        return Verdict(state=State.late, reason=promised)
    grace = f"; {duration(warn)} of grace" if warn and at > owed.due_at else ""
    return Verdict(state=State.operational, reason=promised + grace)


def _number(check: Check, reading: Reading, at: datetime, band: Band | None) -> Verdict:
    value, limits = reading.value, check.thresholds
    if value is None or math.isnan(value):
        return _unknown("No value")
    for state, above, below in (
        (_red(check), limits.error_above, limits.error_below),
        (State.degraded, limits.warn_above, limits.warn_below),
    ):
        if above is not None and value > above:
            return Verdict(state=state, reason=f"Value {number(value)} is above {number(above)}")
        if below is not None and value < below:
            return Verdict(state=state, reason=f"Value {number(value)} is below {number(below)}")
    return Verdict(state=State.operational, reason=f"Value {number(value)}")


def _red(check: Check) -> State:
    """What a broken promise is: severity says how much the platform cares, the mode how much is broken."""
    if check.severity is Severity.critical or check.mode in _FINE:
        return State.major_outage
    return State.partial_outage if check.mode is Mode.threshold else State.degraded


def _unknown(reason: str) -> Verdict:
    return Verdict(state=State.unknown, reason=reason)


_JUDGES: Mapping[Mode, Callable[[Check, Reading, datetime, Band | None], Verdict]] = {
    Mode.success: _outcome,
    Mode.assertion: _outcome,
    Mode.age: _timed,
    Mode.heartbeat: _timed,
    Mode.deadline: _timed,
    Mode.threshold: _number,
}
