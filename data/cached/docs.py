"""Cached reads of the documentation. Rendered pages are kept by their content, in `data.docs.press`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from data.cached import glossary
from data.cached.reads import Read, cached, derived, forget, fresh, home, read
from data.docs.cards import terms_of
from data.docs.model import Library
from data.docs.report import Report
from data.docs.terms import Terms
from data.glossary.model import Term
from data.people.model import Actor
from data.people.permissions import Permission
from data.portal import Portal
from data.tickets.visibility import Viewer, viewer_of

ABOUT = "docs"
TURN = timedelta(seconds=15)


@cached(ABOUT, 64)
def _docs(_portal: Portal, home: str, name: str, key: tuple[Any, ...], _load: Callable[[], Any]) -> Read[Any]:
    return read(_portal, TURN, (f"{ABOUT}:{name}", *key), _load)


@derived(ABOUT, 64)
def _terms(_read: tuple[Term, ...], home: str, at: datetime, viewer: Viewer) -> Terms:
    return terms_of(_read)


def terms(portal: Portal, actor: Actor) -> Terms:
    """What the glossary explains to this reader; nothing while it cannot be read."""
    read = glossary.terms(portal, actor)
    explained: Terms = _terms(read.value or (), home(portal), read.at, viewer_of(actor))
    return explained


def library(portal: Portal) -> Read[Library]:
    """Of everything: to be narrowed by `portal.docs.shown` before anything of it is shown."""
    return fresh(portal, _docs, 4 * TURN, "library", (), portal.docs.library)


def report(portal: Portal, actor: Actor) -> Read[Report]:
    may = actor.may_somewhere(Permission.docs_report_read)
    return fresh(portal, _docs, 4 * TURN, "report", (may,), partial(portal.docs.report, actor))


def drop() -> None:
    """After a write."""
    forget(ABOUT)
