"""Who is told of what, how and when. Pure: everything that it depends on is given."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from functools import cached_property
from typing import Protocol
from zoneinfo import ZoneInfo

from data.notifications.cards import card_of, due_from, kind_of
from data.notifications.model import (
    MAIL,
    Audience,
    Channel,
    Delivery,
    How,
    Kind,
    Notice,
    PlatformName,
    Subscription,
)  # fmt: skip
from data.people.model import Actor
from data.people.permissions import Permission

QUIET = timedelta(minutes=10)
"""Of one thing a person gets one mail in this time; what happens meanwhile goes into the next."""
DIGEST_AT = time(7)
FRESH = timedelta(hours=24)
"""What is older when it is found is not told any more."""
COMMENT = ":comment"
"""Only those who follow a thing hear of every word that is said about it."""
EAGER: tuple[How | None, ...] = ("now", "daily", "followed", "none")
People = Callable[[str], Actor]


class About(Protocol):
    """What a notice and a delivery have in common."""

    @property
    def object_type(self) -> str: ...
    @property
    def object_id(self) -> str: ...
    @property
    def platform_id(self) -> str | None: ...
    @property
    def platform_ids(self) -> tuple[str, ...]: ...
    @property
    def audience(self) -> Audience: ...


@dataclass(frozen=True, slots=True)
class Hearing:
    """Who may hear of one thing at this moment."""

    may: Callable[[Actor, Audience], bool]
    open: bool
    """Whether everybody who may see its platform may know of it."""
    edition: str | None = None
    """What is true of it now, where a card says of which edition it tells."""


Hearings = Callable[[About], Hearing]
NOBODY = Hearing(lambda _actor, _audience: False, open=False)


@dataclass(frozen=True, kw_only=True)
class World:
    """What decides about deliveries beside the notices."""

    now: datetime
    zone: ZoneInfo
    people: People
    hearings: Hearings
    platforms: Mapping[str, PlatformName] = field(default_factory=dict)
    subscriptions: tuple[Subscription, ...] = ()
    channels: tuple[Channel, ...] = ()
    waiting: Mapping[tuple[str, str], datetime] = field(default_factory=dict)
    """By target and thread: when the next mail may go, where one went or is planned of late."""
    url: str | None = None
    mail: bool = True
    """Whether the portal can send mail at all."""

    @cached_property
    def wishes(self) -> Mapping[tuple[str, str | None, Kind], How]:
        return {(s.person, s.platform_id, s.kind): s.how for s in self.subscriptions}

    def wish(self, person: str, platform_ids: Iterable[str], kind: Kind) -> How | None:
        """Of several platforms the one of which they want to hear most decides."""
        own = {self.wishes.get((person, id_, kind)) for id_ in platform_ids} - {None}
        return min(own, key=EAGER.index) if own else self.wishes.get((person, None, kind))


def of_platform(platform: PlatformName | None, platform_id: str | None) -> Hearing:
    """What is visible as its platform is; without a platform to everybody. For nobody on one that is gone."""
    if platform_id and not platform:
        return NOBODY

    def may(actor: Actor, audience: Audience) -> bool:
        staff = audience == "everybody" or actor.may(Permission.tickets_ticket_work, platform_id)
        return staff and (platform is None or actor.sees(platform))

    return Hearing(may, open=True)


def plan(notices: Iterable[Notice], world: World) -> tuple[Delivery, ...]:
    """Each delivery has the same id whenever it is planned."""
    fresh = [one for one in notices if world.now - due_from(one) <= FRESH and not one.payload.get("quiet")]
    return tuple(delivery for notice in fresh for delivery in (*_mails(notice, world), *_posts(notice, world)))


def _mails(notice: Notice, world: World) -> Iterator[Delivery]:
    if not world.mail:
        return
    hearing = world.hearings(notice)
    for person, how in sorted(_told(notice, world).items()):
        if person != notice.actor and how != "none" and hearing.may(world.people(person), notice.audience):
            thread = f"{notice.object_type}:{notice.object_id}" if how == "now" else "daily"
            first = max(world.now, due_from(notice))
            due = digest_at(first, world.zone) if how == "daily" else world.waiting.get((person, thread), first)
            yield _delivery(notice, world, MAIL, person, thread, max(due, first))


def _told(notice: Notice, world: World) -> dict[str, How]:
    """Who follows it, and who subscribed to all of its kind but single words; each as they chose."""
    kind, places = kind_of(notice), notice.platform_ids
    told: dict[str, How] = dict.fromkeys(notice.recipients, "now")
    if notice.audience == "everybody" and not notice.topic.endswith(COMMENT):
        about = (s for s in world.subscriptions if s.kind == kind and s.platform_id in (None, *places))
        told |= {s.person: "now" for s in about if world.wish(s.person, places, kind) != "followed"}
    wishes = {who: world.wish(who, places, kind) for who in told if not _folded(notice, world, who, kind)}
    return {person: "now" if wish in (None, "followed") else wish for person, wish in wishes.items()}


def _folded(notice: Notice, world: World, person: str, kind: Kind) -> bool:
    """Whether they hear, no later, of what this is part of."""
    enough = {"now", world.wish(person, notice.platform_ids, kind)} - {None, "followed", "none"}
    causes = (world.platforms.get(id_) for id_ in notice.payload.get("within") or ())
    return any(p and world.wish(person, [p.id], kind) in enough and world.people(person).sees(p) for p in causes)


def _posts(notice: Notice, world: World) -> Iterator[Delivery]:
    kind = kind_of(notice)
    if notice.topic.endswith(COMMENT):
        return
    for channel in world.channels:
        if kind in channel.kinds and may_post(channel, notice, world) and not _covered(notice, world, channel):
            yield _delivery(notice, world, channel.type, channel.id, notice.id, max(world.now, due_from(notice)))


def _covered(notice: Notice, world: World, channel: Channel) -> bool:
    """Whether the channel is told of what this is part of."""
    causes = (world.platforms.get(id_) for id_ in notice.payload.get("within") or ())
    return channel.platform_id is None and any(p and p.visibility == "everyone" for p in causes)


def may_post(channel: Channel, about: About, world: World) -> bool:
    """Nothing for staff only, nothing restricted; of a platform for members only if the channel is that platform's."""
    if channel.state != "active" or about.audience == "staff" or not world.hearings(about).open:
        return False
    if channel.platform_id:
        return channel.platform_id in about.platform_ids
    places = [world.platforms.get(id_) for id_ in about.platform_ids]
    return all(place is not None and place.visibility == "everyone" for place in places)


def _delivery(notice: Notice, world: World, channel: str, target: str, thread: str, due_at: datetime) -> Delivery:
    return Delivery(
        id=f"{notice.id}:{channel}:{target}", day=due_from(notice).astimezone(UTC).date(), event_id=notice.id,
        platform_id=notice.platform_id, object_type=notice.object_type, object_id=notice.object_id,
        audience=notice.audience, channel=channel, target=target, thread=thread, due_at=due_at,
        card=card_of(notice, world.platforms, world.zone, world.url),
    )  # fmt: skip


def digest_at(now: datetime, zone: ZoneInfo) -> datetime:
    """The next 07:00 there."""
    local = now.astimezone(zone)
    today = datetime.combine(local.date(), DIGEST_AT, zone)
    chosen = today if local < today else datetime.combine(local.date() + timedelta(days=1), DIGEST_AT, zone)
    return chosen.astimezone(UTC)
