"""What the last 30 days would have looked like: four sums, the worst of each day, and the days that would change."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import streamlit as st

from components import feedback
from components.charts import reads
from components.markup import esc, icon, pill, section, table
from components.moments import Here, long_day
from components.replay_chart import replay_figure
from components.theme import palette
from data import cached
from data.cached import tickets as cached_tickets
from data.errors import Unavailable
from data.people.model import Actor
from data.portal import Portal
from data.status.model import Band, Check
from data.status.replay import DAYS, Day, Replay, replay
from data.tickets.kinds import INCIDENT_KIND
from data.tickets.model import Query, Ticket

MOST = 200
CHANGED = 8


def draw_replay(portal: Portal, actor: Actor, was: Check, wanted: Check, band: Band | None, here: Here) -> None:
    with feedback.panel("The preview"):
        looks = cached.looks(portal, actor, was.id).value or ()
        note = f"{len(looks):,} results, judged again for this preview only"
        st.html(section(f"What the last {DAYS} days would have looked like", note))
        if not looks:
            feedback.empty("query_stats", "Nothing was seen of it yet", "The preview needs results to judge again.")
            return
        found = replay(was, wanted, looks, band, portal.status.rules.zone)
        tickets = incidents(portal, actor, was, here.now)
        st.html(boxes_html(found, tickets, here.now))
        colours = palette(dark=st.context.theme.type == "dark")
        figure = replay_figure(was, wanted, found.days, band, colours)
        alt = f"The worst value of each of the last {DAYS} days. The table below tells of the days that would change."
        st.plotly_chart(figure, theme=None, config={"displayModeBar": False}, key="replay", alt=alt)
        st.html(days_html(found.days, was, wanted, tickets, portal.status.rules.zone))


def incidents(portal: Portal, actor: Actor, check: Check, now: datetime) -> tuple[Ticket, ...]:
    """Of this check, that began in these days."""
    query = Query(kind=INCIDENT_KIND.name, asset=check.id, sort="created", size=MOST)
    page = cached_tickets.page(portal, actor, query)
    if page.value is None:
        raise Unavailable(page.error or "Its incidents cannot be read now.")
    return tuple(ticket for ticket in page.value.tickets if ticket.created_at >= now - timedelta(days=DAYS))


def boxes_html(found: Replay, tickets: Sequence[Ticket], now: datetime) -> str:
    spans = [(ticket.created_at, ticket.stopped_at or now) for ticket in tickets]
    before, after, minute = found.before, found.after, timedelta(minutes=1)
    sums = (
        ("Times late", before.late, after.late),
        ("Times down", before.down, after.down),
        ("Minutes not green", round(before.not_green / minute), round(after.not_green / minute)),
        ("Real incidents missed", found.missed(spans, before=True), found.missed(spans)),
    )
    return f'<div class="sums">{"".join(_box(*one) for one in sums)}</div>'


def _box(name: str, before: int, after: int) -> str:
    return (
        f'<div><span>{esc(name)}</span><p><b>{after:,}</b> <span class="faint">was {before:,}</span></p>'
        f"{_difference(after - before)}</div>"
    )


def _difference(more: int) -> str:
    if more == 0:
        return '<p class="faint">no change</p>'
    mark, word, hue = ("arrow_upward", "more", "red") if more > 0 else ("arrow_downward", "fewer", "green")
    return f'<p class="{hue}">{icon(mark, "ink")} {abs(more):,} {word}</p>'


def days_html(days: Sequence[Day], was: Check, wanted: Check, tickets: Sequence[Ticket], zone: ZoneInfo) -> str:
    """The newest first: those with another verdict, and those with an incident."""
    keys = {ticket.created_at.astimezone(zone).date(): ticket.key for ticket in tickets}
    told = [day for day in reversed(days) if day.before is not day.after or day.day in keys][:CHANGED]
    if not told:
        return '<p class="quiet">No day would have had another verdict.</p>'
    heads = ("Day", "Worst", f"Version {was.version} said", f"Version {was.version + 1} would say", "Incident")
    return table(heads, [_cells(day, wanted, keys.get(day.day)) for day in told])


def _cells(day: Day, check: Check, key: str | None) -> tuple[str, ...]:
    worst = "" if day.worst is None else esc(reads(check)(day.worst))
    return (esc(long_day(day.day)), worst, pill(day.before), pill(day.after), esc(key or "none"))
