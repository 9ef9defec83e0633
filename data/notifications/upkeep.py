"""The deliveries that were given up: admins try them again, or drop them and say why."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from data.audit.model import Deed
from data.audit.service import AuditService
from data.errors import Conflict, Invalid, NotFound
from data.notifications.model import Delivery
from data.notifications.store import NotificationStore
from data.people.model import Actor
from data.people.permissions import Permission, require

LATE = timedelta(minutes=30)
DEAD_MOST = 500
"""At once, on the page and in one step."""
REASON_MOST = 500
MEND = Permission.notifications_delivery_mend
Way = Literal["retry", "drop"]


@dataclass(frozen=True, slots=True)
class Troubles:
    dead: int
    """Given up."""
    late: int
    """Waiting although they were due long ago."""


class NotificationUpkeep:
    def __init__(self, store: NotificationStore, audit: AuditService, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._audit = audit
        self._clock = clock

    def dead_letters(self, actor: Actor) -> tuple[Delivery, ...]:
        """The newest first, `DEAD_MOST` at most."""
        require(actor, MEND)
        return tuple(self._store.dead(DEAD_MOST))

    def troubles(self) -> Troubles:
        return Troubles(*self._store.troubles(self._clock() - LATE))

    def retry(self, actor: Actor, id_: str, version: int) -> Delivery:
        """Raises NotFound, Conflict."""
        return self._change(actor, id_, version, "retry", state="pending", attempts=0, due_at=self._clock())

    def retry_all(self, actor: Actor, channel: str, target: str | None = None) -> int:
        """What was given up on this way (mail, teams, webhook), or for one target; how many, `DEAD_MOST` at most."""
        dead = [one for one in self.dead_letters(actor) if one.channel == channel and target in (None, one.target)]
        now = self._clock()
        again = [replace(one, state="pending", attempts=0, due_at=now) for one in dead]
        settled = self._store.settle(again, actor.email, now)
        self._audit.record_all(actor, _deeds(dead, again, "retry", None))
        return settled

    def drop(self, actor: Actor, id_: str, version: int, reason: str) -> Delivery:
        """It stays in the table, but is no trouble any more."""
        if not reason.strip():
            raise Invalid("Please say why it need not be delivered.")
        return self._change(actor, id_, version, "drop", reason.strip()[:REASON_MOST], state="dropped")

    def _change(
        self, actor: Actor, id_: str, version: int, way: Way, reason: str | None = None, **parts: Any
    ) -> Delivery:
        require(actor, MEND)
        known = self._store.find(id_)
        if known is None:
            raise NotFound("There is no such delivery any more.")
        changed = replace(known, **parts)
        current = (known.version, known.state) == (version, "dead")
        if not current or not self._store.settle([changed], actor.email, self._clock()):
            raise Conflict("Somebody was faster: this delivery was changed meanwhile. Please load the list again.")
        self._audit.record_all(actor, _deeds([known], [changed], way, reason))
        return replace(changed, version=version + 1)


def _deeds(before: Iterable[Delivery], after: Iterable[Delivery], way: Way, reason: str | None) -> list[Deed]:
    return [
        Deed(
            f"delivery:{way}", "delivery", new.id, new.platform_id, {"state": old.state}, {"state": new.state}, reason,
            f"delivery:{new.id}:{new.version + 1}",
        )
        for old, new in zip(before, after, strict=True)
    ]  # fmt: skip
