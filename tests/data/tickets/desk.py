"""A small house with tickets: who there is, what there is, and how each kind is opened."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from data.people.model import Actor, Identity, Role
from data.portal import Portal
from data.status.estate import plan, read_estate
from data.tickets.ids import new_id
from data.tickets.model import Draft, Ticket
from data.tickets.visibility import Viewer, viewer_of

ESTATE = """
platforms:
  - {id: sales, name: Sales, kind: databricks, owner: sales-data, criticality: 1}
  - {id: payroll, name: Payroll, kind: databricks, visibility: members, owner: hr-data}
checks:
  - {id: gateway, platform: sales, name: Gateway answers, source: push, mode: success, severity: critical, every: 5m}
"""
DRAFTS: Mapping[str, Mapping[str, Any]] = {
    "incident": {"title": "Sales shows Sunday", "body": "I see Sunday.", "impact": "blocked", "urgency": "today"},
    "improvement": {"title": "Refresh every half hour", "body": "Today I wait until eleven."},
    "request": {
        "title": "", "template": "access",
        "fields": {"dataset": "finance.gl", "access": "read", "purpose": "month-end closing", "duration": "year"},
    },
}  # fmt: skip


def furnish(portal: Portal) -> None:
    """The platforms, and who has which rights on them."""
    portal.status.apply(plan(portal.status.estate(), read_estate(ESTATE, "checks.yaml"), prune=False), Actor.job())
    people = portal.people
    people.grant(Actor.job(), "user", "alice@example.org", Role.service_owner, "sales")
    people.grant(Actor.job(), "user", "dana@example.org", Role.triager)
    people.map_platform(Actor.job(), "user", "erin@example.org", "payroll")


class Desk:
    """alice owns sales, dana triages everywhere, erin belongs to payroll, bob asks, charlie is an outsider."""

    def __init__(self, portal: Portal) -> None:
        self.portal = portal
        self.tickets = portal.tickets
        self.alice, self.bob, self.charlie, self.dana, self.erin = map(
            self.actor, ("alice", "bob", "charlie", "dana", "erin")
        )
        self.portal_itself = Actor.job("portal")

    def actor(self, name: str) -> Actor:
        email = f"{name}@example.org"
        return self.portal.people.access().actor(Identity(email, name), self.portal.settings, self.portal.clock())

    def viewer(self, name: str) -> Viewer:
        return viewer_of(self.actor(name))

    def draft(self, kind: str = "incident", **parts: Any) -> Draft:
        given = {"platform_id": "sales", **DRAFTS[kind], **parts}
        return Draft(**{"id": new_id(self.portal.clock()), "kind": kind, **given})

    def open(self, kind: str = "incident", by: Actor | None = None, **parts: Any) -> Ticket:
        return self.tickets.open(by or self.bob, self.draft(kind, **parts)).ticket

    def move(self, actor: Actor, ticket: Ticket, name: str, **answers: Any) -> Ticket:
        return self.tickets.move(actor, ticket.id, self.now(ticket).version, name, answers)

    def now(self, ticket: Ticket) -> Ticket:
        """As it is stored at this moment."""
        return self.tickets.lists.detail(self.dana, ticket.id).ticket

    def resolved(self) -> Ticket:
        ticket = self.open()
        self.move(self.dana, ticket, "triage", priority=2)
        self.move(self.dana, ticket, "start")
        return self.move(self.dana, ticket, "resolve", reason="fixed", note="Reloaded.")
