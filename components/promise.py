"""What was promised, in whose name, and how much of the month's patience is left."""

from __future__ import annotations

from collections.abc import Sequence

from components.charts import limits
from components.markup import counted, esc, facts
from components.moments import Here
from components.uptime_strip import percent
from data.audit.model import AuditEvent
from data.status import words
from data.status.board import BUDGET_DAYS, Budget, Tile, Uptime
from data.status.fields import WEEKDAYS
from data.status.model import Calendar, Check, Platform
from data.status.uptime import uptime

WORKING_DAYS = WEEKDAYS[:5]


def promise_html(check: Check, edits: Sequence[AuditEvent], here: Here) -> str:
    rows = [
        ("Promise", "<br>".join(map(esc, promises(check)))),
        ("Looked at", f"every {words.duration(check.every)}, {esc(check.source)}"),
        ("Rule", f"version {check.version}, {check.severity}"),
    ]
    return facts([*rows, ("Last edit", _edit(edits[0], here))] if edits else rows)


def promises(check: Check) -> list[str]:
    """Each promise as words: 'ready by 07:00 Europe/Berlin, working days', 'late after 8 h'."""
    said = [text for _, text, _ in limits(check)]
    if check.deadline is not None:
        said.insert(0, f"ready by {check.deadline.by:%H:%M} {check.deadline.timezone}, {days(check.days)}")
        t = check.thresholds
        said += [f"late {words.duration(t.warn_after)} after that"] if t.warn_after else []
        said += [f"down {words.duration(t.error_after)} after that"] if t.error_after else []
    return said or ["it answers"]


def days(calendar: Calendar) -> str:
    shown = ", ".join(day.title() for day in calendar.weekdays)
    named = {WEEKDAYS: "every day", WORKING_DAYS: "working days"}.get(calendar.weekdays, shown)
    return f"{named} but {counted(len(calendar.holidays), 'holiday')}" if calendar.holidays else named


def budget_html(tile: Tile) -> str:
    month = uptime(day for day in tile.strip.days[-BUDGET_DAYS:] if day)
    return facts([(f"{BUDGET_DAYS} days", _achieved(month, tile.budget.slo)), ("Budget", _budget(tile.budget))])


def _achieved(month: Uptime, slo: float) -> str:
    if month.percent is None:
        return f"not watched yet; promised {slo:g} %"
    return f"<b>{percent(month)}</b> of {slo:.2f} %"


def _budget(budget: Budget) -> str:
    if budget.left is None or budget.burn is None:
        return f"{words.duration(budget.left_ms / 1000)} of outage allowed"
    over = budget.left_ms < 0
    left = f"{words.duration(abs(budget.left_ms) / 1000)} {'over' if over else 'left'}"
    hue = "red" if over else "yellow" if budget.burn > 1 else "green"
    return f'<b class="{hue} ink">{left}, burning {budget.burn:.1f}×</b>'


def contact_html(platform: Platform, check: Check | None = None) -> str:
    owner = (check and check.owner) or platform.owner
    rows = [("Owner", esc(owner) if owner else "nobody named yet")]
    if platform.contact:
        rows.append(("Contact", _link(platform.contact)))
    return facts(rows)


def _link(contact: str) -> str:
    """Only addresses become links: other text could be any scheme."""
    plain_address = "@" in contact and " " not in contact and ":" not in contact
    return f'<a href="mailto:{esc(contact)}">{esc(contact)}</a>' if plain_address else esc(contact)


def _edit(event: AuditEvent, here: Here) -> str:
    reason = f": “{esc(event.reason)}”" if event.reason else ""
    return f"{esc(event.actor)}, {here.time(event.at)}{reason}"
