"""The card of what an incident is about: what the check says now, why, and its last two weeks."""

from __future__ import annotations

from itertools import groupby

import streamlit as st

from components.details import find
from components.markup import esc, icon, pill
from components.moments import Here, long_day
from components.navigation import DETAILS
from components.theme import LOOKS
from components.ticket_shown import ShownTicket
from components.uptime_strip import told, trouble
from data import cached
from data.status import words
from data.status.board import CheckView, Strip, Tile
from data.status.model import DayRollup

DAYS = 14
BLIND = 0.9
"""A day of which less was seen says nothing."""


def found(shown: ShownTicket) -> tuple[Tile, CheckView] | None:
    """None also for what the viewer may not see."""
    board = cached.board(shown.portal, shown.actor).value
    if board is None or not shown.ticket.asset:
        return None
    tile, view = find(board, "", shown.ticket.asset) or (None, None)
    return (tile, view) if tile and view else None


def draw_asset(shown: ShownTicket) -> None:
    place = found(shown)
    if place is None:
        return
    tile, view = place
    strip = cached.strip(shown.portal, shown.actor, view.check).value
    look = LOOKS[view.state]
    with st.container(key=f"asset_{look.hue}", gap=None):
        days = days_html(strip) if strip else ""
        st.html(f"{_head(tile, view)}{_said(view, shown.here)}{days}")
        with st.container(key="asset_foot", horizontal=True, gap="small", vertical_alignment="center"):
            st.html(f"<span>{_foot(view, strip, shown.here)}</span>", width="content")
            st.page_link(DETAILS.path, label="Open check", query_params={"check": view.check.id})


def _head(tile: Tile, view: CheckView) -> str:
    title = f"<b>{esc(view.check.name)}</b> <span>{esc(tile.platform.name)} · {esc(tile.platform.kind)}</span>"
    return f'<div class="asset-head">{icon("monitoring", "ink")}<p>{title}</p>{pill(view.state)}</div>'


def _said(view: CheckView, here: Here) -> str:
    parts = [f"{esc((view.reason or LOOKS[view.state].word).rstrip('.'))}."]
    if view.source_event_at:
        parts.insert(0, f"Data up to <b>{here.time(view.source_event_at)}</b>.")
    if view.next_at:
        parts.append(f"Expected <b>{here.time(view.next_at)}</b>.")
    return f'<p class="asset-said">{" ".join(parts)}</p>'


def days_html(strip: Strip) -> str:
    days = strip.days[-DAYS:]
    bars = "".join(f'<i class="{hue_of(day)}" title="{esc(told(day))}"></i>' for day in days)
    return f'<div class="days" role="img" aria-label="{esc(sentence(strip))}">{bars}</div>'


def hue_of(day: DayRollup | None) -> str:
    if day is None:
        return "gray"
    if bad := trouble(day):
        return bad[0][1]
    return "gray" if day.unknown_ms > BLIND * 86_400_000 else "calm"


def sentence(strip: Strip) -> str:
    """'Last 14 days: 11 fine, 2 late, 1 not seen'."""
    kinds = sorted(_word(day) for day in strip.days[-DAYS:])
    counts = [f"{len(list(group))} {word}" for word, group in groupby(kinds)]
    return f"Last {DAYS} days: {', '.join(counts)}"


def _word(day: DayRollup | None) -> str:
    hue = hue_of(day)
    if hue == "calm":
        return "fine"
    return "not seen" if day is None or hue == "gray" else trouble(day)[0][0].replace("_", " ")


def _foot(view: CheckView, strip: Strip | None, here: Here) -> str:
    since = f"{LOOKS[view.state].word.lower()} since {here.clock(view.since)}" if view.since else ""
    good = f"last good {here.clock(view.last_success_at)}" if view.last_success_at else ""
    parts = [*filter(None, (since, good)), f"looks every {words.duration(view.check.every)}"]
    return " · ".join([*([f"{DAYS} days to {long_day(strip.today)}"] if strip else []), *parts])
