"""Results that others report: many callers at once, few commits, and nothing acknowledged before it is stored.

Who reports leaves the results in a queue and waits. One thread takes all that waits, stores it in one round and tells
everybody; what arrives meanwhile is the next round. A result with a key is stored once, however often it is sent.
"""

from __future__ import annotations

import hashlib
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any

from pydantic import ValidationError

from data.errors import Conflict, Invalid, NotFound, Unavailable
from data.people.model import Actor
from data.people.permissions import Permission, require
from data.statements import Row, Statements
from data.status.model import Check, Mode, Outcome, Reading, State
from data.status.recorder import Recorder
from data.status.rows import PlatformStanding
from data.status.verdicts import CLOCK_SKEW
from data.status.wishes import PUSHED
from data.status.words import duration

MOST = 1_000
"""Results in one report."""
AT_ONCE = 5_000
"""Results in one round, so that those who wait are told within seconds."""
MOST_WAITING = 20_000
REST, LONGEST_REST_S = 2.0, 2.0
"""After a round it rests twice as long as that took: pages keep most of the time, and the next round grows."""
OLDEST = timedelta(days=1)
"""A result older than this is refused; until then its key is recognised."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """`key`: the caller's own name of this result, within the check. Times without a value are those of its arrival."""

    key: str | None = None
    outcome: Outcome = Outcome.ok
    value: float | None = None
    observed_at: datetime | None = None
    event_at: datetime | None = None
    """When the data itself last changed; None: when it was observed."""
    message: str = ""
    evidence: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pushed:
    """A result as it is stored: `state` is the verdict on it alone."""

    id: str
    check_id: str
    observed_at: datetime
    state: State
    value: float | None
    reason: str
    again: bool = False
    """It was there already."""
    turned: bool = False
    """The round in which it was stored changed the state of some check."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    actor: Actor
    check_id: str
    reports: Sequence[Report]
    told: Future[tuple[Pushed, ...]]


class Pushing:
    def __init__(
        self, statements: Statements, recorder: Recorder, clock: Callable[[], datetime],
        platforms: Callable[[], Sequence[PlatformStanding]],
    ) -> None:  # fmt: skip
        self._statements = statements
        self._recorder = recorder
        self._clock = clock
        self._platforms = platforms
        self._waiting: list[_Waiting] = []
        self._lock = threading.Lock()
        self._writer = ThreadPoolExecutor(1, "push")
        self._rest, self._rest_s = threading.Event(), 0.0

    def push(self, actor: Actor, check_id: str, reports: Sequence[Report]) -> tuple[Pushed, ...]:
        """In the order of `reports`, once they are stored, all or none of them.

        Raises NotFound, Forbidden, Conflict for a check that is off, Invalid in words, Unavailable when it is not sure
        that they are stored: with keys they can be sent again.
        """
        return self.submit(actor, check_id, reports).result()

    def submit(self, actor: Actor, check_id: str, reports: Sequence[Report]) -> Future[tuple[Pushed, ...]]:
        """As `push`, without waiting."""
        if not 0 < len(reports) <= MOST:
            raise Invalid(f"Report 1 to {MOST:,} results at once; these are {len(reports):,}.")
        one = _Waiting(actor, check_id, reports, Future())
        with self._lock:
            if sum(len(other.reports) for other in self._waiting) > MOST_WAITING:
                raise Unavailable("More results arrive than can be stored; send these again in a few seconds.")
            self._waiting.append(one)
        self._writer.submit(self._round)
        return one.told

    def _round(self) -> None:
        if not self._waiting:
            return
        self._rest.wait(self._rest_s)
        taken, began = self._taken(), time.monotonic()
        try:
            self._store(taken)
        except Exception as error:
            for one in (one for one in taken if not one.told.done()):
                one.told.set_exception(error)
        self._rest_s = min(REST * (time.monotonic() - began), LONGEST_REST_S)

    def _taken(self) -> list[_Waiting]:
        """The oldest of those who wait. Each came with a round of its own: whoever is left over has another."""
        with self._lock:
            number, results = 0, 0
            for one in self._waiting:
                results += len(one.reports)
                if number and results > AT_ONCE:
                    break
                number += 1
            taken, self._waiting = self._waiting[:number], self._waiting[number:]
        return taken

    def _store(self, taken: Iterable[_Waiting]) -> None:
        at, platforms = self._clock(), self._platforms()
        admitted: list[tuple[_Waiting, list[Reading]]] = []
        for one in taken:
            try:
                check = self._check(one, platforms)
                admitted.append((one, [reading_of(check, report, at) for report in one.reports]))
            except Exception as error:
                one.told.set_exception(error)
        readings = {id_of(reading): reading for _, mine in reversed(admitted) for reading in reversed(mine)}
        known = self._known(readings, [one.reports for one, _ in admitted], at)
        recorded = self._recorder.record(_to_store(readings, known, platforms), PUSHED, platforms, known.keys())
        stored = {row["id"]: row for row in recorded.rows}
        turned = bool(recorded.transitions)
        rows = stored | known
        for one, mine in admitted:
            one.told.set_result(tuple(_pushed(rows[id_], id_ in known, turned) for id_ in map(id_of, mine)))

    def _check(self, one: _Waiting, platforms: Sequence[PlatformStanding]) -> Check:
        found = ((p.platform, s.check) for p in platforms for s in p.standings if s.check.id == one.check_id)
        platform, check = next(found, (None, None))
        if platform is None or check is None or not one.actor.sees(platform):
            raise NotFound(f"There is no active check named {one.check_id[:80]}.")
        require(one.actor, Permission.status_result_report, platform.id)
        if check.source != PUSHED:
            raise Invalid(f"{check.id} is looked at by {check.source}; only checks with source push take reports.")
        if check.state != "active":
            raise Conflict(f"{check.id} is switched off, so it takes no results.")
        return check

    def _known(
        self, readings: Mapping[str, Reading], reports: Iterable[Sequence[Report]], at: datetime
    ) -> dict[str, Row]:
        if not any(report.key for mine in reports for report in mine):
            return {}
        rows = self._statements.rows(
            "status/list_known_results", ids=list(readings), since_day=(at - OLDEST).date(), limit=len(readings)
        )
        return {row["id"]: row for row in rows}


def reading_of(check: Check, report: Report, at: datetime) -> Reading:
    """Raises Invalid, in the words of the caller's own code."""
    if check.mode is Mode.threshold and report.value is None and report.outcome is Outcome.ok:
        raise Invalid(f"{check.id} is judged by a number; report it as value=...")
    observed_at = _observed(report, at)
    try:
        return Reading(
            id=result_id(check.id, report.key), check_id=check.id, observed_at=observed_at, outcome=report.outcome,
            value=report.value, source_event_at=_aware("event_at", report.event_at or observed_at),
            message=report.message, evidence=dict(report.evidence),
        )  # fmt: skip
    except ValidationError as error:
        problems = tuple(f"{e['loc'][0]}: {e['msg'][0].lower()}{e['msg'][1:]}" for e in error.errors())
        raise Invalid(f"This report for {check.id} cannot be taken:", problems) from error


def _observed(report: Report, at: datetime) -> datetime:
    observed_at = _aware("observed_at", report.observed_at or at)
    if observed_at > at + CLOCK_SKEW:
        raise Invalid(f"observed_at lies {duration(observed_at - at)} in the future; is a clock or a time zone wrong?")
    if observed_at < at - OLDEST:
        raise Invalid(f"observed_at is {duration(at - observed_at)} ago; results are taken for {duration(OLDEST)}.")
    return min(observed_at, at)


def _aware(name: str, at: datetime) -> datetime:
    if at.tzinfo is None:
        raise Invalid(f"{name} has no time zone; give an aware time, for example datetime.now(UTC).")
    return at


def result_id(check_id: str, key: str | None) -> str:
    """The same for the same key of the same check."""
    return hashlib.sha256(f"{check_id}\n{key}".encode()).hexdigest()[:32] if key else uuid.uuid4().hex


def id_of(reading: Reading) -> str:
    assert reading.id is not None, "what is pushed has the id of its key"
    return reading.id


def _to_store(
    readings: Mapping[str, Reading], known: Mapping[str, Row], platforms: Sequence[PlatformStanding]
) -> list[Reading]:
    """The new ones, and those known that nothing followed from, because a process died; oldest first."""
    seen = {s.check.id: s.current.observed_at for p in platforms for s in p.standings if s.current}
    left = [
        reading.model_copy(update={"observed_at": row["observed_at"]}) if (row := known.get(id_)) else reading
        for id_, reading in readings.items()
    ]
    due = (r for r in left if id_of(r) not in known or seen.get(r.check_id, r.observed_at - OLDEST) < r.observed_at)
    return sorted(due, key=attrgetter("observed_at"))


def _pushed(row: Row, again: bool, turned: bool) -> Pushed:
    return Pushed(
        row["id"], row["check_id"], row["observed_at"], State(row["state"]), row["value"], row["message"], again,
        turned,
    )  # fmt: skip
