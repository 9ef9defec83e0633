"""The search on every page: a look-alike of a field in the top bar, and the dialog that it opens."""

from __future__ import annotations

import streamlit as st
from streamlit.navigation.page import Page

from components import session
from components.app_links import keep_links_inside
from components.feedback import banner
from components.markup import esc
from components.navigation import PAGES, SEARCH
from components.search_hits import OFFERED, SEARCHED, by_type, note
from components.search_keys import search_keys
from components.search_marks import all_html, group_html, hits_html, nothing_html, told_html
from data.cached import search as cached_search
from data.search.model import Found

OPEN = "search_open"
"""Session: where the dialog was opened (True: it was a moment ago); whoever is elsewhere has left it."""
TYPED = "search_typed"
OF_A_TYPE, OF_ALL = 3, 12
HINT = "A name, an id such as INC-7K2QF, or words. Only what you may see is searched."
KEYS = "<kbd>↑</kbd> <kbd>↓</kbd> choose · <kbd>Enter</kbd> all results · <kbd>Esc</kbd> close"


def draw_tool() -> None:
    """In the top bar."""
    st.button("Search", key="search", icon=":material/search:", shortcut="Mod+K", on_click=_open)


def draw_search(page: Page) -> None:
    """The dialog, while it is open, and its keys on every page."""
    here = (page.url_path, st.query_params.to_dict())
    opened = st.session_state.get(OPEN)
    if opened is True or opened == here:
        st.session_state[OPEN] = here
        _dialog()
        return
    st.session_state.pop(OPEN, None)
    with st.container(key="search_keys"):
        search_keys("keys_of_page")


def _open() -> None:
    st.session_state[OPEN] = True
    for left in (SEARCHED, OFFERED, TYPED):
        st.session_state.pop(left, None)


def _close() -> None:
    st.session_state.pop(OPEN, None)


@st.dialog("Search", width="large", on_dismiss=_close)
def _dialog() -> None:
    with st.container(key="searching", gap=None):
        typed = st.text_input(
            "Search", key=TYPED, type="search", live="200ms", icon=":material/search:", label_visibility="collapsed",
            placeholder="Docs, terms, tickets, messages …", autocomplete="off",
        )  # fmt: skip
        search_keys("keys_of_dialog", focus=True)
        keep_links_inside([entry.url_path for entry in PAGES], key="search_links")
        text = (typed or "").strip()
        with st.spinner("Searching …"):
            found = _found(text) if text else None
        drawn = _typed_html(found, text) if found else f'<p class="quiet">{HINT}</p>' if not text else ""
        st.html(f'<div data-words="{esc(text)}">{drawn}<p class="search-foot">{KEYS}</p></div>')


def _found(text: str) -> Found | None:
    portal = session.portal()
    answer = cached_search.find(portal, session.actor(), text, OF_A_TYPE)
    if answer.value is None:
        banner("red", "cloud_off", "The search does not answer.", answer.error or "")
    else:
        note(portal, text, answer.value, beside=((SEARCH.url_path, {"q": text}),))
    return answer.value


def _typed_html(found: Found, text: str) -> str:
    left, parts = OF_ALL, [told_html(found, text)]
    for type_, hits in by_type(found).items():
        if left > 0:
            parts.append(group_html(type_, found) + hits_html(hits[:left], text))
            left -= len(hits)
    return "".join(parts if found.hits else [nothing_html(text)]) + all_html(found, text)
