"""The status area: what is watched, what was seen, what it means. Authorise → plan → write → audit."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa

from data.audit.service import AuditService
from data.errors import Conflict
from data.notifications.planning import About, Hearing
from data.notifications.service import OutboxService
from data.people.model import Actor, Scope
from data.settings import Settings
from data.statements import Statements
from data.status.board import STRIP_DAYS, Board
from data.status.editor import Editor
from data.status.estate import Estate, Plan
from data.status.history import History
from data.status.learned import learn
from data.status.model import Check, Current, IngestionRun, Outcome, Reading, Window
from data.status.notices import hearing_of
from data.status.past import Past, past_minute, since_of, snapshot_of
from data.status.pushing import Pushing, Report
from data.status.recorder import Recorded, Recorder
from data.status.rollups import Rollups
from data.status.rows import (
    PlatformStanding,
    Standing,
    announced_from_board,
    days_by_component,
    incident_from_row,
    platforms_from_board,
    run_row,
    standings_of,
    turn_from_row,
)  # fmt: skip
from data.status.view import RECENTLY, Rules, Snapshot, compose
from data.status.wishes import Wishes

MANY = 1_000_000
MANY_INCIDENTS = 1_000
MOST_INCIDENTS = 20
"""Of one platform: at least one of each asset, as far as it goes."""
FEED_MEMORY = timedelta(days=2)
LEARNING = timedelta(weeks=6)
ARRIVALS = 3_000
"""As many per check teach enough: six weeks of one every twenty minutes."""


class StatusService:
    def __init__(
        self, statements: Statements, audit: AuditService, outbox: OutboxService, clock: Callable[[], datetime],
        settings: Settings,
    ) -> None:  # fmt: skip
        self._statements = statements
        self._audit = audit
        self._outbox = outbox
        self._clock = clock
        self.rules = Rules(ZoneInfo(settings.timezone), settings.stale_factor, settings.ingest_tick)

    @cached_property
    def history(self) -> History:
        return History(self._statements, self._clock)

    @cached_property
    def wishes(self) -> Wishes:
        return Wishes(self._statements, self._audit, self._clock, self._platforms)

    @cached_property
    def pushing(self) -> Pushing:
        return Pushing(self._statements, self._recorder, self._clock, self._platforms)

    @cached_property
    def _rollups(self) -> Rollups:
        return Rollups(self._statements, self.rules, self._clock, self._platforms)

    @cached_property
    def _recorder(self) -> Recorder:
        return Recorder(self._statements, self._rollups, self.rules, self._clock, self._platforms, self._outbox)

    # what is true now

    def snapshot(self) -> Snapshot:
        """Everything the front page shows, of everyone: two statements, asked at the same time."""
        at = self._clock()
        since = (at - timedelta(days=STRIP_DAYS)).date()
        asked = {"component_type": "platform", "component_id": None, "since": since, "limit": MANY}
        with ThreadPoolExecutor(1) as beside:
            rollups = beside.submit(self._statements.table, "status/list_rollups", **asked)
            board = self._board()
        days = days_by_component(rollups.result())
        return Snapshot(at, tuple(platforms_from_board(board)), days, announced=announced_from_board(board))

    def board(self, snapshot: Snapshot, scope: Scope, mine: frozenset[str] = frozenset()) -> Board:
        """What a viewer of this scope may see of the snapshot; no statement."""
        return compose(snapshot, scope.sees, mine, self.rules)

    def snapshot_at(self, at: datetime) -> Snapshot:
        """The same at a past moment, from the trail. Raises Invalid for one that has not come."""
        at = past_minute(at, self._clock())
        ask, since = self._statements, since_of(at, self.rules.zone)
        turns, incidents = defaultdict(list), defaultdict(list)
        for row in ask.rows("status/list_states_at", at=at, since=since, limit=MANY):
            turns[row["check_id"]].append(turn_from_row(row))
        for row in ask.rows("status/list_incidents_at", at=at, limit=MANY_INCIDENTS):
            incidents[row["platform_id"]].append(incident_from_row(row))
        first = (at - timedelta(days=STRIP_DAYS)).date()
        days = ask.table("status/list_rollups", component_type="platform", component_id=None, since=first, limit=MANY)
        windows = [Window(**row) for row in ask.rows("status/list_windows", since=since, limit=MANY)]
        past = Past(at, self._platforms(at), turns, days_by_component(days), windows, incidents)
        return snapshot_of(past, self.rules)

    def standings(self) -> Mapping[str, Standing]:
        """Each active check with its current state, by check id."""
        return standings_of(self._platforms())

    def checks(self) -> list[Check]:
        return [s.check for s in self.standings().values()]

    def currents(self) -> dict[str, Current]:
        return {id_: s.current for id_, s in self.standings().items() if s.current}

    def _platforms(self, retired_since: datetime | None = None) -> list[PlatformStanding]:
        """With the checks that were retired after `retired_since`."""
        return platforms_from_board(self._board(retired_since))

    def _board(self, retired_since: datetime | None = None) -> pa.Table:
        at = self._clock()
        runs_since = (at - FEED_MEMORY).date()
        return self._statements.table(
            "status/list_board",
            at=at, runs_since=runs_since, retired_since=retired_since or at, changes_since=at - RECENTLY,
            most_incidents=MOST_INCIDENTS, limit=MANY,
        )  # fmt: skip

    # what was seen

    def record(self, readings: Sequence[Reading], source: str) -> Recorded:
        """One round of one source, by the portal's own jobs."""
        return self._recorder.record(readings, source)

    def report(
        self,
        check_id: str,
        *,
        outcome: Outcome = Outcome.ok,
        value: float | None = None,
        event_at: datetime | None = None,
        message: str = "",
        evidence: Mapping[str, Any] | None = None,
        actor: Actor | None = None,
    ) -> Current:
        """Push one result or heartbeat; without `event_at`, now. The state of the check after it."""
        report = Report(outcome=outcome, value=value, event_at=event_at, message=message, evidence=evidence or {})
        self.pushing.push(actor or Actor.job("notebook"), check_id, [report])
        return self.currents()[check_id]

    def hearings(self, abouts: Sequence[About]) -> dict[str, Hearing]:
        """Who may hear of each platform that is there, and its state now, by its id."""
        asked = {about.object_id for about in abouts}
        return {p.platform.id: hearing_of(p) for p in self._platforms() if p.platform.id in asked}

    def repair(self) -> int:
        """Complete the trail after a process was killed; transitions added. Whoever records calls it first."""
        return self._recorder.repair()

    def log_run(self, run: IngestionRun) -> None:
        self._statements.append("ingestion_runs", [run_row(run)])

    def checkpoint(self, source: str) -> dict[str, Any]:
        """What a source wanted to remember from run to run, and across processes; empty at first."""
        row = self._statements.one("schema/find_setting", key=f"checkpoint:{source}")
        found: dict[str, Any] = json.loads(row["value"]) if row else {}
        return found

    def save_checkpoint(self, source: str, memory: Mapping[str, Any], was: Mapping[str, Any] | None = None) -> None:
        """With `was`, raises Conflict when another process saved since that was read."""
        fact: dict[str, Any] = {"key": f"checkpoint:{source}", "value": json.dumps(memory), "by": source}
        if was is None:
            self._statements.run("schema/set_setting", at=self._clock(), **fact)
        elif not self._statements.run("schema/set_unchanged_setting", at=self._clock(), was=json.dumps(was), **fact):
            raise Conflict(f"Another process has looked at {source} at the same time; try again.")

    # what it adds up to

    def rollup(self, days: int = 2, platform_ids: Collection[str] | None = None) -> int:
        """Recompute the last `days` days of these platforms (None: of all) from the transitions; rows written."""
        self.repair()
        return self._rollups.rebuild(days, platform_ids)

    def learn(self) -> int:
        """Renew what is usual now for every check whose source tells when data arrived; bands written."""
        at = self._clock()
        since_day = (at - LEARNING).date()
        rows = self._statements.rows(
            "status/list_arrivals", check_id=None, since_day=since_day, newest=ARRIVALS, limit=5 * MANY
        )
        arrivals: dict[str, list[datetime]] = {}
        for row in rows:
            arrivals.setdefault(row["check_id"], []).append(row["arrived_at"])
        troubled = self._rollups.troubles(at - LEARNING)
        bands = [
            {"check_id": id_, **band.model_dump()}
            for id_, times in arrivals.items()
            if (band := learn(times, at, self.rules.zone, troubled.get(id_, ())))
        ]
        return self._statements.run("status/set_bands", bands, at=at)

    # what is watched

    @cached_property
    def editor(self) -> Editor:
        return Editor(self._statements, self._audit, self._clock, self._switch_off)

    def estate(self) -> Estate:
        """Every platform and check, the retired ones too."""
        return self.editor.estate()

    def apply(self, plan: Plan, actor: Actor) -> int:
        """Write the plan; the number of entries changed. Raises Conflict when one was changed since it was planned."""
        return self.editor.apply(plan, actor)

    def _switch_off(self, checks: Iterable[Check]) -> Callable[[], None]:
        """To be called before they are off; what it returns, afterwards."""
        off = list(checks)
        standings = self.standings() if off else {}
        return lambda: self._recorder.switch_off(off, standings) if off else None
