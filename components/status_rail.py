"""Beside the tiles: planned work, what changed in the last 24 hours, and whether the portal itself can see."""

from __future__ import annotations

import streamlit as st

from components.feeds import feed_html
from components.incidents import draw_open_incidents
from components.markup import counted, esc, section, state_icon
from components.moments import Here
from components.navigation import FEEDS
from components.theme import LOOKS
from data.status import words
from data.status.board import Board, Change
from data.status.model import Window

TO_SHOW = 8


def draw_rail(board: Board, here: Here) -> None:
    with st.container(key="rail", gap=None):
        draw_open_incidents(board, here)
        if board.planned:
            st.html(planned(board, here))
        st.html(last_day(board, here))
        if board.past:
            return
        st.html(feeds(board, here))
        st.page_link(FEEDS.path, label="All feeds", icon=":material/sensors:")


def planned(board: Board, here: Here) -> str:
    leaves = "".join(_leaf(window, here) for window in board.planned[:5])
    return f'<div class="block">{section("Planned")}{leaves}</div>'


def last_day(board: Board, here: Here) -> str:
    rows = "".join(_change(change, here) for change in board.changes[:TO_SHOW])
    note = counted(len(board.changes), "change") if board.changes else ""
    shown = f'<div class="log">{rows}</div>' if rows else '<p class="quiet">Nothing changed.</p>'
    return f'<div class="block">{section("The 24 hours before" if board.past else "Last 24 hours", note)}{shown}</div>'


def feeds(board: Board, here: Here) -> str:
    rows = "".join(feed_html(feed, here) for feed in board.feeds)
    return f'<div class="block">{section("Feeds", "what tells the portal")}{rows or NO_FEED}</div>'


NO_FEED = '<p class="quiet">No source has told anything yet, so nothing here can be green.</p>'


def _leaf(window: Window, here: Here) -> str:
    start, end = window.starts_at.astimezone(here.zone), window.ends_at
    on = window.starts_at <= here.now
    length = words.duration(end - window.starts_at)
    when = f"now, until {here.clock(end)}" if on else f"{here.clock(window.starts_at)}, for {length}"
    return (
        f'<div class="leaf"><span class="day"><i>{start:%b}</i><b>{start.day}</b></span>'
        f"<div><b>{esc(window.title)}</b><p>{esc(when)}</p></div></div>"
    )


def _change(change: Change, here: Here) -> str:
    word = LOOKS[change.to_state].word.lower()
    why = f": {change.reason}" if change.reason else ""
    said = f"{change.check.name} {word}{why}"
    text = f'<p title="{esc(said)}"><b>{esc(change.platform.name)}</b> {esc(said)}</p>'
    return f"{here.time(change.at)}{state_icon(change.to_state)}{text}"
