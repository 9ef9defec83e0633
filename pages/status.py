"""The front page: is my data right and on time?"""

from __future__ import annotations

from functools import partial

import streamlit as st

from components import feedback, past, session
from components.first_steps import draw_first_steps
from components.moments import Here
from components.navigation import AS_OF
from components.session import Seen
from components.status_filters import clear_filters, draw_filters, shown
from components.status_rail import draw_rail
from components.status_tiles import draw_tiles
from components.subscribe import draw_subscribe
from components.verdict import draw_verdict, stale_since
from components.wall import wall_html
from data import cached
from data.status import words
from data.status.board import Board

REFRESH_S = 15


@st.fragment(run_every=REFRESH_S)
def live(order: tuple[str, ...], wall: bool) -> None:
    """`order`: platforms as sorted at the full load; the refresh keeps every tile in its place."""
    seen = session.look()
    if seen is None:
        return
    if not seen.board.tiles:
        draw_first_steps(seen.actor, seen.portal.settings, session.load_example)
    elif wall:
        st.html(wall_html(seen.board, seen.here, seen.portal.settings.stale_factor))
    else:
        draw(seen, order)


def earlier(text: str) -> None:
    """Stands still."""
    now = Here(session.portal().clock(), session.zone())
    seen = session.look(past.moment(text, now))
    if seen is None:
        return
    past.draw_bar(seen.here.now, now.now, now)
    if seen.board.tiles:
        draw(seen, ())
    else:
        feedback.empty("history_toggle_off", "Nothing was watched then", "The trail begins later.")


def draw(seen: Seen, order: tuple[str, ...]) -> None:
    board, here = seen.board, seen.here
    if old := stale_since(board, here, seen.portal.settings.stale_factor):
        blind = f"The portal has not checked for {words.duration(here.since(old))}."
        feedback.banner("gray", "visibility_off", blind, "What it cannot see turns unknown until it looks again.")
    if demo := sum(tile.demo for tile in board.tiles):
        feedback.banner("blue", "experiment", "Example data:", demo_note(demo, len(board.tiles)))
    with feedback.panel("The summary"):
        draw_verdict(board, here, checked(board, here))
    chosen = draw_filters(board, partial(tools, seen))
    with st.container(key="body"):
        left, right = st.columns([2.86, 1], gap="medium")
        with left, feedback.panel("The platforms"):
            if tiles := shown(board.tiles, chosen, order):
                draw_tiles(tiles, here, seen.portal.settings.stale_factor, board.past)
            else:
                feedback.empty("filter_alt_off", "No platform matches", "The filters above hide every platform.")
                st.button("Clear filters", key="clear", on_click=clear_filters)
        with right, feedback.panel("The side column"):
            draw_rail(board, here)


def tools(seen: Seen) -> None:
    past.draw_earlier(seen.here)
    draw_subscribe(seen.portal.settings)


def checked(board: Board, here: Here) -> str:
    if board.past:
        return f"as of {here.clock(board.as_of)}"
    return here.ago(board.checked_at) if board.checked_at else "never checked"


def demo_note(number: int, total: int) -> str:
    subject = "the platform marked Demo is" if number == 1 else f"{number} platforms marked Demo are"
    return f"{subject} simulated{'.' if number == total else ', everything else here was measured.'}"


if as_of := st.query_params.get(AS_OF):
    past.told(partial(earlier, as_of))
else:
    first = cached.board(session.portal(), session.actor()).value
    live(tuple(tile.platform.id for tile in first.tiles) if first else (), st.query_params.get("wall") == "1")
