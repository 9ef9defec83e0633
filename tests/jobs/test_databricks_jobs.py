"""databricks_jobs through the real SDK, over TLS, against the stand-in workspace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from data.status.flapping import confirm
from data.status.model import Check, Current, Outcome, Reading, State
from data.status.verdicts import believable, judge
from jobs.sources.base import Context
from jobs.sources.databricks_jobs import DatabricksJobs
from tests.jobs.databricks import Site, context, running_site, site
from tests.portals import NOW, Clock, a_check

__all__ = ["context", "running_site", "site"]

EARLY = NOW - timedelta(hours=3)
HOUR, MINUTES = timedelta(hours=1), timedelta(minutes=1)
RUNS = "GET /api/2.2/jobs/runs/list"
RUN = "GET /api/2.2/jobs/runs/get"


def a_job(job_id: Any, mode: str = "success", **parts: Any) -> Check:
    bounds = {"thresholds": {"warn_after": "2h"}} if mode in ("age", "heartbeat") else {}
    return a_check(f"job-{job_id}-{mode}", "databricks_jobs", mode, target={"job_id": job_id}, **bounds, **parts)


def look(context: Context, *checks: Check) -> list[Reading]:
    source, at = DatabricksJobs(), context.portal.clock()
    return source.readings(checks, source.fetch(checks, replace(context, at=at)), at)


def currents_of(checks: list[Check], readings: list[Reading]) -> Mapping[str, Current]:
    by_id = {check.id: check for check in checks}
    steps = [
        confirm(None, by_id[r.check_id], judge(by_id[r.check_id], r, r.observed_at), r, r.observed_at, HOUR)
        for r in readings
    ]
    return {step.current.check_id: step.current for step in steps}


@pytest.mark.parametrize(
    ("result", "more", "outcome", "words"),
    [
        ("SUCCESS", {}, Outcome.ok, "Run 41 succeeded at 06:40"),
        ("SUCCESS_WITH_FAILURES", {}, Outcome.warn, "Run 41 succeeded, but some of its tasks failed at 06:40"),
        ("CANCELED", {}, Outcome.warn, "Run 41 was cancelled at 06:40"),
        ("TIMEDOUT", {}, Outcome.fail, "Run 41 failed at 06:40: TIMEDOUT"),
        ("UPSTREAM_FAILED", {}, Outcome.fail, "Run 41 failed at 06:40: UPSTREAM_FAILED"),
        ("FAILED", {"code": "RUN_EXECUTION_ERROR"}, Outcome.fail, "Run 41 failed at 06:40: RUN_EXECUTION_ERROR"),
        (
            "FAILED",
            {"code": "CLOUD_FAILURE", "type_": "CLOUD_FAILURE"},
            Outcome.fail,
            "Run 41 failed at 06:40: CLOUD_FAILURE (the cloud provider's failure, not the job's)",
        ),
        (
            "FAILED",
            {"code": "DRIVER_ERROR", "type_": "INTERNAL_ERROR"},
            Outcome.fail,
            "Run 41 failed at 06:40: DRIVER_ERROR (Databricks' own failure, not the job's)",
        ),
    ],
)
@pytest.mark.parametrize("model", ["state", "status", "both"])
def test_the_last_finished_run_decides_in_both_models_of_the_api(
    site: Site, context: Context, result: str, more: dict[str, str], outcome: Outcome, words: str, model: str
) -> None:
    site.estate.run(7, 40, EARLY - HOUR, MINUTES, "SUCCESS" if outcome is not Outcome.ok else "FAILED")
    site.estate.run(7, 41, EARLY, 70 * MINUTES, result, model=model, **more)
    [reading] = look(context, a_job(7))
    told = words if model != "state" else words.partition(" (")[0].replace(more.get("code", "!"), result)
    assert (reading.outcome, reading.message) == (outcome, told)


def test_the_evidence_leads_to_the_run(site: Site, context: Context) -> None:
    site.estate.run(7, 41, EARLY, HOUR)
    [reading] = look(context, a_job(7))
    found = {name: reading.evidence[name] for name in ("run_id", "run_page_url", "seconds", "trigger", "started_by")}
    assert found == {
        "run_id": "41",
        "run_page_url": "https://standin/#job/7/run/41",
        "seconds": 3600,
        "trigger": "PERIODIC",
        "started_by": "ana@example.org",
    }
    assert reading.source_event_at == EARLY + HOUR


@pytest.mark.parametrize("result", ["SKIPPED", "EXCLUDED", "MAXIMUM_CONCURRENT_RUNS_REACHED"])
def test_a_run_that_never_ran_says_nothing_of_the_data(site: Site, context: Context, result: str) -> None:
    site.estate.run(7, 40, EARLY, HOUR)
    site.estate.run(7, 41, EARLY + HOUR, MINUTES, result)
    assert look(context, a_job(7))[0].message == "Run 40 succeeded at 06:30"


def test_a_run_that_takes_long_keeps_the_last_verdict_and_is_told(site: Site, context: Context) -> None:
    site.estate.run(7, 40, EARLY, HOUR, "FAILED", code="RUN_EXECUTION_ERROR")
    site.estate.run(7, 41, NOW - 20 * MINUTES)
    [reading] = look(context, a_job(7))
    assert reading.outcome is Outcome.fail
    assert reading.message == "Run 40 failed at 06:30: RUN_EXECUTION_ERROR; a run is under way since 08:10"


def test_a_reason_newer_than_the_portal_is_judged_by_whose_doing_it_was(site: Site, context: Context) -> None:
    """As the API has it once it gave up `state`, with codes that nobody knows yet."""
    site.estate.run(7, 40, EARLY, HOUR, "GREAT", type_="SUCCESS", model="status")
    site.estate.run(8, 41, EARLY, HOUR, "QUANTUM_LOSS", type_="CLOUD_FAILURE", model="status")
    good, bad = look(context, a_job(7, "age"), a_job(8))
    assert (good.outcome, good.source_event_at) == (Outcome.ok, EARLY + HOUR)
    assert bad.message == "Run 41 failed at 06:30: QUANTUM_LOSS (the cloud provider's failure, not the job's)"


def test_data_that_is_late_names_the_run_that_failed(site: Site, context: Context) -> None:
    site.estate.run(7, 40, NOW - 5 * HOUR, HOUR)
    site.estate.run(7, 41, NOW - HOUR, MINUTES, "FAILED", code="RUN_EXECUTION_ERROR")
    check = a_job(7, "age")
    [reading] = look(context, check)
    assert reading.source_event_at == NOW - 4 * HOUR
    told = judge(check, reading, NOW)
    assert told.state is State.late
    assert told.reason == "Data is 4 h old, promised within 2 h: run 41 failed at 07:31: RUN_EXECUTION_ERROR"


def test_a_job_that_never_succeeds_is_no_fresh_data(site: Site, context: Context) -> None:
    for n in range(30):
        site.estate.run(7, 100 + n, NOW - (30 - n) * HOUR, MINUTES, "FAILED")
    check = a_job(7, "age")
    [reading] = look(context, check)
    assert judge(check, reading, NOW).state is State.degraded
    assert reading.message.startswith("No run succeeded lately, the last: run 129 failed")


def test_an_end_in_the_future_is_not_believed_and_ends_with_the_next_run(site: Site, context: Context) -> None:
    site.estate.run(7, 40, EARLY, timedelta(days=9999))
    check = a_job(7, "age")
    [reading] = look(context, check)
    assert believable(reading, NOW).outcome is Outcome.blind
    site.estate.run(7, 41, EARLY + HOUR, HOUR)
    [reading] = look(replace(context, currents=currents_of([check], [reading])), check)
    assert (believable(reading, NOW).outcome, reading.source_event_at) == (Outcome.ok, EARLY + 2 * HOUR)


@pytest.mark.parametrize(
    ("spoiled", "words"),
    [
        (
            {"start_time": None},
            "Databricks described run 41 of job 7 in a way that the portal does not understand (start_time)",
        ),
        (
            {"start_time": "soon"},
            "Databricks described run 41 of job 7 in a way that the portal does not understand (start_time)",
        ),
        (
            {"start_time": 10**18},
            "Databricks described run 41 of job 7 in a way that the portal does not understand (start_time)",
        ),
        (
            {"state": "done"},
            "Databricks described run 41 of job 7 in a way that the portal does not understand (state)",
        ),
        (
            {"run_id": None},
            "Databricks described run None of job 7 in a way that the portal does not understand (run_id)",
        ),
        ({"end_time": None}, "Run 41 has ended, but Databricks does not say when"),
        ({"state": None, "status": None}, "Run 41 is in a state that the portal does not know: none"),
        ({"status": {"state": "DREAMING"}}, "Run 41 is in a state that the portal does not know: DREAMING"),
        (
            {"state": {"life_cycle_state": "TERMINATED", "result_state": "MEH"}, "status": None},
            "Run 41 of job 7 ended in a way that the portal does not know: MEH",
        ),
    ],
)
def test_a_run_that_is_not_understood_leaves_only_its_own_check_blind(
    site: Site, context: Context, spoiled: dict[str, Any], words: str
) -> None:
    site.estate.run(7, 41, EARLY, HOUR).update(spoiled)
    site.estate.run(8, 42, EARLY, HOUR)
    broken, fine = look(context, a_job(7), a_job(8))
    assert (broken.outcome, broken.message, fine.outcome) == (Outcome.blind, words, Outcome.ok)


def test_numbers_written_as_text_are_numbers(site: Site, context: Context) -> None:
    run = site.estate.run(7, 41, EARLY, HOUR)
    run.update(start_time=str(run["start_time"]), end_time=str(run["end_time"]))
    assert look(context, a_job(7))[0].source_event_at == EARLY + HOUR


@pytest.mark.parametrize(
    ("job_id", "words"),
    [
        (404, "Databricks knows no job 404, or hides it: the portal's service principal needs CAN VIEW on the job"),
        (403, "The portal may not see job 403 (403): give its service principal CAN VIEW on the job"),
        (5, "Job 5 has no finished run yet"),
        (-1, "The check's target cannot be used. target.job_id: input should be greater than 0"),
    ],
)
def test_a_job_that_tells_nothing_is_blind_with_what_to_do(
    site: Site, context: Context, job_id: int, words: str
) -> None:
    site.estate.jobs |= {5: "new", 403: "secret"}
    site.estate.hidden.add(403)
    [reading] = look(context, a_job(job_id))
    assert (reading.outcome, reading.message) == (Outcome.blind, words)


class Estate:
    """Watched jobs that run every hour, looked at every five minutes."""

    def __init__(self, site: Site, context: Context, clock: Clock, jobs: int = 30) -> None:
        self.site, self.context, self.clock = site, context, clock
        self.checks = [a_job(number, every="5m") for number in range(1, jobs + 1)]
        for number in range(1, jobs + 1):
            site.estate.run(number, number, self._start(number), 10 * MINUTES)

    def _start(self, number: int) -> datetime:
        return NOW - HOUR + timedelta(seconds=number)

    def round(self) -> tuple[dict[str, Reading], list[str]]:
        """The readings by check and the requests of one round."""
        del self.site.calls[:]
        readings = look(self.context, *self.checks)
        self.context = replace(self.context, currents=currents_of(self.checks, readings))
        self.clock.advance(minutes=5)
        return {reading.check_id: reading for reading in readings}, self.site.requests()


def test_many_jobs_take_few_requests(site: Site, context: Context, clock: Clock) -> None:
    estate = Estate(site, context, clock, jobs=240)
    _, first = estate.round()
    assert len(first) == 240
    sent = 0
    for number in range(1, 13):
        for job in range(number, 241, 12):
            site.estate.run(job, 10_000 * number + job, clock.now - 2 * MINUTES, MINUTES)
        readings, requests = estate.round()
        assert {r.outcome for r in readings.values()} == {Outcome.ok}
        assert readings[f"job-{number}-success"].evidence["run_id"] == str(10_000 * number + number)
        sent += len(requests)
    assert sent < 60, "in an hour; asking for each would take 2,880"


def test_runs_that_were_running_or_wrong_are_looked_at_again(site: Site, context: Context, clock: Clock) -> None:
    estate = Estate(site, context, clock)
    long = site.estate.run(1, 501, NOW - 50 * MINUTES)
    site.estate.run(2, 502, NOW - 49 * MINUTES, MINUTES, "FAILED")
    readings, _ = estate.round()
    assert readings["job-2-success"].outcome is Outcome.fail
    clock.advance(hours=1)
    readings, requests = estate.round()
    assert readings["job-1-success"].message == "Run 1 succeeded at 07:40; a run is under way since 07:40"
    assert sorted(r for r in requests if r.startswith(RUN)) == [f"{RUN}?run_id=501", f"{RUN}?run_id=502"]
    end = int(clock.now.timestamp() * 1000)
    over = {"state": {"life_cycle_state": "TERMINATED", "result_state": "SUCCESS"}, "status": None, "end_time": end}
    long.update(over)
    next(run for run in site.estate.runs if run["run_id"] == 502).update(over)
    readings, requests = estate.round()
    assert {readings[f"job-{n}-success"].evidence["run_id"] for n in (1, 2)} == {"501", "502"}
    assert readings["job-2-success"].outcome is Outcome.ok
    assert "running_since" not in readings["job-1-success"].evidence


def test_a_run_that_shows_up_late_in_the_listing_is_seen(site: Site, context: Context, clock: Clock) -> None:
    estate = Estate(site, context, clock)
    estate.round()
    before_the_last_look = clock.now - 8 * MINUTES
    site.estate.run(5, 905, before_the_last_look, MINUTES, "FAILED")
    readings, _ = estate.round()
    assert readings["job-5-success"].outcome is Outcome.fail


def test_a_job_of_which_nothing_is_heard_is_asked_for_itself(site: Site, context: Context, clock: Clock) -> None:
    estate = Estate(site, context, clock)
    estate.round()
    site.estate.runs[:] = [run for run in site.estate.runs if run["job_id"] != 3]
    del site.estate.jobs[3]
    readings, _ = estate.round()
    assert readings["job-3-success"].outcome is Outcome.ok
    clock.advance(hours=6)
    readings, _ = estate.round()
    assert readings["job-3-success"].message.startswith("Databricks knows no job 3")


def test_a_listing_that_takes_too_many_pages_is_given_up(site: Site, context: Context, clock: Clock) -> None:
    estate = Estate(site, context, clock)
    estate.round()
    for n in range(2000):
        site.estate.run(99, 5000 + n, clock.now, MINUTES)
    readings, requests = estate.round()
    assert len(requests) < 2 * 30
    assert {reading.outcome for reading in readings.values()} == {Outcome.ok}


def test_what_was_missed_while_databricks_was_away_is_seen_afterwards(
    site: Site, context: Context, clock: Clock
) -> None:
    estate = Estate(site, context, clock)
    estate.round()
    site.workspace.faults.fail(500, times=100, on="/api/2.2/")
    site.estate.run(4, 904, clock.now, MINUTES, "FAILED")
    readings, _ = estate.round()
    assert {reading.outcome for reading in readings.values()} == {Outcome.blind}
    clock.advance(hours=1)
    site.workspace.faults.clear()
    readings, requests = estate.round()
    assert readings["job-4-success"].outcome is Outcome.fail
    assert len(requests) < 5, "what is remembered outlives blind rounds"
