"""From a ticket to the mail and the post: who hears of it, asked of the ticket as it is now."""

from __future__ import annotations

import pytest

from data.notifications.choices import Choice
from data.notifications.model import Channel, Delivery
from data.people.model import Actor, Role
from data.tickets.model import Ticket
from tests.data.tickets.desk import Desk

EVERYTHING: list[Choice] = [(None, kind, "now") for kind in ("incidents", "improvements", "requests")]


@pytest.fixture
def told(desk: Desk) -> Desk:
    """Mail is set up, charlie and dana subscribed to everything, and a channel of sales hears of everything."""
    settings = desk.portal.settings.model_copy(
        update={"smtp_host": "127.0.0.1", "url": "https://portal.example.org", "smtp_port": 1}
    )
    house = Desk(desk.portal.replace(settings=settings))
    for actor in (house.charlie, house.dana):
        house.portal.notifications.choices.choose(actor, EVERYTHING)
    channel = Channel(
        id="team", name="Team", type="teams", platform_id="sales", kinds=("incidents", "improvements", "requests"),
        url_variable="PORTAL_SECRET_X",
    )  # fmt: skip
    house.portal.notifications.channels.save(Actor("dana@example.org", "dana", Role.admin), channel)
    return house


def planned(desk: Desk) -> list[Delivery]:
    desk.portal.notifications.post.plan()
    return desk.portal.notifications.post.claim("test", 100)


def names(deliveries: list[Delivery]) -> list[str]:
    return sorted(one.target.partition("@")[0] for one in deliveries)


def test_an_incident_is_told_to_whoever_may_see_it(told: Desk) -> None:
    ticket = told.open()
    found = planned(told)
    assert names(found) == ["charlie", "dana", "team"]
    card = found[0].card
    assert card.title == f"{ticket.key} · Sales shows Sunday"
    assert dict(card.facts) | {"When": ""} == {
        "What": "bob opened it", "State": "New", "Platform": "Sales", "When": ""
    }  # fmt: skip
    assert card.links == (("Open", f"https://portal.example.org/incidents?id={ticket.key}"),)


@pytest.mark.parametrize(
    ("kind", "parts", "heard_by"),
    [
        ("incident", {"sensitive": True}, ["dana"]),
        ("incident", {"platform_id": "payroll"}, ["dana"]),
        ("request", {}, ["dana"]),
    ],
)
def test_what_is_not_for_all_is_told_to_staff_and_to_no_channel(
    told: Desk, kind: str, parts: dict[str, object], heard_by: list[str]
) -> None:
    told.open(kind, told.erin if parts.get("platform_id") else told.bob, **parts)
    assert names([one for one in planned(told) if one.target != "alice@example.org"]) == heard_by


def test_an_internal_note_is_told_to_staff_that_follows_and_says_nothing_of_its_text(told: Desk) -> None:
    ticket = told.open()
    told.move(told.dana, ticket, "triage", priority=2)
    told.move(told.alice, ticket, "start")
    planned(told)
    told.tickets.talk.comment(told.dana, ticket.id, "The gateway is *rotten*", internal=True)
    found = planned(told)
    assert names(found) == ["alice"]
    assert "rotten" not in found[0].card.model_dump_json()


def test_a_ticket_that_became_sensitive_is_not_told_any_more(told: Desk) -> None:
    ticket: Ticket = told.open()
    found = planned(told)
    told.move(told.dana, ticket, "share", sensitive=True)
    stopped = told.portal.notifications.post.stopped(found)
    assert names([one for one in found if one.id not in stopped]) == ["dana"]


def test_of_a_ticket_that_is_gone_nobody_hears(told: Desk) -> None:
    told.open()
    found = planned(told)
    told.portal.engine.execute("DELETE FROM tickets WHERE kind = :kind", {"kind": "incident"})
    assert told.portal.notifications.post.stopped(found).keys() == {one.id for one in found}
