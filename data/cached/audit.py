"""The cached read of the audit trail: kept for each person, since it holds only what their roles let them read."""

from __future__ import annotations

from functools import partial

from data.audit.model import AuditEvent, TrailQuery
from data.cached.reads import DETAILS_TURN, Read, cached, fresh, read
from data.people.model import Actor, Role
from data.portal import Portal

Roles = tuple[tuple[str, Role], ...]


@cached("trail", 256)
def _trail(_portal: Portal, home: str, roles: Roles, _actor: Actor, query: TrailQuery, limit: int) -> Read[
    tuple[AuditEvent, ...]
]:  # fmt: skip
    load = partial(_portal.audit.browse, _actor, query, limit)
    return read(_portal, DETAILS_TURN, ("trail", roles, query, limit), load)


def trail(portal: Portal, actor: Actor, query: TrailQuery, limit: int = 50) -> Read[tuple[AuditEvent, ...]]:
    """Newest first. `query.since` in whole minutes, or nothing is ever found again."""
    roles = (("", actor.everywhere), *sorted(actor.per_platform.items()))
    return fresh(portal, _trail, 2 * DETAILS_TURN, roles, actor, query, limit)
