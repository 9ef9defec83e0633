"""Rows of tickets, by what hurts first. One grid for head and rows; on a phone each row becomes three lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

import streamlit as st

from components.markup import esc, icon, plain
from components.moments import Here
from components.navigation import TICKETS
from components.ticket_marks import (
    ago_short,
    is_awaiting,
    person_html,
    priority_mark,
    sla_pill,
    state_html,
    state_word,
    ticket_id,
)  # fmt: skip
from data.tickets.kinds import kind_of
from data.tickets.model import Ticket

HEADS = ("Id", "Subject", "State", "Platform", "Assignee", "SLA", "Updated")


@dataclass(frozen=True, slots=True)
class Band:
    label: str
    icon: str
    hue: str


OVERDUE = Band("Overdue", "timer_off", "red")
TODAY = Band("Due today", "timer", "orange")
LATER = Band("Later", "event", "gray")
UNDATED = Band("Without a date", "event_busy", "gray")
PAUSED = Band("Paused", "pause_circle", "blue")
ENDED = Band("Done", "check_circle", "green")


def pick_key(ticket: Ticket) -> str:
    return f"select_{ticket.id}"


def draw_rows(
    tickets: Sequence[Ticket], here: Here, names: Mapping[str, str], *, banded: bool = False, pick: bool = False,
    more: bool = False, cursor: str | None = None, key: str = "tickets",
) -> None:  # fmt: skip
    """`banded`: under headings by due date. `pick`: with a box to choose each. `more`: the last band goes on."""
    pages = {name: entry.page() for name, entry in TICKETS.items()}
    with st.container(key=f"{key}_{'picked' if pick else 'plain'}", gap=None):
        st.html(head_html())
        bands = list(by_band(tickets, here)) if banded else [(None, list(tickets))]
        for band, those in bands:
            if band is not None:
                goes_on = more and those[-1] is tickets[-1]
                st.html(band_html(band, f"{len(those)}{'+' if goes_on else ''}"))
            for ticket in those:
                with st.container(key=f"ticket_row_{key}_{ticket.id}", gap=None):
                    if pick:
                        st.checkbox(f"Select {ticket.key}", key=pick_key(ticket), label_visibility="collapsed")
                    lock = ":material/lock:" if ticket.sensitive else None
                    st.page_link(pages[ticket.kind], label=label(ticket), icon=lock, query_params={"id": ticket.key})
                    st.html(cells_html(ticket, here, names, ticket.key == cursor))


def by_band(tickets: Sequence[Ticket], here: Here) -> Iterator[tuple[Band | None, list[Ticket]]]:
    """Tickets as sorted by due date; each band once, also where a ticket crossed its limit since they were read."""
    order = (OVERDUE, TODAY, LATER, UNDATED, PAUSED, ENDED)
    placed = sorted(tickets, key=lambda ticket: order.index(band_of(ticket, here)))
    for band, those in groupby(placed, key=lambda ticket: band_of(ticket, here)):
        yield band, list(those)


def band_of(ticket: Ticket, here: Here) -> Band:
    if ticket.stopped_at is not None:
        return ENDED
    due = owed_at(ticket)
    if ticket.on_hold and (due is None or due == ticket.due_at):
        return PAUSED
    if due is None:
        return UNDATED
    if due < here.now:
        return OVERDUE
    return TODAY if due.astimezone(here.zone).date() == here.now.astimezone(here.zone).date() else LATER


def owed_at(ticket: Ticket) -> datetime | None:
    """What is owed next: the first reply while it is missing, or the end."""
    owed = [ticket.due_at]
    if ticket.first_response_at is None:
        owed.append(ticket.response_due_at)
    return min(filter(None, owed), default=None)


def label(ticket: Ticket) -> str:
    """The title is the link; the state after it is heard, not seen (the row shows it)."""
    return f"{plain(ticket.title)}:small[, {plain(state_word(kind_of(ticket.kind), ticket))}]"


def head_html() -> str:
    cells = "".join(f'<span class="c-{name.lower()}">{name}</span>' for name in HEADS)
    return f'<div class="t-head" aria-hidden="true">{cells}</div>'


def band_html(band: Band, number: str) -> str:
    words = f"{icon(band.icon, 'ink')}<b>{band.label}</b>{number}"
    return f'<div class="t-band {band.hue}" role="heading" aria-level="2">{words}</div>'


def cells_html(ticket: Ticket, here: Here, names: Mapping[str, str], is_cursor: bool = False) -> str:
    kind = kind_of(ticket.kind)
    platform = names.get(ticket.platform_id or "", ticket.platform_id or "")
    at = ticket.active_at
    exact = f'datetime="{at.isoformat()}" title="{esc(here.exact(at))}"'
    return (
        f'<span class="c-mark{" cursor" if is_cursor else ""}">{priority_mark(ticket.priority)}</span>'
        f'<span class="c-id">{ticket_id(ticket.key)}</span>'
        f'<span class="c-state">{state_html(kind, ticket)}</span>'
        f'<span class="c-platform" title="{esc(platform)}">{esc(platform)}</span>'
        f'<span class="c-assignee">{person_html(ticket.assignee)}</span>'
        f'<span class="c-sla">{"" if is_awaiting(ticket) else sla_pill(ticket, here)}</span>'
        f'<time class="c-updated" {exact}>{ago_short(at, here)}</time>'
    )
