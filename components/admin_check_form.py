"""One check: its limits, severity and rhythm, who looks after it, and what the last 30 days would have looked like."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Any
from zoneinfo import available_timezones

import streamlit as st

from components import session
from components.admin_calendar import calendar_values, draw_calendar
from components.admin_form import EntryForm, Typed, Values, catch_up, draw_send, judged, title
from components.admin_history import draw_history, edits_of
from components.admin_replay import draw_replay
from components.form_fields import PERSISTENT, problem_html
from components.markup import esc, icon
from components.moments import Here
from components.promise import days
from data.errors import Refused
from data.people.model import Actor
from data.portal import Portal
from data.status import words
from data.status.board import CheckView
from data.status.forms import typed_check
from data.status.learned import MIN_SAMPLES
from data.status.limits import LABELS, TIMED, fields_of, with_limits
from data.status.model import Band, Check, Deadline, Platform, Severity
from data.tickets.answers import Question

MINUTE = timedelta(minutes=1)
EVERY = tuple(timedelta(minutes=n) for n in (1, 5, 10, 15, 30, 60, 120, 360, 720, 1440))
ROOM = 1.2
"""A limit proposed from what is usual leaves a fifth more than its upper end."""
KEPT = "Past results keep the version that judged them; only new results use the next."
OWNER = Question("owner", "Owner", "line", required=False, help="None: the owner of the platform.")
RUNBOOK = Question("runbook", "Runbook", "line", required=False, help="The address of what to do when it fails.")
OPENS = "Earlier data is that of the day before. Later than the deadline: on the evening before it."
STATES = {"active": "On", "disabled": "Off"}
MORE = ("owner", "runbook", "state", "own_days", "weekdays", "holidays")
"""The fields of the second half."""


def draw_check(portal: Portal, actor: Actor, view: CheckView, platform: Platform) -> None:
    form, here = EntryForm("check", view.check), Here(portal.clock(), session.zone())
    edits = edits_of(portal, actor, "check", view.check.id).value or ()
    last = f", {edits[0].actor}, {here.clock(edits[0].at)}" if edits else ""
    line = f"{platform.name} · {view.check.mode} · version {view.check.version}{last}"
    st.html(title(view.check.name, line))
    left, right = st.columns([34, 66], gap="large")
    with left:
        answers = draw_fields(form, platform, view.band)
        typed = judged(form, typed_check, answers)
        catch_up(form, typed, check_values)
        draw_send(form, typed, partial(_save, portal, actor, form, typed))
        st.html(f'<p class="faint">{KEPT}</p>')
    with right:
        draw_replay(portal, actor, form.base, typed.wanted, view.band, here)
        draw_history(portal, actor, "check", view.check.id)


def _save(portal: Portal, actor: Actor, form: EntryForm[Check], typed: Typed[Check], reason: str) -> Check:
    return portal.status.editor.edit(actor, typed_check(form.base, typed.answers), reason)


def check_values(check: Check) -> Values:
    """What the fields begin with."""
    due = check.deadline
    return {
        **{name: _shown(check, name) for name in fields_of(check)},
        "severity": check.severity, "every": check.every, "owner": check.owner, "runbook": check.runbook,
        "state": check.state, "own_days": check.calendar is not None, **calendar_values(check.days),
        **({"by": due.by, "opens": due.opens, "timezone": due.timezone} if due else {}),
    }  # fmt: skip


def draw_fields(form: EntryForm[Check], platform: Platform, band: Band | None) -> Values:
    check = form.base
    due = draw_deadline(form, check.deadline) if check.deadline else None
    limits = draw_limits(form)
    draw_learned(form, band)
    with st.container(key="check_how", horizontal=True, gap="small"):
        severity = st.selectbox(
            "Severity", list(Severity), index=list(Severity).index(check.severity), key=form.key("severity"),
            format_func=str.capitalize, **PERSISTENT,
        )  # fmt: skip
        offered = sorted({*EVERY, check.every})
        every = st.selectbox(
            "Checked every", offered, index=offered.index(check.every), key=form.key("every"),
            format_func=words.duration, **PERSISTENT,
        )  # fmt: skip
    wrong = any(name in form.note("problems", {}) for name in MORE)
    with st.expander("Calendar, owner and runbook", expanded=wrong or check.state == "disabled"):
        more = draw_more(form, platform)
    return {"limits": limits, "severity": severity, "every": every, "deadline": due, **more}


def draw_more(form: EntryForm[Check], platform: Platform) -> Values:
    check = form.base
    as_it = f"As {platform.name}: {days(platform.calendar)}"
    own = st.toggle("Days of its own", value=check.calendar is not None, key=form.key("own_days"), help=as_it,
                    **PERSISTENT)  # fmt: skip
    if own:
        calendar: Values | None = draw_calendar(form, check.days)
    else:
        calendar = None
        st.html(f'<p class="faint">{esc(as_it)}</p>')
    answers = {question.name: form.ask(question, getattr(check, question.name)) for question in (OWNER, RUNBOOK)}
    state = st.segmented_control(
        "Watched", list(STATES), default=check.state, key=form.key("state"), format_func=STATES.__getitem__,
        required=True, help="Off: shown as off, counted nowhere, opens no incident.", **PERSISTENT,
    )  # fmt: skip
    return {**answers, "state": form.below("state", state), "calendar": calendar}


def draw_deadline(form: EntryForm[Check], due: Deadline) -> Values:
    with st.container(key="check_due", horizontal=True, gap="small"):
        by = st.time_input("Ready by", value=due.by, key=form.key("by"), step=300, **PERSISTENT)
        opens = st.time_input(
            "Counts from", value=due.opens, key=form.key("opens"), step=300, help=OPENS, **PERSISTENT,
        )  # fmt: skip
    form.below("by", by)
    form.below("opens", opens)
    zones = sorted({*available_timezones(), due.timezone})
    zone = st.selectbox("Time zone", zones, index=zones.index(due.timezone), key=form.key("timezone"), **PERSISTENT)
    return {"by": by, "opens": opens, "timezone": form.below("timezone", zone)}


def draw_limits(form: EntryForm[Check]) -> Mapping[str, Any]:
    """Times for times, plain numbers else; None: without this limit."""
    names, found = fields_of(form.base), {}
    for pair in (names[n : n + 2] for n in range(0, len(names), 2)):
        with st.container(key=f"limits_{pair[0]}", horizontal=True, gap="small"):
            for name in pair:
                found[name] = _limit(form, name)
    try:
        with_limits(form.base, found, form.base.severity, form.base.every)
    except Refused as refused:
        for problem in refused.at.values():
            st.html(problem_html(problem))
    return found


def _limit(form: EntryForm[Check], name: str) -> Any:
    first, key = _shown(form.base, name), form.key(name)
    if name not in TIMED:
        return st.number_input(LABELS[name], value=first, key=key, **PERSISTENT)
    typed = st.number_input(
        f"{LABELS[name]} (minutes)", value=first, min_value=0.0, max_value=525_600.0, step=5.0, format="%g", key=key,
        **PERSISTENT,
    )  # fmt: skip
    return None if typed is None else timedelta(seconds=round(typed * 60))


def _shown(check: Check, name: str) -> float | None:
    stored = getattr(check.thresholds, name)
    return stored / MINUTE if isinstance(stored, timedelta) else stored


def draw_learned(form: EntryForm[Check], band: Band | None) -> None:
    """What is usual, and a limit that leaves it room."""
    if band is None or band.samples < MIN_SAMPLES or "warn_after" not in fields_of(form.base) or form.base.deadline:
        return
    proposed = -(-band.high_s * ROOM // 300) * 5
    usual = f"{words.duration(band.median_s)}, at most {words.duration(band.high_s)}"
    with st.container(key="learned", border=True, gap="small"):
        st.html(f"{icon('auto_awesome')} <b>Learned from six weeks:</b> usually {usual}.")
        st.button(f"Use {proposed:g} minutes", key="check_use", type="tertiary", on_click=_use, args=(form, proposed))


def _use(form: EntryForm[Check], minutes: float) -> None:
    st.session_state[form.key("warn_after")] = minutes
