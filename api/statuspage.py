"""The shapes of the Statuspage v2 API, and what of the portal goes where. Keys of our own begin with `x_`.

The words of that API have no unknown: on the wire it is degraded, and `x_state` says what it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from functools import cached_property
from typing import Annotated, Literal

from pydantic import BaseModel, PlainSerializer

from data.bulletins.model import Bulletin, Update
from data.status.board import Board, Tile
from data.status.health import Member, combine
from data.status.model import State

ComponentStatus = Literal[
    "operational", "degraded_performance", "partial_outage", "major_outage", "under_maintenance"
]  # fmt: skip
Indicator = Literal["none", "minor", "major", "critical", "maintenance"]
OF_STATE: Mapping[State, ComponentStatus] = {
    State.operational: "operational", State.late: "degraded_performance", State.degraded: "degraded_performance",
    State.partial_outage: "partial_outage", State.major_outage: "major_outage",
    State.maintenance: "under_maintenance", State.unknown: "degraded_performance",
}  # fmt: skip
OF_WHOLE: Mapping[State, tuple[Indicator, str]] = {
    State.operational: ("none", "All Systems Operational"), State.late: ("minor", "Some Data Is Late"),
    State.degraded: ("minor", "Partially Degraded Service"), State.partial_outage: ("major", "Partial System Outage"),
    State.major_outage: ("critical", "Major System Outage"), State.maintenance: ("maintenance", "Under Maintenance"),
    State.unknown: ("minor", "Status Unknown"), State.disabled: ("minor", "Nothing Is Watched"),
}  # fmt: skip
PAGE_ID = "portal"
MOST = 50
Time = Annotated[datetime, PlainSerializer(lambda at: wire_time(at), return_type=str)]


def wire_time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Page(BaseModel):
    id: str = PAGE_ID
    name: str
    url: str
    time_zone: str
    updated_at: Time


class Whole(BaseModel):
    indicator: Indicator
    description: str
    x_state: State


class Freshness(BaseModel):
    """Of the data product that speaks for the platform."""

    data_at: Time
    late_after_s: float | None
    error_after_s: float | None


class PageComponent(BaseModel):
    id: str
    name: str
    status: ComponentStatus
    created_at: Time
    updated_at: Time
    position: int
    description: str | None
    showcase: bool = True
    start_date: str | None
    group_id: str | None
    page_id: str = PAGE_ID
    group: bool = False
    only_show_if_degraded: bool = False
    components: list[str] | None = None
    """Of a group only."""
    x_state: State
    x_reason: str | None = None
    x_observed_at: Time | None = None
    x_freshness: Freshness | None = None
    x_uptime_90_days: float | None = None


class PageUpdate(BaseModel):
    id: str
    incident_id: str
    status: str
    body: str
    created_at: Time
    updated_at: Time
    display_at: Time
    affected_components: None = None
    deliver_notifications: bool = True
    custom_tweet: None = None
    tweet_id: None = None


class PageIncident(BaseModel):
    id: str
    name: str
    status: str
    impact: str
    created_at: Time
    updated_at: Time
    monitoring_at: None = None
    resolved_at: Time | None
    started_at: Time
    shortlink: str
    page_id: str = PAGE_ID
    incident_updates: list[PageUpdate]
    components: list[PageComponent]


class PageMaintenance(PageIncident):
    scheduled_for: Time
    scheduled_until: Time | None
    x_cancelled: bool


class PageStatus(BaseModel):
    page: Page
    status: Whole


class PageComponents(BaseModel):
    page: Page
    components: list[PageComponent]


class PageIncidents(BaseModel):
    page: Page
    incidents: list[PageIncident]


class PageMaintenances(BaseModel):
    page: Page
    scheduled_maintenances: list[PageMaintenance]


class PageSummary(PageStatus):
    components: list[PageComponent]
    incidents: list[PageIncident]
    scheduled_maintenances: list[PageMaintenance]


@dataclass(frozen=True)
class Told:
    """What one caller may know, and where the portal is."""

    board: Board
    bulletins: Sequence[Bulletin]
    name: str
    root: str
    """Address of the portal, without a slash at its end."""
    zone: str

    def page(self) -> Page:
        changed = [view.since for tile in self.board.tiles for view in tile.checks if view.since]
        newest = max([*changed, *(b.updated_at for b in self.bulletins)], default=self.board.as_of)
        return Page(name=self.name, url=self.root, time_zone=self.zone, updated_at=newest)

    def status(self) -> PageStatus:
        return PageStatus(page=self.page(), status=whole_of(self.board))

    def components(self) -> PageComponents:
        return PageComponents(page=self.page(), components=[*self._groups(), *self._places.values()])

    def incidents(self, unresolved: bool = False) -> PageIncidents:
        found = (b for b in self.bulletins if b.kind == "incident" and not (unresolved and b.is_over))
        return PageIncidents(page=self.page(), incidents=[self._incident(b) for b in list(found)[:MOST]])

    def maintenances(self, *statuses: str) -> PageMaintenances:
        """All without any status."""
        found = [b for b in self.bulletins if b.kind == "maintenance" and (not statuses or b.status in statuses)]
        return PageMaintenances(page=self.page(), scheduled_maintenances=[self._maintenance(b) for b in found[:MOST]])

    def summary(self) -> PageSummary:
        return PageSummary(
            **dict(self.status()), components=self.components().components,
            incidents=self.incidents(unresolved=True).incidents,
            scheduled_maintenances=self.maintenances("scheduled", "in_progress").scheduled_maintenances,
        )  # fmt: skip

    @cached_property
    def _places(self) -> dict[str, PageComponent]:
        tiles = [tile for tile in self.board.tiles if tile.state is not State.disabled]
        ordered = sorted(tiles, key=lambda tile: (tile.platform.position, tile.platform.name))
        kinds = _shared(tiles)
        return {
            tile.platform.id: component_of(tile, number, kinds, self.board.as_of)
            for number, tile in enumerate(ordered, 1)
        }

    def _groups(self) -> list[PageComponent]:
        """One for each kind of which there are several platforms."""
        places, kinds = self._places, _shared(self.board.tiles)
        return [group_of(kind, n, [t for t in tiles if t.platform.id in places], places)
                for n, (kind, tiles) in enumerate(kinds.items(), 1)]  # fmt: skip

    def _incident(self, bulletin: Bulletin) -> PageIncident:
        return PageIncident(**self._told(bulletin))

    def _maintenance(self, bulletin: Bulletin) -> PageMaintenance:
        times = {"scheduled_for": bulletin.started_at, "scheduled_until": bulletin.planned_end}
        return PageMaintenance(**self._told(bulletin), **times, x_cancelled=bulletin.cancelled)

    def _told(self, bulletin: Bulletin) -> dict[str, object]:
        places = self._places
        named = bulletin.platform_ids or (places if bulletin.kind == "maintenance" else ())
        return {
            "id": bulletin.id, "name": bulletin.title, "status": bulletin.status, "impact": bulletin.impact,
            "created_at": bulletin.created_at, "updated_at": bulletin.updated_at, "resolved_at": bulletin.ended_at,
            "started_at": bulletin.started_at, "shortlink": f"{self.root}/{bulletin.path}",
            "incident_updates": [update_of(bulletin, update) for update in bulletin.updates],
            "components": [places[id_] for id_ in named if id_ in places],
        }  # fmt: skip


def whole_of(board: Board) -> Whole:
    """Late products are never on green."""
    state = State.late if board.state is State.operational and board.products_late else board.state
    indicator, description = OF_WHOLE[state]
    return Whole(indicator=indicator, description=description, x_state=state)


def component_of(tile: Tile, position: int, kinds: Mapping[str, object], as_of: datetime) -> PageComponent:
    first = next((day.day for day in tile.strip.days if day), None)
    began = datetime.combine(first, time(0), UTC) if first else tile.since or as_of
    return PageComponent(
        id=tile.platform.id, name=tile.platform.name, status=OF_STATE[tile.state], created_at=began,
        updated_at=tile.since or began, position=position, description=tile.platform.kind,
        start_date=first.isoformat() if first else None,
        group_id=group_id(tile.platform.kind) if tile.platform.kind in kinds else None, x_state=tile.state,
        x_reason=tile.reason, x_observed_at=max((v.observed_at for v in tile.checks if v.observed_at), default=None),
        x_freshness=_freshness(tile), x_uptime_90_days=tile.strip.uptime.percent,
    )  # fmt: skip


def _freshness(tile: Tile) -> Freshness | None:
    lead = tile.lead
    if lead is None or lead.source_event_at is None:
        return None
    warn, error = lead.check.thresholds.warn_after, lead.check.thresholds.error_after
    return Freshness(
        data_at=lead.source_event_at, late_after_s=warn and warn.total_seconds(),
        error_after_s=error and error.total_seconds(),
    )  # fmt: skip


def group_of(kind: str, position: int, tiles: Sequence[Tile], places: Mapping[str, PageComponent]) -> PageComponent:
    inside = [places[tile.platform.id] for tile in tiles]
    state = combine([Member.platform(tile.state, tile.platform.criticality) for tile in tiles])
    return PageComponent(
        id=group_id(kind), name=kind, status=OF_STATE[state], created_at=min(c.created_at for c in inside),
        updated_at=max(c.updated_at for c in inside), position=position, description=None, start_date=None,
        group_id=None, group=True, components=[c.id for c in inside], x_state=state,
    )  # fmt: skip


def group_id(kind: str) -> str:
    return f"kind:{kind}"


def _shared(tiles: Iterable[Tile]) -> dict[str, list[Tile]]:
    kinds: dict[str, list[Tile]] = {}
    for tile in tiles:
        if tile.state is not State.disabled:
            kinds.setdefault(tile.platform.kind, []).append(tile)
    return {kind: several for kind, several in sorted(kinds.items()) if len(several) > 1}


def update_of(bulletin: Bulletin, update: Update) -> PageUpdate:
    return PageUpdate(
        id=update.id, incident_id=bulletin.id, status=update.status, body=update.body, created_at=update.at,
        updated_at=update.at, display_at=update.at,
    )  # fmt: skip
