"""Incidents that the portal itself opens and resolves: one per failing check, reused while open."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from data.tickets.model import TITLE_MOST, Draft, Ticket

SOURCE = "check:"
REOPEN_WITHIN = timedelta(hours=24)
"""Red again this soon after the portal resolved it: the same incident goes on."""
_URGENCIES = {1: "now", 2: "today", 3: "week"}


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
    criticality: int
    look: Literal["red", "fine", "other"]
    """`other`: unknown, late or degraded; nothing is opened for it, nothing resolved."""
    since: datetime
    reason: str
    evidence: str | None = None


@dataclass(frozen=True, slots=True)
class AlarmPlan:
    to_open: tuple[Alarm, ...] = ()
    to_reopen: tuple[tuple[Ticket, Alarm], ...] = ()
    to_resolve: tuple[tuple[Ticket, Alarm], ...] = ()


def plan_alarms(alarms: Iterable[Alarm], known: Sequence[Ticket], policy: AlarmPolicy, now: datetime) -> AlarmPlan:
    """`known`: incidents that the portal opened, those that are open and those that ended lately, newest last."""
    newest = {ticket.source.removeprefix(SOURCE): ticket for ticket in known}
    heard = [(alarm, newest.get(alarm.check_id)) for alarm in alarms if policy.on]
    red = [(a, t) for a, t in heard if a.look == "red" and a.check_id not in policy.quiet and not (t and is_open(t))]
    fine = [(t, a) for a, t in heard if a.look == "fine" and t and is_open(t) and now - a.since >= policy.green_for]
    return AlarmPlan(
        to_open=tuple(alarm for alarm, ticket in red if not (ticket and goes_on(ticket, now))),
        to_reopen=tuple((ticket, alarm) for alarm, ticket in red if ticket and goes_on(ticket, now)),
        to_resolve=tuple((ticket, alarm) for ticket, alarm in fine if not taken_over(ticket)),
    )


def is_open(ticket: Ticket) -> bool:
    return ticket.stopped_at is None


def goes_on(ticket: Ticket, now: datetime) -> bool:
    recovered = ticket.state == "resolved" and ticket.reason == "recovered"
    return recovered and ticket.stopped_at is not None and now - ticket.stopped_at <= REOPEN_WITHIN


def taken_over(ticket: Ticket) -> bool:
    """A human works on it: has it, holds it, or was the last to change it."""
    return ticket.assignee is not None or ticket.on_hold or ticket.updated_by != ticket.created_by


def drafted(alarm: Alarm, id_: str) -> Draft:
    title = f"{alarm.check_name}: {alarm.reason}"
    return Draft(
        id=id_, kind="incident", title=title if len(title) <= TITLE_MOST else f"{title[: TITLE_MOST - 1].rstrip()}…",
        body=f"{alarm.reason}\n\nOpened by the portal: this check is critical and has turned red.",
        platform_id=alarm.platform_id, asset=alarm.check_id, impact="blocked",
        urgency=_URGENCIES.get(alarm.criticality, "today"), fields={"noticed_at": alarm.since},
        source=f"{SOURCE}{alarm.check_id}",
    )  # fmt: skip
