"""What admins look after: the channels that are told, and the deliveries that were given up."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import uuid4

from data.audit.service import AuditService
from data.errors import Conflict, Invalid, NotFound
from data.notifications.model import CHANNEL_TYPES, KINDS, Channel, Delivery, DeliveryState
from data.notifications.store import NotificationStore
from data.people.model import Actor
from data.people.permissions import Permission, require
from data.settings import SECRET_NAME

LATE = timedelta(minutes=30)
NAME_MOST = 80
DEAD_MOST = 500
EDIT, MEND = Permission.notifications_channel_edit, Permission.notifications_delivery_mend


class NotificationUpkeep:
    def __init__(self, store: NotificationStore, audit: AuditService, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._audit = audit
        self._clock = clock

    def channels(self, actor: Actor) -> tuple[Channel, ...]:
        require(actor, EDIT)
        return self._store.channels()

    def save(self, actor: Actor, channel: Channel) -> Channel:
        """A new one with version 0 and any id. Raises Invalid with all problems, NotFound, Conflict."""
        require(actor, EDIT)
        before = next((one for one in self._store.channels() if one.id == channel.id), None)
        if channel.version and before is None:
            raise NotFound("There is no such channel any more.")
        wanted = replace(channel, name=" ".join(channel.name.split()), id=channel.id or uuid4().hex)
        if problems := tuple(self._problems(wanted)):
            raise Invalid("The channel cannot be saved like this:", problems)
        if not self._store.set_channel(wanted, self._clock(), actor.email):
            raise Conflict("Somebody was faster: this channel was changed meanwhile. What you wrote stays here.")
        saved = replace(wanted, version=wanted.version + 1)
        deed, id_ = f"channel:{'change' if before else 'add'}", f"channel:{saved.id}:{saved.version}"
        old = _facts(before) if before else None
        self._audit.record(actor, deed, "channel", saved.id, saved.platform_id, old, _facts(saved), id=id_)
        return saved

    def dead_letters(self, actor: Actor) -> tuple[Delivery, ...]:
        require(actor, MEND)
        return tuple(self._store.dead(DEAD_MOST))

    def troubles(self) -> tuple[int, int]:
        """How many were given up, and how many wait although they were due long ago."""
        return self._store.troubles(self._clock() - LATE)

    def retry(self, actor: Actor, id_: str, version: int) -> Delivery:
        """Raises NotFound, Conflict."""
        return self._change(actor, id_, version, "retry", state="pending", attempts=0, due_at=self._clock())

    def drop(self, actor: Actor, id_: str, version: int, reason: str) -> Delivery:
        """It stays in the table, but is no trouble any more."""
        if not reason.strip():
            raise Invalid("Please say why it need not be delivered.")
        return self._change(actor, id_, version, "drop", reason.strip()[:500], state="dropped")

    def _change(
        self, actor: Actor, id_: str, version: int, deed: Literal["retry", "drop"], reason: str | None = None,
        **parts: Any,
    ) -> Delivery:  # fmt: skip
        require(actor, MEND)
        known = self._store.find(id_)
        dead: DeliveryState = "dead"
        if known is None:
            raise NotFound("There is no such delivery any more.")
        changed = replace(known, **parts)
        current = known.version == version and known.state == dead
        if not current or not self._store.settle([changed], actor.email, self._clock()):
            raise Conflict("Somebody was faster: this delivery was changed meanwhile. Please load the list again.")
        self._audit.record(
            actor, f"delivery:{deed}", "delivery", id_, known.platform_id, {"state": known.state},
            {"state": changed.state}, reason, f"delivery:{id_}:{version + 1}",
        )  # fmt: skip
        return replace(changed, version=version + 1)

    def _problems(self, channel: Channel) -> list[str]:
        platforms = {None, *(platform.id for platform in self._store.platforms())}
        variables = [name for name in (channel.url_variable, channel.secret_variable) if name is not None]
        wrong = (
            (not 0 < len(channel.name) <= NAME_MOST, f"Name: from 1 to {NAME_MOST} characters."),
            (channel.type not in CHANNEL_TYPES, f"Type: one of {', '.join(CHANNEL_TYPES)}."),
            (not channel.kinds or not set(channel.kinds) <= set(KINDS), f"Kinds: some of {', '.join(KINDS)}."),
            (channel.platform_id not in platforms, "Platform: there is none of this name."),
            (
                any(not re.fullmatch(SECRET_NAME, name) for name in variables),
                "Address and key: the name of an environment variable that begins with PORTAL_SECRET_, in capitals; "
                "the address itself is a secret and is not kept here.",
            ),
            (channel.type == "webhook" and not channel.secret_variable, "Key: a webhook is signed, so it needs one."),
        )
        return [words for is_wrong, words in wrong if is_wrong]


def _facts(channel: Channel) -> dict[str, Any]:
    return {name: getattr(channel, name) for name in ("name", "type", "platform_id", "url_variable", "state")} | {
        "kinds": list(channel.kinds)
    }
