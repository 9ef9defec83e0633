"""Cached reads of the roadmap. What a viewer may see is part of every key."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from data.audit.model import AuditEvent
from data.cached.reads import Read, cached, forget, fresh, read
from data.people.model import Actor
from data.portal import Portal
from data.roadmap.model import Entry
from data.tickets.visibility import viewer_of

ABOUT = "roadmap"
TURN = timedelta(seconds=30)


@cached(ABOUT, 1024)
def _roadmap(_portal: Portal, home: str, name: str, key: tuple[Any, ...], _load: Callable[[], Any]) -> Read[Any]:
    return read(_portal, TURN, (f"{ABOUT}:{name}", *key), _load)


def board(portal: Portal, actor: Actor) -> Read[tuple[Entry, ...]]:
    """Everything on the roadmap that the actor may see, drafts and retired items of their platforms included."""
    viewer = viewer_of(actor)
    return fresh(portal, _roadmap, 2 * TURN, "board", (viewer,), partial(portal.roadmap.board, viewer))


def history(portal: Portal, actor: Actor, id_: str) -> Read[tuple[AuditEvent, ...]]:
    load = partial(portal.roadmap.history, actor, id_)
    return fresh(portal, _roadmap, 2 * TURN, "history", (viewer_of(actor), id_), load)


def of_ticket(portal: Portal, actor: Actor, ticket_id: str) -> tuple[Entry, ...]:
    """What is published because of this ticket; without a statement of its own."""
    published = (entry for entry in board(portal, actor).value or () if not entry.item.hidden)
    return tuple(entry for entry in published if any(ticket.id == ticket_id for ticket in entry.requests))


def drop() -> None:
    """After a write."""
    forget(ABOUT, "search")
