"""Approvals as a plan: whose turn it is, who may decide, and when to remind, escalate and expire."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Literal

from data.errors import Conflict, Forbidden
from data.people.model import Actor
from data.tickets.answers import Refused
from data.tickets.model import Approval, Ticket
from data.tickets.request_costs import RequestPolicy
from data.tickets.request_forms import GROUP, OWNERS, Step, is_person, principal_of
from data.tickets.rights import is_decider
from data.tickets.sla import BusinessCalendar
from data.tickets.workflow import Context

Verdict = Literal["approved", "declined"]
Nudge = Literal["remind", "escalate", "expire"]
"""A move of the portal itself on an approval that waits."""


def first_approvals(
    ticket: Ticket, steps: Sequence[Step], at: datetime, policy: RequestPolicy, calendar: BusinessCalendar
) -> tuple[Approval, ...]:
    """All steps, the first one asked. Raises Refused where somebody would approve their own request."""
    for step in steps:
        if principal_of(step.approver) in _own(ticket):
            raise Refused({step.field or "approver": f"{step.words}: nobody approves their own request. {_ANOTHER}"})
    due_at = calendar.add(at, policy.approval_time.total_seconds())
    return tuple(
        Approval(
            id=f"{ticket.id}:{number}", ticket_id=ticket.id, step=number, steps=len(steps), state="waiting",
            approver=principal_of(step.approver), delegate=None,
            asked_at=at if number == 1 else None, due_at=due_at if number == 1 else None,
        )
        for number, step in enumerate(steps, 1)
    )  # fmt: skip


def next_step(approvals: Sequence[Approval]) -> Approval | None:
    """The one whose turn it is; None when all is decided."""
    return min((one for one in approvals if one.state == "waiting"), key=lambda one: one.step, default=None)


def steps_left(approvals: Sequence[Approval]) -> int:
    """Kept as `fields["steps_left"]` of the ticket, for the workflow."""
    return sum(approval.state == "waiting" for approval in approvals)


def is_last_step(ticket: Ticket) -> bool:
    return int(ticket.fields.get("steps_left", 1)) <= 1


def is_earlier_step(ticket: Ticket) -> bool:
    return not is_last_step(ticket)


def passes_step(context: Context) -> Mapping[str, Any]:
    fields = context.ticket.fields
    return {"fields": {**fields, "steps_left": fields["steps_left"] - 1}}


def decide(
    ticket: Ticket, approvals: Sequence[Approval], actor: Actor, verdict: Verdict, note: str | None, at: datetime,
    policy: RequestPolicy, calendar: BusinessCalendar,
) -> tuple[Approval, ...]:  # fmt: skip
    """All steps afterwards; those that changed have their next version. Raises Conflict, Forbidden."""
    step = _turn_of(ticket, approvals, actor)
    after = _with(approvals, _changed(step, state=verdict, decided_by=actor.email, decided_at=at, note=note))
    if verdict == "declined":
        return cancelled(after)
    following = next_step(after)
    due_at = calendar.add(at, policy.approval_time.total_seconds())
    return _with(after, _changed(following, asked_at=at, due_at=due_at)) if following else after


def delegate(ticket: Ticket, approvals: Sequence[Approval], actor: Actor, person: str) -> tuple[Approval, ...]:
    """`person` decides this step instead, by the same date. Raises Conflict, Forbidden, Refused."""
    step = _turn_of(ticket, approvals, actor)
    email = principal_of(person)
    if not is_person(email):
        raise Refused({"delegate": "Who decides: please choose a person by e-mail address."})
    if email in _own(ticket):
        raise Refused({"delegate": f"Who decides: nobody approves their own request. {_ANOTHER}"})
    if email == step.decider:
        raise Refused({"delegate": f"Who decides: this is with {email} already."})
    return _with(approvals, _changed(step, delegate=None if email == step.approver else email))


def cancelled(approvals: Sequence[Approval]) -> tuple[Approval, ...]:
    """Nobody has to decide any more: it was declined, withdrawn or ended otherwise."""
    return tuple(_changed(one, state="cancelled") if one.state == "waiting" else one for one in approvals)


def due(
    approvals: Sequence[Approval], now: datetime, policy: RequestPolicy, calendar: BusinessCalendar
) -> Nudge | None:
    """What comes next and is due: a reminder after half the time, escalation after all of it, expiry after twice of it.

    Each comes once and in this order, however late the job asks; it asks again until None.
    """
    step = next_step(approvals)
    if step is None or step.asked_at is None or step.due_at is None:
        return None
    time = policy.approval_time.total_seconds()
    if step.reminded_at is None:
        return "remind" if now >= calendar.add(step.asked_at, time / 2) else None
    if step.escalated_at is None:
        return "escalate" if now >= step.due_at else None
    return "expire" if now >= calendar.add(step.due_at, time) else None


def nudged(approvals: Sequence[Approval], nudge: Nudge, at: datetime) -> tuple[Approval, ...]:
    """All steps after the portal did this."""
    step = _waiting(approvals)
    match nudge:
        case "remind":
            return _with(approvals, _changed(step, reminded_at=at))
        case "escalate":
            return _with(approvals, _changed(step, escalated_at=at))
    return cancelled(_with(approvals, _changed(step, state="expired", decided_at=at)))


_DECIDED = "This is decided already; please reload the page."
_ANOTHER = "Please name somebody else."


def _turn_of(ticket: Ticket, approvals: Sequence[Approval], actor: Actor) -> Approval:
    step = _waiting(approvals)
    if obstacle := _obstacle(ticket, step, actor):
        raise obstacle
    return step


def _waiting(approvals: Sequence[Approval]) -> Approval:
    if step := next_step(approvals):
        return step
    raise Conflict(_DECIDED)


def _obstacle(ticket: Ticket, step: Approval, actor: Actor) -> Forbidden | None:
    if principal_of(actor.email) in _own(ticket):
        return Forbidden("You asked for this yourself, so somebody else has to approve it.")
    if is_decider(actor, step.decider):
        return None
    old = " The list of groups is out of date, so groups do not count for now." if actor.snapshot_old else ""
    return Forbidden(f"Only {_called(step.decider)} can decide this now.{old}")


def _called(principal: str) -> str:
    if principal.startswith(GROUP):
        return f"a member of {principal.removeprefix(GROUP)}"
    if principal.startswith(OWNERS):
        return f"an owner of {principal.removeprefix(OWNERS)}"
    return principal


def _own(ticket: Ticket) -> frozenset[str]:
    """Whose request it is: also theirs who filed it for somebody."""
    return frozenset({principal_of(ticket.requester), principal_of(ticket.created_by)})


def _changed(approval: Approval, **columns: Any) -> Approval:
    return replace(approval, **columns, version=approval.version + 1)


def _with(approvals: Sequence[Approval], changed: Approval) -> tuple[Approval, ...]:
    return tuple(changed if one.id == changed.id else one for one in approvals)
