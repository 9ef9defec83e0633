"""One vote per person: cast and taken back with the same button, visible when it is mine, frozen when it is over."""

from __future__ import annotations

import streamlit as st

from components.ticket_shown import act
from data.people.model import Actor
from data.portal import Portal
from data.tickets.kinds import kind_of
from data.tickets.model import Ticket


def vote_button(portal: Portal, actor: Actor, ticket: Ticket, mine: bool, compact: bool = False) -> None:
    """`compact`: the box with the number above the word's icon; else a button with the word."""
    kind = kind_of(ticket.kind)
    if kind.votes is None:
        return
    frozen = kind.workflow.state(ticket.state).phase == "closed" or ticket.merged_into is not None
    word = kind.votes.taken if mine else kind.votes.cast
    number = f"{ticket.tally.votes:,}"
    shape, state = "box" if compact else "word", "mine" if mine else "open"
    key = f"vote_{shape}_{state}_{ticket.id}"
    hint = "Votes are frozen: it is over" if frozen else ("Take it back" if mine else "")
    st.button(
        number if compact else word, key=key, icon=f":material/{'check' if mine else kind.votes.icon}:",
        help=hint or None, disabled=frozen, on_click=cast, args=(ticket.id, not mine),
        shortcut=None if compact else "V",
    )  # fmt: skip


def cast(ticket_id: str, wanted: bool, note: str = "") -> None:
    act(lambda tickets, actor: tickets.talk.vote(actor, ticket_id, wanted, note))
