"""portal_self: the store and the other sources, watched like anything else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from data.portal import Portal
from data.status.model import IngestionRun, Outcome, State
from jobs.ingest import ingest
from jobs.sources.portal_self import judge_feeds
from tests.portals import NOW, Clock, a_check

MINUTE = timedelta(minutes=1)


def run(state: str, minutes_ago: int, source: str = "http_probe") -> dict[str, Any]:
    finished_at = NOW - minutes_ago * MINUTE
    error = "Source http_probe did not finish within 1 min" if state == "failed" else None
    return {
        "source": source, "state": state, "error": error,
        "finished_at": finished_at, "next_due_at": finished_at + 5 * MINUTE,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("runs", "outcome", "message", "value"),
    [
        ([run("succeeded", 1)], Outcome.ok, "All 1 sources run on time", 0),
        ([run("partial", 1)] * 3, Outcome.ok, "All 1 sources run on time", 0),
        ([run("failed", 1), run("failed", 6), run("succeeded", 11)], Outcome.ok, "All 1 sources run on time", 0),
        ([run("failed", 1), run("failed", 6)], Outcome.ok, "All 1 sources run on time", 0),
        (
            [run("failed", 1), run("failed", 6), run("failed", 11), run("succeeded", 2, "push")],
            Outcome.fail,
            "http_probe failed 3 times in a row: Source http_probe did not finish within 1 min",
            1,
        ),
        ([run("succeeded", 10)], Outcome.ok, "All 1 sources run on time", 0),
        ([run("succeeded", 11)], Outcome.warn, "http_probe did not run for 11 min", 1),
    ],
)
def test_feeds_are_judged_by_their_newest_runs(
    runs: list[dict[str, Any]], outcome: Outcome, message: str, value: float
) -> None:
    finding = judge_feeds(runs, NOW)
    assert (finding.outcome, finding.message, finding.value) == (outcome, message, value)


def test_a_store_that_answers_is_operational(portal: Portal, watch: Callable[..., None]) -> None:
    watch(a_check("store", "portal_self", target={"what": "store"}))
    ingest(portal)
    current = portal.status.currents()["store"]
    assert current.state is State.operational
    assert current.value is not None
    assert current.reason.startswith("The store answered in ")


def test_a_source_that_keeps_failing_is_noticed(portal: Portal, clock: Clock, watch: Callable[..., None]) -> None:
    watch(a_check("feeds", "portal_self", target={"what": "ingestion"}), a_check("gone", "no_such_source"))
    for _ in range(6):
        ingest(portal)
        clock.advance(minutes=5)
    current = portal.status.currents()["feeds"]
    assert current.state is State.major_outage
    assert current.reason.startswith("no_such_source failed 3 times in a row: Source no_such_source: not known here")


def test_a_source_that_nobody_needs_any_more_is_never_late(
    portal: Portal, clock: Clock, watch: Callable[..., None]
) -> None:
    watch(a_check("feeds", "portal_self", target={"what": "ingestion"}))
    portal.status.log_run(
        IngestionRun(
            id="old", source="http_probe", started_at=NOW, finished_at=NOW, state="failed", rows=0, next_due_at=NOW
        )
    )
    clock.advance(hours=5)
    ingest(portal)
    assert portal.status.currents()["feeds"].state is State.operational
