"""The form of a message: what is wrong stands at its field, beside it how readers will see it and what a press does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from components import feedback
from components.form_fields import ask, forget, problem_html
from components.markdown import user_html
from components.markup import esc, icon, section
from components.message_marks import notice_html
from components.moments import Here
from components.navigation import MESSAGES
from data.cached import messages as cached_messages
from data.errors import Conflict, PortalError
from data.messages.model import (
    BODY,
    DISMISSIBLE,
    KIND,
    PINNED,
    PLATFORMS,
    SEVERITY,
    TITLE,
    Draft,
    Message,
    Place,
)  # fmt: skip
from data.messages.rules import Text, accepted, overlapping
from data.messages.workflow import may_publish, move_named
from data.people.model import Actor
from data.portal import Portal
from data.tickets.answers import Question, Refused
from data.tickets.ids import new_id

STARTS = Question("starts_at", "Start", "moment", required=False)
ENDS = Question("ends_at", "End", "moment", required=False)
FIELDS = (KIND, SEVERITY, TITLE, BODY, PLATFORMS, STARTS, ENDS, PINNED, DISMISSIBLE)
LABELS = {question.name: question.label for question in FIELDS}
EVERYBODY = "Whoever sees one of the platforms reads it; without a platform, everybody does."


def may_write(actor: Actor, platform_ids: Iterable[str]) -> bool:
    return may_publish(actor, ()) or any(may_publish(actor, (id_,)) for id_ in platform_ids)


@dataclass(frozen=True, slots=True)
class MessageForm:
    portal: Portal
    actor: Actor
    here: Here
    names: Mapping[str, str]
    """Of the platforms that the author may see."""
    message: Message | None
    """None: a new one."""

    def key(self, name: str) -> str:
        return f"message_{self.message.id if self.message else 'new'}_{name}"

    def note(self, name: str, value: Any = None) -> Any:
        """What the form remembers beside its fields; with a value, remembers it."""
        if value is not None:
            st.session_state[self.key(name)] = value
        return st.session_state.get(self.key(name))

    @property
    def id(self) -> str:
        made = self.message.id if self.message else self.note("id") or self.note("id", new_id(self.here.now))
        return str(made)

    @property
    def version(self) -> int:
        """Of the message when the form was opened: it guards against who was faster."""
        if self.message is None:
            return 0
        return int(self.note("version") or self.message.version)

    @property
    def places(self) -> Mapping[str, Place]:
        return {id_: Place(id_, name, "everyone") for id_, name in self.names.items()}


def draw_form(form: MessageForm) -> None:
    with st.container(key="message_bar"):
        st.page_link(MESSAGES.path, label="Messages", icon=":material/arrow_back:")
    st.html(f'<div class="head"><h1>{"Edit the message" if form.message else "New message"}</h1></div>')
    with st.container(key="form"):
        left, right = st.columns([1.3, 1], gap="large")
        with left:
            form.note("version", form.version)
            draft, slots = _draw_fields(form)
            text, problems = _judged(form, draft)
            for name, problem in problems.items():
                if name in slots and (getattr(draft, name) or form.note("tried")):
                    slots[name].html(problem_html(problem, LABELS[name]))
            _draw_send(form, draft, problems)
        with right, feedback.panel("The preview"):
            _draw_preview(form, draft, text)


def _draw_fields(form: MessageForm) -> tuple[Draft, dict[str, Any]]:
    """The draft as it stands, and below each field the place for what is wrong with it."""
    before, slots = form.message, {}
    given: dict[str, Any] = {}
    first = {"kind": "announcement", "severity": "info", "dismissible": True}
    for question in FIELDS:
        value = getattr(before, question.name) if before else first.get(question.name)
        asked = question
        if question is PLATFORMS:
            value = [id_ for id_ in before.platform_ids if id_ in form.names] if before else []
            mine = {id_: name for id_, name in form.names.items() if may_publish(form.actor, (id_,)) or id_ in value}
            asked = replace(question, choices=mine, help=EVERYBODY)
        elif question in (STARTS, ENDS):
            needed = given["kind"] == "maintenance"
            asked = replace(question, help=f"In your time zone, {form.here.zone.key}.", required=needed)
        given[question.name] = ask(asked, form.key(question.name), value)
        slots[question.name] = st.empty()
    platform_ids = tuple(given.pop("platform_ids") or ())
    clean = {name: value for name, value in given.items() if value is not None}
    return Draft(
        **{"title": "", **clean, "id": form.id, "platform_ids": platform_ids, "zone": form.here.zone.key}
    ), slots


def _judged(form: MessageForm, draft: Draft) -> tuple[Text | None, dict[str, str]]:
    try:
        text, problems = accepted(draft, form.places), {}
    except Refused as refused:
        text, problems = None, refused.at
    told = form.note("refused") or {}
    return text, {**{name: words for name, (words, of) in told.items() if of == getattr(draft, name)}, **problems}


def _draw_preview(form: MessageForm, draft: Draft, text: Text | None) -> None:
    columns = dict(text.columns) if text else {"kind": draft.kind, "severity": draft.severity, "title": draft.title}
    shown = Message(
        **{"body": draft.body, **columns}, id=draft.id, state="published", created_at=form.here.now,
        created_by=form.actor.email, updated_at=form.here.now, updated_by=form.actor.email,
    )  # fmt: skip
    said = f"{notice_html(shown, form.here, form.names)}{user_html(draft.body)}"
    st.html(f'{section("Preview")}<div class="notice-text">{said}</div>')
    remarks = list(text.remarks) if text else []
    if text:
        others = cached_messages.announced(form.portal, form.actor).value or ()
        remarks += overlapping(text, draft.id, others, form.names)
    for remark in remarks:
        st.html(f'<p class="quiet">{icon("info")} {esc(remark)}</p>')


def effect(form: MessageForm, draft: Draft, four_eyes: bool) -> tuple[str, str]:
    """The move of the main button, and its words: they say what a press does."""
    if form.message and form.message.state_at(form.here.now) in ("scheduled", "published"):
        name = "propose" if four_eyes else "revise"
        return name, move_named(name).label
    if four_eyes:
        return "submit", move_named("submit").label
    later = draft.starts_at and draft.starts_at > form.here.now
    return "publish", f"Schedule for {form.here.clock(draft.starts_at)}" if later and draft.starts_at else "Publish now"


def _draw_send(form: MessageForm, draft: Draft, problems: Mapping[str, str]) -> None:
    if failed := form.note("failed"):
        feedback.banner("red", "error", "Not sent. Your text is kept.", failed)
    name, label = effect(form, draft, bool(cached_messages.four_eyes(form.portal).value))
    with st.container(key="send", horizontal=True, vertical_alignment="center", gap="small"):
        pressed = st.button(label, key=form.key("send"), type="primary", icon=f":material/{move_named(name).icon}:")
        saved = name in ("publish", "submit") and st.button("Save draft", key=form.key("save"))
    if pressed or saved:
        _send(form, draft, "save" if saved else name, problems)


def _send(form: MessageForm, draft: Draft, move: str, problems: Mapping[str, str]) -> None:
    """On success the address leads to the message; else the reason stands at its field or above the buttons."""
    form.note("tried", True)
    st.session_state.pop(form.key("failed"), None)
    if not problems:
        try:
            sent = form.portal.messages.write(form.actor, move, draft, form.version)
        except Refused as refused:
            form.note("refused", {name: (words, getattr(draft, name)) for name, words in refused.at.items()})
        except Conflict as conflict:
            form.note("failed", f"{conflict} {_meanwhile(form)}")
        except PortalError as error:
            form.note("failed", str(error))
        else:
            cached_messages.drop()
            forget(form.key(""))
            st.query_params.from_dict({"id": sent.id})
    st.rerun()


def _meanwhile(form: MessageForm) -> str:
    """After this, a second press puts the author's text in the place of the newer one."""
    cached_messages.drop()
    newer = cached_messages.detail(form.portal, form.actor, form.id).value
    if newer is None:
        return ""
    form.note("version", newer.message.version)
    return f"It is now “{newer.message.title}”. Press again to put yours in its place."
