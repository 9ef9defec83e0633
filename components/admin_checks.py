"""A check's limits: what they are, what the last 30 days would have looked like with others, and saving them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import streamlit as st

from components import session
from components.admin_history import draw_history
from components.admin_replay import draw_replay
from components.feedback import empty
from components.markup import esc, icon, plain, section
from components.moments import Here
from data import cached
from data.errors import PortalError
from data.people.model import Actor
from data.people.permissions import Permission
from data.portal import Portal
from data.status import words
from data.status.board import Board, CheckView
from data.status.learned import MIN_SAMPLES
from data.status.limits import LABELS, TIMED, fields_of, with_limits
from data.status.model import Check, Severity

MINUTE = timedelta(minutes=1)
EVERY = tuple(timedelta(minutes=n) for n in (1, 5, 10, 15, 30, 60, 120, 360, 720, 1440))
ROOM = 1.2
"""A limit proposed from what is usual leaves a fifth more than its upper end."""
REFUSED = "check_refused"
WHY = "check_why"
KEPT = "Past results keep the version that judged them; only new results use the next."


@dataclass(frozen=True, slots=True)
class Edited:
    """`problem`: why what is typed makes no check; then `wanted` is the check as it is."""

    view: CheckView
    wanted: Check
    problem: str | None

    @property
    def check(self) -> Check:
        return self.view.check


def draw_checks(portal: Portal, actor: Actor) -> None:
    board = cached.board(portal, actor).value
    views = editable(board, actor) if board else {}
    if not views:
        empty("tune", "There is no check for you to change", "Checks come from a checks.yaml; its owner changes them.")
        return
    chosen = st.query_params.get("check", "")
    st.selectbox(
        "Check", list(views), index=list(views).index(chosen) if chosen in views else None, key=f"choose_{chosen}",
        placeholder="Choose a check", format_func=lambda id_: plain(views[id_].check.name),
        label_visibility="collapsed", width=420, on_change=_choose, args=(f"choose_{chosen}",),
    )  # fmt: skip
    if chosen not in views:
        st.html(f'<p class="quiet">{len(views):,} checks are yours to change.</p>')
        return
    here = Here(portal.clock(), session.zone())
    left, right = st.columns([34, 66], gap="large")
    with left:
        edited = draw_form(portal, actor, views[chosen], here)
        draw_history(portal, actor, "check", chosen)
    with right:
        draw_replay(portal, actor, edited.check, edited.wanted, edited.view.band, here)


def _choose(key: str) -> None:
    st.query_params["check"] = st.session_state[key] or ""


def editable(board: Board, actor: Actor) -> Mapping[str, CheckView]:
    may = Permission.status_check_edit
    views = [view for tile in board.tiles if actor.may(may, tile.platform.id) for view in tile.checks]
    return {view.check.id: view for view in sorted(views, key=lambda view: view.check.name.lower())}


def draw_form(portal: Portal, actor: Actor, view: CheckView, here: Here) -> Edited:
    check = view.check
    edits = cached.edits(portal, actor, check.id).value or ()
    last = f", {esc(edits[0].actor)}, {here.time(edits[0].at)}" if edits else ""
    st.html(f"{section(check.name)}<p class='sub-head'>{esc(check.mode)} · version {check.version}{last}</p>")
    limits = draw_limits(check)
    with st.container(key="check_how", horizontal=True, gap="small"):
        severity = st.selectbox(
            "Severity", list(Severity), index=list(Severity).index(check.severity), key=f"severity_{_form(check)}",
            format_func=str.capitalize,
        )  # fmt: skip
        offered = sorted({*EVERY, check.every})
        every = st.selectbox(
            "Checked every", offered, index=offered.index(check.every), key=f"every_{_form(check)}",
            format_func=words.duration,
        )  # fmt: skip
    st.text_input("Reason for the change", key=WHY, placeholder="Monday loads take 70 minutes since October")
    edited = _edited(view, limits, severity, every)
    draw_learned(check, view)
    if problem := edited.problem or st.session_state.get(REFUSED):
        st.html(f'<p class="problem" role="alert">{icon("error")}{esc(problem)}</p>')
    changed = edited.wanted != check
    st.button(
        f"Save as version {check.version + 1}", key="check_save", type="primary", on_click=_save, args=(edited.wanted,),
        disabled=bool(edited.problem) or not changed, help=None if changed else "Nothing is changed yet.",
    )  # fmt: skip
    st.html(f'<p class="faint">{KEPT}</p>')
    return edited


def _edited(view: CheckView, limits: Mapping[str, Any], severity: Severity | None, every: timedelta) -> Edited:
    try:
        return Edited(view, with_limits(view.check, limits, severity or view.check.severity, every), None)
    except PortalError as error:
        return Edited(view, view.check, str(error))


def _form(check: Check) -> str:
    """Fields of another version are other fields: they begin with what is stored."""
    return f"{check.id}_{check.version}"


def _key(check: Check, name: str) -> str:
    return f"limit_{name}_{_form(check)}"


def draw_limits(check: Check) -> dict[str, Any]:
    """Minutes for times, plain numbers else; empty: without this limit."""
    names, found = fields_of(check), {}
    for pair in (names[n : n + 2] for n in range(0, len(names), 2)):
        with st.container(key=f"limits_{pair[0]}", horizontal=True, gap="small"):
            for name in pair:
                found[name] = _limit(check, name)
    return found


def _limit(check: Check, name: str) -> Any:
    stored = getattr(check.thresholds, name)
    if name not in TIMED:
        return st.number_input(LABELS[name], value=stored, key=_key(check, name))
    minutes = None if stored is None else stored / MINUTE
    typed = st.number_input(
        f"{LABELS[name]} (minutes)", value=minutes, min_value=0.0, max_value=525_600.0, step=5.0, format="%g",
        key=_key(check, name),
    )  # fmt: skip
    return None if typed is None else typed * MINUTE


def draw_learned(check: Check, view: CheckView) -> None:
    """What is usual, and a limit that leaves it room."""
    band = view.band
    if band is None or band.samples < MIN_SAMPLES or "warn_after" not in fields_of(check) or check.deadline:
        return
    proposed = -(-band.high_s * ROOM // 300) * 5
    usual = f"{words.duration(band.median_s)}, at most {words.duration(band.high_s)}"
    with st.container(key="learned", border=True, gap="small"):
        st.html(f"{icon('auto_awesome')} <b>Learned from six weeks:</b> usually {usual}.")
        st.button(f"Use {proposed:g} minutes", key="check_use", type="tertiary", on_click=_use, args=(check, proposed))


def _use(check: Check, minutes: float) -> None:
    st.session_state[_key(check, "warn_after")] = minutes


def _save(wanted: Check) -> None:
    st.session_state.pop(REFUSED, None)
    try:
        saved = session.portal().status.editor.edit(session.actor(), wanted, st.session_state[WHY])
    except PortalError as error:
        st.session_state[REFUSED] = str(error)
        return
    cached.drop()
    st.session_state[WHY] = ""
    st.toast(f"{plain(saved.name)} is at version {saved.version}.", icon=":material/check:")
