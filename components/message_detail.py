"""One message: its text, every text it had, who changed what, and what its reader may do with it."""

from __future__ import annotations

import streamlit as st

from components import feedback
from components.form_fields import ask, forget, problem_html
from components.markdown import user_html
from components.markup import esc, facts, section
from components.message_list import Reader
from components.message_marks import notice_html, state_pill
from components.navigation import MESSAGES
from components.ticket_marks import person_name
from data.cached import messages as cached_messages
from data.errors import PortalError
from data.messages.model import Detail, Message
from data.messages.workflow import Move, move_named
from data.tickets.answers import Refused


def draw_detail(one: Reader, message_id: str) -> None:
    with st.container(key="message_bar"):
        st.page_link(MESSAGES.path, label="Messages", icon=":material/arrow_back:")
    read = cached_messages.detail(one.portal, one.actor, message_id)
    if read.value is None:
        feedback.empty("search_off", "There is nothing here", read.error or "This message cannot be shown now.")
        return
    detail, message = read.value, read.value.message
    pill = state_pill(message, one.here)
    st.html(f'<div class="head"><h1>{esc(message.title)}</h1>{pill}</div>')
    left, right = st.columns([2, 1], gap="large")
    with left:
        st.html(text_html(one, message))
        if message.reason:
            st.html(f'<p class="quiet">Reason: {esc(message.reason)}</p>')
        _draw_revisions(one, detail)
    with right:
        _draw_facts(one, detail)
        _draw_moves(one, detail)
        if detail.events:
            _draw_events(one, detail)


def text_html(one: Reader, message: Message) -> str:
    """As readers see it."""
    return f'<div class="notice-text">{notice_html(message, one.here, one.names)}{user_html(message.body)}</div>'


def _draw_revisions(one: Reader, detail: Detail) -> None:
    if len(detail.revisions) < 2:
        return
    st.html(section("Every text", f"{len(detail.revisions)} revisions"))
    for text in detail.revisions:
        with st.expander(f"Revision {text.revision}", key=f"revision_{text.id}_{text.revision}"):
            who = f"{esc(person_name(text.updated_by))} · {one.here.time(text.updated_at)}"
            st.html(f'<p class="quiet">{who}</p>{text_html(one, text)}')


def _draw_facts(one: Reader, detail: Detail) -> None:
    message, here = detail.message, one.here
    times = [(label, at) for label, at in (("Start", message.starts_at), ("End", message.ends_at)) if at]
    named = ", ".join(map(esc, detail.places.values())) if message.platform_ids else "All"
    pairs = [(label, here.time(at)) for label, at in times] + [("Platforms", named or "·")]
    st.html(facts([*pairs, ("Written by", esc(person_name(message.created_by))), ("Time zone", esc(message.zone))]))


def _draw_moves(one: Reader, detail: Detail) -> None:
    """Text is changed in the form; every other move is a button, and one that asks something opens its field."""
    message = detail.message
    moves = [move_named(name) for name in detail.moves]
    with st.container(key="message_deeds", horizontal=True, vertical_alignment="center", gap="small"):
        if any(move.writes for move in moves):
            st.page_link(MESSAGES.path, label="Edit", icon=":material/edit:", query_params={"edit": message.id})
        for move in moves:
            if move.asks:
                with st.popover(move.label, icon=f":material/{move.icon}:", key=f"move_{move.name}_{message.id}"):
                    _draw_asking(one, message, move)
            elif not move.writes:
                st.button(
                    move.label, key=f"{move.name}_{message.id}", icon=f":material/{move.icon}:",
                    type="primary" if move.name == "approve" else "secondary", on_click=_act, args=(one, message, move),
                )  # fmt: skip


def _draw_asking(one: Reader, message: Message, move: Move) -> None:
    prefix = f"ask_{move.name}_{message.id}_"
    problems = st.session_state.get(f"{prefix}problems", {})
    answers = {
        question.name: ask(question, f"{prefix}{question.name}", problem=problems.get(question.name))
        for question in move.asks
    }
    if st.button(move.label, key=f"{prefix}go", type="primary"):
        try:
            one.portal.messages.move(one.actor, message.id, message.version, move.name, answers)
        except Refused as refused:
            st.session_state[f"{prefix}problems"] = refused.at
        except PortalError as error:
            st.html(problem_html(str(error)))
            return
        else:
            forget(prefix)
            cached_messages.drop()
        st.rerun()


def _act(one: Reader, message: Message, move: Move) -> None:
    def deed() -> Message:
        return one.portal.messages.move(one.actor, message.id, message.version, move.name)

    feedback.act(deed, cached_messages.drop)


def _draw_events(one: Reader, detail: Detail) -> None:
    st.html(section("Who changed what"))
    for event in detail.events:
        past = move_named(event.action.removeprefix("message:")).past
        fields = ", ".join(name for name in event.new or {} if name not in ("state", "revision"))
        what = f"<br><span class='faint'>{esc(fields)}</span>" if fields and event.old is not None else ""
        st.html(f"<p>{esc(person_name(event.actor))} {esc(past)} · {one.here.time(event.at)}{what}</p>")
