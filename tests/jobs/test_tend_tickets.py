"""The job for tickets: which checks ring, what it completes first, and that it may run as often as it likes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from data.engines.recording import RecordingEngine
from data.errors import Unavailable
from data.people.model import Actor, Role, Scope
from data.portal import Portal
from data.status.model import Outcome, Reading, Severity
from data.tickets.ids import new_id
from data.tickets.model import Draft, Query
from data.tickets.visibility import viewer_of
from jobs.tend_tickets import alarm, alarms, tend_tickets
from tests.portals import Clock, a_check

Watch = Callable[..., None]
ADMIN = Actor("dana@example.org", "dana", Role.admin)


def see(portal: Portal, clock: Clock, outcome: Outcome, times: int = 3) -> None:
    for _ in range(times):
        clock.advance(minutes=5)
        portal.status.record([Reading(check_id="orders", observed_at=clock(), outcome=outcome)], "push")


def ringing(portal: Portal) -> list[tuple[str, str]]:
    board = portal.status.board(portal.status.snapshot(), Scope(everything=True))
    return [(one.check_id, one.look) for one in alarms(board)]


def titles(portal: Portal) -> list[str]:
    return [ticket.title for ticket in portal.tickets.lists.page(viewer_of(ADMIN), Query()).tickets]


@pytest.mark.parametrize(
    ("outcome", "look"), [(Outcome.fail, "red"), (Outcome.ok, "fine"), (Outcome.blind, "other")]
)  # fmt: skip
def test_a_critical_check_rings_as_it_looks(
    portal: Portal, clock: Clock, watch: Watch, outcome: Outcome, look: str
) -> None:
    watch(a_check("orders", "push", severity="critical", every="5m"))
    see(portal, clock, outcome)
    assert ringing(portal) == [("orders", look)]


@pytest.mark.parametrize("severity", [s for s in Severity if s is not Severity.critical])
def test_other_checks_never_ring(portal: Portal, clock: Clock, watch: Watch, severity: Severity) -> None:
    watch(a_check("orders", "push", severity=severity.name, every="5m"))
    see(portal, clock, Outcome.fail)
    assert ringing(portal) == []
    assert tend_tickets(portal) == ["Nothing was due."]


def test_a_check_that_was_never_seen_rings_nothing(portal: Portal, watch: Watch) -> None:
    watch(a_check("orders", "push", severity="critical", every="5m"))
    assert ringing(portal) == []
    assert tend_tickets(portal) == ["Nothing was due."]


def test_an_alarm_says_what_the_board_says(portal: Portal, clock: Clock, watch: Watch) -> None:
    watch(a_check("orders", "push", severity="critical", every="5m"))
    see(portal, clock, Outcome.fail)
    board = portal.status.board(portal.status.snapshot(), Scope(everything=True))
    ((view,),) = (tile.checks for tile in board.tiles)
    told = alarm(view, 1)
    assert (told.check_name, told.platform_id, told.since) == ("Orders", "shop", view.since)
    assert told.reason == (view.reason or "No reason")
    assert alarm(replace(view, reason=""), 1).reason == "No reason"


def test_the_job_runs_as_often_as_it_likes(portal: Portal, clock: Clock, watch: Watch) -> None:
    watch(a_check("orders", "push", severity="critical", every="5m"))
    see(portal, clock, Outcome.fail)
    (line,) = tend_tickets(portal)
    assert line.startswith("INC-")
    assert " opened: Orders" in line
    for _ in range(3):
        clock.advance(minutes=1)
        assert tend_tickets(portal) == ["Nothing was due."]
    assert len(titles(portal)) == 1


def test_two_jobs_on_one_store_open_one_incident(portal: Portal, clock: Clock, watch: Watch) -> None:
    watch(a_check("orders", "push", severity="critical", every="5m"))
    see(portal, clock, Outcome.fail)
    both = [tend_tickets(one) for one in (portal, portal.replace(clock=clock))]
    assert both[1] == ["Nothing was due."]
    assert len(titles(portal)) == 1


@pytest.mark.parametrize("statement", ["INSERT INTO watchers", "INSERT INTO outbox", "INSERT INTO audit_events"])
def test_what_a_process_left_out_is_completed_first(recording: Portal, statement: str) -> None:
    engine: Any = recording.engine
    assert isinstance(engine, RecordingEngine)
    draft = Draft(id=new_id(recording.clock()), kind="incident", title="Sales is late", impact="blocked")
    engine.fail(1, Unavailable("The store does not answer. Please try again."), statement)
    with pytest.raises(Unavailable):
        recording.tickets.open(ADMIN, draft)
    assert tend_tickets(recording) == ["1 things completed that a process left out."]
    assert tend_tickets(recording) == ["Nothing was due."]
    (event,) = recording.audit.events_of("ticket", draft.id)
    assert event.action == "ticket:open"


def test_a_ticket_that_cannot_be_moved_does_not_hold_up_the_others(recording: Portal, clock: Clock) -> None:
    engine: Any = recording.engine
    keys = []
    for number in range(2):
        draft = Draft(id=new_id(clock()), kind="incident", title=f"Problem {number}", impact="blocked")
        ticket = recording.tickets.open(ADMIN, draft).ticket
        recording.tickets.move(ADMIN, ticket.id, 1, "triage", {"priority": 2})
        until = clock() + timedelta(hours=1)
        held = {"hold_reason": "vendor", "hold_until": until, "note": "They look."}
        recording.tickets.move(ADMIN, ticket.id, 2, "hold", held)
        keys.append(ticket.key)
        clock.advance(minutes=1)
    clock.advance(hours=2)
    engine.fail(1, Unavailable("The store does not answer. Please try again."), "MERGE INTO tickets AS")
    assert len(tend_tickets(recording)) == 1
    assert len(tend_tickets(recording)) == 1
    assert tend_tickets(recording) == ["Nothing was due."]
    assert sorted(t.on_hold for t in recording.tickets.lists.page(viewer_of(ADMIN), Query()).tickets) == [False] * 2
