"""What moves change beyond the state, and the conditions under which they are possible."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from data.tickets.model import Ticket
from data.tickets.workflow import Context

APPROVAL_HOLD = "approval"
"""Waiting for an approval is not the team's time."""


def starts_hold(context: Context) -> Mapping[str, Any]:
    return {"hold_since": context.at}


def asks_approval(context: Context) -> Mapping[str, Any]:
    """The approver may know of it from now on."""
    ticket, approver = context.ticket, str(context.answers["approver"])
    return {
        "hold_since": context.at, "hold_reason": APPROVAL_HOLD, "readers": (*ticket.readers, approver),
        "fields": {**ticket.fields, "steps_left": 1},
    }  # fmt: skip


def delegates(context: Context) -> Mapping[str, Any]:
    return {"readers": tuple(dict.fromkeys((*context.ticket.readers, str(context.answers["delegate"]))))}


def counts_nudge(context: Context) -> Mapping[str, Any]:
    fields = context.ticket.fields
    return {"fields": {**fields, "nudges": int(fields.get("nudges", 0)) + 1}}


def ends_hold(_: Context) -> Mapping[str, Any]:
    return {"hold_since": None, "hold_until": None, "hold_reason": None}


def reopens(context: Context) -> Mapping[str, Any]:
    return {"reopened": context.ticket.reopened + 1, "reason": None}


def starts_over(_: Context) -> Mapping[str, Any]:
    """No duplicate any more, if that was why it ended."""
    return {"reason": None, "merged_into": None}


def with_reason(code: str) -> Any:
    return lambda _: {"reason": code}


def takes_it(context: Context) -> Mapping[str, Any]:
    return {"assignee": context.answers.get("assignee") or context.actor.email}


def hides(_: Context) -> Mapping[str, Any]:
    return {"hidden": True}


def shows(_: Context) -> Mapping[str, Any]:
    return {"hidden": False}


def merges(context: Context) -> Mapping[str, Any]:
    return {"merged_into": context.answers["merged_into"]}


def follows_duplicate(context: Context) -> Mapping[str, Any]:
    """Votes and watchers go with it."""
    return {"merged_into": context.answers.get("duplicate_of") or context.ticket.merged_into}


def splits(_: Context) -> Mapping[str, Any]:
    return {"merged_into": None}


def ticks(context: Context) -> Mapping[str, Any]:
    return {"fields": {**context.ticket.fields, "done": context.answers.get("done", [])}}


def shares(context: Context) -> Mapping[str, Any]:
    kept = (context.ticket.requester, *context.answers.get("readers", ()))
    sensitive = bool(context.answers.get("sensitive"))
    return {"sensitive": sensitive, "restricted": sensitive, "readers": tuple(dict.fromkeys(kept)) if sensitive else ()}


def shares_private(context: Context) -> Mapping[str, Any]:
    """Of a kind that is private anyway: more readers, never all."""
    readers = (*context.ticket.readers, *context.answers.get("readers", ()))
    return {"sensitive": bool(context.answers.get("sensitive")), "readers": tuple(dict.fromkeys(readers))}


def is_on_hold(ticket: Ticket) -> bool:
    return ticket.on_hold and ticket.hold_reason != APPROVAL_HOLD


def is_not_on_hold(ticket: Ticket) -> bool:
    return not ticket.on_hold


def is_hidden(ticket: Ticket) -> bool:
    return ticket.hidden


def is_shown(ticket: Ticket) -> bool:
    return not ticket.hidden


def is_merged(ticket: Ticket) -> bool:
    return ticket.merged_into is not None


def is_not_merged(ticket: Ticket) -> bool:
    return ticket.merged_into is None
