"""The form of a new ticket of any kind: what is affected, what is known of it, what is seen, what happens next."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from components import feedback, session
from components.catalogue import draw_catalogue
from components.form_fields import PERSISTENT, ask, problem_html
from components.known_incident import draw_known
from components.markup import esc, icon
from components.report import choose_affected, filled_in_html, place_named
from components.request_form import draw_request
from components.similar_card import draw_similar
from components.ticket_draft import Form, Typed, draw_failure, send, take, told, without_prompt
from components.ticket_sent import draw_sent, promise_words
from data.cached import tickets as cached_tickets
from data.errors import Invalid
from data.tickets.answers import Question
from data.tickets.attachments import MOST_FILES, accept, check_number
from data.tickets.kinds import Kind, priority_of
from data.tickets.knobs import Knobs
from data.tickets.request_types import TEMPLATES

FOLDED_FROM = 3
"""So many questions that may stay unanswered are folded away."""
LIVE = "400ms"


@st.fragment
def draw_form(kind: Kind) -> None:
    """With `?sent=` what came of it; `?platform=`, `?check=` and `?title=` fill the form in."""
    portal, actor = session.portal(), session.actor()
    if sent := st.query_params.get("sent"):
        draw_sent(portal, actor, kind, sent)
    elif not kind.from_template:
        _draw_form(kind)
    elif (name := st.query_params.get("template", "")) in TEMPLATES:
        draw_request(kind, name)
    else:
        draw_catalogue(kind)


def _draw_form(kind: Kind) -> None:
    st.html(f'<div class="head"><h1>{esc(kind.form.title)}</h1></div><p class="under">{esc(kind.form.line)}</p>')
    if (seen := session.look()) is None:
        return
    form = Form(kind, seen.portal, seen.actor, seen.board.tiles, seen.here)
    with st.container(key="form"):
        left, right = st.columns([1.62, 1], gap="large")
        with left:
            typed = _draw_fields(form)
            _draw_send(form, typed)
        with right, feedback.panel("The side note"):
            st.html(_side_html(form, typed))


def _draw_fields(form: Form) -> Typed:
    typed = Typed()
    _fill_in(form)
    where = Question("platform_id", form.kind.form.asset, "line", required=False)
    typed.affected = choose_affected(where.label, form.tiles, form.key("platform_id"))
    take(form, typed, where, typed.affected.platform_id)
    with feedback.panel("What is known of it"):
        draw_known(form.portal, form.actor, form.kind, typed.affected, form.here)
    _draw_title(form, typed)
    body = form.kind.body_question
    shown = st.text_area(body.label, form.kind.prompt, key=form.key("body"), height="content", **PERSISTENT)
    take(form, typed, body, without_prompt(shown, form.kind.prompt))
    _draw_questions(form, typed)
    _draw_files(typed, form.key("files"))
    typed.sensitive = st.checkbox(
        "Sensitive: only staff may read this", key=form.key("sensitive"), **PERSISTENT,
        help="And the people whom they name. In any case, please do not paste personal data.",
    )  # fmt: skip
    return typed


def _fill_in(form: Form) -> None:
    said = told(form, ("platform", "check", "title"))
    if (place := place_named(form.tiles, said)) is not None:
        st.session_state[form.key("platform_id")] = place
    if "title" in said:
        st.session_state[form.key("title")] = said["title"]


def _draw_title(form: Form, typed: Typed) -> None:
    question = form.kind.title_question
    title = st.text_input(question.label, key=form.key("title"), live=LIVE, **PERSISTENT)
    take(form, typed, question, title)
    with feedback.panel("What looks similar"):
        one = typed.affected
        similar = cached_tickets.similar(
            form.portal, form.actor, title or "", form.kind.name, one.platform_id, one.asset
        )  # fmt: skip
        known = {incident.id for incident in one.incidents}
        mine = cached_tickets.my_votes(form.portal, form.actor).value or frozenset()
        draw_similar([(ticket, why) for ticket, why in similar if ticket.id not in known], mine, form.here)


def _draw_questions(form: Form, typed: Typed) -> None:
    """What weighs it first; what may stay unanswered is folded away where there is much of it."""
    first = [q for q in form.kind.questions if q.required or q.name in ("impact", "urgency")]
    rest = [q for q in form.kind.questions if q not in first]
    _draw_all(form, typed, first)
    if len(rest) < FOLDED_FROM:
        _draw_all(form, typed, rest)
        return
    with st.expander("More, if you know it", key=form.key("more"), on_change="rerun"):
        _draw_all(form, typed, rest)


def _draw_all(form: Form, typed: Typed, questions: Sequence[Question]) -> None:
    for question in questions:
        take(form, typed, question, ask(question, form.key(question.name), platforms=form.tiles))


def _draw_files(typed: Typed, key: str) -> None:
    chosen = st.file_uploader(
        f"Files :gray[(optional), at most {MOST_FILES}]", accept_multiple_files=True, key=key,
        help="Pictures, PDF, text, CSV, Excel, JSON or ZIP, 10 MB each.",
    )  # fmt: skip
    typed.files = [(file.name, file.getvalue()) for file in chosen]
    try:
        check_number(len(typed.files))
        for name, content in typed.files:
            accept(name, content)
    except Invalid as problem:
        typed.problems["files"] = str(problem)
        st.html(problem_html(str(problem)))


def _draw_send(form: Form, typed: Typed) -> None:
    """Text counts when its field is left, so what only text lacks does not lock the button."""
    draw_failure(form)
    longer = {q.name for q in (form.kind.body_question, *form.kind.questions) if q.shape == "text"}
    locked = bool(typed.problems.keys() - longer)
    known = bool(typed.affected.incidents)
    with st.container(key="send", horizontal=True, vertical_alignment="center", gap="small"):
        pressed = st.button(
            "Submit", key=form.key("send"), type="secondary" if known else "primary", disabled=locked,
            icon=":material/send:", shortcut="Ctrl+Enter",
        )  # fmt: skip
        if typed.missing:
            st.html(f'<span class="faint">Still missing: {esc(", ".join(typed.missing))}</span>')
        elif typed.problems:
            st.html('<span class="faint">Please look at the marked fields</span>')
    if pressed:
        send(form, typed)


def _side_html(form: Form, typed: Typed) -> str:
    lines = [("notifications", line) for line in form.kind.form.next]
    if typed.answers.get("impact"):
        priority = priority_of(typed.answers.get("impact"), typed.answers.get("urgency"))
        lines.insert(
            0, ("forum", promise_words((cached_tickets.knobs(form.portal).value or Knobs()).sla, priority, form.here))
        )
    lines.append(("lock", "Please do not paste personal data. Tick sensitive if only staff may read this."))
    rows = "".join(f"<li>{icon(mark)}<span>{esc(line)}</span></li>" for mark, line in lines)
    filled = filled_in_html(typed.affected, form.tiles, form.here) if form.kind.prioritised else ""
    return f'<aside class="side-note">{filled}<h2>What happens next</h2><ul>{rows}</ul></aside>'
