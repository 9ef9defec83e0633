"""The form of one platform or check: what is typed stays until it is saved, and nobody is run over."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import streamlit as st

from components import session
from components.feedback import banner
from components.form_fields import PERSISTENT, ask, forget, problem_html
from components.markup import esc, plain
from data import cached
from data.errors import Conflict, PortalError, Refused
from data.status.model import Check, Platform
from data.tickets.answers import Question

E = TypeVar("E", Platform, Check)
Values = Mapping[str, Any]
REASON = Question("reason", "Reason for the change", "line")


@dataclass(frozen=True, slots=True)
class EntryForm(Generic[E]):
    """Each round of it has fields of its own; they begin with `base`, the version that the form was opened with."""

    thing: str
    stored: E

    @property
    def _name(self) -> str:
        return f"{self.thing}_{self.stored.id or 'new'}"

    def note(self, name: str, first: Any) -> Any:
        return st.session_state.setdefault(f"{self._name}_{name}", first)

    def remember(self, name: str, value: Any) -> None:
        st.session_state[f"{self._name}_{name}"] = value

    def key(self, name: str) -> str:
        return f"{self._name}_{self.note('round', 0)}_{name}"

    @property
    def base(self) -> E:
        base: E = self.note("base", self.stored)
        return base

    def ask(self, question: Question, value: Any = None) -> Any:
        return self.below(question.name, ask(question, self.key(question.name), value))

    def below(self, name: str, answer: Any) -> Any:
        """Under a field: what was wrong with this answer when it was sent."""
        words, about = self.note("problems", {}).get(name, ("", None))
        if words and about == answer:
            st.html(problem_html(words))
        return answer

    def refuse(self, problems: Mapping[str, str], answers: Values) -> None:
        flat = dict(answers)
        for given in answers.values():
            flat |= given if isinstance(given, Mapping) else {}
        self.remember("problems", {name: (words, flat.get(name)) for name, words in problems.items()})
        self.remember("failed", " ".join(words for name, words in problems.items() if name not in flat))

    def begin(self, base: E) -> None:
        """Empty fields again, over this version."""
        again = self.note("round", 0) + 1
        forget(f"{self._name}_")
        self.remember("round", again)
        self.remember("base", base)

    def rebase(self, values: Callable[[E], Values]) -> None:
        """A callback: what was typed here stays, all else becomes as the other has saved it."""
        before = values(self.base)
        typed = {name: st.session_state.get(self.key(name), first) for name, first in before.items()}
        reason = st.session_state.get(self.key("reason"), "")
        self.begin(self.stored)
        for name, value in typed.items():
            if value != before[name]:
                st.session_state[self.key(name)] = value
        st.session_state[self.key("reason")] = reason


def title(name: str, line: str) -> str:
    return f'<div class="head"><h1>{esc(name)}</h1></div><p class="sub-head">{esc(line)}</p>'


@dataclass(frozen=True, slots=True)
class Typed(Generic[E]):
    """`wanted`: what the answers make, or the version below while they make nothing sound."""

    answers: Values
    wanted: E
    touched: bool


def judged(form: EntryForm[E], make: Callable[[E, Values], E], answers: Values) -> Typed[E]:
    try:
        wanted = make(form.base, answers)
    except Refused:
        return Typed(answers, form.base, touched=True)
    return Typed(answers, wanted, touched=wanted != form.base)


def catch_up(form: EntryForm[E], typed: Typed[E], values: Callable[[E], Values]) -> None:
    """Somebody saved while the form was open: an untouched one follows, a touched one says so."""
    if form.stored.version <= form.base.version:
        return
    if not typed.touched:
        form.begin(form.stored)
        st.rerun()
    with st.container(key="newer", horizontal=True, vertical_alignment="center"):
        banner("orange", "sync_problem", "Somebody was faster.", f"Version {form.stored.version} was saved meanwhile.")
        st.button(f"Keep mine, over version {form.stored.version}", key=form.key("rebase"), on_click=form.rebase,
                  args=(values,))  # fmt: skip


def draw_send(form: EntryForm[E], typed: Typed[E], save: Callable[[str], E], label: str = "") -> None:
    """`save` takes the reason. What it refuses is told at the field, all else above the button."""
    reason = form.ask(REASON)
    if failed := form.note("failed", ""):
        banner("red", "error", "Not saved. What you typed is kept.", failed)
    with st.container(key="send", horizontal=True, vertical_alignment="center", gap="small"):
        pressed = st.button(
            label or f"Save as version {form.base.version + 1}", key=f"{form.thing}_save", type="primary",
            disabled=not typed.touched, help=None if typed.touched else "Nothing is changed yet.",
        )  # fmt: skip
        st.button("Discard", key=f"{form.thing}_discard", type="tertiary", on_click=form.begin, args=(form.stored,),
                  disabled=not typed.touched)  # fmt: skip
    if pressed:
        _send(form, {**typed.answers, "reason": reason}, save)


def _send(form: EntryForm[E], answers: Values, save: Callable[[str], E]) -> None:
    form.remember("failed", "")
    try:
        saved = save(answers["reason"] or "")
    except Refused as refused:
        form.refuse(refused.at, answers)
    except PortalError as error:
        if isinstance(error, Conflict):
            cached.drop()
        form.remember("failed", str(error))
    else:
        cached.drop()
        form.begin(saved if form.stored.id else form.stored)
        st.toast(f"{plain(saved.name)} is at version {saved.version}.", icon=":material/check:")
    st.rerun()


def deed(name: str, do: Callable[[Any, Any, str], object], done: str) -> None:
    """A callback of a button with a reason beside it; `do` takes portal, actor and reason."""
    try:
        do(session.portal(), session.actor(), st.session_state.get(f"{name}_why") or "")
    except PortalError as error:
        if isinstance(error, Conflict):
            cached.drop()
        st.session_state[f"{name}_refused"] = "\n".join(getattr(error, "problems", ())) or str(error)
        return
    cached.drop()
    forget(f"{name}_")
    st.toast(done, icon=":material/check:")


def draw_deed(name: str, label: str, do: Callable[[Any, Any, str], object], done: str) -> None:
    st.text_input("Reason", key=f"{name}_why", placeholder="Reason", label_visibility="collapsed", **PERSISTENT)
    if problem := st.session_state.get(f"{name}_refused"):
        st.html(problem_html(problem))
    st.button(label, key=f"{name}_do", on_click=deed, args=(name, do, done))
