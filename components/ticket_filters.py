"""The bar of views and the row of filters over a list. The address is the truth; widgets follow and change it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from components import ticket_address as address
from components.markup import plain
from components.navigation import css_text
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


@dataclass(frozen=True, slots=True)
class Filter:
    name: str
    told: str
    """What it lets through now."""
    options: Mapping[Any, str]
    """With their words."""
    value: Sequence[Any]


def draw_filters(kind: Kind, filters: Sequence[Filter]) -> None:
    """One button per filter that carries its value.

    Its content is drawn only while it is open: a widget that nobody sees would keep, and later send, an older choice.
    A button that changed its label would be another one, and closed; so the value is drawn by a style.
    """
    st.html(f"<style>{''.join(map(value_css, filters))}</style>")
    for one in filters:
        opened = st.popover(one.name.capitalize(), key=f"filter_{one.name}", on_change="rerun")
        if opened.open:
            opened.pills(
                one.name.capitalize(), list(one.options), selection_mode="multi", format_func=one.options.__getitem__,
                key=followed(one.name, list(one.value)), on_change=narrow, args=(kind, one.name),
            )  # fmt: skip


def value_css(one: Filter) -> str:
    return f'.st-key-filter_{one.name} [data-testid="stPopoverButton"] p::after{{content:{css_text(f": {one.told}")}}}'


def filters_of(kind: Kind, chosen: Chosen, query: Query, counts: Counts, names: Mapping[str, str]) -> list[Filter]:
    filters = [platform_filter(chosen, counts, names), state_filter(kind, chosen, query)]
    if kind.prioritised:
        options = {n: f"P{n}" for n in PRIORITIES}
        filters.append(Filter("priority", priorities_told(chosen.priority), options, chosen.priority))
    return filters


def platform_filter(chosen: Chosen, counts: Counts, names: Mapping[str, str]) -> Filter:
    """Those with open tickets, and those that were chosen."""
    numbers = {id_: n for id_, n in counts.by_platform.items() if id_ is not None}
    found = {id_: names.get(id_, id_) for id_ in (*numbers, *chosen.platform)}
    options = {
        id_: f"{plain(found[id_])} {numbers.get(id_, 0):,}" for id_ in sorted(found, key=lambda id_: found[id_].lower())
    }
    return Filter("platform", told([found[id_] for id_ in chosen.platform], "all"), options, chosen.platform)


def state_filter(kind: Kind, chosen: Chosen, query: Query) -> Filter:
    states = {state.name: state.label for state in kind.workflow.states}
    usual = "open" if query.states == kind.workflow.names("open") else "all" if not query.states else "ended"
    return Filter("state", told([states[name] for name in chosen.state], usual), states, chosen.state)


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
