"""The form of a term: new, changed, or proposed; beside it how readers will see it. Nothing that was typed is lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from components import feedback, form_fields
from components.glossary_address import go_to
from components.glossary_term import draw_missing
from components.markdown import user_html
from components.markup import chip, esc, icon, section
from components.navigation import GLOSSARY
from components.ticket_listing import Names, platform_names
from data.cached import glossary as cached_glossary
from data.cached import tickets as cached_tickets
from data.errors import Conflict, PortalError
from data.glossary.model import Term
from data.glossary.proposals import WHY
from data.glossary.rights import CURATE, PROPOSE, curates_something, may_curate, may_propose
from data.glossary.rules import ASKED_RELATIONS, QUESTIONS, answers_of, split_definition
from data.people.model import Actor
from data.people.permissions import MATRIX
from data.portal import Portal
from data.tickets.answers import Question, Refused
from data.tickets.ids import new_id

PARTS: Mapping[str, tuple[str, ...]] = {
    "What it means": ("name", "definition", "notes", "acronym", "synonyms"),
    "Who and where": ("domain", "platform_id", "steward", "owner", "review_due"),
    "How it is computed": ("formula", "grain", "unit", "filters"),
    "What it hangs together with": (*ASKED_RELATIONS, "confusion", "assets", "sources", "tags"),
}
PLACE = "What it hangs together with"
FOLDED = ("How it is computed", PLACE)
"""Open where something is in them."""


@dataclass(frozen=True, slots=True)
class Form:
    portal: Portal
    actor: Actor
    term: Term | None
    """None: a new one."""
    terms: Sequence[Term]
    proposes: bool

    def key(self, name: str) -> str:
        what = "propose" if self.proposes else "form"
        return f"glossary_{what}_{self.term.id if self.term else 'new'}_{name}"

    def note(self, name: str, first: Any = None) -> Any:
        """What the form remembers beside its fields."""
        return st.session_state.setdefault(self.key(name), first)

    @property
    def title(self) -> str:
        if self.proposes:
            return "Propose a change" if self.term else "Propose a term"
        return "Edit the term" if self.term else "Add a term"

    @property
    def allowed(self) -> bool:
        if self.proposes:
            return may_propose(self.actor, self.term.platform_id if self.term else None)
        return may_curate(self.actor, self.term) if self.term else curates_something(self.actor)


def draw_form(portal: Portal, actor: Actor, id_: str | None, proposes: bool) -> None:
    read = cached_glossary.terms(portal, actor)
    terms = read.value or ()
    term = next((one for one in terms if one.id == id_), None)
    if id_ is not None and term is None:
        draw_missing(portal, read.error or "")
        return
    form = Form(portal, actor, term, terms, proposes)
    if not form.allowed:
        role = MATRIX[PROPOSE if proposes else CURATE][0].words
        feedback.empty("lock", "The glossary is written by its stewards and owners", f"This needs the role {role}.")
        return
    with st.container(key="crumb", horizontal=True, gap=None):
        st.page_link(GLOSSARY.path, label=GLOSSARY.title)
        st.html(f"<span>{esc(term.name if term else 'New')}</span>", width="content")
    st.html(f'<div class="head"><h1>{form.title}</h1></div>')
    with st.container(key="form"):
        left, right = st.columns([1.5, 1], gap="large")
        with left:
            answers, version = draw_fields(form)
            draw_send(form, answers, version)
        with right, st.container(key="term_preview"):
            st.html(preview_html(answers))


def draw_fields(form: Form) -> tuple[dict[str, Any], int]:
    version = form.note("version", form.term.version if form.term else 0)
    present: Mapping[str, Any] = form.note("opened", answers_of(form.term) if form.term else {})
    asked = {question.name: question for question in questions(form)}
    answers: dict[str, Any] = {}
    for title, names in PARTS.items():
        opened = title not in FOLDED or any(present.get(name) for name in names)
        with st.expander(title, expanded=opened, key=form.key(f"part_{names[0]}")):
            for name in names:
                answers[name] = draw_field(form, asked[name], present.get(name))
    if form.proposes:
        answers[WHY.name] = draw_field(form, WHY, None)
    return answers, version


def draw_field(form: Form, question: Question, value: Any) -> Any:
    problems: Mapping[str, str] = form.note("problems", {})
    people = cached_tickets.people(form.portal, form.actor).value or ()
    named = sorted({term.domain for term in form.terms if term.domain}) if question.name == "domain" else people
    return form_fields.ask(
        question, form.key(question.name), value, problems.get(question.name), people=people, teams=named
    )


def questions(form: Form) -> list[Question]:
    """As the glossary asks them, with what can be chosen here."""
    names = platform_names(form.portal, form.actor)
    chosen: dict[str, Mapping[str, Any]] = {name: {"choices": _terms(form, name)} for name in ASKED_RELATIONS}
    chosen["platform_id"] = {"shape": "choice", "choices": _platforms(form, names), "required": _must_belong(form)}
    chosen["domain"] = {"shape": "team"}
    return [replace(question, **chosen.get(question.name, {})) for question in QUESTIONS]


def _terms(form: Form, name: str) -> dict[str, str]:
    """Every other term in use; and what a file named that is no term yet."""
    own = form.term.targets(ASKED_RELATIONS[name]) if form.term else ()
    known = {
        term.id: f"{term.name} ({term.domain})" if term.domain else term.name
        for term in form.terms
        if term.state != "archived" and term != form.term
    }
    return dict.fromkeys(own, "") | {target: target for target in own if target not in known} | known


def _platforms(form: Form, names: Names) -> dict[str, str]:
    if form.proposes:
        return dict(names)
    present = form.term.platform_id if form.term else None
    return {id_: name for id_, name in names.items() if id_ == present or form.actor.may(CURATE, id_)}


def _must_belong(form: Form) -> bool:
    """Who curates one platform writes no terms for everybody."""
    everybodys = form.term is not None and form.term.platform_id is None
    return not (form.proposes or form.actor.may(CURATE) or everybodys)


def draw_send(form: Form, answers: Mapping[str, Any], version: int) -> None:
    if failed := form.note("failed", ""):
        with st.container(key="newer", horizontal=True, vertical_alignment="center"):
            feedback.banner("red", "sync_problem", "Not saved. Your text is kept.", failed)
            if form.term and form.term.version != version and not form.proposes:
                st.button("Save over it", key=form.key("again"), on_click=_catch_up, args=(form,))
    if form.note("problems", {}):
        st.html(form_fields.problem_html("Some fields need another look; it is said at each of them."))
    with st.container(key="send", horizontal=True, vertical_alignment="center", gap="small"):
        label = "Send the proposal" if form.proposes else "Save" if form.term else "Add as draft"
        pressed = st.button(label, key=form.key("send"), type="primary", shortcut="Ctrl+Enter")
        st.button("Cancel", key=form.key("cancel"), type="tertiary", on_click=_leave, args=(form,))
        if form.proposes:
            st.html('<span class="faint">Its steward and owners decide; you hear of it.</span>', width="content")
    if pressed:
        send(form, answers, version)


def preview_html(answers: Mapping[str, Any]) -> str:
    """As it will be read."""
    name, definition = str(answers.get("name") or ""), str(answers.get("definition") or "")
    first, rest = split_definition(definition)
    mark = f'<span class="chip acronym">{esc(answers["acronym"])}</span>' if answers.get("acronym") else ""
    words = "".join(chip(str(word)) for word in answers.get("synonyms") or ())
    more = "".join(user_html(text) for text in (rest, str(answers.get("notes") or "")) if text)
    body = user_html(first) if first else '<p class="quiet">The first sentence says it all; write it here.</p>'
    return (
        f'{section("How readers see it")}<div class="preview"><div class="head term"><h2 dir="auto">'
        f'{esc(name) or "A new term"}</h2>{mark}</div><div class="meaning">{body}<div class="exceptions">{more}</div>'
        f'</div><p class="chips">{words}</p><p class="hover">{icon("tooltip")}'
        f"In documents the first sentence stands in a card on the word.</p></div>"
    )


def send(form: Form, answers: Mapping[str, Any], version: int) -> None:
    st.session_state[form.key("problems")], st.session_state[form.key("failed")] = {}, ""
    try:
        said, target = _written(form, answers, version)
    except Refused as refused:
        st.session_state[form.key("problems")] = refused.at
    except PortalError as error:
        if isinstance(error, Conflict):
            cached_glossary.drop()
        st.session_state[form.key("failed")] = str(error)
    else:
        cached_glossary.drop()
        form_fields.forget(form.key(""))
        go_to(**target)
        st.toast(said, icon=":material/check:")
    st.rerun()


def _written(form: Form, answers: Mapping[str, Any], version: int) -> tuple[str, dict[str, str]]:
    """What to say, and where to go. Raises PortalError."""
    id_ = form.note("id", new_id(form.portal.clock()))
    if form.proposes:
        proposal = form.portal.proposals.propose(form.actor, id_, form.term.id if form.term else None, answers)
        return f"{proposal.title}: proposed", {"proposal": proposal.id}
    if form.term:
        term = form.portal.glossary.edit(form.actor, form.term.id, version, answers)
    else:
        term = form.portal.glossary.add(form.actor, id_, answers)
    return f"{term.name}: saved", {"term": term.id}


def _catch_up(form: Form) -> None:
    """A callback: what is typed here is to replace what the other wrote."""
    assert form.term is not None, "only what exists can have been changed"
    st.session_state[form.key("version")], st.session_state[form.key("failed")] = form.term.version, ""


def _leave(form: Form) -> None:
    """A callback."""
    form_fields.forget(form.key(""))
    go_to(**({"term": form.term.id} if form.term else {}))
