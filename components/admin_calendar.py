"""The days on which data is owed, as fields: weekdays to press, holidays one a line."""

from __future__ import annotations

from typing import Any

import streamlit as st

from components.admin_form import EntryForm, Values
from components.form_fields import PERSISTENT
from data.status.fields import WEEKDAYS
from data.status.model import Calendar


def calendar_values(calendar: Calendar) -> Values:
    return {
        "weekdays": list(calendar.weekdays),
        "holidays": "\n".join(day.isoformat() for day in calendar.holidays),
    }


def draw_calendar(form: EntryForm[Any], calendar: Calendar) -> Values:
    """As `data.status.forms` takes it."""
    first = calendar_values(calendar)
    days = st.pills(
        "Days on which data is owed", WEEKDAYS, selection_mode="multi", default=first["weekdays"],
        key=form.key("weekdays"), format_func=str.title, **PERSISTENT,
    )  # fmt: skip
    form.below("weekdays", days)
    text = st.text_area(
        "But not on these days :gray[(optional)]", value=first["holidays"], key=form.key("holidays"), height=104,
        placeholder="2026-12-25\n2026-12-26", help="One date a line, for example 2026-12-25.", **PERSISTENT,
    )  # fmt: skip
    form.below("holidays", text)
    return {"weekdays": days, "holidays": text}
