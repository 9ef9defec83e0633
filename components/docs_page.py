"""Which part of the documentation an address shows, and one page of it."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from components import feedback, session
from components.app_links import keep_links_inside
from components.docs_contents import crumb_html, headings_html, neighbours_html, tree_html
from components.docs_marks import (
    incidents_html,
    meta_html,
    named,
    right_now_html,
    source_html,
    stale_html,
    sync_html,
    terms_html,
)
from components.docs_reading import help_reading
from components.docs_report import draw_report
from components.markup import esc, icon
from components.moments import Here
from components.navigation import PAGES, REPORT, entitle
from data import cached
from data.cached import docs as cached_docs
from data.docs.finishing import Finished, Part
from data.docs.model import Library, Page, Shown
from data.errors import NotFound
from data.people.model import Actor
from data.people.permissions import Permission
from data.portal import Portal

REFRESH_S = 30
GONE = "It may have been moved, or it is not for your role. The contents list what there is for you."
THANKED = "docs_thanked"
"""Session: the pages that helped."""


@dataclass(frozen=True, slots=True)
class ShownPage:
    portal: Portal
    actor: Actor
    library: Library
    shown: Shown
    page: Page
    finished: Finished
    here: Here


def docs_page() -> None:
    portal, actor = session.portal(), session.actor()
    keep_links_inside([entry.url_path for entry in PAGES])
    if "report" in st.query_params:
        draw_report(portal, actor)
        return
    read, here = cached_docs.library(portal), Here(portal.clock(), session.zone())
    if read.value is None:
        feedback.empty("menu_book", "There is no documentation to show yet", read.error or "", hue="blue")
        return
    shown = portal.docs.shown(actor)
    path = st.query_params.get("page") or next((p for entry in shown.contents for p in entry.paths()), "")
    try:
        page = portal.docs.page(actor, path)
        finished = portal.docs.finished(actor, path, cached_docs.terms(portal, actor))
    except NotFound:
        draw_missing(shown, path)
        return
    entitle(page.title, portal.settings.name)
    draw_page(ShownPage(portal, actor, read.value, shown, page, finished, here))
    help_reading(path)


def draw_missing(shown: Shown, path: str) -> None:
    """Never says whether a hidden one exists."""
    with st.container(key="docs"):
        tree, body = st.columns([2.3, 9.3], gap="large")
        with tree:
            st.html(tree_html(shown, path))
        with body:
            feedback.empty("search_off", "There is nothing here that you can see", GONE)


def draw_page(one: ShownPage) -> None:
    with st.popover("Pages", icon=":material/menu_book:", key="docs_pages", type="tertiary"):
        st.html(tree_html(one.shown, one.page.path))
    with st.container(key="docs"):
        tree, body, side = st.columns([2.3, 7.2, 2.1], gap="large")
        with tree, feedback.panel("The contents"):
            st.html(tree_html(one.shown, one.page.path))
        with body:
            draw_body(one)
        with side, feedback.panel("The side column"):
            draw_side(one)


def draw_body(one: ShownPage) -> None:
    head = f'<h1 dir="auto">{esc(one.page.title)}</h1>'
    where = crumb_html(one.shown, one.page)
    st.html(f'<header class="docs-head">{where}{head}{meta_html(one.page, one.here)}</header>')
    if told := sync_html(one.library.sync, one.here) + stale_html(one.page, one.here):
        st.html(told)
    if one.page.platforms or one.page.assets:
        with feedback.panel("Right now"):
            draw_right_now(one.page)
    with feedback.panel("This page"):
        for part in one.finished.parts or (Part(html=f"<p>{_nothing(one)}</p>"),):
            if part.diagram:
                st.mermaid_chart(part.diagram)
            else:
                place = f'data-place="{esc(one.page.path)}"'
                st.html(f'<article class="docs docs-body" dir="auto" {place}>{part.html}</article>')
    draw_foot(one)


def _nothing(one: ShownPage) -> str:
    problem = next((p.words for p in one.library.problems if p.path == one.page.path and p.topic == "unreadable"), "")
    return esc(problem or "Nobody has written anything here yet.")


@st.fragment(run_every=REFRESH_S)
def draw_right_now(page: Page) -> None:
    portal = session.portal()
    board, here = cached.board(portal, session.actor()).value, Here(portal.clock(), session.zone())
    st.html((board and right_now_html(page, board, here)) or "<span></span>")


def draw_foot(one: ShownPage) -> None:
    path = one.page.path
    with st.container(key="docs_helped", horizontal=True, vertical_alignment="center", gap="small"):
        if path in st.session_state.get(THANKED, ()):
            st.html('<p class="quiet">Thank you. The owners see how many people a page has helped.</p>')
        else:
            st.html('<p class="quiet">Did this help?</p>', width="content")
            st.button("Yes", key="docs_yes", icon=":material/thumb_up:", type="tertiary", on_click=_thank, args=(path,))
            about = {"title": f"Docs: {one.page.title}"} | dict(zip(("platform",), one.page.platforms, strict=False))
            st.page_link(REPORT.path, label="No, tell us", icon=":material/thumb_down:", query_params=about)
    st.html(neighbours_html(one.shown, path) or "<span></span>")


def _thank(path: str) -> None:
    """A callback."""
    portal, actor = session.portal(), session.actor()
    if feedback.act(lambda: portal.docs.helped(actor, path), lambda: None):
        st.session_state[THANKED] = {*st.session_state.get(THANKED, ()), path}


def draw_side(one: ShownPage) -> None:
    headings = one.portal.docs.headings(one.actor, one.page.path)
    board = cached.board(one.portal, one.actor).value
    parts = (
        headings_html(headings), incidents_html(named(one.page, board)) if board else "",
        terms_html(one.finished.cards), source_html(one.library.sync, one.page, one.here), _report(one.actor),
    )  # fmt: skip
    st.html(f'<div class="docs-rail">{"".join(parts)}</div>')


def _report(actor: Actor) -> str:
    if not actor.may_somewhere(Permission.docs_report_read):
        return ""
    return f'<p class="docs-report"><a href="docs?report=1">{icon("rule")}What is wrong with the docs</a></p>'
