"""Everything rights are made of, read at once: any actor is built from it without another statement."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any, Self, TypeVar

from data.people.model import Actor, Door, Grant, Identity, Principal, Role
from data.settings import Settings

Row = Mapping[str, Any]
K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True)
class Access:
    """Active grants, whose platform is whose, and the members of the groups that these two name."""

    grants: tuple[Grant, ...]
    platforms_of: Mapping[Principal, frozenset[str]]
    groups_of: Mapping[str, frozenset[str]]
    """By e-mail."""
    snapshot_at: datetime | None
    """When the members were read from the directory, by the oldest entry; None without any."""

    @classmethod
    def of(cls, rows: Iterable[Row]) -> Self:
        """From the rows of `people/list_access`. A grant of a role that this portal does not know grants nothing."""
        kinds: dict[str, list[Row]] = defaultdict(list)
        for row in rows:
            kinds[row["kind"]].append(row)
        return cls(
            tuple(grant_from_row(row) for row in kinds["grant"] if row["role"] in Role.__members__),
            _gathered(((row["principal_type"], row["principal"]), row["platform_id"]) for row in kinds["ownership"]),
            _gathered((row["principal"].lower(), row["id"]) for row in kinds["member"]),
            min((row["snapshot_at"] for row in kinds["member"]), default=None),
        )

    @cached_property
    def _grants_of(self) -> Mapping[Principal, frozenset[Grant]]:
        return _gathered(((grant.principal_type, grant.principal), grant) for grant in self.grants)

    def without(self, grant_id: str) -> Self:
        return replace(self, grants=tuple(grant for grant in self.grants if grant.id != grant_id))

    def actor(self, identity: Identity, settings: Settings, now: datetime, door: Door = "page") -> Actor:
        groups = self.groups_of.get(identity.email, frozenset())
        principals: list[Principal] = [("user", identity.email), *(("group", group) for group in groups)]
        old = self._snapshot_old(settings, now)
        roles: dict[str | None, Role] = {None: Role.named(settings.signed_in_role)}
        if identity.local or identity.email in settings.admins:
            roles[None] = Role.admin
        for grant in (grant for principal in principals for grant in self._grants_of.get(principal, ())):
            role = min(grant.role, Role.contributor) if old and grant.principal_type == "group" else grant.role
            roles[grant.platform_id] = max(role, roles.get(grant.platform_id, Role.viewer))
        return Actor(
            email=identity.email,
            name=identity.name,
            everywhere=roles[None],
            per_platform={platform: role for platform, role in roles.items() if platform is not None},
            platforms=frozenset().union(*(self.platforms_of.get(p, frozenset()) for p in principals)),
            groups=groups,
            door=door,
            local=identity.local,
            snapshot_at=self.snapshot_at,
            snapshot_old=old,
        )

    @property
    def people(self) -> frozenset[str]:
        """Everybody whom a grant, a platform or a group names: who can be assigned, mentioned and asked."""
        principals = {*((g.principal_type, g.principal) for g in self.grants), *self.platforms_of}
        return frozenset({*self.groups_of, *(name for kind, name in principals if kind == "user")})

    def admins(self, settings: Settings, now: datetime) -> frozenset[str]:
        """Everybody who is an admin everywhere at this moment. The local persona is nobody."""
        emails = {*settings.admins, *self.groups_of, *(g.principal for g in self.grants if g.principal_type == "user")}
        actors = (self.actor(Identity(email, email), settings, now) for email in emails)
        return frozenset(actor.email for actor in actors if actor.everywhere is Role.admin)

    def _snapshot_old(self, settings: Settings, now: datetime) -> bool:
        return self.snapshot_at is not None and now - self.snapshot_at > settings.group_snapshot_max_age


def _gathered(pairs: Iterable[tuple[K, V]]) -> Mapping[K, frozenset[V]]:
    gathered: dict[K, set[V]] = defaultdict(set)
    for key, value in pairs:
        gathered[key].add(value)
    return {key: frozenset(values) for key, values in gathered.items()}


def grant_from_row(row: Row) -> Grant:
    return Grant(
        id=row["id"],
        principal_type=row["principal_type"],
        principal=row["principal"],
        role=Role.named(row["role"]),
        platform_id=row["platform_id"],
        state=row["state"],
        version=row["version"],
    )
