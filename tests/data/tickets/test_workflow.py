"""Every move, everybody, every state: against tables written by hand from what was agreed, not from the code."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest

from data.errors import Conflict, Forbidden
from data.people.model import Actor, Role
from data.tickets.answers import Refused
from data.tickets.ids import key_of, new_id
from data.tickets.kinds import KINDS, kind_of, priority_of
from data.tickets.model import Right, Ticket
from data.tickets.sla import Policy
from data.tickets.timing import Timing, timed
from data.tickets.workflow import Change, changed, plan

AT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
BOB = Actor("bob@example.org", "bob", Role.contributor)
TIMING = Timing(Policy())
R, A, L, P, S = Right.requester, Right.staff, Right.lead, Right.approver, Right.portal

INCIDENT_OPEN = ("new", "triaged", "in_progress")
INCIDENT_ALL = (*INCIDENT_OPEN, "resolved", "closed")
IDEA_OPEN = ("new", "under_review", "planned", "in_delivery")
IDEA_ALL = (*IDEA_OPEN, "done", "rejected")
ORDER_OPEN = ("new", "awaiting_approval", "approved", "in_fulfilment")
ORDER_ALL = (*ORDER_OPEN, "fulfilled", "declined", "cancelled", "expired")
ALLOWED: dict[tuple[str, str], tuple[tuple[str, ...], str | None, set[Right]]] = {
    ("incident", "triage"): (("new",), "triaged", {A}),
    ("incident", "start"): (("triaged",), "in_progress", {A}),
    ("incident", "resolve"): (("in_progress",), "resolved", {A}),
    ("incident", "recover"): (INCIDENT_OPEN, "resolved", {S}),
    ("incident", "confirm"): (("resolved",), "closed", {R, L}),
    ("incident", "settle"): (("resolved",), "closed", {S}),
    ("incident", "reopen"): (("resolved",), "in_progress", {R, A, S}),
    ("incident", "hold"): (("triaged", "in_progress"), None, {A}),
    ("incident", "resume"): (INCIDENT_OPEN, None, {A, S}),
    ("incident", "nudge"): (INCIDENT_OPEN, None, {S}),
    ("incident", "give_up"): (INCIDENT_OPEN, "closed", {S}),
    ("incident", "prioritise"): (INCIDENT_OPEN, None, {A}),
    ("incident", "promise"): (INCIDENT_OPEN, None, {A}),
    ("incident", "close"): (("new", "triaged"), "closed", {A}),
    ("incident", "withdraw"): (("new", "triaged"), "closed", {R}),
    ("incident", "assign"): (INCIDENT_OPEN, None, {A}),
    ("incident", "edit"): (("new",), None, {R, A}),
    ("incident", "correct"): (INCIDENT_ALL[1:], None, {A}),
    ("incident", "merge"): (INCIDENT_ALL, None, {A}),
    ("incident", "unmerge"): (INCIDENT_ALL, None, {L}),
    ("incident", "share"): (INCIDENT_ALL, None, {A}),
    ("incident", "hide"): (INCIDENT_ALL, None, {L}),
    ("incident", "show"): (INCIDENT_ALL, None, {L}),
    ("improvement", "review"): (("new",), "under_review", {L}),
    ("improvement", "plan"): (("under_review",), "planned", {L}),
    ("improvement", "deliver"): (("planned",), "in_delivery", {L, S}),
    ("improvement", "ship"): (("in_delivery",), "done", {L, S}),
    ("improvement", "reject"): (IDEA_OPEN, "rejected", {L}),
    ("improvement", "reconsider"): (("rejected",), "under_review", {L}),
    ("improvement", "withdraw"): (("new",), "rejected", {R}),
    ("improvement", "assign"): (IDEA_OPEN, None, {A}),
    ("improvement", "edit"): (("new",), None, {R, A}),
    ("improvement", "correct"): (IDEA_ALL[1:], None, {A}),
    ("improvement", "merge"): (IDEA_ALL, None, {L}),
    ("improvement", "unmerge"): (IDEA_ALL, None, {L}),
    ("improvement", "share"): (IDEA_ALL, None, {A}),
    ("improvement", "hide"): (IDEA_ALL, None, {L}),
    ("improvement", "show"): (IDEA_ALL, None, {L}),
    ("request", "ask"): (("new",), "awaiting_approval", {A}),
    ("request", "accept"): (("new",), "approved", {A}),
    ("request", "approve"): (("awaiting_approval",), "approved", {P}),
    ("request", "agree"): (("awaiting_approval",), None, {P}),
    ("request", "decline"): (("awaiting_approval",), "declined", {P}),
    ("request", "refuse"): (("new", "approved"), "declined", {A}),
    ("request", "delegate"): (("awaiting_approval",), None, {P}),
    ("request", "remind"): (("awaiting_approval",), None, {S}),
    ("request", "escalate"): (("awaiting_approval",), None, {S}),
    ("request", "expire"): (("awaiting_approval",), "expired", {S}),
    ("request", "start"): (("approved",), "in_fulfilment", {A}),
    ("request", "tick"): (("in_fulfilment",), None, {A}),
    ("request", "link_work"): (ORDER_OPEN, None, {A}),
    ("request", "hold"): (("new", "approved", "in_fulfilment"), None, {A}),
    ("request", "resume"): (("new", "approved", "in_fulfilment"), None, {A, S}),
    ("request", "nudge"): (ORDER_OPEN, None, {S}),
    ("request", "give_up"): (ORDER_OPEN, "cancelled", {S}),
    ("request", "fulfil"): (("in_fulfilment",), "fulfilled", {A}),
    ("request", "cancel"): (("new", "awaiting_approval", "approved"), "cancelled", {R}),
    ("request", "assign"): (ORDER_OPEN, None, {A}),
    ("request", "edit"): (("new", "awaiting_approval"), None, {R, A}),
    ("request", "correct"): (tuple(s for s in ORDER_ALL if s not in ("new", "awaiting_approval")), None, {A}),
    ("request", "merge"): (ORDER_ALL, None, {L}),
    ("request", "unmerge"): (ORDER_ALL, None, {L}),
    ("request", "share"): (ORDER_ALL, None, {A}),
    ("request", "hide"): (ORDER_ALL, None, {L}),
    ("request", "show"): (ORDER_ALL, None, {L}),
}
"""(kind, move) -> from which states, to which, by whom."""

HELD = {"hold_since": AT, "hold_reason": "requester"}
FITTING: dict[str, dict[str, Any]] = {
    "resume": HELD, "nudge": HELD, "give_up": HELD, "unmerge": {"merged_into": "x"}, "show": {"hidden": True},
    "agree": {"fields": {"steps_left": 2}},
}  # fmt: skip
"""What a ticket must be like, beyond its state."""
MUST: dict[tuple[str, str], set[str]] = {
    ("incident", "triage"): {"priority"}, ("incident", "resolve"): {"reason", "note"},
    ("incident", "recover"): {"note"}, ("incident", "reopen"): {"note"}, ("incident", "hold"): {"hold_reason", "note"},
    ("incident", "prioritise"): {"priority", "note"}, ("incident", "promise"): {"next_update_at"},
    ("incident", "close"): {"reason", "note"}, ("improvement", "plan"): {"roadmap", "horizon", "note"},
    ("improvement", "deliver"): {"work_item"}, ("improvement", "ship"): {"note"},
    ("improvement", "reject"): {"reason", "note"}, ("improvement", "reconsider"): {"note"},
    ("request", "ask"): {"approver"}, ("request", "decline"): {"note"}, ("request", "refuse"): {"note"},
    ("request", "delegate"): {"delegate"}, ("request", "link_work"): {"work_item"},
    ("request", "hold"): {"hold_reason", "note"}, ("request", "fulfil"): {"note"},
    **{(kind, name): {"note"} for kind in KINDS for name in ("hide", "show")},
    **{(kind, "merge"): {"merged_into"} for kind in KINDS},
    **{(kind, name): {"title"} for kind in KINDS for name in ("edit", "correct")},
}  # fmt: skip
GOOD: dict[str, Any] = {
    "priority": 2, "note": "Because it is so.", "next_update_at": AT + timedelta(hours=1),
    "approver": "alice@example.org", "delegate": "dana@example.org", "work_item": "https://example.org/1",
    "merged_into": "OTHER", "title": "Another title",
    "roadmap": "Fresher data", "horizon": "next",
}  # fmt: skip


def a_ticket(kind: str, state: str, **parts: Any) -> Ticket:
    id_ = new_id(AT)
    ticket = Ticket(
        id=id_, key=key_of(kind_of(kind).prefix, id_), kind=kind, state=state, title="Title", platform_id="sales",
        requester="bob@example.org", created_at=AT, created_by="bob@example.org", updated_at=AT,
        updated_by="bob@example.org", priority=3 if kind == "incident" else None, **parts,
    )  # fmt: skip
    return changed(
        "open", None, timed(ticket, None, kind_of(kind).workflow.state(state).phase, TIMING, AT), {}, BOB
    ).ticket


def answers(kind: str, move: str) -> dict[str, Any]:
    asks = kind_of(kind).workflow.move(move).asks
    choices = {q.name: next(iter(q.choices or {})) for q in asks if q.shape == "choice"}
    return {q.name: choices.get(q.name, GOOD.get(q.name)) for q in asks}


def attempt(ticket: Ticket, move: str, *rights: Right, **given: Any) -> Change:
    return plan(kind_of(ticket.kind).workflow, ticket, move, BOB, frozenset(rights), given, AT, TIMING)


def test_the_table_knows_every_move_of_every_kind() -> None:
    assert {(kind.name, move.name) for kind in KINDS.values() for move in kind.workflow.moves} == ALLOWED.keys()


@pytest.mark.parametrize(("kind", "move"), ALLOWED)
def test_a_move_is_possible_for_those_in_those_states_and_never_else(kind: str, move: str) -> None:
    sources, target, who = ALLOWED[kind, move]
    everybody: tuple[Right | None, ...] = (*Right, None)
    for state, right in product((s.name for s in kind_of(kind).workflow.states), everybody):
        ticket = a_ticket(kind, state, **FITTING.get(move, {}))
        rights = (right,) if right else ()
        if right not in who:
            with pytest.raises(Forbidden):
                attempt(ticket, move, *rights, **answers(kind, move))
        elif state not in sources:
            with pytest.raises(Conflict):
                attempt(ticket, move, *rights, **answers(kind, move))
        else:
            change = attempt(ticket, move, *rights, **answers(kind, move))
            assert change.ticket.state == (target or state)
            assert (change.ticket.version, change.event.id) == (2, f"{ticket.id}:2")
            assert (change.event.action, change.event.actor) == (f"ticket:{move}", "bob@example.org")


@pytest.mark.parametrize(("kind", "move"), [pair for pair in ALLOWED if pair[1] in FITTING])
def test_a_move_with_a_condition_needs_it(kind: str, move: str) -> None:
    (state, *_), _, who = ALLOWED[kind, move]
    with pytest.raises(Conflict):
        attempt(a_ticket(kind, state), move, *who, **answers(kind, move))


@pytest.mark.parametrize(("kind", "move"), ALLOWED)
def test_what_must_be_said_is_asked_for_at_its_field(kind: str, move: str) -> None:
    (state, *_), _, who = ALLOWED[kind, move]
    ticket = a_ticket(kind, state, **FITTING.get(move, {}))
    must = MUST.get((kind, move), set())
    given = answers(kind, move)
    attempt(ticket, move, *who, **{name: value for name, value in given.items() if name in must})
    for name in must:
        with pytest.raises(Refused) as refused:
            attempt(ticket, move, *who, **{**given, name: "  " if isinstance(given[name], str) else None})
        assert set(refused.value.at) == {name}


@pytest.mark.parametrize("kind", KINDS)
def test_closed_is_closed_but_for_what_tidies_up(kind: str) -> None:
    workflow = kind_of(kind).workflow
    tidy = {"correct", "merge", "unmerge", "share", "hide", "show", "reconsider"}
    for state in workflow.names("closed"):
        ticket = a_ticket(kind, state)
        assert {move.name for move in workflow.open_to(ticket, frozenset(Right))} <= tidy


def test_hold_pauses_the_clock_and_resume_gives_the_time_back() -> None:
    ticket = a_ticket("incident", "in_progress")
    held = attempt(ticket, "hold", A, hold_reason="vendor", note="They look.").ticket
    later = AT + timedelta(hours=3)
    workflow = kind_of("incident").workflow
    resumed = plan(workflow, held, "resume", BOB, frozenset({A}), {}, later, TIMING).ticket
    assert (resumed.held_s, resumed.hold_since, resumed.hold_reason) == (3 * 3600, None, None)
    assert resumed.due_at == TIMING.policy.calendar.add(AT, (resumed.target_s or 0) + 3 * 3600)


def test_a_breach_is_never_cleared() -> None:
    ticket = a_ticket("incident", "in_progress")
    late = AT + timedelta(days=30)
    workflow = kind_of("incident").workflow
    resolved = plan(
        workflow, ticket, "resolve", BOB, frozenset({A}), {"reason": "fixed", "note": "At last."}, late, TIMING
    ).ticket
    assert resolved.breached
    again = plan(workflow, resolved, "reopen", BOB, frozenset({R}), {"note": "Still so."}, late, TIMING).ticket
    assert (again.breached, again.reopened, again.stopped_at, again.reason) == (True, 1, None, None)


def test_a_public_note_of_staff_is_the_first_response_and_a_requesters_is_not() -> None:
    ticket = a_ticket("incident", "in_progress")
    assert attempt(ticket, "resolve", A, reason="fixed", note="Done.").ticket.responded_at == AT
    own = replace(ticket, state="resolved")
    assert attempt(own, "reopen", R, note="No.").ticket.responded_at is None


def test_a_new_priority_brings_its_own_targets_counted_from_the_creation() -> None:
    ticket = a_ticket("incident", "triaged")
    urgent = attempt(ticket, "prioritise", A, priority=1, note="Many are hit.").ticket
    assert (urgent.due_at, urgent.always) == (AT + timedelta(hours=4), True)


def test_a_sensitive_ticket_is_read_by_its_requester_and_those_named() -> None:
    shared = attempt(a_ticket("incident", "new"), "share", A, sensitive=True, readers=["erin@example.org"]).ticket
    assert (shared.restricted, shared.readers) == (True, ("bob@example.org", "erin@example.org"))
    opened = attempt(shared, "share", A).ticket
    assert (opened.restricted, opened.readers) == (False, ())


def test_a_request_stays_private_whatever_is_shared() -> None:
    ticket = a_ticket("request", "approved", restricted=True, readers=("bob@example.org",))
    assert attempt(ticket, "share", A).ticket.restricted


@pytest.mark.parametrize(
    ("impact", "urgency", "priority"),
    [("blocked", "now", 1), ("blocked", "today", 2), ("workaround", "today", 3), ("question", "week", 4),
     ("blocked", None, 2), (None, None, 4)],
)  # fmt: skip
def test_words_become_a_priority(impact: str | None, urgency: str | None, priority: int) -> None:
    assert priority_of(impact, urgency) == priority
