"""What curators do with an item: the moves of the table in a menu, and the dialog of those that ask for a word.

The dialog opens from the session, so that errors or somebody who was faster leave what was typed where it is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import streamlit as st

from components import feedback, form_fields, session
from components.markup import esc
from components.roadmap_address import go_to
from data.cached import roadmap as cached_roadmap
from data.errors import PortalError
from data.people.model import Actor
from data.people.permissions import Permission
from data.portal import Portal
from data.roadmap.model import Item
from data.roadmap.rules import move_named, moves_of
from data.roadmap.service import RoadmapService
from data.tickets.answers import Refused
from data.tickets.model import NOTHING, Answers

OPEN = "open_roadmap_step"
"""Session: the `Step` whose dialog is open."""
EDIT = "edit"
CURATE = Permission.roadmap_item_curate


@dataclass(frozen=True, slots=True)
class Step:
    item: Item
    """As it was when the dialog opened: its version guards against who was faster."""
    move: str
    place: str
    """The `?id=` of the page that asks."""
    problem: str = ""
    stopped: str = ""

    @property
    def key(self) -> str:
        return f"roadmap_{self.item.id}_{self.move}_"


def may_curate(actor: Actor, platform_id: str | None) -> bool:
    return actor.may(CURATE, platform_id)


def curates_something(actor: Actor) -> bool:
    return actor.may(CURATE) or any(actor.may(CURATE, platform) for platform in actor.per_platform)


def draw_menu(item: Item, key: str, label: str, bare: bool = False) -> None:
    """Every move that fits, by mouse or keyboard. `bare`: only an icon; the label is for screen readers."""
    entries = {EDIT: ":material/edit: Edit"} | {m.name: f":material/{m.icon}: {m.label}" for m in moves_of(item)}
    st.menu_button(
        label, list(entries), key=key, format_func=entries.__getitem__, on_click=_chosen, args=(item, key),
        icon=":material/more_horiz:" if bare else None, type="tertiary" if bare else "secondary",
    )  # fmt: skip


def begin(item: Item, name: str) -> None:
    """A callback: asks first where the move asks something, else does it."""
    if name == EDIT:
        go_to(id=item.id, edit="1")
    elif move_named(name).asks:
        st.session_state[OPEN] = Step(item, name, st.query_params.get("id", ""))
    else:
        act(lambda roadmap, actor: roadmap.move(actor, item.id, item.version, name), f"{item.title}: done")


def act(deed: Callable[[RoadmapService, Actor], object], done: str = "") -> bool:
    """A callback's part, as `feedback.act`."""
    return feedback.act(lambda: deed(session.portal().roadmap, session.actor()), cached_roadmap.drop, done)


def draw_step(portal: Portal, actor: Actor) -> None:
    """The last thing a page draws: the dialog, when one is open."""
    step = st.session_state.get(OPEN)
    if not isinstance(step, Step):
        return
    if step.place != st.query_params.get("id", ""):
        _close()
        return
    move = move_named(step.move)
    st.dialog(move.label, icon=f":material/{move.icon}:", on_dismiss=_close)(_draw_question)(portal, actor)


def _draw_question(portal: Portal, actor: Actor) -> None:
    step = st.session_state.get(OPEN)
    if not isinstance(step, Step):
        st.rerun()
    move, (question,) = move_named(step.move), move_named(step.move).asks
    st.html(f'<p class="subject"><b dir="auto">{esc(step.item.title)}</b></p>')
    if step.stopped:
        feedback.banner("blue", "sync_problem", step.stopped, "")
        st.button("Reload", key=f"{step.key}reload", icon=":material/refresh:", on_click=_reload, args=(step,))
    said = form_fields.ask(question, f"{step.key}{question.name}", None, step.problem)
    icon = f":material/{move.icon}:"
    if st.button(move.label, key=f"{step.key}go", type="primary", icon=icon, shortcut="Ctrl+Enter"):
        _do(portal, actor, step, {question.name: said})


def _do(portal: Portal, actor: Actor, step: Step, answers: Answers = NOTHING) -> None:
    try:
        portal.roadmap.move(actor, step.item.id, step.item.version, step.move, answers)
    except Refused as refused:
        st.session_state[OPEN] = replace(step, problem=next(iter(refused.at.values())), stopped="")
        st.rerun()
    except PortalError as error:
        cached_roadmap.drop()
        st.session_state[OPEN] = replace(step, problem="", stopped=str(error))
        st.rerun()
    cached_roadmap.drop()
    _close()
    form_fields.forget(step.key)
    st.toast(f"{step.item.title}: done", icon=":material/check:")
    st.rerun()


def _reload(step: Step) -> None:
    """A callback: the item as it is now; what was typed stays in its field."""
    try:
        item = session.portal().roadmap.entry(session.actor(), step.item.id).item
    except PortalError as error:
        st.session_state[OPEN] = replace(step, stopped=str(error))
        return
    st.session_state[OPEN] = replace(step, item=item, problem="", stopped="")


def _close() -> None:
    st.session_state.pop(OPEN, None)


def _chosen(item: Item, key: str) -> None:
    if name := st.session_state.get(key):
        begin(item, name)
