"""The shell: which pages there are, the top bar and the tools at its right end."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import streamlit as st
from streamlit.errors import StreamlitAPIException
from streamlit.navigation.page import Page

from components.markup import chip, esc, plain
from components.theme import stylesheet
from data.people.model import Actor
from data.status.board import Board
from data.tickets.kinds import KINDS

ON = "on_page"
"""Session: the page of the last run."""
AS_OF = "as_of"
"""In the address: the past moment that a page shows."""
LOGO, FAVICON = "static/logo.svg", "static/favicon.png"


@dataclass(frozen=True, slots=True)
class Entry:
    path: str
    title: str
    url_path: str
    visibility: Literal["visible", "hidden"] = "visible"

    default: bool = False

    def page(self) -> Page:
        """Finding the file costs a dozen system calls: where there are many links to one page, make it once."""
        return st.Page(
            self.path, title=self.title, url_path=self.url_path, default=self.default, visibility=self.visibility
        )


STATUS = Entry("pages/status.py", "Status", "status", default=True)
DETAILS = Entry("pages/platform.py", "Platform", "platform", "hidden")
FEEDS = Entry("pages/feeds.py", "Feeds", "feeds", "hidden")
TICKETS = {kind.name: Entry(f"pages/{kind.path}.py", kind.plural, kind.path) for kind in KINDS.values()}
"""The page of each kind: its list, one of them (`?id=`), a new one (`?new=1`)."""
ROADMAP = Entry("pages/roadmap.py", "Roadmap", "roadmap")
DOCS = Entry("pages/docs.py", "Docs", "docs")
GLOSSARY = Entry("pages/glossary.py", "Glossary", "glossary")
SEARCH = Entry("pages/search.py", "Search", "search", "hidden")
REPORT = Entry("pages/report.py", "Report a problem", "report", "hidden")
MESSAGES = Entry("pages/messages.py", "Messages", "messages")
MINE = Entry("pages/mine.py", "My tickets", "mine", "hidden")
NOTIFICATIONS = Entry("pages/notifications.py", "Notifications", "notifications", "hidden")
ADMIN = Entry("pages/admin.py", "Admin", "admin")
CALM = frozenset({MESSAGES.url_path, NOTIFICATIONS.url_path, ADMIN.url_path})
"""Pages above which only critical messages stand: one lists them anyway, the others are forms to work in."""
PAGES = (
    STATUS, DETAILS, *TICKETS.values(), ROADMAP, DOCS, GLOSSARY, SEARCH, REPORT, MINE, NOTIFICATIONS,
    MESSAGES, FEEDS, ADMIN,
)  # fmt: skip


def choose_page(wall: bool, admin: bool) -> Page:
    """`admin`: whether that page is shown; who may not, is told so there."""
    shown = [replace(entry, visibility="hidden") if entry is ADMIN and not admin else entry for entry in PAGES]
    return st.navigation([entry.page() for entry in shown], position="hidden" if wall else "top")


def keep_address(page: Page) -> None:
    """A link to the page one is on changes the query, not the address: Streamlit tells it only when somebody sets it.

    A link to another page tells its address itself; told again meanwhile, the way back would lead to a mixture of both.
    What a widget is bound to may not be set, and tells the address itself.
    """
    before, st.session_state[ON] = st.session_state.get(ON), page.url_path
    for name in st.query_params if before == page.url_path else ():
        try:
            st.query_params[name] = st.query_params.get_all(name)
        except StreamlitAPIException:
            continue
        return


def dress() -> None:
    """What every page wears, also one that can only say what went wrong.

    A style alone goes where toasts go, and a toast from a fragment's callback would take its place; so it is not alone.
    """
    st.set_page_config(page_icon=FAVICON, layout="wide")
    with st.container(key="dress"):
        st.html(f"<span></span>{stylesheet()}")
    st.logo(LOGO, size="small")


def entitle(title: str, name: str) -> None:
    """The browser's tab, and the name beside the logo."""
    st.set_page_config(page_title=f"{title} · {name}")
    st.html(f"<style>.stAppHeader {{ --portal-name: {css_text(name)}; }}</style>")


def css_text(text: str) -> str:
    """A string for `content:`; JSON escapes quotes, and `<` may not end the style element."""
    return json.dumps(" ".join(text.split())).replace("<", "\\3c ")


def draw_tools(actor: Actor, board: Board | None, search: Callable[[], None]) -> None:
    """Right end of the top bar. New tools go before the person. `search` draws one that leads to every page."""
    with st.container(key="tools", horizontal=True, gap="small", horizontal_alignment="right"):
        if actor.local:
            st.html(chip("Local mode", "Outside Databricks everybody is the developer persona"))
        search()
        with st.container(key="report"):
            st.page_link(REPORT.path, label=REPORT.title, icon=":material/flag:")
        with st.popover(plain(actor.name), icon=":material/account_circle:", type="tertiary", key="person"):
            st.html(person(actor, board))
            st.page_link(MINE.path, label="My tickets", icon=":material/assignment_ind:")
            st.page_link(NOTIFICATIONS.path, label="Notifications", icon=":material/notifications:")


def person(actor: Actor, board: Board | None) -> str:
    mine = [tile.platform.name for tile in board.tiles if tile.mine] if board else []
    listed = "".join(f"<li>{esc(name)}</li>" for name in mine) or "<li>none yet: an admin can map them to you</li>"
    role = actor.everywhere.words
    return (
        f'<div class="person"><b>{esc(actor.name)}</b><span>{esc(actor.email)}</span><span>Role: {esc(role)}</span>'
        f"<h3>Your platforms</h3><ul>{listed}</ul></div>"
    )
