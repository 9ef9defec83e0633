"""The front page as it was: the moment in the address (`?as_of=`), how to choose one, what says that it is not now."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import streamlit as st

from components import feedback
from components.moments import Here
from components.navigation import AS_OF, STATUS
from data.errors import Invalid
from data.status.past import EARLIEST

STEPS = {"−1 d": timedelta(days=-1), "−1 h": timedelta(hours=-1), "+1 h": timedelta(hours=1), "+1 d": timedelta(days=1)}
NO_MOMENT = "The address names no moment; write for example as_of=2026-11-24T08:40."


def moment(text: str, here: Here) -> datetime:
    """Without a zone, it is as the viewer's clocks show it. Raises Invalid for what is no moment."""
    try:
        told = datetime.fromisoformat(text)
    except ValueError:
        raise Invalid(NO_MOMENT) from None
    return told if told.tzinfo else told.replace(tzinfo=here.zone)


def address(at: datetime) -> dict[str, str]:
    return {AS_OF: f"{at.astimezone(UTC):%Y-%m-%dT%H:%MZ}"}


def draw_earlier(here: Here) -> None:
    """A small menu: which moment to look at."""
    menu = st.popover("Earlier", icon=":material/history:", type="tertiary", key="earlier", on_change="rerun")
    if not menu.open:
        return
    with menu:
        st.caption("See this page as it was.")
        now = here.now.astimezone(here.zone)
        left, right = st.columns(2)
        day = left.date_input("Day", now.date(), min_value=EARLIEST.date(), max_value=now.date(), key="earlier_day")
        time = right.time_input("Time", now.time().replace(second=0, microsecond=0), step=300, key="earlier_time")
        if day and time:
            chosen = min(datetime.combine(day, time, here.zone), here.now)
            st.page_link(STATUS.page(), label="Show", icon=":material/arrow_forward:", query_params=address(chosen))


def draw_bar(at: datetime, now: datetime, here: Here) -> None:
    """What is shown, steps in both directions, and the way back."""
    with st.container(key="past"):
        then = Here(now, here.zone)
        feedback.banner("blue", "history", f"As it was on {_said(at, then)}.", "Names and limits are those of today.")
        with st.container(key="past_steps", horizontal=True, gap="small"):
            for label, step in STEPS.items():
                to = at + step
                st.button(label, key=f"past{label}", disabled=not EARLIEST <= to <= now, on_click=go, args=(to,))
            _draw_back()


def go(to: datetime) -> None:
    """A callback: a link to the page one is on would not change what the browser shows as its address."""
    st.query_params.update(address(to))


def _draw_back() -> None:
    st.button("Back to now", key="past_back", icon=":material/update:", on_click=st.query_params.clear)


def _said(at: datetime, here: Here) -> str:
    """'24 Nov 08:40', with the year when it is another one."""
    local = at.astimezone(here.zone)
    year = f" {local.year}" if local.year != here.now.astimezone(here.zone).year else ""
    return f"{local.day} {local:%b}{year} {local:%H:%M}"


def told(draw: Callable[[], None]) -> None:
    """What is wrong with the moment instead of the page, with the way back."""
    try:
        draw()
    except Invalid as problem:
        feedback.empty("history_toggle_off", "This moment cannot be shown", str(problem))
        _draw_back()
