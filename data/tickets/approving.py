"""What a change of a ticket makes of its approvals; the rules are in approvals.py."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from data.errors import PortalError
from data.people.model import Actor
from data.tickets.approvals import Nudge, Verdict, cancelled, decide, delegate, first_approvals, nudged
from data.tickets.knobs import Knobs
from data.tickets.model import Approval, Ticket
from data.tickets.request_forms import OWNERS, Step, steps_of
from data.tickets.request_types import template_of

VERDICTS: Mapping[str, Verdict] = {"approve": "approved", "agree": "approved", "decline": "declined"}
NUDGES: Mapping[str, Nudge] = {"remind": "remind", "escalate": "escalate", "expire": "expire"}


def steps_asked(ticket: Ticket, knobs: Knobs) -> tuple[Step, ...]:
    """Who has to approve a new request. Raises Refused where the form does not tell."""
    owner = f"{OWNERS}{ticket.platform_id}" if ticket.platform_id else None
    return steps_of(template_of(ticket.template), owner, ticket.cost or 0.0, ticket.fields, knobs.requests)


def approvals_asked(ticket: Ticket, knobs: Knobs) -> tuple[Approval, ...]:
    steps = steps_asked(ticket, knobs)
    return first_approvals(ticket, steps, ticket.created_at, knobs.requests, knobs.sla.calendar) if steps else ()


def approvals_after(
    move: str, ticket: Ticket, approvals: Sequence[Approval], actor: Actor, answers: Mapping[str, Any], at: datetime,
    knobs: Knobs,
) -> tuple[Approval, ...]:  # fmt: skip
    """Those that change. `ticket` as it was before the move. Raises as the rules do."""
    policy, calendar = knobs.requests, knobs.sla.calendar
    after: tuple[Approval, ...] = tuple(approvals)
    if move in VERDICTS:
        after = decide(ticket, approvals, actor, VERDICTS[move], answers.get("note"), at, policy, calendar)
    elif move == "delegate":
        after = delegate(ticket, approvals, actor, str(answers.get("delegate", "")))
    elif move in NUDGES:
        after = nudged(approvals, NUDGES[move], at)
    elif move == "ask":
        step = Step(str(answers.get("approver", "")), "Approver", "approver")
        after = first_approvals(ticket, [step], at, policy, calendar)
    elif move in {"cancel", "refuse"}:
        after = cancelled(approvals)
    known = set(approvals)
    return tuple(one for one in after if one not in known)


def approvals_again(
    ticket: Ticket, approvals: Sequence[Approval], actor: Actor, knobs: Knobs
) -> tuple[Approval, ...]:  # fmt: skip
    """What the last move, by `actor`, makes of approvals that may not know of it yet."""
    event = ticket.event
    if event is None or any(event.at in (a.decided_at, a.reminded_at, a.escalated_at) for a in approvals):
        return ()
    move, answers = event.action.removeprefix("ticket:"), {**(event.new or {}), "note": event.reason}
    try:
        return approvals_after(move, ticket, approvals, actor, answers, event.at, knobs)
    except PortalError:
        return ()  # they know it: nothing is left to decide
