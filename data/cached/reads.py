"""The machinery of cached reads: the only file of the house that knows Streamlit. A warm page issues no statement.

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
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Generic, TypeVar

import streamlit as st

from data.errors import Forbidden, NotFound, PortalError, Unavailable
from data.meters import ASKED, LOOKS
from data.portal import Portal

log = logging.getLogger(__name__)
T = TypeVar("T")

TURN = timedelta(seconds=30)
DETAILS_TURN = timedelta(seconds=60)
STORE_TURN = timedelta(seconds=60)
TTL = timedelta(seconds=5)
"""After it Streamlit refreshes in the background, for whoever looks; `read` asks the store only in a new turn."""
PATIENCE_S = 2.0
"""How long somebody with an older page to see waits for a newer one."""
KEPT = 128
"""Last reads of each kind, so that many details never push out the front page."""
_last_reads: defaultdict[str, OrderedDict[tuple[Any, ...], _Kept]] = defaultdict(OrderedDict)
_lock = threading.Lock()
_askers = ThreadPoolExecutor(8, "cached-read")
_caches: list[tuple[str, Any]] = []
"""What Streamlit keeps, by what it is about."""


@dataclass(frozen=True)
class Read(Generic[T]):
    """`at`: when the value was read. With an error set, the value is the last good one (or None)."""

    value: T | None
    at: datetime
    error: str | None = None
    wrong: type[PortalError] = Unavailable
    """What kind of error it is."""

    def get(self) -> T:
        """For who has nothing to show beside it: raises the error when there is no value."""
        if self.value is not None:
            return self.value
        words = self.error or "This cannot be read now."
        raise Unavailable(words, self.at) if self.wrong is Unavailable else self.wrong(words)


@dataclass
class _Kept:
    """The last read of one thing, the turn in which the store was asked for it, and the question under way."""

    read: Read[Any] | None = None
    turn: float | None = None
    asked: Future[Read[Any]] | None = None
    asked_at: float = 0.0
    """Of the monotonic clock."""


def read(portal: Portal, turn: timedelta, key: tuple[Any, ...], load: Callable[[], T]) -> Read[T]:
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
    ASKED.count()
    try:
        read = ask()
        kept.read, kept.turn = read, turn
        return read
    finally:
        kept.asked = None


def _asked(portal: Portal, kind: str, load: Callable[[], T], last: Read[T] | None) -> Read[T]:
    try:
        return Read(load(), portal.clock())
    except (NotFound, Forbidden) as error:
        return Read(
            None, portal.clock(), str(error), type(error)
        )  # what may not be known any more is not shown from memory
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


def cached(about: str, entries: int) -> Callable[[Callable[..., T]], Any]:
    """`about`: under what name `forget` knows it."""

    def remember(function: Callable[..., T]) -> Any:
        known = st.cache_resource(ttl=TTL, max_entries=entries, show_spinner=False, refresh_mode="background")(function)
        _caches.append((about, known))
        return known

    return remember


def derived(about: str, entries: int) -> Callable[[Callable[..., T]], Any]:
    """For what is computed from a read, without a statement."""

    def remember(function: Callable[..., T]) -> Any:
        known = st.cache_resource(ttl=DETAILS_TURN, max_entries=entries, show_spinner=False)(function)
        _caches.append((about, known))
        return known

    return remember


def forget(*about: str) -> None:
    """After a write: what it may have changed (all without a name). The last good values stay, if the store fails.

    What is being read meanwhile may miss the write: it is kept where nobody looks any more.
    """
    with _lock:
        for kind, kind_reads in _last_reads.items():
            if not about or kind.split(":")[0] in about:
                kind_reads.update({key: _Kept(kept.read) for key, kept in kind_reads.items()})
    for name, known in _caches:
        if not about or name in about:
            known.clear()


def fresh(portal: Portal, cached: Any, max_age: timedelta, *key: Any) -> Read[Any]:
    """After an idle hour the cache answers with an hour-old value while it refreshes; here the first viewer waits."""
    LOOKS.count()
    found: Read[Any] = cached(portal, home(portal), *key)
    if found.error is None and portal.clock() - found.at > max_age:
        cached.clear(portal, home(portal), *key)
        found = cached(portal, home(portal), *key)
        if found.error is None and portal.clock() - found.at > max_age:
            return replace(found, error="The store takes long to answer.")
    return found


def home(portal: Portal) -> str:
    return str(portal.settings.home)
