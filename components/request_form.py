"""A service request in three steps: who and what, the options, a review that says what it takes before it is sent."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from components import feedback, session
from components.form_fields import ask
from components.markup import esc, facts, icon
from components.navigation import TICKETS
from components.report import Affected, choose_affected, place_words
from components.request_side import quoted, side_html
from components.ticket_draft import Form, Typed, draw_failure, send, take
from data.cached import tickets as cached_tickets
from data.tickets.answers import Question
from data.tickets.kinds import Kind
from data.tickets.request_forms import Template, facts_of
from data.tickets.request_types import template_of

STEPS = ("Who and what", "Options", "Review")
REVIEW = len(STEPS) - 1
ABOUT_PEOPLE = frozenset({"person", "people"})


def draw_request(kind: Kind, name: str) -> None:
    """`name`: of the template."""
    template = template_of(name)
    if (seen := session.look()) is None:
        return
    form = Form(kind, seen.portal, seen.actor, seen.board.tiles, seen.here, template.name)
    with st.container(key="crumb", horizontal=True, gap=None):
        st.page_link(TICKETS[kind.name].path, label=kind.plural)
        st.html(f"<span>{esc(template.group)}</span>", width="content")
    st.html(f'<div class="head"><h1>{esc(template.label)}</h1></div>')
    with st.container(key="form"):
        left, right = st.columns([1.84, 1], gap="large")
        with left:
            typed = _draw_step(form, template)
        with right, feedback.panel("The side note"):
            st.html(side_html(form, template, quoted(form, template, typed)))


def _draw_step(form: Form, template: Template) -> Typed:
    at = int(form.note("step") or 0)
    st.html(steps_html(at))
    typed = Typed(answers=dict(form.note("answers") or {}), affected=form.note("affected") or Affected())
    first, options = halves(template)
    if at == 0:
        _draw_platform(form, template, typed)
    if at < REVIEW:
        _draw_questions(form, typed, (first, options)[at])
        form.note("answers", typed.answers)
    else:
        st.html(review_html(template, typed))
    draw_failure(form)
    _draw_buttons(form, template, typed, at)
    return typed


def halves(template: Template) -> tuple[list[Question], list[Question]]:
    """Who and what: the first question, which says what it is about, and those about people. Then the options."""
    first = [q for n, q in enumerate(template.questions) if n == 0 or q.shape in ABOUT_PEOPLE]
    return first, [question for question in template.questions if question not in first]


def _draw_platform(form: Form, template: Template, typed: Typed) -> None:
    question = Question("platform_id", form.kind.form.asset, "line", required=template.needs_platform)
    typed.affected = choose_affected(question.label, form.tiles, form.key("platform_id"))
    form.note("affected", typed.affected)
    take(form, typed, question, typed.affected.platform_id)


def _draw_questions(form: Form, typed: Typed, questions: Sequence[Question]) -> None:
    people = cached_tickets.people(form.portal, form.actor).value or ()
    for question in questions:
        answer = ask(question, form.key(question.name), people=people, platforms=form.tiles)
        take(form, typed, question, answer)


def steps_html(at: int) -> str:
    return f'<ol class="form-steps">{"".join(_step_html(n, word, at) for n, word in enumerate(STEPS))}</ol>'


def _step_html(number: int, word: str, at: int) -> str:
    mark = icon("check") if number < at else str(number + 1)
    state = 'class="done"' if number < at else 'class="now" aria-current="step"' if number == at else ""
    return f'<li {state}><span class="round">{mark}</span>{word}</li>'


def review_html(template: Template, typed: Typed) -> str:
    where = [("Platform", place_words(typed.affected))] if typed.affected.tile else []
    told = [*where, *facts_of(template, typed.answers)]
    rows = facts([(label, f'<span dir="auto">{esc(words)}</span>') for label, words in told if words])
    return f'<div class="review">{rows}</div>'


def _draw_buttons(form: Form, template: Template, typed: Typed, at: int) -> None:
    with st.container(key="send", horizontal=True, vertical_alignment="center", gap="small"):
        if at:
            st.button("Back", key=form.key("back"), icon=":material/arrow_back:", on_click=_go, args=(form, at - 1))
        st.space("stretch")
        if typed.missing and form.note("tried"):
            st.html(f'<span class="faint">Still missing: {esc(", ".join(typed.missing))}</span>', width="content")
        if at == REVIEW:
            blocked = quoted(form, template, typed).quote is None
            if st.button("Send request", key=form.key("send"), type="primary", disabled=blocked, shortcut="Ctrl+Enter"):
                send(form, typed)
        elif st.button(
            "Continue to review" if at else "Continue", key=form.key(f"on_{at}"), type="primary",
            icon=":material/arrow_forward:", icon_position="right",
        ):  # fmt: skip
            form.note("tried", bool(typed.problems))
            if not typed.problems:
                _go(form, at + 1)
            st.rerun()


def _go(form: Form, step: int) -> None:
    form.note("step", step)
    form.note("failed", "")
