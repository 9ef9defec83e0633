"""The state of platforms over real sockets: one mail and one card for a change, and the parent's for its children."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from data.people.model import Actor, Role
from data.status.estate import plan, read_estate
from data.status.model import Outcome, Reading
from jobs.notify import notify
from tests.jobs.delivering import ALICE, CHARLIE, House, house
from tests.portals import ON_EVERY_STORE, connected, warehouse, workspace

__all__ = ["connected", "house", "warehouse", "workspace"]

ESTATE = """
platforms:
  - {id: sales, name: Sales, kind: model, depends_on: [gateway]}
  - {id: payroll, name: Payroll, kind: model, visibility: members}
  - {id: gateway, name: Gateway EU-2, kind: gateway}
checks:
  - {id: orders, platform: sales, name: Orders, source: push, mode: success, severity: critical, every: 1d}
  - {id: salaries, platform: payroll, name: Salaries, source: push, mode: success, severity: critical, every: 1d}
  - {id: host, platform: gateway, name: Host answers, source: push, mode: success, severity: critical, every: 1d}
"""
OK, FAIL = Outcome.ok, Outcome.fail


@pytest.fixture
def desk(house: House) -> House:
    """Everything was seen to be fine; charlie wants mail of every status at once, a Teams channel hears of all, too."""
    apply = plan(house.portal.status.estate(), read_estate(ESTATE, "checks.yaml"), prune=False)
    house.portal.status.apply(apply, Actor.job())
    wants(house, CHARLIE, None)
    house.add(type="teams", platform_id=None, kinds=("status",), secret_variable=None)
    see(house, OK, "orders", "salaries", "host")
    return house


def wants(house: House, who: str, platform: str | None, how: Any = "now") -> None:
    person = Actor(who, who, Role.contributor, platforms=frozenset({"payroll"}))
    house.portal.notifications.choices.choose(person, [(platform, "status", how)])


def see(house: House, outcome: Outcome, *checks: str) -> None:
    said = "" if outcome is OK else "No answer: connection refused"
    for _ in range(2):
        house.clock.advance(minutes=6)
        seen = [Reading(check_id=id_, observed_at=house.clock(), outcome=outcome, message=said) for id_ in checks]
        house.portal.status.record(seen, "push")


def mails(house: House, who: str = CHARLIE) -> list[str]:
    return [str(mail["Subject"]) for mail in house.box.mails if mail["To"] == who]


def cards(house: House) -> list[str]:
    bodies = [json.loads(posted.body)["attachments"][0]["content"]["body"] for posted in house.hook.posted]
    return [body[0]["text"] for body in bodies]


@ON_EVERY_STORE
def test_an_outage_and_its_end_are_told_once_by_mail_and_card(desk: House) -> None:
    see(desk, FAIL, "host")
    assert desk.again() == ["2 deliveries planned; 2 delivered."]
    assert mails(desk) == ["[Data portal] Gateway EU-2 is down (Major outage)"]
    assert cards(desk) == [r"Gateway EU\-2 is down"]
    text = " ".join(desk.box.mails[0].get_body(("plain",)).get_content().split())
    assert "Gateway EU-2 is down since 08:54: No answer: connection refused. Sales depends on it." in text
    assert "Open: https://portal.example.org/platform?platform=gateway" in text
    see(desk, FAIL, "host")
    assert desk.again() == ["0 deliveries planned; nothing was due."]
    see(desk, OK, "host")
    desk.again()
    assert mails(desk)[1:] == ["[Data portal] Gateway EU-2 is fine again (Operational)"]
    assert len(cards(desk)) == 2


def test_children_of_what_is_down_are_told_to_those_alone_who_hear_nothing_of_it(desk: House) -> None:
    wants(desk, ALICE, "sales")
    see(desk, FAIL, "host", "orders")
    desk.again()
    assert mails(desk) == ["[Data portal] Gateway EU-2 is down (Major outage)"]
    assert mails(desk, ALICE) == ["[Data portal] Sales is down (Major outage)"]
    assert len(cards(desk)) == 1
    see(desk, OK, "host", "orders")
    desk.again()
    assert mails(desk)[1:] == ["[Data portal] Gateway EU-2 is fine again (Operational)"]
    assert mails(desk, ALICE)[1:] == ["[Data portal] Sales is fine again (Operational)"]


def test_charlie_and_channels_of_all_hear_nothing_of_a_platform_for_members(desk: House) -> None:
    wants(desk, ALICE, "payroll")
    see(desk, FAIL, "salaries")
    desk.again()
    assert (mails(desk), cards(desk)) == ([], [])
    assert mails(desk, ALICE) == ["[Data portal] Payroll is down (Major outage)"]


def test_what_keeps_changing_is_told_only_once_it_stays(desk: House) -> None:
    for outcome in (FAIL, OK, FAIL, OK):
        see(desk, outcome, "host")
    desk.again()
    told = len(cards(desk))
    see(desk, FAIL, "host")
    desk.again()
    assert len(cards(desk)) == told, "held for ten minutes"
    see(desk, OK, "host")
    desk.again(minutes=4)
    assert r"Gateway EU\-2 is down" not in cards(desk)[told:], "it was not so any more"
    desk.again(minutes=20)
    assert cards(desk)[-1] == r"Gateway EU\-2 is fine again"


@ON_EVERY_STORE
def test_two_runs_at_once_tell_a_change_once(desk: House) -> None:
    see(desk, FAIL, "host")
    start = threading.Barrier(2)

    def run() -> None:
        start.wait()
        notify(desk.portal)

    with ThreadPoolExecutor(2) as runs:
        for one in [runs.submit(run) for _ in range(2)]:
            one.result()
    assert (len(mails(desk)), len(cards(desk))) == (1, 1)
