"""Cached reads of what people chose to hear of, of the channels, and of what was not delivered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar

from data.cached.reads import Read, cached, forget, fresh, read
from data.notifications.choices import MyChoices
from data.notifications.model import Channel, Delivery, Fare
from data.notifications.upkeep import Troubles
from data.people.model import Actor
from data.portal import Portal

T = TypeVar("T")
ABOUT = "notifications"
TURN = timedelta(seconds=15)


@cached(ABOUT, 1024)
def _notifications(_portal: Portal, home: str, name: str, key: tuple[Any, ...], _load: Callable[[], Any]) -> Read[Any]:
    return read(_portal, TURN, (f"{ABOUT}:{name}", *key), _load)


def mine(portal: Portal, actor: Actor) -> Read[MyChoices]:
    load = partial(portal.notifications.choices.of, actor)
    return _asked(portal, "mine", (actor.email, actor.scope), load)


def channels(portal: Portal, actor: Actor) -> Read[tuple[Channel, ...]]:
    return _asked(portal, "channels", (actor.everywhere,), partial(portal.notifications.channels.all, actor))


def fares(portal: Portal, actor: Actor) -> Read[Mapping[str, Fare]]:
    return _asked(portal, "fares", (actor.everywhere,), partial(portal.notifications.channels.fares, actor))


def dead(portal: Portal, actor: Actor) -> Read[tuple[Delivery, ...]]:
    return _asked(portal, "dead", (actor.everywhere,), partial(portal.notifications.upkeep.dead_letters, actor))


def troubles(portal: Portal) -> Read[Troubles]:
    return _asked(portal, "troubles", (), portal.notifications.upkeep.troubles)


def drop() -> None:
    """After a write."""
    forget(ABOUT, "trail")


def _asked(portal: Portal, name: str, key: tuple[Any, ...], load: Callable[[], T]) -> Read[T]:
    found: Read[T] = fresh(portal, _notifications, 2 * TURN, name, key, load)
    return found
