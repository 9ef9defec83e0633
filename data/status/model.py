"""The words of the status area: platforms, checks, readings, verdicts, and what is remembered of them."""

from __future__ import annotations

import json
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Annotated, Any, Literal, NamedTuple, Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, model_validator

from data.settings import Zone
from data.status.fields import WEEKDAYS, Duration, Slug, TimeOfDay, Weekdays


class State(StrEnum):
    operational = "operational"
    late = "late"
    degraded = "degraded"
    partial_outage = "partial_outage"
    major_outage = "major_outage"
    maintenance = "maintenance"
    unknown = "unknown"
    disabled = "disabled"


WORSE_TO_BETTER = (State.major_outage, State.partial_outage, State.degraded, State.late, State.operational)
"""States that say how the thing is. Unknown, maintenance and disabled say why we do not say it."""
OUTAGES = frozenset({State.major_outage, State.partial_outage})


class Mode(StrEnum):
    success = "success"
    age = "age"
    deadline = "deadline"
    threshold = "threshold"
    heartbeat = "heartbeat"
    assertion = "assertion"


FRESHNESS_MODES = frozenset({Mode.age, Mode.deadline})
"""Checks in these modes watch a data product; the front page counts them as such."""


class Severity(StrEnum):
    critical = "critical"
    normal = "normal"
    info = "info"


class Outcome(StrEnum):
    """What a source says of one target. `blind`: it could not look, so nothing is known."""

    ok = "ok"
    warn = "warn"
    partial = "partial"
    fail = "fail"
    blind = "blind"


class Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Calendar(Model):
    """The days on which something is owed."""

    weekdays: Weekdays = WEEKDAYS
    holidays: tuple[date, ...] = ()

    def works_on(self, day: date) -> bool:
        return WEEKDAYS[day.weekday()] in self.weekdays and day not in self.holidays


class Deadline(Model):
    """Data of business day D is owed by `by` local time; arrivals from `opens` on count for D.

    An `opens` later than `by` lies on the evening before D.
    """

    by: TimeOfDay
    opens: TimeOfDay = time(0)
    timezone: Zone = "Europe/Berlin"

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)


class Thresholds(Model):
    """Time modes use `*_after`, number modes `*_above` / `*_below`. Bounds belong to the worse side: above, not at."""

    model_config = ConfigDict(allow_inf_nan=False)

    warn_after: Duration | None = None
    error_after: Duration | None = None
    warn_above: float | None = None
    error_above: float | None = None
    warn_below: float | None = None
    error_below: float | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.warn_after and self.error_after and self.warn_after >= self.error_after:
            raise ValueError("warn_after must be shorter than error_after")
        if self.warn_above is not None and self.error_above is not None and self.warn_above >= self.error_above:
            raise ValueError("warn_above must be lower than error_above")
        if self.warn_below is not None and self.error_below is not None and self.warn_below <= self.error_below:
            raise ValueError("warn_below must be higher than error_below")
        return self


class Platform(Model):
    id: Slug
    name: str = Field(min_length=1, max_length=80)
    kind: str = Field(min_length=1, max_length=40)
    criticality: Annotated[int, Field(ge=1, le=3)] = 2
    owner: str | None = None
    contact: str | None = None
    visibility: Literal["everyone", "members"] = "everyone"
    depends_on: tuple[Slug, ...] = ()
    calendar: Calendar = Calendar()
    position: Annotated[int, Field(ge=0, le=9999)] = 100
    slo: Annotated[float, Field(gt=0, lt=100)] = 99.5
    """Promised availability over 30 days, in percent; what is missing to 100 is the error budget."""

    state: Literal["active", "retired"] = "active"
    version: int = 1


class Check(Model):
    id: Slug
    platform_id: Slug
    name: str = Field(min_length=1, max_length=120)
    source: str
    target: dict[str, Any] = {}
    mode: Mode
    severity: Severity = Severity.normal
    every: Duration = timedelta(minutes=5)
    thresholds: Thresholds = Thresholds()
    deadline: Deadline | None = None
    calendar: Calendar | None = None
    """None: that of its platform."""
    platform_calendar: Calendar = Field(Calendar(), exclude=True, repr=False)
    """As it was when the check was read; never written with it."""
    owner: str | None = None
    runbook: str | None = None
    state: Literal["active", "disabled", "retired"] = "active"
    version: int = 1

    @model_validator(mode="after")
    def _complete(self) -> Self:
        t = self.thresholds
        if self.mode in (Mode.age, Mode.heartbeat) and not (t.warn_after or t.error_after):
            raise ValueError(f"mode {self.mode} needs warn_after, error_after or both")
        if self.mode is Mode.threshold and {t.warn_above, t.error_above, t.warn_below, t.error_below} == {None}:
            raise ValueError("mode threshold needs at least one of warn_above, error_above, warn_below, error_below")
        if (self.mode is Mode.deadline) != (self.deadline is not None):
            raise ValueError("mode deadline and the key deadline go together")
        return self

    @property
    def days(self) -> Calendar:
        """The days on which its data is owed."""
        return self.calendar or self.platform_calendar


class Reading(Model):
    """What one source saw of one check at one moment, not yet judged."""

    check_id: str
    observed_at: datetime
    outcome: Outcome = Outcome.ok
    value: float | None = None
    """Seconds for age, heartbeat and answer times; the measured number for thresholds."""
    source_event_at: datetime | None = None
    """When the data itself last changed (age, deadline) or the last beat came (heartbeat)."""
    message: str = ""
    evidence: dict[str, Any] = {}
    id: str | None = None
    """Of the result that it becomes; None: one by chance."""

    @property
    def evidence_text(self) -> str | None:
        return json.dumps(self.evidence, default=str, ensure_ascii=False) if self.evidence else None


class Verdict(Model):
    state: State
    reason: str


class Band(Model):
    """What is usual: the robust spread of the time between arrivals, in seconds."""

    low_s: float
    median_s: float
    high_s: float
    samples: int
    basis: str


class Current(Model):
    """The confirmed state of one check and its newest observation."""

    check_id: str
    platform_id: str
    state: State
    since: datetime
    reason: str
    observed_at: datetime
    first_observed_at: datetime
    last_success_at: datetime | None = None
    value: float | None = None
    source_event_at: datetime | None = None
    evidence: str | None = None
    recent: tuple[State, ...] = ()
    changed_at: tuple[datetime, ...] = ()
    previous_state: State | None = None
    previous_since: datetime | None = None
    check_version: int = 1
    version: int = 1


class Transition(Model):
    id: str
    check_id: str
    platform_id: str
    from_state: State | None
    to_state: State
    at: datetime
    observed_at: datetime
    reason: str
    evidence: str | None = None
    source: str
    check_version: int


class Window(Model):
    """Announced maintenance of one platform."""

    platform_id: str
    title: str
    starts_at: datetime
    ends_at: datetime


class DayRollup(NamedTuple):
    """Milliseconds per state in one day of one component; exclusive, so that they sum up to the time covered.

    A tuple, because the front page makes thousands of them.
    """

    day: date
    operational_ms: int = 0
    late_ms: int = 0
    degraded_ms: int = 0
    partial_outage_ms: int = 0
    major_outage_ms: int = 0
    maintenance_ms: int = 0
    unknown_ms: int = 0
    planned_outage_ms: int = 0
    updated_at: datetime | None = None
    """Up to when the day was counted, while it lasts."""


class IngestionRun(Model):
    id: str
    source: str
    started_at: datetime
    finished_at: datetime
    state: Literal["succeeded", "partial", "failed"]
    rows: int
    error: str | None = None
    next_due_at: datetime
