"""Pipelines: did the last finished update succeed, and is the pipeline itself well."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from pydantic import Field

from data.errors import Unavailable
from data.status.model import Check, Model, Outcome, Reading
from jobs.sources.listed import Listed, Told

STATES = frozenset(
    {"IDLE", "RUNNING", "STARTING", "STOPPING", "DEPLOYING", "FAILED", "RECOVERING", "RESETTING", "DELETED"}
)
GONE_WRONG: Mapping[str, tuple[Outcome, str]] = {
    "FAILED": (Outcome.fail, "The pipeline has failed"),
    "DELETED": (Outcome.fail, "The pipeline is deleted"),
    "RECOVERING": (Outcome.warn, "The pipeline recovers from a failure"),
}
FINISHED: Mapping[str, tuple[Outcome, str]] = {
    "COMPLETED": (Outcome.ok, "succeeded"),
    "FAILED": (Outcome.fail, "failed"),
    "CANCELED": (Outcome.warn, "was cancelled"),
    "CANCELLED": (Outcome.warn, "was cancelled"),
}
UNDER_WAY = frozenset(
    {"CREATED", "QUEUED", "INITIALIZING", "WAITING_FOR_RESOURCES", "RESETTING", "SETTING_UP_TABLES", "RUNNING"}
    | {"STOPPING"}
)


class PipelineTarget(Model):
    pipeline_id: str = Field(min_length=1)


class Update(Told):
    update_id: str | None = None
    state: str


class Pipeline(Told):
    """A continuous one never finishes its update: it runs, and its health tells."""

    name: str | None = None
    state: str
    health: str | None = None
    latest_updates: list[Update] | None = None
    """The newest first."""


class DatabricksPipelines(Listed[PipelineTarget, Pipeline]):
    name = "databricks_pipelines"
    title = "Databricks pipelines: last update and health"
    target = PipelineTarget
    item = Pipeline
    path, key, id = "/api/2.0/pipelines", "statuses", "pipeline_id"
    noun, needs = "pipeline", "CAN VIEW on the pipeline"
    query: ClassVar[Mapping[str, Any]] = {"max_results": 100}

    def target_id(self, target: PipelineTarget) -> str:
        return target.pipeline_id

    def reading(self, check: Check, item: Pipeline, at: datetime) -> Reading:
        update, (outcome, message) = _judged(item)
        shown = {"pipeline": item.name, "state": item.state, "health": item.health, "update_id": update}
        evidence = {name: value for name, value in shown.items() if value is not None}
        return Reading(check_id=check.id, observed_at=at, outcome=outcome, message=message, evidence=evidence)


def _judged(pipeline: Pipeline) -> tuple[str | None, tuple[Outcome, str]]:
    """The update that tells, and what it tells. Raises Unavailable when nothing does."""
    if pipeline.state not in STATES:
        raise Unavailable(f"The pipeline is in a state that the portal does not know: {pipeline.state}")
    if pipeline.state in GONE_WRONG:
        return None, GONE_WRONG[pipeline.state]
    updates = pipeline.latest_updates or []
    if unknown := next((u.state for u in updates if u.state not in UNDER_WAY | FINISHED.keys()), None):
        raise Unavailable(f"An update of the pipeline is in a state that the portal does not know: {unknown}")
    if updates and updates[0].state == "RUNNING" and pipeline.health == "HEALTHY":
        return updates[0].update_id, (Outcome.ok, "Running")
    finished = next((u for u in updates if u.state in FINISHED), None)
    if finished is None:
        raise Unavailable("The pipeline has no finished update yet")
    outcome, ended = FINISHED[finished.state]
    if outcome is Outcome.ok and pipeline.health == "UNHEALTHY":
        return finished.update_id, (Outcome.warn, "Its last update succeeded, but Databricks calls it unhealthy")
    return finished.update_id, (outcome, f"The last update {ended}{_also(updates[0])}")


def _also(newest: Update) -> str:
    return "; another one is under way" if newest.state in UNDER_WAY else ""
