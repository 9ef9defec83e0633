"""One round: every source looks at its due checks on its own; what it saw is recorded as soon as it is there."""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import Future, wait
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import groupby
from operator import attrgetter

from data.errors import Unavailable
from data.portal import Portal
from data.status import words
from data.status.model import Check, IngestionRun, Outcome, Reading
from data.status.rows import Standing
from jobs.sources import SOURCES
from jobs.sources.base import Context, Source, blind, in_words
from jobs.supervisor import Overdue, Supervisor

log = logging.getLogger(__name__)

SETTLE = 5.0
"""Seconds that a stopping process gives to what is being written."""

Runs = list[Future[IngestionRun]]


@dataclass(frozen=True)
class Report:
    runs: tuple[IngestionRun, ...]

    def lines(self) -> list[str]:
        if not self.runs:
            return ["No check is due."]
        return [f"{r.source}: {r.state}, {r.rows} results{f'. {r.error}' if r.error else ''}" for r in self.runs]


def ingest(
    portal: Portal,
    only_due: bool = False,
    sources: Mapping[str, Source] = SOURCES,
    only: Collection[str] = (),
    every: timedelta = timedelta(0),
) -> Report:
    """One round, to its end. Raises the first error of recording after every source had its turn.

    `only`: the sources to look at, none named means all. `every`: how often somebody else's clock calls this.
    """
    portal.status.repair()
    runs = Rounds(portal, sources, only, every).start(only_due)
    wait(runs)
    return Report(tuple(run.result() for run in runs))


def run_forever(portal: Portal, stop: threading.Event, sources: Mapping[str, Source] = SOURCES) -> None:
    """A round at every tick. A slow source misses ticks, the others do not wait for it. Nothing but `stop` ends it."""
    rounds = Rounds(portal, sources)
    under_way: Runs = []
    try:
        portal.status.repair()
    except Exception as error:
        log.error("What a killed process left out could not be added: %s", in_words(error))
    log.info("Looking at what is due, every %s", words.duration(portal.settings.ingest_tick))
    while not stop.is_set():
        try:
            under_way = [run for run in under_way if not run.done()] + rounds.start(only_due=True)
        except Exception as error:
            log.error("The round could not start: %s", in_words(error))
        stop.wait(rounds.pause_s)
    wait(under_way, SETTLE)


@dataclass(frozen=True, slots=True)
class Turn:
    """One source's part in a round."""

    source: str
    standings: Sequence[Standing]
    due: Sequence[Standing]
    at: datetime
    """When the standings were read."""

    @property
    def checks(self) -> list[Check]:
        return [s.check for s in self.due]


@dataclass
class Rounds:
    """What must be known from one round to the next: what is at work, what hangs, what was attempted when."""

    portal: Portal
    sources: Mapping[str, Source]
    only: Collection[str] = ()
    every: timedelta = timedelta(0)
    _supervisor: Supervisor = field(default_factory=Supervisor)
    _busy: set[str] = field(default_factory=set)
    _attempted: dict[str, datetime] = field(default_factory=dict)
    _begun: dict[str, datetime] = field(default_factory=dict)
    """By source: a wish that a run has answered may stay in the store, if the store refuses runs."""
    _shortest: timedelta = timedelta(seconds=1)
    _writing: threading.Lock = field(default_factory=threading.Lock)

    def start(self, only_due: bool) -> Runs:
        """Start every source that has something to do and is not still at work. Does not wait."""
        return [self._launch(turn) for turn in self._turns(only_due) if turn.due and turn.source not in self._busy]

    def _turns(self, only_due: bool) -> Iterator[Turn]:
        at = self.portal.clock()
        standings = sorted(self.portal.status.standings().values(), key=attrgetter("check.source"))
        self._shortest = min((s.check.every for s in standings), default=self.portal.settings.ingest_tick)
        for source, group in groupby(standings, attrgetter("check.source")):
            if self.only and source not in self.only:
                continue
            every = list(group)
            due = [s for s in every if not only_due or self._is_wanted(s) or self._is_due(s, at)]
            yield Turn(source, every, due, at)

    @property
    def pause_s(self) -> float:
        """Until the next tick: often enough for the shortest interval that somebody asked for."""
        return max(1.0, min(self.portal.settings.ingest_tick, self._shortest / 4).total_seconds())

    def _is_due(self, standing: Standing, at: datetime) -> bool:
        """A little early counts, so that a check keeps its minute although ticks and starts of jobs drift."""
        slack = min(self.portal.settings.ingest_tick / 2, standing.check.every / 10)
        slack = max(slack, min(self.every, standing.check.every) / 2)
        return self._next_due(standing, at) - slack <= at

    def _is_wanted(self, standing: Standing) -> bool:
        """Somebody asked for the source, and no run has begun since."""
        begun = self._begun.get(standing.check.source)
        return standing.wish is not None and (begun is None or begun < standing.wish.at)

    def _next_due(self, standing: Standing, at: datetime) -> datetime:
        """An attempt counts like an observation: a store that refuses results must not make us hammer the targets."""
        observed_at = standing.current.observed_at if standing.current else None
        seen = [t for t in (self._attempted.get(standing.check.id), observed_at) if t]
        return max(seen) + standing.check.every if seen else at

    def _launch(self, turn: Turn) -> Future[IngestionRun]:
        run: Future[IngestionRun] = Future()
        self._busy.add(turn.source)
        self._begun[turn.source] = turn.at

        def work() -> None:
            try:
                run.set_result(self._run(turn))
            except Exception as error:
                self._log_loss(turn, f"What {turn.source} saw could not be recorded: {in_words(error)}")
                run.set_exception(error)
            finally:
                self._busy.discard(turn.source)

        threading.Thread(target=work, name=f"ingest-{turn.source}", daemon=True).start()
        return run

    def _run(self, turn: Turn) -> IngestionRun:
        readings, problem = self._look(turn)
        self._attempted.update(dict.fromkeys((check.id for check in turn.checks), self.portal.clock()))
        with self._writing:
            self.portal.status.record(readings, turn.source)
            run = self._summary(turn, readings, problem)
            self.portal.status.log_run(run)
        log.info("Source %s %s", run.source, run.state, extra={"rows": run.rows, "error": run.error})
        return run

    def _log_loss(self, turn: Turn, problem: str) -> None:
        """Best effort: a store that refuses results may refuse this as well."""
        log.error(problem)
        try:
            with self._writing:
                self.portal.status.log_run(self._summary(turn, [], problem))
        except Exception as error:
            log.error("Nor could the failed run of %s: %s", turn.source, in_words(error))

    def _look(self, turn: Turn) -> tuple[list[Reading], str | None]:
        """The readings and, when the source as a whole failed, why; then every check is blind."""
        try:
            return self._fetch(turn), None
        except Overdue as error:
            problem = f"Source {turn.source} {error}"
        except Exception as error:
            problem = in_words(error)
        at = self.portal.clock()
        return [blind(check, Unavailable(problem), at) for check in turn.checks], problem

    def _fetch(self, turn: Turn) -> list[Reading]:
        source = self.sources.get(turn.source)
        if source is None:
            raise Unavailable(f"There is no source {turn.source}; the portal knows {', '.join(self.sources)}")
        currents = {s.check.id: s.current for s in turn.due if s.current}
        context = Context(self.portal, currents, turn.at, self._supervisor)
        look = partial(source.fetch, turn.checks, context)
        payload = self._supervisor.run({turn.source: look}, source.timeout)[turn.source]
        if isinstance(payload, Exception):
            raise payload
        return source.readings(turn.checks, payload, self.portal.clock())

    def _summary(self, turn: Turn, readings: Sequence[Reading], problem: str | None) -> IngestionRun:
        """In counts, without names or messages of checks: feeds are shown to all, platforms not."""
        at = self.portal.clock()
        unseen = [r for r in readings if r.outcome is Outcome.blind]
        return IngestionRun(
            id=uuid.uuid4().hex,
            source=turn.source,
            started_at=turn.at,
            finished_at=at,
            state="failed" if problem else "partial" if unseen else "succeeded",
            rows=len(readings),
            error=problem or (f"{len(unseen)} of {len(readings)} checks could not be looked at" if unseen else None),
            next_due_at=min(self._next_due(s, at) for s in turn.standings),
        )
