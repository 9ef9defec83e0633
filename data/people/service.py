"""Roles, and whose platform is whose: authorise → check → write → audit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from data.errors import Conflict, Invalid, NotFound
from data.people.access import Access, grant_from_row
from data.people.model import Actor, Grant, PrincipalType, Role, Shown
from data.people.permissions import Permission, require
from data.people.why import Why, why
from data.settings import Settings
from data.statements import Statements

if TYPE_CHECKING:
    from data.audit.service import AuditService

MOST = 200_000
"""Grants, ownerships and members of the groups they name, read at once."""


class PeopleService:
    def __init__(
        self, statements: Statements, audit: AuditService, clock: Callable[[], datetime], settings: Settings
    ) -> None:
        self._statements = statements
        self._audit = audit
        self._clock = clock
        self._settings = settings

    def access(self) -> Access:
        return Access.of(self._statements.rows("people/list_access", limit=MOST))

    def grants(self, actor: Actor) -> tuple[Grant, ...]:
        """All that are active, by whom they are given to, the strongest first."""
        require(actor, Permission.people_grant_edit)
        return tuple(
            sorted(self.access().grants, key=lambda g: (g.principal_type, g.principal, -g.role, g.platform_id or ""))
        )

    def why(self, actor: Actor, email: str, platforms: Iterable[Shown]) -> Why:
        """Where the rights of this person come from."""
        require(actor, Permission.people_grant_edit)
        return why(self.access(), _principal("user", email), platforms, self._settings, self._clock())

    def grant(
        self,
        actor: Actor,
        principal_type: PrincipalType,
        principal: str,
        role: Role,
        platform_id: str | None = None,
        reason: str | None = None,
    ) -> Grant:
        """The one grant of this principal on this platform (None: everywhere): given, changed or renewed."""
        require(actor, Permission.people_grant_edit, platform_id)
        principal = _principal(principal_type, principal)
        self._must_exist(platform_id)
        wanted = Grant(_id(principal_type, principal, platform_id), principal_type, principal, role, platform_id)
        stored = self._find(wanted.id)
        if stored and replace(wanted, version=stored.version) == stored:
            return stored
        if stored:
            return self._change(actor, stored, replace(stored, role=role, state="active"), reason)
        return self._add(actor, wanted, reason)

    def revoke(self, actor: Actor, grant_id: str, version: int, reason: str | None = None) -> Grant:
        """Raises Invalid for the last admin, Conflict when the grant is no longer at `version`."""
        stored = self._find(grant_id)
        require(actor, Permission.people_grant_edit, stored.platform_id if stored else None)
        if stored is None:
            raise NotFound("There is no such role to revoke.")
        if stored.version != version:
            raise Conflict(_CHANGED)
        return self._change(actor, stored, replace(stored, state="revoked"), reason)

    def map_platform(self, actor: Actor, principal_type: PrincipalType, principal: str, platform_id: str) -> None:
        """Make the platform the principal's own: it comes first for them, and they see it even if it is for members."""
        self._set_ownership(actor, principal_type, principal, platform_id, "active")

    def unmap_platform(self, actor: Actor, principal_type: PrincipalType, principal: str, platform_id: str) -> None:
        self._set_ownership(actor, principal_type, principal, platform_id, "removed")

    def named_groups(self) -> list[str]:
        """The groups that grants or platforms name."""
        return [row["principal"] for row in self._statements.rows("people/list_named_groups", limit=MOST)]

    def members(self) -> Mapping[str, frozenset[str]]:
        """By group: the snapshot of the directory, as it is stored."""
        found: dict[str, set[str]] = defaultdict(set)
        for row in self._statements.rows("people/list_members", limit=MOST):
            found[row["group_name"]].add(row["member"])
        return {group: frozenset(members) for group, members in found.items()}

    def replace_members(self, members: Mapping[str, Collection[str]], at: datetime) -> int:
        """The directory as it was `at`, all or nothing; the rows there are now. What is not given is gone."""
        pairs = {(group, member.lower()) for group, those in members.items() for member in those}
        rows = [{"group_name": group, "member": member} for group, member in pairs]
        self._statements.run("people/set_members", rows, at=at)
        return len(rows)

    def _find(self, grant_id: str) -> Grant | None:
        row = self._statements.one("people/find_grant", id=grant_id)
        return grant_from_row(row) if row else None

    def _add(self, actor: Actor, grant: Grant, reason: str | None) -> Grant:
        rows = self._statements.run(
            "people/add_grant",
            id=grant.id,
            principal_type=grant.principal_type,
            principal=grant.principal,
            role=grant.role.name,
            platform_id=grant.platform_id,
            at=self._clock(),
            by=actor.email,
        )
        return self._written(rows, actor, None, grant, reason)

    def _change(self, actor: Actor, before: Grant, wanted: Grant, reason: str | None) -> Grant:
        demotes = before.makes_admin and not wanted.makes_admin
        if demotes:
            self._must_leave_an_admin(before)
        rows = self._statements.run(
            "people/set_grant",
            id=before.id,
            role=wanted.role.name,
            state=wanted.state,
            version=before.version,
            may_be_last=not demotes or bool(self._settings.admins),
            at=self._clock(),
            by=actor.email,
        )
        return self._written(rows, actor, before, replace(wanted, version=before.version + 1), reason)

    def _written(self, rows: int, actor: Actor, before: Grant | None, after: Grant, reason: str | None) -> Grant:
        if rows != 1:
            raise Conflict(_CHANGED)
        action = "revoke" if after.state == "revoked" else "change" if before and before.state == "active" else "grant"
        old = _facts(before) if before else None
        event_id = f"grant:{after.id}:{after.version}"
        self._audit.record(actor, action, "grant", after.id, after.platform_id, old, _facts(after), reason, event_id)
        return after

    def _set_ownership(
        self,
        actor: Actor,
        principal_type: PrincipalType,
        principal: str,
        platform_id: str,
        state: Literal["active", "removed"],
    ) -> None:
        require(actor, Permission.people_map_edit, platform_id)
        principal = _principal(principal_type, principal)
        self._must_exist(platform_id)
        id_ = _id(principal_type, principal, platform_id)
        changed = self._statements.run(
            "people/set_ownership",
            id=id_,
            principal_type=principal_type,
            principal=principal,
            platform_id=platform_id,
            state=state,
            at=self._clock(),
            by=actor.email,
        )
        if changed:
            new = {"principal": principal, "state": state}
            self._audit.record(actor, "map" if state == "active" else "unmap", "ownership", id_, platform_id, new=new)

    def _must_exist(self, platform_id: str | None) -> None:
        if platform_id is not None and not self._statements.one("people/find_platform", id=platform_id):
            raise NotFound(f"There is no platform named {platform_id}.")

    def _must_leave_an_admin(self, grant: Grant) -> None:
        if not self.access().without(grant.id).admins(self._settings, self._clock()):
            raise Invalid(
                "This is the last admin, so the role must stay. "
                "Make somebody else an admin first, or name one in PORTAL_ADMINS."
            )


_CHANGED = "Somebody else changed this role in the meantime. Load it again and try once more; nothing was changed."


def _id(principal_type: PrincipalType, principal: str, platform_id: str | None) -> str:
    """One grant and one ownership per principal and platform, so that two admins at once cannot make twins."""
    return f"{principal_type}:{principal}:{platform_id or '*'}"


def _principal(principal_type: PrincipalType, principal: str) -> str:
    name = principal.strip()
    if principal_type == "user" and "@" not in name:
        raise Invalid(f"'{name}' is not an e-mail address; people are named by theirs.")
    if not name:
        raise Invalid("The group needs a name.")
    return name.lower() if principal_type == "user" else name


def _facts(grant: Grant) -> dict[str, str]:
    return {"principal": grant.principal, "role": grant.role.name, "state": grant.state}
