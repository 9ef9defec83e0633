"""The roadmap by quarter: what is aimed at each of them, and what was shipped in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from components.markup import counted, esc, plain
from components.moments import Here
from components.navigation import ROADMAP
from components.roadmap_marks import backing, chips, drift_html, horizon_pill
from components.ticket_listing import Names
from components.ticket_marks import avatar
from data.roadmap.model import Entry
from data.roadmap.rules import quarter_of, quarter_words

NO_QUARTER = "9"
"""Sorts behind every quarter."""


def draw_timeline(entries: Sequence[Entry], names: Names, here: Here) -> None:
    with st.container(key="quarters", gap=None):
        for quarter, found in by_quarter(entries, here).items():
            with st.container(key=f"quarter_{quarter}", horizontal=True, gap="medium", wrap=True):
                st.html(quarter_html(quarter, len(found), here), width="content")
                with st.container(key=f"quarter_items_{quarter}", gap=None):
                    for entry in found:
                        _draw_row(entry, names, here)


def by_quarter(entries: Sequence[Entry], here: Here) -> dict[str, list[Entry]]:
    """The earliest first, what has no quarter last. What is shipped stands where it was shipped."""
    found: defaultdict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        shipped = entry.item.shipped_at
        own = quarter_of(shipped.astimezone(here.zone)) if shipped else entry.item.quarter
        found[own or NO_QUARTER].append(entry)
    return dict(sorted(found.items()))


def quarter_html(quarter: str, number: int, here: Here) -> str:
    """'Q4 2026', 'this quarter'."""
    this = quarter_of(here.now.astimezone(here.zone))
    word = "No date yet" if quarter == NO_QUARTER else quarter_words(quarter)
    now = "this quarter · " if quarter == this else ""
    css = "now" if quarter == this else ""
    return f'<div class="quarter {css}"><h2>{esc(word)}</h2><p>{now}{counted(number, "item")}</p></div>'


def _draw_row(entry: Entry, names: Names, here: Here) -> None:
    item = entry.item
    with st.container(key=f"step_{item.id}", gap=None):
        st.page_link(ROADMAP.path, label=plain(item.title), query_params={"id": item.id})
        st.html(f"{row_html(entry, names, here)}{drift_html(entry)}")


def row_html(entry: Entry, names: Names, here: Here) -> str:
    """The quarter stands beside all of its rows, so only the day of shipping is told."""
    item = entry.item
    shown = item if item.shipped_at else replace(item, quarter=None)
    owner = f'<span title="Owner: {esc(item.owner)}">{avatar(item.owner)}</span>'
    return f'<div class="backing">{horizon_pill(item)}{chips(shown, names, here)}<b>{backing(entry)}</b>{owner}</div>'
