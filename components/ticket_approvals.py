"""Who has to approve, in their order, as steps from left to right."""

from __future__ import annotations

import streamlit as st

from components.markup import esc, icon, section
from components.moments import Here
from components.ticket_answers import platform_name
from components.ticket_marks import person_name
from components.ticket_shown import ShownTicket
from data.tickets.model import Approval, ApprovalState

MARKS: dict[ApprovalState, tuple[str, str, str]] = {
    "waiting": ("hourglass_top", "yellow", "Waiting"), "approved": ("check_circle", "green", "Approved"),
    "declined": ("cancel", "red", "Declined"), "expired": ("timer_off", "gray", "Expired"),
    "cancelled": ("block", "gray", "Cancelled"),
}  # fmt: skip
"""Icon, hue, word."""


def draw_approvals(shown: ShownTicket) -> None:
    if shown.detail.approvals:
        st.html(f"{section('Approval')}{steps_html(shown)}")


def steps_html(shown: ShownTicket) -> str:
    steps = sorted(shown.detail.approvals, key=lambda approval: approval.step)
    return f'<ol class="steps">{"".join(_step(shown, step) for step in steps)}</ol>'


def _step(shown: ShownTicket, approval: Approval) -> str:
    mark, hue, word = MARKS[approval.state]
    if approval.state == "waiting" and approval.asked_at is None:
        mark, hue, word = "circle", "gray", "Comes next"
    who = _named(shown, approval.decider)
    instead = f" for {_named(shown, approval.approver)}" if approval.delegate else ""
    note = f"<q>{esc(approval.note)}</q>" if approval.note else ""
    return (
        f'<li class="{hue}">{icon(mark, "ink")}<div><b>{esc(who + instead)}</b>'
        f"<p>{word}{_when(approval, shown.here)}</p>{note}</div></li>"
    )


def _when(approval: Approval, here: Here) -> str:
    if approval.decided_at and approval.decided_by:
        return f" by {esc(person_name(approval.decided_by))} · {here.time(approval.decided_at)}"
    if approval.state == "waiting" and approval.due_at:
        late = "was due" if approval.due_at < here.now else "due"
        return f" · {late} {here.time(approval.due_at)}"
    return ""


def _named(shown: ShownTicket, principal: str) -> str:
    kind, _, name = principal.partition(":")
    return principal_name(f"owners:{platform_name(shown, name)}" if kind == "owners" else principal)


def principal_name(principal: str) -> str:
    """'bob', 'the group Finance', 'an owner of Power BI Sales'."""
    kind, _, name = principal.partition(":")
    if kind == "group" and name:
        return f"the group {name}"
    return f"an owner of {name}" if kind == "owners" and name else person_name(principal)
