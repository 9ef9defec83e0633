"""What the pages of a platform and of a check share: the head, the verdict card, neighbours, who to ask."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from components.known_incident import draw_known_here
from components.markup import chip, esc, pill, plain, section, state_icon
from components.navigation import DETAILS, NOTIFICATIONS, REPORT, STATUS, entitle
from components.promise import budget_html, contact_html
from components.session import Seen
from components.theme import LOOKS
from components.uptime_strip import percent, sentence, strip_html
from data.status.board import Board, CheckView, Strip, Tile
from data.status.model import Check, State


def find(board: Board, platform_id: str, check_id: str) -> tuple[Tile, CheckView | None] | None:
    """None for what does not exist and for what the viewer may not see alike."""
    for tile in board.tiles:
        if check_id:
            found = next((view for view in tile.checks if view.check.id == check_id), None)
            if found is not None:
                return tile, found
        elif tile.platform.id == platform_id:
            return tile, None
    return None


def draw_head(
    seen: Seen, tile: Tile, title: str, state: State, chips: Sequence[str], check_id: str | None = None
) -> None:
    entitle(title, seen.portal.settings.name)
    with st.container(key="crumb", horizontal=True, gap=None):
        st.page_link(STATUS.page(), label="Status")
        if title != tile.platform.name:
            st.page_link(DETAILS.path, label=plain(tile.platform.name), query_params={"platform": tile.platform.id})
        st.html(f"<span>{esc(title)}</span>", width="content")
    marks = "".join(chip(text) for text in chips) + (chip("Demo", "Example data, simulated") if tile.demo else "")
    with st.container(key="details_head", horizontal=True, vertical_alignment="center"):
        st.html(f'<div class="head"><h1>{esc(title)}</h1>{pill(state)}{marks}</div>')
        query = {"platform": tile.platform.id} | ({"check": check_id} if check_id else {})
        hear = {"platform": tile.platform.id}
        st.page_link(NOTIFICATIONS.path, label="Notify me", query_params=hear, icon=":material/notifications:")
        st.page_link(REPORT.path, label=REPORT.title, query_params=query, icon=":material/flag:")


def draw_told(seen: Seen, tile: Tile, check_id: str | None = None) -> None:
    """What people or the portal have reported of it already."""
    incidents = [incident for incident in tile.incidents if check_id in (None, incident.asset)]
    draw_known_here(seen.portal, seen.actor, incidents)


def verdict_card(state: State, reason: str, under: Sequence[str]) -> str:
    """`under`: the second line, in parts."""
    look = LOOKS[state]
    said = " · ".join(esc(part) for part in under if part)
    return (
        f'<div class="accent {look.hue}" role="status"><p><b class="ink">{state_icon(state)} {look.word}.</b> '
        f"{esc(reason.rstrip('. '))}.</p><span>{said}</span></div>"
    )


def strip_block(title: str, strip: Strip) -> str:
    head = section(title, sentence(strip).removeprefix("Last 90 days: "))
    foot = f'<div class="foot"><span>90 days ago</span><b>{percent(strip.uptime)}</b><span>Today</span></div>'
    return f'{head}<div class="tall">{strip_html(strip, hover=True)}{foot}</div>'


def draw_neighbours(title: str, tiles: Sequence[Tile]) -> None:
    if not tiles:
        return
    st.html(section(title))
    for tile in tiles:
        draw_neighbour(tile.platform.name, tile.state, {"platform": tile.platform.id})


def draw_neighbour(name: str, state: State, query: dict[str, str]) -> None:
    ((kind, subject),) = query.items()
    key = f"near_{kind}_{subject}"
    with st.container(key=key, horizontal=True, gap="small", vertical_alignment="center", wrap=False):
        st.page_link(DETAILS.path, label=plain(name), query_params=query, width="stretch")
        st.html(pill(state), width="content")


def draw_surroundings(board: Board, tile: Tile, check: Check | None = None) -> None:
    """Who to ask, the month so far, and what hangs together with it (as far as the viewer may see)."""
    st.html(f'{section("Who to ask")}<div class="gap"></div>{contact_html(tile.platform, check)}')
    st.html(f'{section("Last 30 days", tile.platform.name)}<div class="gap"></div>{budget_html(tile)}')
    by_id = {other.platform.id: other for other in board.tiles}
    draw_neighbours("Depends on", [by_id[i] for i in tile.platform.depends_on if i in by_id])
    draw_neighbours("Feeds into", [other for other in board.tiles if tile.platform.id in other.platform.depends_on])
