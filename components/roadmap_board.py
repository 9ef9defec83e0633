"""The roadmap as four columns, or as quarters one after the other; filters in the address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import streamlit as st

from components import feedback, session
from components import roadmap_address as address
from components.markup import counted, esc, plain
from components.moments import Here
from components.navigation import ROADMAP
from components.roadmap_address import LAYOUTS, SORTS, TIMELINE, UNTOUCHED, Chosen, follow, go, go_to, ordered
from components.roadmap_marks import card_html, dot
from components.roadmap_steps import curates_something, draw_menu, draw_step, may_curate
from components.roadmap_timeline import draw_timeline
from components.ticket_listing import Names, platform_names
from data.cached import roadmap as cached_roadmap
from data.people.model import Actor
from data.roadmap.model import Entry, Horizon
from data.roadmap.rules import HORIZONS

REFRESH_S = 30
MOST = 8
"""Cards of a column before 'more'."""
LATELY = timedelta(days=90)
WHOLE = "roadmap_whole"
"""Session: the columns that somebody opened wholly."""
LINE = "curated by the service owners"
NOBODY = "Nothing is planned in the open yet. Owners of a platform add items; what you vote for tells them what to add."


@dataclass(frozen=True, slots=True)
class Shown:
    actor: Actor
    entries: Sequence[Entry]
    """In order, what the filters let through."""
    names: Names
    here: Here


@st.fragment(run_every=REFRESH_S)
def draw_roadmap() -> None:
    portal, actor = session.portal(), session.actor()
    read, here = cached_roadmap.board(portal, actor), Here(portal.clock(), session.zone())
    if read.value is None:
        feedback.empty("cloud_off", "The roadmap cannot be shown now", read.error or "", hue="red")
        return
    if read.error:
        here = Here(read.at, here.zone)
        feedback.banner("orange", "cloud_off", f"Shown as of {here.clock(read.at)}.", read.error)
    chosen, names = address.read(st.query_params), platform_names(portal, actor)
    present = [entry for entry in read.value if entry.item.state != "retired"]
    shown = Shown(actor, ordered(list(filter(chosen.takes, present)), chosen.sort), names, here)
    draw_head(shown, chosen)
    draw_filters(present, names, chosen)
    if not shown.entries:
        draw_empty(chosen)
    elif chosen.layout == TIMELINE:
        draw_timeline(shown.entries, names, here)
    else:
        draw_columns(shown)
    draw_retired([entry for entry in read.value if entry.item.state == "retired"])
    draw_step(portal, actor)


def draw_head(shown: Shown, chosen: Chosen) -> None:
    requests = {ticket.id for entry in shown.entries for ticket in entry.requests}
    votes = counted(sum(entry.votes for entry in shown.entries), "vote")
    line = f"{counted(len(shown.entries), 'item')} · {counted(len(requests), 'linked request')} · {votes} · {LINE}"
    with st.container(key="roadmap_head", horizontal=True, vertical_alignment="bottom", gap="small"):
        st.html(f'<div class="head"><h1>Roadmap</h1></div><p class="sub-head">{line}</p>', width="stretch")
        if curates_something(shown.actor):
            st.button("Add an item", key="roadmap_new", icon=":material/add:", on_click=go_to, kwargs={"new": "1"})
        st.session_state["roadmap_layout"] = chosen.layout
        st.segmented_control(
            "Layout", list(LAYOUTS), key="roadmap_layout", format_func=LAYOUTS.__getitem__, required=True,
            label_visibility="collapsed", on_change=follow, args=("roadmap_layout", "layout"),
        )  # fmt: skip


def draw_filters(entries: Sequence[Entry], names: Names, chosen: Chosen) -> None:
    """A platform that was chosen stays to be seen, also when nothing is left of it."""
    on = [*(entry.item.platform_id or "" for entry in entries), chosen.platform]
    platforms = {"": "All"} | {id_: plain(names[id_]) for id_ in names if id_ in on}
    themes = {"": "All themes"} | {t: plain(t) for t in sorted({*(e.item.theme for e in entries), chosen.theme} - {""})}
    with st.container(key="roadmap_filters", horizontal=True, vertical_alignment="center", gap="small"):
        st.session_state["roadmap_platform"] = chosen.platform if chosen.platform in platforms else ""
        st.pills(
            "Platform", list(platforms), key="roadmap_platform", format_func=platforms.__getitem__, required=True,
            label_visibility="collapsed", on_change=follow, args=("roadmap_platform", "platform"), width="stretch",
        )  # fmt: skip
        _choose("theme", themes, chosen.theme, "label")
        _choose("sort", SORTS, chosen.sort, "swap_vert")


def _choose(part: str, words: Mapping[str, str], on: str, icon: str) -> None:
    key = f"roadmap_{part}"
    st.menu_button(
        words[on], list(words), key=key, format_func=words.__getitem__, icon=f":material/{icon}:", type="tertiary",
        on_click=follow, args=(key, part),
    )  # fmt: skip


def draw_columns(shown: Shown) -> None:
    """Phones show one of them, which the control above chooses; wide screens have no need of it."""
    words = {horizon.value: word for horizon, (word, _) in HORIZONS.items()}
    on = st.segmented_control(
        "Horizon", list(words), key="roadmap_horizon", format_func=words.__getitem__, default="now", required=True,
        label_visibility="collapsed", width="stretch",
    )  # fmt: skip
    with st.container(key=f"horizons_{on or 'now'}"):
        for horizon, column in zip(HORIZONS, st.columns(len(HORIZONS), gap="small"), strict=True):
            with column, st.container(key=f"horizon_{horizon}", gap=None), feedback.panel(HORIZONS[horizon][0]):
                draw_column(shown, horizon)


def draw_column(shown: Shown, horizon: Horizon) -> None:
    """Of what is shipped, the last 90 days; older ones when asked for."""
    word, line = HORIZONS[horizon]
    entries = [entry for entry in shown.entries if entry.item.horizon is horizon]
    lately = [e for e in entries if not e.item.shipped_at or shown.here.now - e.item.shipped_at <= LATELY]
    whole = horizon in st.session_state.get(WHOLE, ())
    visible = entries if whole else lately[:MOST]
    st.html(f'<div class="horizon"><h2>{dot(horizon)}{word} <span>{len(lately)}</span></h2><p>{line}</p></div>')
    for entry in visible:
        draw_card(shown, entry)
    if not visible:
        st.html('<p class="quiet none">Nothing here yet.</p>')
    if more := len(entries) - len(visible):
        label = f"{more} more" if len(lately) > len(visible) else "Older"
        st.button(label, key=f"roadmap_more_{horizon}", type="tertiary", on_click=_open_wholly, args=(horizon,))


def draw_card(shown: Shown, entry: Entry) -> None:
    item = entry.item
    with st.container(key=f"card_{item.horizon}_{item.id}", gap=None):
        st.page_link(ROADMAP.path, label=plain(item.title), query_params={"id": item.id})
        st.html(card_html(entry, shown.names, shown.here))
        if may_curate(shown.actor, item.platform_id):
            draw_menu(item, f"bare_card_{item.id}_{item.version}", f"Move or edit {plain(item.title)}", bare=True)


def _open_wholly(horizon: Horizon) -> None:
    st.session_state[WHOLE] = {*st.session_state.get(WHOLE, ()), horizon}


def draw_empty(chosen: Chosen) -> None:
    if not chosen.narrowed:
        feedback.empty("map", "The roadmap is empty", NOBODY, hue="blue")
        return
    feedback.empty("filter_alt_off", "Nothing on the roadmap matches", "The filters above hide every item.")
    with st.container(horizontal_alignment="center"):
        everything = {"platform": UNTOUCHED.platform, "theme": UNTOUCHED.theme}
        st.button("Clear filters", key="roadmap_clear", on_click=go, kwargs=everything)


def draw_retired(entries: Sequence[Entry]) -> None:
    """For curators: the way back to what was taken off."""
    if not entries:
        return
    with st.popover(f"Retired · {len(entries)}", key="roadmap_retired", icon=":material/archive:", type="tertiary"):
        for entry in entries:
            st.page_link(ROADMAP.path, label=plain(entry.item.title), query_params={"id": entry.item.id})
            st.html(f'<p class="quiet">{esc(entry.item.note or "")}</p>')
