"""Why somebody may do and see what they may: each right with where it comes from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from data.people.access import Access
from data.people.model import Actor, Identity, Principal, Role, Shown
from data.settings import Settings


@dataclass(frozen=True, slots=True)
class Ground:
    """One thing that gives a role."""

    source: Literal["signed in", "setting", "grant"]
    role: Role
    platform_id: str | None = None
    """None: everywhere."""
    through: Principal | None = None
    """Whom the grant names."""


@dataclass(frozen=True, slots=True)
class Sight:
    platform_id: str
    because: Literal["everyone", "staff", "role", "own", "hidden"]
    through: Principal | None = None


@dataclass(frozen=True, slots=True)
class Why:
    actor: Actor
    grounds: tuple[Ground, ...]
    sights: tuple[Sight, ...]


def why(access: Access, email: str, platforms: Iterable[Shown], settings: Settings, now: datetime) -> Why:
    """As if this person came to the portal now."""
    actor = access.actor(Identity(email, email), settings, now)
    principals: list[Principal] = [("user", email), *(("group", group) for group in sorted(actor.groups))]
    grounds = [Ground("signed in", Role.named(settings.signed_in_role))]
    if email in settings.admins:
        grounds.append(Ground("setting", Role.admin))
    grounds += [
        Ground("grant", grant.role, grant.platform_id, principal)
        for principal in principals
        for grant in access.grants
        if (grant.principal_type, grant.principal) == principal
    ]
    sights = (_sight(access, actor, principals, platform) for platform in platforms)
    return Why(actor, tuple(grounds), tuple(sights))


def _sight(access: Access, actor: Actor, principals: Iterable[Principal], platform: Shown) -> Sight:
    if platform.visibility == "everyone":
        return Sight(platform.id, "everyone")
    if actor.scope.everything:
        return Sight(platform.id, "staff")
    own = next((p for p in principals if platform.id in access.platforms_of.get(p, ())), None)
    if own:
        return Sight(platform.id, "own", own)
    return Sight(platform.id, "role" if actor.sees(platform) else "hidden")
