"""One check: what it says and who told it, the clocks, the history, the promise."""

from __future__ import annotations

import streamlit as st

from components import feedback
from components.charts import TIMED, history_figure, reads
from components.clock_chain import chain_html, clocks
from components.details import draw_head, draw_neighbour, draw_surroundings, draw_told, strip_block, verdict_card
from components.gauge import gauge_html, gauge_of
from components.heat_map import heat_map_html
from components.history_tables import changes_table, results_table, tally
from components.markup import esc, section
from components.moments import Here
from components.promise import promise_html, promises
from components.session import Seen
from components.theme import palette
from data import cached
from data.status import words
from data.status.board import CheckView, Tile
from data.status.model import Mode

RANGES = {"24 h": 24, "7 d": 168, "30 d": 720, "90 d": 2160}
"""Hours by their word."""
HEADINGS = {Mode.threshold: "Value over time", Mode.success: "Answer time", Mode.assertion: "Value over time"}
NEWEST = 12


def draw_check(seen: Seen, tile: Tile, view: CheckView) -> None:
    chips = [view.check.severity.title(), f"every {words.duration(view.check.every)}"] + ["Flapping"] * view.flapping
    draw_head(seen, tile, view.check.name, view.state, chips, view.check.id)
    st.html(verdict_card(view.state, view.reason or "Nothing to report", _under(view, seen.here)))
    with feedback.panel("The open incidents"):
        draw_told(seen, tile, view.check.id)
    with st.container(key="body"):
        left, right = st.columns([2.86, 1], gap="medium")
        with left:
            _draw_left(seen, view)
        with right, feedback.panel("The side column"):
            _draw_right(seen, tile, view)


def _under(view: CheckView, here: Here) -> list[str]:
    told = f"told by {view.check.source} at {here.clock(view.observed_at)}" if view.observed_at else "nothing told yet"
    return [f"Promise: {', '.join(promises(view.check))}", told, f"judged by rule v{view.check.version}"]


def _draw_left(seen: Seen, view: CheckView) -> None:
    with feedback.panel("The clocks"):
        st.html(chain_html(clocks(view, seen.here)))
        gauge = gauge_of(view, seen.here, seen.portal.settings.stale_factor)
        note = f"usual: learned from {gauge.basis}" if gauge.basis else ""
        st.html(f"{section(gauge.label, note)}{gauge_html(gauge, large=True)}")
    with feedback.panel("The history"):
        _draw_history(seen, view)
    with feedback.panel("The last 90 days"):
        if (strip := cached.strip(seen.portal, seen.actor, view.check).value) is not None:
            st.html(strip_block("Last 90 days", strip))
    with feedback.panel("The arrivals"):
        arrivals = cached.arrivals(seen.portal, seen.actor, view.check.id).value
        if arrivals and view.check.mode in TIMED:
            st.html(heat_map_html(arrivals, view.check, seen.here))
    with feedback.panel("The changes of state"):
        _draw_changes(seen, view)
    with feedback.panel("The latest results"):
        _draw_results(seen, view)


def _draw_history(seen: Seen, view: CheckView) -> None:
    with st.container(key="history_head", horizontal=True, vertical_alignment="center"):
        st.html(section(HEADINGS.get(view.check.mode, "Age over time")))
        chosen = st.segmented_control(
            "Range", list(RANGES), default="7 d", required=True, key="range", bind="query-params",
            label_visibility="collapsed",
        )  # fmt: skip
    read = cached.history(seen.portal, seen.actor, view.check.id, RANGES[chosen])
    if read.value is None or read.value.empty:
        nothing = f"This check measured no number in the last {chosen}."
        feedback.empty("show_chart", "No value to draw", read.error or nothing)
        return
    colours = palette(dark=st.context.theme.type == "dark")
    figure = history_figure(read.value, view.check, view.band, seen.here.zone, colours)
    st.plotly_chart(figure, theme=None, config={"displayModeBar": False}, key="history", alt=_alt(view, chosen))


def _alt(view: CheckView, length: str) -> str:
    return f"{view.check.name}, last {length}: {view.reason}. The table of changes below says the same in words."


def _draw_changes(seen: Seen, view: CheckView) -> None:
    read = cached.transitions(seen.portal, seen.actor, view.check.id)
    changes = read.value or ()
    st.html(section("Changes of state", tally(changes)))
    if changes:
        st.table(changes_table(changes[:30], seen.here), border="horizontal", hide_index=True)
    else:
        st.html(f'<p class="quiet">{esc(read.error or "Nothing changed in 30 days.")}</p>')


def _draw_results(seen: Seen, view: CheckView) -> None:
    read = cached.results(seen.portal, seen.actor, view.check.id)
    st.html(section("Latest results", "each as it was judged at that moment"))
    if read.value is None or read.value.empty:
        st.html(f'<p class="quiet">{esc(read.error or "Nothing observed in the last 7 days.")}</p>')
        return
    st.table(results_table(read.value.head(NEWEST), seen.here, reads(view.check)), border="horizontal", hide_index=True)


def _draw_right(seen: Seen, tile: Tile, view: CheckView) -> None:
    edits = cached.edits(seen.portal, seen.actor, view.check.id).value or ()
    st.html(f'{section("Promise")}<div class="gap"></div>{promise_html(view.check, edits, seen.here)}')
    draw_surroundings(seen.board, tile, view.check)
    others = [other for other in tile.checks if other.check.id != view.check.id]
    if others:
        st.html(section(f"More checks of {tile.platform.name}"))
        for other in others:
            draw_neighbour(other.check.name, other.state, {"check": other.check.id})
    if (view.check.runbook or "").startswith(("https://", "http://")):
        st.link_button("Open runbook", str(view.check.runbook), icon=":material/menu_book:", width="stretch")
