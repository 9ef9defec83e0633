"""Long lists of things to edit: a row is a link and a line of cells; fifty rows, then more."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import streamlit as st

from components.markup import esc, plain
from components.navigation import ADMIN

T = TypeVar("T")
PAGE = 50
FILTERS = ("q", "of", "state")
SEARCH_MOST = 100
"""Characters of a search."""


@dataclass(frozen=True, slots=True)
class List:
    """`name` tells its columns to the stylesheet; a row leads to `?part=<part>&<thing>=<id>`."""

    name: str
    part: str
    thing: str
    heads: Sequence[str]
    """The first is that of the names."""


@dataclass(frozen=True, slots=True)
class Row:
    id: str
    name: str
    cells: Sequence[str]
    """HTML."""


def draw_rows(list_: List, found: Sequence[T], row_of: Callable[[T], Row]) -> None:
    """Each name leads to its thing. Of thousands, rows are made for those that are shown."""
    name, page = list_.name, ADMIN.page()
    pages = st.session_state.get(_pages(name), 1)
    with st.container(key=f"list_of_{name}", gap=None):
        with st.container(key=f"head_of_{name}", horizontal=True, gap="small", vertical_alignment="center", wrap=False):
            st.html(esc(list_.heads[0]), width=260)
            st.html(_cells(name, map(esc, list_.heads[1:])))
        for row in map(row_of, found[: pages * PAGE]):
            key, query = f"{name}_row_{row.id}", {"part": list_.part, list_.thing: row.id}
            with st.container(key=key, horizontal=True, gap="small", vertical_alignment="center", wrap=False):
                st.page_link(page, label=plain(row.name), query_params=query, width=260)
                st.html(_cells(name, row.cells))
    if len(found) > pages * PAGE:
        with st.container(key=f"foot_of_{name}", horizontal=True, vertical_alignment="center", gap="small"):
            st.html(f'<p class="quiet">{pages * PAGE:,} of {len(found):,} shown</p>', width="content")
            st.button("Load more", key=f"{name}_more", type="tertiary", on_click=_more, args=(name,))


def draw_search(part: str, placeholder: str) -> str:
    """In lower case."""
    typed = st.text_input(
        "Search", placeholder=placeholder, icon=":material/search:", key="q", bind="query-params", width=300,
        label_visibility="collapsed", max_chars=SEARCH_MOST, on_change=anew, args=(part,),
    )  # fmt: skip
    return typed.strip().lower()


def draw_choice(part: str, name: str, options: Sequence[str], placeholder: str, key: str) -> str | None:
    """One of the words that stand in the address; None: all."""
    chosen: str | None = st.selectbox(
        name, options, index=None, placeholder=placeholder, key=key, bind="query-params", width=200,
        label_visibility="collapsed", on_change=anew, args=(part,),
    )  # fmt: skip
    return chosen


def leave_list() -> None:
    """What was searched for in one list is not searched for in the next."""
    for name in FILTERS:
        st.session_state.pop(name, None)


def unit(words: str) -> str:
    """Beside a number, where no head of its column says what it counts."""
    return f'<i class="unit">{words}</i>'


def anew(part: str) -> None:
    """A callback: another list begins at its top."""
    st.session_state.pop(_pages(part), None)


def _more(part: str) -> None:
    st.session_state[_pages(part)] = st.session_state.get(_pages(part), 1) + 1


def _pages(part: str) -> str:
    return f"{part}_pages"


def _cells(part: str, cells: Iterable[str]) -> str:
    return f'<div class="cells of-{part}">{"".join(f"<span>{cell}</span>" for cell in cells)}</div>'
