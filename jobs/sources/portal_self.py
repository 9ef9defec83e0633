"""The portal watches itself: does the store answer, do the sources run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from operator import itemgetter
from time import perf_counter
from typing import Literal

from data.portal import Portal
from data.statements import Row
from data.status import words
from data.status.model import Check, Mode, Model, Outcome, Reading
from jobs.sources.base import Context, EachTarget

FAILURES_IN_A_ROW = 3
SLACK = timedelta(minutes=1)
MAX_RUNS = 300
LATELY = timedelta(days=2)


class SelfTarget(Model):
    what: Literal["store", "ingestion", "groups", "notifications"]


@dataclass(frozen=True, slots=True)
class Finding:
    outcome: Outcome
    message: str
    value: float | None = None


class PortalSelf(EachTarget[SelfTarget, Finding]):
    name = "portal_self"
    title = "The portal itself"
    target = SelfTarget
    modes = frozenset({Mode.success, Mode.assertion, Mode.threshold})

    def look(self, target: SelfTarget, context: Context) -> Finding:
        return WATCHED[target.what](context.portal)

    def reading(self, check: Check, target: SelfTarget, seen: Finding, at: datetime) -> Reading:
        return Reading(check_id=check.id, observed_at=at, outcome=seen.outcome, value=seen.value, message=seen.message)


def _store(portal: Portal) -> Finding:
    """A store that does not answer raises Unavailable, and the check is unknown."""
    began = perf_counter()
    portal.statements.one("status/count_checks")
    seconds = perf_counter() - began
    return Finding(Outcome.ok, f"The store answered in {seconds * 1000:.0f} ms", round(seconds, 4))


def _groups(portal: Portal) -> Finding:
    """The value is the age of the snapshot in seconds."""
    taken = portal.people.access().snapshot_at
    if taken is None:
        return Finding(Outcome.ok, "Nobody has rights through a group")
    age = portal.clock() - taken
    if age > portal.settings.group_snapshot_max_age:
        told = f"Who is in which group was read {words.duration(age)} ago, too long to count"
        return Finding(Outcome.fail, told, age.total_seconds())
    return Finding(Outcome.ok, f"Who is in which group was read {words.duration(age)} ago", age.total_seconds())


def _notifications(portal: Portal) -> Finding:
    """The value is the number of deliveries in trouble."""
    troubles = portal.notifications.upkeep.troubles()
    dead, late = troubles.dead, troubles.late
    if late:
        return Finding(Outcome.fail, f"{late} notifications wait to be delivered although they are due", dead + late)
    if dead:
        return Finding(Outcome.warn, f"{dead} notifications could not be delivered, see dead letters", dead)
    return Finding(Outcome.ok, "Every notification was delivered", 0)


def _ingestion(portal: Portal) -> Finding:
    """Only for a source that did not run of late is all that is remembered searched."""
    at = portal.clock()
    runs = _runs(portal, at - LATELY)
    if not all(map(_ran, runs)):
        runs = _runs(portal, at - portal.settings.keep_runs)
    return judge_feeds(runs, at)


def _runs(portal: Portal, since: datetime) -> list[Row]:
    """Of the other sources: that this one runs, it shows by looking."""
    rows = portal.statements.rows("status/list_feed_runs", since=since.date(), limit=MAX_RUNS)
    return [row for row in rows if row["source"] != PortalSelf.name]


def judge_feeds(runs: Sequence[Row], at: datetime) -> Finding:
    """`runs`: rows of `list_feed_runs`. The value is the number of sources in trouble."""
    sources = {source: list(group) for source, group in groupby(runs, itemgetter("source"))}
    feeds = {source: found for source, found in sources.items() if _ran(found[0])}
    failing = [f"{s} failed {FAILURES_IN_A_ROW} times in a row: {r[0]['error']}" for s, r in feeds.items() if _fails(r)]
    late = [f"{s} did not run for {_ago(r[0], at)}" for s, r in feeds.items() if _is_late(r[0], at)]
    missing = [f"{s} has never run" for s, r in sources.items() if not _ran(r[0]) and _is_missed(r[0], at)]
    if not sources:
        return Finding(Outcome.ok, "No other source is needed", 0)
    troubles = [*failing, *missing, *late]
    if troubles:
        return Finding(Outcome.fail if failing else Outcome.warn, "; ".join(troubles), len(troubles))
    if waiting := len(sources) - len(feeds):
        return Finding(Outcome.ok, f"{len(feeds)} of {len(sources)} sources run on time, {waiting} not started yet", 0)
    return Finding(Outcome.ok, f"All {len(feeds)} sources run on time", 0)


def _ran(run: Row) -> bool:
    return run["state"] is not None


def _fails(runs: Sequence[Row]) -> bool:
    return [run["state"] for run in runs[:FAILURES_IN_A_ROW]] == ["failed"] * FAILURES_IN_A_ROW


def _is_late(run: Row, at: datetime) -> bool:
    """Late when the next run is overdue by as long as the pause between two runs."""
    pause: timedelta = run["next_due_at"] - run["finished_at"]
    return bool(at > run["next_due_at"] + max(pause, SLACK))


def _is_missed(source: Row, at: datetime) -> bool:
    """A new check is due at once; what has just been set up may take its time."""
    return bool(at > source["set_up_at"] + max(2 * timedelta(seconds=source["every_s"]), SLACK))


def _ago(run: Row, at: datetime) -> str:
    return words.duration((at - run["finished_at"]).total_seconds())


WATCHED: Mapping[str, Callable[[Portal], Finding]] = {
    "store": _store, "ingestion": _ingestion, "groups": _groups, "notifications": _notifications
}  # fmt: skip
