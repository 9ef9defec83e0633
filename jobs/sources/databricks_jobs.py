"""Jobs: the outcome and the end of their last runs, asked for all at once where that takes fewer requests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import Field

from data.errors import NotFound, PortalError, Unavailable
from data.status.model import Check, Current, Mode, Model, Reading
from jobs.sources import job_runs
from jobs.sources.base import TO_LOOK, Context, blind, longest_unseen_first
from jobs.sources.job_runs import NEVER_RAN, Past, Run
from jobs.sources.listed import Told, understood
from jobs.sources.targets import read_target
from jobs.workspace import Json, Workspace

RUNS, RUN, JOB = "/api/2.2/jobs/runs/list", "/api/2.2/jobs/runs/get", "/api/2.2/jobs/get"
NEEDS = "CAN VIEW on the job"
PAGE = 24
"""The most that the API gives; up to as many jobs are simply asked for one by one."""
AT_ONCE = 4
OVERLAP = timedelta(minutes=10)
"""Runs may appear in the listing a little after they started."""
FORGET = timedelta(hours=6)
"""A job of which no run was told for so long is asked for itself: it may be gone, or the right to see it."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

UNDER_WAY = frozenset({"PENDING", "QUEUED", "RUNNING", "TERMINATING", "BLOCKED", "WAITING_FOR_RETRY", "WAITING"})
OVER = frozenset({"TERMINATED", "SKIPPED", "INTERNAL_ERROR"})
Millis = Annotated[int, Field(ge=0, le=253_402_300_799_000)]


class JobTarget(Model):
    job_id: Annotated[int, Field(gt=0)]


class State(Told):
    life_cycle_state: str | None = None
    result_state: str | None = None


class Termination(Told):
    code: str | None = None
    type: str | None = None


class Status(Told):
    state: str | None = None
    termination_details: Termination | None = None


class ToldRun(Told):
    """In both of the API's models: `state`, which it is giving up, and `status`."""

    run_id: int
    start_time: Millis
    end_time: Millis | None = None
    run_duration: float | None = None
    state: State | None = None
    status: Status | None = None
    trigger: str | None = None
    creator_user_name: str | None = None
    run_page_url: str | None = None


@dataclass(frozen=True)
class Seen:
    """By job id. A job without an answer was not reached in time."""

    zone: ZoneInfo
    remembered: Mapping[str, Past]
    answers: Mapping[str, Past | Exception]


class DatabricksJobs:
    name = "databricks_jobs"
    title = "Databricks jobs: outcome and time of their runs"
    target = JobTarget
    modes = frozenset({Mode.success, Mode.age, Mode.deadline, Mode.heartbeat, Mode.threshold})
    timeout = timedelta(minutes=2)

    def fetch(self, checks: Sequence[Check], context: Context) -> Seen:
        """What is known of a job is remembered in the evidence of its checks, also while Databricks cannot be asked."""
        zone, api = ZoneInfo(context.portal.settings.timezone), Workspace(context.portal, self.name)
        jobs = [job for check in longest_unseen_first(checks, context) if (job := _job(check))]
        past = _remembered(checks, context.currents)
        recent = {job: known for job, known in past.items() if context.at - known.seen_at < FORGET}
        try:
            started = _started(api, recent) if len(recent) > PAGE else {}
        except PortalError as error:
            return Seen(zone, past, dict.fromkeys(jobs, error))
        calls = {
            f"{self.name}/{job}": partial(_look, api, job, past.get(job), started.get(job), context.at)
            for job in dict.fromkeys(jobs)
        }
        answers = context.supervisor.run(calls, self.timeout * TO_LOOK, AT_ONCE)
        return Seen(zone, past, {key.partition("/")[2]: answer for key, answer in answers.items()})

    def readings(self, checks: Sequence[Check], payload: Seen, at: datetime) -> list[Reading]:
        return [reading for check in checks if (reading := _reading(check, payload, at))]


def _job(check: Check) -> str | None:
    try:
        return str(read_target(JobTarget, check.target).job_id)
    except PortalError:
        return None


def _remembered(checks: Sequence[Check], currents: Mapping[str, Current]) -> dict[str, Past]:
    """Of several checks on one job, what the newest look told."""
    past: dict[str, Past] = {}
    for check in checks:
        known = Past.recall(currents[check.id].evidence) if check.id in currents else None
        job = _job(check)
        if job and known and (job not in past or past[job].looked_at < known.looked_at):
            past[job] = known
    return past


def _started(api: Workspace, recent: Mapping[str, Past]) -> Mapping[str, list[Json]]:
    """The runs of these jobs that started since they were looked at, from one listing of the whole workspace.

    Empty when that would take about as many requests as asking for each job.
    """
    since = min(past.looked_at for past in recent.values()) - OVERLAP
    started: dict[str, list[Json]] = {job: [] for job in recent}
    query = {"limit": PAGE, "start_time_from": (since - EPOCH) // timedelta(milliseconds=1)}
    for number, page in enumerate(api.pages(RUNS, "runs", "the runs of all jobs", NEEDS, **query), 1):
        for run in page:
            started.get(str(run.get("job_id")), []).append(run)
        if number * 2 > len(recent):
            return {}
    return started


def _look(api: Workspace, job: str, past: Past | None, started: list[Json] | None, at: datetime) -> Past:
    if past is None or started is None:
        return _newest(api, job, past, at)
    told = {str(run.get("run_id")): run for run in started}
    for run_id in {*past.running, *past.repairable} - told.keys():
        if run := _once_more(api, job, run_id):
            told[run_id] = run
    return past.and_then(_runs(job, told.values()), at)


def _newest(api: Workspace, job: str, past: Past | None, at: datetime) -> Past:
    runs = next(api.pages(RUNS, "runs", f"job {job}", NEEDS, job_id=job, limit=PAGE))
    if not runs:
        api.get(JOB, f"job {job}", NEEDS, job_id=job)
    known = past or Past(looked_at=at, seen_at=at)
    return known.and_then(_runs(job, runs), at).model_copy(update={"seen_at": at})


def _once_more(api: Workspace, job: str, run_id: str) -> Json | None:
    try:
        return api.get(RUN, f"run {run_id} of job {job}", NEEDS, run_id=run_id)
    except NotFound:
        return None


def _runs(job: str, described: Iterable[Json]) -> list[Run]:
    """Those that truly ran. Raises Unavailable naming the run that cannot be understood."""
    told = [understood(ToldRun, run, f"run {run.get('run_id')} of job {job}") for run in described]
    return [run for one in told if (run := _run(one))]


def _run(told: ToldRun) -> Run | None:
    status, state = told.status or Status(), told.state or State()
    phase, end = status.state or state.life_cycle_state or "", status.termination_details or Termination()
    if phase not in UNDER_WAY | OVER:
        raise Unavailable(f"Run {told.run_id} is in a state that the portal does not know: {phase or 'none'}")
    over = phase in OVER
    result = state.result_state or (state.life_cycle_state if phase != "TERMINATED" else None) or end.code or "none"
    if over and NEVER_RAN & {result, end.code, state.life_cycle_state}:
        return None
    if over and not told.end_time:
        raise Unavailable(f"Run {told.run_id} has ended, but Databricks does not say when")
    return Run(
        run_id=str(told.run_id),
        started_at=_time(told.start_time),
        ended_at=_time(told.end_time) if over and told.end_time else None,
        result=result if over else "",
        code=end.code,
        type=end.type,
        seconds=_seconds(told) if over else None,
        run_page_url=told.run_page_url,
        trigger=told.trigger,
        started_by=told.creator_user_name,
    )


def _time(millis: int) -> datetime:
    return EPOCH + timedelta(milliseconds=millis)


def _seconds(told: ToldRun) -> float:
    return (told.run_duration or max(0, (told.end_time or 0) - told.start_time)) / 1000


def _reading(check: Check, seen: Seen, at: datetime) -> Reading | None:
    """A blind one keeps what is remembered."""
    try:
        job = str(read_target(JobTarget, check.target).job_id)
    except PortalError as error:
        return blind(check, error, at)
    answer = seen.answers.get(job)
    if isinstance(answer, Past):
        try:
            return job_runs.reading(check, answer, f"job {job}", at, seen.zone)
        except PortalError as error:
            return _blind(check, error, answer, at)
    return _blind(check, answer, seen.remembered.get(job), at) if answer else None


def _blind(check: Check, error: Exception, past: Past | None, at: datetime) -> Reading:
    return blind(check, error, at).model_copy(update={"evidence": past.evidence() if past else {}})
