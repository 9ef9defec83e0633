"""What people want to hear of: their own choices, and nobody else's."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from data.errors import Invalid, NotFound
from data.notifications.model import HOWS, KINDS, How, Kind, PlatformName, Subscription
from data.notifications.store import NotificationStore
from data.people.model import Actor
from data.people.permissions import Permission, require

Choice = tuple[str | None, Kind, How | None]
"""Platform (None: all), kind, and how; None: on a platform as on all, on all only what they follow."""


@dataclass(frozen=True, slots=True)
class MyChoices:
    platforms: tuple[PlatformName, ...]
    """Those that the person may see."""
    chosen: tuple[Subscription, ...]

    def of(self, platform_id: str | None, kind: Kind) -> How | None:
        return next((s.how for s in self.chosen if (s.platform_id, s.kind) == (platform_id, kind)), None)


class Choices:
    def __init__(self, store: NotificationStore, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock

    def of(self, actor: Actor) -> MyChoices:
        seen = tuple(platform for platform in self._store.platforms() if actor.sees(platform))
        visible = {None, *(platform.id for platform in seen)}
        chosen = self._store.subscriptions(actor.email)
        return MyChoices(seen, tuple(one for one in chosen if one.platform_id in visible))

    def choose(self, actor: Actor, choices: Iterable[Choice]) -> int:
        """How many became other than they were. Raises Invalid, NotFound for a platform that they cannot see."""
        require(actor, Permission.notifications_subscription_set)
        known = {None, *(platform.id for platform in self._store.platforms() if actor.sees(platform))}
        rows = [_row(actor.email, *choice) for choice in choices]
        if missing := [row["platform_id"] for row in rows if row["platform_id"] not in known]:
            raise NotFound(f"There is no platform named {str(missing[0])[:40]}.")
        return self._store.subscribe(actor.email, rows, self._clock()) if rows else 0


def _row(person: str, platform_id: str | None, kind: str, how: str | None) -> dict[str, str | None]:
    if kind not in KINDS or (how is not None and how not in HOWS):
        raise Invalid(f"'{kind[:40]}' and '{(how or '')[:40]}' cannot be chosen.")
    return {
        "id": f"{person}:{platform_id or '*'}:{kind}", "platform_id": platform_id, "kind": kind, "how": how or "none",
        "state": "active" if how else "removed",
    }  # fmt: skip
