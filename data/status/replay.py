"""How the last days would have looked with other limits: what was seen is judged again and compared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby, zip_longest
from operator import attrgetter
from zoneinfo import ZoneInfo

from data.status.health import BADNESS
from data.status.model import Band, Check, Outcome, Reading, State
from data.status.verdicts import judge, measured

DAYS = 30
RED = frozenset({State.degraded, State.partial_outage, State.major_outage})


@dataclass(frozen=True, slots=True)
class Look:
    """One observation as it is stored."""

    at: datetime
    state: State
    value: float | None
    event_at: datetime | None


@dataclass(frozen=True, slots=True)
class Again:
    """An observation with both verdicts, for as long as it counts."""

    at: datetime
    until: datetime
    value: float | None
    before: State
    after: State


@dataclass(frozen=True, slots=True)
class Sums:
    late: int
    """How often it became late."""
    down: int
    """How often it became worse than late."""
    not_green: timedelta


@dataclass(frozen=True, slots=True)
class Day:
    day: date
    worst: float | None
    """The highest value."""
    before: State
    after: State


@dataclass(frozen=True, slots=True)
class Replay:
    again: tuple[Again, ...]
    before: Sums
    after: Sums
    days: tuple[Day, ...]

    def missed(self, spans: Iterable[tuple[datetime, datetime]], *, before: bool = False) -> int:
        """Of these times of real trouble, those in which the check was never anything but green."""
        said = attrgetter("before" if before else "after")
        troubled = [(a.at, a.until) for a in self.again if BADNESS.get(said(a), 0) > 0]
        return sum(not any(at <= end and until >= start for at, until in troubled) for start, end in spans)


def replay(was: Check, wanted: Check, looks: Sequence[Look], band: Band | None, zone: ZoneInfo) -> Replay:
    """`looks` oldest first. Days are cut in `zone`; an observation counts until the next, for two intervals at most."""
    again = tuple(_again(was, wanted, looks, band))
    return Replay(again, _sums(again, "before"), _sums(again, "after"), tuple(_days(again, zone)))


def _again(was: Check, wanted: Check, looks: Sequence[Look], band: Band | None) -> Iterator[Again]:
    longest, changed = 2 * was.every, was != wanted
    for look, following in zip_longest(looks, looks[1:]):
        until = min(following.at if following else look.at + was.every, look.at + longest)
        reading = _reading(look)
        after = _state(was, wanted, look, reading, band) if changed else look.state
        yield Again(look.at, until, measured(wanted, reading, look.at), look.state, after)


def _state(was: Check, wanted: Check, look: Look, reading: Reading, band: Band | None) -> State:
    """What was said stays where the limits make no difference; and what the source itself said, whatever they are."""
    if look.state not in BADNESS:
        return look.state
    before, after = (judge(check, reading, look.at, band).state for check in (was, wanted))
    if before is after:
        return look.state
    told = BADNESS[look.state] > BADNESS.get(before, 0)
    return max(after, look.state, key=lambda state: BADNESS.get(state, 0)) if told else after


def _reading(look: Look) -> Reading:
    return Reading.model_construct(
        check_id="", observed_at=look.at, outcome=Outcome.ok, value=look.value, source_event_at=look.event_at,
        message="", evidence={},
    )  # fmt: skip


def _sums(again: Sequence[Again], side: str) -> Sums:
    said = attrgetter(side)
    turns = [state for state, _ in groupby(said(a) for a in again)]
    late = sum(state is State.late for state in turns)
    down = sum(red for red, _ in groupby(state in RED for state in turns))
    lasted = (a.until - a.at for a in again if BADNESS.get(said(a), 0) > 0)
    return Sums(late, down, sum(lasted, timedelta(0)))


def _days(again: Sequence[Again], zone: ZoneInfo) -> Iterator[Day]:
    for day, those in groupby(again, key=lambda a: a.at.astimezone(zone).date()):
        found = list(those)
        values = [a.value for a in found if a.value is not None]
        yield Day(day, max(values, default=None), _worst(a.before for a in found), _worst(a.after for a in found))


def _worst(states: Iterable[State]) -> State:
    return max(states, key=lambda state: BADNESS.get(state, -1))
