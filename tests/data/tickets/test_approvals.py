"""Approvals: whose turn it is, nobody for themselves, and each reminder once, in business time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from data.errors import Conflict, Forbidden
from data.people.model import Actor, Role
from data.tickets.answers import Refused
from data.tickets.approvals import (
    cancelled,
    decide,
    delegate,
    due,
    first_approvals,
    next_step,
    nudged,
    steps_left,
)
from data.tickets.kinds import REQUEST_KIND
from data.tickets.model import Approval, Right, Ticket
from data.tickets.request_costs import RequestPolicy
from data.tickets.request_forms import Step
from data.tickets.rights import may_decide
from data.tickets.sla import DAY, BusinessCalendar, Policy
from data.tickets.timing import Timing
from data.tickets.workflow import plan

POLICY = RequestPolicy()
CALENDAR = BusinessCalendar(zone="UTC", holidays=[date(2026, 11, 18)])
"""Monday to Friday, 09:00 to 17:00; 18 Nov is a holiday."""
MONDAY = datetime(2026, 11, 9, 9, tzinfo=UTC)

ALICE = Actor("alice@example.org", "Alice", Role.contributor, per_platform={"sales": Role.service_owner})
BOB = Actor("bob@example.org", "Bob", Role.contributor)
CHARLIE = Actor("charlie@example.org", "Charlie", Role.contributor)
DANA = Actor("dana@example.org", "Dana", Role.contributor, groups=frozenset({"governance"}))
TRIAGER = Actor("erin@example.org", "Erin", Role.triager)
ADMIN = Actor("frank@example.org", "Frank", Role.admin)

TICKET = Ticket(
    id="T", key="REQ-1", kind="request", state="awaiting_approval", title="Access", requester=BOB.email,
    platform_id="sales", created_at=MONDAY, created_by=BOB.email, updated_at=MONDAY, updated_by=BOB.email,
)  # fmt: skip
OWNERS, GOVERNANCE, TO_DANA = (
    Step("owners:sales", "Data owner"),
    Step("group:governance", "Governance"),
    "dana@example.org",
)


def at(day: int, hour: int = 9, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


def asked(*steps: Step, ticket: Ticket = TICKET, when: datetime = MONDAY) -> tuple[Approval, ...]:
    return first_approvals(ticket, steps, when, POLICY, CALENDAR)


def decided(
    approvals: Sequence[Approval], actor: Actor, verdict: Any = "approved", ticket: Ticket = TICKET,
    when: datetime = MONDAY, note: str | None = None,
) -> tuple[Approval, ...]:  # fmt: skip
    return decide(ticket, approvals, actor, verdict, note, when, POLICY, CALENDAR)


def states(approvals: Sequence[Approval]) -> list[str]:
    return [approval.state for approval in approvals]


def test_only_the_first_step_is_asked_and_by_a_date_in_business_time() -> None:
    first, second = asked(OWNERS, GOVERNANCE, when=at(13, 12))  # Friday noon
    assert (first.id, first.approver, first.asked_at, first.due_at) == ("T:1", "owners:sales", at(13, 12), at(17, 12))
    assert (second.id, second.approver, second.asked_at, second.due_at) == ("T:2", "group:governance", None, None)
    assert [(one.step, one.steps, one.version) for one in (first, second)] == [(1, 2, 1), (2, 2, 1)]


@pytest.mark.parametrize(
    ("named", "kept"),
    [(" Dana@Example.org", "dana@example.org"), ("group:Data Governance", "group:Data Governance")],
)
def test_people_are_kept_in_lower_case_and_groups_as_they_are_named(named: str, kept: str) -> None:
    assert asked(Step(named, "Somebody"))[0].approver == kept


def test_the_same_plan_twice_has_the_same_ids() -> None:
    assert asked(OWNERS, GOVERNANCE) == asked(OWNERS, GOVERNANCE)


def test_without_steps_nobody_is_asked() -> None:
    assert asked() == ()
    assert next_step(()) is None
    assert due((), MONDAY, POLICY, CALENDAR) is None


def test_steps_are_decided_in_their_order() -> None:
    approvals = asked(OWNERS, GOVERNANCE)
    with pytest.raises(Forbidden, match="Only an owner of sales can decide this now"):
        decided(approvals, DANA)
    approvals = decided(approvals, ALICE, when=at(10, 10), note="Fine")
    assert (approvals[0].state, approvals[0].decided_by, approvals[0].note) == ("approved", ALICE.email, "Fine")
    assert (approvals[1].asked_at, approvals[1].due_at) == (at(10, 10), at(12, 10))
    assert steps_left(approvals) == 1
    with pytest.raises(Forbidden, match="Only a member of governance can decide this now"):
        decided(approvals, ALICE)
    assert states(decided(approvals, DANA)) == ["approved", "approved"]


def test_the_order_of_steps_is_not_that_of_the_rows() -> None:
    step = next_step(asked(OWNERS, GOVERNANCE)[::-1])
    assert step is not None
    assert step.step == 1


def test_who_declines_ends_all_steps() -> None:
    approvals = decided(asked(OWNERS, GOVERNANCE), ALICE, "declined", note="Not needed")
    assert states(approvals) == ["declined", "cancelled"]
    assert approvals[1].asked_at is None
    with pytest.raises(Conflict, match="decided already"):
        decided(approvals, DANA)


def test_a_step_is_decided_once() -> None:
    approvals = decided(asked(OWNERS), ALICE)
    with pytest.raises(Conflict, match="reload the page"):
        decided(approvals, ADMIN, "declined")


def test_only_what_changed_gets_a_new_version() -> None:
    approvals = decided(asked(OWNERS, GOVERNANCE, Step(TO_DANA, "Cost centre")), ALICE)
    assert [approval.version for approval in approvals] == [2, 2, 1]


@pytest.mark.parametrize(
    ("actor", "deciders"),
    [
        (ALICE, {"owners:sales"}),
        (ADMIN, {"owners:sales"}),
        (TRIAGER, set()),
        (CHARLIE, set()),
        (DANA, {"group:governance", "dana@example.org"}),
        (replace(DANA, snapshot_old=True), {"dana@example.org"}),
        (replace(ALICE, per_platform={"finance": Role.service_owner}), set()),
        (BOB, set()),
    ],
)
def test_who_may_decide_what(actor: Actor, deciders: set[str]) -> None:
    for principal in ("owners:sales", "group:governance", "dana@example.org"):
        approvals = asked(Step(principal, "Somebody"))
        assert may_decide(actor, approvals[0], TICKET) is (principal in deciders)
        if principal in deciders:
            assert states(decided(approvals, actor)) == ["approved"]
        else:
            with pytest.raises(Forbidden):
                decided(approvals, actor)


def test_an_old_list_of_groups_is_told() -> None:
    with pytest.raises(Forbidden, match=r"Only a member of governance .* list of groups is out of date"):
        decided(asked(GOVERNANCE), replace(DANA, snapshot_old=True))


FILED_BY_ALICE = replace(TICKET, created_by=ALICE.email)
"""Alice, an owner, filed it for Bob."""


@pytest.mark.parametrize(
    ("disguise", "actor", "step", "ticket"),
    [
        ("as the owner of the platform", replace(BOB, per_platform={"sales": Role.service_owner}), OWNERS, TICKET),
        ("as an admin", replace(BOB, everywhere=Role.admin), OWNERS, TICKET),
        ("as a member of the group", replace(BOB, groups=frozenset({"governance"})), GOVERNANCE, TICKET),
        ("written in other letters", replace(BOB, email="Bob@Example.org", everywhere=Role.admin), OWNERS, TICKET),
        ("filed for somebody else", ALICE, OWNERS, FILED_BY_ALICE),
        ("filed for me by somebody else", replace(BOB, everywhere=Role.admin), OWNERS, FILED_BY_ALICE),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
@pytest.mark.parametrize("verdict", ["approved", "declined"])
def test_nobody_decides_their_own_request(
    disguise: str, actor: Actor, step: Step, ticket: Ticket, verdict: str
) -> None:
    with pytest.raises(Forbidden, match="somebody else has to approve it"):
        decided(asked(step, ticket=ticket), actor, verdict, ticket)
    with pytest.raises(Forbidden, match="somebody else has to approve it"):
        delegate(ticket, asked(step, ticket=ticket), actor, TO_DANA)


def test_a_row_that_names_the_requester_lets_nobody_decide_their_own_request() -> None:
    """However it came into the table."""
    for row in (replace(asked(OWNERS)[0], approver=BOB.email), replace(asked(OWNERS)[0], delegate=BOB.email)):
        with pytest.raises(Forbidden, match="You asked for this yourself"):
            decided((row,), BOB)


@pytest.mark.parametrize("name", ["bob@example.org", " Bob@Example.ORG "])
def test_naming_oneself_as_approver_is_refused_at_the_field(name: str) -> None:
    with pytest.raises(Refused) as problem:
        asked(OWNERS, Step(name, "Cost centre", "payer"))
    assert problem.value.at == {"payer": "Cost centre: nobody approves their own request. Please name somebody else."}


@pytest.mark.parametrize(
    ("person", "words"),
    [
        ("bob@example.org", "nobody approves their own request"),
        (" BOB@example.org", "nobody approves their own request"),
        ("alice@example.org", "nobody approves their own request"),
        ("dana@example.org", "with dana@example.org already"),
        ("governance", "by e-mail address"),
        ("group:a@example.org", "by e-mail address"),
        ("owners:a@example.org", "by e-mail address"),
        ("", "by e-mail address"),
    ],
)
def test_a_delegate_is_another_person_who_did_not_ask(person: str, words: str) -> None:
    with pytest.raises(Refused) as problem:
        delegate(FILED_BY_ALICE, asked(Step(TO_DANA, "Owner")), DANA, person)
    assert words in problem.value.at["delegate"]


def test_who_was_delegated_to_decides_instead_and_all_of_it_is_kept() -> None:
    (step,) = approvals = delegate(TICKET, asked(Step(TO_DANA, "Owner")), DANA, " Charlie@example.org")
    assert (step.approver, step.delegate, step.due_at, step.version) == (TO_DANA, CHARLIE.email, at(10, 17), 2)
    with pytest.raises(Forbidden, match=r"Only charlie@example\.org can decide this now"):
        decided(approvals, DANA)
    (after,) = decided(approvals, CHARLIE)
    assert (after.approver, after.delegate, after.decided_by) == (TO_DANA, CHARLIE.email, CHARLIE.email)


def test_what_was_delegated_can_be_given_back() -> None:
    approvals = delegate(TICKET, asked(Step(TO_DANA, "Owner")), DANA, CHARLIE.email)
    (step,) = approvals = delegate(TICKET, approvals, CHARLIE, TO_DANA)
    assert step.delegate is None
    assert states(decided(approvals, DANA)) == ["approved"]


def test_charlie_cannot_delegate_to_charlie() -> None:
    with pytest.raises(Forbidden):
        delegate(TICKET, asked(OWNERS), CHARLIE, CHARLIE.email)


def test_a_cancelled_request_leaves_nothing_to_decide() -> None:
    approvals = cancelled(decided(asked(OWNERS, GOVERNANCE), ALICE))
    assert states(approvals) == ["approved", "cancelled"]
    assert due(approvals, at(30), POLICY, CALENDAR) is None


REMIND, ESCALATE, EXPIRE = "remind", "escalate", "expire"
MINUTE = timedelta(minutes=1)
WHEN = [
    # asked at             half, whole and twice of two working days of 8 h
    (at(9, 9), at(9, 17), at(10, 17), at(12, 17)),
    (at(9, 13), at(10, 13), at(11, 13), at(13, 13)),
    (at(13, 13), at(16, 13), at(17, 13), at(20, 13)),  # over a weekend and the holiday of 18 Nov
    (at(14, 3), at(16, 17), at(17, 17), at(20, 17)),  # on a Saturday night
    (at(17, 16), at(19, 16), at(20, 16), at(24, 16)),  # the evening before the holiday
]


@pytest.mark.parametrize(("start", "half", "whole", "twice"), WHEN)
def test_each_nudge_comes_at_its_minute_and_once(
    start: datetime, half: datetime, whole: datetime, twice: datetime
) -> None:
    approvals = asked(OWNERS, when=start)
    for nudge, moment in ((REMIND, half), (ESCALATE, whole), (EXPIRE, twice)):
        assert due(approvals, moment - MINUTE, POLICY, CALENDAR) is None
        assert due(approvals, moment, POLICY, CALENDAR) == nudge
        approvals = nudged(approvals, nudge, moment)
        assert due(approvals, moment, POLICY, CALENDAR) is None
    (step,) = approvals
    assert (step.reminded_at, step.escalated_at, step.decided_at) == (half, whole, twice)
    assert (step.state, step.decided_by) == ("expired", None)


def test_a_job_that_slept_for_a_week_catches_up_in_order() -> None:
    approvals, now, done = asked(OWNERS, GOVERNANCE), at(23), []
    while nudge := due(approvals, now, POLICY, CALENDAR):
        done.append(nudge)
        approvals = nudged(approvals, nudge, now)
    assert done == [REMIND, ESCALATE, EXPIRE]
    assert states(approvals) == ["expired", "cancelled"]
    with pytest.raises(Conflict):
        decided(approvals, ALICE)


def test_a_late_answer_still_counts_until_it_expires() -> None:
    approvals = nudged(nudged(asked(OWNERS), REMIND, at(9, 17)), ESCALATE, at(10, 17))
    assert states(decided(approvals, ALICE, when=at(12, 16))) == ["approved"]


def test_the_next_step_has_its_own_time_and_reminders() -> None:
    approvals = nudged(asked(OWNERS, GOVERNANCE), REMIND, at(9, 17))
    approvals = decided(approvals, ALICE, when=at(10, 16))
    assert due(approvals, at(11, 15), POLICY, CALENDAR) is None
    assert due(approvals, at(11, 16), POLICY, CALENDAR) == REMIND


def test_a_longer_approval_time_moves_all_nudges() -> None:
    slow = RequestPolicy(approval_time=4 * DAY)
    approvals = first_approvals(TICKET, [OWNERS], MONDAY, slow, CALENDAR)
    moments = [at(10, 17), at(12, 17), at(19, 17)]  # the holiday lies between
    for nudge, moment in zip((REMIND, ESCALATE, EXPIRE), moments, strict=True):
        assert due(approvals, moment - MINUTE, slow, CALENDAR) is None
        assert due(approvals, moment, slow, CALENDAR) == nudge
        approvals = nudged(approvals, nudge, moment)


@pytest.mark.parametrize("hours", [1, 5, 11, 30])
@pytest.mark.parametrize("start", [start for start, *_ in WHEN])
def test_nudges_never_come_out_of_order_whenever_the_job_runs(start: datetime, hours: int) -> None:
    approvals, now, done = asked(OWNERS, when=start), start, []
    while now < start + timedelta(days=30):
        now += timedelta(hours=hours)
        while nudge := due(approvals, now, POLICY, CALENDAR):
            approvals = nudged(approvals, nudge, now)
            done.append((now, nudge))
    assert [nudge for _, nudge in done] == [REMIND, ESCALATE, EXPIRE]
    assert all(before <= after for (before, _), (after, _) in pairwise(done))


def test_what_is_decided_is_not_nudged() -> None:
    with pytest.raises(Conflict):
        nudged(decided(asked(OWNERS), ALICE), REMIND, at(10))


def step_ticket(left: int | None) -> Ticket:
    fields = {"dataset": "sales.orders"} if left is None else {"dataset": "sales.orders", "steps_left": left}
    return replace(TICKET, fields=fields, hold_since=MONDAY, hold_reason="approval")


@pytest.mark.parametrize(
    ("left", "possible", "impossible"),
    [(None, "approve", "agree"), (1, "approve", "agree"), (2, "agree", "approve"), (3, "agree", "approve")],
)
def test_the_last_step_approves_and_those_before_agree(left: int | None, possible: str, impossible: str) -> None:
    rights = frozenset({Right.approver})
    names = {move.name for move in REQUEST_KIND.workflow.open_to(step_ticket(left), rights)}
    assert possible in names
    assert impossible not in names


def test_agreeing_step_by_step_leads_to_approval() -> None:
    ticket, seen = step_ticket(3), []
    for name in ("agree", "agree", "approve"):
        change = plan(
            REQUEST_KIND.workflow, ticket, name, ALICE, frozenset({Right.approver}), {}, at(10), Timing(Policy())
        )
        ticket = change.ticket
        seen.append((ticket.state, ticket.fields["steps_left"], ticket.on_hold))
    assert seen == [("awaiting_approval", 2, True), ("awaiting_approval", 1, True), ("approved", 1, False)]
    assert ticket.fields["dataset"] == "sales.orders"
