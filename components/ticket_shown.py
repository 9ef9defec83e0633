"""One opened ticket as its viewer sees it, and how its page acts on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from components import feedback, session
from components.moments import Here
from data.cached import tickets as cached_tickets
from data.people.model import Actor
from data.portal import Portal
from data.tickets.kinds import Kind
from data.tickets.model import Detail, Right, Ticket
from data.tickets.service import TicketService
from data.tickets.workflow import Move, State

ORDER = "ticket_order"
"""Session: the keys of the list that somebody came from, for previous and next."""


@dataclass(frozen=True, slots=True)
class ShownTicket:
    portal: Portal
    actor: Actor
    kind: Kind
    detail: Detail
    here: Here

    @property
    def ticket(self) -> Ticket:
        return self.detail.ticket

    @property
    def state(self) -> State:
        return self.kind.workflow.state(self.ticket.state)

    @property
    def is_staff(self) -> bool:
        return Right.staff in self.detail.rights

    @property
    def moves(self) -> tuple[Move, ...]:
        return self.kind.workflow.open_to(self.ticket, self.detail.rights)

    @property
    def may_write(self) -> bool:
        """What is closed is read only, but for staff."""
        return self.is_staff or self.state.phase != "closed"

    @property
    def is_idea(self) -> bool:
        """People vote for it as such, not as affected: its text stands by itself, the answer above what others say."""
        return self.kind.votes is not None and not self.kind.votes.asks_impact

    def key(self, name: str, *more: object) -> str:
        """Of a widget: one ticket's drafts are not another's."""
        return "_".join(("t", name, self.ticket.id, *map(str, more)))


def act(deed: Callable[[TicketService, Actor], object], done: str = "") -> bool:
    """A callback's part, as `feedback.act`."""
    return feedback.act(lambda: deed(session.portal().tickets, session.actor()), cached_tickets.drop, done)


def page_of(kind: Kind) -> str:
    return f"pages/{kind.path}.py"
