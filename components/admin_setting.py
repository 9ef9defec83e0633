"""A form over one setting: what it began with, what is typed, what that makes; saved as a whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import streamlit as st

from components import session
from components.admin_history import draw_history
from components.feedback import banner
from components.form_fields import PERSISTENT, forget, problem_html
from components.moments import Here
from data import cached
from data.cached import knobs as cached_knobs
from data.errors import Conflict, PortalError, Refused, Unavailable
from data.knobs import Knob, Turned
from data.people.model import Actor
from data.portal import Portal

T = TypeVar("T")
Typed = Mapping[str, Any]
LIVE: Any = {"live": "400ms", **PERSISTENT}
NOT_YET = "This is what is stored, until what is typed makes sense."
UNREADABLE = "What is stored cannot be read, so the default counts."


@dataclass(frozen=True, slots=True)
class Form(Generic[T]):
    """`typed` and `value` are each other's way back; `value` raises Refused. `beside` shows what is typed at work."""

    slug: str
    knob: Knob[T]
    typed: Callable[[T], dict[str, Any]]
    value: Callable[[Typed], T]
    fields: Callable[[Sheet[T]], None]
    beside: Callable[[Sheet[T]], None]

    def note(self, name: str) -> str:
        """Session: a fact about the form."""
        return f"{self.slug}:{name}"

    @property
    def reason(self) -> str:
        """Session: why, whatever becomes of the fields."""
        return f"{self.slug}_reason"

    @property
    def prefix(self) -> str:
        """Of the fields' keys: after a new start they are other fields."""
        return f"{self.slug}_{st.session_state.get(self.note('start'), (0,))[0]}_"

    def start(self, base: Turned[T], typed: Typed | None = None) -> None:
        """From `base`, with `typed` in the fields (None: as it is)."""
        state = st.session_state
        number = state.get(self.note("start"), (0,))[0]
        forget(self.prefix)
        state.pop(self.note("refused"), None)
        state[self.note("start")] = (number + 1, base, typed or self.typed(base.value))


@dataclass(frozen=True, slots=True)
class Sheet(Generic[T]):
    """`wanted`: what is typed, or None while it makes no sense; `problems` by field."""

    form: Form[T]
    portal: Portal
    actor: Actor
    here: Here
    base: Turned[T]
    typed: Typed
    wanted: T | None
    problems: Mapping[str, str]

    def key(self, name: str) -> str:
        return f"{self.form.prefix}{name}"

    @property
    def value(self) -> T:
        """What to show at work."""
        return self.base.value if self.wanted is None else self.wanted

    @property
    def changed(self) -> bool:
        text = self.form.knob.text
        return self.wanted is None or bool(self.base.problem) or text(self.wanted) != text(self.base.value)

    def problem(self, name: str, label: str = "") -> None:
        if told := self.problems.get(name):
            st.html(problem_html(told, label))

    def text(self, name: str, label: str, *, tell: bool = True, **how: Any) -> None:
        """`tell`: what is wrong is told right below."""
        st.text_input(label, value=self.typed[name], key=self.key(name), **{**LIVE, **how})
        if tell:
            self.problem(name)

    def number(self, name: str, label: str, **how: Any) -> None:
        st.number_input(label, value=self.typed[name], key=self.key(name), **{"format": "%g", **PERSISTENT, **how})
        self.problem(name)

    def switch(self, name: str, label: str, **how: Any) -> None:
        st.toggle(label, value=self.typed[name], key=self.key(name), **{**PERSISTENT, **how})
        self.problem(name)


def draw_setting(form: Form[T], portal: Portal, actor: Actor) -> None:
    found = cached_knobs.turned(portal, actor, form.knob)
    if found.value is None:
        raise Unavailable(found.error or "The setting cannot be read now.")
    sheet = opened(form, portal, actor, found.value)
    with st.container(key="setting"):
        left, right = st.columns(2, gap="large")
        with left:
            draw_notes(sheet, found.value)
            form.fields(sheet)
            draw_foot(sheet)
        with right:
            with st.container(key="beside", gap="small"):
                form.beside(sheet)
                if sheet.wanted is None:
                    st.html(f'<p class="faint">{NOT_YET}</p>')
            draw_history(portal, actor, "setting", form.knob.key)


def opened(form: Form[T], portal: Portal, actor: Actor, newest: Turned[T]) -> Sheet[T]:
    """As it was left; where nothing was typed, as it stands now."""
    if form.note("start") not in st.session_state:
        form.start(newest)
    sheet = _sheet(form, portal, actor)
    if newest.stored != sheet.base.stored and not sheet.changed:
        form.start(newest)
        sheet = _sheet(form, portal, actor)
    return sheet


def _sheet(form: Form[T], portal: Portal, actor: Actor) -> Sheet[T]:
    """What is in the fields is judged before they are drawn, so that each can say what is wrong with it."""
    _, base, begun = st.session_state[form.note("start")]
    typed = {name: st.session_state.get(f"{form.prefix}{name}", first) for name, first in begun.items()}
    here, wanted, problems = Here(portal.clock(), session.zone()), None, {}
    try:
        wanted = form.value(typed)
    except Refused as refused:
        problems = refused.at
    told = st.session_state.get(form.note("refused"))
    if told and told[0] == typed:
        problems = {**told[1], **problems}
    return Sheet(form, portal, actor, here, base, begun, wanted, problems)


def draw_notes(sheet: Sheet[T], newest: Turned[T]) -> None:
    base = sheet.base
    if base.problem:
        banner("orange", "error", UNREADABLE, f"{base.problem}. Saving replaces it.")
    if newest.stored == base.stored:
        return
    banner("yellow", "sync_problem", f"{newest.by} changed this meanwhile.", "What you typed is still here.")
    with st.container(horizontal=True, key="meanwhile", gap="small"):
        st.button("Take theirs", key=f"{sheet.form.slug}_theirs", on_click=sheet.form.start, args=(newest,))
        st.button("Keep mine", key=f"{sheet.form.slug}_mine", on_click=_keep, args=(sheet, newest))


def draw_foot(sheet: Sheet[T]) -> None:
    form, changed = sheet.form, sheet.changed
    slug, text = form.slug, form.knob.text
    default = sheet.wanted is not None and text(sheet.wanted) == text(form.knob.default)
    st.text_input("Reason for the change", key=form.reason, placeholder="For the trail", **LIVE)
    sheet.problem("reason", "Reason")
    sheet.problem("")
    with st.container(horizontal=True, key="setting_foot", gap="small"):
        st.button(
            "Save", key=f"{slug}_save", type="primary", on_click=_save, args=(sheet,),
            disabled=sheet.wanted is None or not changed, help=None if changed else "Nothing is changed yet.",
        )  # fmt: skip
        st.button("Discard", key=f"{slug}_discard", on_click=form.start, args=(sheet.base,), disabled=not changed)
        st.button(
            "Back to the default", key=f"{slug}_default", type="tertiary", disabled=default,
            on_click=form.start, args=(sheet.base, form.typed(form.knob.default)),
        )  # fmt: skip


def _current(sheet: Sheet[T]) -> dict[str, Any]:
    return {name: st.session_state.get(sheet.key(name), first) for name, first in sheet.typed.items()}


def _keep(sheet: Sheet[T], newest: Turned[T]) -> None:
    """What was typed here beside what they changed elsewhere."""
    seen, theirs = sheet.form.typed(sheet.base.value), sheet.form.typed(newest.value)
    mine = _current(sheet)
    sheet.form.start(newest, {name: mine[name] if mine[name] != seen[name] else theirs[name] for name in seen})


def _save(sheet: Sheet[T]) -> None:
    """A callback: what was refused is told at its field, and nothing typed is lost."""
    form, typed = sheet.form, _current(sheet)
    try:
        wanted = form.value(typed)
        saved = session.portal().knobs.turn(session.actor(), sheet.base, wanted, st.session_state.get(form.reason, ""))
    except Refused as refused:
        st.session_state[form.note("refused")] = (typed, refused.at)
        return
    except PortalError as error:
        st.session_state[form.note("refused")] = (typed, {"": str(error)})
        if isinstance(error, Conflict):
            cached.drop()
        return
    cached.drop()
    form.start(saved)
    st.session_state[form.reason] = ""
    st.toast("Saved. It counts from now on.", icon=":material/check:")
