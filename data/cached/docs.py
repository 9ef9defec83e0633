"""Cached reads of the documentation. Rendered pages are kept by their content, in `data.docs.press`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from data.cached.reads import Read, cached, forget, fresh, read
from data.docs.model import Library
from data.docs.report import Report
from data.people.model import Actor
from data.people.permissions import Permission
from data.portal import Portal

ABOUT = "docs"
TURN = timedelta(seconds=15)


@cached(ABOUT, 64)
def _docs(_portal: Portal, home: str, name: str, key: tuple[Any, ...], _load: Callable[[], Any]) -> Read[Any]:
    return read(_portal, TURN, (f"{ABOUT}:{name}", *key), _load)


def library(portal: Portal) -> Read[Library]:
    """Of everything: to be narrowed by `portal.docs.shown` before anything of it is shown."""
    return fresh(portal, _docs, 4 * TURN, "library", (), portal.docs.library)


def report(portal: Portal, actor: Actor) -> Read[Report]:
    may = actor.may_somewhere(Permission.docs_report_read)
    return fresh(portal, _docs, 4 * TURN, "report", (may,), partial(portal.docs.report, actor))


def drop() -> None:
    """After a write."""
    forget(ABOUT)
