"""What is usual, learned from arrivals."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from data.status.learned import learn
from data.status.model import Mode, State
from data.status.verdicts import judge
from tests.data.status.samples import BERLIN, NOON, berlin, check, reading

HOUR = 3600.0


def daily(days: int, weekdays: range = range(7), hour: int = 6, until: datetime = NOON) -> list[datetime]:
    """Loads at the same local hour on these weekdays of the last days."""
    last = until.astimezone(BERLIN).replace(hour=hour, minute=0)
    return [at for back in range(days) if (at := last - timedelta(days=back)).weekday() in weekdays]


def every(length: timedelta, count: int) -> list[datetime]:
    return [NOON - n * length for n in range(count)]


@pytest.mark.parametrize(("arrivals", "enough"), [(8, True), (7, False), (1, False), (0, False)])
def test_seven_silences_are_needed(arrivals: int, enough: bool) -> None:
    assert (learn(every(timedelta(hours=1), arrivals), NOON, BERLIN) is not None) is enough


def test_a_steady_load_is_usual_within_a_margin() -> None:
    band = learn(every(timedelta(minutes=10), 6000), NOON, BERLIN)
    assert band is not None
    assert band.median_s == 600
    assert band.low_s == pytest.approx(600 - 3 * 1.4826 * 30)
    assert band.high_s == pytest.approx(600 + 3 * 1.4826 * 30)
    assert band.basis == "Mondays around 12:00, 6 weeks"


def test_the_spread_is_robust_against_one_wild_silence() -> None:
    steady = every(timedelta(hours=1), 900)
    wild = [at for at in steady if not berlin("2026-11-16 08:00") < at < berlin("2026-11-16 20:00")]
    normal, disturbed = learn(steady, NOON, BERLIN), learn(wild, NOON, BERLIN)
    assert normal is not None
    assert disturbed is not None
    assert disturbed.high_s == normal.high_s


@pytest.mark.parametrize(
    ("at", "usual_h"),
    [("2026-11-21 15:00", 72), ("2026-11-22 15:00", 72), ("2026-11-23 03:00", 72), ("2026-11-25 15:00", 24)],
)
def test_a_weekend_without_loads_is_usual(at: str, usual_h: int) -> None:
    moment = berlin(at)
    band = learn([a for a in daily(50, range(5)) if a <= moment], moment, BERLIN)
    assert band is not None
    assert band.median_s == usual_h * HOUR
    assert band.high_s < usual_h * HOUR * 1.3


def test_a_monday_load_that_fails_is_noticed() -> None:
    nine_on_monday = berlin("2026-11-23 09:00")
    arrivals = [a for a in daily(50, range(5)) if a < berlin("2026-11-23 00:00")]
    band = learn(arrivals, nine_on_monday, BERLIN)
    assert band is not None
    found = judge(
        check(Mode.age, thresholds={"warn_after": "7d"}), reading(source_event_at=max(arrivals)), nine_on_monday, band
    )
    assert (found.state, found.reason) == (State.late, "Data is 3 d 3 h old, usually within 1 d 5 h")


def test_before_the_week_is_known_the_longest_silence_seen_is_usual() -> None:
    saturday = berlin("2026-11-21 15:00")
    band = learn([a for a in daily(16, range(5)) if a <= saturday], saturday, BERLIN)
    assert band is not None
    assert band.high_s == 72 * HOUR
    assert band.basis == "Every day around 15:00, 2 weeks"


def test_too_few_silences_at_this_hour_fall_back_to_all() -> None:
    band = learn([berlin(f"2026-11-23 0{hour}:00") for hour in range(9)], NOON, BERLIN)
    assert band is not None
    assert band.basis == "All arrivals of 1 week"


def test_silences_in_maintenance_or_incidents_teach_nothing() -> None:
    arrivals = every(timedelta(hours=1), 9)
    assert learn(arrivals, NOON, BERLIN, [(NOON - timedelta(hours=3.5), NOON - timedelta(hours=3.2))]) is not None
    assert learn(arrivals, NOON, BERLIN, [(NOON - timedelta(hours=3.5), NOON - timedelta(hours=2.5))]) is None


def test_only_six_weeks_are_remembered_and_nothing_from_the_future() -> None:
    assert learn(daily(20, until=NOON - timedelta(days=43)), NOON, BERLIN) is None
    assert learn([NOON + n * timedelta(hours=1) for n in range(20)], NOON, BERLIN) is None


def test_without_a_rhythm_the_longest_silence_seen_is_usual() -> None:
    quick = [berlin("2026-11-23 07:00") + n * timedelta(minutes=10) for n in range(10)]
    band = learn([berlin("2026-11-23 04:00"), *quick], NOON, BERLIN)
    assert band is not None
    assert (band.median_s, band.high_s) == (600, 3 * HOUR)


def test_a_wide_spread_does_not_make_silence_negative() -> None:
    gaps = [1, 5, 1, 9, 1, 5, 9, 1, 5, 9, 5]
    band = learn([NOON - timedelta(hours=sum(gaps[:n])) for n in range(len(gaps))], NOON, BERLIN)
    assert band is not None
    assert band.low_s == 0


def test_the_hour_is_the_local_one_across_a_clock_change() -> None:
    """Loads between 06:00 and 07:00 in Berlin lie an hour earlier in UTC before 25 October 2026."""
    at = berlin("2026-10-26 06:00").astimezone(UTC)
    loads = [a + n * timedelta(minutes=10) for a in daily(45, until=berlin("2026-10-25 12:00")) for n in range(7)]
    band = learn(loads, at, BERLIN)
    assert band is not None
    assert band.median_s == 600
