"""Several tickets at once, for staff: a bar over the foot of the page that never moves the rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from components.markup import esc, plain
from components.ticket_moves import OPEN, Step, draw_step, open_step
from components.ticket_rows import pick_key
from data.people.model import Actor
from data.portal import Portal
from data.tickets.kinds import Kind
from data.tickets.model import Ticket
from data.tickets.rights import rights_of
from data.tickets.workflow import Move

MANY: Mapping[str, str] = {
    "assign": "Assign", "prioritise": "Priority", "hold": "Hold", "resume": "Resume", "close": "Close…",
    "reject": "Reject…", "refuse": "Decline…", "merge": "Merge…",
}  # fmt: skip
"""Moves that are worth doing to many at once, in short words."""
TARGET = "merged_into"
"""The question that names one of them."""


@dataclass(frozen=True, slots=True)
class Offer:
    move: Move
    able: tuple[Ticket, ...]
    skipped: int


def draw_bulk(portal: Portal, actor: Actor, kind: Kind, tickets: Sequence[Ticket]) -> None:
    picked = [ticket for ticket in tickets if st.session_state.get(pick_key(ticket))]
    if picked:
        draw_bar(kind, picked, offers(kind, actor, picked))
    draw_step(portal, actor)


def draw_bar(kind: Kind, picked: Sequence[Ticket], offered: Sequence[Offer]) -> None:
    with st.container(key="bulk", horizontal=True, vertical_alignment="center", gap="small"):
        st.html(told(len(picked), offered), width="content")
        for offer in offered:
            st.button(
                MANY[offer.move.name], key=f"bulk_{offer.move.name}", icon=f":material/{offer.move.icon}:",
                help=plain(offer.move.label), disabled=not offer.able, on_click=begin, args=(kind, offer.move, picked),
            )  # fmt: skip
        st.button(
            "Clear the selection", key="bulk_clear", icon=":material/close:", type="tertiary", on_click=clear,
            args=(picked,),
        )  # fmt: skip


def offers(kind: Kind, actor: Actor, picked: Sequence[Ticket]) -> list[Offer]:
    """Those that at least one of the tickets can take; the others only hint at nothing."""
    open_to = {t.id: {move.name for move in kind.workflow.open_to(t, rights_of(actor, t))} for t in picked}
    moves = {move.name: move for move in kind.workflow.moves}
    found = []
    for name in filter(moves.__contains__, MANY):
        able = tuple(ticket for ticket in picked if name in open_to[ticket.id])
        if able:
            found.append(Offer(moves[name], able, len(picked) - len(able)))
    return found


def told(number: int, offered: Sequence[Offer]) -> str:
    """'3 selected · 1 skipped by Close': the preview before any dialog."""
    skips = [f"{offer.skipped} skipped by {MANY[offer.move.name].rstrip('…')}" for offer in offered if offer.skipped]
    more = f"<span> · {esc(', '.join(skips[:2]))}</span>" if skips else ""
    return f'<p class="picked" role="status"><b>{number:,} selected</b>{more}</p>'


def begin(kind: Kind, move: Move, picked: Sequence[Ticket]) -> None:
    """A callback: opens the dialog of the move; what others merge into is proposed and stays out."""
    if len(picked) > 1 and any(question.name == TARGET for question in move.asks):
        target = canonical(picked)
        open_step(kind, move.name, [ticket for ticket in picked if ticket.id != target.id])
        step = st.session_state[OPEN]
        assert isinstance(step, Step)
        st.session_state[f"{step.prefix}{TARGET}"] = target.key
    else:
        open_step(kind, move.name, picked)


def canonical(tickets: Sequence[Ticket]) -> Ticket:
    """Most votes, then most comments, then the oldest."""
    return min(tickets, key=lambda ticket: (-ticket.tally.votes, -ticket.tally.comments, ticket.created_at))


def clear(picked: Sequence[Ticket]) -> None:
    """A callback."""
    for ticket in picked:
        st.session_state[pick_key(ticket)] = False
