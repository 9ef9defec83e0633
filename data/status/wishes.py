"""Runs that somebody asks for: a wish is written down, and the job that looks honours it at its next tick."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from data.audit.service import AuditService
from data.errors import Invalid, NotFound
from data.people.model import Actor
from data.people.permissions import Permission, require
from data.statements import Statements
from data.status.rows import PlatformStanding, standings_of

PUSHED = "push"
RUN = Permission.status_estate_apply


class Wishes:
    def __init__(
        self, statements: Statements, audit: AuditService, clock: Callable[[], datetime],
        platforms: Callable[[], Sequence[PlatformStanding]],
    ) -> None:  # fmt: skip
        self._statements = statements
        self._audit = audit
        self._clock = clock
        self._platforms = platforms

    def ask(self, actor: Actor, source: str) -> bool:
        """False: somebody asked already. Raises NotFound where it feeds no check, Invalid for one that tells."""
        require(actor, RUN)
        fed = [s for s in standings_of(self._platforms()).values() if s.check.source == source]
        if not fed:
            raise NotFound(f"No check is looked at by {source[:40]}.")
        if source == PUSHED:
            raise Invalid("Nobody can look there: these checks are told by others.")
        if fed[0].wish:
            return False
        at = self._clock()
        self._statements.run("schema/set_setting", key=f"wanted:{source}", value="now", at=at, by=actor.email)
        self._audit.record(actor, "feed:run", "feed", source)
        return True
