"""One reading, one verdict, with a reason a data consumer understands."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from data.status.model import Band, Mode, Outcome, Severity, State
from data.status.verdicts import judge, measured, next_arrival
from tests.data.status.samples import NOON, berlin, check, reading

BAND = Band(low_s=600, median_s=3600, high_s=7200, samples=7, basis="Mondays around 12:00, 6 weeks")


def ago(**length: float) -> datetime:
    return NOON - timedelta(**length)


@pytest.mark.parametrize("mode", list(Mode))
def test_a_blind_source_makes_any_check_unknown(mode: Mode) -> None:
    seen = reading(outcome=Outcome.blind, value=15, source_event_at=NOON, message="Throttled until 12:10")
    found = judge(check(mode), seen, NOON, BAND)
    assert (found.state, found.reason) == (State.unknown, "Throttled until 12:10")
    assert judge(check(mode), reading(outcome=Outcome.blind), NOON).reason


@pytest.mark.parametrize("mode", [Mode.success, Mode.assertion])
@pytest.mark.parametrize("severity", list(Severity))
@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (Outcome.ok, State.operational),
        (Outcome.warn, State.degraded),
        (Outcome.partial, State.partial_outage),
        (Outcome.fail, State.major_outage),
    ],
)
def test_what_the_source_says_decides_success_and_assertion(
    mode: Mode, severity: Severity, outcome: Outcome, state: State
) -> None:
    found = judge(
        check(mode, severity=severity), reading(outcome=outcome, message="No answer: connection refused"), NOON
    )
    assert (found.state, found.reason) == (state, "No answer: connection refused")


AGES: list[tuple[datetime | None, Severity, State, str]] = [
    (None, Severity.critical, State.unknown, "Never loaded"),
    (ago(hours=2, minutes=10), Severity.normal, State.operational, "Data is 2 h 10 old"),
    (ago(hours=8), Severity.normal, State.operational, "Data is 8 h old"),
    (ago(hours=9, minutes=12), Severity.critical, State.late, "Data is 9 h 12 old, promised within 8 h"),
    (ago(hours=10), Severity.critical, State.late, "Data is 10 h old, promised within 8 h"),
    (ago(hours=11), Severity.critical, State.major_outage, "Data is 11 h old, promised within 8 h"),
    (ago(hours=11), Severity.normal, State.degraded, "Data is 11 h old, promised within 8 h"),
    (ago(minutes=-4), Severity.normal, State.operational, "Data is 0 s old"),
    (ago(hours=-2), Severity.normal, State.unknown, "Dated 2 h in the future, so its age is not known"),
]


@pytest.mark.parametrize(("event_at", "severity", "state", "reason"), AGES)
def test_age_is_judged_by_its_promise(event_at: datetime | None, severity: Severity, state: State, reason: str) -> None:
    found = judge(check(Mode.age, severity=severity), reading(source_event_at=event_at), NOON)
    assert (found.state, found.reason) == (state, reason)


@pytest.mark.parametrize(
    ("event_at", "state", "reason"),
    [
        (None, State.unknown, "Never reported"),
        (ago(minutes=2), State.operational, "Last heard of 2 min ago"),
        (ago(hours=9), State.late, "Last heard of 9 h ago, promised within 8 h"),
        (ago(hours=11), State.major_outage, "Last heard of 11 h ago, promised within 8 h"),
    ],
)
def test_a_silent_heartbeat_is_a_failure(event_at: datetime | None, state: State, reason: str) -> None:
    found = judge(check(Mode.heartbeat, severity="critical"), reading(source_event_at=event_at), NOON)
    assert (found.state, found.reason) == (state, reason)


@pytest.mark.parametrize(
    ("hours", "reason"),
    [(9, "Data is 9 h old, promised within 8 h: job load_orders failed"), (1, "Data is 1 h old")],
)
def test_a_source_that_knows_the_cause_is_quoted_when_something_is_wrong(hours: int, reason: str) -> None:
    seen = reading(source_event_at=ago(hours=hours), evidence={"cause": "job load_orders failed"})
    assert judge(check(Mode.age), seen, NOON).reason == reason


@pytest.mark.parametrize("limits", [{"warn_after": "8h"}, {"error_after": "8h"}])
def test_one_limit_is_enough(limits: dict[str, str]) -> None:
    found = judge(check(Mode.age, thresholds=limits), reading(source_event_at=ago(days=30)), NOON)
    assert found.state is (State.late if "warn_after" in limits else State.degraded)
    assert found.reason == "Data is 30 d old, promised within 8 h"


@pytest.mark.parametrize(
    ("age_h", "samples", "state"),
    [
        (1, 7, State.operational),
        (3, 7, State.late),
        (3, 6, State.operational),
        (9, 7, State.late),
        (11, 7, State.major_outage),
    ],
)
def test_what_is_usual_may_only_raise_fine_to_late(age_h: int, samples: int, state: State) -> None:
    band = BAND.model_copy(update={"samples": samples})
    assert (
        judge(check(Mode.age, severity="critical"), reading(source_event_at=ago(hours=age_h)), NOON, band).state
        is state
    )


def test_unusual_age_names_what_is_usual() -> None:
    found = judge(check(Mode.age), reading(source_event_at=ago(hours=3)), NOON, BAND)
    assert found.reason == "Data is 3 h old, usually within 2 h"


FRIDAY_EVENING = "2026-11-20 19:00"
GRACE = "Promised by 07:00, newest data Fri 20 Nov 19:00; 15 min of grace"
DEADLINES: list[tuple[str, str | None, State, str]] = [
    ("2026-11-23 12:00", None, State.unknown, "Never loaded"),
    ("2026-11-23 12:00", "2026-11-23 06:12", State.operational, "Promised by Tue 07:00, newest data Mon 23 Nov 06:12"),
    ("2026-11-23 06:00", FRIDAY_EVENING, State.operational, "Promised by 07:00, newest data Fri 20 Nov 19:00"),
    ("2026-11-22 12:00", FRIDAY_EVENING, State.operational, "Promised by Mon 07:00, newest data Fri 20 Nov 19:00"),
    ("2026-11-23 07:10", FRIDAY_EVENING, State.operational, GRACE),
    ("2026-11-23 07:16", "2026-11-22 23:00", State.late, "Promised by 07:00, newest data Sun 22 Nov 23:00"),
    ("2026-11-23 09:01", "2026-11-22 23:00", State.major_outage, "Promised by 07:00, newest data Sun 22 Nov 23:00"),
]  # fmt: skip


@pytest.mark.parametrize(("at", "event", "state", "reason"), DEADLINES)
def test_a_deadline_is_judged_by_the_business_day_owed(at: str, event: str | None, state: State, reason: str) -> None:
    promised = check(
        Mode.deadline,
        severity="critical",
        thresholds={"warn_after": "15m", "error_after": "2h"},
        calendar={"weekdays": ("mon", "tue", "wed", "thu", "fri")},
    )
    found = judge(promised, reading(source_event_at=berlin(event) if event else None), berlin(at))
    assert (found.state, found.reason) == (state, reason)


def test_days_of_missing_data_do_not_look_fresh_again_at_the_next_deadline() -> None:
    promised = check(Mode.deadline, thresholds={"warn_after": "1h", "error_after": "3h"})
    missing_since = reading(source_event_at=berlin("2026-11-19 06:00"))
    assert judge(promised, missing_since, berlin("2026-11-23 07:01")).state is State.degraded


def test_a_deadline_without_error_limit_never_turns_red() -> None:
    promised = check(Mode.deadline, severity="critical")
    assert judge(promised, reading(source_event_at=berlin("2026-10-01 06:00")), NOON).state is State.late


@pytest.mark.parametrize(
    ("value", "severity", "state", "reason"),
    [
        (None, "normal", State.unknown, "No value"),
        (float("nan"), "normal", State.unknown, "No value"),
        (10, "normal", State.operational, "Value 10"),
        (12.4, "critical", State.degraded, "Value 12.4 is above 10"),
        (1234567, "normal", State.partial_outage, "Value 1,234,567 is above 20"),
        (20.5, "critical", State.major_outage, "Value 20.5 is above 20"),
        (1.5, "normal", State.degraded, "Value 1.5 is below 2"),
        (0, "normal", State.partial_outage, "Value 0 is below 1"),
    ],
)
def test_a_number_is_judged_by_its_bounds(value: float | None, severity: str, state: State, reason: str) -> None:
    found = judge(check(Mode.threshold, severity=severity), reading(value=value), NOON)
    assert (found.state, found.reason) == (state, reason)


@pytest.mark.parametrize(
    ("mode", "outcome", "parts", "state"),
    [
        (Mode.age, Outcome.fail, {"source_event_at": ago(hours=1)}, State.degraded),
        (Mode.age, Outcome.warn, {"source_event_at": ago(hours=9)}, State.degraded),
        (Mode.age, Outcome.fail, {}, State.degraded),
        (Mode.threshold, Outcome.warn, {"value": 25}, State.partial_outage),
    ],
)
def test_the_worse_of_word_and_measure_counts(
    mode: Mode, outcome: Outcome, parts: dict[str, Any], state: State
) -> None:
    assert judge(check(mode), reading(outcome=outcome, **parts), NOON).state is state


@pytest.mark.parametrize(
    ("mode", "parts", "value"),
    [
        (Mode.age, {"source_event_at": ago(hours=2), "value": 5}, 7200.0),
        (Mode.heartbeat, {"source_event_at": ago(hours=-1)}, 0.0),
        (Mode.deadline, {"source_event_at": ago(hours=1)}, 3600.0),
        (Mode.age, {}, None),
        (Mode.success, {"value": 0.12, "source_event_at": ago(hours=2)}, 0.12),
        (Mode.threshold, {"value": 12.4}, 12.4),
    ],
)
def test_the_measure_is_the_age_where_time_is_watched(mode: Mode, parts: dict[str, Any], value: float | None) -> None:
    assert measured(check(mode), reading(**parts), NOON) == value


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ("2026-11-23 06:00", "2026-11-24 07:00"),
        ("2026-11-22 06:00", "2026-11-24 07:00"),  # today's is missed: the next one still owed
        (None, "2026-11-24 07:00"),
        ("2026-11-24 01:00", "2026-11-25 07:00"),  # tomorrow's is here already
    ],
)
def test_a_deadline_tells_when_data_is_promised_next(event: str | None, expected: str) -> None:
    event_at = berlin(event) if event else None
    assert next_arrival(check(Mode.deadline), event_at, None, NOON) == berlin(expected)


@pytest.mark.parametrize(
    ("mode", "event_at", "band", "expected"),
    [
        (Mode.age, ago(minutes=20), BAND, NOON + timedelta(minutes=40)),
        (Mode.age, ago(minutes=60), BAND, None),
        (Mode.age, ago(minutes=20), None, None),
        (Mode.age, None, BAND, None),
        (Mode.success, ago(minutes=20), BAND, None),
    ],
)
def test_age_tells_when_data_usually_comes(
    mode: Mode, event_at: datetime | None, band: Band | None, expected: datetime | None
) -> None:
    assert next_arrival(check(mode), event_at, band, NOON) == expected
