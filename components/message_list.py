"""The messages: shown now, planned, not yet published, and the archive with its search."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from components import feedback, session
from components.markup import section
from components.message_form import may_write
from components.message_marks import notice_html, state_pill
from components.moments import Here
from components.navigation import MESSAGES
from data import cached
from data.cached import messages as cached_messages
from data.cached.reads import Read
from data.messages.model import Message, urgency
from data.people.model import Actor
from data.portal import Portal

LINE = "What the teams tell everybody, what is planned, and what they told before."


@dataclass(frozen=True, slots=True)
class Reader:
    portal: Portal
    actor: Actor
    here: Here
    names: Mapping[str, str]
    """Of the platforms that the reader may see."""


def reader() -> Reader:
    portal, actor = session.portal(), session.actor()
    board = cached.board(portal, actor).value
    names = {tile.platform.id: tile.platform.name for tile in board.tiles} if board else {}
    return Reader(portal, actor, Here(portal.clock(), session.zone()), names)


def draw_list(one: Reader) -> None:
    st.html(f'<div class="head"><h1>Messages</h1></div><p class="sub-head">{LINE}</p>')
    if may_write(one.actor, one.names):
        with st.container(key="message_bar"):
            st.page_link(MESSAGES.path, label="New message", icon=":material/add:", query_params={"new": "1"})
    with feedback.panel("What is announced"):
        announced = _value(cached_messages.announced(one.portal, one.actor))
        by_weight = sorted(announced, key=lambda message: urgency(message, one.here.now))
        _draw_part(one, "Shown now", [m for m in by_weight if m.is_shown(one.here.now)], "Nothing is announced.")
        later = [m for m in announced if m.state_at(one.here.now) == "scheduled" and not m.is_shown(one.here.now)]
        if later:
            _draw_part(one, "Planned", sorted(later, key=lambda m: m.starts_at or one.here.now))
    with feedback.panel("What is not published yet"):
        if may_write(one.actor, one.names) and (drafts := _value(cached_messages.unpublished(one.portal, one.actor))):
            _draw_part(one, "Drafts and approvals", drafts)
    with feedback.panel("The archive"):
        _draw_archive(one)


def _draw_archive(one: Reader) -> None:
    st.html(section("Archive"))
    search = st.text_input(
        "Search the archive", key="q", bind="query-params", icon=":material/search:", placeholder="Search the archive",
        label_visibility="collapsed", width=360,
    )  # fmt: skip
    found = _value(cached_messages.archive(one.portal, one.actor, (search or "")[:200]))
    nothing = "No earlier message has these words." if search else "What is over will stand here."
    if not found:
        st.html(f'<p class="quiet">{nothing}</p>')
    _draw_rows(one, found)


def _value(read: Read[tuple[Message, ...]]) -> tuple[Message, ...]:
    if read.error:
        feedback.banner("orange", "cloud_off", "This may be old.", read.error)
    return read.value or ()


def _draw_part(one: Reader, title: str, messages: Sequence[Message], nothing: str = "") -> None:
    st.html(section(title, str(len(messages)) if messages else nothing))
    _draw_rows(one, messages)


def _draw_rows(one: Reader, messages: Sequence[Message]) -> None:
    page = MESSAGES.page()
    for message in messages:
        with st.container(key=f"told_{message.id}", horizontal=True, vertical_alignment="center", gap="small"):
            said = notice_html(message, one.here, one.names)
            st.html(f'<div class="told-line">{said}{state_pill(message, one.here)}</div>')
            st.page_link(page, label="Read", query_params={"id": message.id})
