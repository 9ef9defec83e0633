"""What is told of platforms: once for each change, folded into what caused it, and through every crash."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from data.engines.recording import RecordingEngine
from data.errors import Unavailable
from data.messages.model import Draft
from data.notifications.model import Notice
from data.people.model import Actor
from data.portal import Portal
from data.status.estate import plan, read_estate
from data.status.model import Outcome, Reading
from data.tickets.ids import new_id
from tests.portals import ON_EVERY_STORE, Clock, clock, connected, portal, warehouse, workspace

__all__ = ["clock", "connected", "portal", "warehouse", "workspace"]

ESTATE = """
platforms:
  - {id: gateway, name: Gateway EU-2, kind: gateway, criticality: 1}
  - {id: sales, name: Sales, kind: model, depends_on: [gateway]}
  - {id: payroll, name: Payroll, kind: model, visibility: members, depends_on: [gateway]}
checks:
  - {id: host-1, platform: gateway, name: Host 1 answers, source: push, mode: success, severity: critical, every: 1d}
  - {id: host-2, platform: gateway, name: Host 2 answers, source: push, mode: success, every: 1d}
  - {id: logo, platform: gateway, name: Logo, source: push, mode: success, severity: info, every: 1d}
  - {id: orders, platform: sales, name: Orders, source: push, mode: success, severity: critical, every: 1d}
  - {id: customers, platform: sales, name: Customers, source: push, mode: success, severity: critical, every: 1d}
"""
EVERY = ("host-1", "host-2", "logo", "orders", "customers")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
OK, FAIL, BLIND = Outcome.ok, Outcome.fail, Outcome.blind


class Watch:
    """Every check was seen to be fine; the clock moves six minutes with each look, so that two alike are believed."""

    def __init__(self, portal: Portal, clock: Clock) -> None:
        self.portal, self.clock = portal, clock
        portal.status.apply(plan(portal.status.estate(), read_estate(ESTATE, "checks.yaml"), prune=False), Actor.job())
        self.see(OK, *EVERY)

    def look(self, outcome: Outcome, *checks: str) -> None:
        self.clock.advance(minutes=6)
        said = "" if outcome is OK else "No answer: connection refused"
        seen = [Reading(check_id=id_, observed_at=self.clock(), outcome=outcome, message=said) for id_ in checks]
        self.portal.status.record(seen, "push")

    def see(self, outcome: Outcome, *checks: str) -> None:
        for _ in range(2):
            self.look(outcome, *checks)

    @property
    def told(self) -> list[Notice]:
        return list(self.portal.outbox.pending(EPOCH))

    @property
    def titles(self) -> list[str]:
        return [str(notice.payload["title"]) for notice in self.told]


@pytest.fixture
def watch(portal: Portal, clock: Clock) -> Watch:
    return Watch(portal, clock)


@ON_EVERY_STORE
def test_a_platform_that_goes_down_and_comes_back_is_told_once_each(watch: Watch) -> None:
    assert watch.told == [], "the first sight of a check is no news"
    watch.see(FAIL, "host-1", "host-2", "logo")
    (down,) = watch.told
    assert (down.topic, down.object_type, down.object_id, down.platform_id, down.audience, down.recipients) == (
        "status:major_outage", "platform", "gateway", "gateway", "everybody", ()
    )  # fmt: skip
    assert down.payload == {
        "kind": "status", "title": "Gateway EU-2 is down", "path": "platform?platform=gateway", "within": [],
        "note": "Gateway EU-2 is down since 08:54: No answer: connection refused. Sales depends on it.",
    }  # fmt: skip
    watch.see(FAIL, "host-1", "host-2", "logo")
    assert len(watch.told) == 1, "what lasts is no news"
    watch.see(OK, "host-1", "host-2", "logo")
    (_, fine) = watch.told
    assert fine.payload["title"] == "Gateway EU-2 is fine again"
    assert fine.payload["note"] == "Gateway EU-2 is fine again since 09:18, after 24 min."


STEPS = [
    ("a check beside others", [(FAIL, "host-2")], ["Gateway EU-2 is degraded"]),
    ("worse and better by steps", [(FAIL, "host-2"), (FAIL, "host-1"), (OK, "host-1")],
     ["Gateway EU-2 is degraded", "Gateway EU-2 is down", "Gateway EU-2 is degraded"]),
    ("a second check of what is down", [(FAIL, "host-1"), (FAIL, "host-2")],
     ["Gateway EU-2 is down", "Gateway EU-2: Host 2 answers is down"]),
    ("for information only", [(FAIL, "logo")], []),
    ("blindness", [(BLIND, "host-1"), (OK, "host-1")], []),
    ("an outage around blindness", [(FAIL, "host-1"), (BLIND, "host-1"), (OK, "host-1")],
     ["Gateway EU-2 is down", "Gateway EU-2 is fine again"]),
]  # fmt: skip


@pytest.mark.parametrize(("_why", "steps", "titles"), STEPS, ids=[step[0] for step in STEPS])
def test_what_is_news_of_a_platform(
    watch: Watch, _why: str, steps: list[tuple[Outcome, str]], titles: list[str]
) -> None:
    for outcome, check in steps:
        watch.see(outcome, check)
    assert watch.titles == titles


def test_trouble_under_what_is_down_is_part_of_it(watch: Watch) -> None:
    watch.see(FAIL, "host-1", "orders")
    watch.see(FAIL, "customers")
    assert {(n.payload["title"], *n.payload["within"]) for n in watch.told} == {
        ("Gateway EU-2 is down",), ("Sales is down", "gateway"), ("Sales: Customers is down", "gateway")
    }  # fmt: skip
    watch.see(OK, "host-1")
    watch.see(OK, "orders", "customers")
    assert [(n.payload["title"], *n.payload["within"]) for n in watch.told[3:]] == [
        ("Gateway EU-2 is fine again",), ("Sales is fine again", "gateway")
    ]  # fmt: skip
    watch.see(FAIL, "orders")
    assert watch.told[-1].payload["within"] == [], "what begins later has another cause"


def test_in_announced_maintenance_nothing_is_told(watch: Watch) -> None:
    at = watch.clock()
    draft = Draft(id=new_id(at), kind="maintenance", title="Upgrade", platform_ids=("gateway",), starts_at=at,
                  ends_at=at + timedelta(hours=1))  # fmt: skip
    watch.portal.messages.write(Actor("dana@example.org", "dana", Actor.job().everywhere), "publish", draft)
    watch.see(FAIL, "host-1")
    assert [notice.object_type for notice in watch.told] == ["message"]


def test_what_an_admin_switches_off_is_no_news(watch: Watch, portal: Portal) -> None:
    watch.see(FAIL, "host-1")
    off = ESTATE.replace("{id: host-1,", "{id: host-1, state: disabled,")
    portal.status.apply(plan(portal.status.estate(), read_estate(off, "checks.yaml"), prune=False), Actor.job())
    assert watch.titles == ["Gateway EU-2 is down"]


def test_what_keeps_changing_is_told_later_and_only_if_it_is_still_so(watch: Watch, portal: Portal) -> None:
    for outcome in (FAIL, OK, FAIL, OK, FAIL):
        watch.look(outcome, "host-1")
        watch.look(outcome, "host-1")
    *first, last = watch.told
    assert "not_before" not in first[0].payload
    assert last.payload["not_before"] == (last.at + timedelta(minutes=10)).isoformat()
    assert (last.payload["edition"], hearing(portal, last).edition) == ("major_outage", "major_outage")


def hearing(portal: Portal, notice: Notice) -> Any:
    return portal.status.hearings([notice])[notice.object_id]


def test_a_platform_for_members_is_heard_of_by_members(watch: Watch, portal: Portal) -> None:
    charlie = Actor("charlie@example.org", "charlie", Actor.job().everywhere.contributor)
    notices = [Notice(id=id_, at=watch.clock(), topic="status:late", object_type="platform", object_id=id_,
                      platform_id=id_, actor="portal", audience="everybody", recipients=())
               for id_ in ("sales", "payroll")]  # fmt: skip
    assert [hearing(portal, one).may(charlie, "everybody") for one in notices] == [True, False]


KILLED = ["INSERT INTO outbox", "INSERT INTO status_transitions"]


@pytest.mark.parametrize("at", KILLED)
def test_who_is_killed_between_the_change_and_the_notice_loses_and_repeats_nothing(
    portal: Portal, clock: Clock, at: str
) -> None:
    engine = RecordingEngine(portal.engine)
    watch = Watch(portal.replace(engine=engine), clock)
    watch.look(FAIL, "host-1", "host-2")
    engine.fail(1, Unavailable("killed"), on=at)
    with pytest.raises(Unavailable):
        watch.look(FAIL, "host-1", "host-2")
    assert portal.status.repair() == 2
    assert portal.status.repair() == 0
    assert watch.titles == ["Gateway EU-2 is down"]
    watch.see(FAIL, "host-1", "host-2")
    assert watch.titles == ["Gateway EU-2 is down"]
