"""Who may do what to which term: owners of its platform, and its steward."""

from __future__ import annotations

from typing import Protocol

from data.people.model import Actor
from data.people.permissions import Permission, require

CURATE = Permission.glossary_term_curate
PROPOSE = Permission.glossary_term_propose


class Tended(Protocol):
    """A term, or a proposal with the steward of its term."""

    @property
    def platform_id(self) -> str | None: ...
    @property
    def steward(self) -> str | None: ...


def may_curate(actor: Actor, tended: Tended) -> bool:
    """Stewards may, wherever the term belongs; not those who may only read."""
    own = actor.email == tended.steward and actor.may(PROPOSE, tended.platform_id)
    return own or actor.may(CURATE, tended.platform_id)


def curates_something(actor: Actor) -> bool:
    return actor.may_somewhere(CURATE)


def may_propose(actor: Actor, platform_id: str | None) -> bool:
    return actor.may(PROPOSE, platform_id)


def require_curate(actor: Actor, tended: Tended) -> None:
    """Raises Forbidden."""
    if not may_curate(actor, tended):
        require(actor, CURATE, tended.platform_id)
