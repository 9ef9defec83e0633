"""Uptime by duration: from transitions to segments, days, percentages and the error budget. Whole milliseconds only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import groupby, pairwise
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from data.status.board import BUDGET_DAYS, STRIP_DAYS, Budget, Strip, Uptime
from data.status.health import Member, Weight, combine
from data.status.model import OUTAGES, Current, DayRollup, State, Window

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)
DAY = timedelta(days=1)
PARTIAL_UP = 7
"""Tenths of a partial outage that count as up."""
_COLUMNS = {state: f"{state.value}_ms" for state in State if state is not State.disabled}


@dataclass(frozen=True, slots=True)
class Segment:
    """A state from `start` to just before `end`. Between segments nothing was watched."""

    state: State
    start: datetime
    end: datetime


@lru_cache(maxsize=1024)
def day_bounds(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Start and end of a local day in UTC: 23, 24 or 25 hours apart."""
    start, end = (datetime.combine(d, time(0), zone).astimezone(UTC) for d in (day, day + DAY))
    return start, end


class Turned(Protocol):
    """A change of state, wherever it is kept."""

    @property
    def at(self) -> datetime: ...
    @property
    def from_state(self) -> State | None: ...
    @property
    def to_state(self) -> State: ...


def timeline(
    transitions: Sequence[Turned],
    current: Current | None,
    start: datetime,
    end: datetime,
    stale_after: timedelta | None = None,
) -> list[Segment]:
    """What one check was from `start` to `end`, as far as it was watched.

    `transitions`: oldest first, of one check, from the newest at or before `start` on (one that is missing is told by
    the `from_state` of the next). `current` stands in when there are none; with `stale_after`, it also ends what is
    known: after its newest observation the check goes blind, though no transition says so yet.
    """
    points = [(t.to_state, t.at) for t in transitions]
    if transitions and transitions[0].from_state is not None:
        points.insert(0, (transitions[0].from_state, start))
    if not points and current:
        points = [(current.state, current.since)]
    if points and points[-1][0] is not State.disabled and current and stale_after:
        points.append((State.unknown, current.observed_at + stale_after))
    spans = pairwise([*points, (State.unknown, end)])
    clipped = ((state, max(at, start), min(until, end)) for (state, at), (_, until) in spans)
    return [Segment(state, begin, until) for state, begin, until in clipped if begin < until]


def platform_timeline(members: Sequence[tuple[Sequence[Segment], Weight]]) -> list[Segment]:
    """What a platform was, moment by moment, by the rule of `health.combine` over the checks watched at that moment."""
    changes = sorted(
        (change for index, (segments, _) in enumerate(members) for s in segments
         for change in ((s.start, 1, index, s.state), (s.end, 0, index, s.state))),
        key=lambda change: change[:3],
    )  # fmt: skip
    watched: dict[int, Member] = {}
    found: list[Segment] = []
    since = EPOCH
    for at, group in groupby(changes, key=lambda change: change[0]):
        if watched:
            found.append(Segment(combine(list(watched.values())), since, at))
        for _, starts, index, state in group:
            if starts:
                watched[index] = Member(state, *members[index][1])
            else:
                watched.pop(index, None)
        since = at
    return found


def rollup(
    segments: Iterable[Segment], windows: Iterable[Window], day: date, zone: ZoneInfo, until: datetime
) -> DayRollup:
    """Milliseconds per state of one local day, no further than `until`. `windows` are those of this platform.

    Announced time counts as maintenance, whatever happened in it; an outage in it is told apart as planned outage.
    """
    start, end = (_ms(moment) for moment in day_bounds(day, zone))
    end = min(end, _ms(until))
    announced = _merged(windows)
    spent: dict[str, Any] = dict.fromkeys(_COLUMNS.values(), 0) | {"planned_outage_ms": 0}
    for segment in segments:
        first, last = max(_ms(segment.start), start), min(_ms(segment.end), end)
        if first >= last or segment.state is State.disabled:
            continue
        planned = sum(max(0, min(last, b) - max(first, a)) for a, b in announced)
        spent["maintenance_ms"] += planned
        spent[_COLUMNS[segment.state]] += last - first - planned
        if segment.state in OUTAGES:
            spent["planned_outage_ms"] += planned
    return DayRollup(day=day, **spent)


def total_ms(day: DayRollup) -> int:
    return _counted_ms(day) + day.maintenance_ms + day.unknown_ms


def uptime(days: Iterable[DayRollup]) -> Uptime:
    """(operational + late + degraded + 0.7 partial) / (all - maintenance - unknown); any outage keeps it below 100."""
    listed = list(days)
    counted, unseen = sum(map(_counted_ms, listed)), sum(day.unknown_ms for day in listed)
    total = counted + unseen + sum(day.maintenance_ms for day in listed)
    up = counted * 10 - sum(map(_down_tenths, listed))
    return Uptime(
        percent=up * 10_000 // counted / 1000 if counted else None,
        coverage=(total - unseen) / total if total else 0.0,
    )


def budget(slo: float, days: Iterable[DayRollup]) -> Budget:
    """The error budget of the `BUDGET_DAYS` days given. Burn 1 spends it just in time, over what was watched."""
    listed = list(days)
    month = BUDGET_DAYS * (DAY // MILLISECOND)
    allowed = max(1, round(month * (100 - slo) / 100))
    spent, watched = sum(map(_down_tenths, listed)) / 10, sum(map(_counted_ms, listed))
    if not watched:
        return Budget(slo, None, allowed, None)
    return Budget(slo, 1 - spent / allowed, allowed - round(spent), spent * month / (allowed * watched))


def strip(days: Mapping[date, DayRollup], now: datetime, zone: ZoneInfo, patience: timedelta) -> Strip:
    """The last `STRIP_DAYS` days. After the first one known, time without a roll-up is unknown; today once nobody
    counted for longer than `patience`.
    """
    today = now.astimezone(zone).date()
    first = min(days, default=today)
    shown = [today - DAY * back for back in reversed(range(STRIP_DAYS))]
    filled = [_filled(days.get(day), day, now, zone) if day > first else days.get(day) for day in shown]
    if (newest := filled[-1]) and newest.updated_at and now - newest.updated_at > patience:
        unseen = (now - newest.updated_at - patience) // MILLISECOND
        filled[-1] = newest._replace(unknown_ms=newest.unknown_ms + unseen)
    return Strip(tuple(filled), uptime(day for day in filled if day), today)


def _filled(known: DayRollup | None, day: date, now: datetime, zone: ZoneInfo) -> DayRollup:
    start, end = day_bounds(day, zone)
    if known and end > now:
        return known
    found = known or DayRollup(day=day)
    missing = (min(end, now) - start) // MILLISECOND - total_ms(found)
    return found._replace(unknown_ms=found.unknown_ms + missing) if missing > 0 else found


def _counted_ms(day: DayRollup) -> int:
    return day.operational_ms + day.late_ms + day.degraded_ms + day.partial_outage_ms + day.major_outage_ms


def _down_tenths(day: DayRollup) -> int:
    return 10 * day.major_outage_ms + (10 - PARTIAL_UP) * day.partial_outage_ms


def _ms(moment: datetime) -> int:
    return (moment - EPOCH) // MILLISECOND


def _merged(windows: Iterable[Window]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted((_ms(window.starts_at), _ms(window.ends_at)) for window in windows):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
