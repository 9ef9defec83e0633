"""Who hears of a change: watchers, voters (of states only), the assignee; never the author, never an outsider."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from data.notifications.model import Audience
from data.notifications.planning import NOBODY, Hearing
from data.people.model import Identity
from data.people.service import PeopleService
from data.settings import Settings
from data.tickets.model import Ticket
from data.tickets.store import TicketStore
from data.tickets.visibility import Viewer, viewer_of


@dataclass(slots=True)
class _Wishes:
    watching: set[str] = field(default_factory=set)
    declined: set[str] = field(default_factory=set)
    voting: set[str] = field(default_factory=set)


class Followers:
    """Of some tickets, read once. A merge is heard on both sides."""

    def __init__(
        self, store: TicketStore, people: PeopleService, clock: Callable[[], datetime], settings: Settings,
        tickets: Iterable[Ticket],
    ) -> None:  # fmt: skip
        self._access = people.access()
        self._settings = settings
        self._now = clock()
        self._of: defaultdict[str, _Wishes] = defaultdict(_Wishes)
        ids = {id_ for ticket in tickets for id_ in (ticket.id, ticket.merged_into) if id_}
        for row in store.followers(ids) if ids else ():
            wishes = self._of[row["ticket_id"]]
            wish = "voting" if row["votes"] else "watching" if row["watches"] else "declined"
            getattr(wishes, wish).add(row["person"])

    def of(self, ticket: Ticket, actor: str, audience: Audience, states: bool) -> tuple[str, ...]:
        sides = [self._of[id_] for id_ in (ticket.id, ticket.merged_into) if id_]
        people = {*filter(None, [ticket.assignee])}.union(*(side.watching for side in sides))
        if states:
            declined = set().union(*(side.declined for side in sides))
            people |= set().union(*(side.voting for side in sides)) - declined
        viewers = ((person, self.viewer(person)) for person in people - {actor})
        return tuple(sorted(p for p, viewer in viewers if may_hear(viewer, ticket, audience)))

    @property
    def known(self) -> frozenset[str]:
        """Everybody whom rights or platforms name."""
        return self._access.people

    def viewer(self, person: str) -> Viewer:
        return viewer_of(self._access.actor(Identity(person, person), self._settings, self._now))


def hearing_of(ticket: Ticket | None) -> Hearing:
    """Nobody hears of a ticket that is gone."""
    if ticket is None:
        return NOBODY
    public = not (ticket.hidden or ticket.restricted)
    return Hearing(lambda actor, audience: may_hear(viewer_of(actor), ticket, audience), open=public)


def may_hear(viewer: Viewer, ticket: Ticket, audience: Audience) -> bool:
    return viewer.sees(ticket) and (audience == "everybody" or viewer.is_staff(ticket.platform_id))
