"""When tickets are due: fixed cases worked out by hand, and what holds for every calendar."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from data.errors import Invalid
from data.tickets.sla import ALWAYS, WEEKDAYS, BusinessCalendar, Clock, Clocks, ClockState, Policy, Target

BERLIN = ZoneInfo("Europe/Berlin")
HOUR = 3600.0


def berlin(text: str) -> datetime:
    """Local time in Berlin, unless the text has an offset of its own."""
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=BERLIN)


def calendar(days: str, *spans: str, **parts: Any) -> BusinessCalendar:
    return BusinessCalendar(hours=dict.fromkeys(days.split(), spans), **parts)


WORKDAYS, DAILY = "mon tue wed thu fri", " ".join(WEEKDAYS)
HOLIDAYS = [date(2026, 12, 25), date(2026, 12, 26), date(2027, 1, 1)]
OFFICE = calendar(WORKDAYS, "08:00-12:00", "13:00-17:00", holidays=HOLIDAYS)
AFTERNOON_FIRST = calendar(WORKDAYS, "13:00-17:00", "08:00-12:00")
ROUND = calendar(DAILY, "00:00-24:00")
NIGHT = calendar(DAILY, "00:00-06:00", "22:00-24:00")
SKIPPED = calendar("sun", "02:00-03:00")
OPENS_SKIPPED, CLOSES_SKIPPED = calendar("sun", "02:30-04:00"), calendar("sun", "01:00-02:30")
APIA = calendar(WORKDAYS, "09:00-17:00", zone="Pacific/Apia")

# 23 November 2026 is a Monday. On Sunday 29 March 02:00 becomes 03:00, on Sunday 25 October 03:00 becomes 02:00.
CASES = [
    ("within one stretch", OFFICE, "2026-11-23 09:00", 2, "2026-11-23 11:00"),
    ("over lunch", OFFICE, "2026-11-23 11:00", 2, "2026-11-23 14:00"),
    ("over lunch, afternoon written first", AFTERNOON_FIRST, "2026-11-23 11:00", 2, "2026-11-23 14:00"),
    ("used up as lunch begins", OFFICE, "2026-11-23 10:00", 2, "2026-11-23 12:00"),
    ("a second more", OFFICE, "2026-11-23 10:00", 2 + 1 / HOUR, "2026-11-23 13:00:01"),
    ("starts at lunch", OFFICE, "2026-11-23 12:30", 1, "2026-11-23 14:00"),
    ("starts as lunch begins", OFFICE, "2026-11-23 12:00", 1, "2026-11-23 14:00"),
    ("starts before opening", OFFICE, "2026-11-23 06:00", 1, "2026-11-23 09:00"),
    ("starts at midnight", OFFICE, "2026-11-23 00:00", 1, "2026-11-23 09:00"),
    ("starts after closing", OFFICE, "2026-11-23 18:00", 1, "2026-11-24 09:00"),
    ("over night", OFFICE, "2026-11-23 16:00", 2, "2026-11-24 09:00"),
    ("used up at closing", OFFICE, "2026-11-23 16:00", 1, "2026-11-23 17:00"),
    ("a whole working day", OFFICE, "2026-11-23 10:00", 8, "2026-11-24 10:00"),
    ("exactly one day from opening", OFFICE, "2026-11-23 08:00", 8, "2026-11-23 17:00"),
    ("three days", OFFICE, "2026-11-23 10:00", 24, "2026-11-26 10:00"),
    ("ten days, two weekends", OFFICE, "2026-11-23 10:00", 80, "2026-12-07 10:00"),
    ("over the weekend", OFFICE, "2026-11-27 16:00", 2, "2026-11-30 09:00"),
    ("starts on Saturday", OFFICE, "2026-11-28 10:00", 1, "2026-11-30 09:00"),
    ("starts late on Sunday", OFFICE, "2026-11-29 23:59", 1, "2026-11-30 09:00"),
    ("nothing, though closed", OFFICE, "2026-11-28 10:00", 0, "2026-11-28 10:00"),
    ("over a holiday before a weekend", OFFICE, "2026-12-24 16:00", 2, "2026-12-28 09:00"),
    ("starts on a holiday", OFFICE, "2026-12-25 10:00", 1, "2026-12-28 09:00"),
    ("over New Year, a holiday on Friday", OFFICE, "2026-12-31 16:00", 2, "2027-01-04 09:00"),
    ("a leap day works", OFFICE, "2028-02-28 16:00", 10, "2028-03-01 09:00"),  # 1 h Mon, 8 h Tue 29th, 1 h Wed
    ("around the clock over New Year", ALWAYS, "2026-12-31 22:00", 4, "2027-01-01 02:00"),
    ("around the clock on a Saturday", ALWAYS, "2026-11-28 23:30", 0.5, "2026-11-29 00:00"),
    ("office, clocks forward at the weekend", OFFICE, "2026-03-27 16:00", 2, "2026-03-30T09:00+02:00"),
    ("office, clocks back at the weekend", OFFICE, "2026-10-23 16:00", 2, "2026-10-26T09:00+01:00"),
    ("day of 23 hours", ROUND, "2026-03-29 00:00", 4, "2026-03-29T05:00+02:00"),
    ("day of 23 hours, to its end", ROUND, "2026-03-29 00:00", 23, "2026-03-30T00:00+02:00"),
    ("day of 25 hours", ROUND, "2026-10-25 00:00", 4, "2026-10-25T03:00+01:00"),
    ("day of 25 hours, to its end", ROUND, "2026-10-25 00:00", 25, "2026-10-26T00:00+01:00"),
    ("always, clocks forward", ALWAYS, "2026-03-29 01:30", 1, "2026-03-29T03:30+02:00"),
    ("night of 7 hours", NIGHT, "2026-03-28 22:00", 7, "2026-03-29T06:00+02:00"),
    ("night of 7 hours and one of the next", NIGHT, "2026-03-28 22:00", 8, "2026-03-29T23:00+02:00"),
    ("night of 9 hours", NIGHT, "2026-10-24 22:00", 9, "2026-10-25T06:00+01:00"),
    ("from the first 02:30 to the second", NIGHT, "2026-10-25T02:30+02:00", 1, "2026-10-25T02:30+01:00"),
    ("from the second 02:30", NIGHT, "2026-10-25T02:30+01:00", 1, "2026-10-25T03:30+01:00"),
    ("the night is over, a day passes", NIGHT, "2026-11-23 05:00", 2, "2026-11-23 23:00"),
    ("the only hour is skipped", SKIPPED, "2026-03-29 00:00", 1, "2026-04-05T03:00+02:00"),
    ("the only hour comes twice", SKIPPED, "2026-10-25 00:00", 2, "2026-10-25T03:00+01:00"),
    ("opens at a skipped time: at 03:00", OPENS_SKIPPED, "2026-03-29 00:00", 1, "2026-03-29T04:00+02:00"),
    ("opens at a doubled time: the first", OPENS_SKIPPED, "2026-10-25 00:00", 2.5, "2026-10-25T04:00+01:00"),
    ("closes at a skipped time: at 03:00", CLOSES_SKIPPED, "2026-03-29 00:00", 1, "2026-03-29T03:00+02:00"),
    ("closes at a doubled time: the first", CLOSES_SKIPPED, "2026-10-25 00:00", 1.5, "2026-10-25T02:30+02:00"),
    ("Samoa left out Friday 30 December 2011", APIA, "2011-12-29T16:00-10:00", 2, "2012-01-02T10:00+14:00"),
]


@pytest.mark.parametrize(("hours", "start", "passed", "due"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_business_time_is_added_and_counted(hours: BusinessCalendar, start: str, passed: float, due: str) -> None:
    assert hours.add(berlin(start), passed * HOUR) == berlin(due)
    assert hours.between(berlin(start), berlin(due)) == pytest.approx(passed * HOUR)


@pytest.mark.parametrize(
    ("start", "end", "passed"),
    [
        ("2026-11-23 00:00", "2026-11-30 00:00", 40),
        ("2026-11-27 17:00", "2026-11-30 08:00", 0),
        ("2026-11-23 12:00", "2026-11-23 13:00", 0),
        ("2026-11-23 11:30", "2026-11-23 13:30", 1),
        ("2026-12-24 12:00", "2026-12-28 12:00", 8),  # 4 h on Thursday, 4 h on Monday
        ("2026-11-23 10:00", "2026-11-23 09:00", 0),
        ("2026-11-24 10:00", "2026-11-20 09:00", 0),
    ],
)
def test_business_time_is_counted_between_any_two_moments(start: str, end: str, passed: float) -> None:
    assert OFFICE.between(berlin(start), berlin(end)) == passed * HOUR


def test_local_times_are_as_good_as_utc() -> None:
    assert ROUND.between(berlin("2026-03-29 00:00"), berlin("2026-03-29 04:00")) == 3 * HOUR


def test_moments_come_back_in_utc() -> None:
    assert OFFICE.add(berlin("2026-11-23 09:00"), HOUR).tzinfo is UTC
    assert OFFICE.add(berlin("2026-11-23 09:00"), 0).tzinfo is UTC


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"hours": {"mon": ["08:00-12:00", "11:59-17:00"]}}, "the hours of mon overlap"),
        ({"hours": {"mon": ["13:00-17:00", "08:00-12:00", "08:30-09:00"]}}, "the hours of mon overlap"),
        ({"hours": {"mon": ["08:00-08:00"]}}, "must end after it starts"),
        ({"hours": {"mon": ["22:00-06:00"]}}, "split a night at midnight"),
        ({"hours": {"mon": ["08:00-24:30"]}}, "must end after it starts"),
        ({"hours": {"mon": ["8-12"]}}, "write for example 08:00-12:00"),
        ({"hours": {"mon": ["08:00-12:60"]}}, "write for example 08:00-12:00"),
        ({"hours": {"monday": ["08:00-12:00"]}}, "'mon', 'tue'"),
        ({"hours": {}}, "no working time"),
        ({"hours": {"mon": []}}, "no working time"),
        ({"zone": "Mars"}, "is not a time zone"),
        ({"opening": "08:00"}, "not permitted"),
    ],
)
def test_a_calendar_that_cannot_be_is_refused_in_words(parts: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        BusinessCalendar.model_validate(parts)


@pytest.mark.parametrize(("weeks", "found"), [(57, True), (58, False)])
def test_a_calendar_without_working_time_for_400_days_promises_nothing(weeks: int, found: bool) -> None:
    mondays = [date(2026, 11, 23) + timedelta(weeks=number) for number in range(weeks)]
    closed = calendar("mon", "08:00-12:00", holidays=mondays)
    start = berlin("2026-11-23 00:00")
    assert closed.between(start, start + timedelta(days=2)) == 0
    if found:  # 57 weeks are 399 days, and the calendar opens at eight
        assert closed.add(start, HOUR) == berlin("2027-12-27 09:00")
    else:
        with pytest.raises(
            Invalid, match="no working time for 400 days after 23 Nov 2026; remove some of its holidays"
        ):
            closed.add(start, HOUR)


def test_a_policy_survives_the_settings_table() -> None:
    policy = Policy(calendar=OFFICE, warn_before=timedelta(minutes=5))
    stored = policy.model_dump_json()
    assert Policy.model_validate_json(stored) == policy
    for part in ('"holidays":["2026-12-25","2026-12-26","2027-01-01"]', '"response":1800.0', '"warn_before":300.0'):
        assert part in stored


@pytest.mark.parametrize(
    ("priority", "response", "resolution"),
    [
        (1, "2026-11-27 16:30", "2026-11-27 20:00"),
        (2, "2026-11-30 10:00", "2026-11-30 16:00"),
        (3, "2026-11-30 16:00", "2026-12-02 16:00"),
        (4, "2026-12-01 16:00", "2026-12-11 16:00"),
    ],
)
def test_priorities_promise_what_we_proposed(priority: int, response: str, resolution: str) -> None:
    """From a Friday at four, an hour before closing; a day more is the same time on the next working day."""
    policy = Policy()
    clocks = Clocks(berlin("2026-11-27 16:00"), policy.target(priority))
    assert clocks.response_due(policy.calendar) == berlin(response)
    assert clocks.resolution_due(policy.calendar, clocks.created_at) == berlin(resolution)


@pytest.mark.parametrize("wrong", [{"targets": {"5": {}}}, {"targets": {"1": {"response": 0}}}, {"warn_at": 2}])
def test_a_policy_that_cannot_be_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Policy.model_validate(wrong)


# Created on Monday at eight: the response is due at ten, the resolution at five.
POLICY = Policy(calendar=OFFICE)
TARGET = Target(response=timedelta(hours=2), resolution=timedelta(hours=8))
TICKET = Clocks(berlin("2026-11-23 08:00"), TARGET)


def on_hold(clocks: Clocks, *holds: tuple[str, str]) -> Clocks:
    for since, until in holds:
        clocks = replace(clocks, hold_since=berlin(since)).resumed(OFFICE, berlin(until))
    return clocks


@pytest.mark.parametrize(
    ("created", "hours", "holds", "due"),
    [
        # Held 2 h on Friday and 2 h on Monday: 12 h from Friday at nine are 7 h + 5 h.
        ("2026-11-27 09:00", 8, [("2026-11-27 15:00", "2026-11-30 10:00")], "2026-11-30 14:00"),
        ("2026-11-27 09:00", 8, [("2026-11-27 17:30", "2026-11-29 10:00")], "2026-11-30 09:00"),  # nothing held
        # Held 1 h and 2 h, for lunch does not count.
        ("2026-11-23 08:00", 8, [("2026-11-23 09:00", "2026-11-23 10:00"), ("2026-11-23 11:00", "2026-11-23 14:00")],
         "2026-11-24 11:00"),
        # Held four days, 16 times the target: one hour was used, one is left.
        ("2026-11-23 08:00", 2, [("2026-11-23 09:00", "2026-11-27 09:00")], "2026-11-27 10:00"),
        # Created on a holiday: hold is not added to the creation, which would end on the weekend.
        ("2026-12-25 10:00", 8, [("2026-12-28 08:00", "2026-12-28 12:00")], "2026-12-29 12:00"),
        # Held while clocks go back at the weekend: only Friday's last hour.
        ("2026-10-23 16:00", 8, [("2026-10-23 16:00", "2026-10-26 08:00")], "2026-10-26 17:00"),
    ],
)  # fmt: skip
def test_holds_move_the_resolution(created: str, hours: int, holds: list[tuple[str, str]], due: str) -> None:
    clocks = on_hold(Clocks(berlin(created), Target(resolution=timedelta(hours=hours))), *holds)
    assert clocks.resolution_due(OFFICE, berlin("2026-12-31 12:00")) == berlin(due)


@pytest.mark.parametrize(
    ("at", "due"),
    [
        ("2026-11-23 09:00", "2026-11-23 17:00"),
        ("2026-11-23 10:00", "2026-11-24 09:00"),
        ("2026-11-23 12:30", "2026-11-24 11:00"),  # 3 h, for lunch does not count
        ("2026-11-24 08:00", "2026-11-24 16:00"),
    ],
)
def test_the_due_time_moves_while_a_hold_lasts(at: str, due: str) -> None:
    held = replace(TICKET, hold_since=berlin("2026-11-23 09:00"))
    assert held.resolution_due(OFFICE, berlin(at)) == berlin(due)
    assert held.response_due(OFFICE) == berlin("2026-11-23 10:00")


STANDINGS = [
    (Clock.response, {}, "2026-11-23 09:29", ClockState.running, 31),
    (Clock.response, {}, "2026-11-23 09:30", ClockState.warn, 30),  # three quarters used up
    (Clock.response, {}, "2026-11-23 10:00", ClockState.warn, 0),
    (Clock.response, {}, "2026-11-23 10:01", ClockState.overdue, -1),
    (Clock.response, {"hold_since": "2026-11-23 08:30"}, "2026-11-23 10:01", ClockState.overdue, -1),
    (Clock.response, {"first_response_at": "2026-11-23 10:00"}, "2026-11-25 10:00", ClockState.met, 0),
    (Clock.response, {"first_response_at": "2026-11-23 10:30"}, "2026-11-25 10:00", ClockState.missed, -30),
    (Clock.response, {"stopped_at": "2026-11-23 09:00"}, "2026-11-25 10:00", ClockState.met, 60),
    (Clock.response, {"stopped_at": "2026-11-23 11:00"}, "2026-11-25 10:00", ClockState.missed, -60),
    (Clock.response, {"stopped_at": "2026-11-23 09:00", "first_response_at": "2026-11-24 09:00"}, "2026-11-25 10:00",
     ClockState.met, 60),
    (Clock.resolution, {}, "2026-11-23 14:59", ClockState.running, 121),
    (Clock.resolution, {}, "2026-11-23 15:00", ClockState.warn, 120),
    (Clock.resolution, {}, "2026-11-23 17:00", ClockState.warn, 0),
    (Clock.resolution, {}, "2026-11-24 08:00", ClockState.overdue, -15 * 60),
    (Clock.resolution, {"first_response_at": "2026-11-23 08:30"}, "2026-11-23 12:00", ClockState.running, 300),
    (Clock.resolution, {"hold_since": "2026-11-23 09:00"}, "2026-11-23 10:00", ClockState.paused, 23 * 60),
    (Clock.resolution, {"hold_since": "2026-11-23 09:00"}, "2026-11-30 10:00", ClockState.paused, 23 * 60),
    (Clock.resolution, {"hold_since": "2026-11-24 09:00"}, "2026-11-24 10:00", ClockState.overdue, -60),  # was late
    (Clock.resolution, {"stopped_at": "2026-11-23 16:00"}, "2026-12-23 16:00", ClockState.met, 60),
    (Clock.resolution, {"stopped_at": "2026-11-23 17:30"}, "2026-12-23 16:00", ClockState.missed, -30),
    (Clock.resolution, {"stopped_at": "2026-11-23 16:00", "hold_since": "2026-11-23 15:00"}, "2026-12-23 16:00",
     ClockState.met, 17 * 60),  # held 1 h, then over: due on Tuesday at nine
    (Clock.resolution, {"stopped_at": "2026-11-23 16:00", "breached": True}, "2026-12-23 16:00", ClockState.missed, 60),
]  # fmt: skip


@pytest.mark.parametrize(("clock", "facts", "at", "state", "minutes"), STANDINGS)
def test_clocks_stand_where_they_should(
    clock: Clock, facts: dict[str, Any], at: str, state: ClockState, minutes: int
) -> None:
    known = {name: berlin(value) if isinstance(value, str) else value for name, value in facts.items()}
    standing = getattr(replace(TICKET, **known), clock)(POLICY, berlin(at))
    assert (standing.clock, standing.state, standing.margin) == (clock, state, timedelta(minutes=minutes))


def test_short_targets_warn_a_fixed_time_before() -> None:
    clocks = Clocks(berlin("2026-11-28 10:00"), Policy().target(1))
    states = [clocks.response(POLICY, berlin(f"2026-11-28 10:{minute}")).state for minute in (14, 15)]
    assert states == [ClockState.running, ClockState.warn]


def test_what_is_due_early_on_monday_warns_on_friday() -> None:
    clocks = Clocks(berlin("2026-11-27 16:05"), Target(response=timedelta(hours=1)))
    states = [clocks.response(POLICY, berlin(f"2026-11-27 {time}")).state for time in ("16:44", "16:50", "22:00")]
    assert states == [ClockState.running, ClockState.warn, ClockState.warn]


@pytest.mark.parametrize(
    ("target", "facts", "clock"),
    [
        (TARGET, {}, Clock.response),
        (TARGET, {"first_response_at": "2026-11-23 08:10"}, Clock.resolution),
        (TARGET, {"stopped_at": "2026-11-23 08:10"}, Clock.resolution),
        (TARGET, {"hold_since": "2026-11-23 08:10"}, Clock.response),
        (Target(response=timedelta(hours=3), resolution=timedelta(hours=1)), {}, Clock.resolution),
        (Target(response=timedelta(hours=3)), {"first_response_at": "2026-11-23 08:10"}, Clock.response),
        (Target(resolution=timedelta(hours=3)), {}, Clock.resolution),
    ],
)
def test_a_list_shows_what_is_owed_first(target: Target, facts: dict[str, str], clock: Clock) -> None:
    clocks = replace(TICKET, target=target, **{name: berlin(value) for name, value in facts.items()})
    standing = clocks.shown(POLICY, berlin("2026-11-23 08:30"))
    assert standing.clock is clock
    assert standing.state is not ClockState.none


def test_without_a_target_nothing_is_owed() -> None:
    standing = Clocks(TICKET.created_at, Policy(targets={}).target(1)).shown(POLICY, berlin("2026-11-30 08:00"))
    assert (standing.state, standing.due_at, standing.margin) == (ClockState.none, None, None)


def test_targets_around_the_clock_hold_around_the_clock() -> None:
    clocks = Clocks(berlin("2026-11-28 10:00"), Target(resolution=timedelta(hours=4), always=True))
    held = on_hold(clocks, ("2026-11-28 11:00", "2026-11-29 11:00"))
    assert held.held_s == 24 * HOUR
    assert held.resolution_due(OFFICE, berlin("2026-11-29 12:00")) == berlin("2026-11-29 14:00")


def test_a_new_priority_counts_from_the_creation() -> None:
    urgent = replace(TICKET, target=Policy().target(1))
    assert urgent.resolution_due(OFFICE, berlin("2026-11-24 10:00")) == berlin("2026-11-23 12:00")
    assert urgent.resolution(POLICY, berlin("2026-11-24 10:00")).state is ClockState.overdue


def test_reopening_goes_on_where_the_clock_stopped() -> None:
    stopped = replace(TICKET, hold_since=berlin("2026-11-23 10:00")).stopped(OFFICE, berlin("2026-11-23 11:00"))
    assert (stopped.hold_since, stopped.held_s, stopped.breached) == (None, HOUR, False)
    again = stopped.reopened(OFFICE, berlin("2026-11-26 11:00"))  # three days later, as much is left as was: 6 h
    assert again.stopped_at is None
    assert again.resolution_due(OFFICE, berlin("2026-11-26 11:00")) == berlin("2026-11-27 09:00")


def test_reopening_never_clears_a_breach() -> None:
    late = TICKET.stopped(OFFICE, berlin("2026-11-24 09:00"))
    again = late.reopened(OFFICE, berlin("2026-11-24 10:00"))
    assert again.breached
    assert again.resolution(POLICY, berlin("2026-11-24 10:00")).state is ClockState.overdue
    lenient = replace(again, target=Policy().target(4)).stopped(OFFICE, berlin("2026-11-24 11:00"))
    assert lenient.resolution(POLICY, berlin("2026-11-25 10:00")).state is ClockState.missed


ZONES = ["Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Africa/Casablanca", "America/Nuuk", "UTC"]
CHANGES = [datetime(2026, *day, tzinfo=UTC) for day in ((3, 8), (3, 29), (4, 5), (10, 25), (11, 1))]
"""Days on which clocks change somewhere."""
MOMENTS = st.builds(datetime.__add__, st.sampled_from(CHANGES), st.timedeltas(timedelta(days=-3), timedelta(days=4)))
SECONDS = st.integers(0, 30 * 24 * 3600)


@st.composite
def spans(draw: st.DrawFn) -> tuple[str, ...]:
    bounds = sorted(draw(st.sets(st.integers(0, 1440), max_size=6)))
    written = [f"{minute // 60:02}:{minute % 60:02}" for minute in bounds]
    every = slice(None, None, 1 if draw(st.booleans()) else 2)  # spans that touch, or with pauses
    return tuple(f"{opens}-{closes}" for opens, closes in list(pairwise(written))[every])


@st.composite
def calendars(draw: st.DrawFn) -> BusinessCalendar:
    hours = {day: draw(spans()) for day in WEEKDAYS} | {draw(st.sampled_from(WEEKDAYS)): ("01:15-02:45", "02:45-09:00")}
    changes = st.sampled_from([date(2026, 3, 29), date(2026, 4, 1), date(2026, 10, 25), date(2026, 11, 1)])
    return BusinessCalendar(zone=draw(st.sampled_from(ZONES)), hours=hours, holidays=draw(st.frozensets(changes)))


def open_minutes(hours: BusinessCalendar, start: datetime, end: datetime) -> int:
    """Minute by minute: open while the latest time the clock has shown lies in a span, on a day without holiday."""
    zone, at, wall, minutes = ZoneInfo(hours.zone), start - timedelta(days=1), "", 0
    while at < end:
        wall = max(wall, f"{at.astimezone(zone):%Y-%m-%d %H:%M}")
        day = date.fromisoformat(wall[:10])
        today = () if day in hours.holidays else hours.hours.get(WEEKDAYS[day.weekday()], ())
        minutes += at >= start and any(span[:5] <= wall[11:] < span[6:] for span in today)
        at += timedelta(minutes=1)
    return minutes


@settings(max_examples=60)
@given(calendars(), MOMENTS, st.integers(0, 3000))
def test_counting_agrees_with_looking_at_the_clock_every_minute(
    hours: BusinessCalendar, start: datetime, length: int
) -> None:
    start = start.replace(second=0, microsecond=0)
    end = start + timedelta(minutes=length)
    assert hours.between(start, end) == 60 * open_minutes(hours, start, end)


@given(calendars(), MOMENTS, SECONDS)
def test_counting_undoes_adding(hours: BusinessCalendar, start: datetime, seconds: int) -> None:
    due = hours.add(start, seconds)
    assert hours.between(start, due) == pytest.approx(seconds, abs=1e-3)
    if seconds:  # and no earlier moment would do
        assert hours.between(start, due - timedelta(seconds=1)) < seconds


@given(calendars(), MOMENTS, MOMENTS, MOMENTS)
def test_counting_is_additive(hours: BusinessCalendar, one: datetime, two: datetime, three: datetime) -> None:
    first, middle, last = sorted((one, two, three))
    parts = hours.between(first, middle) + hours.between(middle, last)
    assert hours.between(first, last) == pytest.approx(parts, abs=1e-3)


@given(calendars(), MOMENTS, MOMENTS, SECONDS, SECONDS)
def test_due_times_never_fall_with_creation_or_target(
    hours: BusinessCalendar, one: datetime, two: datetime, less: int, more: int
) -> None:
    (early, late), (less, more) = sorted((one, two)), sorted((less, more))
    assert hours.add(early, less) <= hours.add(late, less)
    assert hours.add(early, less) <= hours.add(early, more)


@given(calendars(), MOMENTS, st.lists(MOMENTS, min_size=2, max_size=6), SECONDS, st.booleans())
def test_holding_never_shortens(
    hours: BusinessCalendar, created: datetime, moments: list[datetime], seconds: int, always: bool
) -> None:
    clocks = Clocks(created, Target(resolution=timedelta(seconds=seconds + 1), always=always))
    dues = [clocks.resolution_due(hours, created)]
    for since, until in pairwise(sorted(moments)):
        clocks = replace(clocks, hold_since=since)
        dues.append(clocks.resolution_due(hours, until))
        clocks = clocks.resumed(hours, until)
        dues.append(clocks.resolution_due(hours, until))
    assert dues == sorted(dues)
