"""Keeps the daily roll-ups: computed from the transitions, day by day, for checks and their platforms."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import islice

from data.statements import Row, Statements
from data.status.health import BADNESS, Weight, check_weight
from data.status.model import State, Transition, Window
from data.status.rows import PlatformStanding, Standing, transition_from_row
from data.status.uptime import Segment, day_bounds, platform_timeline, rollup, timeline, total_ms
from data.status.view import Rules

MANY = 1_000_000
AT_ONCE = 50_000
"""Rows that one statement writes: far below what the embedded engine rewrites at once."""
Span = tuple[datetime, datetime]
Timeline = tuple[PlatformStanding, Standing, list[Segment]]
Windows = Mapping[str, list[Window]]
Component = tuple[str, str, str, list[Segment]]


class Rollups:
    def __init__(
        self,
        statements: Statements,
        rules: Rules,
        clock: Callable[[], datetime],
        platforms: Callable[[datetime], list[PlatformStanding]],
    ) -> None:
        self._statements = statements
        self._rules = rules
        self._clock = clock
        self._platforms = platforms

    def renew(self, platform_ids: Collection[str], since: datetime | None) -> int:
        """The rows of these platforms and their checks from the day of `since` (at most a week back) until today."""
        at, zone = self._clock(), self._rules.zone
        open_days = (at.astimezone(zone).date() - since.astimezone(zone).date()).days if since else 0
        return self._write(1 + min(max(open_days, 0), 7), platform_ids)

    def rebuild(self, days: int, platform_ids: Collection[str] | None = None) -> int:
        """The last `days` days of these platforms, of all without any named. Repeating it changes nothing."""
        return self._write(days, platform_ids)

    def troubles(self, since: datetime) -> Mapping[str, Sequence[Span]]:
        """Per check, the times that teach nothing about what is usual: trouble, blindness and announced maintenance."""
        standings = self._platforms(since)
        windows = self._windows(since)
        spans: dict[str, list[Span]] = {}
        for platform, standing, segments in self._timelines(standings, since, self._clock()):
            found = [(s.start, s.end) for s in segments if BADNESS.get(s.state, 9) > BADNESS[State.late]]
            spans[standing.check.id] = found + [(w.starts_at, w.ends_at) for w in windows[platform.platform.id]]
        return spans

    def _write(self, days: int, platform_ids: Collection[str] | None) -> int:
        at = self._clock()
        today = at.astimezone(self._rules.zone).date()
        wanted = [today - timedelta(days=back) for back in reversed(range(days))]
        since = day_bounds(wanted[0], self._rules.zone)[0]
        standings = [p for p in self._platforms(since) if platform_ids is None or p.platform.id in platform_ids]
        components = list(_components(self._timelines(standings, since, at)))
        windows = self._windows(since)
        rows = (row for day in wanted for row in self._rows(day, components, windows, at))
        return sum(self._statements.run("status/set_rollups", some) for some in _batches(rows))

    def _rows(self, day: date, components: Iterable[Component], windows: Windows, at: datetime) -> Iterator[Row]:
        for kind, id_, platform_id, segments in components:
            spent = rollup(segments, windows[platform_id], day, self._rules.zone, at)
            if total_ms(spent):
                named = {"component_type": kind, "component_id": id_, "platform_id": platform_id}
                yield {**named, **spent._asdict(), "updated_at": at}

    def _timelines(self, standings: Iterable[PlatformStanding], since: datetime, at: datetime) -> Iterator[Timeline]:
        """Each check that was ever observed, with what it was from `since` to `at`."""
        transitions: dict[str, list[Transition]] = defaultdict(list)
        rows = self._statements.rows(
            "status/list_transitions", since=since, platform_id=None, check_id=None, limit=MANY
        )
        for row in reversed(rows):
            transitions[row["check_id"]].append(transition_from_row(row))
        for platform in standings:
            for standing in (s for s in platform.standings if s.current):
                known, stale_after = transitions[standing.check.id], self._rules.stale_after(standing.check)
                yield platform, standing, timeline(known, standing.current, since, at, stale_after)

    def _windows(self, since: datetime) -> Windows:
        windows: dict[str, list[Window]] = defaultdict(list)
        for row in self._statements.rows("status/list_windows", since=since, limit=MANY):
            windows[row["platform_id"]].append(Window(**row))
        return windows


def _components(timelines: Iterable[Timeline]) -> Iterator[Component]:
    """(type, id, platform id, segments) of every check, and of every platform by the rule of group health."""
    members: dict[str, list[tuple[list[Segment], Weight]]] = defaultdict(list)
    for platform, standing, segments in timelines:
        members[platform.platform.id].append((segments, check_weight(standing.check.severity)))
        yield "check", standing.check.id, platform.platform.id, segments
    for platform_id, checks in members.items():
        yield "platform", platform_id, platform_id, platform_timeline(checks)


def _batches(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while batch := list(islice(rows, AT_ONCE)):
        yield batch
