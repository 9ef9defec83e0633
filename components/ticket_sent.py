"""What came of a form: the id, the promise in plain words, what happens next, the address to pass on."""

from __future__ import annotations

from datetime import datetime, timedelta

import streamlit as st

from components import feedback
from components.copy_button import copy_button
from components.markup import counted, esc, icon
from components.moments import Here, long_day
from components.navigation import TICKETS
from components.session import zone
from components.ticket_marks import is_awaiting, state_html, ticket_id
from data.cached import tickets as cached_tickets
from data.people.model import Actor
from data.portal import Portal
from data.tickets.kinds import Kind
from data.tickets.model import Ticket
from data.tickets.sla import DAY, Policy


def draw_sent(portal: Portal, actor: Actor, kind: Kind, key: str) -> None:
    read, here = cached_tickets.detail(portal, actor, key), Here(portal.clock(), zone())
    if read.value is None:
        feedback.empty("search_off", "There is nothing here", read.error or "This address names no ticket you can see.")
    else:
        ticket = read.value.ticket
        with st.container(key="sent", gap="small"):
            st.html(f'<div class="sent">{sent_html(kind, ticket, here)}</div>')
            with st.container(key="sent_row", horizontal=True, vertical_alignment="center"):
                st.page_link(
                    TICKETS[kind.name].path, label=f"Open {ticket.key}", query_params={"id": ticket.key},
                    icon=":material/arrow_forward:",
                )  # fmt: skip
                st.button("Send another", key="another", type="tertiary", on_click=start_again)
            with st.container(key="address", horizontal=True, vertical_alignment="center", gap="small"):
                st.html(f"<code>{esc(address(kind, ticket))}</code>", width="content")
                copy_button(address(kind, ticket), "copy_address", "Copy the address")


def start_again() -> None:
    """A callback."""
    st.query_params.from_dict({name: st.query_params[name] for name in ("new",) if name in st.query_params})


def sent_html(kind: Kind, ticket: Ticket, here: Here) -> str:
    lines = [("forum", promised_words(ticket, here)), *(("notifications", line) for line in kind.form.next)]
    rows = "".join(f"<li>{icon(mark)}<span>{esc(line)}</span></li>" for mark, line in lines if line)
    return (
        f'<span class="round green">{icon("check")}</span><h1>Thank you, {ticket_id(ticket.key)} is in</h1>'
        f'<p class="name" dir="auto">{esc(ticket.title)}</p><p>{state_html(kind, ticket)}</p><ul>{rows}</ul>'
    )


def promised_words(ticket: Ticket, here: Here) -> str:
    """'First answer by 10:12 today'; while somebody has to approve it, no day is promised yet."""
    if is_awaiting(ticket) and ticket.target_s:
        return f"Done within {length_words(timedelta(seconds=ticket.target_s), always=False)} of the approval"
    if ticket.response_due_at:
        return f"First answer by {by_words(ticket.response_due_at, here)}"
    return f"Done by {by_words(ticket.due_at, here)}" if ticket.due_at else ""


def promise_words(policy: Policy, priority: int, here: Here) -> str:
    """Before it is sent: 'First answer within 2 business hours, by 10:12 today'."""
    target = policy.target(priority)
    if target.response is None:
        return "Somebody looks at it as soon as possible"
    due = target.on(policy.calendar).add(here.now, target.response.total_seconds())
    return f"First answer within {length_words(target.response, target.always)}, by {by_words(due, here)}"


def length_words(promise: timedelta, always: bool) -> str:
    """'30 minutes', '2 business hours', '1 working day'."""
    if promise >= DAY and not always:
        return counted(round(promise / DAY), "working day")
    if promise >= timedelta(hours=1):
        return counted(round(promise / timedelta(hours=1)), "hour" if always else "business hour")
    return counted(round(promise / timedelta(minutes=1)), "minute")


def by_words(due: datetime, here: Here) -> str:
    """'10:12 today', '10:12 tomorrow', 'Thu 26 Nov, 12:00'."""
    local, today = due.astimezone(here.zone), here.now.astimezone(here.zone).date()
    named = {today: "today", today + timedelta(days=1): "tomorrow"}.get(local.date())
    return f"{local:%H:%M} {named}" if named else f"{long_day(local.date())}, {local:%H:%M}"


def address(kind: Kind, ticket: Ticket) -> str:
    host = (st.context.url or "").partition("?")[0].rsplit("/", 1)[0]
    return f"{host}/{kind.path}?id={ticket.key}"
