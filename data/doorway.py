"""The one portal of this process, shared by pages, API and the embedded scheduler."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from data.errors import PortalError, Unavailable
from data.people.model import Actor
from data.people.permissions import Permission, require
from data.portal import Portal, open_portal
from data.status.estate import Estate

_lock = threading.Lock()
_opened: list[Portal] = []
_refused: list[tuple[float, PortalError]] = []
AGAIN_S = 10.0
_examples: list[Callable[[], object]] = []
_judges: list[Callable[[Estate], None]] = []


def portal() -> Portal:
    """Opened at the first call that succeeds; until then each raises PortalError, so that a repair needs no restart.

    A store in trouble takes its time to say so: who comes within `AGAIN_S` is told what the one before was told.
    """
    with _lock:
        if _opened:
            return _opened[0]
        for until, error in _refused:
            if time.monotonic() < until:
                raise error.with_traceback(None)
        try:
            _opened.append(open_portal())
        except PortalError as error:
            _refused[:] = [(time.monotonic() + AGAIN_S, error)]
            raise
        return _opened[0]


def enter(chosen: Portal | None, example: Callable[[], object] | None = None) -> None:
    """Make `chosen` the process's portal, and `example` what loads its example data; None forgets them."""
    with _lock:
        _opened[:] = [chosen] if chosen else []
        _refused.clear()
        _examples[:] = [example] if example else []


def know_sources(judge: Callable[[Estate], None]) -> None:
    """Pages may not know the sources of the jobs; the server's start tells here who does."""
    _judges[:] = [judge]


def refuse_unknown(estate: Estate) -> None:
    """Raises Invalid for checks that no source would look at."""
    for judge in _judges:
        judge(estate)


def load_example(actor: Actor) -> None:
    """Pages may not know the jobs; the server's start tells here which one loads the example data."""
    require(actor, Permission.status_estate_apply)
    if not _examples:
        raise Unavailable("This server runs no jobs. Load the example data with: python -m jobs seed-demo")
    _examples[0]()
