"""One thing to tell and to whom; who wants to hear of what; and what is on its way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal, get_args

from pydantic import BaseModel, ConfigDict

Audience = Literal["everybody", "staff"]
Kind = Literal["incidents", "improvements", "requests", "messages", "status"]
How = Literal["followed", "now", "daily", "none"]
"""`followed`: only of what one follows, at once; so it is until somebody chooses."""
ChannelType = Literal["teams", "webhook"]
ChannelState = Literal["active", "paused", "removed"]
DeliveryState = Literal["pending", "sent", "dead", "dropped"]
KINDS: tuple[Kind, ...] = get_args(Kind)
HOWS: tuple[How, ...] = get_args(How)
CHANNEL_TYPES: tuple[ChannelType, ...] = get_args(ChannelType)
MAIL = "mail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """`id` is that of the event it tells of, so that it is told once."""

    id: str
    at: datetime
    topic: str
    object_type: str
    object_id: str
    platform_id: str | None
    actor: str
    audience: Audience
    recipients: tuple[str, ...]
    """People, without the actor. Delivery asks again whether they may see it."""
    payload: Mapping[str, Any] = field(default_factory=dict)
    """For the card: title, deed ("resolved it"), key, label (its state in words), starts_at and ends_at, note or text,
    path of its page, kind of subscription;
    `quiet` is told to nobody, `not_before` (ISO) only then, and `edition` as long as its hearing says the same;
    `within`: platforms whose own notices tell of it, to those who hear them."""

    @property
    def platform_ids(self) -> tuple[str, ...]:
        """A message may be about several; then `platform_id` is None."""
        return tuple(self.payload.get("platform_ids") or filter(None, [self.platform_id]))


class Card(BaseModel):
    """What is told, the same for every channel."""

    model_config = ConfigDict(frozen=True)

    topic: str
    at: datetime
    title: str
    text: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    platform_ids: tuple[str, ...] = ()
    """What it is about, where that is more than one."""
    edition: str = ""
    """Of what may be another by the time it is sent: what this card tells. Empty: it stays true."""


@dataclass(frozen=True, slots=True)
class PlatformName:
    id: str
    name: str
    visibility: str = "everyone"


@dataclass(frozen=True, slots=True)
class Subscription:
    """The choice of one person; on one platform it counts before that on all (None)."""

    person: str
    platform_id: str | None
    kind: Kind
    how: How


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A Teams channel or a program. Its address is a secret: only the names of environment variables are known."""

    id: str
    name: str
    type: ChannelType
    platform_id: str | None
    """None: every platform that everybody may see."""
    kinds: tuple[Kind, ...]
    url_variable: str
    secret_variable: str | None = None
    state: ChannelState = "active"
    version: int = 0


@dataclass(frozen=True, slots=True)
class Fare:
    """How a channel fares lately."""

    channel_id: str
    waiting: int
    dead: int
    sent_at: datetime | None
    failed_at: datetime | None
    error: str | None
    """Of what failed last and has not been delivered since."""
    test_at: datetime | None
    """When the last test card was written."""
    test_state: DeliveryState | None
    test_error: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One event on its way to one target: a person's e-mail, or the id of a channel."""

    id: str
    day: date
    platform_id: str | None
    event_id: str
    object_type: str
    object_id: str
    audience: Audience
    channel: str
    target: str
    thread: str
    """What is due together for one target goes out together."""
    card: Card
    due_at: datetime
    state: DeliveryState = "pending"
    attempts: int = 0
    sent_at: datetime | None = None
    last_error: str | None = None
    version: int = 1

    @property
    def platform_ids(self) -> tuple[str, ...]:
        return self.card.platform_ids or tuple(filter(None, [self.platform_id]))
