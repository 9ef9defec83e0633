"""Cached read of bulletins. Their reader is part of the key."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from data.bulletins.model import Bulletin
from data.cached.reads import Read, cached, fresh, read
from data.people.model import Actor
from data.portal import Portal
from data.tickets.visibility import Viewer, viewer_of

ABOUT = "bulletins"
TURN = timedelta(seconds=30)


@cached(ABOUT, 256)
def _board(_portal: Portal, home: str, viewer: Viewer, _actor: Actor) -> Read[Any]:
    return read(_portal, TURN, (ABOUT, viewer), lambda: _portal.bulletins.board(_actor))


def bulletins(portal: Portal, actor: Actor) -> Read[tuple[Bulletin, ...]]:
    found: Read[tuple[Bulletin, ...]] = fresh(portal, _board, 2 * TURN, viewer_of(actor), actor)
    return found
