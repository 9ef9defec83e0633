"""The audit browser: who did what, when, through which door and why; filters in the address, CSV of what they show."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import streamlit as st

from components import feedback, session
from components.markup import esc, table
from components.moments import Here
from components.promise import days
from data import cached
from data.audit.model import AuditEvent, Fields, TrailQuery
from data.cached import audit
from data.people.model import Actor
from data.portal import Portal
from data.status import words
from data.status.model import Calendar, Deadline

PAGE = 50
SPANS = {"24 hours": timedelta(days=1), "7 days": timedelta(days=7), "90 days": timedelta(days=90), "Ever": None}
USUAL = "7 days"
NOUNS = {
    "check": "check", "platform": "platform", "grant": "role", "ownership": "ownership", "ticket": "ticket",
    "message": "message", "roadmap_item": "roadmap item", "setting": "setting", "channel": "channel",
    "delivery": "delivery", "feed": "feed", "glossary_term": "term", "glossary_proposal": "proposal",
}  # fmt: skip
"""What the trail tells of, in the words of the page."""
SHOWN = "trail_pages"
LONGEST = 60
"""Characters of a value."""
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[.\d]*\+00:00$")


def draw_audit(portal: Portal, actor: Actor) -> None:
    query = draw_filters(portal, actor)
    pages = st.session_state.get(SHOWN, 1)
    told = audit.trail(portal, actor, query, pages * PAGE + 1)
    events = told.value or ()
    if told.error:
        feedback.banner("orange", "cloud_off", "The trail cannot be read now.", told.error)
    elif not events:
        feedback.empty("history", "Nothing was changed in this view", "Choose a longer time, or fewer filters.")
    if not events:
        return
    st.html(trail_html(events[: pages * PAGE], Here(portal.clock(), session.zone())))
    if len(events) > pages * PAGE:
        st.button("Load more", key="trail_more", type="tertiary", on_click=_more)


def draw_filters(portal: Portal, actor: Actor) -> TrailQuery:
    board = cached.board(portal, actor).value
    names = {tile.platform.id: tile.platform.name for tile in board.tiles} if board else {}
    with st.container(key="trail_filters", horizontal=True, gap="small", vertical_alignment="center"):
        person = st.text_input(
            "Who", placeholder="Who, as in the address", icon=":material/search:", key="who", bind="query-params",
            label_visibility="collapsed", width=240,
        )  # fmt: skip
        kind = st.selectbox(
            "What", list(NOUNS), index=None, placeholder="Everything", key="what", bind="query-params",
            format_func=lambda name: NOUNS[name].capitalize(), label_visibility="collapsed", width=150,
        )  # fmt: skip
        platform = st.selectbox(
            "Platform", list(names), index=None, placeholder="All platforms", key="platform", bind="query-params",
            format_func=lambda id_: names.get(id_, id_), label_visibility="collapsed", width=190,
        )  # fmt: skip
        span = st.segmented_control(
            "Since", list(SPANS), default=USUAL, required=True, key="since", bind="query-params",
            label_visibility="collapsed",
        )  # fmt: skip
        back = SPANS[str(span)]
        since = (portal.clock() - back).replace(second=0, microsecond=0) if back else None
        query = TrailQuery(person=person.strip() or None, object_type=kind, platform_id=platform, since=since)
        st.download_button(
            "Export CSV", partial(portal.audit.csv, actor, query), "audit.csv", "text/csv", key="trail_csv",
            icon=":material/download:", type="tertiary", on_click="ignore",
        )  # fmt: skip
    return query


def _more() -> None:
    st.session_state[SHOWN] = st.session_state.get(SHOWN, 1) + 1


def trail_html(events: Sequence[AuditEvent], here: Here) -> str:
    return table(("When", "Who", "What", "Change", "Why"), [_row(event, here) for event in events])


def _row(event: AuditEvent, here: Here) -> tuple[str, ...]:
    door = "" if event.door == "page" else f' <span class="faint">by {esc(event.door)}</span>'
    what = f"<b>{esc(deed(event))}</b> <code>{esc(short(event.object_id))}</code>"
    return (here.time(event.at), esc(event.actor) + door, what, changes(event, here), esc(event.reason or ""))


def deed(event: AuditEvent) -> str:
    """'change check', 'resolve ticket'."""
    noun = NOUNS.get(event.object_type, event.object_type)
    return f"{event.action.rpartition(':')[2].replace('_', ' ')} {noun}"


def changes(event: AuditEvent, here: Here) -> str:
    """'warn after 2 h → 1 h', as HTML; what was long is cut."""
    old, new = (
        {_name(key): _told(key, fields[key]) for key in fields} for fields in (event.old or {}, event.new or {})
    )
    return "<br>".join(_change(name, old, new, here) for name in {**old, **new})


def _change(name: str, old: Fields, new: Fields, here: Here) -> str:
    before, after = (short(value(side.get(name), here)) for side in (old, new))
    arrow = f"{esc(before)} \N{RIGHTWARDS ARROW} {esc(after)}" if name in old else esc(after)
    return f'<span class="faint">{esc(name.replace("_", " "))}</span> {arrow}'


def _name(name: str) -> str:
    return name.removesuffix("_s")


def _told(name: str, found: Any) -> Any:
    """Seconds as a length of time."""
    return words.duration(found) if name.endswith("_s") and isinstance(found, int) else found


def value(found: Any, here: Here) -> str:
    if isinstance(found, str) and _MOMENT.match(found):
        return here.clock(datetime.fromisoformat(found))
    if isinstance(found, list):
        return ", ".join(map(str, found)) or "none"
    if isinstance(found, str) and found.startswith('{"weekdays"'):
        return days(Calendar.model_validate_json(found))
    if isinstance(found, str) and found.startswith('{"by"'):
        due = Deadline.model_validate_json(found)
        return f"by {due.by:%H:%M} {due.timezone}, from {due.opens:%H:%M}"
    return "none" if found is None else "yes" if found is True else "no" if found is False else str(found)


def short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}\N{HORIZONTAL ELLIPSIS}"
