"""What the clock does to tickets: alarms, silence, holds and approvals; each thing once, however often it is asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from data.portal import Portal
from data.status.model import Outcome, Reading
from data.tickets.alarms import Alarm, AlarmPolicy, drafted, plan_alarms
from data.tickets.ids import id_from
from data.tickets.model import Query, Ticket
from jobs.tend_tickets import tend_tickets
from tests.data.tickets.desk import Desk
from tests.portals import ON_EVERY_STORE, Clock

Look = Callable[[Outcome, int], None]


@pytest.fixture
def look(desk: Desk, clock: Clock) -> Look:
    """The gateway is looked at so many times, every five minutes."""

    def see(outcome: Outcome, times: int) -> None:
        for _ in range(times):
            clock.advance(minutes=5)
            said = "Answered 200" if outcome is Outcome.ok else "Host offline"
            reading = Reading(check_id="gateway", observed_at=clock(), outcome=outcome, message=said)
            desk.portal.status.record([reading], "push")

    return see


def known(desk: Desk) -> list[Ticket]:
    return list(desk.tickets.lists.page(desk.viewer("dana"), Query(sort="created")).tickets)


@ON_EVERY_STORE
def test_a_red_check_opens_one_incident_and_its_recovery_resolves_it(desk: Desk, look: Look) -> None:
    look(Outcome.fail, 3)
    assert "opened: Gateway answers: Host offline" in tend_tickets(desk.portal)[0]
    assert tend_tickets(desk.portal) == ["Nothing was due."]
    (ticket,) = known(desk)
    assert (ticket.source, ticket.asset, ticket.priority) == ("check:gateway", "gateway", 1)
    look(Outcome.ok, 6)
    tend_tickets(desk.portal)
    (ticket,) = known(desk)
    assert (ticket.state, ticket.reason) == ("resolved", "recovered")
    events = desk.tickets.lists.detail(desk.bob, ticket.id).events
    assert "Green again" in (events[-1].reason or "")


def test_red_again_within_a_day_goes_on_and_later_is_a_new_one(desk: Desk, look: Look, clock: Clock) -> None:
    look(Outcome.fail, 3)
    tend_tickets(desk.portal)
    look(Outcome.ok, 6)
    tend_tickets(desk.portal)
    look(Outcome.fail, 3)
    tend_tickets(desk.portal)
    (ticket,) = known(desk)
    assert (ticket.state, ticket.reopened) == ("in_progress", 1)
    look(Outcome.ok, 6)
    tend_tickets(desk.portal)
    clock.advance(hours=25)
    look(Outcome.ok, 2)
    look(Outcome.fail, 3)
    tend_tickets(desk.portal)
    assert [t.state for t in known(desk)] == ["new", "resolved"]


@pytest.mark.parametrize("move", ["assign", "triage"])
def test_what_a_human_took_over_is_left_to_the_human(desk: Desk, look: Look, move: str) -> None:
    look(Outcome.fail, 3)
    tend_tickets(desk.portal)
    (ticket,) = known(desk)
    desk.move(desk.dana, ticket, move, **({"priority": 1} if move == "triage" else {"assignee": "dana@example.org"}))
    look(Outcome.ok, 6)
    assert tend_tickets(desk.portal) == ["Nothing was due."]


def test_two_processes_with_the_same_alarm_make_one_ticket(desk: Desk, look: Look, clock: Clock) -> None:
    since = clock()
    alarm = Alarm(check_id="gateway", check_name="Gateway answers", platform_id="sales", criticality=1, look="red",
                  since=since, reason="Host offline")  # fmt: skip
    for portal in (desk.portal, desk.portal.replace(clock=clock)):
        portal.tickets.open(desk.portal_itself, drafted(alarm, id_from(since, alarm.check_id)))
    assert len(known(desk)) == 1


def test_what_is_unknown_or_late_opens_and_resolves_nothing(desk: Desk, look: Look, clock: Clock) -> None:
    look(Outcome.blind, 4)
    assert tend_tickets(desk.portal) == ["Nothing was due."]


def test_a_quiet_check_rings_no_alarm(clock: Clock) -> None:
    alarm = Alarm(check_id="gateway", check_name="Gateway", platform_id="sales", criticality=1, look="red",
                  since=clock(), reason="Host offline")  # fmt: skip
    for policy in (AlarmPolicy(quiet=frozenset({"gateway"})), AlarmPolicy(on=False)):
        assert plan_alarms([alarm], [], policy, clock()).to_open == ()
    assert len(plan_alarms([alarm], [], AlarmPolicy(), clock()).to_open) == 1
    fine = replace(alarm, look="fine", since=clock() - timedelta(minutes=9))
    assert plan_alarms([fine], [], AlarmPolicy(), clock()).to_resolve == ()


def test_silence_after_a_resolution_closes_it_and_a_word_keeps_it_open(desk: Desk, clock: Clock) -> None:
    ticket = desk.resolved()
    clock.advance(days=4)
    desk.tickets.talk.comment(desk.bob, ticket.id, "Thank you, I look tomorrow.")
    clock.advance(days=3)
    assert tend_tickets(desk.portal) == ["Nothing was due."]
    clock.advance(days=5)
    assert tend_tickets(desk.portal) == [f"{ticket.key}: settle"]
    assert desk.now(ticket).state == "closed"


def test_who_does_not_answer_is_asked_twice_and_then_it_is_closed(desk: Desk, clock: Clock) -> None:
    ticket = desk.open()
    desk.move(desk.dana, ticket, "triage", priority=3)
    desk.move(desk.dana, ticket, "hold", hold_reason="requester", note="Which report?")
    done = []
    for _ in range(25):
        clock.advance(days=1)
        done += [line for line in tend_tickets(desk.portal) if "due" not in line]
    assert done == [f"{ticket.key}: {name}" for name in ("nudge", "nudge", "give_up")]
    assert desk.now(ticket).reason == "no_response"


def test_a_hold_with_a_date_ends_on_it(desk: Desk, clock: Clock) -> None:
    ticket = desk.open()
    desk.move(desk.dana, ticket, "triage", priority=3)
    until = clock() + timedelta(days=2)
    desk.move(desk.dana, ticket, "hold", hold_reason="vendor", hold_until=until, note="They look.")
    clock.advance(days=1)
    assert tend_tickets(desk.portal) == ["Nothing was due."]
    clock.advance(days=2)
    assert tend_tickets(desk.portal) == [f"{ticket.key}: resume"]


def test_a_silent_approver_is_reminded_then_the_owners_are_told_then_it_expires(desk: Desk, clock: Clock) -> None:
    ticket = desk.open("request")
    done = []
    for _ in range(14):
        clock.advance(hours=12)
        done += [line for line in tend_tickets(desk.portal) if "due" not in line]
    assert done == [f"{ticket.key}: {name}" for name in ("remind", "escalate", "expire")]
    seen = desk.tickets.lists.detail(desk.bob, ticket.id)
    assert (seen.ticket.state, seen.approvals[0].state) == ("expired", "expired")


def test_the_job_completes_what_was_left(desk: Desk, recording: Portal) -> None:
    assert tend_tickets(recording) == ["Nothing was due."]
