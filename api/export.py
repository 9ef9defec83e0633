"""The freshness of data products as dbt tells that of its sources (sources.json, version 3)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import NAMESPACE_URL, uuid5

from fastapi import APIRouter, Response
from pydantic import BaseModel

from api.calls import Caller
from api.statuspage import Time
from data import cached
from data.status.board import Board, CheckView
from data.status.model import FRESHNESS_MODES, State

router = APIRouter(prefix="/export", tags=["export"])
SCHEMA = "https://schemas.getdbt.com/dbt/sources/v3.json"
PASS: Mapping[State, Literal["pass", "warn", "error"]] = {
    State.operational: "pass", State.maintenance: "pass", State.late: "warn",
}  # fmt: skip
"""Others that are known: error."""
_PERIODS: tuple[tuple[Literal["day", "hour", "minute"], timedelta], ...] = (
    ("day", timedelta(days=1)), ("hour", timedelta(hours=1)), ("minute", timedelta(minutes=1)),
)  # fmt: skip


class Metadata(BaseModel):
    dbt_schema_version: str = SCHEMA
    dbt_version: str = "1.10.0"
    generated_at: Time
    invocation_id: str
    env: dict[str, str] = {}


class Limit(BaseModel):
    count: int
    period: Literal["minute", "hour", "day"]


class Criteria(BaseModel):
    warn_after: Limit | None
    error_after: Limit | None
    filter: None = None


class Known(BaseModel):
    unique_id: str
    max_loaded_at: Time
    snapshotted_at: Time
    max_loaded_at_time_ago_in_s: float
    status: Literal["pass", "warn", "error"]
    criteria: Criteria
    adapter_response: dict[str, Any] = {}
    timing: list[Any] = []
    thread_id: str = "portal"
    execution_time: float = 0.0


class Blind(BaseModel):
    unique_id: str
    error: str
    status: Literal["runtime error"] = "runtime error"


class Sources(BaseModel):
    metadata: Metadata
    results: list[Known | Blind]
    elapsed_time: float = 0.0


@router.get("/sources.json", response_model=Sources)
def sources(call: Caller) -> Response:
    """Every check of the age of data: what dbt reads as `sources.json`. What cannot be seen is a runtime error."""
    return call.answer(cached.board(call.portal, call.actor), sources_of)


def sources_of(board: Board) -> Sources:
    views = [view for tile in board.tiles for view in tile.checks]
    products = [v for v in views if v.check.mode in FRESHNESS_MODES and v.state is not State.disabled]
    at = board.checked_at or board.as_of
    run = str(uuid5(NAMESPACE_URL, at.isoformat()))
    results = [result_of(view) for view in sorted(products, key=lambda view: view.check.id)]
    return Sources(metadata=Metadata(generated_at=at, invocation_id=run), results=results)


def result_of(view: CheckView) -> Known | Blind:
    name = f"source.portal.{view.check.platform_id}.{view.check.id}"
    loaded, seen = view.source_event_at, view.observed_at
    if view.state is State.unknown or loaded is None or seen is None:
        return Blind(unique_id=name, error=view.reason or "Nothing is known of it")
    limits = view.check.thresholds
    return Known(
        unique_id=name, max_loaded_at=loaded, snapshotted_at=seen,
        max_loaded_at_time_ago_in_s=_seconds(loaded, seen), status=PASS.get(view.state, "error"),
        criteria=Criteria(warn_after=limit_of(limits.warn_after), error_after=limit_of(limits.error_after)),
    )  # fmt: skip


def limit_of(length: timedelta | None) -> Limit | None:
    """In the largest period that says it exactly; rounded up to minutes."""
    if length is None:
        return None
    period, unit = next(((name, unit) for name, unit in _PERIODS if length % unit == timedelta(0)), _PERIODS[-1])
    return Limit(count=max(1, -(-length // unit)), period=period)


def _seconds(loaded: datetime, seen: datetime) -> float:
    return max(0.0, (seen - loaded).total_seconds())
