"""From stored rows to the board one viewer sees. Pure: staleness, lead check, group health, counts and words' facts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from data.statements import Row
from data.status.board import BUDGET_DAYS, Board, Budget, Change, CheckView, Feed, FeedState, Tile
from data.status.flapping import as_seen, is_flapping
from data.status.health import BADNESS, Member, combine, lead, overlay
from data.status.model import (
    FRESHNESS_MODES,
    WORSE_TO_BETTER,
    Band,
    Check,
    Current,
    DayRollup,
    Mode,
    Platform,
    Severity,
    State,
)
from data.status.rows import LastRun, PlatformStanding, Standing, Turn
from data.status.uptime import budget, strip
from data.status.verdicts import next_arrival

Days = Mapping[date, DayRollup]
RECENTLY = timedelta(hours=24)
MOST_CHANGES = 50
DEMO_SOURCE = "demo"
_SEVERITY_ORDER = tuple(Severity)
_TILE_ORDER = (*WORSE_TO_BETTER[:-1], State.unknown, State.maintenance, State.operational, State.disabled)
"""Worst first; what we cannot see stands right after what we know to be wrong."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What the store said at one moment, of everything; `board` narrows it to what a viewer may see."""

    at: datetime
    platforms: tuple[PlatformStanding, ...]
    days: Mapping[str, Days]
    past: bool = False
    """Of a moment that is over: the sources that looked are not told."""
    announced: tuple[Row, ...] = ()
    """What was published and is not over, as it is stored; `data.messages` knows what it means."""


@dataclass(frozen=True, slots=True)
class Rules:
    zone: ZoneInfo
    stale_factor: float
    tick: timedelta = timedelta(0)
    """Nothing is looked at more often than this."""

    def stale_after(self, check: Check) -> timedelta:
        return max(check.every * self.stale_factor, check.every + self.tick)


def compose(snapshot: Snapshot, sees: Callable[[Platform], bool], mine: frozenset[str], rules: Rules) -> Board:
    visible = [p for p in snapshot.platforms if sees(p.platform)]
    tiles = [tile(p, snapshot.days.get(p.platform.id, {}), mine, snapshot.at, rules) for p in visible]
    views = [view for t in tiles for view in t.checks if view.state is not State.disabled]
    products = [view for view in views if view.check.mode in FRESHNESS_MODES]
    return Board(
        as_of=snapshot.at,
        state=combine([Member.platform(t.state, t.platform.criticality) for t in tiles]),
        tiles=tuple(sorted(tiles, key=_tile_order)),
        feeds=() if snapshot.past else feeds(visible, snapshot.at, rules),
        changes=changes(visible, tiles),
        planned=tuple(sorted((t.window for t in tiles if t.window), key=lambda w: (w.starts_at, w.platform_id))),
        counts=Counter(view.state for view in views),
        products=len(products),
        products_late=sum(BADNESS.get(view.state, 0) > 0 for view in products),
        checked_at=max((view.observed_at for view in views if view.observed_at), default=None),
        past=snapshot.past,
    )


def tile(standing: PlatformStanding, days: Days, mine: frozenset[str], at: datetime, rules: Rules) -> Tile:
    platform, window = standing.platform, standing.window
    views = tuple(check_view(s, at, rules) for s in standing.standings if s.check.state != "retired")
    members = [Member.check(v.state, v.check.severity) for v in views]
    speaker = _lead(views, members)
    state = overlay(combine(members), in_window=bool(window and window.starts_at <= at))
    began = window.starts_at if window and state is State.maintenance else None
    return Tile(
        platform=platform,
        state=state,
        reason=speaker.reason if speaker else "No check watches it yet",
        since=began or (speaker.since if speaker else None),
        lead=speaker,
        checks=views,
        strip=strip(days, at, rules.zone, max((rules.stale_after(v.check) for v in views), default=timedelta(0))),
        budget=budget_of(platform, days, at, rules),
        window=window,
        mine=platform.id in mine,
        demo=any(v.check.source == DEMO_SOURCE for v in views),
        incidents=standing.incidents,
        open_incidents=standing.open_incidents,
    )


def check_view(standing: Standing, at: datetime, rules: Rules) -> CheckView:
    check, current = standing.check, standing.current
    stale_after = rules.stale_after(check)
    seen = as_seen(current, check, at, stale_after)
    if current is None:
        return CheckView(check, seen.state, _with_cause(seen.reason, standing.run), band=standing.band)
    overtaken = seen.state is State.unknown and current.state is not State.unknown
    return CheckView(
        check,
        seen.state,
        _with_cause(seen.reason, standing.run) if overtaken else seen.reason,
        since=current.observed_at + stale_after if overtaken else current.since,
        observed_at=current.observed_at,
        last_success_at=current.last_success_at,
        value=current.value,
        source_event_at=current.source_event_at,
        next_at=_next_at(check, current, standing.band, at),
        band=standing.band,
        flapping=is_flapping(current, at),
        previous_state=current.state if overtaken else current.previous_state,
        previous_since=current.since if overtaken else current.previous_since,
        evidence=current.evidence,
        overtaken=overtaken,
    )


def _with_cause(reason: str, run: LastRun | None) -> str:
    """Only what concerns the source as a whole: what it says of other checks is not for everybody."""
    return f"{reason}: {run.error}" if run and run.state == "failed" and run.error else reason


def _next_at(check: Check, current: Current, band: Band | None, at: datetime) -> datetime | None:
    if check.state == "disabled":
        return None
    if check.mode in (*FRESHNESS_MODES, Mode.heartbeat):
        return next_arrival(check, current.source_event_at, band, at)
    due = current.observed_at + check.every
    return due if due > at else None


def _lead(views: Sequence[CheckView], members: Sequence[Member]) -> CheckView | None:
    """The check to speak for its platform: the one that made it so; when all is fine, a data product before a probe."""
    guilty = lead(members)
    if guilty is not None:
        return views[guilty]
    return min(views, key=lambda v: (v.state is State.disabled, _speaks_late(v)), default=None)


def _speaks_late(view: CheckView) -> tuple[bool, int]:
    return view.check.mode not in FRESHNESS_MODES, _SEVERITY_ORDER.index(view.check.severity)


def budget_of(platform: Platform, days: Days, at: datetime, rules: Rules) -> Budget:
    first = at.astimezone(rules.zone).date() - timedelta(days=BUDGET_DAYS - 1)
    return budget(platform.slo, [d for day, d in days.items() if day >= first])


def feeds(platforms: Iterable[PlatformStanding], at: datetime, rules: Rules) -> tuple[Feed, ...]:
    by_source: dict[str, list[Standing]] = {}
    for standing in (s for p in platforms for s in p.standings if s.check.state == "active"):
        by_source.setdefault(standing.check.source, []).append(standing)
    return tuple(_feed(source, standings, at, rules) for source, standings in sorted(by_source.items()))


def _feed(source: str, standings: list[Standing], at: datetime, rules: Rules) -> Feed:
    run, wish = standings[0].run, standings[0].wish
    wanted_at, wanted_by = (wish.at, wish.by) if wish else (None, None)
    if run is None:
        return Feed(source, "never", len(standings), None, None, 0, None, None, wanted_at, wanted_by)
    patience = min(rules.stale_after(s.check) - s.check.every for s in standings)
    state: FeedState = "late" if at > run.next_due_at + patience else run.state
    return Feed(
        source,
        state,
        len(standings),
        run.started_at,
        run.finished_at,
        min(run.rows, len(standings)),
        run.error,
        run.next_due_at,
        wanted_at,
        wanted_by,
    )


def changes(platforms: Iterable[PlatformStanding], tiles: Iterable[Tile]) -> tuple[Change, ...]:
    """What the trail holds, and the blindness that it does not hold yet. The first sight of a check is no change."""
    found = [
        Change(turn.at, p.platform, s.check, turn.from_state, turn.to_state, turn.reason, _lasted_ms(before, turn.at))
        for p in platforms
        for s in p.standings
        for before, turn in pairwise((None, *s.changes))
        if turn and turn.from_state and s.check.state != "retired"
    ]
    blind = [
        Change(v.since, t.platform, v.check, v.previous_state, v.state, v.reason, None)
        for t in tiles
        for v in t.checks
        if v.overtaken and v.since
    ]
    return tuple(sorted(found + blind, key=lambda change: change.at, reverse=True)[:MOST_CHANGES])


def _lasted_ms(before: Turn | None, until: datetime) -> int | None:
    return (until - before.at) // timedelta(milliseconds=1) if before else None


def _tile_order(tile: Tile) -> tuple[bool, int, int, str]:
    return (not tile.mine, _TILE_ORDER.index(tile.state), tile.platform.position, tile.platform.name)
