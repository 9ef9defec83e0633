"""What somebody is writing: kept in the session until it is sent, judged field by field, sent once.

The id is made when the form opens, so that two clicks, two tries or a time-out in between make one ticket.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from components import feedback
from components.form_fields import forget, problem_html
from components.moments import Here
from components.report import Affected
from data.cached import tickets as cached_tickets
from data.errors import PortalError
from data.people.model import Actor
from data.portal import Portal
from data.status.board import Tile
from data.tickets.answers import Question, Refused, checked
from data.tickets.ids import new_id
from data.tickets.kinds import Kind
from data.tickets.model import Draft

BESIDE = frozenset({"title", "body", "impact", "urgency", "platform_id"})
"""Answers that a ticket keeps in its head row, not among its fields."""


@dataclass(frozen=True, slots=True)
class Form:
    kind: Kind
    portal: Portal
    actor: Actor
    tiles: Sequence[Tile]
    here: Here
    template: str | None = None

    def key(self, name: str) -> str:
        return "_".join(filter(None, ("form", self.kind.name, self.template, name)))

    def note(self, name: str, value: Any = None) -> Any:
        """What the form remembers beside its fields; with a value, remembers it."""
        if value is not None:
            st.session_state[self.key(name)] = value
        return st.session_state.get(self.key(name))

    @property
    def id(self) -> str:
        return str(self.note("id") or self.note("id", new_id(self.portal.clock())))


@dataclass(slots=True)
class Typed:
    """What the form holds now; `problems` by the name of the field."""

    affected: Affected = field(default_factory=Affected)
    answers: dict[str, Any] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    """Labels of what has to be there and is not."""
    shown: set[str] = field(default_factory=set)
    """Whose problems have a place on the page."""
    files: list[tuple[str, bytes]] = field(default_factory=list)
    sensitive: bool = False


def take(form: Form, typed: Typed, question: Question, value: Any) -> None:
    """Keeps the answer and tells below its field what is wrong. Of what is only missing it tells after a first try."""
    typed.answers[question.name] = value
    typed.shown.add(question.name)
    problem = _refused(form, question, value)
    if problem is None:
        return
    typed.problems[question.name] = problem
    if not value:
        typed.missing.append(question.label.rstrip("?").lower())
    if value or form.note("tried"):
        st.html(problem_html(problem, question.label))


def _refused(form: Form, question: Question, value: Any) -> str | None:
    """By the rules that are known here, or by the portal for this very value."""
    try:
        checked((question,), {question.name: value})
    except Refused as refused:
        return refused.at[question.name]
    words, of = (form.note("refused") or {}).get(question.name, (None, None))
    return words if of == value else None


def without_prompt(text: str, prompt: str) -> str:
    """The lines of the skeleton that nobody filled in are not said."""
    untouched = {line.strip() for line in prompt.splitlines()}
    return "\n".join(line for line in text.splitlines() if line.strip() not in untouched).strip()


def send(form: Form, typed: Typed) -> None:
    """On success the address says what came of it; else the reason stands at its field or above the button."""
    form.note("tried", True)
    if typed.problems:
        st.rerun()
    try:
        opened = form.portal.tickets.open(form.actor, draft_of(form, typed), typed.files)
    except Refused as refused:
        form.note("refused", {name: (words, typed.answers.get(name)) for name, words in refused.at.items()})
        form.note("failed", " ".join(words for name, words in refused.at.items() if name not in typed.shown))
    except PortalError as error:
        form.note("failed", str(error))
    else:
        cached_tickets.drop()
        _leave(form, opened.ticket.key, opened.is_new)
    st.rerun()


def draft_of(form: Form, typed: Typed) -> Draft:
    more = {n: v for n, v in typed.answers.items() if n not in BESIDE and v not in (None, "", [])}
    return Draft(
        id=form.id, kind=form.kind.name, title=typed.answers.get("title") or "", body=typed.answers.get("body") or "",
        platform_id=typed.affected.platform_id, asset=typed.affected.asset, template=form.template, fields=more,
        impact=typed.answers.get("impact"), urgency=typed.answers.get("urgency"), sensitive=typed.sensitive,
    )  # fmt: skip


def draw_failure(form: Form) -> None:
    if failed := form.note("failed"):
        feedback.banner("red", "cloud_off", "Not sent. Your text is kept.", failed)


def _leave(form: Form, key: str, is_new: bool) -> None:
    if not is_new:
        st.toast("This was sent already: here it is.", icon=":material/info:")
    kept = {name: st.query_params[name] for name in ("new",) if name in st.query_params}
    st.query_params.from_dict(kept | {"sent": key})
    forget(form.key("id").removesuffix("id"))


def told(form: Form, names: Sequence[str]) -> Mapping[str, str]:
    """What the address says of these, unless it was taken over already: what was typed since then stays."""
    said = {name: st.query_params[name] for name in names if name in st.query_params}
    if not said or form.note("told") == said:
        return {}
    form.note("told", said)
    return said
