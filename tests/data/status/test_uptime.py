"""Time per state: whole milliseconds, additive, honest about what was not seen."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.status.board import STRIP_DAYS
from data.status.health import check_weight
from data.status.model import DayRollup, Severity, State, Transition, Window
from data.status.uptime import (
    Segment,
    budget,
    day_bounds,
    platform_timeline,
    rollup,
    strip,
    timeline,
    total_ms,
    uptime,
)
from tests.data.status.samples import BERLIN, NOON, STALE, berlin, current, transition

OK, LATE, BAD, PART, DOWN, BLIND = (
    State.operational, State.late, State.degraded, State.partial_outage, State.major_outage, State.unknown,
)  # fmt: skip
HOUR = timedelta(hours=1)
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
MONDAY = date(2026, 11, 23)
NORMAL, CRITICAL, INFO = (check_weight(s) for s in (Severity.normal, Severity.critical, Severity.info))


def at(hour: float) -> datetime:
    """Hours after midnight of Monday in Berlin."""
    return day_bounds(MONDAY, BERLIN)[0] + hour * HOUR


def segment(state: State, start: float, end: float) -> Segment:
    return Segment(state, at(start), at(end))


def window(start: float, end: float) -> Window:
    return Window(platform_id="sales", title="Upgrade", starts_at=at(start), ends_at=at(end))


@pytest.mark.parametrize(("day", "hours"), [("2026-11-23", 24), ("2026-03-29", 23), ("2026-10-25", 25)])
def test_a_day_is_as_long_as_its_clock_says(day: str, hours: int) -> None:
    start, end = day_bounds(date.fromisoformat(day), BERLIN)
    assert end - start == hours * HOUR
    assert start == berlin(f"{day} 00:00")


def test_a_timeline_starts_with_the_first_observation() -> None:
    told = [transition(OK, at(3)), transition(DOWN, at(5), OK), transition(OK, at(6), DOWN)]
    assert timeline(told, None, at(0), at(8)) == [segment(OK, 3, 5), segment(DOWN, 5, 6), segment(OK, 6, 8)]


@pytest.mark.parametrize("told", [[transition(OK, at(-9)), transition(DOWN, at(5), OK)], [transition(DOWN, at(5), OK)]])
def test_a_timeline_knows_what_was_before_its_start(told: list[Transition]) -> None:
    assert timeline(told, None, at(0), at(8)) == [segment(OK, 0, 5), segment(DOWN, 5, 8)]


def test_without_transitions_the_current_state_stands_in() -> None:
    assert timeline([], None, at(0), at(8)) == []
    assert timeline([], current(LATE, since=at(2), observed_at=at(8)), at(0), at(8)) == [segment(LATE, 2, 8)]


def test_after_its_newest_observation_a_check_goes_blind() -> None:
    known = current(OK, since=at(2), observed_at=at(6) - STALE)
    assert timeline([], known, at(0), at(8), STALE) == [segment(OK, 2, 6), segment(BLIND, 6, 8)]
    assert timeline([], known, at(0), at(5), STALE) == [segment(OK, 2, 5)]


def test_a_platform_is_what_its_checks_make_of_it_at_each_moment() -> None:
    found = platform_timeline(
        [
            ([segment(OK, 0, 4), segment(DOWN, 4, 6), segment(OK, 6, 8)], NORMAL),
            ([segment(OK, 2, 8)], CRITICAL),
            ([segment(DOWN, 1, 9)], INFO),
        ]
    )
    assert found == [
        segment(OK, 0, 1), segment(OK, 1, 2), segment(OK, 2, 4),
        segment(BAD, 4, 6), segment(OK, 6, 8), segment(BAD, 8, 9),
    ]  # fmt: skip


def test_times_nobody_watched_leave_a_hole_in_the_platform() -> None:
    assert platform_timeline([([segment(OK, 0, 1), segment(OK, 3, 4)], NORMAL)]) == [
        segment(OK, 0, 1),
        segment(OK, 3, 4),
    ]
    assert platform_timeline([]) == []


def test_a_rollup_counts_each_state_of_its_day_until_now() -> None:
    told = [segment(OK, -5, 6), segment(LATE, 6, 7.5), segment(DOWN, 7.5, 30)]
    assert rollup(told, [], MONDAY, BERLIN, at(9)) == DayRollup(
        day=MONDAY, operational_ms=6 * HOUR_MS, late_ms=HOUR_MS * 3 // 2, major_outage_ms=HOUR_MS * 3 // 2
    )


def test_announced_time_is_maintenance_and_keeps_the_outage_under_it() -> None:
    told = [segment(OK, 0, 5), segment(DOWN, 5, 8), segment(BLIND, 8, 10)]
    assert rollup(told, [window(4, 6), window(5, 7), window(9, 40)], MONDAY, BERLIN, at(24)) == DayRollup(
        day=MONDAY,
        operational_ms=4 * HOUR_MS,
        major_outage_ms=HOUR_MS,
        unknown_ms=HOUR_MS,
        maintenance_ms=4 * HOUR_MS,
        planned_outage_ms=2 * HOUR_MS,
    )


@pytest.mark.parametrize(
    ("states", "percent", "coverage"),
    [
        ({"operational_ms": DAY_MS}, 100.0, 1.0),
        ({"operational_ms": DAY_MS - 1, "major_outage_ms": 1}, 99.999, 1.0),
        ({"operational_ms": DAY_MS - 1, "partial_outage_ms": 1}, 99.999, 1.0),
        ({"late_ms": HOUR_MS, "degraded_ms": HOUR_MS}, 100.0, 1.0),
        ({"operational_ms": HOUR_MS, "partial_outage_ms": HOUR_MS}, 85.0, 1.0),
        ({"operational_ms": 2 * HOUR_MS, "major_outage_ms": HOUR_MS}, 66.666, 1.0),
        ({"operational_ms": HOUR_MS, "maintenance_ms": HOUR_MS, "planned_outage_ms": HOUR_MS}, 100.0, 1.0),
        ({"operational_ms": HOUR_MS, "unknown_ms": 3 * HOUR_MS}, 100.0, 0.25),
        ({"unknown_ms": HOUR_MS}, None, 0.0),
        ({"maintenance_ms": HOUR_MS}, None, 1.0),
        ({}, None, 0.0),
    ],
)
def test_uptime_is_floored_and_leaves_out_what_was_planned_or_unseen(
    states: dict[str, int], percent: float | None, coverage: float
) -> None:
    found = uptime([DayRollup(day=MONDAY, **states)])
    assert (found.percent, found.coverage) == (percent, coverage)


def month(**last_day: int) -> list[DayRollup]:
    days = [DayRollup(day=MONDAY - timedelta(days=n), operational_ms=DAY_MS) for n in range(1, 30)]
    return [*days, DayRollup(day=MONDAY, **last_day)]


def test_an_untouched_budget_is_whole() -> None:
    whole = budget(99.5, month(operational_ms=DAY_MS))
    assert (whole.left, whole.left_ms, whole.burn) == (1.0, 12_960_000, 0.0)


@pytest.mark.parametrize(
    ("outage", "left", "left_ms", "burn"),
    [
        ({"major_outage_ms": 6_480_000}, 0.5, 6_480_000, 0.5),
        ({"partial_outage_ms": 86_400_000}, -1.0, -12_960_000, 2.0),
    ],
)
def test_outages_spend_the_budget(outage: dict[str, int], left: float, left_ms: int, burn: float) -> None:
    spent = budget(99.5, month(operational_ms=DAY_MS - sum(outage.values()), **outage))
    assert (spent.left, spent.left_ms, spent.burn) == (pytest.approx(left), left_ms, pytest.approx(burn))


def test_burn_is_measured_over_the_time_watched() -> None:
    new = budget(99.5, [DayRollup(day=MONDAY, operational_ms=DAY_MS - 432_000, major_outage_ms=432_000)])
    assert new.burn == pytest.approx(1.0)
    assert new.left == pytest.approx(29 / 30)


@pytest.mark.parametrize("days", [[], [DayRollup(day=MONDAY, unknown_ms=DAY_MS)]])
def test_nothing_is_said_of_a_budget_nobody_watched(days: list[DayRollup]) -> None:
    unwatched = budget(99.5, days)
    assert (unwatched.left, unwatched.left_ms, unwatched.burn) == (None, 12_960_000, None)


def test_a_strip_is_blank_before_the_first_day_and_unknown_where_days_are_missing() -> None:
    first, cut, today = MONDAY - timedelta(days=4), MONDAY - timedelta(days=2), MONDAY
    known = {
        first: DayRollup(day=first, operational_ms=HOUR_MS),
        cut: DayRollup(day=cut, operational_ms=15 * HOUR_MS, unknown_ms=HOUR_MS),
    }
    shown = strip(known, NOON, BERLIN, HOUR)
    assert len(shown.days) == STRIP_DAYS
    assert set(shown.days[: STRIP_DAYS - 5]) == {None}
    assert shown.days[-5:] == (
        known[first],
        DayRollup(day=MONDAY - timedelta(days=3), unknown_ms=DAY_MS),
        DayRollup(day=cut, operational_ms=15 * HOUR_MS, unknown_ms=9 * HOUR_MS),
        DayRollup(day=MONDAY - timedelta(days=1), unknown_ms=DAY_MS),
        DayRollup(day=today, unknown_ms=12 * HOUR_MS),
    )
    assert shown.uptime.percent == 100.0
    assert shown.uptime.coverage == pytest.approx(16 / 85)


def test_a_strip_takes_today_as_far_as_it_was_counted() -> None:
    known = {MONDAY - timedelta(days=1): DayRollup(day=MONDAY - timedelta(days=1), operational_ms=DAY_MS),
             MONDAY: DayRollup(day=MONDAY, operational_ms=HOUR_MS)}  # fmt: skip
    assert strip(known, NOON, BERLIN, HOUR).days[-1] == known[MONDAY]


def test_a_strip_of_nothing_is_blank() -> None:
    blank = strip({}, NOON, BERLIN, HOUR)
    assert set(blank.days) == {None}
    assert blank.uptime.percent is None


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25)])
def test_a_missing_day_of_a_clock_change_has_its_true_length(day: str, hours: int) -> None:
    missing = date.fromisoformat(day)
    known = {missing - timedelta(days=1): DayRollup(day=missing - timedelta(days=1), operational_ms=DAY_MS)}
    shown = strip(known, berlin(f"{missing + timedelta(days=3)} 12:00"), BERLIN, HOUR)
    assert DayRollup(day=missing, unknown_ms=hours * HOUR_MS) in shown.days


MICROSECONDS = st.integers(0, 6 * DAY_MS * 1000)
WATCHED = [State.operational, LATE, BAD, PART, DOWN, BLIND]
FRIDAY = datetime(2026, 10, 22, 22, tzinfo=UTC)
"""Friday 23 October in Berlin: the days from here on hold the clock change of the 25th."""
DAYS = [date(2026, 10, 23) + timedelta(days=n) for n in range(7)]


def later(microseconds: int) -> datetime:
    return FRIDAY + timedelta(microseconds=microseconds)


STORIES = st.lists(MICROSECONDS, min_size=2, max_size=15, unique=True).flatmap(
    lambda cuts: st.lists(st.sampled_from(WATCHED), min_size=len(cuts) - 1, max_size=len(cuts) - 1).map(
        lambda states: [
            Segment(state, later(a), later(b)) for state, (a, b) in zip(states, pairwise(sorted(cuts)), strict=True)
        ]
    )
)
WINDOWS = st.lists(
    st.tuples(MICROSECONDS, MICROSECONDS).map(
        lambda ends: Window(platform_id="sales", title="", starts_at=later(min(ends)), ends_at=later(max(ends)))
    ),
    max_size=4,
)


def milliseconds(moment: datetime) -> int:
    return (moment - FRIDAY) // timedelta(milliseconds=1)


def rolled(story: list[Segment], windows: list[Window]) -> list[DayRollup]:
    return [rollup(story, windows, day, BERLIN, later(7 * DAY_MS * 1000)) for day in DAYS]


@given(STORIES, WINDOWS)
def test_days_sum_up_to_the_whole_across_a_clock_change(story: list[Segment], windows: list[Window]) -> None:
    whole = milliseconds(story[-1].end) - milliseconds(story[0].start)
    assert sum(map(total_ms, rolled(story, windows))) == whole
    assert all(day.planned_outage_ms <= day.maintenance_ms for day in rolled(story, windows))


@given(STORIES, WINDOWS, st.lists(MICROSECONDS, max_size=10))
def test_splitting_segments_changes_nothing(story: list[Segment], windows: list[Window], cuts: list[int]) -> None:
    split = story
    for cut in map(later, cuts):
        split = [
            piece
            for s in split
            for piece in (
                (Segment(s.state, s.start, cut), Segment(s.state, cut, s.end)) if s.start < cut < s.end else (s,)
            )
        ]
    assert rolled(split, windows) == rolled(story, windows)


@given(STORIES)
def test_a_platform_of_one_check_is_that_check(story: list[Segment]) -> None:
    assert rolled(platform_timeline([(story, CRITICAL)]), []) == rolled(story, [])


@given(STORIES, STORIES)
def test_a_platform_is_watched_exactly_when_a_check_is(one: list[Segment], other: list[Segment]) -> None:
    together = platform_timeline([(one, NORMAL), (other, CRITICAL)])
    start, end = min(one[0].start, other[0].start), max(one[-1].end, other[-1].end)
    hole = max(timedelta(0), max(one[0].start, other[0].start) - min(one[-1].end, other[-1].end))
    assert sum((s.end - s.start for s in together), timedelta(0)) == end - start - hole
    assert all(a.end <= b.start for a, b in pairwise(together))


@given(STORIES, WINDOWS)
def test_uptime_stays_in_its_bounds_and_no_outage_rounds_up_to_100(story: list[Segment], windows: list[Window]) -> None:
    days = rolled(story, windows)
    found = uptime(days)
    assert 0 <= found.coverage <= 1
    if found.percent is not None:
        assert 0 <= found.percent <= 100
        assert (found.percent == 100) == (not any(d.major_outage_ms + d.partial_outage_ms for d in days))
