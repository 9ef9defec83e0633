"""The index of look-alike tickets, kept up to date with what changed since the last look."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from data.statements import EPOCH
from data.tickets.model import Ticket
from data.tickets.similar import Document, Match, SimilarIndex
from data.tickets.store import TicketStore
from data.tickets.visibility import Viewer

MEMORY = timedelta(days=90)
"""What ended longer ago helps nobody."""
OVERLAP = timedelta(minutes=5)
"""Read again: a commit may carry a time that is older than the newest one seen."""
MOST = 50_000


@dataclass(frozen=True, slots=True)
class Known:
    """One state of the index, never changed."""

    index: SimilarIndex
    tickets: Mapping[str, Ticket]

    def search(
        self, text: str, viewer: Viewer, *, kind: str | None = None, platform_id: str | None = None,
        asset: str | None = None, limit: int = 3,
    ) -> tuple[Match, ...]:  # fmt: skip
        """Only what the viewer may see is ranked."""
        return self.index.search(
            text, kind=kind, platform_id=platform_id, asset=asset, limit=limit,
            visible=lambda id_: viewer.sees(self.tickets[id_]),
        )  # fmt: skip


class Resembling:
    def __init__(self, store: TicketStore, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock
        self._known = Known(SimilarIndex(), {})
        self._seen_until = EPOCH
        self._visibility: Mapping[str, str] = {}
        self._lock = threading.Lock()

    def refreshed(self) -> Known:
        with self._lock:
            now = self._clock()
            visibility = {id_: row["visibility"] for id_, row in self._store.platforms().items()}
            if visibility != self._visibility:  # tickets do not change with their platform
                self._visibility, self._seen_until = visibility, EPOCH
            changed = self._store.similar(self._seen_until, now - MEMORY, MOST)
            fresh = {ticket.id: ticket for ticket in changed if not ticket.merged_into}
            old = {id_ for id_, t in self._known.tickets.items() if t.stopped_at and t.stopped_at < now - MEMORY}
            gone = old | {ticket.id for ticket in changed if ticket.merged_into}
            news = [t for t in fresh.values() if self._known.tickets.get(t.id) != t]
            if news or gone & self._known.tickets.keys():
                kept = {id_: t for id_, t in self._known.tickets.items() if id_ not in gone} | fresh
                self._known = Known(self._known.index.updated(map(_document, news), gone), kept)
            if changed:
                self._seen_until = max(ticket.updated_at for ticket in changed) - OVERLAP
            return self._known


def _document(ticket: Ticket) -> Document:
    return Document(
        id=ticket.id, kind=ticket.kind, title=ticket.title, body=ticket.excerpt, platform_id=ticket.platform_id,
        asset=ticket.asset, open=ticket.stopped_at is None, at=ticket.created_at,
    )  # fmt: skip
