"""What is owed by when: the due times of a deadline on a calendar of business days."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from data.status.model import Calendar, Deadline

SEARCH_DAYS = 400
"""A calendar without a business day in this many days owes nothing."""


@dataclass(frozen=True, slots=True)
class Due:
    """Data of business day `day` may arrive from `opens_at` on and is late after `due_at` (both UTC)."""

    day: date
    opens_at: datetime
    due_at: datetime


def previous_due(deadline: Deadline, calendar: Calendar, at: datetime) -> Due | None:
    """The latest business day that was already owed at `at`."""
    today = at.astimezone(deadline.zone).date()
    return next((due for due in _dues(deadline, calendar, today, -1) if due.due_at <= at), None)


def next_due(deadline: Deadline, calendar: Calendar, at: datetime) -> datetime | None:
    """The first due time after `at`."""
    today = at.astimezone(deadline.zone).date()
    return next((due.due_at for due in _dues(deadline, calendar, today, 1) if due.due_at > at), None)


def first_owed(deadline: Deadline, calendar: Calendar, event_at: datetime) -> Due | None:
    """The first business day that data of `event_at` does not serve: what is owed since then, met or not yet due.

    Lateness counts from here and not from the newest due time, else three missing days would look fresh every morning.
    """
    today = event_at.astimezone(deadline.zone).date()
    return next((due for due in _dues(deadline, calendar, today, 1) if due.opens_at > event_at), None)


def _dues(deadline: Deadline, calendar: Calendar, start: date, step: int) -> Iterator[Due]:
    days = (start + timedelta(days=step * n) for n in range(SEARCH_DAYS))
    return (_due(deadline, day) for day in days if calendar.works_on(day))


def _due(deadline: Deadline, day: date) -> Due:
    evening_before = timedelta(days=1 if deadline.opens > deadline.by else 0)
    due_at = _moment(deadline, day, deadline.by)
    return Due(day, min(due_at, _moment(deadline, day - evening_before, deadline.opens)), due_at)


def _moment(deadline: Deadline, day: date, local: time) -> datetime:
    """A local time that the clock change skips moves forward by the change; one that comes twice is the first one."""
    return datetime.combine(day, local, deadline.zone).astimezone(UTC)
