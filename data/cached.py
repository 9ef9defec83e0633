"""The cached reads: the only file of the house that knows Streamlit. A warm page issues no statement.

The clock is cut into turns, and in each turn the store is asked at most once for each thing, behind the viewers' backs
and only if somebody looks: fifty viewers cost what one costs, and none lets the warehouse sleep.

Nothing here raises: a failed read comes back as `Read` with the error in words and, where there was one, the last good
value (a raising cached function would make every waiting viewer retry one after another). Cached objects are shared
between viewers and must be treated as read-only; what depends on the viewer's rights is keyed by their scope.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
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

TURN = timedelta(seconds=30)
DETAILS_TURN = timedelta(seconds=60)
STORE_TURN = timedelta(seconds=60)
TTL = timedelta(seconds=5)
"""After it Streamlit refreshes in the background, for whoever looks; `_read` asks the store only in a new turn."""
PATIENCE_S = 2.0
"""How long somebody with an older page to see waits for a newer one."""
KEPT = 128
"""Last reads of each kind, so that many details never push out the front page."""
_last_reads: defaultdict[str, OrderedDict[tuple[Any, ...], _Kept]] = defaultdict(OrderedDict)
_lock = threading.Lock()
_askers = ThreadPoolExecutor(8, "cached-read")


@dataclass(frozen=True)
class Read(Generic[T]):
    """`at`: when the value was read. With an error set, the value is the last good one (or None)."""

    value: T | None
    at: datetime
    error: str | None = None


@dataclass
class _Kept:
    """The last read of one thing, the turn in which the store was asked for it, and the question under way."""

    read: Read[Any] | None = None
    turn: float | None = None
    asked: Future[Read[Any]] | None = None
    asked_at: float = 0.0
    """Of the monotonic clock."""


def _read(portal: Portal, turn: timedelta, key: tuple[Any, ...], load: Callable[[], T]) -> Read[T]:
    """With an older value to show, a question is waited for `PATIENCE_S` in all; meanwhile the store goes on."""
    kept = _kept(key[0], (portal.settings.home, *key))
    this_turn = portal.clock().timestamp() // turn.total_seconds()
    with _lock:
        if kept.asked is None and (kept.read is None or kept.turn != this_turn):
            kept.asked_at = time.monotonic()
            kept.asked = _askers.submit(_ask, kept, this_turn, partial(_asked, portal, key[0], load, kept.read))
        asked, last = kept.asked, kept.read
    patience = max(0.0, kept.asked_at + PATIENCE_S - time.monotonic())
    if asked is None and last is not None:
        return last
    assert asked is not None
    try:
        return asked.result(patience if last and last.value is not None else None)
    except TimeoutError:
        return last or asked.result()


def _ask(kept: _Kept, turn: float, ask: Callable[[], Read[T]]) -> Read[T]:
    try:
        read = ask()
        kept.read, kept.turn = read, turn
        return read
    finally:
        kept.asked = None


def _asked(portal: Portal, kind: str, load: Callable[[], T], last: Read[T] | None) -> Read[T]:
    try:
        return Read(load(), portal.clock())
    except PortalError as error:
        log.warning("read %s failed: %s", kind, error)
        return replace(last if last and last.value is not None else Read(None, portal.clock()), error=str(error))


def _kept(kind: str, key: tuple[Any, ...]) -> _Kept:
    with _lock:
        kind_reads = _last_reads[kind]
        kept = kind_reads.setdefault(key, _Kept())
        kind_reads.move_to_end(key)
        if len(kind_reads) > KEPT:
            kind_reads.popitem(last=False)
    return kept


def _cached(entries: int) -> Callable[[Callable[..., T]], Any]:
    return st.cache_resource(ttl=TTL, max_entries=entries, show_spinner=False, refresh_mode="background")


@_cached(16)
def _store(_portal: Portal, home: str) -> Read[bool]:
    def answers() -> bool:
        _portal.schema.check()
        return True

    return _read(_portal, STORE_TURN, ("store",), answers)


@_cached(16)
def _access(_portal: Portal, home: str) -> Read[Access]:
    return _read(_portal, _front_turn(_portal), ("access",), _portal.people.access)


@_cached(16)
def _snapshot(_portal: Portal, home: str) -> Read[Snapshot]:
    return _read(_portal, _front_turn(_portal), ("snapshot",), _portal.status.snapshot)


@st.cache_resource(ttl=DETAILS_TURN, max_entries=32, show_spinner=False)
def _board(_portal: Portal, _snapshot: Snapshot, home: str, at: datetime, scope: Scope, mine: frozenset[str]) -> Board:
    return _portal.status.board(_snapshot, scope, mine)


@_cached(2048)
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
    return _read(_portal, DETAILS_TURN, (name, check_id, hours), loads[name])


@_cached(256)
def _platform_transitions(_portal: Portal, home: str, platform_id: str) -> Read[tuple[Transition, ...]]:
    load = partial(_portal.status.history.transitions, platform_id=platform_id)
    return _read(_portal, DETAILS_TURN, ("platform_transitions", platform_id), load)


def _front_turn(portal: Portal) -> timedelta:
    return min(TURN, portal.settings.front_page_max_age)


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
        if read.error is None and portal.clock() - read.at > _max_age(portal, cached):
            return replace(read, error="The store takes long to answer.")
    return read


def _max_age(portal: Portal, cached: Any) -> timedelta:
    return portal.settings.front_page_max_age if cached in (_access, _snapshot) else 2 * DETAILS_TURN


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
    """After a write: forget what it may have changed. The last good values stay, for when the store fails.

    What is being read meanwhile may miss the write: it is kept where nobody looks any more.
    """
    with _lock:
        for kind_reads in _last_reads.values():
            kind_reads.update({key: _Kept(kept.read) for key, kept in kind_reads.items()})
    for cached in (_store, _access, _snapshot, _board, _detail, _platform_transitions):
        cached.clear()
