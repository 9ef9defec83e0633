"""The search: an index in this process, kept up to date with what the areas tell, asked by whoever may know."""

from __future__ import annotations

import os
import threading
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain, count
from pathlib import Path
from typing import Any

from data.people.model import Actor
from data.search.index import Index
from data.search.locks import Keys, Locks, keys_of, opens
from data.search.log import SearchLog
from data.search.model import Entry, Found
from data.search.query import folded, named, read
from data.search.sources import Sources
from data.statements import EPOCH
from data.status.estate import Estate

OVERLAP = timedelta(minutes=5)
"""Read again: a commit may carry a time that is older than the newest one seen."""
MOST = 20
Names = Mapping[str, tuple[tuple[Locks, tuple[str, ...]], ...]]
"""By folded name: all names of the terms that are called so, and who may know of them."""
_numbers = count()


@dataclass(frozen=True)
class Known:
    """What was known at one moment."""

    index: Index
    at: datetime
    marks: Mapping[str, int]
    """By key, what an entry was like: being told the same again writes nothing. Without docs."""
    stamp: tuple[Any, ...]
    until: datetime
    names: Names

    def find(self, text: str, keys: Keys, most: int = MOST) -> Found:
        """`most`: hits of each type. Raises Unavailable."""
        query = read(text)
        return self.index.find(query, keys, most, self._other_names(named(query), keys))

    def _other_names(self, asked: Iterable[str], keys: Keys) -> Mapping[str, Collection[str]]:
        return {
            name: {other for locks, names in terms if opens(keys, locks) for other in names if folded(other) != name}
            for name in asked
            if (terms := self.names.get(name))
        }


class SearchService:
    def __init__(self, sources: Sources, folder: Path, log: SearchLog, clock: Callable[[], datetime]) -> None:
        self.log = log
        self._sources = sources
        self._folder = folder
        self._clock = clock
        self._lock = threading.Lock()
        self._known: Known | None = None

    def find(self, actor: Actor, text: str, most: int = MOST) -> Found:
        """What this actor may see, `most` of each type. Raises Unavailable where no index can be made."""
        return (self._known or self.refreshed()).find(text, keys_of(actor), most)

    def refreshed(self) -> Known:
        """With what has changed; whoever searches meanwhile does not wait. What fails here leaves the last good one."""
        with self._lock:
            estate = self._sources.status.estate()
            stamp = self._sources.stamp(estate)
            if self._known is None or self._known.stamp != stamp:
                self._known = self._built(estate, stamp)
            else:
                self._known = self._changed(self._known, estate)
            return self._known

    def _built(self, estate: Estate, stamp: tuple[Any, ...]) -> Known:
        """In a new file. What people look for most comes last: of very many texts with the same words that counts."""
        at, areas = self._clock(), tuple(self._sources.of_areas(estate))
        tickets = self._sources.of_tickets(estate, EPOCH)
        path = self._folder / f"{os.getpid()}-{next(_numbers)}.sqlite"
        index = Index.built(path, chain(tickets.entries, areas, self._sources.of_docs()))
        return Known(index, at, _marks([*areas, *tickets.entries]), stamp, tickets.until, _names(areas))

    def _changed(self, known: Known, estate: Estate) -> Known:
        at, areas = self._clock(), tuple(self._sources.of_areas(estate))
        tickets = self._sources.of_tickets(estate, known.until - OVERLAP)
        marks = _marks([*areas, *tickets.entries])
        kept = {key: mark for key, mark in known.marks.items() if key.startswith("ticket:") and key not in tickets.gone}
        now = kept | marks
        news = [entry for entry in (*areas, *tickets.entries) if known.marks.get(entry.key) != marks[entry.key]]
        gone = known.marks.keys() - now.keys()
        if news or gone:
            known.index.change(news, gone)
        return Known(known.index, at, now, known.stamp, tickets.until, _names(areas))


def _marks(entries: Iterable[Entry]) -> dict[str, int]:
    return {entry.key: hash(entry) for entry in entries}


def _names(entries: Iterable[Entry]) -> Names:
    """Of terms that have several."""
    found: defaultdict[str, list[tuple[Locks, tuple[str, ...]]]] = defaultdict(list)
    for entry in entries:
        names = (entry.title, *entry.names)
        for name in {folded(name) for name in names} if entry.type == "term" and entry.names else ():
            found[name].append((entry.locks, names))
    return {name: tuple(terms) for name, terms in found.items()}
