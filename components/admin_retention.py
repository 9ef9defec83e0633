"""How long what piles up is kept, what each needs it for, and how many rows there are."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, NamedTuple

import streamlit as st

from components.admin_setting import Form, Sheet
from components.feedback import banner
from components.markup import esc, section, table
from data.cached import knobs as cached_knobs
from data.errors import Refused
from data.retention import LONGEST, REPLAYED, RETENTION, WEEK, Retention

DAY = timedelta(days=1)


class Heap(NamedTuple):
    name: str
    table: str
    label: str
    needed: str


HEAPS = (
    Heap("results", "status_results", "Results of checks", "Charts, evidence, and the 30-day preview of limits."),
    Heap("runs", "ingestion_runs", "Runs of sources", "The Feeds page: when each source ran, and what failed."),
    Heap("deliveries", "deliveries", "Deliveries", "What was told to whom, and what could not be delivered."),
)
FOR_EVER = "Kept for ever: daily figures and strips, changes of state, tickets, messages and the audit trail."
GONE = "What is older is gone after the next night's upkeep and cannot be brought back."


def draw_fields(sheet: Sheet[Retention]) -> None:
    installed = Retention().by_table(sheet.portal.settings)
    for heap in HEAPS:
        sheet.number(
            heap.name, f"{heap.label} (days)", placeholder=f"{installed[heap.table] / DAY:g}, as installed",
            min_value=WEEK / DAY, max_value=LONGEST / DAY, step=1.0, width=260,
        )  # fmt: skip
        st.html(f'<p class="faint needs">{esc(heap.needed)}</p>')


def draw_beside(sheet: Sheet[Retention]) -> None:
    kept, now = sheet.value.by_table(sheet.portal.settings), sheet.base.value.by_table(sheet.portal.settings)
    numbers = cached_knobs.rows(sheet.portal)
    st.html(section("What that keeps"))
    if kept["status_results"] < REPLAYED:
        banner("yellow", "warning", "Less than 35 days of results.", "The 30-day preview of limits will have gaps.")
    rows = [(esc(heap.label), f"{kept[heap.table] / DAY:g} days", _count(numbers.value, heap)) for heap in HEAPS]
    st.html(table(("", "Kept", "Rows now"), rows))
    if numbers.error:
        st.html(f'<p class="quiet">{esc(numbers.error)}</p>')
    st.html(f'<p class="faint">{FOR_EVER}</p>')
    if any(kept[heap.table] < now[heap.table] for heap in HEAPS):
        banner("orange", "delete_forever", "This removes rows.", GONE)


def _count(numbers: Mapping[str, int] | None, heap: Heap) -> str:
    return "·" if numbers is None else f"{numbers[heap.table]:,}"


def typed_retention(retention: Retention) -> dict[str, Any]:
    return {heap.name: kept and kept / DAY for heap in HEAPS for kept in [getattr(retention, heap.name)]}


def retention_of(typed: Mapping[str, Any]) -> Retention:
    """Raises Refused."""
    wrong = {name: days for name, days in typed.items() if days is not None and not WEEK <= days * DAY <= LONGEST}
    if wrong:
        told = f"Please write from {WEEK / DAY:g} to {LONGEST / DAY:,g} days."
        raise Refused(dict.fromkeys(wrong, told))
    return Retention(**{name: None if days is None else days * DAY for name, days in typed.items()})


FORM = Form("retention", RETENTION, typed_retention, retention_of, draw_fields, draw_beside)
