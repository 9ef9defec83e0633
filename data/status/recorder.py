"""Turns readings into results, confirmed states, transitions and today's roll-ups, so that a crash between two commits
loses nothing and repeats nothing.

The order of the commits carries that promise. Results first: each is a fact whatever follows. Then the current states,
compare-and-set on their version: of two processes only one advances a check, the other plans again. Then what people
are told of it and the transitions, both recognised by id; where a crash left the transitions out, both are derived
again from the current state (`repair`). Then the roll-ups, which are computed from the transitions and written as
wholes.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from data.errors import Conflict
from data.notifications.service import OutboxService
from data.statements import EPOCH, Row, Statements
from data.status.flapping import Step, confirm, switched_off
from data.status.model import Check, Current, Outcome, Reading, State, Transition, Verdict
from data.status.notices import notices_of
from data.status.rollups import Rollups
from data.status.rows import (
    PlatformStanding,
    Standing,
    current_from_row,
    result_row,
    standings_of,
    step_row,
    transition_from_row,
)  # fmt: skip
from data.status.verdicts import believable, judge, measured
from data.status.view import Rules

log = logging.getLogger(__name__)

ATTEMPTS = 5
REPAIRED = timedelta(days=7)
RENEWED = timedelta(seconds=15)
"""For so long the day of a platform stays as it was counted, if nothing changed: whoever pushes comes every second."""
Standings = Mapping[str, Standing]
Platforms = Sequence[PlatformStanding]


class Judged(NamedTuple):
    check: Check
    reading: Reading
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Recorded:
    rows: tuple[Row, ...]
    """The results as they are stored."""
    transitions: tuple[Transition, ...]

    @property
    def results(self) -> int:
        return len(self.rows)


class Recorder:
    def __init__(
        self, statements: Statements, rollups: Rollups, rules: Rules, clock: Callable[[], datetime],
        platforms: Callable[[], Platforms], outbox: OutboxService,
    ) -> None:  # fmt: skip
        self._statements = statements
        self._rollups = rollups
        self._rules = rules
        self._clock = clock
        self._platforms = platforms
        self._outbox = outbox
        self._renewed: dict[str, datetime] = {}

    def record(
        self, readings: Sequence[Reading], source: str, platforms: Platforms | None = None, stored: Collection[str] = ()
    ) -> Recorded:
        """Readings of one check must come oldest first. What was retired while it was looked at is left out.

        `platforms`: as the caller just read them. `stored`: ids of readings whose results are there already.
        """
        platforms = self._platforms() if platforms is None else platforms
        standings = standings_of(platforms)
        seen = [_judged(standings[r.check_id], r, self._clock()) for r in readings if r.check_id in standings]
        if not seen:
            return Recorded((), ())
        rows = [_result(one, source) for one in seen if one.reading.id not in stored]
        self._statements.append("status_results", rows)
        transitions = self._advance(seen, platforms)
        self._renew({one.check.platform_id for one in seen}, transitions, _last_seen(seen, standings))
        return Recorded(tuple(rows), transitions)

    def _renew(self, looked_at: set[str], transitions: Iterable[Transition], last_seen: datetime | None) -> None:
        """The day of a platform where something changed, and of the others from time to time."""
        now, turned = self._clock(), {transition.platform_id for transition in transitions}
        due = {id_ for id_ in looked_at if id_ in turned or now - self._renewed.get(id_, EPOCH) >= RENEWED}
        if due:
            known = [last_seen, *(self._renewed.get(id_) for id_ in due)]
            self._rollups.renew(due, since=min(filter(None, known), default=None))
            self._renewed.update(dict.fromkeys(due, now))

    def switch_off(self, checks: Iterable[Check], standings: Standings) -> None:
        """Until now they counted; from now on they do not."""
        known = [(check, standings[check.id].current) for check in checks if check.id in standings]
        steps = [switched_off(current, check, self._clock()) for check, current in known if current]
        self._statements.run("status/set_current", _rows(steps, standings), at=self._clock())
        self._write((t for step in steps for t in step.transitions), ())

    def repair(self) -> int:
        """Add the transitions that a killed process left out. To be called when a process starts."""
        since = self._clock() - REPAIRED
        rows = self._statements.rows("status/list_unrecorded", since=since, limit=10_000)
        left = [t for row in rows for t in self._missing(current_from_row(row), since)]
        return len(self._write(left, self._platforms() if left else ()))

    def _missing(self, current: Current, since: datetime) -> list[Transition]:
        rows = self._statements.rows(
            "status/list_transitions", since=since, platform_id=None, check_id=current.check_id, limit=1
        )
        return missing(current, transition_from_row(rows[0]) if rows else None)

    def _advance(self, seen: Sequence[Judged], platforms: Platforms) -> tuple[Transition, ...]:
        transitions: list[Transition] = []
        for _ in range(ATTEMPTS):
            standings = standings_of(platforms)
            steps = self._plan(seen, standings)
            moved = self._statements.run("status/set_current", _rows(steps, standings), at=self._clock())
            if moved == len(steps):
                return (*transitions, *self._write((t for s in steps for t in s.transitions), platforms))
            before, platforms = platforms, self._platforms()
            standings = standings_of(platforms)
            won = [s for s in steps if _current(s.current.check_id, standings) == s.current]
            transitions += self._write((t for s in won for t in s.transitions), before)
            self.repair()  # of a step that won and was overtaken at once nothing else tells
            done = {s.current.check_id for s in won}
            seen = [one for one in seen if one.check.id in standings and one.check.id not in done]
        raise Conflict("Another process keeps changing the same checks; this round's states were not recorded.")

    def _plan(self, seen: Sequence[Judged], standings: Standings) -> list[Step]:
        steps: dict[str, Step] = {}
        for check, reading, verdict in seen:
            before = steps.get(check.id)
            current = before.current if before else standings[check.id].current
            step = confirm(current, check, verdict, reading, self._clock(), self._rules.stale_after(check))
            steps[check.id] = step.after(before) if before else step
        return [s for s in steps.values() if s.current is not _current(s.current.check_id, standings)]

    def _write(self, transitions: Iterable[Transition], platforms: Platforms) -> list[Transition]:
        """The transitions come last: what the trail has was told, and what it lacks is told again, by the same ids."""
        written = list(transitions)
        if written:
            self._outbox.add(notices_of(written, platforms, self._rules, self._clock()))
            self._statements.run("status/add_transitions", [dict(t) for t in written])
        return written


def _judged(standing: Standing, reading: Reading, now: datetime) -> Judged:
    """A reading that breaks the rules costs its own check the sight, and no other."""
    check = standing.check
    try:
        seen = believable(reading, now)
        return Judged(check, seen, judge(check, seen, seen.observed_at, standing.band))
    except Exception:
        log.exception("What was seen of %s could not be judged", check.id)
        told = {"outcome": Outcome.blind, "source_event_at": None, "message": "What the source told makes no sense"}
        seen = reading.model_copy(update=told)
        return Judged(check, seen, judge(check, seen, seen.observed_at))


def _result(seen: Judged, source: str) -> Row:
    check, reading, verdict = seen
    value = measured(check, reading, reading.observed_at)
    return result_row(reading.id or uuid.uuid4().hex, check, reading, verdict, value, source)


def _current(check_id: str, standings: Standings) -> Current | None:
    return standings[check_id].current if check_id in standings else None


def _last_seen(seen: Iterable[Judged], standings: Standings) -> datetime | None:
    """When the checks were looked at before: the day of it may still be open."""
    known = (standings[one.check.id].current for one in seen)
    return min((current.observed_at for current in known if current), default=None)


def missing(current: Current, newest: Transition | None) -> list[Transition]:
    """What led from the newest change in the trail to the current state: one change, or a blindness and its end.

    Numbered as `confirm` did, so that a writer who is still alive does not add them again.
    """
    blind_since = current.previous_since if current.previous_state is State.unknown else None
    gap = [(State.unknown, blind_since)] if blind_since else []
    changes = [(state, at) for state, at in (*gap, (current.state, current.since)) if newest is None or at > newest.at]
    before = [newest.to_state if newest else current.previous_state, *(state for state, _ in changes)]
    numbers = range(current.version - len(changes) + 1, current.version + 1)
    return [
        Transition(
            id=f"{current.check_id}:{number}", check_id=current.check_id, platform_id=current.platform_id,
            from_state=from_state, to_state=state, at=at, observed_at=current.observed_at, reason=current.reason,
            source="repair", check_version=current.check_version,
        )
        for number, (state, at), from_state in zip(numbers, changes, before, strict=False)
    ]  # fmt: skip


def _rows(steps: Sequence[Step], standings: Standings) -> list[Row]:
    before = {s.current.check_id: standings[s.current.check_id].current for s in steps}
    return [step_row(s.current, b.version if (b := before[s.current.check_id]) else 0) for s in steps]
