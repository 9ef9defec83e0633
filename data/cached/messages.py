"""Cached reads of messages. What is announced comes with the front page's snapshot: banners cost no statement."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar

from data.cached import snapshot
from data.cached.reads import Read, cached, derived, forget, fresh, home, read
from data.messages.model import Detail, Message, sees
from data.messages.store import message_from_row
from data.people.model import Actor
from data.portal import Portal
from data.status.model import Platform
from data.status.view import Snapshot

T = TypeVar("T")
ABOUT = "messages"
TURN = timedelta(seconds=30)


@derived("snapshot", 16)
def _announced(_snapshot: Snapshot, home: str, at: datetime) -> tuple[tuple[Message, ...], Mapping[str, Platform]]:
    places = {standing.platform.id: standing.platform for standing in _snapshot.platforms}
    return tuple(map(message_from_row, _snapshot.announced)), places


@cached(ABOUT, 1024)
def _messages(_portal: Portal, home: str, name: str, key: tuple[Any, ...], _load: Callable[[], Any]) -> Read[Any]:
    return read(_portal, TURN, (f"{ABOUT}:{name}", *key), _load)


def announced(portal: Portal, actor: Actor) -> Read[tuple[Message, ...]]:
    """What this viewer may read of what is published and not over, what is scheduled included."""
    found = snapshot(portal)
    if found.value is None:
        return Read(None, found.at, found.error)
    messages, places = _announced(found.value, home(portal), found.at)
    return Read(tuple(m for m in messages if sees(actor.scope, m, places)), found.at, found.error)


def archive(portal: Portal, actor: Actor, search: str = "") -> Read[tuple[Message, ...]]:
    load = partial(portal.messages.archive, actor, search)
    return _asked(portal, "archive", (actor.scope, search), load)


def unpublished(portal: Portal, actor: Actor) -> Read[tuple[Message, ...]]:
    return _asked(portal, "unpublished", _person(actor), partial(portal.messages.unpublished, actor))


def detail(portal: Portal, actor: Actor, message_id: str) -> Read[Detail]:
    load = partial(portal.messages.detail, actor, message_id)
    return _asked(portal, "detail", (*_person(actor), message_id), load)


def four_eyes(portal: Portal) -> Read[bool]:
    return _asked(portal, "four_eyes", (), portal.messages.four_eyes)


def drop() -> None:
    """After a write. Tiles show maintenance, so they are read again, too."""
    forget(ABOUT, "snapshot", "search", "bulletins")


def _person(actor: Actor) -> tuple[Any, ...]:
    """Rights differ within one scope."""
    return actor.scope, actor.email, actor.everywhere, tuple(sorted(actor.per_platform.items()))


def _asked(portal: Portal, name: str, key: tuple[Any, ...], load: Callable[[], T]) -> Read[T]:
    found: Read[T] = fresh(portal, _messages, 2 * TURN, name, key, load)
    return found
