"""Retention, and the report of rows that point nowhere."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from data.errors import Refused, Unavailable
from data.people.model import Actor, Role
from data.portal import Portal
from data.retention import RETENTION, Retention
from data.status.model import IngestionRun, Reading
from jobs.maintain import maintain, orphans
from tests.portals import NOW, Clock, a_check

ADMIN = Actor(email="alice@example.org", name="alice", everywhere=Role.admin)


def a_run(id_: str, days_ago: int) -> IngestionRun:
    at = NOW - timedelta(days=days_ago)
    return IngestionRun(id=id_, source="push", started_at=at, finished_at=at, state="succeeded", rows=0, next_due_at=at)


def test_what_is_past_its_retention_is_dropped_and_the_rest_kept(
    portal: Portal, clock: Clock, watch: Callable[..., None]
) -> None:
    watch(a_check("a"))
    for days_ago in (91, 89):
        portal.status.log_run(a_run(f"run-{days_ago}", days_ago))
        portal.status.record([Reading(check_id="a", observed_at=NOW - timedelta(days=days_ago))], "sql_check")
    lines = maintain(portal)
    assert portal.engine.query("SELECT id FROM ingestion_runs")["id"].to_pylist() == ["run-89"]
    kept = portal.engine.query("SELECT observed_at FROM status_results")["observed_at"].to_pylist()
    assert kept == [NOW - timedelta(days=89)]
    assert portal.engine.query("SELECT count(*) AS n FROM status_transitions")["n"].to_pylist() != [0]
    assert any(line.startswith("status_results: 1 rows dropped") for line in lines)
    assert lines[-1] == "Integrity: every reference is sound."


def test_what_an_admin_set_counts_before_the_environment(
    portal: Portal, clock: Clock, watch: Callable[..., None]
) -> None:
    watch(a_check("a"))
    for days_ago in (31, 29):
        portal.status.log_run(a_run(f"run-{days_ago}", days_ago))
        portal.status.record([Reading(check_id="a", observed_at=NOW - timedelta(days=days_ago))], "sql_check")
    wanted = Retention(results=timedelta(days=30))
    portal.knobs.turn(ADMIN, portal.knobs.read(ADMIN, RETENTION), wanted, "The disk is small")
    assert portal.retention.rows() == {"status_results": 2, "ingestion_runs": 2, "deliveries": 0}
    maintain(portal)
    assert portal.retention.rows() == {"status_results": 1, "ingestion_runs": 2, "deliveries": 0}


@pytest.mark.parametrize("days", [0, 6.9, 3661, -1])
def test_nothing_is_kept_for_less_than_a_week_or_for_ever(portal: Portal, days: float) -> None:
    wanted = Retention.model_construct(results=timedelta(days=days))
    with pytest.raises(Refused):
        portal.knobs.turn(ADMIN, portal.knobs.read(ADMIN, RETENTION), wanted, "Why not")


def test_rows_that_point_nowhere_are_named(portal: Portal, watch: Callable[..., None]) -> None:
    watch(a_check("a"))
    portal.status.record([Reading(check_id="a", observed_at=NOW)], "sql_check")
    portal.engine.execute("DELETE FROM status_checks WHERE id = :id", {"id": "a"})
    assert orphans(portal) == [
        f"Integrity: 1 rows of {table} name a, which does not exist"
        for table in ("status_current", "status_results", "status_transitions")
    ]


def test_a_broken_table_is_named_and_the_others_are_kept(portal: Portal, tmp_path: Path) -> None:
    portal.status.log_run(a_run("old", 91))
    (portal.settings.tables / "group_members").rename(tmp_path / "elsewhere")
    with pytest.raises(Unavailable, match=r"^1 of \d+ tables could not be kept. group_members: "):
        maintain(portal)
    assert portal.engine.query("SELECT id FROM ingestion_runs").num_rows == 0
