"""What somebody is to one ticket, from roles and from the ticket itself."""

from __future__ import annotations

from collections.abc import Iterable

from data.people.model import Actor
from data.people.permissions import Permission
from data.tickets.model import Approval, Right, Ticket
from data.tickets.request_forms import OWNERS
from data.tickets.visibility import principals_of


def rights_of(actor: Actor, ticket: Ticket, approvals: Iterable[Approval] = ()) -> frozenset[Right]:
    """The portal at work is only the portal: what people decide it must not."""
    if actor.door == "job":
        return frozenset({Right.portal})
    held = {
        Right.requester: actor.email == ticket.requester,
        Right.staff: actor.may(Permission.tickets_ticket_work, ticket.platform_id),
        Right.lead: actor.may(Permission.tickets_ticket_lead, ticket.platform_id),
        Right.approver: any(may_decide(actor, approval, ticket) for approval in approvals),
    }
    return frozenset(right for right, is_so in held.items() if is_so)


def may_decide(actor: Actor, approval: Approval, ticket: Ticket) -> bool:
    """Its turn has come and it is theirs. Nobody approves what they asked for, in whatever disguise."""
    if approval.state != "waiting" or approval.asked_at is None:
        return False
    return actor.email not in {ticket.requester, ticket.created_by} and is_decider(actor, approval.decider)


def is_decider(actor: Actor, principal: str) -> bool:
    if principal.startswith(OWNERS):
        return actor.may(Permission.tickets_ticket_lead, principal.removeprefix(OWNERS))
    return principal in principals_of(actor)
