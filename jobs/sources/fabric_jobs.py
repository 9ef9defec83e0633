"""Runs of Fabric items: pipelines, notebooks, copy jobs, Dataflows Gen2."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field, ValidationError

from data.errors import PortalError, Unavailable
from data.status import words
from data.status.model import Check, Mode, Model, Outcome, Reading
from data.status.verdicts import EXACT_MODES
from jobs.sources.base import TO_LOOK, Context, blind, longest_unseen_first
from jobs.sources.quota import Quota
from jobs.sources.stories import ENDINGS, Ending, Id, Moment, Story, judged, tell
from jobs.sources.targets import read_target

PER_HOUR = 600
"""Microsoft publishes no number; this many were never seen to be refused. One request looks at one item."""
MOST_PAGES = 5
SKIPPED = "deduped"
"""Not started, because one was running already: it says nothing about the data."""


class ItemTarget(Model):
    workspace_id: Id
    item_id: Id
    job_type: str | None = None
    """Only runs of this type, such as Pipeline or RunNotebook; all without."""


class Reason(BaseModel):
    code: str | None = Field(None, alias="errorCode")


class Instance(BaseModel):
    """One run; further keys and unknown words are fine."""

    id: str = ""
    job_type: str = Field("", alias="jobType")
    invoked: str = Field("", alias="invokeType")
    word: str = Field("Unknown", alias="status")
    started_at: Moment | None = Field(None, alias="startTimeUtc")
    ended_at: Moment | None = Field(None, alias="endTimeUtc")
    reason: Reason | None = Field(None, alias="failureReason")

    @property
    def key(self) -> str:
        return f"{self.id}/{self.word}"

    @property
    def ending(self) -> Ending | None:
        return ENDINGS.get(self.word.lower())

    @property
    def seconds(self) -> float | None:
        return (self.ended_at - self.started_at).total_seconds() if self.started_at and self.ended_at else None

    @property
    def is_scheduled(self) -> bool:
        return self.invoked == "Scheduled"

    @property
    def code(self) -> str | None:
        return self.reason.code if self.reason else None

    @property
    def cause(self) -> str | None:
        return self.code


@dataclass(frozen=True)
class Payload:
    zone: ZoneInfo
    runs: Mapping[str, Sequence[Instance] | Exception]
    """By item; those whose turn did not come are missing."""


class FabricJobs:
    name = "fabric_jobs"
    title = "Fabric: runs of items"
    target = ItemTarget
    modes = frozenset({Mode.success, Mode.threshold}) | EXACT_MODES
    timeout = timedelta(minutes=2)
    at_once = 4

    def fetch(self, checks: Sequence[Check], context: Context) -> Payload:
        quota = Quota(context.portal, self.name, "fabric", PER_HOUR)
        try:
            items = _items(longest_unseen_first(checks, context))
            granted = quota.reserve(len(items))
            keys = {f"{self.name}/{id_}": id_ for id_ in list(items)[:granted]}
            calls = {key: partial(_runs, quota, items[id_], id_) for key, id_ in keys.items()}
            found = context.supervisor.run(calls, self.timeout * TO_LOOK, self.at_once)
        finally:
            quota.close()
        zone = ZoneInfo(context.portal.settings.timezone)
        return Payload(zone, {keys[key]: runs for key, runs in found.items()})

    def readings(self, checks: Sequence[Check], payload: Payload, at: datetime) -> list[Reading]:
        read = (_reading(check, payload, at) for check in checks)
        return [reading for reading in read if reading]


def _items(checks: Sequence[Check]) -> dict[str, str]:
    """Workspaces by item, each item once; what cannot be read is told by its reading."""
    found = {}
    for check in checks:
        try:
            target = read_target(ItemTarget, check.target)
        except PortalError:
            continue
        found[target.item_id.lower()] = target.workspace_id
    return found


def _runs(quota: Quota, workspace_id: str, item_id: str) -> list[Instance]:
    link = f"/workspaces/{workspace_id}/items/{item_id}/jobs/instances"
    found: list[Instance] = []
    for page in range(MOST_PAGES):
        if page:
            quota.reserve(1)
        answer = quota.ask(link)
        found += _parsed(answer)
        link = answer.get("continuationUri")
        if not isinstance(link, str) or not link:
            break
    return found


def _parsed(answer: Any) -> list[Instance]:
    entries = answer.get("value") if isinstance(answer, dict) else None
    if not isinstance(entries, list):
        raise Unavailable("Fabric's answer could not be understood")
    found = []
    for entry in entries:
        try:
            found.append(Instance.model_validate(entry))
        except ValidationError:
            continue
    if entries and not found:
        raise Unavailable("Fabric's answer on the runs of the item could not be understood")
    return found


def _reading(check: Check, payload: Payload, at: datetime) -> Reading | None:
    try:
        target = read_target(ItemTarget, check.target)
        runs = payload.runs.get(target.item_id.lower())
        if isinstance(runs, Exception):
            return blind(check, runs, at)
        return None if runs is None else _judged(check, tell(_that_ran(runs, target)), at, payload.zone)
    except PortalError as error:
        return blind(check, error, at)


def _that_ran(runs: Sequence[Instance], target: ItemTarget) -> list[Instance]:
    return [r for r in runs if r.word.lower() != SKIPPED and target.job_type in (None, r.job_type)]


def _judged(check: Check, story: Story, at: datetime, zone: ZoneInfo) -> Reading:
    """Raises Unavailable when the last run ended with a word that the portal does not know."""
    if story.ending is None and story.word:
        raise Unavailable(f"Fabric says '{story.word[:40]}' of the last run, a word the portal does not know")
    return judged(check, story, *_verdict(story, zone), at)


def _verdict(story: Story, zone: ZoneInfo) -> tuple[Outcome, str]:
    since = f"; running since {words.stamp(story.running_since, zone)}" if story.running_since else ""
    ended = f" {words.stamp(story.ended_at, zone)}" if story.ended_at else ""
    took = f" in {words.duration(story.seconds)}" if story.seconds is not None else ""
    because = f": {story.cause}" if story.cause else ""
    again = f"; {story.failures} failures in a row" if story.failures > 1 else ""
    match story.ending:
        case Ending.completed:
            return Outcome.ok, f"Ran{ended}{took}{since}"
        case Ending.cancelled:
            return Outcome.warn, f"The run was cancelled{ended}{since}"
        case Ending.failed | Ending.disabled:
            return Outcome.fail, f"The run failed{ended}{because}{again}{since}"
        case _:
            return Outcome.ok, f"No run has ended yet{since}"
