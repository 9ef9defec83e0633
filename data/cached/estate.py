"""The cached read of what is not on the board any more."""

from __future__ import annotations

from data.cached.reads import DETAILS_TURN, Read, cached, fresh, read
from data.people.model import Actor
from data.people.permissions import Permission, require
from data.portal import Portal
from data.status.model import Platform


@cached("retired", 16)
def _retired(_portal: Portal, home: str, _actor: Actor) -> Read[tuple[Platform, ...]]:
    return read(_portal, DETAILS_TURN, ("retired",), lambda: _portal.status.editor.retired(_actor))


def retired(portal: Portal, actor: Actor) -> Read[tuple[Platform, ...]]:
    """For admins."""
    require(actor, Permission.status_platform_admit)
    return fresh(portal, _retired, 2 * DETAILS_TURN, actor)
