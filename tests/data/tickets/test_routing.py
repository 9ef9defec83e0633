"""Rules for who gets a ticket: the first that fits decides, and what can never decide is told."""

from __future__ import annotations

from typing import Any

import pytest

from data.tickets.model import Ticket
from data.tickets.routing import TRIAGE, Rule, shadowed, team_of
from tests.portals import NOW

SAP = Rule(team="erp", keyword="SAP")
ACCESS = Rule(team="rights", template="access")
ON_SALES = Rule(team="bi", platform="sales")
ALL = Rule(team="core")


def ticket(**parts: Any) -> Ticket:
    head = {"id": "1", "key": "INC-1", "kind": "incident", "state": "new", "title": "Orders are late"}
    people = {"requester": "alice@example.org", "created_by": "alice@example.org", "updated_by": "alice@example.org"}
    return Ticket(**{**head, **people, "created_at": NOW, "updated_at": NOW, **parts})


@pytest.mark.parametrize(
    ("parts", "team"),
    [
        ({}, TRIAGE),
        ({"title": "sap orders are late"}, "erp"),
        ({"body": "From S/4: SAP says no", "platform_id": "sales"}, "erp"),
        ({"platform_id": "sales"}, "bi"),
        ({"kind": "request", "template": "access", "platform_id": "sales"}, "rights"),
        ({"kind": "request", "template": "source"}, TRIAGE),
    ],
)
def test_the_first_rule_that_fits_decides(parts: dict[str, Any], team: str) -> None:
    assert team_of(ticket(**parts), (SAP, ACCESS, ON_SALES), owner=None) == team


def test_without_a_rule_the_owner_of_the_platform_gets_it() -> None:
    assert team_of(ticket(platform_id="sales"), (SAP,), owner="sales-data") == "sales-data"


@pytest.mark.parametrize(
    ("rules", "hidden"),
    [
        ((SAP, ACCESS, ON_SALES), {}),
        ((ALL, SAP, ACCESS), {1: 0, 2: 0}),
        ((SAP, ALL), {}),
        ((SAP, Rule(team="x", keyword="sap orders")), {1: 0}),
        ((Rule(team="x", keyword="sap orders"), SAP), {}),
        ((ON_SALES, Rule(team="x", platform="sales", kind="incident")), {1: 0}),
        ((Rule(team="x", platform="sales", kind="incident"), ON_SALES), {}),
        ((ON_SALES, Rule(team="x", platform="gateway")), {}),
        ((Rule(team="x", kind="request"), ACCESS), {1: 0}),
        ((Rule(team="x", kind="incident"), ACCESS), {}),
        ((ACCESS, ACCESS), {1: 0}),
    ],
)
def test_a_rule_that_can_never_decide_is_told_with_the_one_that_takes_all_of_its_tickets(
    rules: tuple[Rule, ...], hidden: dict[int, int]
) -> None:
    assert shadowed(rules) == hidden
