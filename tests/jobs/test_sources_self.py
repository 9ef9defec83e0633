"""portal_self: the store and the other sources, watched like anything else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from data.people.model import Actor, Role
from data.portal import Portal
from data.status.model import IngestionRun, Outcome, State
from jobs.ingest import ingest
from jobs.sources.portal_self import WATCHED, judge_feeds
from tests.portals import NOW, Clock, a_check

MINUTE = timedelta(minutes=1)


def run(state: str, minutes_ago: int, source: str = "http_probe") -> dict[str, Any]:
    finished_at = NOW - minutes_ago * MINUTE
    error = "Source http_probe did not finish within 1 min" if state == "failed" else None
    return {
        "source": source, "state": state, "error": error,
        "finished_at": finished_at, "next_due_at": finished_at + 5 * MINUTE, "every_s": 300, "set_up_at": NOW,
    }  # fmt: skip


def no_run(set_up_minutes_ago: int, source: str = "http_probe") -> dict[str, Any]:
    return {"source": source, "state": None, "every_s": 300, "set_up_at": NOW - set_up_minutes_ago * MINUTE}


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
        ([no_run(10), run("succeeded", 1, "push")], Outcome.ok, "1 of 2 sources run on time, 1 not started yet", 0),
        ([no_run(11), run("succeeded", 1, "push")], Outcome.warn, "http_probe has never run", 1),
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
    assert current.reason.startswith("no_such_source failed 3 times in a row: There is no source no_such_source")


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


def a_run(source: str, at: datetime, every: timedelta) -> IngestionRun:
    return IngestionRun(
        id=f"{source} {at}", source=source, started_at=at, finished_at=at, state="succeeded", rows=1,
        next_due_at=at + every,
    )  # fmt: skip


def look(portal: Portal) -> str:
    """What portal_self says of the feeds, while no other source runs."""
    return WATCHED["ingestion"](portal).message


def test_a_source_that_never_ran_is_noticed(portal: Portal, clock: Clock, watch: Callable[..., None]) -> None:
    watch(a_check("web", "http_probe", every="5m"))
    assert look(portal) == "0 of 1 sources run on time, 1 not started yet"
    clock.advance(minutes=10, seconds=1)
    assert look(portal) == "http_probe has never run"


def test_a_source_that_was_silent_for_days_is_noticed(portal: Portal, clock: Clock, watch: Callable[..., None]) -> None:
    watch(a_check("web", "http_probe", every="5m"), a_check("weekly", "sql_check", every="7d"))
    portal.status.log_run(a_run("http_probe", NOW, timedelta(minutes=5)))
    portal.status.log_run(a_run("sql_check", NOW, timedelta(days=7)))
    clock.advance(days=5)
    assert look(portal) == "http_probe did not run for 5 d"


def test_an_old_snapshot_of_groups_is_a_failure_of_the_portal(portal: Portal, clock: Clock) -> None:
    assert WATCHED["groups"](portal).message == "Nobody has rights through a group"
    portal.people.replace_members({"bi-team": frozenset({"bob@example.org"})}, clock())
    portal.people.grant(Actor.job(), "group", "bi-team", Role.triager)
    clock.advance(hours=24)
    assert (WATCHED["groups"](portal).outcome, WATCHED["groups"](portal).value) == (Outcome.ok, 86_400)
    clock.advance(minutes=1)
    assert WATCHED["groups"](portal).outcome is Outcome.fail
