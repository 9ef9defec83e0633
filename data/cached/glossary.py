"""Cached reads of the glossary. What a viewer may see is part of every key."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from data.audit.model import AuditEvent
from data.cached.reads import Read, cached, derived, forget, fresh, home, read
from data.glossary.model import Proposal, Term
from data.people.model import Actor
from data.portal import Portal
from data.tickets.visibility import Viewer, viewer_of

ABOUT = "glossary"
TURN = timedelta(seconds=30)


@cached(ABOUT, 1024)
def _glossary(_portal: Portal, home: str, name: str, key: tuple[Any, ...], _load: Callable[[], Any]) -> Read[Any]:
    return read(_portal, TURN, (f"{ABOUT}:{name}", *key), _load)


@cached(ABOUT, 16)
def _everything(_portal: Portal, home: str) -> Read[tuple[Term, ...]]:
    return read(_portal, TURN, (f"{ABOUT}:everything",), _portal.glossary.everything)


@derived(ABOUT, 256)
def _seen(_terms: tuple[Term, ...], home: str, at: datetime, viewer: Viewer) -> tuple[Term, ...]:
    return tuple(filter(viewer.sees, _terms))


def terms(portal: Portal, actor: Actor) -> Read[tuple[Term, ...]]:
    """Everything that the actor may see, by name; what is no longer in use included. Read once for all viewers."""
    found: Read[tuple[Term, ...]] = fresh(portal, _everything, 2 * TURN)
    if found.value is None:
        return Read(None, found.at, found.error)
    return Read(_seen(found.value, home(portal), found.at, viewer_of(actor)), found.at, found.error)


def history(portal: Portal, actor: Actor, id_: str) -> Read[tuple[AuditEvent, ...]]:
    load = partial(portal.glossary.history, actor, id_)
    return fresh(portal, _glossary, 2 * TURN, "history", (viewer_of(actor), id_), load)


def proposals(portal: Portal, actor: Actor) -> Read[tuple[Proposal, ...]]:
    """Those that the actor can decide, wrote or may know of; open ones first."""
    viewer = viewer_of(actor)
    return fresh(portal, _glossary, 2 * TURN, "proposals", (viewer,), partial(portal.proposals.listed, viewer))


def drop() -> None:
    """After a write."""
    forget(ABOUT, "search")
