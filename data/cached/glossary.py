"""Cached reads of the glossary. What a viewer may see is part of every key."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from data.audit.model import AuditEvent
from data.cached.reads import Read, cached, forget, fresh, read
from data.glossary.model import Proposal, Term
from data.people.model import Actor
from data.portal import Portal
from data.tickets.visibility import viewer_of

ABOUT = "glossary"
TURN = timedelta(seconds=30)


@cached(ABOUT, 1024)
def _glossary(_portal: Portal, home: str, name: str, key: tuple[Any, ...], _load: Callable[[], Any]) -> Read[Any]:
    return read(_portal, TURN, (f"{ABOUT}:{name}", *key), _load)


def terms(portal: Portal, actor: Actor) -> Read[tuple[Term, ...]]:
    """Everything that the actor may see, by name; what is no longer in use included."""
    viewer = viewer_of(actor)
    return fresh(portal, _glossary, 2 * TURN, "terms", (viewer,), partial(portal.glossary.board, viewer))


def history(portal: Portal, actor: Actor, id_: str) -> Read[tuple[AuditEvent, ...]]:
    load = partial(portal.glossary.history, actor, id_)
    return fresh(portal, _glossary, 2 * TURN, "history", (viewer_of(actor), id_), load)


def proposals(portal: Portal, actor: Actor) -> Read[tuple[Proposal, ...]]:
    """Those that the actor can decide, wrote or may know of; open ones first."""
    viewer = viewer_of(actor)
    return fresh(portal, _glossary, 2 * TURN, "proposals", (viewer,), partial(portal.proposals.listed, viewer))


def drop() -> None:
    """After a write."""
    forget(ABOUT)
