"""What the runs of one thing tell, whoever ran it: how the newest ended, since when it fails. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Protocol

from pydantic import AfterValidator, Field, ValidationError

from data.errors import Unavailable
from data.status.model import Check, Mode, Model, Outcome, Reading
from data.status.verdicts import EXACT_MODES

EARLIEST = datetime.min.replace(tzinfo=UTC)


class Ending(StrEnum):
    completed = "completed"
    failed = "failed"
    cancelled = "cancelled"
    disabled = "disabled"
    running = "running"


ENDINGS = {
    "completed": Ending.completed,
    "failed": Ending.failed,
    "timedout": Ending.failed,
    "cancelled": Ending.cancelled,
    "disabled": Ending.disabled,
    "inprogress": Ending.running,
    "notstarted": Ending.running,
}


def _utc(value: datetime) -> datetime:
    return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


Moment = Annotated[datetime, AfterValidator(_utc)]
Id = Annotated[str, Field(pattern=r"^[0-9a-fA-F-]{36}$")]


class Run(Protocol):
    """What a story is told from: a refresh of a model, or a run of a Fabric item."""

    @property
    def key(self) -> str: ...
    @property
    def word(self) -> str: ...
    @property
    def ending(self) -> Ending | None: ...
    @property
    def started_at(self) -> datetime | None: ...
    @property
    def ended_at(self) -> datetime | None: ...
    @property
    def seconds(self) -> float | None: ...
    @property
    def is_scheduled(self) -> bool: ...
    @property
    def cause(self) -> str | None: ...
    @property
    def code(self) -> str | None: ...


class Story(Model):
    """What is known of one model, also without asking again: small, and kept while it is not plainly fine."""

    key: str
    """Of the newest refresh it was told from."""
    ending: Ending | None = None
    """Of the newest refresh that ended."""
    word: str = ""
    ended_at: datetime | None = None
    cause: str | None = None
    code: str | None = None
    failures: int = 0
    """Failed in a row, and of these the scheduled ones, which Power BI counts."""
    scheduled_failures: int = 0
    completed_at: datetime | None = None
    seconds: float | None = None
    """How long the last completed one took."""
    running_since: datetime | None = None

    def now_running(self, run: Run) -> Story:
        return self.model_copy(update={"running_since": run.started_at})


def stored(said: object) -> Story | None:
    """A story of an earlier round; None when an older portal kept it in another shape."""
    try:
        return Story.model_validate(said)
    except ValidationError:
        return None


def tell(history: Sequence[Run]) -> Story:
    """Raises Unavailable when there is nothing to tell."""
    newest_first = sorted(history, key=lambda r: r.started_at or r.ended_at or EARLIEST, reverse=True)
    if not newest_first:
        raise Unavailable("No run of it is on record")
    ended = [r for r in newest_first if r.ending is not Ending.running]
    completed = next((r for r in ended if r.ending is Ending.completed), None)
    failed = [r for r in ended[: ended.index(completed) if completed else None] if r.ending is Ending.failed]
    story = Story(
        key=newest_first[0].key,
        failures=len(failed),
        scheduled_failures=sum(r.is_scheduled for r in failed),
        completed_at=completed.ended_at if completed else None,
        seconds=completed.seconds if completed else None,
    )
    if ended:
        last = ended[0]
        told = {"ending": last.ending, "word": last.word, "ended_at": last.ended_at}
        why = {"cause": last.cause, "code": last.code} if last.ending is not Ending.completed else {}
        story = story.model_copy(update=told | why)
    return story.now_running(newest_first[0]) if newest_first[0].ending is Ending.running else story


def judged(check: Check, story: Story, outcome: Outcome, message: str, at: datetime) -> Reading:
    """What fails makes no data older by itself: where ages are watched it is the cause, not the verdict."""
    evidence = {"status": story.word, "ended_at": story.ended_at, "code": story.code, "failures": story.failures}
    if check.mode in EXACT_MODES and story.ending is not Ending.completed:
        evidence["cause"] = message.replace("The ", "the ", 1)
    lasting = check.mode is Mode.success or story.ending is Ending.disabled or story.completed_at is None
    return Reading(
        check_id=check.id,
        observed_at=at,
        outcome=outcome if lasting else Outcome.ok,
        value=story.seconds,
        source_event_at=story.completed_at,
        message=message,
        evidence={name: value for name, value in evidence.items() if value},
    )
