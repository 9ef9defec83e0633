"""How a roadmap is curated in tests: alice owns sales, dana triages, erin belongs to payroll, charlie to nothing."""

from __future__ import annotations

from typing import Any

from data.notifications.model import Notice
from data.people.model import Actor
from data.roadmap.model import Entry, Item
from data.tickets.ids import new_id
from data.tickets.model import Ticket
from tests.data.tickets.desk import Desk

FIELDS: dict[str, Any] = {
    "title": "Fresher sales data", "theme": "Freshness", "platform_id": "sales", "quarter": "2027-Q1",
    "owner": "alice@example.org", "description": "Every *half hour*.",
}  # fmt: skip
TO = {"now": ("start",), "next": ("plan",), "later": (), "shipped": ("start", "ship")}


class Plans:
    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.roadmap = desk.portal.roadmap
        self.admin = Actor.job("admin")

    def draft(self, by: Actor | None = None, **fields: Any) -> Item:
        id_ = new_id(self.desk.portal.clock())
        return self.roadmap.add(by or self.desk.alice, id_, {**FIELDS, **fields})

    def published(self, horizon: str = "later", *asked: Ticket, **fields: Any) -> Item:
        item = self.draft(self.admin, **fields)
        for ticket in asked:
            self.roadmap.link(self.admin, item.id, ticket.key)
        for name in ("publish", *TO[horizon]):
            item = self.move(item, name, self.admin)
        return item

    def move(self, item: Item, name: str, by: Actor | None = None, **answers: Any) -> Item:
        said = {"note": "It is there.", "reason": "It was too early.", **answers}
        return self.roadmap.move(by or self.desk.alice, item.id, self.now(item).version, name, said)

    def now(self, item: Item) -> Item:
        return self.entry(item).item

    def entry(self, item: Item, actor: Actor | None = None) -> Entry:
        return self.roadmap.entry(actor or self.admin, item.id)

    def titles(self, name: str) -> set[str]:
        return {entry.item.title for entry in self.roadmap.board(self.desk.viewer(name))}

    def idea(self, *voters: str, **parts: Any) -> Ticket:
        ticket = self.desk.open("improvement", **parts)
        for name in voters:
            self.desk.tickets.talk.vote(self.desk.actor(name), ticket.id, True)
        return ticket

    def carried(self, ticket: Ticket, *moves: str) -> Ticket:
        """An improvement on its way: review, plan, deliver, ship, or reject."""
        said: dict[str, dict[str, Any]] = {
            "plan": {"roadmap": "x", "horizon": "now", "note": "Soon."},
            "deliver": {"work_item": "https://example.org/work/1"},
            "ship": {"note": "Done."}, "reject": {"reason": "low_demand", "note": "Too few."},
        }  # fmt: skip
        for name in moves:
            ticket = self.desk.move(self.desk.alice, ticket, name, **said.get(name, {}))
        return ticket

    def notices(self) -> list[Notice]:
        pending = self.desk.portal.outbox.pending(self.desk.portal.clock().replace(year=2020))
        return [notice for notice in pending if notice.object_type == "roadmap_item"]
