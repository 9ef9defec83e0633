"""While somebody types a title: what looks like it already, so that a vote or a look can replace a new ticket."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import streamlit as st

from components.markup import esc, plain
from components.moments import Here
from components.navigation import TICKETS
from components.ticket_marks import ago_short, state_html
from components.vote_button import cast
from data.tickets.kinds import kind_of
from data.tickets.model import Ticket


def draw_similar(similar: Sequence[tuple[Ticket, str]], mine: Collection[str], here: Here) -> None:
    """`similar`: tickets with the reason why they are here, best first; `mine`: ids of what I voted for."""
    if not similar:
        return
    with st.container(key="similar", gap=None):
        st.html(f"<p>Looks similar ({len(similar)})</p>")
        for ticket, why in similar:
            kind = kind_of(ticket.kind)
            with st.container(key=f"alike_{ticket.id}", horizontal=True, gap="small", vertical_alignment="center"):
                st.html(state_html(kind, ticket), width="content")
                st.page_link(
                    TICKETS[kind.name].path, label=plain(ticket.title), query_params={"id": ticket.key}, width="stretch"
                )
                st.html(f'<span class="faint" title="{esc(why)}">{esc(standing(ticket, here))}</span>', width="content")
                if kind.votes and not ticket.stopped_at:
                    voted = ticket.id in mine
                    st.button(
                        kind.votes.taken if voted else kind.votes.cast, key=f"alike_vote_{ticket.id}", type="tertiary",
                        icon=f":material/{'check' if voted else kind.votes.icon}:", on_click=cast,
                        args=(ticket.id, not voted),
                    )  # fmt: skip


def standing(ticket: Ticket, here: Here) -> str:
    """How many it concerns while it is open, else when it ended: '5 affected', '30 Oct'."""
    kind = kind_of(ticket.kind)
    if ticket.stopped_at:
        return ago_short(ticket.stopped_at, here)
    return f"{ticket.tally.votes:,} {kind.votes.noun}" if kind.votes and ticket.tally.votes else "open"
