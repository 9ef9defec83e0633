"""Who somebody is and what they may do and see: roles, grants, actors and scopes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, Protocol, Self

from data.errors import Invalid

if TYPE_CHECKING:
    from data.people.permissions import Permission

Door = Literal["page", "api", "job", "notebook"]
PrincipalType = Literal["user", "group"]
Principal = tuple[PrincipalType, str]
"""A person by e-mail (lower case) or a group by name."""


class Role(IntEnum):
    """Each role holds the rights of those before it, so that roles compare."""

    viewer = 1
    contributor = 2
    triager = 3
    service_owner = 4
    admin = 5

    @property
    def words(self) -> str:
        return self.name.replace("_", " ")

    @classmethod
    def named(cls, name: str) -> Self:
        try:
            return cls[name]
        except KeyError:
            raise Invalid(f"'{name}' is not a role; the roles are {', '.join(cls.__members__)}.") from None


class Shown(Protocol):
    """What visibility is decided on: any platform."""

    @property
    def id(self) -> str: ...
    @property
    def visibility(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Identity:
    """A person as the sign-in tells, before any rights. `local`: nobody signed in, this is the developer's machine."""

    email: str
    name: str
    local: bool = False


@dataclass(frozen=True, slots=True)
class Grant:
    id: str
    principal_type: PrincipalType
    principal: str
    role: Role
    platform_id: str | None = None
    """None: everywhere."""
    state: Literal["active", "revoked"] = "active"
    version: int = 1

    @property
    def makes_admin(self) -> bool:
        return self.state == "active" and self.role is Role.admin and self.platform_id is None


@dataclass(frozen=True, slots=True)
class Scope:
    """What somebody may see, and nothing else about them: the key under which what they see is cached."""

    everything: bool
    platforms: frozenset[str] = frozenset()
    """The platforms seen although they are for members only."""

    def sees(self, platform: Shown) -> bool:
        return self.everything or platform.visibility == "everyone" or platform.id in self.platforms


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody at a door, with every right they have at this moment."""

    email: str
    name: str
    everywhere: Role
    per_platform: Mapping[str, Role] = field(default_factory=lambda: MappingProxyType({}))
    platforms: frozenset[str] = frozenset()
    """Mine: what comes first for this person."""
    groups: frozenset[str] = frozenset()
    door: Door = "page"
    local: bool = False
    snapshot_at: datetime | None = None
    snapshot_old: bool = False
    """The list of groups is too old to be believed: groups grant no more than contributor."""

    @classmethod
    def job(cls, name: str = "job") -> Self:
        """The portal itself, at work on a clock."""
        return cls(email=name, name=name, everywhere=Role.admin, door="job")

    def role_on(self, platform_id: str | None) -> Role:
        """None asks for the role everywhere."""
        return max(self.everywhere, self.per_platform.get(platform_id or "", Role.viewer))

    def may(self, permission: Permission, platform_id: str | None = None) -> bool:
        return self.role_on(platform_id) >= permission.minimum

    def may_somewhere(self, permission: Permission) -> bool:
        return self.may(permission) or any(self.may(permission, platform_id) for platform_id in self.per_platform)

    @property
    def scope(self) -> Scope:
        """Staff everywhere is staff of each platform; a grant on a platform, of any role, opens that platform."""
        if self.everywhere >= Role.triager:
            return Scope(everything=True)
        return Scope(everything=False, platforms=self.platforms.union(self.per_platform))

    def sees(self, platform: Shown) -> bool:
        return self.scope.sees(platform)
