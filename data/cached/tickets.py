"""Cached reads of tickets. What a viewer may see is part of every key."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar

from data.cached.reads import Read, cached, forget, fresh, read
from data.people.model import Actor
from data.portal import Portal
from data.tickets.knobs import Knobs
from data.tickets.lists import Counts
from data.tickets.model import Detail, Page, Query, Ticket
from data.tickets.similar import Match
from data.tickets.views import SavedView
from data.tickets.visibility import viewer_of

T = TypeVar("T")
ABOUT = "tickets"
TURN = timedelta(seconds=30)
MOST_MATCHES = 3


@cached("tickets", 4096)
def _tickets(_portal: Portal, home: str, name: str, key: tuple[Any, ...], _load: Callable[[], Any]) -> Read[Any]:
    return read(_portal, TURN, (f"{ABOUT}:{name}", *key), _load)


def _asked(portal: Portal, name: str, key: tuple[Any, ...], load: Callable[[], T]) -> Read[T]:
    found: Read[T] = fresh(portal, _tickets, 2 * TURN, name, key, load)
    return found


def page(portal: Portal, actor: Actor, query: Query) -> Read[Page]:
    viewer = viewer_of(actor)
    return _asked(portal, "page", (viewer, query), partial(portal.tickets.lists.page, viewer, query))


def counts(portal: Portal, actor: Actor, kind: str | None = None) -> Read[Counts]:
    viewer = viewer_of(actor)
    return _asked(portal, "counts", (viewer, kind), partial(portal.tickets.lists.counts, viewer, kind))


def detail(portal: Portal, actor: Actor, key: str) -> Read[Detail]:
    """Keyed by the person: rights differ within one scope."""
    load = partial(portal.tickets.lists.detail, actor, key)
    return _asked(portal, "detail", (viewer_of(actor), actor.email, actor.everywhere, key), load)


def my_votes(portal: Portal, actor: Actor) -> Read[frozenset[str]]:
    return _asked(portal, "votes", (actor.email,), partial(portal.tickets.lists.voted, actor.email))


def my_watches(portal: Portal, actor: Actor) -> Read[frozenset[str]]:
    return _asked(portal, "watches", (actor.email,), partial(portal.tickets.lists.watched, actor.email))


def waiting(portal: Portal, actor: Actor) -> Read[tuple[Ticket, ...]]:
    """For the actor's decision."""
    return _asked(portal, "waiting", (viewer_of(actor), actor.email), partial(portal.tickets.lists.waiting, actor))


def views(portal: Portal, actor: Actor, kind: str) -> Read[tuple[SavedView, ...]]:
    return _asked(portal, "views", (actor.email, kind), partial(portal.tickets.views.of, actor, kind))


def knobs(portal: Portal) -> Read[Knobs]:
    return _asked(portal, "knobs", (), portal.tickets.knobs)


def people(portal: Portal, actor: Actor) -> Read[tuple[str, ...]]:
    """Who can be assigned, mentioned and asked, by e-mail address."""
    return _asked(portal, "people", (), lambda: tuple(sorted(portal.people.access().people)))


def teams(portal: Portal, actor: Actor) -> Read[tuple[str, ...]]:
    """That own a platform or have open tickets, of what the viewer may see."""
    viewer = viewer_of(actor)
    return _asked(portal, "teams", (viewer,), partial(portal.tickets.lists.teams, viewer))


def similar(
    portal: Portal, actor: Actor, text: str, kind: str | None = None, platform_id: str | None = None,
    asset: str | None = None,
) -> tuple[tuple[Ticket, str], ...]:  # fmt: skip
    """At most three that look alike, with why; no statement of its own while somebody types."""
    known = _asked(portal, "index", (), portal.tickets.resembling.refreshed).value
    if known is None:
        return ()
    found: tuple[Match, ...] = known.search(
        text, viewer_of(actor), kind=kind, platform_id=platform_id, asset=asset, limit=MOST_MATCHES
    )
    return tuple((known.tickets[match.id], match.why) for match in found)


def drop() -> None:
    """After a write. Tiles show open incidents and the roadmap counts votes, so they are read again, too."""
    forget(ABOUT, "snapshot", "roadmap", "search", "bulletins")
