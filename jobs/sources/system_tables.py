"""Jobs as Databricks' own records tell of them, hours late: where the portal may not ask the Jobs API."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import Field

from data.errors import Invalid, NotFound, PortalError
from data.statements import Row
from data.status.model import Check, Mode, Model, Reading
from jobs.sources import job_runs
from jobs.sources.base import Context, blind
from jobs.sources.job_runs import Past, Run
from jobs.sources.targets import read_target

MANY = 10_000
"""More jobs than a workspace can have."""
GRANTS = "enable the system schema lakeflow and grant the portal's service principal USE SCHEMA and SELECT on it"


class RecordedJobTarget(Model):
    job_id: Annotated[int, Field(gt=0)]
    workspace_id: Annotated[int, Field(gt=0)] | None = None
    """Needed when the records of several workspaces know the number."""
    days: Annotated[int, Field(ge=1, le=365)] = 14
    """How far back to look; more than the time between two runs."""


@dataclass(frozen=True)
class Recorded:
    zone: ZoneInfo
    rows: Sequence[Row]


class SystemTables:
    name = "system_tables"
    title = "Databricks system tables: outcome and time of job runs, hours late"
    target = RecordedJobTarget
    modes = frozenset({Mode.success, Mode.age, Mode.deadline, Mode.heartbeat, Mode.threshold})
    timeout = timedelta(minutes=2)

    def fetch(self, checks: Sequence[Check], context: Context) -> Recorded:
        """One statement for all, however many jobs."""
        portal, targets = context.portal, [target for check in checks if (target := _target(check))]
        zone = ZoneInfo(portal.settings.timezone)
        if not targets:
            return Recorded(zone, ())
        since = context.at - timedelta(days=max(target.days for target in targets))
        ids = sorted({str(target.job_id) for target in targets})
        try:
            return Recorded(zone, portal.statements.rows("status/list_job_runs", job_ids=ids, since=since, limit=MANY))
        except NotFound:
            raise NotFound(f"The portal cannot see system.lakeflow.job_run_timeline: {GRANTS}") from None

    def readings(self, checks: Sequence[Check], payload: Recorded, at: datetime) -> list[Reading]:
        by_job: dict[str, list[Row]] = {}
        for row in payload.rows:
            by_job.setdefault(str(row["job_id"]), []).append(row)
        return [_reading(check, by_job, at, payload.zone) for check in checks]


def _target(check: Check) -> RecordedJobTarget | None:
    try:
        return read_target(RecordedJobTarget, check.target)
    except PortalError:
        return None


def _reading(check: Check, by_job: Mapping[str, Sequence[Row]], at: datetime, zone: ZoneInfo) -> Reading:
    try:
        target = read_target(RecordedJobTarget, check.target)
        past = _past(_row(target, by_job.get(str(target.job_id), ())), at)
        return job_runs.reading(check, past, f"job {target.job_id}", at, zone)
    except PortalError as error:
        return blind(check, error, at)


def _row(target: RecordedJobTarget, rows: Sequence[Row]) -> Row:
    ours = [row for row in rows if target.workspace_id is None or str(row["workspace_id"]) == str(target.workspace_id)]
    if not ours:
        raise NotFound(f"The records of the last {target.days} days tell of no finished run of job {target.job_id}")
    if len(ours) > 1:
        raise Invalid(f"Several workspaces have a job {target.job_id}: name one as workspace_id in the check's target")
    return ours[0]


def _past(row: Row, at: datetime) -> Past:
    run = Run(
        run_id=str(row["run_id"]),
        started_at=row["started_at"],
        ended_at=row["ended_at"],
        result=row["result_state"],
        code=row["termination_code"],
        type=row["termination_type"],
        seconds=row["seconds"],
        trigger=row["trigger_type"],
    )
    return Past(finished=run, succeeded_at=row["succeeded_at"], looked_at=at, seen_at=at)
