"""How long what piles up is kept: settings of the portal, changed here by admins, else as the environment says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from data.knobs import Knob, read_knob
from data.settings import Settings
from data.statements import Statements

WEEK = timedelta(days=7)
LONGEST = timedelta(days=3660)
REPLAYED = timedelta(days=35)
"""The preview of a check's limits judges the results of 30 days again; with less there are gaps."""
Kept = Annotated[timedelta, Field(ge=WEEK, le=LONGEST)]


class Retention(BaseModel):
    """None: as the environment says. In JSON in seconds."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_timedelta="float")

    results: Kept | None = None
    runs: Kept | None = None
    deliveries: Kept | None = None

    def by_table(self, settings: Settings) -> Mapping[str, timedelta]:
        return {
            "status_results": self.results or settings.keep_results,
            "ingestion_runs": self.runs or settings.keep_runs,
            "deliveries": self.deliveries or settings.keep_deliveries,
            "search_log": settings.keep_searches,
        }


def told(retention: Retention) -> dict[str, float | None]:
    """In days."""
    kept = {name: getattr(retention, name) for name in Retention.model_fields}
    return {f"{name}_days": length and length / timedelta(days=1) for name, length in kept.items()}


RETENTION = Knob("portal:retention", Retention, Retention(), told)


class RetentionService:
    def __init__(self, statements: Statements, settings: Settings) -> None:
        self._statements = statements
        self._settings = settings

    def by_table(self) -> Mapping[str, timedelta]:
        """What is in force."""
        return read_knob(self._statements, RETENTION).value.by_table(self._settings)

    def rows(self) -> Mapping[str, int]:
        """How many rows there are of what piles up, by table."""
        return {row["name"]: row["number"] for row in self._statements.rows("schema/count_rows")}
