"""Freshness of a Delta table: its newest commit that changed rows; OPTIMIZE and VACUUM never look like new data."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from data.engines.base import DataChange
from data.errors import Unavailable
from data.status.model import Check, Mode, Model, Reading
from jobs.sources.base import Context, EachTarget


class TableTarget(Model):
    table: str = Field(min_length=1)
    """A name, `catalog.schema.table`, or the path of the table's folder."""


class DeltaFreshness(EachTarget[TableTarget, DataChange | None]):
    name = "delta_freshness"
    title = "Delta tables: last change of data"
    target = TableTarget
    modes = frozenset({Mode.age, Mode.deadline, Mode.heartbeat})

    def look(self, target: TableTarget, context: Context) -> DataChange | None:
        return context.portal.engine.last_data_change(target.table)

    def reading(self, check: Check, target: TableTarget, seen: DataChange | None, at: datetime) -> Reading:
        if seen is None:
            raise Unavailable("The table exists but never received data")
        return Reading(
            check_id=check.id,
            observed_at=at,
            source_event_at=seen.at,
            message=f"Version {seen.version} written by {seen.operation} at {seen.at:%Y-%m-%d %H:%M} UTC",
            evidence={"table": target.table, "version": seen.version, "operation": seen.operation},
        )
