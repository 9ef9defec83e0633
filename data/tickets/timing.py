"""The clocks of a ticket through its changes: targets are copied when they are set, holds and endings counted."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from data.tickets.model import Ticket
from data.tickets.sla import Clocks, Policy, Standing, Target


@dataclass(frozen=True, slots=True)
class Timing:
    """`promise`: the target of a kind without priorities, such as a template's."""

    policy: Policy
    promise: Target | None = None

    def target(self, ticket: Ticket) -> Target:
        if ticket.priority is not None:
            return self.policy.target(ticket.priority)
        return self.promise or Target()


def clocks_of(ticket: Ticket) -> Clocks:
    """What is promised is what was copied onto the ticket, not what the policy says today."""
    target = Target(response=_span(ticket.response_target_s), resolution=_span(ticket.target_s), always=ticket.always)
    return Clocks(
        ticket.created_at, target, ticket.first_response_at, ticket.stopped_at, ticket.hold_since, ticket.held_s,
        ticket.breached,
    )  # fmt: skip


def shown_clock(ticket: Ticket, policy: Policy, at: datetime) -> Standing:
    """The one clock a list has room for."""
    return clocks_of(ticket).shown(policy, at)


def timed(after: Ticket, before: Ticket | None, phase: str, timing: Timing, at: datetime) -> Ticket:
    """`after` with its clocks as the change leaves them. A new priority counts from the creation."""
    if before is None or after.priority != before.priority:
        after = _promised(after, timing.target(after))
    calendar = timing.policy.calendar
    clocks = clocks_of(after)
    if before and before.on_hold and not after.on_hold:
        clocks = replace(clocks, hold_since=before.hold_since).resumed(calendar, at)
    if phase == "open" and after.stopped_at is not None:
        clocks = clocks.reopened(calendar, at)
    elif phase != "open" and after.stopped_at is None:
        clocks = clocks.stopped(calendar, at)
        after = replace(after, hold_reason=None, hold_until=None)
    return replace(
        after, hold_since=clocks.hold_since, held_s=clocks.held_s, stopped_at=clocks.stopped_at,
        breached=clocks.breached,
        response_due_at=clocks.response_due(calendar), due_at=clocks.resolution_due(calendar, clocks.stopped_at or at),
    )  # fmt: skip


def _promised(ticket: Ticket, target: Target) -> Ticket:
    """What was answered in time stays so: the promise of an answer is renewed only while it is owed."""
    response = ticket.response_target_s if ticket.first_response_at else _seconds(target.response)
    return replace(ticket, response_target_s=response, target_s=_seconds(target.resolution), always=target.always)


def _span(seconds: float | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=seconds)


def _seconds(span: timedelta | None) -> float | None:
    return None if span is None else span.total_seconds()
