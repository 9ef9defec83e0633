"""Service levels: what is promised per priority and when clocks run, beside what that means now and on a Friday."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import streamlit as st

from components.admin_setting import Form, Sheet
from components.form_fields import PERSISTENT, problem_html
from components.markup import esc, section, table
from components.ticket_sent import by_words
from data.errors import PortalError
from data.settings import zones
from data.status import words
from data.tickets.knobs import SLA
from data.tickets.sla import WEEKDAYS, Clocks, Policy
from data.tickets.typed import PRIORITIES, sla_of, typed_sla

DAYS = dict(zip(WEEKDAYS, ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"), strict=True))
KEPT = "Open tickets keep the promise they were given; only new tickets and new priorities get these."
LENGTHS = "Such as 30 min, 4 h or 2 days. A day is 8 h of working time, around the clock 24 h. Empty: no promise."
FRIDAY, LATE = 4, time(16, 30)


def draw_fields(sheet: Sheet[Policy]) -> None:
    with st.container(key="sla_targets", gap="small"):
        st.html(section("Targets", "in working time"))
        for priority in PRIORITIES:
            draw_target(sheet, priority)
    draw_calendar(sheet)
    with st.expander("When a clock begins to warn"), st.container(horizontal=True, gap="small"):
        with st.container(gap=None):
            sheet.number("warn_at", "Used up (%)", min_value=1.0, max_value=100.0, step=5.0)
        with st.container(gap=None):
            sheet.text("warn_before", "Or this long before", placeholder="15 min")


def draw_target(sheet: Sheet[Policy], priority: int) -> None:
    names = {f"p{priority}_first_reply": "First reply", f"p{priority}_resolution": "Resolution"}
    with st.container(key=f"target_{priority}", horizontal=True, gap="small", vertical_alignment="bottom"):
        st.html(f"<b>P{priority}</b>", width=28)
        for name, label in names.items():
            with st.container(gap=None, width=130):
                sheet.text(name, label, tell=False, **_how(priority))
        sheet.switch(f"p{priority}_around_the_clock", "Around the clock")
    for name, label in names.items():
        if told := sheet.problems.get(name):
            st.html(problem_html(f"{label}: {told}"))


def _how(priority: int) -> dict[str, Any]:
    """The labels stand over the first row only, as in a table."""
    first = {"help": LENGTHS} if priority == PRIORITIES[0] else {"label_visibility": "collapsed"}
    return {"placeholder": "None", **first}


def draw_calendar(sheet: Sheet[Policy]) -> None:
    st.html(section("Working hours"))
    known = sorted(zones())
    zone = sheet.typed["zone"]
    st.selectbox(
        "Time zone", known, index=known.index(zone) if zone in known else None, key=sheet.key("zone"), **PERSISTENT
    )
    sheet.problem("zone")
    with st.grid(columns=2, min_column_width=150, gap="small", key="week"):
        for day, name in DAYS.items():
            with st.container(gap=None):
                sheet.text(f"hours_{day}", name, placeholder="Free", help=HOURS if day == "mon" else None)
    sheet.problem("hours")
    st.text_area(
        "Holidays", value=sheet.typed["holidays"], key=sheet.key("holidays"), height=110,
        placeholder="2026-12-25\n2026-12-26", help="One day a line, as 2026-12-25.", **PERSISTENT,
    )  # fmt: skip
    sheet.problem("holidays")


HOURS = "Such as 09:00-17:00, or 08:00-12:00, 13:00-17:00. A night is two spans: 22:00-24:00, then 00:00-06:00."


def draw_beside(sheet: Sheet[Policy]) -> None:
    policy, now = sheet.value, sheet.here.now
    st.html(section("What that promises"))
    friday = next_friday(policy, now)
    for name, at in (("Reported now", now), (f"Reported on {words.stamp(friday, sheet.here.zone)}", friday)):
        st.html(f'<p class="of">{esc(name)}</p>{promises_html(sheet, policy, at)}')
    st.html(f'<p class="faint">{KEPT}</p>')


def next_friday(policy: Policy, now: datetime) -> datetime:
    """The next Friday at half past four, by the clock of the calendar."""
    zone = ZoneInfo(policy.calendar.zone)
    today = now.astimezone(zone).date()
    day = today + timedelta(days=(FRIDAY - today.weekday()) % 7 or 7)
    return datetime.combine(day, LATE, zone)


def promises_html(sheet: Sheet[Policy], policy: Policy, at: datetime) -> str:
    rows = []
    for priority in PRIORITIES:
        clocks = Clocks(at, policy.target(priority))
        try:
            due = (clocks.response_due(policy.calendar), clocks.resolution_due(policy.calendar, at))
        except PortalError as error:
            return f'<p class="problem" role="alert">{esc(str(error))}</p>'
        rows.append((f"<b>P{priority}</b>", *(esc(by_words(one, sheet.here)) if one else "·" for one in due)))
    return table(("", "First reply by", "Resolved by"), rows)


FORM = Form("sla", SLA, typed_sla, sla_of, draw_fields, draw_beside)
