"""The channels that are told: a list that admins keep, test cards, and how each fares."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from data.audit.service import AuditService
from data.errors import Conflict, Invalid, NotFound, Refused
from data.notifications.model import CHANNEL_TYPES, KINDS, Card, Channel, Delivery, Fare
from data.notifications.store import NotificationStore
from data.people.model import Actor
from data.people.permissions import Permission, require
from data.settings import SECRET_NAME, has_secret

NAME_MOST = 80
LATELY = timedelta(days=30)
EDIT = Permission.notifications_channel_edit
VARIABLE = (
    "name an environment variable that begins with PORTAL_SECRET_, in capitals; what it holds is a secret and is not "
    "kept here."
)
DEEDS = {"active": "resume", "paused": "pause", "removed": "remove"}
"""What it is called to bring a channel into another state."""


class Channels:
    def __init__(self, store: NotificationStore, audit: AuditService, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._audit = audit
        self._clock = clock

    def all(self, actor: Actor) -> tuple[Channel, ...]:
        require(actor, EDIT)
        return self._store.channels()

    def fares(self, actor: Actor) -> Mapping[str, Fare]:
        """By channel, of those that were told something in the last 30 days."""
        require(actor, EDIT)
        return {fare.channel_id: fare for fare in self._store.fares(self._clock() - LATELY)}

    def unset(self, actor: Actor, channel: Channel) -> tuple[str, ...]:
        """The variables it names that this process does not have."""
        require(actor, EDIT)
        return tuple(name for name in _variables(channel) if not has_secret(name))

    def save(self, actor: Actor, channel: Channel) -> Channel:
        """A new one with version 0 and any id. Raises Refused with all problems, NotFound, Conflict."""
        require(actor, EDIT)
        before = self._known(channel.id)
        if channel.version and before is None:
            raise NotFound("There is no such channel any more.")
        wanted = replace(channel, name=" ".join(channel.name.split()), id=channel.id or uuid4().hex)
        if problems := dict(self._problems(wanted)):
            raise Refused(problems)
        if not self._store.set_channel(wanted, self._clock(), actor.email):
            raise Conflict("Somebody was faster: this channel was changed meanwhile. What you wrote stays here.")
        saved = replace(wanted, version=wanted.version + 1)
        old = _facts(before) if before else None
        self._audit.record(
            actor, f"channel:{_deed(before, saved)}", "channel", saved.id, saved.platform_id, old, _facts(saved),
            id=f"channel:{saved.id}:{saved.version}",
        )  # fmt: skip
        return saved

    def test(self, actor: Actor, channel_id: str) -> None:
        """Writes a card for this channel only; `notify` sends it. Raises NotFound, Invalid, Conflict."""
        require(actor, EDIT)
        channel = self._known(channel_id)
        if channel is None:
            raise NotFound("There is no such channel any more.")
        if channel.state != "active":
            raise Invalid("This channel is paused, so it is told nothing. Resume it first.")
        at = self._clock()
        if not self._store.plan([_test_card(channel, actor, at)], at):
            raise Conflict("A test card of this minute is on its way already.")
        self._audit.record(actor, "channel:test", "channel", channel.id, channel.platform_id)

    def _known(self, id_: str) -> Channel | None:
        return next((one for one in self._store.channels() if one.id == id_), None)

    def _problems(self, channel: Channel) -> Iterator[tuple[str, str]]:
        platforms = {None, *(platform.id for platform in self._store.platforms())}
        secret = channel.secret_variable
        if not 0 < len(channel.name) <= NAME_MOST:
            yield "name", f"Name: from 1 to {NAME_MOST} characters."
        if channel.type not in CHANNEL_TYPES:
            yield "type", f"Type: one of {', '.join(CHANNEL_TYPES)}."
        if not channel.kinds or not set(channel.kinds) <= set(KINDS):
            yield "kinds", f"Kinds: choose at least one of {', '.join(KINDS)}."
        if channel.platform_id not in platforms:
            yield "platform_id", "Platform: there is none of this name."
        if not re.fullmatch(SECRET_NAME, channel.url_variable):
            yield "url_variable", f"Address: {VARIABLE}"
        if secret is not None and not re.fullmatch(SECRET_NAME, secret):
            yield "secret_variable", f"Key: {VARIABLE}"
        if secret is None and channel.type == "webhook":
            yield "secret_variable", "Key: a webhook is signed, so it needs one."


def _test_card(channel: Channel, actor: Actor, at: datetime) -> Delivery:
    """One a minute, so that a second click does no harm."""
    id_ = f"test:{channel.id}:{at.astimezone(UTC):%Y%m%dT%H%M}"
    card = Card(
        topic="channel:test", at=at, title=f"Test card for {channel.name}",
        text="The portal can reach this channel. There is nothing to do.", facts=(("By", actor.name),),
    )  # fmt: skip
    return Delivery(
        id=f"{id_}:{channel.type}:{channel.id}", day=at.astimezone(UTC).date(), platform_id=channel.platform_id,
        event_id=id_, object_type="channel", object_id=channel.id, audience="everybody", channel=channel.type,
        target=channel.id, thread=id_, card=card, due_at=at,
    )  # fmt: skip


def _variables(channel: Channel) -> tuple[str, ...]:
    return tuple(filter(None, (channel.url_variable, channel.secret_variable)))


def _deed(before: Channel | None, saved: Channel) -> str:
    if before is None:
        return "add"
    return DEEDS[saved.state] if before.state != saved.state else "change"


def _facts(channel: Channel) -> dict[str, Any]:
    names = ("name", "type", "platform_id", "url_variable", "secret_variable", "state")
    return {name: getattr(channel, name) for name in names} | {"kinds": ", ".join(channel.kinds)}
