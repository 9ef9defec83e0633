"""The list of one kind of ticket: views, filters, rows, and what can be done with several at once."""

from __future__ import annotations

from functools import partial

import streamlit as st

from components import feedback
from components.markup import esc
from components.navigation import TICKETS
from components.saved_views import draw_save_view
from components.ticket_address import Chosen
from components.ticket_bulk import draw_bulk
from components.ticket_filters import (
    PAGES_SHOWN,
    clear_filters,
    draw_filters,
    draw_search,
    draw_sort,
    draw_views,
    filters_of,
    go,
    sorts_of,
)  # fmt: skip
from components.ticket_listing import Listing, Place, find_place, listed
from components.ticket_rows import draw_rows
from components.ticket_shown import ORDER
from components.ticket_views import is_staff, lit
from data.tickets.kinds import Kind
from data.tickets.visibility import viewer_of

REFRESH_S = 30
CURSOR = "list_cursor"
"""Session: the key of the row that J and K reached."""


@st.fragment(run_every=REFRESH_S)
def draw_list(kind: Kind) -> None:
    """Reruns by itself, so that choosing a row or a filter draws no other part of the page."""
    place = find_place(kind)
    if place is None:
        return
    head = st.container(key="list_head", horizontal=True, vertical_alignment="bottom", gap="small")
    draw_bars(place)
    listing = listed(place.portal, place.actor, place.query)
    if listing is None:
        return
    with head:
        draw_head(place, listing.age)
    st.session_state[ORDER] = [ticket.key for ticket in listing.tickets]
    if not listing.tickets:
        draw_empty(place)
        return
    pick = is_staff(place.actor)
    draw_rows(
        listing.tickets, listing.here, place.names, banded=place.query.sort == "due", pick=pick, more=listing.more,
        cursor=st.session_state.get(CURSOR),
    )  # fmt: skip
    draw_foot(place, listing)
    if pick:
        draw_bulk(place.portal, place.actor, kind, listing.tickets)


def draw_head(place: Place, age: str) -> None:
    kind, counts = place.kind, place.counts
    said = [f"{counts.open:,} open"]
    said += [f"<b>{counts.overdue:,} overdue</b>"] if counts.overdue else []
    said += [f"{counts.on_hold:,} on hold"] if counts.on_hold else []
    line = " · ".join([*said, f"refreshed {esc(age)}"])
    st.html(f'<div class="head"><h1>{esc(kind.plural)}</h1></div><p class="sub-head">{line}</p>', width="stretch")
    st.download_button(
        "Export CSV", partial(place.portal.tickets.lists.csv, viewer_of(place.actor), place.query), f"{kind.path}.csv",
        "text/csv", key="list_csv", icon=":material/download:", type="tertiary", on_click="ignore",
    )  # fmt: skip
    if st.button(f"New {kind.label.lower()}", key="list_new", icon=":material/add:", type="tertiary", shortcut="N"):
        st.switch_page(TICKETS[kind.name].page(), query_params={"new": "1"})


def draw_bars(place: Place) -> None:
    kind, chosen = place.kind, place.chosen
    with st.container(key="list_views", horizontal=True, vertical_alignment="center", gap="small"):
        draw_views(place.views, lit(place.views, chosen, place.view))
        draw_save_view(place)
    with st.container(key="list_filters", horizontal=True, vertical_alignment="center", gap="small"):
        draw_search(kind, chosen, "Search id, words, person …")
        draw_filters(kind, filters_of(kind, chosen, place.query, place.counts, place.names))
        if chosen.narrowed:
            st.button("Clear", key="list_clear", type="tertiary", on_click=clear_filters, args=(kind,))
        st.space("stretch")
        draw_sort(kind, place.query)


def draw_empty(place: Place) -> None:
    """Says what is true and leads to where there is something."""
    kind, counts, chosen = place.kind, place.counts, place.chosen
    with st.container(key="list_empty", horizontal_alignment="center"):
        if chosen.narrowed:
            said = f"No {kind.label.lower()} matches the filters above. {counts.open:,} are open in all."
            feedback.empty("filter_alt_off", "Nothing in this view", said)
            st.button("Clear filters", key="list_clear_empty", on_click=clear_filters, args=(kind,))
            return
        other = next((view for view in place.views if view.count and view.name != place.view.name), None)
        said = f"{other.count:,} in {other.label}." if other else "When there is one, it is listed here."
        feedback.empty("task_alt", place.view.empty, said, hue="green")
        if other:
            st.button(f"Show {other.label}", key="list_other", on_click=go, args=(Chosen(view=other.name),))


def draw_foot(place: Place, listing: Listing) -> None:
    shown = len(listing.tickets)
    number = f"{shown:,} shown, there are more" if listing.more else f"All {shown:,} shown" if shown > 1 else "1 shown"
    with st.container(key="list_foot", horizontal=True, vertical_alignment="center", gap="small"):
        sorted_by = sorts_of(place.kind).get(place.query.sort, "")
        st.html(f'<p class="quiet">{number} · {esc(sorted_by)}</p>', width="stretch")
        draw_keys(place.kind, [ticket.key for ticket in listing.tickets])
        if listing.more:
            st.button("Load more", key="list_more", type="tertiary", on_click=load_more)


def draw_keys(kind: Kind, order: list[str]) -> None:
    """J and K walk through the rows, O opens the one they reached."""
    at = st.session_state.get(CURSOR)
    with st.container(key="list_keys", horizontal=True, gap="small", width="content"):
        st.button("Next", key="list_j", type="tertiary", shortcut="J", on_click=walk, args=(order, 1))
        st.button("Previous", key="list_k", type="tertiary", shortcut="K", on_click=walk, args=(order, -1))
        if st.button("Open", key="list_o", type="tertiary", shortcut="O", disabled=at not in order):
            st.switch_page(TICKETS[kind.name].page(), query_params={"id": str(at)})


def walk(order: list[str], step: int) -> None:
    """A callback."""
    at = st.session_state.get(CURSOR)
    place = order.index(at) + step if at in order else 0
    st.session_state[CURSOR] = order[max(0, min(place, len(order) - 1))]


def load_more() -> None:
    """A callback."""
    st.session_state[PAGES_SHOWN] = st.session_state.get(PAGES_SHOWN, 1) + 1
