"""What the areas tell the search: all of their own, or what was changed since the last time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from data.docs.service import DocsService
from data.errors import PortalError
from data.glossary.service import GlossaryService
from data.messages.model import ANNOUNCED, Place
from data.messages.store import message_from_row
from data.people.model import Actor
from data.roadmap.service import RoadmapService
from data.search.entries import of_check, of_item, of_message, of_page, of_platform, of_term, of_ticket
from data.search.locks import locks_of
from data.search.model import Entry
from data.statements import Statements
from data.status.estate import Estate
from data.status.service import StatusService
from data.tickets.rows import ticket_from_row
from data.tickets.visibility import viewer_of

MOST = 200_000
EVERYTHING = viewer_of(Actor.job("search"))


@dataclass(frozen=True, slots=True)
class Changed:
    """Tickets changed since a time: as they are now, the keys of those merged away, and when the newest was changed."""

    entries: tuple[Entry, ...]
    gone: frozenset[str]
    until: datetime


@dataclass(frozen=True)
class Sources:
    statements: Statements
    docs: DocsService
    glossary: GlossaryService
    roadmap: RoadmapService
    status: StatusService
    clock: Callable[[], datetime]
    zone: ZoneInfo

    def stamp(self, estate: Estate) -> tuple[Any, ...]:
        """Another one when more has changed than a few entries: the day, the documentation, who sees which platform."""
        places = tuple((platform.id, platform.name, platform.visibility) for platform in estate.platforms)
        return self._today(), self._docs_stamp(), places

    def of_docs(self) -> Iterator[Entry]:
        """Nothing where there is no documentation (yet)."""
        today = self._today()
        pages = self.docs.pages() if self._docs_stamp() is not None else ()
        return (entry for page in pages for entry in of_page(page, today))

    def of_areas(self, estate: Estate) -> Iterator[Entry]:
        """All but docs and tickets: there are few, and they are told wholly."""
        names = _names(estate)
        yield from _of_estate(estate)
        yield from (of_item(entry.item, names) for entry in self.roadmap.board(EVERYTHING))
        yield from self._of_messages(estate)
        yield from self.of_terms()

    def of_terms(self) -> Iterator[Entry]:
        terms = [term for term in self.glossary.board(EVERYTHING) if term.state != "archived"]
        open_to_all = {term.id: term.name for term in terms if not locks_of(term)}
        return (of_term(term, open_to_all) for term in terms)

    def of_tickets(self, estate: Estate, since: datetime) -> Changed:
        rows, names = self.statements.rows("search/list_tickets", since=since, limit=MOST), _names(estate)
        tickets = [ticket_from_row(row) for row in rows]
        return Changed(
            tuple(of_ticket(ticket, names) for ticket in tickets if not ticket.merged_into),
            frozenset(f"ticket:{ticket.id}" for ticket in tickets if ticket.merged_into),
            max((ticket.updated_at for ticket in tickets), default=since),
        )

    def _of_messages(self, estate: Estate) -> Iterator[Entry]:
        rows = self.statements.rows("search/list_messages", states=list(ANNOUNCED), limit=MOST)
        places = {p.id: Place(p.id, p.name, p.visibility) for p in estate.platforms}
        return (of_message(message_from_row(row), places, self.clock()) for row in rows)

    def _docs_stamp(self) -> str | None:
        try:
            return self.docs.stamp
        except PortalError:
            return None

    def _today(self) -> date:
        return self.clock().astimezone(self.zone).date()


def _of_estate(estate: Estate) -> Iterator[Entry]:
    active = {platform.id: platform for platform in estate.platforms if platform.state == "active"}
    yield from map(of_platform, active.values())
    for check in estate.checks:
        if check.state != "retired" and check.platform_id in active:
            yield of_check(check, active[check.platform_id])


def _names(estate: Estate) -> Mapping[str, str]:
    return {platform.id: platform.name for platform in estate.platforms}
