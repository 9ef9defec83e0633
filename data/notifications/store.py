"""Deliveries, subscriptions and channels in the store."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from data.notifications.model import Card, Channel, Delivery, Fare, PlatformName, Subscription
from data.statements import Row, Statements

MOST = 100_000


class NotificationStore:
    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def plan(self, deliveries: Sequence[Delivery], at: datetime) -> int:
        """How many were not planned before."""
        rows = list({one.id: _row(one) for one in deliveries}.values())
        return self._statements.run("notifications/add_deliveries", rows, at=at) if rows else 0

    def due(self, now: datetime, limit: int) -> list[Delivery]:
        return [delivery_from_row(row) for row in self._rows("list_due", now=now, limit=limit)]

    def claim(self, wanted: Sequence[Delivery], by: str, until: datetime, at: datetime) -> int:
        rows = [{"id": one.id, "day": one.day, "version": one.version} for one in wanted]
        return self._statements.run("notifications/set_claims", rows, by=by, until=until, at=at) if rows else 0

    def claimed(self, by: str) -> dict[str, int]:
        """Versions by id."""
        return {row["id"]: row["version"] for row in self._rows("list_claimed", by=by, limit=MOST)}

    def settle(self, deliveries: Sequence[Delivery], by: str, at: datetime) -> int:
        """How many were still at their version."""
        rows = [asdict(one) for one in deliveries]
        return self._statements.run("notifications/set_deliveries", rows, at=at, by=by) if rows else 0

    def find(self, id_: str) -> Delivery | None:
        row = self._statements.one("notifications/find_delivery", id=id_)
        return delivery_from_row(row) if row else None

    def dead(self, limit: int) -> list[Delivery]:
        return [delivery_from_row(row) for row in self._rows("list_dead", limit=limit)]

    def troubles(self, late: datetime) -> tuple[int, int]:
        """Given up; waiting since before `late`."""
        row = self._statements.one("notifications/count_dead", late=late) or {}
        return int(row.get("dead") or 0), int(row.get("late") or 0)

    def fares(self, since: datetime) -> list[Fare]:
        return [Fare(**row) for row in self._rows("list_fares", since=since.date(), limit=MOST)]

    def threads(self, since: datetime, until: datetime) -> list[Row]:
        """target, thread, sent_at, due_at."""
        return self._rows("list_threads", day=since.date(), since=since, until=until, limit=MOST)

    def subscriptions(self, person: str | None = None) -> tuple[Subscription, ...]:
        return tuple(Subscription(**row) for row in self._rows("list_subscriptions", person=person, limit=MOST))

    def subscribe(self, person: str, rows: Iterable[Row], at: datetime) -> int:
        return self._statements.run("notifications/set_subscriptions", rows, person=person, at=at)

    def channels(self) -> tuple[Channel, ...]:
        rows = self._rows("list_channels", limit=MOST)
        return tuple(Channel(**row | {"kinds": tuple(row["kinds"] or ())}) for row in rows)

    def set_channel(self, channel: Channel, at: datetime, by: str) -> bool:
        """False: it is no longer at this version."""
        columns = asdict(channel) | {"kinds": list(channel.kinds)}
        return self._statements.run("notifications/set_channel", at=at, by=by, **columns) == 1

    def platforms(self) -> tuple[PlatformName, ...]:
        return tuple(PlatformName(**row) for row in self._rows("list_platforms", limit=MOST))

    def handed_on(self, event_ids: Collection[str]) -> None:
        if event_ids:
            self._statements.run("notifications/set_delivered", [{"id": id_} for id_ in event_ids])

    def forget(self, before: datetime) -> int:
        return self._statements.run("notifications/remove_outbox", before=before)

    def _rows(self, name: str, **params: Any) -> list[Row]:
        return self._statements.rows(f"notifications/{name}", **params)


def _row(delivery: Delivery) -> Row:
    row = {name: getattr(delivery, name) for name in Delivery.__slots__}
    return row | {"card": delivery.card.model_dump_json()}


def delivery_from_row(row: Row) -> Delivery:
    return Delivery(**row | {"card": Card.model_validate_json(row["card"])})
