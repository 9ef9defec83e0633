"""Warehouses, pipelines and recorded runs, and how all Databricks sources take it when the workspace is not well."""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest

from data.engines.recording import RecordingEngine
from data.errors import Invalid, PortalError
from data.settings import Settings
from data.status.model import Check, Outcome, Reading, State
from data.status.verdicts import judge
from jobs import databricks_client
from jobs.ingest import ingest
from jobs.sources.base import Context, Source
from jobs.sources.databricks_jobs import DatabricksJobs
from jobs.sources.databricks_pipelines import DatabricksPipelines
from jobs.sources.databricks_warehouses import DatabricksWarehouses
from jobs.sources.system_tables import SystemTables
from jobs.workspace import Workspace, workspace
from tests.jobs.databricks import Site, context, running_site, site
from tests.portals import NOW, Clock, a_check

__all__ = ["context", "running_site", "site"]

HOUR = timedelta(hours=1)
JOBS, PIPELINES, WAREHOUSES = DatabricksJobs(), DatabricksPipelines(), DatabricksWarehouses()


def a_warehouse(id_: str, **parts: Any) -> Check:
    return a_check(f"warehouse-{id_}", WAREHOUSES.name, target={"warehouse_id": id_}, **parts)


def a_pipeline(id_: str) -> Check:
    return a_check(f"pipeline-{id_}", PIPELINES.name, target={"pipeline_id": id_})


def a_recorded(job_id: int, mode: str = "success", **target: Any) -> Check:
    bounds = {"warn_after": "2h"} if mode == "age" else {}
    told = {"job_id": job_id, **target}
    return a_check(f"recorded-{job_id}-{mode}", "system_tables", mode, target=told, thresholds=bounds)


def look(context: Context, source: Source, *checks: Check) -> list[Reading]:
    return source.readings(checks, source.fetch(checks, context), context.portal.clock())


# warehouses and pipelines


@pytest.mark.parametrize(
    ("told", "outcome", "words"),
    [
        ({"state": "RUNNING"}, Outcome.ok, "Running"),
        ({"state": "STARTING"}, Outcome.ok, "Starting"),
        ({"state": "STOPPED", "health": ""}, Outcome.ok, "Stopped; it starts on demand"),
        ({"state": "DELETED"}, Outcome.fail, "Deleted"),
        ({"health": "DEGRADED"}, Outcome.warn, "Degraded"),
        ({"health": "FAILED", "why": "CLOUD_ACCOUNT_QUOTA"}, Outcome.fail, "Failed: CLOUD_ACCOUNT_QUOTA"),
        ({"state": "STOPPED", "health": "FAILED", "why": "X"}, Outcome.fail, "Failed: X"),
        (
            {"state": "HIBERNATING"},
            Outcome.blind,
            "The warehouse is in a state that the portal does not know: HIBERNATING",
        ),
        (
            {"health": "SO_SO"},
            Outcome.blind,
            "The warehouse's health is told in a word that the portal does not know: SO_SO",
        ),
    ],
)
def test_a_warehouse_serves_when_it_runs_or_would_start(
    site: Site, context: Context, told: dict[str, str], outcome: Outcome, words: str
) -> None:
    site.estate.warehouse("w1", **told)
    [reading] = look(context, WAREHOUSES, a_warehouse("w1"))
    assert (reading.outcome, reading.message) == (outcome, words)


@pytest.mark.parametrize(
    ("updates", "told", "outcome", "words"),
    [
        (["COMPLETED", "FAILED"], {}, Outcome.ok, "The last update succeeded"),
        (["FAILED", "COMPLETED"], {"health": "UNHEALTHY"}, Outcome.fail, "The last update failed"),
        (["CANCELED"], {}, Outcome.warn, "The last update was cancelled"),
        (
            ["INITIALIZING", "FAILED"],
            {"state": "RUNNING", "health": "UNHEALTHY"},
            Outcome.fail,
            "The last update failed; another one is under way",
        ),
        (
            ["RUNNING", "FAILED"],
            {"state": "RUNNING", "health": "UNHEALTHY"},
            Outcome.fail,
            "The last update failed; another one is under way",
        ),
        (["RUNNING", "CANCELED"], {"state": "RUNNING"}, Outcome.ok, "Running"),
        (
            ["COMPLETED"],
            {"health": "UNHEALTHY"},
            Outcome.warn,
            "Its last update succeeded, but Databricks calls it unhealthy",
        ),
        (["COMPLETED"], {"state": "FAILED"}, Outcome.fail, "The pipeline has failed"),
        (["COMPLETED"], {"state": "RECOVERING"}, Outcome.warn, "The pipeline recovers from a failure"),
        ([], {}, Outcome.blind, "The pipeline has no finished update yet"),
        (
            ["COMPLETED"],
            {"state": "NAPPING"},
            Outcome.blind,
            "The pipeline is in a state that the portal does not know: NAPPING",
        ),
        (
            ["MELTED", "COMPLETED"],
            {},
            Outcome.blind,
            "An update of the pipeline is in a state that the portal does not know: MELTED",
        ),
    ],
)
def test_the_last_update_and_the_health_of_a_pipeline_decide(
    site: Site, context: Context, updates: list[str], told: dict[str, str], outcome: Outcome, words: str
) -> None:
    site.estate.pipeline("p1", *updates, **told)
    [reading] = look(context, PIPELINES, a_pipeline("p1"))
    assert (reading.outcome, reading.message) == (outcome, words)


def test_one_listing_a_round_serves_all_checks_page_by_page(site: Site, context: Context) -> None:
    for n in range(250):
        site.estate.pipeline(f"p{n}", "COMPLETED")
    readings = look(context, PIPELINES, *(a_pipeline(f"p{n}") for n in range(250)))
    assert {reading.outcome for reading in readings} == {Outcome.ok}
    path = "GET /api/2.0/pipelines?max_results=100"
    assert site.requests() == [path, f"{path}&page_token=100", f"{path}&page_token=200"]


@pytest.mark.parametrize(
    "spoiled", [{"state": None}, {"state": 7}, {"health": "fine"}, {"num_clusters": "many"}, {"health": {"status": []}}]
)
def test_an_item_that_is_not_understood_leaves_only_its_own_check_blind(
    site: Site, context: Context, spoiled: dict[str, Any]
) -> None:
    site.estate.warehouse("w1").update(spoiled)
    site.estate.warehouse("w2")
    site.estate.warehouses.append("not an object")
    broken, fine, missing = look(context, WAREHOUSES, *map(a_warehouse, ("w1", "w2", "w3")))
    key = next(iter(spoiled))
    assert broken.message.startswith(
        f"Databricks described SQL warehouse w1 in a way that the portal does not understand ({key}"
    )
    assert (broken.outcome, fine.outcome, missing.outcome) == (Outcome.blind, Outcome.ok, Outcome.blind)
    assert missing.message == (
        "There is no SQL warehouse w3, or Databricks hides it: "
        "give the portal's service principal CAN VIEW or CAN USE on the warehouse"
    )


# recorded runs


SLICES = pa.schema(
    [
        *((name, pa.string()) for name in ("workspace_id", "job_id", "run_id", "trigger_type", "result_state")),
        *((name, pa.string()) for name in ("termination_code", "termination_type")),
        *((name, pa.timestamp("us", "UTC")) for name in ("period_start_time", "period_end_time")),
        ("run_duration_seconds", pa.int64()),
    ]
)


@pytest.fixture
def recorded(context: Context) -> Callable[..., None]:
    """Adds a run to the records: its hourly slices, each (start, end, result)."""
    engine = context.portal.engine
    kinds = {pa.string(): "STRING", pa.int64(): "BIGINT", pa.timestamp("us", "UTC"): "TIMESTAMP"}
    columns = ", ".join(f"{field.name} {kinds[field.type]}" for field in SLICES)
    engine.execute(f"CREATE TABLE IF NOT EXISTS job_run_timeline ({columns})")

    def add(job_id: int, run_id: int, *slices: tuple[datetime, datetime, str | None], **more: Any) -> None:
        rows = [
            {
                "workspace_id": "1", "job_id": str(job_id), "run_id": str(run_id), "trigger_type": "CRON",
                "result_state": result, "period_start_time": start, "period_end_time": end,
                "run_duration_seconds": 0, **more,
            }
            for start, end, result in slices
        ]  # fmt: skip
        engine.append("job_run_timeline", pa.Table.from_pylist(rows, SLICES))

    return add


def at(hours: float) -> datetime:
    """So long before now."""
    return NOW - hours * HOUR


def test_the_hourly_slices_of_a_run_are_one_run(context: Context, recorded: Callable[..., None]) -> None:
    recorded(7, 40, (at(5), at(4), None), (at(4), at(3), None), (at(3), at(2.5), "SUCCEEDED"))
    recorded(7, 41, (at(1), at(0.5), None))
    [reading] = look(context, SystemTables(), a_recorded(7))
    assert (reading.outcome, reading.message) == (Outcome.ok, "Run 40 succeeded at 06:00")
    assert (reading.value, reading.source_event_at) == (2.5 * 3600, at(2.5))


@pytest.mark.parametrize(
    ("slices", "outcome", "words"),
    [
        ([(at(5), at(4), "FAILED"), (at(3), at(2), "SUCCEEDED")], Outcome.ok, "Run 40 succeeded at 06:30"),
        ([(at(5), at(4), "FAILED"), (at(3), at(2), None)], Outcome.fail, "Run 40 failed at 04:30: FAILED"),
        ([(at(5), at(4), "CANCELED")], Outcome.warn, "Run 40 was cancelled at 04:30"),
        ([(at(5), at(4), "TIMED_OUT")], Outcome.fail, "Run 40 failed at 04:30: TIMED_OUT"),
        ([(at(5), at(4), "SKIPPED")], Outcome.ok, "Run 39 succeeded at 02:30"),
        (
            [(at(5), at(4), "EVAPORATED")],
            Outcome.blind,
            "Run 40 of job 7 ended in a way that the portal does not know: EVAPORATED",
        ),
    ],
)
def test_of_a_repaired_run_the_last_result_counts(
    context: Context, recorded: Callable[..., None], slices: list[Any], outcome: Outcome, words: str
) -> None:
    recorded(7, 39, (at(7), at(6), "SUCCEEDED"))
    recorded(7, 40, *slices)
    [reading] = look(context, SystemTables(), a_recorded(7))
    assert (reading.outcome, reading.message) == (outcome, words)


def test_recorded_runs_tell_why_data_is_late(context: Context, recorded: Callable[..., None]) -> None:
    recorded(7, 39, (at(7), at(6), "SUCCEEDED"))
    recorded(7, 40, (at(2), at(1), "FAILED"), termination_code="CLUSTER_ERROR", termination_type="CLOUD_FAILURE")
    check = a_recorded(7, "age")
    told = judge(check, look(context, SystemTables(), check)[0], NOW)
    assert told.state is State.late
    assert told.reason == (
        "Data is 6 h old, promised within 2 h: run 40 failed at 07:30: CLUSTER_ERROR "
        "(the cloud provider's failure, not the job's)"
    )


def test_jobs_of_two_workspaces_are_told_apart(context: Context, recorded: Callable[..., None]) -> None:
    recorded(7, 40, (at(5), at(4), "SUCCEEDED"))
    recorded(7, 40, (at(5), at(4), "FAILED"), workspace_id="2")
    checks = [a_recorded(7), a_recorded(7, workspace_id=2), a_recorded(7, workspace_id=1), a_recorded(8)]
    either, second, first, absent = look(context, SystemTables(), *checks)
    assert either.message == "Several workspaces have a job 7: name one as workspace_id in the check's target"
    assert (second.outcome, first.outcome) == (Outcome.fail, Outcome.ok)
    assert absent.message == "The records of the last 14 days tell of no finished run of job 8"


def test_one_statement_serves_all_recorded_jobs(context: Context, recorded: Callable[..., None]) -> None:
    for job_id in range(1, 51):
        recorded(job_id, job_id, (at(5), at(4), "SUCCEEDED"))
    counting = RecordingEngine(context.portal.engine)
    watched = replace(context, portal=context.portal.replace(engine=counting))
    readings = look(watched, SystemTables(), *(a_recorded(job_id) for job_id in range(1, 51)))
    assert {reading.outcome for reading in readings} == {Outcome.ok}
    assert [call.verb for call in counting.calls] == ["query"]


def test_only_what_is_watched_is_read_and_no_further_back(context: Context, recorded: Callable[..., None]) -> None:
    recorded(7, 40, (at(20 * 24), at(20 * 24 - 1), "SUCCEEDED"))
    recorded(8, 41, (at(5), at(4), "SUCCEEDED"))
    assert SystemTables().fetch([a_recorded(7)], context).rows == []
    assert [row["job_id"] for row in SystemTables().fetch([a_recorded(7, days=30)], context).rows] == ["7"]


def test_without_the_grant_it_says_which(context: Context) -> None:
    check = a_recorded(7)
    with pytest.raises(PortalError, match="grant the portal's service principal USE SCHEMA and SELECT on it"):
        look(context, SystemTables(), check)


# the workspace is not well


@pytest.mark.parametrize("source", [JOBS, WAREHOUSES, PIPELINES], ids=lambda source: source.name)
def test_a_throttled_source_waits_as_long_as_it_was_told(
    site: Site, context: Context, clock: Clock, source: Source
) -> None:
    targets = {"databricks_jobs": {"job_id": 7}, "databricks_warehouses": {"warehouse_id": "w"}}
    check = a_check("one", source.name, target=targets.get(source.name, {"pipeline_id": "p"}))
    site.workspace.faults.fail(429, retry_after=2400, on="/api/")

    def told() -> str:
        try:
            [reading] = look(context, source, check)
        except PortalError as error:
            return str(error)
        return reading.message

    assert told() == "Databricks asks to wait until 09:10"
    clock.advance(minutes=39)
    assert told() == "Databricks asks to wait until 09:10"
    assert len(site.requests()) == 1
    clock.advance(minutes=2)
    assert "wait" not in told()
    assert len(site.requests()) > 1


def test_many_jobs_stop_asking_at_the_first_refusal(site: Site, context: Context) -> None:
    site.workspace.faults.fail(429, times=1000, retry_after=60, on="/api/")
    checks = [a_check(f"job-{n}", JOBS.name, target={"job_id": n}) for n in range(1, 201)]
    readings = look(context, JOBS, *checks)
    assert {reading.message for reading in readings} == {"Databricks asks to wait until 08:31"}
    assert len(site.requests()) <= 4, "those that were under way at once"


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (401, "Databricks does not accept the portal's sign-in (401): check DATABRICKS_HOST, DATABRICKS_CLIENT_ID"),
        (403, "The portal may not see SQL warehouses (403): give its service principal CAN VIEW or CAN USE on the"),
        (500, "Databricks failed to answer the question for SQL warehouses (InternalError)"),
    ],
)
def test_what_databricks_refuses_is_told_in_words(site: Site, context: Context, fault: int, words: str) -> None:
    site.workspace.faults.fail(fault, on="/api/")
    with pytest.raises(PortalError) as told:
        look(context, WAREHOUSES, a_warehouse("w1"))
    assert str(told.value).startswith(words)
    assert site.workspace.client_secret not in str(told.value)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("<html>sign in</html>", "with something that is not JSON"),
        ("{", "with something that is not JSON"),
        ("[]", "in a form the portal does not know"),
        ('"x"', "in a form the portal does not know"),
        ('{"warehouses": {}}', "in a form the portal does not know"),
        ('{"warehouses": 7}', "in a form the portal does not know"),
    ],
)
def test_an_answer_of_another_kind_is_told_in_words(site: Site, context: Context, body: str, words: str) -> None:
    site.estate.instead["/api/2.0/sql/warehouses"] = body
    with pytest.raises(PortalError) as told:
        look(context, WAREHOUSES, a_warehouse("w1"))
    assert str(told.value) == f"Databricks answered the question for SQL warehouses {words}"


def test_a_wrong_secret_is_told_without_showing_it(site: Site, context: Context) -> None:
    wrong = Settings(**{**dict(context.portal.settings), "databricks_client_secret": "dose-wrong"})
    with pytest.raises(PortalError) as told:
        look(replace(context, portal=context.portal.replace(settings=wrong)), WAREHOUSES, a_warehouse("w1"))
    assert "could not sign in at Databricks: check DATABRICKS_HOST" in str(told.value)
    assert "dose-wrong" not in str(told.value)


@pytest.mark.parametrize("missing", ["databricks_host", "databricks_client_id", "databricks_client_secret"])
def test_half_a_sign_in_names_what_is_missing(site: Site, context: Context, missing: str) -> None:
    half = Settings(**{**dict(context.portal.settings), missing: None})
    with pytest.raises(Invalid) as told:
        workspace(half)
    assert str(told.value) == f"The portal cannot sign in at Databricks: set {missing.upper()}"


def test_a_token_about_to_expire_is_renewed_unseen(site: Site, context: Context) -> None:
    site.estate.warehouse("w1")
    site.workspace.token_lifetime = timedelta(seconds=20)
    try:
        told = [look(context, WAREHOUSES, a_warehouse("w1"))[0].outcome for _ in range(3)]
    finally:
        site.workspace.token_lifetime = HOUR
    assert told == [Outcome.ok] * 3
    assert [call.kind for call in site.calls].count("token") >= 3


def test_a_round_of_all_sources_is_recorded(site: Site, context: Context, watch: Callable[..., None]) -> None:
    site.estate.run(7, 41, at(3), HOUR)
    site.estate.warehouse("w1", "STOPPED")
    site.estate.pipeline("p1", "FAILED")
    job = a_check("job", JOBS.name, target={"job_id": 7})
    watch(job, a_warehouse("w1"), a_pipeline("p1"))
    sources = {source.name: source for source in (JOBS, WAREHOUSES, PIPELINES)}
    report = ingest(context.portal, sources=sources)
    assert [run.state for run in report.runs] == ["succeeded"] * 3
    states = {id_: current.state for id_, current in context.portal.status.currents().items()}
    assert states == {"job": State.operational, "warehouse-w1": State.operational, "pipeline-p1": State.major_outage}


def test_a_storm_of_refusals_without_a_time_is_left_alone_for_a_minute(
    site: Site, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(databricks_client, "RETRY_TIMEOUT_S", 1)
    site.workspace.faults.fail(429, times=1000, on="/api/")
    with pytest.raises(PortalError, match="Databricks asks to wait until 08:31"):
        look(context, WAREHOUSES, a_warehouse("w1"))


def test_a_workspace_that_is_not_there_is_told_in_words(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(databricks_client, "RETRY_TIMEOUT_S", 1)
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        nowhere = {"databricks_host": f"https://127.0.0.1:{closed.getsockname()[1]}"}
        away = context.portal.replace(settings=Settings(**(dict(context.portal.settings) | nowhere)))
        with pytest.raises(PortalError, match="Databricks could not be reached, or did not answer in time"):
            look(replace(context, portal=away), WAREHOUSES, a_warehouse("w1"))


def test_a_source_remembers_more_than_its_wait(site: Site, context: Context) -> None:
    context.portal.status.save_checkpoint("some", {"page": 7})
    site.workspace.faults.fail(429, retry_after=600, on="/api/")
    with pytest.raises(PortalError):
        Workspace(context.portal, "some").get("/api/2.2/jobs/list", "the jobs", "CAN VIEW")
    assert context.portal.status.checkpoint("some") == {"page": 7, "not_before": "2026-11-23T07:40:00+00:00"}
