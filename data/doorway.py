"""The one portal of this process, shared by pages, API and the embedded scheduler."""

from __future__ import annotations

import threading
from collections.abc import Callable

from data.errors import Unavailable
from data.people.model import Actor
from data.people.permissions import Permission, require
from data.portal import Portal, open_portal

_lock = threading.Lock()
_opened: list[Portal] = []
_examples: list[Callable[[], object]] = []


def portal() -> Portal:
    """Opened at the first call that succeeds; until then each raises PortalError, so that a repair needs no restart."""
    with _lock:
        if not _opened:
            _opened.append(open_portal())
        return _opened[0]


def enter(chosen: Portal | None, example: Callable[[], object] | None = None) -> None:
    """Make `chosen` the process's portal, and `example` what loads its example data; None forgets them."""
    with _lock:
        _opened[:] = [chosen] if chosen else []
        _examples[:] = [example] if example else []


def load_example(actor: Actor) -> None:
    """Pages may not know the jobs; the server's start tells here which one loads the example data."""
    require(actor, Permission.status_estate_apply)
    if not _examples:
        raise Unavailable("This server runs no jobs. Load the example data with: python -m jobs seed-demo")
    _examples[0]()
