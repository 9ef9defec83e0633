"""Incidents that the portal itself opens and resolves: one per failing check, reused while open."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import BaseModel, ConfigDict, Field

from data.tickets.model import Ticket

SOURCE = "check:"


class AlarmPolicy(BaseModel):
    """`green_for`: how long a check must be fine before its incident is resolved."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_timedelta="float")

    on: bool = True
    green_for: timedelta = Field(timedelta(minutes=10), ge=timedelta(0))
    quiet: frozenset[str] = frozenset()
    """Checks that open no incident."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """A critical check as it is now, told by the status area."""

    check_id: str
    check_name: str
    platform_id: str
    red: bool
    fine: bool
    """Green. Neither red nor fine is unknown, late, degraded: nothing is opened, nothing resolved."""
    since: datetime
    reason: str
    evidence: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    to_open: tuple[Alarm, ...]
    to_reopen: tuple[tuple[Ticket, Alarm], ...]
    to_resolve: tuple[tuple[Ticket, Alarm], ...]


REOPEN_WITHIN = timedelta(hours=24)
"""Red again this soon after the portal resolved it: the same incident goes on."""


def plan_alarms(
    alarms: Iterable[Alarm], known: Sequence[Ticket], open_states: frozenset[str], policy: AlarmPolicy, now: datetime
) -> Plan:
    """`known`: incidents that the portal opened, those that are open and those that ended lately, newest last."""
    newest = {ticket.source.removeprefix(SOURCE): ticket for ticket in known}
    to_open: list[Alarm] = []
    to_reopen: list[tuple[Ticket, Alarm]] = []
    to_resolve: list[tuple[Ticket, Alarm]] = []
    for alarm in alarms if policy.on else ():
        ticket = newest.get(alarm.check_id)
        is_open = ticket is not None and ticket.state in open_states
        if alarm.red and not is_open and alarm.check_id not in policy.quiet:
            if ticket and _may_go_on(ticket, now):
                to_reopen.append((ticket, alarm))
            else:
                to_open.append(alarm)
        elif ticket and is_open and alarm.fine and now - alarm.since >= policy.green_for and not taken_over(ticket):
            to_resolve.append((ticket, alarm))
    return Plan(tuple(to_open), tuple(to_reopen), tuple(to_resolve))


def taken_over(ticket: Ticket) -> bool:
    """A human works on it: has it, holds it, or was the last to touch it."""
    return ticket.assignee is not None or ticket.on_hold or ticket.updated_by != ticket.created_by


def _may_go_on(ticket: Ticket, now: datetime) -> bool:
    return (
        ticket.state == "resolved" and ticket.reason == "recovered" and ticket.stopped_at is not None
        and now - ticket.stopped_at <= REOPEN_WITHIN
    )  # fmt: skip
