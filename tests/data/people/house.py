"""The people and the trail of one store, and what tests ask of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from data.audit.service import AuditService
from data.people.model import Actor, Identity
from data.people.service import PeopleService
from data.settings import Settings
from data.statements import Statements
from data.status.model import Platform

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
NOBODY = Settings(admins=())
SALES = Platform(id="sales", name="Sales", kind="x")
FINANCE = Platform(id="finance", name="Finance", kind="x", visibility="members")


class House:
    def __init__(self, statements: Statements) -> None:
        self.statements = statements
        self.audit = AuditService(statements, lambda: NOW)
        self.people = self.service(NOBODY)

    def service(self, settings: Settings, clock: Callable[[], datetime] = lambda: NOW) -> PeopleService:
        return PeopleService(self.statements, self.audit, clock, settings)

    def people_interrupted_by(self, deed: Callable[[], object]) -> PeopleService:
        """A service during whose next write, after it has read what it needs, somebody else does `deed`."""
        deeds = iter([deed])

        def clock() -> datetime:
            for pending in deeds:
                pending()
            return NOW

        return self.service(NOBODY, clock)

    def actor(self, email: str) -> Actor:
        return self.people.access().actor(Identity(email, email), NOBODY, NOW)

    def join(self, group: str, *members: str, at: datetime = NOW) -> None:
        self.statements.append(
            "group_members", [{"group_name": group, "member": member, "snapshot_at": at} for member in members]
        )
