"""What people look for, without telling who: written in batches, so that no search waits for the store."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

from data.errors import PortalError
from data.people.model import Actor
from data.people.permissions import Permission, require
from data.search.model import Missed
from data.search.query import folded
from data.statements import Statements

log = logging.getLogger(__name__)
READ = Permission.search_log_read
LONGEST = 80
"""Characters of a text; a longer one was pasted, and is not written."""
LATER = timedelta(seconds=30)
"""How long searches are gathered; a process that is killed loses as much."""
MOST_GATHERED = 1_000
MISSED = timedelta(days=30)
MOST = 200
_PRIVATE = re.compile(
    r"\S@\S|\d{9,}|(?=\S*\d)(?=\S*[a-z])[a-z0-9+/=-]{20,}|^(dapi|ghp_|sk-|eyj)|password|passwort|secret"
)


@dataclass(frozen=True, slots=True)
class Searched:
    """One search. `id`: made by whoever asks; told again with the text typed on, it is the same search."""

    id: str
    text: str
    hits: int
    opened_type: str | None = None
    opened_id: str | None = None


class SearchLog:
    def __init__(self, statements: Statements, clock: Callable[[], datetime]) -> None:
        self._statements = statements
        self._clock = clock
        self._gathered: dict[str, tuple[datetime, Searched]] = {}
        self._since: datetime | None = None
        self._lock = threading.Lock()
        self._writer = ThreadPoolExecutor(1, "search-log")

    def note(self, searched: Searched) -> None:
        """Raises nothing: a log that cannot be written stops nobody."""
        text = folded(searched.text)
        if not text or len(text) > LONGEST or _PRIVATE.search(text):
            return
        now = self._clock()
        with self._lock:
            self._gathered[searched.id] = (now, searched)
            self._since = self._since or now
            due = now - self._since >= LATER or len(self._gathered) >= MOST_GATHERED
        if due:
            self._writer.submit(self._attempt)

    def write(self) -> int:
        """What was gathered so far; how many searches. Raises as the store does, and has lost them then."""
        with self._lock:
            gathered, self._gathered, self._since = self._gathered, {}, None
        rows = [
            {"id": one.id, "day": at.date(), "searched_at": at, "text": folded(one.text), "hits": one.hits,
             "opened_type": one.opened_type, "opened_id": one.opened_id}
            for at, one in gathered.values()
        ]  # fmt: skip
        return self._statements.append("search_log", rows)

    def missed(self, actor: Actor) -> tuple[Missed, ...]:
        """What was looked for within 30 days and not found, the most wanted first. Raises Forbidden."""
        if not actor.may_somewhere(READ):
            require(actor, READ)
        since = self._clock() - MISSED
        rows = self._statements.rows("search/list_missed", since_day=since.date(), since=since, limit=MOST)
        return tuple(Missed(**row) for row in rows)

    def close(self) -> None:
        """Waits for what is being written."""
        self._writer.shutdown()

    def _attempt(self) -> None:
        try:
            self.write()
        except PortalError as error:
            log.warning("Some searches were not written down: %s", error)
