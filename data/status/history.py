"""What a check's details page reads: each method one bounded statement."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta

import pandas as pd

from data.statements import Statements
from data.status.board import STRIP_DAYS
from data.status.model import DayRollup, State, Transition
from data.status.replay import DAYS, Look
from data.status.rows import days_by_component, transition_from_row

POINTS = 700
ARRIVAL_WEEKS = 12
TRANSITION_DAYS = 30
NEWEST = 50
MANY = 100_000


class History:
    def __init__(self, statements: Statements, clock: Callable[[], datetime]) -> None:
        self._statements = statements
        self._clock = clock

    def values(self, check_id: str, hours: int) -> pd.DataFrame:
        """Columns at (UTC), low, high, value, state: at most `POINTS` buckets; seconds for time modes."""
        since = self._clock() - timedelta(hours=hours)
        bucket_s = -(-hours * 3600 // POINTS)
        return self._statements.frame(
            "status/list_history",
            check_id=check_id, since=since, since_day=since.date(), bucket_s=bucket_s, limit=POINTS + 1,
        )  # fmt: skip

    def arrivals(self, check_id: str) -> tuple[datetime, ...]:
        """Oldest first."""
        since = self._clock() - timedelta(weeks=ARRIVAL_WEEKS)
        rows = self._statements.rows(
            "status/list_arrivals", check_id=check_id, since_day=since.date(), newest=MANY, limit=MANY
        )
        return tuple(row["arrived_at"] for row in rows)

    def transitions(self, *, platform_id: str | None = None, check_id: str | None = None) -> tuple[Transition, ...]:
        """Of one check or of all checks of a platform, newest first."""
        since = self._clock() - timedelta(days=TRANSITION_DAYS)
        rows = self._statements.rows(
            "status/list_transitions", since=since, platform_id=platform_id, check_id=check_id, limit=500
        )
        return tuple(transition_from_row(row) for row in rows)

    def results(self, check_id: str) -> pd.DataFrame:
        """The newest observations of the last week with message and evidence."""
        since_day = (self._clock() - timedelta(days=7)).date()
        return self._statements.frame("status/list_results", check_id=check_id, since_day=since_day, limit=NEWEST)

    def looks(self, check_id: str) -> tuple[Look, ...]:
        """Of the days that a replay covers, oldest first."""
        since = self._clock() - timedelta(days=DAYS)
        rows = self._statements.rows(
            "status/list_looks", check_id=check_id, since=since, since_day=since.date(), limit=MANY
        )
        return tuple(Look(r["observed_at"], State(r["state"]), r["value"], r["source_event_at"]) for r in rows)

    def days(self, check_id: str) -> Mapping[date, DayRollup]:
        """The roll-ups behind the check's strip."""
        since = (self._clock() - timedelta(days=STRIP_DAYS)).date()
        rollups = self._statements.table(
            "status/list_rollups", component_type="check", component_id=check_id, since=since, limit=STRIP_DAYS + 2
        )
        return days_by_component(rollups).get(check_id, {})
