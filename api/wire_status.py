"""Platforms, checks and sources on the wire."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Literal, Self

import pandas as pd
from pydantic import Field

from api.wire import Wire
from data.status.board import Board, CheckView, Tile
from data.status.health import Colour, Member, colour, lead
from data.status.model import Mode, Severity, State, Transition

FeedState = Literal["succeeded", "partial", "failed", "late", "never"]


class Uptime(Wire):
    percent: float | None = Field(description="Floored; null when nothing was watched.", examples=[99.982])
    coverage: float = Field(description="The share of time that was watched.")


class Budget(Wire):
    slo: float
    left: float | None = Field(description="The share that is left; negative when overspent.")
    left_ms: int
    burn: float | None = Field(description="1 spends it just in time.")


class Incident(Wire):
    key: str = Field(examples=["INC-7K2QF"])
    title: str
    state: str
    asset: str | None = Field(description="The check it is about.")
    assignee: str | None
    since: datetime
    next_update_at: datetime | None
    affected: int = Field(description="People who said so.")


class Window(Wire):
    platform_id: str
    title: str
    starts_at: datetime
    ends_at: datetime


class PlatformStatus(Wire):
    id: str = Field(examples=["sales"])
    name: str
    kind: str
    criticality: int = Field(description="1 matters most.")
    owner: str | None
    contact: str | None
    visibility: str
    depends_on: list[str]
    state: State
    reason: str
    since: datetime | None
    lead: str | None = Field(description="The check that made it so; when all is fine, the one that says most.")
    checks: int
    mine: bool
    demo: bool
    uptime: Uptime = Field(description="Of 90 days.")
    budget: Budget = Field(description="Of 30 days.")
    window: Window | None = Field(description="Maintenance that is on, else the next.")
    incidents: list[Incident]
    open_incidents: int

    @classmethod
    def of(cls, tile: Tile, seen: frozenset[str]) -> Self:
        """`seen`: the platforms that the caller may know of."""
        at = tile.platform
        return cls(
            id=at.id, name=at.name, kind=at.kind, criticality=at.criticality, owner=at.owner, contact=at.contact,
            visibility=at.visibility, depends_on=[id_ for id_ in at.depends_on if id_ in seen], state=tile.state,
            reason=tile.reason, since=tile.since, lead=tile.lead.check.id if tile.lead else None,
            checks=len(tile.checks), mine=tile.mine, demo=tile.demo, uptime=Uptime.model_validate(tile.strip.uptime),
            budget=Budget.model_validate(tile.budget),
            window=Window.model_validate(tile.window) if tile.window else None,
            incidents=[Incident.model_validate(one) for one in tile.incidents], open_incidents=tile.open_incidents,
        )  # fmt: skip


class Change(Wire):
    at: datetime
    platform_id: str
    check_id: str
    from_state: State | None
    to_state: State
    reason: str


class Status(Wire):
    as_of: datetime
    checked_at: datetime | None = Field(description="The newest look at anything.")
    state: State
    colour: Colour
    reason: str | None = Field(description="Which platform made it so, and why.")
    checks: dict[State, int] = Field(description="How many are in each state; what is switched off is left out.")
    products: int = Field(description="Checks that watch the freshness of a data product.")
    products_late: int
    platforms: list[PlatformStatus] = Field(description="The caller's own first, of these the worst first.")
    planned: list[Window]
    changes: list[Change] = Field(description="Of 24 hours, newest first, fifty at most.")

    @classmethod
    def of(cls, board: Board) -> Self:
        return cls(
            as_of=board.as_of, checked_at=board.checked_at, state=board.state, colour=colour(board.state),
            reason=_reason(board.tiles), checks=dict(board.counts), products=board.products,
            products_late=board.products_late,
            platforms=[PlatformStatus.of(tile, board.platform_ids) for tile in board.tiles],
            planned=[Window.model_validate(window) for window in board.planned],
            changes=[
                Change(at=one.at, platform_id=one.platform.id, check_id=one.check.id, from_state=one.from_state,
                       to_state=one.to_state, reason=one.reason)
                for one in board.changes
            ],
        )  # fmt: skip


def _reason(tiles: Iterable[Tile]) -> str | None:
    known = list(tiles)
    guilty = lead([Member.platform(tile.state, tile.platform.criticality) for tile in known])
    return None if guilty is None else f"{known[guilty].platform.name}: {known[guilty].reason}"


class Band(Wire):
    """What is usual, in seconds between arrivals."""

    low_s: float
    median_s: float
    high_s: float


class Limits(Wire):
    warn_after_s: float | None
    error_after_s: float | None
    warn_above: float | None
    error_above: float | None
    warn_below: float | None
    error_below: float | None


class CheckStatus(Wire):
    id: str = Field(examples=["orders-fresh"])
    platform_id: str
    name: str
    source: str = Field(examples=["push"])
    mode: Mode
    severity: Severity
    every_s: float = Field(description="How often it is looked at.")
    limits: Limits
    owner: str | None
    runbook: str | None
    watched: bool = Field(description="False: switched off.")
    version: int = Field(description="Of its settings.")
    state: State
    reason: str
    since: datetime | None
    observed_at: datetime | None
    last_success_at: datetime | None
    value: float | None = Field(description="Seconds for age, heartbeat and answer times; else the number itself.")
    source_event_at: datetime | None = Field(description="When the data itself last changed.")
    next_at: datetime | None = Field(description="Next arrival of data, or next look; null when nobody can know.")
    band: Band | None
    flapping: bool
    evidence: Any

    @classmethod
    def of(cls, view: CheckView) -> Self:
        check, limits = view.check, view.check.thresholds
        seconds = {
            f"{name}_s": length.total_seconds() if (length := getattr(limits, name)) else None
            for name in ("warn_after", "error_after")
        }
        numbers = {name: getattr(limits, name) for name in Limits.model_fields if not name.endswith("_s")}
        return cls(
            **{name: getattr(check, name) for name in _OF_CHECK}, **{name: getattr(view, name) for name in _OF_VIEW},
            every_s=check.every.total_seconds(), limits=Limits(**seconds, **numbers),
            watched=check.state == "active", evidence=evidence_of(view.evidence),
            band=Band.model_validate(view.band) if view.band else None,
        )  # fmt: skip


_OF_CHECK = ("id", "platform_id", "name", "source", "mode", "severity", "owner", "runbook", "version")
_OF_VIEW = ("state", "reason", "since", "observed_at", "last_success_at", "value", "source_event_at", "next_at",
            "flapping")  # fmt: skip


class Turn(Wire):
    """A change of state."""

    id: str
    check_id: str
    from_state: State | None
    to_state: State
    at: datetime
    observed_at: datetime
    reason: str
    evidence: Any
    check_version: int = Field(description="Of the settings that it was judged by.")

    @classmethod
    def of(cls, turn: Transition) -> Self:
        told = {name: getattr(turn, name) for name in cls.model_fields if name != "evidence"}
        return cls(**told, evidence=evidence_of(turn.evidence))


class Point(Wire):
    at: datetime
    low: float | None
    high: float | None
    value: float | None
    state: State


class Past(Wire):
    """Of one check."""

    points: list[Point] = Field(description="At most 700, oldest first: several looks may share one.")

    @classmethod
    def of(cls, frame: pd.DataFrame) -> Self:
        rows = frame[list(Point.model_fields)].to_dict("records")
        return cls(points=[Point(**{str(k): _plain(v) for k, v in row.items()}) for row in rows])


class Source(Wire):
    source: str
    state: FeedState
    checks: int
    started_at: datetime | None
    finished_at: datetime | None
    rows: int = Field(description="Checks that the last run told of.")
    error: str | None
    next_due_at: datetime | None


def evidence_of(text: str | None) -> Any:
    """As it was told; text where it is none of ours."""
    try:
        return json.loads(text) if text else None
    except ValueError:
        return text


def _plain(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value
