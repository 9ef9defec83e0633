"""One process that does what the app does on a store of `benchmarks.load`, and prints what it measured as JSON.

A process of its own for each size, so that its memory is that of an app: it has loaded Streamlit and the API too.
"""

from __future__ import annotations

import gc
import json
import resource
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path
from time import perf_counter
from typing import Any

import api.server
from benchmarks.load import AT, CHECKS, DAYS, EVERY, RUNS, estate
from data import cached
from data.engines.recording import RecordingEngine
from data.people.identity import identify
from data.people.model import Actor
from data.portal import Portal, connect
from data.settings import Settings
from data.status.model import Mode, Reading

WEEK_H = 7 * 24
Measure = Callable[[Settings], list[float]]


def opened(settings: Settings, at: datetime = AT) -> Portal:
    return connect(settings).replace(clock=lambda: at)


def viewer(portal: Portal) -> Actor:
    return portal.people.access().actor(identify({}, portal.settings), portal.settings, portal.clock())


def timed(calls: Iterator[Callable[[], Any]]) -> list[float]:
    """Milliseconds of `RUNS` calls."""
    took = []
    for call, _ in zip(calls, range(RUNS), strict=False):
        began = perf_counter()
        call()
        took.append((perf_counter() - began) * 1000)
    return took


def draw(portal: Portal) -> None:
    """Everything of the front page but its HTML: rights, snapshot, and the board of one viewer."""
    actor = viewer(portal)
    portal.status.board(portal.status.snapshot(), actor.scope, actor.platforms)


def front_page_cold(settings: Settings) -> list[float]:
    """With nothing of the page cached, on an engine as the app's start leaves it."""
    portal = opened(settings)
    draw(portal)
    return timed((lambda: draw(portal)) for _ in count())


def front_page_unopened(settings: Settings) -> list[float]:
    """Each time with an engine that has opened no table yet: the app's start, or a job."""
    return timed(partial(draw, opened(settings)) for _ in count())


def front_page_statements(settings: Settings) -> list[float]:
    portal = opened(settings)
    engine = RecordingEngine(portal.engine)
    draw(portal.replace(engine=engine))
    return [len(engine.calls)]


def warm_statements(settings: Settings) -> list[float]:
    """Through the same cache as the pages, the second time."""
    portal = opened(settings)
    engine = RecordingEngine(portal.engine)
    recorded, actor = portal.replace(engine=engine), viewer(portal)
    before = 0
    for _ in range(2):
        before = len(engine.calls)
        cached.access(recorded)
        cached.board(recorded, actor)
    return [len(engine.calls) - before]


def history(settings: Settings) -> list[float]:
    """Another check each time."""
    history = opened(settings).status.history
    history.values("check-0999", WEEK_H)
    return timed(partial(history.values, f"check-{n:04}", WEEK_H) for n in count(0, 97))


def strips(settings: Settings) -> list[float]:
    """90,000 days as Arrow."""
    statements, since = opened(settings).statements, (AT - timedelta(days=DAYS)).date()
    asked = {"component_type": "check", "component_id": None, "since": since, "limit": CHECKS * (DAYS + 1)}
    return timed((lambda: statements.table("status/list_rollups", **asked)) for _ in count())


def round_of_all(settings: Settings) -> list[float]:
    """New rounds after the newest in the store; one reading of a hundred is late."""
    newest = max(current.observed_at for current in opened(settings).status.currents().values())
    moments = (newest + EVERY * (n + 1) for n in count())
    engine = opened(settings).engine
    return timed(partial(record, Portal(settings, engine), at) for at in moments)


def record(portal: Portal, at: datetime) -> None:
    portal.replace(clock=lambda: at).status.record(readings(at), "push")


def readings(at: datetime) -> list[Reading]:
    late = int(at.timestamp()) // 300 % 100
    return [
        Reading(
            check_id=check.id,
            observed_at=at,
            value=0.08 if check.mode in (Mode.success, Mode.threshold) else None,
            source_event_at=at - timedelta(hours=3 if n % 100 == late else 0, minutes=12),
            message="Answered 200 in 80 ms",
            evidence={"status": 200, "ms": 80},
        )
        for n, check in enumerate(estate().checks)
    ]


def memory(_: Settings) -> list[float]:
    """The peak of this process so far, in MB."""
    return [resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]


MEASURES: Mapping[str, Measure] = {
    measure.__name__: measure
    for measure in (
        front_page_cold,
        front_page_unopened,
        front_page_statements,
        warm_statements,
        history,
        strips,
        round_of_all,
        memory,
    )
}


if __name__ == "__main__":
    store = Settings(home=Path(sys.argv[1]), demo=False, scheduler=False)
    assert api.server.api
    gc.freeze()  # as app.py does
    json.dump({name: measure(store) for name, measure in MEASURES.items()}, sys.stdout)
