"""A small house with messages: who may publish what, and one draft of each kind."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from data.cached import messages as cached_messages
from data.messages.model import Draft, Message
from data.messages.store import FOUR_EYES
from data.people.model import Actor, Identity, Role
from data.portal import Portal
from data.status.estate import plan, read_estate
from data.tickets.ids import new_id

ESTATE = """
platforms:
  - {id: sales, name: Sales, kind: databricks, owner: sales-data}
  - {id: gateway, name: Gateway, kind: gateway}
  - {id: payroll, name: Payroll, kind: databricks, visibility: members}
checks:
  - {id: orders, platform: sales, name: Orders, source: push, mode: success, severity: critical, every: 5m}
"""
HOUR = timedelta(hours=1)


class Newsroom:
    """alice and bob own sales, dana is an admin, erin belongs to payroll, frank owns it, charlie is an outsider."""

    def __init__(self, portal: Portal) -> None:
        self.portal = portal
        self.messages = portal.messages
        portal.status.apply(plan(portal.status.estate(), read_estate(ESTATE, "checks.yaml"), prune=False), Actor.job())
        for name, role, platform_id in (
            ("alice", Role.service_owner, "sales"), ("bob", Role.service_owner, "sales"), ("dana", Role.admin, None),
            ("frank", Role.service_owner, "payroll"), ("gina", Role.triager, "sales"),
        ):  # fmt: skip
            portal.people.grant(Actor.job(), "user", f"{name}@example.org", role, platform_id)
        portal.people.map_platform(Actor.job(), "user", "erin@example.org", "payroll")

    def actor(self, name: str) -> Actor:
        email = f"{name}@example.org"
        return self.portal.people.access().actor(Identity(email, name), self.portal.settings, self.portal.clock())

    def draft(self, **parts: Any) -> Draft:
        at = self.portal.clock()
        given: dict[str, Any] = {"id": new_id(at), "title": "Sales moves", "body": "On *Friday*."}
        if parts.get("kind") == "maintenance":
            given |= {"starts_at": at + HOUR, "ends_at": at + 2 * HOUR}
        return Draft(**{"platform_ids": ("sales",), "zone": "Europe/Berlin", **given, **parts})

    def ask_for_two(self, by: str = "dana", on: bool = True) -> None:
        knobs, admin = self.portal.knobs, self.actor(by)
        knobs.turn(admin, knobs.read(admin, FOUR_EYES), on, "Two see more than one")

    def write(self, move: str = "publish", by: str = "alice", **parts: Any) -> Message:
        return self.messages.write(self.actor(by), move, self.draft(**parts))

    def move(self, name: str, message: Message, by: str = "alice", **answers: Any) -> Message:
        return self.messages.move(self.actor(by), message.id, message.version, name, answers)

    def again(self, move: str, message: Message, by: str = "alice", **parts: Any) -> Message:
        """The same message with another text."""
        return self.messages.write(self.actor(by), move, self.draft(id=message.id, **parts), message.version)

    def titles(self, name: str = "charlie") -> list[str]:
        """What is announced to somebody, as the front page knows it."""
        cached_messages.drop()
        return sorted(m.title for m in cached_messages.announced(self.portal, self.actor(name)).value or ())
