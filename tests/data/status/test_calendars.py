"""Due times on business calendars, across clock changes and long holidays."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from data.status.calendars import first_owed, next_due, previous_due
from data.status.model import Calendar, Deadline
from tests.data.status.samples import berlin

BY_SEVEN = Deadline(by=time(7))
WORKDAYS = Calendar(weekdays=("mon", "tue", "wed", "thu", "fri"))
DAILY = Calendar()


@pytest.mark.parametrize(
    ("calendar", "at", "day"),
    [
        (DAILY, "2026-11-23 06:59", date(2026, 11, 22)),
        (DAILY, "2026-11-23 07:00", date(2026, 11, 23)),
        (WORKDAYS, "2026-11-23 06:59", date(2026, 11, 20)),
        (WORKDAYS, "2026-11-22 12:00", date(2026, 11, 20)),
        (Calendar(holidays=(date(2026, 12, 25), date(2026, 12, 26))), "2026-12-26 12:00", date(2026, 12, 24)),
    ],
)
def test_the_previous_due_day_is_the_latest_one_already_owed(calendar: Calendar, at: str, day: date) -> None:
    due = previous_due(BY_SEVEN, calendar, berlin(at))
    assert due is not None
    assert due.day == day
    assert due.due_at == berlin(f"{day} 07:00")


@pytest.mark.parametrize(
    ("calendar", "at", "due"),
    [
        (DAILY, "2026-11-23 06:59", "2026-11-23 07:00"),
        (DAILY, "2026-11-23 07:00", "2026-11-24 07:00"),
        (WORKDAYS, "2026-11-20 07:00", "2026-11-23 07:00"),
    ],
)
def test_the_next_due_time_lies_strictly_ahead(calendar: Calendar, at: str, due: str) -> None:
    assert next_due(BY_SEVEN, calendar, berlin(at)) == berlin(due)


@pytest.mark.parametrize(
    ("day", "by", "utc"),
    [
        ("2026-03-28", time(2, 30), "2026-03-28T01:30+00:00"),
        ("2026-03-29", time(2, 30), "2026-03-29T01:30+00:00"),  # skipped by the clock: 03:30 summer time
        ("2026-03-30", time(2, 30), "2026-03-30T00:30+00:00"),
        ("2026-10-25", time(2, 30), "2026-10-25T00:30+00:00"),  # comes twice: the first one
        ("2026-10-26", time(2, 30), "2026-10-26T01:30+00:00"),
    ],
)
def test_due_times_hold_across_clock_changes(day: str, by: time, utc: str) -> None:
    due_at = datetime.fromisoformat(utc)
    assert next_due(Deadline(by=by), DAILY, due_at - timedelta(minutes=1)) == due_at
    due = previous_due(Deadline(by=by), DAILY, due_at)
    assert due is not None
    assert due.day == date.fromisoformat(day)


def test_an_opening_later_than_the_deadline_lies_on_the_evening_before() -> None:
    due = previous_due(Deadline(by=time(6), opens=time(20)), WORKDAYS, berlin("2026-11-23 08:00"))
    assert due is not None
    assert (due.opens_at, due.due_at) == (berlin("2026-11-22 20:00"), berlin("2026-11-23 06:00"))


def test_an_opening_the_clock_skips_is_not_after_its_deadline() -> None:
    due = previous_due(Deadline(by=time(3, 10), opens=time(2, 30)), DAILY, berlin("2026-03-29 12:00"))
    assert due is not None
    assert due.opens_at == due.due_at == berlin("2026-03-29 03:10")


@pytest.mark.parametrize(("closed_days", "found"), [(390, True), (800, False)])
def test_long_holidays_are_searched_but_not_for_ever(closed_days: int, found: bool) -> None:
    start = berlin("2026-01-01 00:00")
    closed = Calendar(holidays=tuple(start.date() + timedelta(days=n) for n in range(closed_days)))
    assert (next_due(BY_SEVEN, closed, start) is not None) is found
    assert (first_owed(BY_SEVEN, closed, start) is not None) is found


def test_a_calendar_without_days_is_refused() -> None:
    with pytest.raises(ValidationError, match="at least one day"):
        Calendar(weekdays=())


@pytest.mark.parametrize(
    ("event", "owed"),
    [
        ("2026-11-20 05:00", date(2026, 11, 23)),
        ("2026-11-19 23:59", date(2026, 11, 20)),
        ("2026-11-21 10:00", date(2026, 11, 23)),
        ("2026-11-23 00:00", date(2026, 11, 24)),
    ],
)
def test_the_first_day_owed_is_the_first_one_the_newest_data_does_not_serve(event: str, owed: date) -> None:
    due = first_owed(BY_SEVEN, WORKDAYS, berlin(event))
    assert due is not None
    assert due.day == owed


MOMENTS = st.integers(0, 2 * 366 * 24 * 60).map(lambda minutes: berlin("2026-01-01 00:00") + timedelta(minutes=minutes))
DEADLINES = st.builds(
    Deadline,
    by=st.times(),
    opens=st.times(),
    timezone=st.sampled_from(
        ["Europe/Berlin", "America/New_York", "Africa/Cairo", "Asia/Kolkata", "Australia/Lord_Howe"]
    ),
)


@given(MOMENTS, DEADLINES, st.sets(st.sampled_from(WORKDAYS.weekdays), min_size=1))
def test_previous_and_next_due_enclose_every_moment(at: datetime, deadline: Deadline, weekdays: set[str]) -> None:
    calendar = Calendar.model_validate({"weekdays": tuple(weekdays)})
    before, after = previous_due(deadline, calendar, at), next_due(deadline, calendar, at)
    assert before is not None
    assert after is not None
    assert before.opens_at <= before.due_at <= at < after
    again = previous_due(deadline, calendar, after)
    assert again is not None
    assert again.day > before.day
