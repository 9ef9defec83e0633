"""How fast tickets are with a hundred thousand of them, and what growth from ten thousand costs."""

from __future__ import annotations

import gc
import json
import os
import resource
import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from functools import partial
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.load import AT
from benchmarks.measure import draw, timed
from benchmarks.status import Figures, Line, _figure, _python, _ratio
from data.errors import Conflict
from data.people.model import Actor, Role
from data.portal import Portal, connect
from data.settings import Settings
from data.tickets.ids import new_id
from data.tickets.model import Draft, Query
from data.tickets.visibility import viewer_of

SIZES = {"10k": 10_000, "100k": 100_000}
LIVED = 300
"""Single writes before everything is measured once more: files as a busy day leaves them."""
LINES = {
    "list": Line("A page of the open list (50 rows), with its counts", "ms", 150),
    "list_filtered": Line("The same, filtered by platform, state and words", "ms", None),
    "detail": Line("A ticket with everything around it", "ms", 150),
    "detail_hot": Line("The same of the ticket with most votes", "ms", None),
    "create": Line("Opening a ticket", "ms", 300),
    "vote": Line("A vote, counted", "ms", 150),
    "comment": Line("A comment, told and counted", "ms", None),
    "move": Line("A move, with its event and notice", "ms", None),
    "index": Line("Building the index of look-alikes (once)", "ms", None),
    "similar": Line("Look-alikes while typing, warm", "ms", 50),
    "csv": Line("10,000 rows as CSV", "ms", 3000),
    "front": Line("Front page with nothing of it cached", "ms", 150),
    "list_lived": Line(f"The open list after {LIVED} more writes", "ms", 150),
    "detail_lived": Line(f"A ticket after {LIVED} more writes", "ms", 150),
    "vote_lived": Line(f"A vote after {LIVED} more writes", "ms", 150),
    "yardstick": Line("A million multiplications in Python, beside each line", "ms", None),
    "memory": Line("Memory of the process, at its peak", "MB", None),
}
OPEN = ("new", "triaged", "in_progress")
DANA = Actor("dana@example.org", "dana", Role.triager)
BOB = Actor("bob@example.org", "bob", Role.contributor)


def run(arguments: Sequence[str]) -> None:
    parser = ArgumentParser(prog="python -m benchmarks tickets", description=__doc__)
    parser.add_argument("--tickets", choices=SIZES, action="append", help="how many; both sizes if not given")
    parser.add_argument("--home", type=Path, help="folder to keep the stores in for the next time")
    given = parser.parse_args(arguments)
    with TemporaryDirectory() as scratch:
        home = given.home or Path(scratch)
        figures = {size: _measured(home / size, SIZES[size]) for size in given.tickets or SIZES}
    sys.stdout.write(f"{_table(figures)}\n\nload {os.getloadavg()[0]:.1f} at the end\n")


def _measured(home: Path, tickets: int) -> Figures:
    _python("benchmarks.ticket_load", str(home), str(tickets))
    with TemporaryDirectory(dir=home.parent) as scratch:
        subprocess.run(["cp", "-rl", f"{home}/.", scratch], check=True)
        figures: Figures = json.loads(_python("benchmarks.tickets", scratch))
    return figures


def _table(figures: Mapping[str, Figures]) -> str:
    sizes = list(figures)
    rows = [["", "target", *(f"{size} tickets" for size in sizes), *(["ratio"] if len(sizes) == 2 else [])]]
    rows.append(["---", *["---:"] * (len(rows[0]) - 1)])
    for name, line in LINES.items():
        found = [figures[size][name] for size in sizes]
        target = "" if line.target is None else f"≤ {line.target:,g} {line.unit}"
        rows.append([line.what, target, *(_figure(runs, line.unit) for runs in found), *_ratio(*found)])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


class Day:
    """A portal in use, whose clock goes on by a second with each look."""

    def __init__(self, home: Path) -> None:
        self._now = AT
        self.portal: Portal = connect(Settings(home=home, demo=False, scheduler=False)).replace(clock=self._tick)
        self.portal.schema.migrate()  # a kept store may be older
        page = self.portal.tickets.lists.page(viewer_of(DANA), Query(kind="incident", states=OPEN, size=400))
        self.ids = [ticket.id for ticket in page.tickets]
        top = self.portal.tickets.lists.page(viewer_of(DANA), Query(kind="improvement", sort="votes", size=1))
        self.hot = top.tickets[0].id

    def _tick(self) -> Any:
        self._now += timedelta(seconds=1)
        return self._now

    def list(self, **filters: Any) -> None:
        viewer = viewer_of(BOB)
        states = ("new", "triaged", "in_progress")
        self.portal.tickets.lists.page(
            viewer, Query(**{"kind": "incident", "states": states, "sort": "due", **filters})
        )
        self.portal.tickets.lists.counts(viewer, "incident")

    def detail(self, ticket_id: str) -> None:
        self.portal.tickets.lists.detail(DANA, ticket_id)

    def create(self, n: int) -> None:
        draft = Draft(
            id=new_id(self.portal.clock()), kind="incident", title=f"Orders are late, part {n} {self._now:%H%M%S}",
            body="I see Sunday. " * 20, platform_id="platform-03", impact="blocked", urgency="today",
        )  # fmt: skip
        self.portal.tickets.open(DANA, draft)

    def vote(self, n: int) -> None:
        voter = Actor(f"voter-{self._now:%H%M%S}-{n}@example.org", "voter", Role.triager)
        self.portal.tickets.talk.vote(voter, self.ids[n % len(self.ids)], True)

    def comment(self, n: int) -> None:
        self.portal.tickets.talk.comment(DANA, self.ids[n % len(self.ids)], "We look at it. " * 10)

    def move(self, n: int) -> None:
        id_ = self.ids[n % len(self.ids)]
        ticket = self.portal.tickets.lists.detail(DANA, id_).ticket
        with suppress(Conflict):
            self.portal.tickets.move(DANA, id_, ticket.version, "share", {"sensitive": False})

    def live(self) -> None:
        for n in range(LIVED // 3):
            self.create(n)
            self.vote(n)
            self.comment(n)


def _yardstick() -> None:
    """Shared machines are now fast, now slow: figures compare where this one is the same."""
    total = 0
    for number in range(1_000_000):
        total += number * number


def measure(home: Path) -> Figures:
    day = Day(home)
    tickets, viewer = day.portal.tickets, viewer_of(BOB)
    figures: dict[str, list[float]] = {"yardstick": []}

    def note(name: str, call: Callable[[int], object]) -> None:
        figures["yardstick"] += timed(iter([_yardstick]))
        figures[name] = timed(partial(call, n) for n in count())

    note("list", lambda _: day.list())
    note("list_filtered", lambda n: day.list(platforms=(f"platform-{n:02}",), search="refresh late"))
    note("detail", lambda n: day.detail(day.ids[n * 7]))
    note("detail_hot", lambda _: day.detail(day.hot))
    note("csv", lambda _: tickets.lists.csv(viewer_of(DANA), Query()))
    figures["index"] = timed(iter([lambda: tickets.resembling.refreshed()]))
    known = tickets.resembling.refreshed()
    note("similar", lambda n: known.search(f"sales report refresh late in region {n}", viewer, kind="incident"))
    note("front", lambda _: draw(day.portal))
    note("create", day.create)
    note("vote", day.vote)
    note("comment", day.comment)
    note("move", day.move)
    day.live()
    note("list_lived", lambda _: day.list())
    note("detail_lived", lambda n: day.detail(day.ids[n * 7]))
    note("vote_lived", day.vote)
    figures["memory"] = [resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]
    return figures


if __name__ == "__main__":
    gc.freeze()  # as app.py does
    json.dump(measure(Path(sys.argv[1])), sys.stdout)
