"""Which tiles are shown. The choice lives in the URL, so that a filtered page can be sent to somebody."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from data.status.board import Board, Tile
from data.status.model import State

CALM = frozenset({State.operational, State.maintenance, State.disabled})

YOURS, ALL, ATTENTION = "Yours", "All", "Needs attention"
"""As in the URL, which takes the words of an option: the numbers beside them are therefore drawn by a style."""


@dataclass(frozen=True, slots=True)
class Filter:
    show: str = ALL
    search: str = ""
    kind: str | None = None

    def takes(self, tile: Tile) -> bool:
        words = self.search.lower().split()
        text = " ".join((tile.platform.name, tile.platform.kind, *(view.check.name for view in tile.checks))).lower()
        return (
            (self.show != YOURS or tile.mine)
            and (self.show != ATTENTION or tile.state not in CALM)
            and (self.kind is None or tile.platform.kind == self.kind)
            and all(word in text for word in words)
        )


def shown(tiles: Sequence[Tile], chosen: Filter, order: Sequence[str]) -> list[Tile]:
    """In the order of the last full load: a tile never moves under the pointer; new ones come last."""
    place = {platform_id: n for n, platform_id in enumerate(order)}
    return sorted(filter(chosen.takes, tiles), key=lambda tile: place.get(tile.platform.id, len(place)))


def draw_filters(board: Board, draw_tools: Callable[[], None]) -> Filter:
    """`draw_tools`: what stands at the end of the row."""
    numbers = {
        YOURS: sum(tile.mine for tile in board.tiles),
        ALL: len(board.tiles),
        ATTENTION: sum(tile.state not in CALM for tile in board.tiles),
    }
    offered = {name: number for name, number in numbers.items() if name != YOURS or number}
    with st.container(key="filters", horizontal=True, gap="small"):
        st.html(_counters(list(offered.values())))
        show = st.segmented_control(
            "Which platforms", list(offered), default=ALL, required=True, key="show", bind="query-params",
            label_visibility="collapsed",
        )  # fmt: skip
        search = st.text_input(
            "Find a platform or check", placeholder="Find a platform or check", icon=":material/search:",
            key="q", bind="query-params", label_visibility="collapsed", width=250,
        )  # fmt: skip
        kind = st.selectbox(
            "Kind", sorted({tile.platform.kind for tile in board.tiles}), index=None, placeholder="All kinds",
            key="kind", bind="query-params", label_visibility="collapsed", width=170,
        )  # fmt: skip
        draw_tools()
    return Filter(show or ALL, search or "", kind)


def _counters(numbers: Sequence[int]) -> str:
    rules = (f'.st-key-show button:nth-of-type({n}) p::after{{content:" {x}"}}' for n, x in enumerate(numbers, 1))
    return f"<style>{''.join(rules)}</style>"


def clear_filters() -> None:
    """A callback: widgets bound to the URL are emptied through their state."""
    st.session_state.update(show=ALL, q="", kind=None)
