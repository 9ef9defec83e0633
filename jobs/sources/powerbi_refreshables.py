"""Refreshes of Power BI models: one list for all on capacities, the history of one only when the list is not enough."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field, ValidationError

from data.errors import Invalid, NotFound, PortalError, Unavailable
from data.settings import Settings
from data.status.model import Check, Mode, Model, Reading
from data.status.verdicts import EXACT_MODES
from jobs.microsoft import Refused
from jobs.sources.base import Context, blind, longest_unseen_first
from jobs.sources.quota import Quota
from jobs.sources.refreshes import Refresh, parsed, read, without_history
from jobs.sources.stories import Ending, Id, Story, stored, tell
from jobs.sources.targets import read_target

PER_HOUR = 200
"""What Microsoft allows for refreshables; for histories it publishes no number, so they share this one."""
FOR_LISTS = 60
"""Of these, histories leave so many to the lists, without which nothing is known."""
PAGE, PAGES_AT_ONCE, MOST_PAGES = 1000, 3, 30
HISTORY = 60
"""Entries of one history; Power BI keeps no more."""
EXPAND = "capacity,group"
"""As in Microsoft's sample; the text beside it says capacities,groups."""
FRESH = timedelta(minutes=5)
"""A list as young as this serves again: checks that are due one after the other must not ask for it each."""


class ModelTarget(Model):
    dataset_id: Id
    workspace_id: Id | None = None
    """Needed for a model that is on no capacity."""


class Group(BaseModel):
    id: str


class Schedule(BaseModel):
    enabled: bool | None = None


class Listed(BaseModel):
    """One of the refreshables."""

    id: str
    last: Refresh | None = Field(None, alias="lastRefresh")
    group: Group | None = None
    schedule: Schedule | None = Field(None, alias="refreshSchedule")

    @property
    def is_scheduled(self) -> bool | None:
        return self.schedule.enabled if self.schedule else None


@dataclass(frozen=True)
class Listing:
    at: datetime
    models: Mapping[str, Listed]


@dataclass(frozen=True)
class Told:
    story: Story
    at: datetime
    schedule_is_on: bool | None = None


@dataclass(frozen=True)
class Question:
    """What only the model's history can tell."""

    check: Check
    model_id: str
    workspace_id: str
    listed: Listed | None
    """None: the model is on no capacity."""


@dataclass(frozen=True)
class Payload:
    zone: ZoneInfo
    told: Mapping[str, Told | Exception]
    """By check; those whose turn did not come are missing."""


Stories = dict[str, Story]
"""By model."""


class PowerBiRefreshables:
    name = "powerbi_refreshables"
    title = "Power BI: refreshes of models"
    target = ModelTarget
    modes = frozenset({Mode.success, Mode.threshold}) | EXACT_MODES
    timeout = timedelta(minutes=2)
    at_once = 4

    def __init__(self) -> None:
        self._last: tuple[Settings, Listing] | None = None

    def fetch(self, checks: Sequence[Check], context: Context) -> Payload:
        quota = Quota(context.portal, self.name, "powerbi", PER_HOUR)
        memory = None
        try:
            listing = self._listing(quota, checks, context)
            stories = _remembered(quota.facts, listing)
            looks = {c.id: _first_look(c, listing, stories, context) for c in longest_unseen_first(checks, context)}
            questions = [look for look in looks.values() if isinstance(look, Question)]
            answers = self._ask(quota, questions, context)
            memory = {
                id_: story.model_dump(mode="json") for id_, story in _learned(stories, questions, answers).items()
            }
        finally:
            quota.close(memory)
        told = {id_: _last_look(look, listing, answers, context) for id_, look in looks.items()}
        return Payload(ZoneInfo(context.portal.settings.timezone), {id_: t for id_, t in told.items() if t})

    def readings(self, checks: Sequence[Check], payload: Payload, at: datetime) -> list[Reading]:
        return [_reading(c, payload.told[c.id], payload.zone, at) for c in checks if c.id in payload.told]

    def _listing(self, quota: Quota, checks: Sequence[Check], context: Context) -> Listing:
        settings, at = context.portal.settings, context.portal.clock()
        oldest = at - min(FRESH, min(check.every for check in checks) / 2)
        if self._last and self._last[0] == settings and self._last[1].at > oldest:
            return self._last[1]
        listing = Listing(at, _listed(quota))
        self._last = settings, listing
        return listing

    def _ask(self, quota: Quota, questions: Sequence[Question], context: Context) -> dict[str, Story | Exception]:
        """By model. Those that are listed, and do not run well, first; then who was not looked at for longest."""
        in_order = {q.model_id: q.workspace_id for q in sorted(questions, key=lambda q: q.listed is None)}
        granted = quota.reserve(len(in_order), spare=FOR_LISTS)
        keys = {f"{self.name}/{id_}": id_ for id_ in list(in_order)[:granted]}
        calls = {key: partial(_history, quota, id_, in_order[id_]) for key, id_ in keys.items()}
        answers = context.supervisor.run(calls, self.timeout / 2, self.at_once)
        return {keys[key]: answer for key, answer in answers.items()}


def _listed(quota: Quota) -> dict[str, Listed]:
    """All refreshables, by model. Raises PortalError."""
    found: dict[str, Listed] = {}
    for page in range(MOST_PAGES):
        if page % PAGES_AT_ONCE == 0:
            quota.reserve(PAGES_AT_ONCE)
        query = {"$top": PAGE, "$skip": page * PAGE, "$expand": EXPAND}
        answer = quota.ask("/admin/capacities/refreshables", **query)
        entries = _entries(answer)
        found |= {listed.id.lower(): listed for listed in map(_listed_one, entries) if listed}
        if len(entries) < PAGE:
            break
    return found


def _listed_one(entry: Any) -> Listed | None:
    """An entry that is hard to read still names its model; None without even that."""
    try:
        return Listed.model_validate(entry)
    except ValidationError:
        id_ = entry.get("id") if isinstance(entry, dict) else None
        return Listed(id=id_) if isinstance(id_, str) else None


def _history(quota: Quota, model_id: str, workspace_id: str) -> Story:
    path = f"/groups/{workspace_id}/datasets/{model_id}/refreshes"
    return tell(parsed(_entries(quota.ask(path, **{"$top": HISTORY}))))


def _entries(answer: Any) -> list[Any]:
    entries = answer.get("value") if isinstance(answer, dict) else None
    if not isinstance(entries, list):
        raise Unavailable("Power BI's answer could not be understood")
    return entries


def _remembered(facts: Mapping[str, Any], listing: Listing) -> Stories:
    """Of models that are listed and have not completed a refresh since."""
    listed = {id_ for id_, m in listing.models.items() if m.last and m.last.ending is not Ending.completed}
    return {id_: story for id_, said in facts.items() if id_ in listed and (story := stored(said))}


def _learned(stories: Stories, questions: Sequence[Question], answers: Mapping[str, Story | Exception]) -> Stories:
    """With what must not be asked again: also what Power BI will not tell, until the model's next refresh."""
    learned = dict(stories)
    for question in questions:
        answer, last = answers.get(question.model_id), question.listed and question.listed.last
        if last and isinstance(answer, Story):
            learned[question.model_id] = answer.model_copy(update={"key": last.key})
        elif last and isinstance(answer, Refused | NotFound):
            learned[question.model_id] = without_history(last, question.check, None)
    return learned


def _first_look(check: Check, listing: Listing, stories: Stories, context: Context) -> Told | Question | PortalError:
    """What the list tells together with what is remembered."""
    try:
        target = read_target(ModelTarget, check.target)
        id_ = target.dataset_id.lower()
        listed = listing.models.get(id_)
        if listed is None or listed.last is None:
            return Question(check, id_, _workspace(target, listed), None)
        story = _known(check, listed.last, stories.get(id_), context)
        return (
            Told(story, listing.at, listed.is_scheduled)
            if story
            else Question(check, id_, _workspace(target, listed), listed)
        )
    except PortalError as error:
        return error


def _known(check: Check, last: Refresh, remembered: Story | None, context: Context) -> Story | None:
    """None: there is more to know, and only the history has it."""
    if last.ending is Ending.completed:
        return tell([last])
    if remembered and remembered.key == last.key:
        return remembered
    if last.ending is Ending.running and remembered:
        return remembered.now_running(last)
    current = context.currents.get(check.id)
    if last.ending is Ending.running and current and current.source_event_at:
        return without_history(last, check, current)
    return None


def _last_look(
    look: Told | Question | PortalError, listing: Listing, answers: Mapping[str, Story | Exception], context: Context
) -> Told | Exception | None:
    if not isinstance(look, Question):
        return look
    answer, listed = answers.get(look.model_id), look.listed
    if isinstance(answer, Story):
        return Told(answer, context.portal.clock(), listed.is_scheduled if listed else None)
    if listed is None or listed.last is None:
        return answer
    story = without_history(listed.last, look.check, context.currents.get(look.check.id))
    return Told(story, listing.at, listed.is_scheduled)


def _workspace(target: ModelTarget, listed: Listed | None) -> str:
    if target.workspace_id:
        return target.workspace_id
    if listed and listed.group:
        return listed.group.id
    raise Invalid("Power BI lists no refresh of the model on a capacity this week; add workspace_id to the target")


def _reading(check: Check, told: Told | Exception, zone: ZoneInfo, at: datetime) -> Reading:
    try:
        return (
            blind(check, told, at)
            if isinstance(told, Exception)
            else read(check, told.story, told.schedule_is_on, told.at, zone)
        )
    except PortalError as error:
        return blind(check, error, at)
