"""The bar of views and the row of filters over a list. The address is the truth; widgets follow and change it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from components import ticket_address as address
from components.markup import plain
from components.ticket_address import PRIORITIES, Chosen
from components.ticket_views import View, has_due
from data.tickets.kinds import Kind
from data.tickets.lists import Counts
from data.tickets.model import Query, Sort

PAGES_SHOWN = "list_pages"


def draw_views(views: Sequence[View], on: View) -> None:
    """One segment per view, its number in the label."""
    by_name = {view.name: view for view in views}
    st.segmented_control(
        "Views", list(by_name), format_func=lambda name: by_name[name].words, required=True,
        key=followed("view", on.name), on_change=show_view, args=(by_name,), label_visibility="collapsed",
    )  # fmt: skip


def draw_search(kind: Kind, chosen: Chosen, placeholder: str) -> None:
    st.text_input(
        "Search", placeholder=placeholder, icon=":material/search:", key=followed("q", chosen.q), on_change=narrow,
        args=(kind, "q"), label_visibility="collapsed", width=300,
    )  # fmt: skip


def draw_filters(kind: Kind, chosen: Chosen, query: Query, counts: Counts, names: Mapping[str, str]) -> None:
    """One button per filter that carries its value."""
    open_ones = {id_: n for id_, n in counts.by_platform.items() if id_ is not None}
    platforms = {id_: names.get(id_, id_) for id_ in (*open_ones, *chosen.platform)}
    popover(
        kind, "platform", f"Platform: {told([platforms[id_] for id_ in chosen.platform], 'all')}",
        sorted(platforms, key=lambda id_: platforms[id_].lower()), chosen.platform,
        {id_: f"{name} {open_ones.get(id_, 0):,}" for id_, name in platforms.items()},
    )  # fmt: skip
    draw_state(kind, chosen, query)
    if kind.prioritised:
        popover(
            kind, "priority", f"Priority: {priorities_told(chosen.priority)}", PRIORITIES, chosen.priority,
            {n: f"P{n}" for n in PRIORITIES},
        )  # fmt: skip


def draw_state(kind: Kind, chosen: Chosen, query: Query) -> None:
    states = {state.name: state.label for state in kind.workflow.states}
    usual = "open" if query.states == kind.workflow.names("open") else "all" if not query.states else "ended"
    label = told([states[name] for name in chosen.state], usual)
    popover(kind, "state", f"State: {label}", list(states), chosen.state, states)


def draw_sort(kind: Kind, query: Query) -> None:
    sorts = sorts_of(kind)
    st.menu_button(
        sorts.get(query.sort, "Sort"), list(sorts), format_func=sorts.__getitem__, icon=":material/swap_vert:",
        type="tertiary", key="list_sort", on_click=narrow, args=(kind, "sort"),
    )  # fmt: skip


def sorts_of(kind: Kind) -> Mapping[Sort, str]:
    sorts: dict[Sort, str] = {"due": "SLA due first"} if has_due(kind) else {}
    sorts |= {"updated": "Last changed first", "created": "Newest first"}
    if kind.prioritised:
        sorts["priority"] = "Highest priority first"
    if kind.votes:
        sorts["votes"] = f"Most {kind.votes.noun} first"
    return sorts


def popover(
    kind: Kind, name: str, label: str, options: Sequence[Any], value: Sequence[Any], words: Mapping[Any, str]
) -> None:
    """Filled only while it is open: a widget that nobody sees would keep, and later send, an older choice."""
    opened = st.popover(plain(label), key=f"filter_{name}", on_change="rerun")
    if not opened.open:
        return
    with opened:
        st.pills(
            name.capitalize(), options, selection_mode="multi", format_func=lambda one: plain(words[one]),
            key=followed(name, list(value)), on_change=narrow, args=(kind, name),
        )  # fmt: skip


def told(words: Sequence[str], nothing: str) -> str:
    """'all', 'New', 'New, Triaged', '3 chosen'."""
    return nothing if not words else ", ".join(words) if len(words) <= 2 else f"{len(words)} chosen"


def priorities_told(priorities: Sequence[int]) -> str:
    """'all', 'P2', 'P1-P3' in a row, else 'P1, P4'."""
    ordered = sorted(priorities)
    if len(ordered) > 2 and ordered[-1] - ordered[0] == len(ordered) - 1:
        return f"P{ordered[0]}\N{EN DASH}P{ordered[-1]}"
    return told([f"P{n}" for n in ordered], "all")


def followed(name: str, value: Any) -> str:
    """The key of a widget that shows what the address says; what is being typed stays until it is sent."""
    key = f"list_{name}"
    if st.session_state.get(key) != value:
        st.session_state[key] = value
    return key


def narrow(kind: Kind, name: str) -> None:
    """A callback: one filter takes the value of its widget."""
    value = st.session_state[f"list_{name}"]
    chosen = address.read(kind, st.query_params)
    told: Any = {name: tuple(value) if isinstance(value, list) else value}
    go(replace(chosen, **told))


def show_view(views: Mapping[str, View]) -> None:
    """A callback: another view starts without filters; a saved one with its own."""
    view = views[st.session_state["list_view"]]
    go(view.chosen or Chosen(view=view.name))


def clear_filters(kind: Kind) -> None:
    """A callback: the view stays."""
    go(Chosen(view=address.read(kind, st.query_params).view))


def go(chosen: Chosen) -> None:
    st.session_state.pop(PAGES_SHOWN, None)
    st.query_params.from_dict(address.written(chosen))
