"""The bulletins a viewer may read: two pages of tickets, the messages, and what was said to each, all at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from data.audit.model import AuditEvent
from data.audit.service import event_from_row
from data.bulletins.model import Bulletin
from data.bulletins.rules import is_public, of_message, of_ticket
from data.messages.model import Message
from data.messages.service import MessageService
from data.messages.store import message_from_row
from data.people.model import Actor
from data.statements import Statements
from data.tickets.kinds import kind_of
from data.tickets.lists import Lists
from data.tickets.model import Comment, Query, Ticket
from data.tickets.rows import comments_from_rows, newest
from data.tickets.visibility import viewer_of

OPEN, LATEST = 200, 100
"""Incidents: of those that are open, and of all."""
MOST = 20_000
INCIDENT = "incident"
T = TypeVar("T")


class BulletinService:
    def __init__(
        self, statements: Statements, lists: Lists, messages: MessageService, clock: Callable[[], datetime]
    ) -> None:
        self._statements = statements
        self._lists = lists
        self._messages = messages
        self._clock = clock

    def board(self, actor: Actor) -> tuple[Bulletin, ...]:
        """Newest first. At most `OPEN` open incidents, the `LATEST` of all, and 500 messages."""
        found = (*self._of_tickets(self._tickets(actor)), *self._of_messages(self._messages.told(actor)))
        return tuple(sorted(found, key=lambda bulletin: (bulletin.created_at, bulletin.id), reverse=True))

    def _tickets(self, actor: Actor) -> list[Ticket]:
        viewer, open_ = viewer_of(actor), kind_of(INCIDENT).workflow.names("open")
        asked = (
            Query(kind=INCIDENT, states=tuple(open_), sort="created", size=OPEN),
            Query(kind=INCIDENT, sort="created", size=LATEST),
        )
        found = {ticket.id: ticket for query in asked for ticket in self._lists.page(viewer, query).tickets}
        return [ticket for ticket in found.values() if is_public(ticket)]

    def _of_tickets(self, tickets: Sequence[Ticket]) -> list[Bulletin]:
        ids = [ticket.id for ticket in tickets]
        if not ids:
            return []
        events = self._events(ids)
        replies = self._replies(ids)
        return [of_ticket(ticket, events[ticket.id], replies[ticket.id]) for ticket in tickets]

    def _events(self, ids: Sequence[str]) -> Mapping[str, list[AuditEvent]]:
        rows = self._statements.rows("bulletins/list_events", ticket_ids=ids, limit=MOST)
        return _grouped(map(event_from_row, rows), lambda event: event.object_id)

    def _replies(self, ids: Sequence[str]) -> Mapping[str, list[Comment]]:
        rows = self._statements.rows("bulletins/list_replies", ticket_ids=ids, limit=MOST)
        return _grouped(newest(comments_from_rows(rows)), lambda comment: comment.ticket_id)

    def _of_messages(self, messages: Sequence[Message]) -> list[Bulletin]:
        told = [message for message in messages if message.kind in {"maintenance", "incident"}]
        if not told:
            return []
        rows = self._statements.rows("bulletins/list_texts", message_ids=[m.id for m in told], limit=MOST)
        texts = _grouped(map(message_from_row, rows), lambda text: text.id)
        at = self._clock()
        return [found for message in told if (found := of_message(message, texts[message.id], at))]


def _grouped(things: Iterable[T], key: Callable[[T], str]) -> defaultdict[str, list[T]]:
    groups: defaultdict[str, list[T]] = defaultdict(list)
    for thing in things:
        groups[key(thing)].append(thing)
    return groups
