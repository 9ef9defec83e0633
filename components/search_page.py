"""The results page: everything that was found, by type, with the words marked. Its address says what is asked."""

from __future__ import annotations

import re

import streamlit as st

from components import session
from components.app_links import keep_links_inside
from components.feedback import banner, empty
from components.markup import counted, esc
from components.moments import Here
from components.navigation import PAGES
from components.search_hits import note
from components.search_marks import hits_html, nothing_html, number_of, told_html
from data.cached import search as cached_search
from data.search.model import TYPES, Found
from data.search.query import LONGEST
from data.tickets.ids import typed_key
from data.tickets.kinds import KINDS

FIELD, FILTER = "search_q", "search_type"
STRAIGHT = "search_straight"
"""Session: the key that led straight to its ticket; whoever comes back from there sees the list."""
PAGE, MOST = 20, 500
EVERYTHING = ""
HINT = "Docs, terms, tickets, messages, the roadmap, platforms and checks: whatever you may see."
_KEY = re.compile(rf"({'|'.join(kind.prefix for kind in KINDS.values())})-\w{{4,20}}", re.ASCII | re.IGNORECASE)


def search_page() -> None:
    draw_page()
    keep_links_inside([entry.url_path for entry in PAGES])


def draw_page() -> None:
    text = " ".join(st.query_params.get("q", "")[:LONGEST].split())
    portal, actor = session.portal(), session.actor()
    st.html('<div class="head"><h1>Search</h1></div>')
    _draw_field(text)
    if not text:
        empty("search", "What are you looking for?", HINT, hue="blue")
        return
    asked = typed_key(text) if _KEY.fullmatch(text) else text
    most = st.query_params.get("most", "")
    shown = min(int(most), MOST) if most.isdecimal() and most.isascii() and len(most) < 5 else PAGE
    with st.spinner("Searching …"):
        answer = cached_search.find(portal, actor, asked, max(PAGE, shown))
    if answer.value is None:
        banner("red", "cloud_off", "The search does not answer.", answer.error or "")
        return
    here = Here(portal.clock(), session.zone())
    if answer.error:
        banner("orange", "cloud_off", f"As of {here.clock(answer.at)}.", answer.error)
    note(portal, text, answer.value)
    _go_straight(answer.value, asked)
    _draw_found(answer.value, text, max(PAGE, shown), f"searched as of {here.clock(answer.at)}")


def _draw_field(text: str) -> None:
    st.session_state[FIELD] = text
    st.text_input(
        "Search", key=FIELD, type="search", icon=":material/search:", label_visibility="collapsed",
        placeholder="Docs, terms, tickets, messages …", on_change=_follow, width=600,
    )  # fmt: skip


def _follow() -> None:
    text = (st.session_state.get(FIELD) or "").strip()
    st.query_params.from_dict({"q": text} if text else {})


def _narrow() -> None:
    type_ = st.session_state.get(FILTER) or EVERYTHING
    st.query_params.from_dict({"q": st.query_params.get("q", ""), **({"type": type_} if type_ else {})})


def _more(most: int) -> None:
    st.query_params["most"] = str(most)


def _go_straight(found: Found, asked: str) -> None:
    path = next((hit.address.partition("?")[0] for hit in found.hits if hit.address.endswith(f"?id={asked}")), None)
    page = next((entry for entry in PAGES if entry.url_path == path), None)
    if page is not None and _KEY.fullmatch(asked) and st.session_state.get(STRAIGHT) != asked:
        st.session_state[STRAIGHT] = asked
        st.switch_page(page.path, query_params={"id": asked})


def _draw_found(found: Found, text: str, shown: int, age: str) -> None:
    if not found.hits:
        st.html(nothing_html(text))
        return
    type_ = st.query_params.get("type", EVERYTHING)
    type_ = type_ if type_ in found.counts else EVERYTHING
    number = found.counts[type_] if type_ else found.total
    words = f"{number:,}+ results" if found.more else counted(number, "result")
    _draw_filter(found, type_)
    st.html(f'<p class="sub-head">{words} for <b>{esc(text)}</b> · {esc(age)}</p>')
    hits = [hit for hit in found.hits if type_ in (EVERYTHING, hit.type)]
    st.html(f'<div class="found">{told_html(found, text)}{hits_html(hits[:shown], text)}</div>')
    if len(hits[:shown]) < number and shown < MOST:
        st.button("More", key="search_more", on_click=_more, args=(min(MOST, shown + 2 * PAGE),))


def _draw_filter(found: Found, type_: str) -> None:
    """With how many there are of each."""
    total = f"{found.total:,}{'+' if found.more else ''}"
    words = {EVERYTHING: f"Everything {total}"} | {
        name: f"{word} {number_of(found, name)}" for name, word in TYPES.items() if name in found.counts
    }
    st.session_state[FILTER] = type_
    st.pills(
        "Type", list(words), key=FILTER, format_func=words.__getitem__, required=True, label_visibility="collapsed",
        on_change=_narrow,
    )  # fmt: skip
