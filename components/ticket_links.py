"""What hangs together with a ticket: linked ones, those merged into it, and how staff add and remove them."""

from __future__ import annotations

from typing import get_args

import streamlit as st

from components.markup import esc, plain, section
from components.ticket_marks import ring, ticket_id
from components.ticket_shown import ShownTicket, act, page_of
from data.tickets.kinds import kind_of
from data.tickets.model import Link, LinkKind, Ticket

LINK_WORDS: dict[LinkKind, tuple[str, str]] = {
    "duplicate": ("Duplicate of", "Has the duplicate"), "related": ("Related", "Related"),
    "caused_by": ("Caused by", "Causes"), "would_avoid": ("Would avoid", "Would be avoided by"),
    "follow_up": ("Follow-up of", "Followed up by"),
}  # fmt: skip
"""From this ticket to the other, and seen from the other."""


def block_head(title: str, note: str = "") -> str:
    return f'<hr class="rule">{section(title, note)}'


def draw_links(shown: ShownTicket) -> None:
    merged = {other.id: other for other in shown.detail.merged}
    links = [link for link in shown.detail.links if link.kind != "duplicate" or link.other.id not in merged]
    if not links and not merged and not shown.is_staff:
        return
    st.html(block_head("Cause and links"))
    for link in links:
        _draw_link(shown, link)
    for id_, other in merged.items():
        _draw_other(other, "Merged into this", f"other_{id_}")
    if shown.is_staff:
        with st.popover("Link a ticket", icon=":material/add_link:", type="tertiary", key="linking"):
            st.text_input("Its id", key=shown.key("other"), placeholder="INC-7K2QF")
            st.selectbox(
                "How they hang together", get_args(LinkKind), key=shown.key("linkkind"), index=1,
                format_func=lambda kind: LINK_WORDS[kind][0],
            )  # fmt: skip
            st.button("Link", key=shown.key("link"), on_click=_link, args=(shown,))


def _draw_link(shown: ShownTicket, link: Link) -> None:
    with st.container(key=f"link_{link.id}", horizontal=True, gap="small", vertical_alignment="center", wrap=False):
        _draw_other(link.other, LINK_WORDS[link.kind][0 if link.outward else 1], f"other_{link.id}")
        if shown.is_staff:
            st.button(
                "Remove this link", key=f"bare_unlink_{link.id}", icon=":material/close:", type="tertiary",
                on_click=_unlink, args=(shown, link),
            )  # fmt: skip


def _draw_other(other: Ticket, word: str, key: str) -> None:
    kind = kind_of(other.kind)
    with st.container(key=key, horizontal=True, gap="small", vertical_alignment="center", wrap=False):
        marks = f"{ring(kind, other)}{ticket_id(other.key)}"
        st.html(f'<span class="state" title="{esc(word)}">{marks}</span>', width="content")
        st.page_link(page_of(kind), label=plain(other.title), query_params={"id": other.key}, help=word)


def _link(shown: ShownTicket) -> None:
    other, kind = st.session_state[shown.key("other")].strip(), st.session_state[shown.key("linkkind")]
    if act(lambda tickets, actor: tickets.link(actor, shown.ticket.id, other, kind)):
        st.session_state[shown.key("other")] = ""


def _unlink(shown: ShownTicket, link: Link) -> None:
    one, other = (shown.ticket, link.other) if link.outward else (link.other, shown.ticket)
    act(lambda tickets, actor: tickets.unlink(actor, one.id, other.id, link.kind))
