"""What is promised by when: a business calendar, targets per priority, and the two clocks of a ticket."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cached_property, lru_cache
from itertools import chain, count, pairwise
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainSerializer, model_validator

from data.errors import Invalid
from data.settings import Zone

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY = timedelta(hours=8)
"""A working day as targets count it: of a three-day target, eight hours pass on each usual day."""
SEARCH = timedelta(days=400)
"""A calendar without working time for this long promises nothing."""

_SPAN = re.compile(r"(?:([01]\d|2[0-3]):([0-5]\d))-(?:([01]\d|2[0-4]):([0-5]\d))")
Minutes = tuple[int, int]
Stretch = tuple[datetime, datetime]


def _minutes(span: str) -> Minutes:
    """'08:00-12:00' as minutes of the day: 480, 720."""
    found = _SPAN.fullmatch(span)
    if not found:
        raise ValueError(f"'{span}' is not a span of hours; write for example 08:00-12:00")
    hour, minute, end_hour, end_minute = map(int, found.groups())
    opens, closes = hour * 60 + minute, end_hour * 60 + end_minute
    if not opens < closes <= 24 * 60:
        raise ValueError(f"'{span}' must end after it starts; split a night at midnight: 22:00-24:00, then 00:00-06:00")
    return opens, closes


def _span(value: str) -> str:
    _minutes(value)
    return value


Span = Annotated[str, AfterValidator(_span)]
Holidays = Annotated[frozenset[date], Field(max_length=1000), PlainSerializer(sorted, return_type=list[date])]


class BusinessCalendar(BaseModel):
    """The hours in which clocks run, as local times of one zone; a night is two spans, 22:00-24:00 and 00:00-06:00.

    A span opens and closes the first time the clock shows its ends, or jumps over them: an hour that comes twice counts
    twice, a skipped one not at all.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    zone: Zone = "Europe/Berlin"
    hours: Mapping[Weekday, tuple[Span, ...]] = dict.fromkeys(WEEKDAYS[:5], ("09:00-17:00",))
    holidays: Holidays = frozenset()

    @model_validator(mode="after")
    def _has_working_time(self) -> Self:
        for day, spans in zip(WEEKDAYS, self._week, strict=True):
            if any(closes > opens for (_, closes), (opens, _) in pairwise(spans)):
                raise ValueError(f"the hours of {day} overlap")
        if not any(self._week):
            raise ValueError("the calendar has no working time; give at least one day hours")
        return self

    @cached_property
    def _week(self) -> tuple[tuple[Minutes, ...], ...]:
        return tuple(tuple(sorted(map(_minutes, self.hours.get(day, ())))) for day in WEEKDAYS)

    @cached_property
    def _clock(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    def add(self, start: datetime, seconds: float) -> datetime:
        """The earliest moment (UTC) at which that many business seconds have passed since `start`.

        So 0 s is `start` itself, and time used up when a span closes ends there, not on the next morning.
        """
        reached, left = start.astimezone(UTC), timedelta(seconds=seconds)
        openings = self._openings(reached, count())
        while left > timedelta(0):
            opens, closes = next(openings)
            if opens - reached > SEARCH:
                day = reached.astimezone(self._clock)
                raise Invalid(
                    f"The business calendar has no working time for {SEARCH.days} days after {day.day} {day:%b %Y}; "
                    "remove some of its holidays."
                )
            reached = min(closes, opens + left)
            left -= reached - opens
        return reached

    def between(self, start: datetime, end: datetime) -> float:
        """Business seconds from `start` to `end`; 0 where the end comes first."""
        days = (end.astimezone(self._clock).date() - start.astimezone(self._clock).date()).days
        start, end = start.astimezone(UTC), end.astimezone(UTC)
        stretches = self._openings(start, range(days + 1))
        return sum(max(0.0, (min(closes, end) - opens).total_seconds()) for opens, closes in stretches)

    def _openings(self, since: datetime, days: Iterable[int]) -> Iterator[Stretch]:
        """What is open after `since`, in order, on its local day and the days that many after it."""
        first = since.astimezone(self._clock).date()
        stretches = chain.from_iterable(self._stretches(first + timedelta(days=number)) for number in days)
        return ((max(since, opens), closes) for opens, closes in stretches if closes > max(since, opens))

    def _stretches(self, day: date) -> tuple[Stretch, ...]:
        return () if day in self.holidays else _stretches(self._clock, day, self._week[day.weekday()])


@lru_cache(4096)
def _stretches(zone: ZoneInfo, day: date, spans: tuple[Minutes, ...]) -> tuple[Stretch, ...]:
    """Kept, for a list asks again and again about the same few weeks."""
    return tuple((_moment(zone, day, opens), _moment(zone, day, closes)) for opens, closes in spans)


def _moment(zone: ZoneInfo, day: date, minute: int) -> datetime:
    """The first moment at which the clock shows this time, or a later one where it jumps over it."""
    wall = datetime.combine(day, time(), zone) + timedelta(minutes=minute)
    first, second = (wall.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
    return first if first <= second else _jump(zone, second, first)


def _jump(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """When, between the two, the clock is set forward."""
    offset = before.astimezone(zone).utcoffset()
    seconds = range(int(before.timestamp()), int(after.timestamp()) + 1)
    place = bisect_left(seconds, True, key=lambda at: datetime.fromtimestamp(at, zone).utcoffset() != offset)
    return datetime.fromtimestamp(seconds[place], UTC)


ALWAYS = BusinessCalendar(zone="UTC", hours=dict.fromkeys(WEEKDAYS, ("00:00-24:00",)))

Promise = Annotated[timedelta, Field(gt=timedelta(0), le=timedelta(days=366))]


class Target(BaseModel):
    """What a ticket is promised, in business time or, with `always`, around the clock. In JSON in seconds."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_timedelta="float")

    response: Promise | None = None
    resolution: Promise | None = None
    always: bool = False

    def on(self, calendar: BusinessCalendar) -> BusinessCalendar:
        return ALWAYS if self.always else calendar


TARGETS: Mapping[int, Target] = {
    1: Target(response=timedelta(minutes=30), resolution=timedelta(hours=4), always=True),
    2: Target(response=timedelta(hours=2), resolution=DAY),
    3: Target(response=DAY, resolution=3 * DAY),
    4: Target(response=2 * DAY, resolution=10 * DAY),
}


class Clock(StrEnum):
    response = "response"
    resolution = "resolution"


class ClockState(StrEnum):
    none = "none"
    running = "running"
    warn = "warn"
    overdue = "overdue"
    paused = "paused"
    met = "met"
    missed = "missed"


ENDED = frozenset({ClockState.none, ClockState.met, ClockState.missed})


class Policy(BaseModel):
    """The knobs: when clocks run, what each priority is promised, when a clock begins to warn."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_timedelta="float")

    calendar: BusinessCalendar = BusinessCalendar()
    targets: Mapping[Annotated[int, Field(ge=1, le=4)], Target] = TARGETS
    warn_at: Annotated[float, Field(gt=0, le=1)] = 0.75
    """The part of the target that is used up."""
    warn_before: Annotated[timedelta, Field(ge=timedelta(0))] = timedelta(minutes=15)
    """In business time, so that what is due on Monday at nine warns on Friday evening."""

    def target(self, priority: int) -> Target:
        return self.targets.get(priority, Target())

    def pace(self, calendar: BusinessCalendar, promise: timedelta, due_at: datetime, at: datetime) -> ClockState:
        """Of a clock that nobody has stopped."""
        if at > due_at:
            return ClockState.overdue
        warning = max(promise * (1 - self.warn_at), self.warn_before)
        return ClockState.warn if calendar.between(at, due_at) <= warning.total_seconds() else ClockState.running


@dataclass(frozen=True, slots=True)
class Standing:
    """`margin` is real time to `due_at`, negative when late: from now or, once met or missed, from the end."""

    clock: Clock
    state: ClockState = ClockState.none
    due_at: datetime | None = None
    margin: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Clocks:
    """What one ticket remembers. Its methods take the policy's calendar; `target.always` puts it aside.

    `first_response_at` is the first public reply of staff, or the public note of a resolution; holds do not pause that
    clock. `held_s` is business time by the calendar of `target`: when a new priority changes `always`, count the holds
    anew. `breached`: it was once stopped too late, which reopening does not undo.
    """

    created_at: datetime
    target: Target
    first_response_at: datetime | None = None
    stopped_at: datetime | None = None
    hold_since: datetime | None = None
    held_s: float = 0.0
    breached: bool = False

    def response_due(self, calendar: BusinessCalendar) -> datetime | None:
        if (promise := self.target.response) is None:
            return None
        return self.target.on(calendar).add(self.created_at, promise.total_seconds())

    def resolution_due(self, calendar: BusinessCalendar, at: datetime) -> datetime | None:
        """Moves on while the ticket is on hold."""
        if (promise := self.target.resolution) is None:
            return None
        return self.target.on(calendar).add(self.created_at, promise.total_seconds() + self.held_until(calendar, at))

    def held_until(self, calendar: BusinessCalendar, at: datetime) -> float:
        """Business seconds of all holds, the one that lasts included."""
        return self.held_s + (self.target.on(calendar).between(self.hold_since, at) if self.hold_since else 0.0)

    def response(self, policy: Policy, at: datetime) -> Standing:
        calendar, promise = self.target.on(policy.calendar), self.target.response
        due_at = self.response_due(policy.calendar)
        if promise is None or due_at is None:
            return Standing(Clock.response)
        if ended_at := min(filter(None, (self.first_response_at, self.stopped_at)), default=None):
            return _ended(Clock.response, due_at, ended_at, late=ended_at > due_at)
        return Standing(Clock.response, policy.pace(calendar, promise, due_at, at), due_at, due_at - at)

    def resolution(self, policy: Policy, at: datetime) -> Standing:
        """What is overdue already stays so on hold."""
        calendar, promise = self.target.on(policy.calendar), self.target.resolution
        due_at = self.resolution_due(policy.calendar, self.stopped_at or at)
        if promise is None or due_at is None:
            return Standing(Clock.resolution)
        if self.stopped_at:
            return _ended(Clock.resolution, due_at, self.stopped_at, late=self.breached or self.stopped_at > due_at)
        state = policy.pace(calendar, promise, due_at, at)
        waits = self.hold_since is not None and state is not ClockState.overdue
        return Standing(Clock.resolution, ClockState.paused if waits else state, due_at, due_at - at)

    def shown(self, policy: Policy, at: datetime) -> Standing:
        """The one clock a list has room for: the response while it is owed and due sooner, else the resolution."""
        response, resolution = self.response(policy, at), self.resolution(policy, at)
        if response.due_at is None or resolution.due_at is None:
            return response if resolution.due_at is None else resolution
        owed = response.state not in ENDED
        return response if owed and response.due_at <= resolution.due_at else resolution

    def resumed(self, calendar: BusinessCalendar, at: datetime) -> Self:
        """The hold ends, if there is one."""
        return replace(self, hold_since=None, held_s=self.held_until(calendar, at))

    def stopped(self, calendar: BusinessCalendar, at: datetime) -> Self:
        """Resolved or closed: every clock stops, a hold ends."""
        due_at = self.resolution_due(calendar, at)
        late = due_at is not None and at > due_at
        return replace(self.resumed(calendar, at), stopped_at=at, breached=self.breached or late)

    def reopened(self, calendar: BusinessCalendar, at: datetime) -> Self:
        """The clocks go on from where they stopped: the time in between counts as held."""
        return replace(replace(self, hold_since=self.stopped_at).resumed(calendar, at), stopped_at=None)


def _ended(clock: Clock, due_at: datetime, ended_at: datetime, late: bool) -> Standing:
    return Standing(clock, ClockState.missed if late else ClockState.met, due_at, due_at - ended_at)
