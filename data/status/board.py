"""The front page as data: what the stored rows mean now, for one viewer. Pure; every door shows these same numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from data.status.model import Band, Check, DayRollup, Platform, State, Window

STRIP_DAYS = 90
BUDGET_DAYS = 30


@dataclass(frozen=True, slots=True)
class Uptime:
    """`percent` is floored to 3 decimals, None when nothing was watched; `coverage`: the share of time watched."""

    percent: float | None
    coverage: float


@dataclass(frozen=True, slots=True)
class Budget:
    """Of the last 30 days: `left` is a share (negative when overspent); burn 1.0 spends the budget just in time."""

    slo: float
    left: float | None
    left_ms: int
    burn: float | None


@dataclass(frozen=True, slots=True)
class Strip:
    """Oldest day first, `STRIP_DAYS` long. None: not watched yet."""

    days: tuple[DayRollup | None, ...]
    uptime: Uptime
    today: date
    """The newest day shown, in the zone in which the days were cut."""


@dataclass(frozen=True, slots=True)
class CheckView:
    """A check as the viewer may see it now: stale observations are already unknown, with the reason."""

    check: Check
    state: State
    reason: str
    since: datetime | None = None
    observed_at: datetime | None = None
    last_success_at: datetime | None = None
    """The newest data for modes that watch data, the newest good answer for the others."""
    value: float | None = None
    source_event_at: datetime | None = None
    next_at: datetime | None = None
    """Next arrival of data for time modes, next look for the others; None when nobody can know."""
    band: Band | None = None
    flapping: bool = False
    previous_state: State | None = None
    previous_since: datetime | None = None
    evidence: str | None = None
    overtaken: bool = False
    """The observation is too old to count, though the trail does not say so yet."""


@dataclass(frozen=True, slots=True)
class OpenIncident:
    """What everybody who sees the platform may know of a ticket about it."""

    id: str
    key: str
    title: str
    state: str
    asset: str | None
    """The check it is about."""
    assignee: str | None
    since: datetime
    next_update_at: datetime | None
    affected: int
    """People who said so."""


@dataclass(frozen=True, slots=True)
class Tile:
    platform: Platform
    state: State
    reason: str
    since: datetime | None
    lead: CheckView | None
    """The check that made the platform so; when all is fine, the one that says most about its data."""
    checks: tuple[CheckView, ...]
    strip: Strip
    budget: Budget
    window: Window | None
    """The maintenance window that is on, else the next one."""
    mine: bool
    demo: bool
    incidents: tuple[OpenIncident, ...] = ()
    """Open ones, the newest first; of many, those that hit most people of each asset."""
    open_incidents: int = 0
    """All of them."""


FeedState = Literal["succeeded", "partial", "failed", "late", "never"]


@dataclass(frozen=True, slots=True)
class Feed:
    source: str
    state: FeedState
    checks: int
    started_at: datetime | None
    finished_at: datetime | None
    rows: int
    error: str | None
    next_due_at: datetime | None
    wanted_at: datetime | None = None
    """When somebody asked for a run that has not begun yet, and who."""
    wanted_by: str | None = None


@dataclass(frozen=True, slots=True)
class Change:
    at: datetime
    platform: Platform
    check: Check
    from_state: State | None
    to_state: State
    reason: str
    lasted_ms: int | None
    """How long the state before it held."""


@dataclass(frozen=True, slots=True)
class Board:
    as_of: datetime
    state: State
    tiles: tuple[Tile, ...]
    """Mine first, inside that worst first, then by position and name."""
    feeds: tuple[Feed, ...]
    changes: tuple[Change, ...]
    """Within 24 hours, newest first, fifty at most."""
    planned: tuple[Window, ...]
    counts: Mapping[State, int]
    """Checks by state; disabled ones are not counted."""
    products: int
    """Checks that watch the freshness of a data product."""
    products_late: int
    checked_at: datetime | None
    """The newest observation of any check."""
    past: bool = False
    """As it was at `as_of`, from the trail; the sources that looked are not told."""

    @property
    def platform_ids(self) -> frozenset[str]:
        """What the viewer may know of."""
        return frozenset(tile.platform.id for tile in self.tiles)
