"""The form of an item, new or changed. Each problem stands at its field, and nothing that was typed is lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from components import feedback, form_fields
from components.markup import esc, icon
from components.navigation import ROADMAP
from components.roadmap_address import go_to
from components.roadmap_item import draw_missing
from components.roadmap_steps import curates_something, may_curate
from components.ticket_listing import platform_names
from data.cached import roadmap as cached_roadmap
from data.cached import tickets as cached_tickets
from data.errors import Conflict, PortalError
from data.people.model import Actor
from data.people.permissions import MATRIX, Permission
from data.portal import Portal
from data.roadmap.model import Item
from data.roadmap.rules import QUESTIONS, quarter_words, quarters
from data.tickets.answers import Question, Refused
from data.tickets.ids import new_id

NEXT = (
    ("visibility_off", "A new item is a draft: link the improvements that asked for it, then publish."),
    ("notifications", "Those who voted for them hear when it is published, planned, started and shipped."),
    ("how_to_vote", "Votes are counted for you: each person once."),
)


@dataclass(frozen=True, slots=True)
class Form:
    portal: Portal
    actor: Actor
    item: Item | None
    """None: a new one."""

    def key(self, name: str) -> str:
        return f"roadmap_form_{self.item.id if self.item else 'new'}_{name}"

    def note(self, name: str, first: Any = None) -> Any:
        """What the form remembers beside its fields."""
        return st.session_state.setdefault(self.key(name), first)


def draw_form(portal: Portal, actor: Actor, id_: str | None) -> None:
    read = cached_roadmap.board(portal, actor)
    item = next((entry.item for entry in read.value or () if entry.item.id == id_), None)
    if id_ is not None and item is None:
        draw_missing(portal, read.error or "")
        return
    if not (may_curate(actor, item.platform_id) if item else curates_something(actor)):
        role = MATRIX[Permission.roadmap_item_curate][0].words
        feedback.empty("lock", "The roadmap is curated by owners", f"Adding and changing items needs the role {role}.")
        return
    form = Form(portal, actor, item)
    with st.container(key="crumb", horizontal=True, gap=None):
        st.page_link(ROADMAP.path, label=ROADMAP.title)
        st.html(f"<span>{esc(item.title if item else 'New')}</span>", width="content")
    st.html(f'<div class="head"><h1>{"Edit the item" if item else "Add an item"}</h1></div>')
    with st.container(key="form"):
        left, right = st.columns([1.62, 1], gap="large")
        with left:
            draw_fields(form)
        with right:
            lines = "".join(f"<li>{icon(mark)}<span>{esc(line)}</span></li>" for mark, line in NEXT)
            st.html(f'<aside class="side-note"><h2>How it goes on</h2><ul>{lines}</ul></aside>')


def draw_fields(form: Form) -> None:
    problems: Mapping[str, str] = form.note("problems", {})
    people = cached_tickets.people(form.portal, form.actor).value or ()
    version = form.note("version", form.item.version if form.item else 0)
    answers = {
        question.name: form_fields.ask(
            question, form.key(question.name), _present(form, question), problems.get(question.name), people=people
        )
        for question in questions(form)
    }
    if failed := form.note("failed", ""):
        with st.container(key="newer", horizontal=True, vertical_alignment="center"):
            feedback.banner("red", "sync_problem", "Not saved. Your text is kept.", failed)
            if form.item and form.item.version != version:
                st.button("Save over it", key=form.key("again"), on_click=_catch_up, args=(form,))
    with st.container(key="send", horizontal=True, vertical_alignment="center", gap="small"):
        pressed = st.button(
            "Save" if form.item else "Add as draft", key=form.key("send"), type="primary", shortcut="Ctrl+Enter"
        )
        st.button("Cancel", key=form.key("cancel"), type="tertiary", on_click=_leave, args=(form,))
    if pressed:
        send(form, answers, version)


def questions(form: Form) -> list[Question]:
    """As the portal asks them, with what can be chosen here."""
    names = platform_names(form.portal, form.actor)
    own = {id_: name for id_, name in names.items() if may_curate(form.actor, id_)}
    present = form.item.quarter if form.item else None
    ahead = sorted({*quarters(form.portal.clock()), *filter(None, [present])})
    chosen: Mapping[str, Mapping[str, Any]] = {
        "platform_id": {"choices": own, "required": not may_curate(form.actor, None)},
        "quarter": {"choices": {quarter: quarter_words(quarter) for quarter in ahead}, "help": ""},
    }
    return [replace(q, shape="choice", **chosen[q.name]) if q.name in chosen else q for q in QUESTIONS]


def _present(form: Form, question: Question) -> Any:
    if form.item:
        return getattr(form.item, question.name)
    if question.name == "owner":
        return form.actor.email
    only = list(question.choices or ()) if question.name == "platform_id" and question.required else []
    return only[0] if len(only) == 1 else None


def send(form: Form, answers: Mapping[str, Any], version: int) -> None:
    st.session_state[form.key("problems")], st.session_state[form.key("failed")] = {}, ""
    try:
        if form.item:
            item = form.portal.roadmap.edit(form.actor, form.item.id, version, answers)
        else:
            item = form.portal.roadmap.add(form.actor, form.note("id", new_id(form.portal.clock())), answers)
    except Refused as refused:
        st.session_state[form.key("problems")] = refused.at
    except PortalError as error:
        if isinstance(error, Conflict):
            cached_roadmap.drop()
        st.session_state[form.key("failed")] = str(error)
    else:
        cached_roadmap.drop()
        form_fields.forget(form.key(""))
        go_to(id=item.id)
        st.toast(f"{item.title}: saved", icon=":material/check:")
    st.rerun()


def _catch_up(form: Form) -> None:
    """A callback: what is typed here is to replace what the other wrote."""
    assert form.item is not None, "only what exists can have been changed"
    st.session_state[form.key("version")], st.session_state[form.key("failed")] = form.item.version, ""


def _leave(form: Form) -> None:
    """A callback."""
    form_fields.forget(form.key(""))
    go_to(**({"id": form.item.id} if form.item else {}))
