"""What Prometheus scrapes: the state of what is watched, and how the portal itself does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from api.calls import Caller
from api.requests_meter import REQUESTS
from data import cached, meters
from data.status.board import Board, CheckView
from data.status.model import FRESHNESS_MODES, State

router = APIRouter(tags=["metrics"])
STATES = tuple(state.value for state in State)


class Told(Collector):
    """One board, as one caller may see it."""

    def __init__(self, board: Board, now: datetime) -> None:
        self._board = board
        self._now = now

    def collect(self) -> Iterator[Metric]:
        yield from self._platforms()
        yield from self._checks([view for tile in self._board.tiles for view in tile.checks])
        yield from self._sources()

    def _platforms(self) -> Iterator[Metric]:
        state = GaugeMetricFamily("portal_platform_state", "1 for the state it is in", labels=["platform", "state"])
        budget = GaugeMetricFamily(
            "portal_error_budget_remaining_ratio", "Of 30 days; negative when overspent", labels=["platform"]
        )
        opened = GaugeMetricFamily("portal_open_incidents", "That everybody may know of", labels=["platform"])
        for tile in self._board.tiles:
            id_ = tile.platform.id
            _add_states(state, [id_], tile.state)
            opened.add_metric([id_], tile.open_incidents)
            if tile.budget.left is not None:
                budget.add_metric([id_], tile.budget.left)
        yield from (state, budget, opened)

    def _checks(self, views: Iterable[CheckView]) -> Iterator[Metric]:
        labels = ["platform", "check"]
        state = GaugeMetricFamily("portal_check_state", "1 for the state it is in", labels=[*labels, "state"])
        fresh = GaugeMetricFamily("portal_freshness_seconds", "Age of the newest data", labels=labels)
        slo = GaugeMetricFamily("portal_freshness_slo_seconds", "Age at which it counts as late", labels=labels)
        success = GaugeMetricFamily(
            "portal_last_success_timestamp_seconds", "Newest data, or newest good answer", labels=labels
        )
        for view in views:
            named = [view.check.platform_id, view.check.id]
            _add_states(state, named, view.state)
            if view.last_success_at:
                success.add_metric(named, view.last_success_at.timestamp())
            if view.check.mode in FRESHNESS_MODES and view.source_event_at:
                fresh.add_metric(named, (self._now - view.source_event_at).total_seconds())
            if view.check.mode in FRESHNESS_MODES and (limit := _limit(view)):
                slo.add_metric(named, limit)
        yield from (state, fresh, slo, success)

    def _sources(self) -> Iterator[Metric]:
        last = GaugeMetricFamily(
            "portal_collector_last_run_timestamp_seconds", "When a run of the source ended", labels=["source"]
        )
        lag = GaugeMetricFamily("portal_ingestion_lag_seconds", "How late the next run is", labels=["source"])
        good = GaugeMetricFamily("portal_collector_succeeded", "Whether the last run could look", labels=["source"])
        for feed in self._board.feeds:
            good.add_metric([feed.source], feed.state == "succeeded")
            if feed.finished_at:
                last.add_metric([feed.source], feed.finished_at.timestamp())
            if feed.next_due_at:
                lag.add_metric([feed.source], max(0.0, (self._now - feed.next_due_at).total_seconds()))
        yield from (last, lag, good)


class Own(Collector):
    """How the portal itself does, since this process began."""

    def collect(self) -> Iterator[Metric]:
        total = CounterMetricFamily("portal_statements", "Statements sent to the store", labels=["verb"])
        seconds = CounterMetricFamily("portal_statement_seconds", "Time spent on them", labels=["verb"])
        failed = CounterMetricFamily("portal_statement_errors", "Statements that failed", labels=["verb"])
        for verb, meter in meters.STATEMENTS.items():
            for family, value in ((total, meter.total), (seconds, meter.seconds), (failed, meter.failed)):
                family.add_metric([verb], value)
        looks = CounterMetricFamily("portal_cached_reads", "Reads that somebody wanted", labels=["asked"])
        looks.add_metric(["no"], max(0, meters.LOOKS.total - meters.ASKED.total))
        looks.add_metric(["yes"], meters.ASKED.total)
        yield from (total, seconds, failed, looks)


def _add_states(family: GaugeMetricFamily, named: list[str], state: State) -> None:
    for name in STATES:
        family.add_metric([*named, name], name == state.value)


def _limit(view: CheckView) -> float | None:
    limit = view.check.thresholds.warn_after or view.check.thresholds.error_after
    return limit.total_seconds() if limit else None


@router.get("/metrics", response_class=Response)
def metrics(call: Caller) -> Response:
    """For Prometheus, in its text format: platforms and checks as the caller may see them, and the portal itself."""
    registry = CollectorRegistry()
    registry.register(Told(cached.board(call.portal, call.actor).get(), call.portal.clock()))
    registry.register(Own())
    registry.register(REQUESTS)
    return call.reply(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)
