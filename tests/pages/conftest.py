"""Pages run as a viewer's browser would run them, over a portal with real tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from data import cached, doorway
from data.people.model import Actor, Role
from data.portal import Portal
from data.settings import Settings
from data.status.estate import plan, read_estate
from data.status.model import Outcome, Reading
from data.tickets.ids import new_id
from data.tickets.model import Draft, Ticket
from tests.portals import NOW, Clock, clock, portal, recording

__all__ = ["clock", "portal", "recording"]

ESTATE = """
platforms:
  - {id: sales, name: "Sales *mart*", kind: databricks, owner: sales-data, contact: sales@example.org}
  - {id: gateway, name: Gateway, kind: gateway, criticality: 1}
  - {id: payroll, name: Payroll, kind: databricks, visibility: members, depends_on: [sales]}
checks:
  - {id: orders, platform: sales, name: Orders are fresh, source: push, mode: age, warn_after: 2h, error_after: 6h,
     every: 5m, runbook: "https://example.org/runbook"}
  - {id: answers, platform: gateway, name: Gateway answers, source: push, mode: success, severity: critical, every: 5m}
  - {id: salaries, platform: payroll, name: Salaries are fresh, source: push, mode: age, warn_after: 2h, every: 5m}
"""
UI = Path(__file__).parents[2] / "ui.py"
Visit = Callable[..., AppTest]
Open = Callable[..., Ticket]
SignIn = Callable[[str], None]
ALICE, CHARLIE = (Actor(email=f"{n}@example.org", name=n, everywhere=Role.contributor) for n in ("alice", "charlie"))
BOB = Actor(email="bob@example.org", name="bob", everywhere=Role.service_owner)


@pytest.fixture
def enter(recording: Portal) -> Iterator[Portal]:
    """The process's portal for one test; what was cached of it is forgotten, so that each test reads its own."""
    doorway.enter(recording)
    yield recording
    doorway.enter(None)
    cached.drop()


@pytest.fixture
def house(enter: Portal) -> Portal:
    """Sales are late since 05:30 UTC, the gateway is fine, and payroll is for members only."""
    enter.status.apply(plan(enter.status.estate(), read_estate(ESTATE, "checks.yaml"), prune=False), Actor.job())
    at = NOW - timedelta(seconds=40)
    enter.status.record(
        [
            Reading(check_id="orders", observed_at=at, source_event_at=at - timedelta(hours=3)),
            Reading(check_id="answers", observed_at=at, outcome=Outcome.ok, value=0.048, message="Answered 200"),
            Reading(check_id="salaries", observed_at=at, source_event_at=at),
        ],
        "push",
    )
    return enter


@pytest.fixture
def visit() -> Visit:
    """Open a page with the given query parameters."""

    def open_page(page: str = "", /, **query: str) -> AppTest:
        app = AppTest.from_file(UI, default_timeout=20)
        app.context = {"timezone": "Europe/Berlin"}
        for name, value in query.items():
            app.query_params[name] = value
        return (app.switch_page(f"pages/{page}.py") if page else app).run()

    return open_page


@pytest.fixture
def sign_in(house: Portal, monkeypatch: pytest.MonkeyPatch) -> SignIn:
    """From here on the portal stands behind a proxy; bob's role was granted there."""
    owner = Actor.job()
    house.people.grant(owner, "user", BOB.email, Role.service_owner)
    doorway.enter(house.replace(settings=Settings(home=house.settings.home, trust_proxy=True)))

    def enter(name: str) -> None:
        client = SimpleNamespace(headers=[("X-Forwarded-Email", f"{name}@example.org")], cookies={}, remote_ip=None)
        monkeypatch.setattr("streamlit.runtime.context._get_client_context", lambda: client)

    return enter


@pytest.fixture
def open_(house: Portal, clock: Clock) -> Open:
    """One of alice's, walked on by bob as far as the given moves go."""

    def opened(*moves: tuple[str, dict[str, Any]], kind: str = "incident", **parts: Any) -> Ticket:
        fields = {
            "title": "Sales report is late",
            "body": "Nothing since *Sunday*",
            "impact": "blocked",
            "urgency": "now",
        }
        ticket = house.tickets.open(ALICE, Draft(id=new_id(clock()), kind=kind, **(fields | parts))).ticket
        for name, answers in moves:
            clock.advance(minutes=5)
            ticket = house.tickets.move(BOB, ticket.id, ticket.version, name, answers)
        return ticket

    return opened
