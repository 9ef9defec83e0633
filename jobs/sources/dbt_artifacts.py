"""Reads the `sources.json` that `dbt source freshness` leaves behind, and folds its sources into one reading."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, Field, ValidationError

from data.errors import Unavailable
from data.status import words
from data.status.fields import Duration
from data.status.model import FRESHNESS_MODES, Check, Mode, Model, Outcome, Reading
from jobs.sources.base import Context, EachTarget

SIZE_LIMIT = 100 * 1024 * 1024
NAMED = 3
"""How many sources a message names."""


def _aware(value: datetime) -> datetime:
    return value if value.tzinfo else value.replace(tzinfo=UTC)


Moment = Annotated[datetime, AfterValidator(_aware)]


class SourceResult(BaseModel):
    unique_id: str
    status: Literal["pass", "warn", "error", "runtime error"]
    max_loaded_at: Moment | None = None
    max_loaded_at_time_ago_in_s: float | None = None

    @property
    def label(self) -> str:
        name = ".".join(self.unique_id.split(".")[-2:])
        age = self.max_loaded_at_time_ago_in_s
        return name if age is None else f"{name} ({words.duration(age)})"


class Metadata(BaseModel):
    dbt_schema_version: str = Field(pattern=r"/sources/v\d+")
    generated_at: Moment


class SourcesFile(BaseModel):
    """dbt's sources.json, as far as we use it; further keys are fine."""

    metadata: Metadata
    results: tuple[SourceResult, ...]


class ArtifactTarget(Model):
    path: str = Field(min_length=1)
    max_age: Duration = timedelta(hours=25)
    """An older file says nothing about now: dbt itself did not run."""
    only: tuple[str, ...] = ("*",)
    """Patterns of unique ids, such as source.shop.raw.*"""


class DbtArtifacts(EachTarget[ArtifactTarget, SourcesFile]):
    name = "dbt_artifacts"
    title = "dbt: freshness of sources"
    target = ArtifactTarget
    modes = frozenset({Mode.success, Mode.assertion}) | FRESHNESS_MODES

    def look(self, target: ArtifactTarget, context: Context) -> SourcesFile:
        path = Path(target.path)
        try:
            if path.stat().st_size > SIZE_LIMIT:
                raise Unavailable(f"{path.name} is larger than 100 MB")
            return SourcesFile.model_validate_json(path.read_bytes())
        except FileNotFoundError:
            raise Unavailable(f"There is no file {path}") from None
        except OSError as error:
            raise Unavailable(f"{path} cannot be read: {error.strerror}") from error
        except ValidationError as error:
            raise Unavailable(f"{path} is not a sources.json of dbt") from error

    def reading(self, check: Check, target: ArtifactTarget, seen: SourcesFile, at: datetime) -> Reading:
        age = at - seen.metadata.generated_at
        if age > target.max_age:
            raise Unavailable(f"The dbt run that wrote the file is {words.duration(age.total_seconds())} old")
        chosen = [r for r in seen.results if any(fnmatchcase(r.unique_id, pattern) for pattern in target.only)]
        if not chosen:
            raise Unavailable("The file holds none of the sources that the check names")
        outcome, message = _fold(chosen)
        if check.mode in FRESHNESS_MODES:
            outcome = Outcome.ok
        return Reading(
            check_id=check.id,
            observed_at=at,
            outcome=outcome,
            source_event_at=_oldest(chosen, check.mode),
            message=message,
            evidence={"generated_at": seen.metadata.generated_at.isoformat(), "sources": len(chosen)},
        )


def _fold(results: Sequence[SourceResult]) -> tuple[Outcome, str]:
    """What is known to be bad counts before what is not known; only when nothing is bad does blindness decide."""
    with_status = {status: [r for r in results if r.status == status] for status in ("error", "runtime error", "warn")}
    unread = with_status["runtime error"]
    also = f"; {len(unread)} could not be queried" if unread else ""
    if with_status["error"]:
        return Outcome.fail, _count(with_status["error"], results, "too old") + also
    if with_status["warn"]:
        return Outcome.warn, _count(with_status["warn"], results, "late") + also
    if unread:
        raise Unavailable(_count(unread, results, "could not be queried"))
    return Outcome.ok, f"All {len(results)} sources are fresh"


def _count(some: Sequence[SourceResult], results: Sequence[SourceResult], how: str) -> str:
    worst = sorted(some, key=lambda r: -(r.max_loaded_at_time_ago_in_s or 0))
    named = ", ".join(r.label for r in worst[:NAMED])
    return f"{len(some)} of {len(results)} sources {how}: {named}{', …' if len(some) > NAMED else ''}"


def _oldest(results: Sequence[SourceResult], mode: Mode) -> datetime | None:
    times = [r.max_loaded_at for r in results if r.max_loaded_at]
    untimed = [r for r in results if not r.max_loaded_at]
    if mode in FRESHNESS_MODES and untimed:
        raise Unavailable(_count(untimed, results, "could not be queried"))
    return min(times, default=None)
