"""The post office: plans deliveries of what the outbox holds, hands each out to one run, keeps what became of it.

A delivery is claimed by compare-and-set before it is sent, so two runs never send the same one. Who is killed between
sending and settling leaves the claim to run out: then it is sent again, under the same key, by which receivers know it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from data.notifications.model import MAIL, Channel, Delivery
from data.notifications.outcomes import OUTDATED, UNSEEN, Outcome, after
from data.notifications.planning import QUIET, About, Hearing, World, may_post, of_platform, plan
from data.notifications.service import OutboxService
from data.notifications.store import NotificationStore
from data.people.model import Actor, Identity
from data.people.service import PeopleService
from data.settings import Settings
from data.statements import EPOCH

LEASE = timedelta(minutes=10)
"""Much longer than a run sends what it claimed."""
AT_ONCE = 2_000
REMEMBERED = timedelta(days=30)
"""How long the outbox keeps what was handed on: longer than anything is written again."""
Hearer = Callable[[Sequence[About]], Mapping[str, Hearing]]
"""Of one type of object: who may hear of each, by its id."""


class Post:
    def __init__(
        self, store: NotificationStore, outbox: OutboxService, people: PeopleService,
        hearers: Callable[[], Mapping[str, Hearer]], clock: Callable[[], datetime], settings: Settings,
    ) -> None:  # fmt: skip
        self._store = store
        self._outbox = outbox
        self._people = people
        self._hearers = hearers
        self._clock = clock
        self._settings = settings

    def plan(self) -> int:
        """Everything that the outbox holds; how many deliveries came of it."""
        planned = 0
        while notices := self._outbox.pending(EPOCH, AT_ONCE):
            world = self._world(notices)
            planned += self._store.plan(plan(notices, world), world.now)
            self._store.handed_on([notice.id for notice in notices])
        return planned

    def claim(self, by: str, limit: int) -> list[Delivery]:
        """Due deliveries that no other run sends within the lease. `by` is this claim's own name."""
        now = self._clock()
        wanted = self._store.due(now, limit)
        got = self._store.claim(wanted, by, now + LEASE, now)
        if got == len(wanted):
            return [replace(one, version=one.version + 1) for one in wanted]
        versions = self._store.claimed(by)
        return [replace(one, version=versions[one.id]) for one in wanted if one.id in versions]

    def stopped(self, deliveries: Sequence[Delivery]) -> Mapping[str, Outcome]:
        """Asked again when it is sent: by id, what is not to go out, because nobody may know or it has changed."""
        world = self._world(deliveries)
        channels = {channel.id: channel for channel in world.channels}
        judged = {one.id: _obstacle(one, channels.get(one.target), world) for one in deliveries}
        return {id_: outcome for id_, outcome in judged.items() if outcome}

    def channels(self) -> Mapping[str, Channel]:
        return {channel.id: channel for channel in self._store.channels()}

    def settle(self, outcomes: Sequence[tuple[Delivery, Outcome]]) -> int:
        """How many were lost to another run meanwhile (0, unless this one outlived its lease)."""
        now = self._clock()
        return len(outcomes) - self._store.settle([after(one, told, now) for one, told in outcomes], "notify", now)

    def forget(self) -> int:
        return self._store.forget(self._clock() - REMEMBERED)

    def _world(self, abouts: Sequence[About]) -> World:
        now, access = self._clock(), self._people.access()
        platforms = {platform.id: platform for platform in self._store.platforms()}
        hearings = self._hearings(abouts)

        @lru_cache(None)
        def actor(person: str) -> Actor:
            return access.actor(Identity(person, person), self._settings, now)

        def hearing(about: About) -> Hearing:
            known = hearings.get((about.object_type, about.object_id))
            return known or of_platform(platforms.get(about.platform_id or ""), about.platform_id)

        return World(
            now=now, zone=ZoneInfo(self._settings.timezone), people=actor, hearings=hearing,
            platforms=platforms, subscriptions=self._store.subscriptions(), channels=self._store.channels(),
            waiting=self._waiting(now), url=self._settings.url, mail=self._settings.sends_mail,
        )  # fmt: skip

    def _hearings(self, abouts: Sequence[About]) -> Mapping[tuple[str, str], Hearing]:
        found: dict[tuple[str, str], Hearing] = {}
        for type_, hearer in self._hearers().items():
            if asked := [about for about in abouts if about.object_type == type_]:
                found |= {(type_, id_): hearing for id_, hearing in hearer(asked).items()}
        return found

    def _waiting(self, now: datetime) -> Mapping[tuple[str, str], datetime]:
        """What waits takes the newer with it; after a mail it is quiet for a while."""
        return {
            (row["target"], row["thread"]): row["due_at"] or row["sent_at"] + QUIET
            for row in self._store.threads(now - QUIET, now + QUIET)
        }


def _obstacle(delivery: Delivery, channel: Channel | None, world: World) -> Outcome | None:
    if not _may_know(delivery, channel, world):
        return UNSEEN
    edition = world.hearings(delivery).edition
    return OUTDATED if delivery.card.edition and edition not in (None, delivery.card.edition) else None


def _may_know(delivery: Delivery, channel: Channel | None, world: World) -> bool:
    if delivery.channel == MAIL:
        return world.hearings(delivery).may(world.people(delivery.target), delivery.audience)
    return channel is not None and may_post(channel, delivery, world)
