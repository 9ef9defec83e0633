"""What curators do with a term: the moves of the table in a menu, and the dialog of those that ask for a word.

The dialog opens from the session, so that errors or somebody who was faster leave what was typed where it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import streamlit as st

from components import feedback, form_fields, session
from components.glossary_address import go_to
from components.markup import esc
from data.cached import glossary as cached_glossary
from data.errors import PortalError
from data.glossary.model import Term
from data.glossary.service import GlossaryService
from data.glossary.workflow import move_named, moves_of
from data.people.model import Actor
from data.portal import Portal
from data.tickets.answers import Question, Refused

OPEN = "open_glossary_step"
"""Session: the `Step` whose dialog is open."""
EDIT = "edit"


@dataclass(frozen=True, slots=True)
class Step:
    term: Term
    """As it was when the dialog opened: its version guards against who was faster."""
    move: str
    problems: Mapping[str, str] = field(default_factory=dict)
    stopped: str = ""

    @property
    def key(self) -> str:
        return f"glossary_{self.term.id}_{self.move}_"


def draw_menu(term: Term) -> None:
    """Every move that fits, by mouse or keyboard."""
    entries = {EDIT: ":material/edit: Edit"} | {m.name: f":material/{m.icon}: {m.label}" for m in moves_of(term)}
    key = f"glossary_menu_{term.id}_{term.version}"
    st.menu_button(
        "Change", list(entries), key=key, format_func=entries.__getitem__, on_click=_chosen, args=(term, key)
    )


def begin(term: Term, name: str) -> None:
    """A callback: asks first where the move asks something, else does it."""
    if name == EDIT:
        go_to(term=term.id, edit="1")
    elif move_named(name).asks:
        st.session_state[OPEN] = Step(term, name)
    else:
        act(lambda glossary, actor: glossary.move(actor, term.id, term.version, name), f"{term.name}: done")


def act(deed: Callable[[GlossaryService, Actor], object], done: str = "") -> bool:
    """A callback's part, as `feedback.act`."""
    return feedback.act(lambda: deed(session.portal().glossary, session.actor()), cached_glossary.drop, done)


def draw_step(portal: Portal, actor: Actor, terms: Sequence[Term]) -> None:
    """The last thing a page draws: the dialog, when one is open."""
    step = st.session_state.get(OPEN)
    if not isinstance(step, Step):
        return
    if step.term.id != st.query_params.get("term"):
        _close()
        return
    move = move_named(step.move)
    st.dialog(move.label, icon=f":material/{move.icon}:", on_dismiss=_close)(_draw_questions)(portal, actor, terms)


def _draw_questions(portal: Portal, actor: Actor, terms: Sequence[Term]) -> None:
    step = st.session_state.get(OPEN)
    if not isinstance(step, Step):
        st.rerun()
    move = move_named(step.move)
    st.html(f'<p class="subject"><b dir="auto">{esc(step.term.name)}</b></p>')
    if step.stopped:
        feedback.banner("blue", "sync_problem", step.stopped, "")
        st.button("Reload", key=f"{step.key}reload", icon=":material/refresh:", on_click=_reload, args=(step,))
    answers = {
        question.name: form_fields.ask(
            _with_choices(question, step.term, terms), f"{step.key}{question.name}", None,
            step.problems.get(question.name),
        )
        for question in move.asks
    }  # fmt: skip
    icon = f":material/{move.icon}:"
    if st.button(move.label, key=f"{step.key}go", type="primary", icon=icon, shortcut="Ctrl+Enter"):
        _do(portal, actor, step, answers)


def _with_choices(question: Question, term: Term, terms: Sequence[Term]) -> Question:
    if question.name != "replaced_by":
        return question
    choices = {one.id: one.name for one in terms if one.id != term.id and one.state != "archived"}
    return replace(question, shape="choice", choices=choices)


def _do(portal: Portal, actor: Actor, step: Step, answers: Mapping[str, Any]) -> None:
    try:
        portal.glossary.move(actor, step.term.id, step.term.version, step.move, answers)
    except Refused as refused:
        st.session_state[OPEN] = replace(step, problems=refused.at, stopped="")
        st.rerun()
    except PortalError as error:
        cached_glossary.drop()
        st.session_state[OPEN] = replace(step, problems={}, stopped=str(error))
        st.rerun()
    cached_glossary.drop()
    _close()
    form_fields.forget(step.key)
    st.toast(f"{step.term.name}: done", icon=":material/check:")
    st.rerun()


def _reload(step: Step) -> None:
    """A callback: the term as it is now; what was typed stays in its field."""
    try:
        term = session.portal().glossary.term(session.actor(), step.term.id)
    except PortalError as error:
        st.session_state[OPEN] = replace(step, stopped=str(error))
        return
    st.session_state[OPEN] = replace(step, term=term, problems={}, stopped="")


def _close() -> None:
    st.session_state.pop(OPEN, None)


def _chosen(term: Term, key: str) -> None:
    if name := st.session_state.get(key):
        begin(term, name)
