"""Where an idea stands on the roadmap, and how curators put it there."""

from __future__ import annotations

import streamlit as st

from components.markup import plain
from components.navigation import ROADMAP
from components.roadmap_steps import act, may_curate
from components.ticket_shown import ShownTicket
from data.cached import roadmap as cached_roadmap
from data.roadmap.model import Item
from data.roadmap.rules import HORIZONS, quarter_words


def draw_on_roadmap(shown: ShownTicket) -> None:
    if not shown.kind.own_vote:
        return
    with st.container(key="on_roadmap", gap=None):
        for entry in cached_roadmap.of_ticket(shown.portal, shown.actor, shown.ticket.id):
            st.page_link(
                ROADMAP.path, label=f"On the roadmap: {place_words(entry.item)}", icon=":material/map:",
                query_params={"id": entry.item.id},
            )  # fmt: skip
        _draw_choice(shown)


def place_words(item: Item) -> str:
    """'Fresher sales data · Next · Q1 2027', as Markdown."""
    quarter = quarter_words(item.quarter) if item.quarter and not item.shipped_at else ""
    return " · ".join(filter(None, [plain(item.title), HORIZONS[item.horizon][0], quarter]))


def _draw_choice(shown: ShownTicket) -> None:
    entries = cached_roadmap.board(shown.portal, shown.actor).value or ()
    own = {
        entry.item.id: entry.item.title
        for entry in entries
        if entry.item.state != "retired" and may_curate(shown.actor, entry.item.platform_id)
        and all(ticket.id != shown.ticket.id for ticket in entry.requests)
    }  # fmt: skip
    if not own:
        return
    with st.popover("Put on the roadmap", icon=":material/add_link:", type="tertiary", key="to_roadmap"):
        key = shown.key("roadmap")
        st.selectbox("Item", list(own), key=key, format_func=own.__getitem__, index=None, placeholder="Choose")
        st.button("Link", key=shown.key("roadmap_go"), on_click=_link, args=(shown, key))


def _link(shown: ShownTicket, key: str) -> None:
    if item_id := st.session_state.get(key):
        act(lambda roadmap, actor: roadmap.link(actor, item_id, shown.ticket.key))
