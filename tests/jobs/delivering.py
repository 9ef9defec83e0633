"""A portal with people, platforms, a mail server and receivers, and notices to deliver."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Any

import pytest

from data.notifications.model import Channel, Delivery, Notice
from data.people.model import Actor, Role
from data.portal import Portal
from data.status.estate import plan, read_estate
from jobs.notify import notify
from tests.portals import NOW, Clock
from tests.standins.receivers import Mailbox, Receiver, mail_server, receiver

ESTATE = """
platforms:
  - {id: sales, name: Sales, kind: databricks}
  - {id: payroll, name: Payroll, kind: databricks, visibility: members}
"""
ALICE, BOB, CHARLIE, DANA = (f"{name}@example.org" for name in ("alice", "bob", "charlie", "dana"))
URL, KEY = "PORTAL_SECRET_TEAM_URL", "PORTAL_SECRET_TEAM_KEY"
DELIVERIES = """
    SELECT id, channel, target, thread, card, state, attempts, due_at, sent_at, last_error, claimed_by, version
    FROM deliveries ORDER BY id
"""
ADMIN = Actor(DANA, "dana", Role.admin)


def notice(id_: str = "e1", **parts: Any) -> Notice:
    given: dict[str, Any] = {
        "id": id_, "at": NOW, "topic": "message:publish", "object_type": "message", "object_id": "m1",
        "platform_id": "sales", "actor": BOB, "audience": "everybody", "recipients": (ALICE,),
        "payload": {"title": "Sales are late", "text": "Since *five*.", "path": "messages?id=m1"},
    }  # fmt: skip
    return Notice(**given | parts)


def channel(**parts: Any) -> Channel:
    given: dict[str, Any] = {
        "id": "", "name": "Team", "type": "webhook", "platform_id": "sales", "kinds": ("messages",),
        "url_variable": URL, "secret_variable": KEY,
    }  # fmt: skip
    return Channel(**given | parts)


@dataclass
class House:
    portal: Portal
    clock: Clock
    box: Mailbox
    hook: Receiver

    def tell(self, *notices: Notice) -> list[str]:
        self.portal.outbox.add(notices)
        return notify(self.portal)

    def again(self, **later: float) -> list[str]:
        self.clock.advance(**later)
        return notify(self.portal)

    def add(self, **parts: Any) -> Channel:
        return self.portal.notifications.channels.save(ADMIN, channel(**parts))

    def deliveries(self, *columns: str) -> list[tuple[Any, ...]]:
        return [tuple(row[name] for name in columns) for row in self.portal.engine.query(DELIVERIES).to_pylist()]

    def dead(self) -> list[Delivery]:
        return list(self.portal.notifications.upkeep.dead_letters(ADMIN))

    def using(self, **settings: Any) -> House:
        changed = self.portal.settings.model_copy(update=settings)
        return replace(self, portal=self.portal.replace(settings=changed))


@pytest.fixture
def house(portal: Portal, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    portal.status.apply(plan(portal.status.estate(), read_estate(ESTATE, "checks.yaml"), prune=False), Actor.job())
    portal.people.map_platform(Actor.job(), "user", ALICE, "payroll")
    with ExitStack() as stack:
        box, hook = stack.enter_context(mail_server()), stack.enter_context(receiver())
        monkeypatch.setenv(URL, f"{hook.url}/flow?sig=s3cret")
        monkeypatch.setenv(KEY, "signing-k3y")
        settings = {
            "smtp_host": "127.0.0.1", "smtp_port": box.port, "smtp_security": "none", "private_receivers": True,
            "mail_from": "portal@example.org", "url": "https://portal.example.org",
        }  # fmt: skip
        yield House(portal, clock, box, hook).using(**settings)
