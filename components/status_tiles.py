"""The tiles of the front page: one skeleton for every platform, so that the eye compares without reading."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import streamlit as st

from components.gauge import Gauge, gauge_html, gauge_of
from components.incidents import incident_words
from components.markup import chip, counted, esc, icon, pill, plain, state_icon
from components.moments import Here
from components.navigation import DETAILS, REPORT
from components.theme import LOOKS
from components.uptime_strip import percent, strip_html
from data.status import words
from data.status.board import CheckView, Tile
from data.status.model import Mode, State

DENSE_ABOVE = 30
"""With more tiles than this, days of a strip tell nothing on hovering: ninety cells a tile would weigh too much."""
TIME_MODES = frozenset({Mode.age, Mode.deadline, Mode.heartbeat})


NO_GAUGE = '<div class="g-head"><span>No check yet</span></div><div class="gauge gray"><div class="bar"></div></div>'


@dataclass(frozen=True, slots=True)
class Fact:
    """'Updated', '9 h ago', 'Sun 23:02'; `value` is HTML, `relative` may be empty."""

    word: str
    relative: str
    value: str


def draw_tiles(tiles: Sequence[Tile], here: Here, stale_factor: float, past: bool = False) -> None:
    hover, details, report = len(tiles) <= DENSE_ABOVE, DETAILS.page(), REPORT.page()
    with st.grid(columns="auto", min_column_width=272, gap="small", key="tiles"):
        for tile in tiles:
            with st.container(key=f"tile_{tile.state}_{tile.platform.id}", gap=None):
                query = {"platform": tile.platform.id}
                st.page_link(details, label=label(tile), query_params=query, width="stretch")
                st.html(tile_html(tile, here, stale_factor, hover, past))
                st.page_link(report, label=report_label(tile), query_params=query, icon=":material/flag:")


def label(tile: Tile) -> str:
    """The name is the link; the state after it is heard, not seen (the pill shows it)."""
    return f"{plain(tile.platform.name)}:small[, {LOOKS[tile.state].word.lower()}]"


def report_label(tile: Tile) -> str:
    return f"Report:small[ a problem with {plain(tile.platform.name)}]"


def tile_html(tile: Tile, here: Here, stale_factor: float, hover: bool, past: bool = False) -> str:
    """`past`: of what the trail does not keep, the ages and what was expected, nothing is said."""
    measured = _since(tile, here) if past else f"{_facts(tile, here)}{_gauge(tile, here, stale_factor)}"
    return (
        f"{pill(tile.state)}{_sub_line(tile)}{measured}{_line(tile, here)}"
        f'{strip_html(tile.strip, hover)}<div class="foot"><span>90 days ago</span>'
        f"<b>{percent(tile.strip.uptime)}</b><span>Today</span></div>{_known(tile)}"
    )


def _known(tile: Tile) -> str:
    """Whether somebody has told it already; beside it stands the link to report."""
    if not tile.incidents:
        return '<div class="told"><span>No open incident</span></div>'
    words = incident_words(tile.incidents[0], tile.open_incidents)
    return f'<div class="told on">{icon("campaign")}<span>{words}</span></div>'


def updated(view: CheckView | None, here: Here) -> Fact:
    """When the data last changed, or for probes when the last good answer came."""
    timed = view is not None and view.check.mode in TIME_MODES
    at = None if view is None else view.source_event_at if timed else view.last_success_at
    word = "Updated" if timed else "Answered"
    return Fact(word, "", "Not known") if at is None else Fact(word, here.ago(at), here.time(at))


def expected(view: CheckView | None, here: Here) -> Fact:
    """When new data, or for probes the next look, is expected."""
    timed = view is not None and view.check.mode in TIME_MODES
    if view is None or (timed and view.state is State.unknown):
        return Fact("Next", "expected", "Not known")
    if view.next_at is not None and view.next_at > here.now:
        return Fact("Next" if timed else "Next look", here.until(view.next_at), here.time(view.next_at))
    if not timed:
        return Fact("Next look", "", "Due now")
    if view.next_at is None:
        return Fact("Next", "expected", "No estimate")
    return Fact("Was due", here.ago(view.next_at), here.time(view.next_at))


def said(tile: Tile, here: Here) -> str:
    """The one sentence: why it is not fine, or that it is."""
    if tile.state is State.maintenance and tile.window is not None:
        return f"Planned until {here.clock(tile.window.ends_at)}: {tile.window.title}"
    if tile.state is not State.operational:
        return tile.reason or LOOKS[tile.state].word
    looked = [view.state for view in tile.checks if view.state is not State.disabled]
    fine, number = looked.count(State.operational), len(looked)
    if fine < number:
        return f"{fine} of {counted(number, 'check')} fine"
    return "Its check is fine" if number == 1 else f"All {number} checks are fine"


def _line(tile: Tile, here: Here) -> str:
    text, fine = esc(said(tile, here)), tile.state is State.operational
    mark = icon("check", "faint") if fine else state_icon(tile.state)
    return f'<div class="line" title="{text}">{mark}<span>{text}</span></div>'


def tile_gauge(tile: Tile, lead: CheckView, here: Here, stale_factor: float) -> Gauge:
    """In the lead check's colour, but for announced maintenance."""
    gauge = gauge_of(lead, here, stale_factor)
    return replace(gauge, hue=LOOKS[tile.state].hue) if tile.state is State.maintenance else gauge


def _sub_line(tile: Tile) -> str:
    demo = chip("Demo", "Example data, simulated") if tile.demo else ""
    return f'<div class="sub"><span>{esc(tile.platform.kind)} · {counted(len(tile.checks), "check")}</span>{demo}</div>'


def _facts(tile: Tile, here: Here) -> str:
    pair = (updated(tile.lead, here), expected(tile.lead, here))
    cells = (f"<div><span>{f.word} <i>{f.relative}</i></span><b>{f.value}</b></div>" for f in pair)
    return f'<div class="pair">{"".join(cells)}</div>'


def _since(tile: Tile, here: Here) -> str:
    """How long it had been so."""
    if tile.since is None:
        return ""
    lasted = words.duration(here.since(tile.since))
    return f'<div class="line">{icon("schedule", "faint")}<span>Since {here.time(tile.since)}, {lasted}</span></div>'


def _gauge(tile: Tile, here: Here, stale_factor: float) -> str:
    if tile.lead is None:
        return NO_GAUGE
    gauge = tile_gauge(tile, tile.lead, here, stale_factor)
    reading = f'<b class="{gauge.hue} ink">{esc(gauge.reading)}</b>'
    return f'<div class="g-head"><span>{esc(gauge.label)}</span>{reading}</div>{gauge_html(gauge)}'
