"""Two years of tickets on the platforms of `benchmarks.load`, in the layout that `maintain` leaves.

What people add is made by columns, in the order in which it came; most tickets are quiet, a few are hot. Ten comments
and twenty votes a ticket, four events of the trail, one watcher for every comment and me-too, all of it told.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from benchmarks import load
from benchmarks.load import AT, SEED
from benchmarks.ticket_heads import Heads, heads
from benchmarks.ticket_texts import identifiers, passages, words_at
from data.portal import Portal, connect
from data.settings import Settings
from jobs.maintain import maintain

RESULTS = 100_000
COMMENTS, VOTES = 10, 20
"""A ticket, on average."""
HOT, HOTTEST = 20, 600
"""So many tickets have this many comments or votes."""
APPENDED = 100_000
"""Rows at a time."""
EDITED, HIDDEN, INTERNAL, RETRACTED = 0.03, 0.01, 0.1, 0.03
STAFF_SHARE = 0.4
Columns = dict[str, Any]


@dataclass(frozen=True)
class Added:
    """What people added to tickets, in the order in which they did: which ticket, who, when."""

    ticket: np.ndarray
    person: np.ndarray
    at: np.ndarray
    """Microseconds."""

    def __len__(self) -> int:
        return len(self.ticket)

    def ids(self, rng: np.random.Generator) -> pa.Array:
        return identifiers(rng, self.at // 1000)


def build(home: Path, tickets: int) -> None:
    """The store in `home`, if it is not there yet."""
    load.build(home, RESULTS)
    done = home / "with-tickets"
    if not done.exists():
        portal = connect(Settings(home=home)).replace(clock=lambda: AT)
        fill(portal, tickets)
        maintain(portal)
        done.touch()


def fill(portal: Portal, tickets: int) -> None:
    rng = np.random.default_rng(SEED)
    known = heads(rng, tickets)
    comments = _added(rng, known, tickets * COMMENTS, np.ones(tickets, bool))
    votes = _distinct(_added(rng, known, tickets * VOTES, known.votable), len(known.people))
    internal, by_staff = rng.random(len(comments)) < INTERNAL, rng.random(len(comments)) < STAFF_SHARE
    comments.person[by_staff] %= known.staff
    taken_back = rng.random(len(votes)) < RETRACTED
    ids = comments.ids(rng)
    edited = rng.random(len(comments)) < EDITED
    shown = rng.random(len(comments)) >= HIDDEN
    _append(portal, "tickets", len(known), known.rows)
    marks = {"internal": internal, "by_staff": by_staff, "shown": shown, "edited": edited}
    _append(portal, "comments", len(comments), partial(_comments, rng, known, comments, ids, marks))
    _append(portal, "votes", len(votes), partial(_votes, rng, known, votes, taken_back))
    _append(portal, "ticket_tallies", len(known), partial(_tallies, known, _counted(known, comments, votes, marks, taken_back)))
    _append(portal, "watchers", ...)


def _added(rng: np.random.Generator, known: Heads, wanted: int, allowed: np.ndarray) -> Added: ...
