"""The hits of a search on a screen, what of them was opened, and the log of both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import streamlit as st
from streamlit.navigation.page import Page

from components.search_marks import Place, link, place
from data.cached import search as cached_search
from data.portal import Portal
from data.search.log import Searched
from data.search.model import Found, Hit
from data.tickets.ids import new_id

SEARCHED = "searched"
"""Session: the last search, as the log knows it."""
OFFERED = "search_offered"
"""Session: keys of the hits on the screen, and where they lead."""


def note(portal: Portal, text: str, found: Found, beside: tuple[Place, ...] = ()) -> None:
    """One search, also when its text is typed on; nothing of who searched. `beside`: where else one may go on."""
    before: Searched | None = st.session_state.get(SEARCHED)
    same = before is not None and (text.startswith(before.text) or before.text.startswith(text))
    searched = Searched(before.id if before and same else new_id(portal.clock()), text, found.total)
    st.session_state[SEARCHED] = searched
    offered = [(place(link(hit, text)), hit.key) for hit in found.hits]
    st.session_state[OFFERED] = [*offered, *((to, "") for to in beside)]
    if searched != before:
        cached_search.note(portal, searched)


def note_opened(portal: Portal, page: Page) -> None:
    """Whoever is where a hit led to has opened it.

    The words in its address may be lost on the way: a filter named `q` of the page before takes them along.
    """
    params = st.query_params.to_dict()
    for (path, query), key in st.session_state.get(OFFERED, ()):
        if path == page.url_path and _without_words(query) == _without_words(params):
            if "q" in query and "q" not in params:
                st.query_params["q"] = query["q"]
            if key:
                type_, _, id_ = key.partition(":")
                cached_search.note(portal, replace(st.session_state[SEARCHED], opened_type=type_, opened_id=id_))
            del st.session_state[OFFERED]
            return


def _without_words(query: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in query.items() if name != "q"}


def by_type(found: Found) -> Mapping[str, list[Hit]]:
    """Types in the order of their best hits."""
    groups: dict[str, list[Hit]] = {}
    for hit in found.hits:
        groups.setdefault(hit.type, []).append(hit)
    return groups
