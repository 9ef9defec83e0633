"""What the refreshes of a Power BI model tell. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field, ValidationError

from data.errors import Unavailable
from data.status import words
from data.status.model import Check, Current, Outcome, Reading
from data.status.verdicts import EXACT_MODES
from jobs.sources.stories import ENDINGS, Ending, Moment, Story, judged, tell

SWITCHED_OFF_AT = 4
"""Failures in a row after which Power BI switches a schedule off."""


CAUSES = {
    "CredentialsNotSpecified|CredentialNotSpecified|NoCredential": "the credentials of a data source are missing",
    "AccessUnauthorized|InvalidConnectionCredentials|OAuth": "the sign-in to a data source is refused",
    "GatewayUnreachable|GatewayNotFound": "the gateway cannot be reached",
    "DataSourceAccess": "the gateway cannot reach a data source",
    "Timeout|TimedOut": "it took too long",
    "Capacity|ResourceGoverning": "the capacity had no room for it",
    "ProcessingError": "the data could not be processed",
}
"""By what the error code contains, underscores aside; there is no published list of the codes."""


class Refresh(BaseModel):
    """One entry of a history, or the last one as refreshables give it; further keys and unknown words are fine."""

    request_id: str | None = Field(None, alias="requestId")
    kind: str | None = Field(None, alias="refreshType")
    started_at: Moment | None = Field(None, alias="startTime")
    ended_at: Moment | None = Field(None, alias="endTime")
    status: str | None = None
    extended_status: str | None = Field(None, alias="extendedStatus")
    error: object = Field(None, alias="serviceExceptionJson")

    @property
    def word(self) -> str:
        """`Unknown` is also what ended without Power BI knowing how: then the extended status may know."""
        status = self.status or "Unknown"
        return (self.extended_status or status) if status == "Unknown" else status

    @property
    def ending(self) -> Ending | None:
        """None: a word that the portal does not know."""
        if self.status in (None, "", "Unknown") and self.ended_at is None:
            return Ending.running
        return ENDINGS.get(self.word.lower())

    @property
    def key(self) -> str:
        """Changes when the refresh does: a running one ends under the same request."""
        return f"{self.request_id}/{self.word}/{self.ended_at or ''}"

    @property
    def is_scheduled(self) -> bool:
        return self.kind == "Scheduled"

    @property
    def seconds(self) -> float | None:
        return (self.ended_at - self.started_at).total_seconds() if self.started_at and self.ended_at else None

    @property
    def cause(self) -> str | None:
        told = (self.code or self.word).replace("_", "")
        return next((cause for part, cause in CAUSES.items() if re.search(part, told, re.I)), self.code)

    @property
    def code(self) -> str | None:
        return error_code(self.error)


def parsed(entries: object) -> list[Refresh]:
    """Raises Unavailable when not one entry can be read."""
    found = []
    for entry in entries if isinstance(entries, list) else [entries]:
        try:
            found.append(Refresh.model_validate(entry))
        except ValidationError:
            continue
    if entries != [] and not found:
        raise Unavailable("Power BI's answer on the refreshes of the model could not be understood")
    return found


def without_history(last: Refresh, check: Check, current: Current | None) -> Story:
    """As far as the newest refresh tells, and what the check was told before; failures in a row are not known."""
    story = tell([last]).model_copy(update={"failures": 0, "scheduled_failures": 0})
    if current is None or current.source_event_at is None or story.ending is Ending.completed:
        return story
    told: dict[str, object] = {"completed_at": current.source_event_at}
    if check.mode not in EXACT_MODES:
        told["seconds"] = current.value
    if last.ending is Ending.running:
        told |= {"ending": Ending.completed, "word": "Completed", "ended_at": current.source_event_at}
    return story.model_copy(update=told)


def read(check: Check, story: Story, schedule_is_on: bool | None, at: datetime, zone: ZoneInfo) -> Reading:
    """Raises Unavailable when the last refresh ended with a word that the portal does not know."""
    if story.ending is None and story.word:
        raise Unavailable(f"Power BI says '{story.word[:40]}' of the last refresh, a word the portal does not know")
    return judged(check, story, *_verdict(story, schedule_is_on, zone), at)


def _verdict(story: Story, schedule_is_on: bool | None, zone: ZoneInfo) -> tuple[Outcome, str]:
    since = f"; refreshing since {words.stamp(story.running_since, zone)}" if story.running_since else ""
    ended = f" {words.stamp(story.ended_at, zone)}" if story.ended_at else ""
    because = f": {story.cause}" if story.cause else ""
    match story.ending:
        case Ending.completed:
            took = f" in {words.duration(story.seconds)}" if story.seconds is not None else ""
            return Outcome.ok, f"Refreshed{ended}{took}{since}"
        case Ending.cancelled:
            return Outcome.warn, f"The refresh was cancelled{ended}{since}"
        case Ending.disabled:
            return Outcome.fail, f"Power BI switched the scheduled refresh off{because}{since}"
        case Ending.failed:
            return Outcome.fail, f"The refresh failed{ended}{because}{_countdown(story, schedule_is_on)}{since}"
        case _:
            return Outcome.ok, f"No refresh has ended yet{since}"


def _countdown(story: Story, schedule_is_on: bool | None) -> str:
    scheduled = story.scheduled_failures
    if scheduled >= SWITCHED_OFF_AT and schedule_is_on is False:
        return f"; after {SWITCHED_OFF_AT} failures in a row Power BI has switched the schedule off"
    if scheduled and schedule_is_on is not False:
        counted = min(scheduled, SWITCHED_OFF_AT)
        return f"; {counted} of {SWITCHED_OFF_AT} failures, Power BI switches the schedule off at {SWITCHED_OFF_AT}"
    return f"; {story.failures} failures in a row" if story.failures > 1 else ""


def error_code(text: object) -> str | None:
    """From the JSON inside the JSON, which may be empty or broken; only what looks like a code is passed on."""
    try:
        said = json.loads(text) if isinstance(text, str) else None
    except ValueError:
        return None
    if isinstance(said, Mapping) and isinstance(said.get("error"), Mapping):
        said = {"errorCode": said["error"].get("code")}
    code: Any = said.get("errorCode") if isinstance(said, Mapping) else None
    return code if isinstance(code, str) and re.fullmatch(r"\w{1,100}", code) else None
