"""One process that is the app on a warehouse, and fifty viewers of its front page; prints what it measured as JSON.

The real connector over TLS against the stand-in workspace, which adds `DELAY_S` to every statement; the cached reads
that the pages use. The clock of the portal and of Streamlit's cache runs `speed` times as fast as the real one, the
delay does not: a read is as slow in real seconds, and `speed` times as slow measured by the time between two looks.
"""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from multiprocessing import Pipe, get_context
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, perf_counter, sleep

from streamlit.runtime.caching import cache_utils

from benchmarks.load import AT, build
from benchmarks.measure import viewer
from data import cached
from data.cached import reads
from data.people.model import Actor
from data.portal import Portal, connect
from data.settings import put_in_environment
from tests.standins.workspace import Workspace

DELAY_S = 0.2
VIEWERS, TEAMS = 50, 5
LOOK_S, MINUTES = 15.0, 10
"""Between two looks of one viewer, as the pages' fragments have it, and for how long they look."""
RESULTS = 100_000
RUNS = 5


@dataclass
class FastClock:
    speed: float
    _began: float = field(default_factory=monotonic)

    def seconds(self) -> float:
        return (monotonic() - self._began) * self.speed

    def __call__(self) -> datetime:
        return AT + timedelta(seconds=self.seconds())

    def until(self, seconds: float) -> None:
        sleep(max(0.0, seconds - self.seconds()) / self.speed)


def stand_in(root: Path, pipe: Connection) -> None:
    """The stand-in, in a process of its own so that the app has its own; tells how many statements came since last."""
    with Workspace(root) as workspace:
        workspace.faults.delay(DELAY_S)
        pipe.send(workspace.settings(root / "home"))
        while pipe.recv():
            pipe.send(len(workspace.statements()))
            workspace.log.clear()


@dataclass
class House:
    portal: Portal
    warehouse: Connection
    clock: FastClock
    waited: list[str] = field(default_factory=list)
    """Who got what was read only after they had asked."""

    def statements(self) -> int:
        """That reached the warehouse since it was asked last."""
        self.warehouse.send(True)
        return int(self.warehouse.recv())

    def look(self, actor: Actor) -> float:
        """What a look at the front page reads; the milliseconds it took."""
        asked_at, began = self.clock(), perf_counter()
        reads = cached.access(self.portal), cached.board(self.portal, actor)
        took = (perf_counter() - began) * 1000
        if any(read.error for read in reads):
            raise RuntimeError(f"The front page could not be read: {reads}")
        if any(read.at > asked_at for read in reads):
            self.waited.append(actor.email)
        return took

    def stay(self, start_s: float, actor: Actor) -> list[float]:
        """Look every `LOOK_S` for `MINUTES`; how long each look took."""
        took = []
        for n in range(int(MINUTES * 60 / LOOK_S)):
            self.clock.until(start_s + n * LOOK_S)
            took.append(self.look(actor))
        return took


@contextmanager
def opened(root: Path, speed: float) -> Iterator[House]:
    build(root, RESULTS)
    clock = FastClock(speed)
    cache_utils.TTLCACHE_TIMER = clock.seconds
    here, there = Pipe()
    process = get_context("spawn").Process(target=stand_in, args=(root, there), daemon=True)
    process.start()
    settings = here.recv()
    put_in_environment({"REQUESTS_CA_BUNDLE": str(settings.ca_file)})
    portal = connect(settings).replace(clock=clock)
    gc.freeze()  # as app.py does
    yield House(portal, here, clock)
    portal.engine.close()
    here.send(False)
    process.join()


def crowd(portal: Portal, size: int) -> list[Actor]:
    """Of `TEAMS` teams, each of which sees its own platform first."""
    somebody = viewer(portal)
    owned = (frozenset({f"platform-{n % TEAMS:02}"}) for n in range(size))
    return [replace(somebody, email=f"viewer-{n}@example.org", platforms=mine) for n, mine in enumerate(owned)]


def cold(house: House, actor: Actor) -> dict[str, Sequence[float]]:
    """The first opens connections, as the app's start does; the others find them."""
    took, statements = [], []
    house.statements()
    for _ in range(RUNS + 1):
        cached.drop()
        took.append(house.look(actor))
        statements.append(house.statements())
    return {"cold_unconnected": took[:1], "cold": took[1:], "cold_statements": [max(statements)]}


def watched(house: House, actors: Sequence[Actor]) -> tuple[float, list[float]]:
    """Statements of all, and how long each look but the very first took; the others come when the first has a page.

    All stay from the beginning of one turn of the cache to the end of another.
    """
    cached.drop()
    house.statements()
    turn_s = reads.TURN.total_seconds()
    start_s = (house.clock().timestamp() // turn_s + 1) * turn_s - AT.timestamp()
    starts = [start_s + LOOK_S * n / len(actors) for n in range(len(actors))]
    house.clock.until(start_s)
    house.look(actors[0])
    house.waited.clear()
    with ThreadPoolExecutor(len(actors)) as pool:
        visits = list(pool.map(house.stay, starts, actors))
    house.clock.until(house.clock.seconds() + LOOK_S)
    return house.statements(), [took for visit in visits for took in visit]


def idle(house: House) -> float:
    """Statements while nobody looks."""
    house.clock.until(house.clock.seconds() + MINUTES * 60)
    return house.statements()


def back(house: House, actors: Sequence[Actor]) -> tuple[float, list[float]]:
    """All at once after nobody looked for long: statements, and how long each waited."""
    with ThreadPoolExecutor(len(actors)) as pool:
        took = list(pool.map(house.look, actors))
    house.clock.until(house.clock.seconds() + LOOK_S)
    return house.statements(), took


def measured(house: House) -> dict[str, Sequence[float]]:
    actors = crowd(house.portal, VIEWERS)
    figures = cold(house, actors[0])
    for name, those in (("one", actors[:1]), ("many", actors)):
        statements, looks = watched(house, those)
        figures |= {f"{name}_statements": [statements], f"{name}_looks": looks, f"{name}_waited": [len(house.waited)]}
    figures["idle_statements"] = [idle(house)]
    statements, looks = back(house, actors)
    return figures | {"back_statements": [statements], "back_looks": looks}


def main(speed: str) -> None:
    with TemporaryDirectory() as scratch, opened(Path(scratch), float(speed)) as house:
        json.dump(measured(house), sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
