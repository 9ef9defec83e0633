"""What can be done to one comment: edit, delete, hide with a reason, read its earlier versions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import streamlit as st

from components import feedback
from components.form_fields import ask, forget, problem_html
from components.markdown import user_html
from components.markup import esc
from components.ticket_marks import person_name
from components.ticket_shown import ShownTicket
from data.cached import tickets as cached_tickets
from data.errors import PortalError
from data.tickets.answers import Question
from data.tickets.model import COMMENT_MOST, Comment, Right
from data.tickets.talk import DELETE_WITHIN, WHY

OPEN = "open_comment"
"""Session: the `Chosen` whose dialog is open."""
TEXT = Question("text", "Comment", most=COMMENT_MOST)
LABELS = {
    "edit": ":material/edit: Edit", "delete": ":material/delete: Delete", "hide": ":material/visibility_off: Hide",
    "history": ":material/history: Earlier versions",
}  # fmt: skip
TITLES = {
    "edit": "Edit your comment", "delete": "Delete your comment", "hide": "Hide this comment",
    "history": "Earlier versions",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Chosen:
    deed: str
    comment: Comment
    problem: str = ""

    @property
    def prefix(self) -> str:
        return f"comment_{self.comment.id}_{self.deed}_"


def draw_comment_menu(shown: ShownTicket, comment: Comment) -> None:
    if deeds := list(deeds_of(shown, comment)):
        st.menu_button(
            "What to do with this comment", deeds, key=f"bare_deeds_{comment.id}", icon=":material/more_horiz:",
            type="tertiary", format_func=LABELS.__getitem__, on_click=_choose, args=(comment,),
        )  # fmt: skip


def deeds_of(shown: ShownTicket, comment: Comment) -> Iterator[str]:
    mine = comment.author == shown.actor.email
    if mine and shown.may_write:
        yield "edit"
    if mine and shown.here.now - comment.created_at <= DELETE_WITHIN:
        yield "delete"
    elif Right.lead in shown.detail.rights:
        yield "hide"
    if comment.version > 1 and shown.is_staff:
        yield "history"


def draw_open_comment(shown: ShownTicket) -> None:
    chosen = st.session_state.get(OPEN)
    if isinstance(chosen, Chosen) and chosen.comment.ticket_id == shown.ticket.id:
        st.dialog(TITLES[chosen.deed], on_dismiss=_close)(_draw_deed)(shown)


def _draw_deed(shown: ShownTicket) -> None:
    chosen = st.session_state.get(OPEN)
    if not isinstance(chosen, Chosen):
        st.rerun()
    if chosen.deed == "history":
        with feedback.panel("The history"):
            _draw_history(shown, chosen.comment)
        return
    text = _draw_question(chosen)
    if chosen.problem:
        st.html(problem_html(chosen.problem))
    verb = "Save" if chosen.deed == "edit" else chosen.deed.title()
    if st.button(verb, key=f"{chosen.prefix}go", type="primary", shortcut="Ctrl+Enter"):
        _do(shown, chosen, text)


def _draw_question(chosen: Chosen) -> str:
    if chosen.deed == "delete":
        st.html('<p class="quiet">A line stays that says you deleted it.</p>')
        return ""
    editing = chosen.deed == "edit"
    answer = ask(TEXT if editing else WHY, f"{chosen.prefix}text", chosen.comment.body if editing else None)
    return answer or ""


def _do(shown: ShownTicket, chosen: Chosen, text: str) -> None:
    talk, comment = shown.portal.tickets.talk, chosen.comment
    try:
        if chosen.deed == "edit":
            talk.edit(shown.actor, shown.ticket.id, comment.id, comment.version, text)
        else:
            talk.remove(shown.actor, shown.ticket.id, comment.id, comment.version, text or None)
    except PortalError as error:
        st.session_state[OPEN] = Chosen(chosen.deed, comment, str(error))
        st.rerun()
    cached_tickets.drop()
    _close()
    forget(chosen.prefix)
    st.rerun()


def _draw_history(shown: ShownTicket, comment: Comment) -> None:
    versions = shown.portal.tickets.talk.history(shown.actor, shown.ticket.id, comment.id)
    for version in reversed(versions):
        who = f"{esc(person_name(version.updated_by))} · {shown.here.time(version.updated_at)}"
        head = f'<p class="quiet">Version {version.version} · {who}</p>'
        st.html(f'<div class="version">{head}{user_html(version.body)}</div>')


def _choose(comment: Comment) -> None:
    if deed := st.session_state.get(f"bare_deeds_{comment.id}"):
        st.session_state[OPEN] = Chosen(deed, comment)


def _close() -> None:
    st.session_state.pop(OPEN, None)
