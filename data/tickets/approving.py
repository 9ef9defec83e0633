"""What a change of a ticket makes of its approvals; the rules are in approvals.py."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from data.audit.model import AuditEvent
from data.errors import PortalError
from data.people.model import Actor
from data.tickets.approvals import Nudge, Verdict, cancelled, decide, delegate, first_approvals, nudged
from data.tickets.knobs import Knobs
from data.tickets.model import Approval, Ticket
from data.tickets.request_forms import OWNERS, Step, steps_of
from data.tickets.request_types import template_of

VERDICTS: Mapping[str, Verdict] = {"approve": "approved", "agree": "approved", "decline": "declined"}
NUDGES: Mapping[str, Nudge] = {"remind": "remind", "escalate": "escalate", "expire": "expire"}

ENDINGS = frozenset({"cancel", "refuse"})
DECISIONS = frozenset({*VERDICTS, *NUDGES, *ENDINGS, "delegate", "ask"})


def move_of(event: AuditEvent) -> str:
    return event.action.removeprefix("ticket:")


def steps_asked(ticket: Ticket, knobs: Knobs) -> tuple[Step, ...]:
    """Who has to approve a new request. Raises Refused where the form does not tell."""
    owner = f"{OWNERS}{ticket.platform_id}" if ticket.platform_id else None
    return steps_of(template_of(ticket.template), owner, ticket.cost or 0.0, ticket.fields, knobs.requests)


def approvals_asked(ticket: Ticket, knobs: Knobs) -> tuple[Approval, ...]:
    steps = steps_asked(ticket, knobs)
    return first_approvals(ticket, steps, ticket.created_at, knobs.requests, knobs.sla.calendar) if steps else ()


def approvals_after(
    event: AuditEvent, ticket: Ticket, approvals: Sequence[Approval], actor: Actor, knobs: Knobs
) -> tuple[Approval, ...]:
    """Those that the move of `event` changes. Raises as the rules do."""
    policy, calendar, at = knobs.requests, knobs.sla.calendar, event.at
    move, answers = move_of(event), event.new or {}
    after: tuple[Approval, ...] = tuple(approvals)
    if move in VERDICTS:
        after = decide(ticket, approvals, actor, VERDICTS[move], event.reason, at, policy, calendar)
    elif move == "delegate":
        after = delegate(ticket, approvals, actor, str(answers.get("delegate", "")))
    elif move in NUDGES:
        after = nudged(approvals, NUDGES[move], at)
    elif move == "ask":
        step = Step(str(answers.get("approver", "")), "Approver", "approver")
        after = first_approvals(ticket, [step], at, policy, calendar)
    elif move in ENDINGS:
        after = cancelled(approvals)
    known = set(approvals)
    return tuple(one for one in after if one not in known)


def decided_lately(ticket: Ticket, approvals: Sequence[Approval]) -> AuditEvent | None:
    """The last change of the ticket, where it was a decision that the approvals may not know of yet."""
    event = ticket.event
    if event is None or move_of(event) not in DECISIONS:
        return None
    known = any(event.at in (one.decided_at, one.reminded_at, one.escalated_at) for one in approvals)
    return None if known else event


def approvals_again(
    ticket: Ticket, approvals: Sequence[Approval], event: AuditEvent, actor: Actor, knobs: Knobs
) -> tuple[Approval, ...]:  # fmt: skip
    """What the decision of `event`, by `actor`, makes of approvals that may know it already."""
    try:
        return approvals_after(event, ticket, approvals, actor, knobs)
    except PortalError:
        return ()  # they know it: nothing is left to decide
