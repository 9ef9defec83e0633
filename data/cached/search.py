"""The search as pages ask it. The index is brought up to date as other reads are: in turns, if somebody searches."""

from __future__ import annotations

from datetime import timedelta

from data.cached.reads import Read, cached, forget, fresh, read
from data.errors import PortalError
from data.people.model import Actor
from data.portal import Portal
from data.search.locks import keys_of
from data.search.log import Searched
from data.search.model import Found, Missed
from data.search.service import Known

ABOUT = "search"
TURN = timedelta(seconds=30)


@cached(ABOUT, 16)
def _known(_portal: Portal, home: str) -> Read[Known]:
    return read(_portal, TURN, (f"{ABOUT}:known",), _portal.search.refreshed)


@cached(ABOUT, 64)
def _missed(_portal: Portal, home: str, person: str, _actor: Actor) -> Read[tuple[Missed, ...]]:
    return read(_portal, TURN, (f"{ABOUT}:missed", person), lambda: _portal.search.log.missed(_actor))


def find(portal: Portal, actor: Actor, text: str, most: int) -> Read[Found]:
    """What this actor may see, `most` hits of each type; no statement of its own while somebody types.

    With an error and a value, the index is that of `at`, since it could not be brought up to date.
    """
    known: Read[Known] = fresh(portal, _known, 2 * TURN)
    if known.value is None:
        return Read(None, known.at, known.error)
    try:
        found = known.value.find(text, keys_of(actor), most)
    except PortalError as error:
        return Read(None, known.at, str(error))
    return Read(found, known.value.at, known.error)


def missed(portal: Portal, actor: Actor) -> Read[tuple[Missed, ...]]:
    return fresh(portal, _missed, 2 * TURN, actor.email, actor)


def note(portal: Portal, searched: Searched) -> None:
    portal.search.log.note(searched)


def drop() -> None:
    """After a write to what is searched."""
    forget(ABOUT)
