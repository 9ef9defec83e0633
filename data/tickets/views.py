"""Lists of tickets under a name: one's own, or shared by staff."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from data.errors import Forbidden, NotFound
from data.people.model import Actor
from data.people.permissions import Permission, require
from data.tickets.answers import Question, checked
from data.tickets.ids import new_id
from data.tickets.kinds import kind_of
from data.tickets.store import TicketStore

NAME = Question("name", "Name of the view", "line", most=40)
QUERY = Question("query", "Filters", "line", required=False, most=1000)


@dataclass(frozen=True, slots=True)
class SavedView:
    id: str
    kind: str
    name: str
    query: str
    """Of its address."""
    owner: str
    shared: bool
    version: int


class Views:
    def __init__(self, store: TicketStore, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock

    def of(self, actor: Actor, kind: str) -> tuple[SavedView, ...]:
        """One's own and the shared ones."""
        return tuple(SavedView(**row) for row in self._store.views(actor.email, kind_of(kind).name))

    def save(self, actor: Actor, kind: str, name: str, query: str, shared: bool) -> SavedView:
        """Raises Refused for the name; only staff share."""
        given = checked((NAME, QUERY), {"name": name, "query": query})
        if shared:
            require(actor, Permission.tickets_ticket_work)
        known = next((v for v in self.of(actor, kind) if v.owner == actor.email and v.name == given["name"]), None)
        id_ = known.id if known else new_id(self._clock())
        view = SavedView(id_, kind, given["name"], given.get("query", ""), actor.email, shared, 1)
        self._write(view, "active")
        return view

    def remove(self, actor: Actor, kind: str, id_: str) -> None:
        view = next((view for view in self.of(actor, kind) if view.id == id_), None)
        if view is None:
            raise NotFound("There is no such view any more.")
        if view.owner != actor.email and not actor.may(Permission.tickets_ticket_lead):
            raise Forbidden("Only whoever saved this view, or an owner, can remove it.")
        self._write(view, "removed")

    def _write(self, view: SavedView, state: str) -> None:
        self._store.set_view(
            id=view.id, kind=view.kind, name=view.name, query=view.query, owner=view.owner, shared=view.shared,
            state=state, at=self._clock(),
        )  # fmt: skip
