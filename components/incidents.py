"""Open incidents where the status is shown: one line on a tile, a list beside the tiles, buttons on the details."""

from __future__ import annotations

import streamlit as st

from components.markup import counted, esc, plain, section
from components.moments import Here
from components.navigation import TICKETS
from components.ticket_marks import person_name
from data.status.board import Board, OpenIncident
from data.tickets.kinds import INCIDENT_KIND

TO_SHOW = 5


def incident_words(first: OpenIncident, of: int = 1, with_key: bool = True) -> str:
    """'INC-7K2QF · 14 affected · bob is on it · 2 more', as HTML for a tile."""
    parts = [f"<b>{esc(first.key)}</b>"] if with_key else []
    if first.affected:
        parts.append(f"{first.affected:,} affected")
    parts.append(esc(f"{person_name(first.assignee)} is on it" if first.assignee else "not taken yet"))
    if of > 1:
        parts.append(f"{of - 1:,} more")
    return " · ".join(parts)


def draw_open_incidents(board: Board, here: Here) -> None:
    """The newest of each platform that the viewer sees, the newest first."""
    found = [(incident, tile.platform.name) for tile in board.tiles for incident in tile.incidents]
    if not found:
        return
    found.sort(key=lambda pair: pair[0].since, reverse=True)
    page = TICKETS[INCIDENT_KIND.name].page()
    with st.container(key="open_incidents", gap=None):
        st.html(section("Open incidents", counted(sum(tile.open_incidents for tile in board.tiles), "incident")))
        for incident, platform in found[:TO_SHOW]:
            st.page_link(page, label=plain(incident.title), query_params={"id": incident.key})
            st.html(_under(incident, platform, here))


def _under(incident: OpenIncident, platform: str, here: Here) -> str:
    word = INCIDENT_KIND.workflow.state(incident.state).label
    who = f"{person_name(incident.assignee)} is on it" if incident.assignee else "not taken yet"
    parts = [platform, f"{word}, {who}"]
    if incident.affected:
        parts.append(f"{incident.affected:,} affected")
    update = incident.next_update_at
    when = f"next update {here.time(update)}" if update and update > here.now else f"since {here.time(incident.since)}"
    return f'<p class="quiet under">{" · ".join(map(esc, parts))} · {when}</p>'
