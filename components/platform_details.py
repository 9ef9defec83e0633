"""One platform: its verdict, its checks, ninety days, what changed."""

from __future__ import annotations

import streamlit as st

from components import feedback
from components.details import draw_head, draw_surroundings, draw_told, strip_block, verdict_card
from components.history_tables import changes_table, tally
from components.markup import counted, esc, pill, plain, section
from components.moments import Here
from components.navigation import DETAILS
from components.session import Seen
from components.status_tiles import TIME_MODES, expected, said, updated
from components.theme import LOOKS
from components.verdict import badness
from data import cached
from data.status.board import CheckView, Tile
from data.status.model import State

IMPORTANCE = {1: "Critical", 2: "Important", 3: "Minor"}


def draw_platform(seen: Seen, tile: Tile) -> None:
    here = seen.here
    chips = [tile.platform.kind, IMPORTANCE[tile.platform.criticality]]
    draw_head(seen, tile, tile.platform.name, tile.state, chips)
    st.html(verdict_card(tile.state, _because(tile, here), _under(tile, here)))
    with feedback.panel("The open incidents"):
        draw_told(seen, tile)
    with st.container(key="body"):
        left, right = st.columns([2.86, 1], gap="medium")
        with left:
            with feedback.panel("The checks"):
                _draw_checks(tile, here)
            st.html(strip_block("Last 90 days", tile.strip))
            with feedback.panel("The changes of state"):
                _draw_changes(seen, tile)
        with right, feedback.panel("The side column"):
            draw_surroundings(seen.board, tile)


def _because(tile: Tile, here: Here) -> str:
    if tile.lead is None or tile.state in {State.operational, State.maintenance}:
        return said(tile, here)
    return f"{tile.lead.check.name}: {tile.reason}"


def _under(tile: Tile, here: Here) -> list[str]:
    since = [f"since {here.clock(tile.since)}"] if tile.since else []
    parts = [*since, counted(len(tile.checks), "check")]
    if (window := tile.window) is not None:
        parts.append(f"planned: {window.title}, {here.clock(window.starts_at)} to {here.clock(window.ends_at)}")
    return parts


def _draw_checks(tile: Tile, here: Here) -> None:
    st.html(section("Checks", "each one opens"))
    with st.container(key="rows", gap=None):
        for view in sorted(tile.checks, key=lambda view: badness(view.state)):
            with st.container(key=f"row_{view.check.id}", horizontal=True, gap="small", vertical_alignment="center"):
                label = f"{plain(view.check.name)}:small[, {LOOKS[view.state].word.lower()}]"
                st.page_link(DETAILS.path, label=label, query_params={"check": view.check.id}, width=250)
                st.html(_row(view, here))


def _row(view: CheckView, here: Here) -> str:
    last, coming = updated(view, here), expected(view, here)
    following = f"next {coming.value}" if view.check.mode in TIME_MODES else ""
    reason = view.reason or LOOKS[view.state].word
    times = f"<span>{last.word.lower()} <b>{last.value}</b> {following}</span>"
    return f'<div class="row"><span title="{esc(reason)}">{esc(reason)}</span>{times}{pill(view.state)}</div>'


def _draw_changes(seen: Seen, tile: Tile) -> None:
    read = cached.platform_transitions(seen.portal, seen.actor, tile.platform.id)
    changes = read.value or ()
    st.html(section("Changes of state", tally(changes)))
    if not changes:
        st.html(f'<p class="quiet">{esc(read.error or "Nothing changed in 30 days.")}</p>')
        return
    names = {view.check.id: view.check.name for view in tile.checks}
    st.table(changes_table(changes[:40], seen.here, names), border="horizontal", hide_index=True)
