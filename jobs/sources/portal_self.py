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


class SelfTarget(Model):
    what: Literal["store", "ingestion"]


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


def _ingestion(portal: Portal) -> Finding:
    at = portal.clock()
    since = (at - timedelta(days=2)).date()
    return judge_feeds(portal.statements.rows("status/list_feed_runs", since=since, limit=MAX_RUNS), at)


def judge_feeds(runs: Sequence[Row], at: datetime) -> Finding:
    """`runs`: sorted by source, newest first. The value is the number of sources in trouble."""
    feeds = {source: list(group) for source, group in groupby(runs, itemgetter("source"))}
    failing = [f"{s} failed {FAILURES_IN_A_ROW} times in a row: {r[0]['error']}" for s, r in feeds.items() if _fails(r)]
    late = [f"{s} did not run for {_ago(r[0], at)}" for s, r in feeds.items() if _is_late(r[0], at)]
    troubles = [*failing, *late]
    if not troubles:
        return Finding(Outcome.ok, f"All {len(feeds)} sources run on time", 0)
    return Finding(Outcome.fail if failing else Outcome.warn, "; ".join(troubles), len(troubles))


def _fails(runs: Sequence[Row]) -> bool:
    return [run["state"] for run in runs[:FAILURES_IN_A_ROW]] == ["failed"] * FAILURES_IN_A_ROW


def _is_late(run: Row, at: datetime) -> bool:
    """Late when the next run is overdue by as long as the pause between two runs."""
    pause: timedelta = run["next_due_at"] - run["finished_at"]
    return bool(at > run["next_due_at"] + max(pause, SLACK))


def _ago(run: Row, at: datetime) -> str:
    return words.duration((at - run["finished_at"]).total_seconds())


WATCHED: Mapping[str, Callable[[Portal], Finding]] = {"store": _store, "ingestion": _ingestion}
