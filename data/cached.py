"""The cached reads: the only file of the house that knows Streamlit. A warm page issues no statement.

Nothing here raises: a failed read comes back as `Read` with the error in words and, where there was one, the last good
value (a raising cached function would make every waiting viewer retry one after another). Cached objects are shared
between viewers and must be treated as read-only; what depends on the viewer's rights is keyed by their scope.
"""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, Generic, TypeVar

import pandas as pd
import streamlit as st

from data.audit.model import AuditEvent
from data.errors import PortalError
from data.people.access import Access
from data.people.model import Actor, Scope
from data.portal import Portal
from data.status import uptime
from data.status.board import Board, Strip
from data.status.model import Check, DayRollup, Transition
from data.status.view import Snapshot

log = logging.getLogger(__name__)
T = TypeVar("T")

TTL = timedelta(seconds=15)
DETAILS_TTL = timedelta(seconds=60)
STORE_TTL = timedelta(seconds=60)
KEPT = 128
"""Last good values of each kind of read, so that many details never push out the front page."""
_last_good: defaultdict[str, OrderedDict[tuple[Any, ...], Read[Any]]] = defaultdict(OrderedDict)
_lock = threading.Lock()


@dataclass(frozen=True)
class Read(Generic[T]):
    """`at`: when the value was read. With an error set, the value is the last good one (or None)."""

    value: T | None
    at: datetime
    error: str | None = None


def _read(portal: Portal, key: tuple[Any, ...], load: Callable[[], T]) -> Read[T]:
    known = (portal.settings.home, *key)
    try:
        read = Read(load(), portal.clock())
    except PortalError as error:
        log.warning("read %s failed: %s", key[0], error)
        with _lock:
            last = _last_good[key[0]].get(known)
        return replace(last, error=str(error)) if last else Read(None, portal.clock(), str(error))
    with _lock:
        kept = _last_good[key[0]]
        kept[known] = read
        kept.move_to_end(known)
        if len(kept) > KEPT:
            kept.popitem(last=False)
    return read


def _cached(ttl: timedelta, entries: int) -> Callable[[Callable[..., T]], Any]:
    return st.cache_resource(ttl=ttl, max_entries=entries, show_spinner=False, refresh_mode="background")


@_cached(STORE_TTL, 16)
def _store(_portal: Portal, home: str) -> Read[bool]:
    def answers() -> bool:
        _portal.schema.check()
        return True

    return _read(_portal, ("store",), answers)


@_cached(TTL, 16)
def _access(_portal: Portal, home: str) -> Read[Access]:
    return _read(_portal, ("access",), _portal.people.access)


@_cached(TTL, 16)
def _snapshot(_portal: Portal, home: str) -> Read[Snapshot]:
    return _read(_portal, ("snapshot",), _portal.status.snapshot)


@st.cache_resource(ttl=DETAILS_TTL, max_entries=32, show_spinner=False)
def _board(_portal: Portal, _snapshot: Snapshot, home: str, at: datetime, scope: Scope, mine: frozenset[str]) -> Board:
    return _portal.status.board(_snapshot, scope, mine)


@_cached(DETAILS_TTL, 2048)
def _detail(_portal: Portal, home: str, name: str, check_id: str, hours: int) -> Read[Any]:
    history = _portal.status.history
    loads: dict[str, Callable[[], Any]] = {
        "values": lambda: history.values(check_id, hours),
        "arrivals": lambda: history.arrivals(check_id),
        "transitions": lambda: history.transitions(check_id=check_id),
        "results": lambda: history.results(check_id),
        "days": lambda: history.days(check_id),
        "edits": lambda: _portal.audit.events_of("check", check_id),
    }
    return _read(_portal, (name, check_id, hours), loads[name])


@_cached(DETAILS_TTL, 256)
def _platform_transitions(_portal: Portal, home: str, platform_id: str) -> Read[tuple[Transition, ...]]:
    load = partial(_portal.status.history.transitions, platform_id=platform_id)
    return _read(_portal, ("platform_transitions", platform_id), load)


def _home(portal: Portal) -> str:
    return str(portal.settings.home)


def store(portal: Portal) -> Read[bool]:
    """Whether the store answers; with an error and a value, it did before."""
    read: Read[bool] = _store(portal, _home(portal))
    return read


def access(portal: Portal) -> Read[Access]:
    read: Read[Access] = _fresh(portal, _access)
    return read


def board(portal: Portal, actor: Actor) -> Read[Board]:
    """The front page for this viewer, never older than `front_page_max_age` unless the store is down."""
    read: Read[Snapshot] = _fresh(portal, _snapshot)
    if read.value is None:
        return Read(None, read.at, read.error)
    seen = _board(portal, read.value, _home(portal), read.at, actor.scope, actor.platforms)
    return Read(seen, read.at, read.error)


def _fresh(portal: Portal, cached: Any, *key: Any) -> Read[Any]:
    """After an idle hour the cache answers with an hour-old value while it refreshes; here the first viewer waits."""
    read: Read[Any] = cached(portal, _home(portal), *key)
    if read.error is None and portal.clock() - read.at > _max_age(portal, cached):
        cached.clear(portal, _home(portal), *key)
        read = cached(portal, _home(portal), *key)
    return read


def _max_age(portal: Portal, cached: Any) -> timedelta:
    return portal.settings.front_page_max_age if cached in (_access, _snapshot) else 2 * DETAILS_TTL


def _of_check(portal: Portal, actor: Actor, name: str, check_id: str, hours: int = 0) -> Read[Any]:
    """A check outside the viewer's board is answered as one that does not exist."""
    seen = board(portal, actor)
    if seen.value is None or not any(view.check.id == check_id for tile in seen.value.tiles for view in tile.checks):
        return Read(None, seen.at, seen.error or f"There is no check named {check_id}.")
    return _fresh(portal, _detail, name, check_id, hours)


def history(portal: Portal, actor: Actor, check_id: str, hours: int) -> Read[pd.DataFrame]:
    """Columns at, low, high, value, state: at most 700 buckets."""
    return _of_check(portal, actor, "values", check_id, hours)


def arrivals(portal: Portal, actor: Actor, check_id: str) -> Read[tuple[datetime, ...]]:
    return _of_check(portal, actor, "arrivals", check_id)


def transitions(portal: Portal, actor: Actor, check_id: str) -> Read[tuple[Transition, ...]]:
    return _of_check(portal, actor, "transitions", check_id)


def platform_transitions(portal: Portal, actor: Actor, platform_id: str) -> Read[tuple[Transition, ...]]:
    """Of all checks of a platform; one outside the viewer's board is answered as one that does not exist."""
    seen = board(portal, actor)
    if seen.value is None or not any(tile.platform.id == platform_id for tile in seen.value.tiles):
        return Read(None, seen.at, seen.error or f"There is no platform named {platform_id}.")
    return _fresh(portal, _platform_transitions, platform_id)


def results(portal: Portal, actor: Actor, check_id: str) -> Read[pd.DataFrame]:
    return _of_check(portal, actor, "results", check_id)


def strip(portal: Portal, actor: Actor, check: Check) -> Read[Strip]:
    days: Read[Mapping[date, DayRollup]] = _of_check(portal, actor, "days", check.id)
    if days.value is None:
        return Read(None, days.at, days.error)
    rules = portal.status.rules
    return Read(uptime.strip(days.value, days.at, rules.zone, rules.stale_after(check)), days.at, days.error)


def edits(portal: Portal, actor: Actor, check_id: str) -> Read[tuple[AuditEvent, ...]]:
    return _of_check(portal, actor, "edits", check_id)


def drop() -> None:
    """After a write: forget what it may have changed. The last good values stay, for when the store fails."""
    for cached in (_store, _access, _snapshot, _board, _detail, _platform_transitions):
        cached.clear()
