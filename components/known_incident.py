"""A problem that is known already: said before anybody writes it again, with one click to be counted and told."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from components.form_fields import PERSISTENT
from components.incidents import incident_words
from components.markup import esc, icon, plain, state_icon
from components.moments import Here
from components.navigation import TICKETS
from components.report import Affected
from components.theme import LOOKS
from components.ticket_marks import person_name
from components.ticket_shown import act
from data.cached import tickets as cached_tickets
from data.people.model import Actor
from data.portal import Portal
from data.status.board import CheckView, OpenIncident
from data.tickets.kinds import INCIDENT_KIND, Kind

SHOWN = 2


def draw_known(portal: Portal, actor: Actor, kind: Kind, one: Affected, here: Here) -> None:
    """The open incidents of what is affected; without one, what the portal sees by itself."""
    for place, incident in enumerate(one.incidents[:SHOWN]):
        _draw_incident(portal, actor, kind, incident, one, here, first=place == 0)
    if not one.incidents and one.trouble:
        st.html(seen_html(one.trouble, here))


def _draw_incident(
    portal: Portal, actor: Actor, kind: Kind, incident: OpenIncident, one: Affected, here: Here, first: bool
) -> None:  # fmt: skip
    """Only the first has the primary button."""
    note_key = f"impact_{incident.id}"
    with st.container(key=f"known_{incident.key}", gap="small"):
        st.html(known_html(one, incident, here))
        counted = incident.id in (cached_tickets.my_votes(portal, actor).value or ())
        if not counted:
            st.text_input(
                "What it stops you from doing", placeholder="What it stops you from doing (optional)", key=note_key,
                label_visibility="collapsed", **PERSISTENT,
            )  # fmt: skip
        with st.container(key=f"known_row_{incident.key}", horizontal=True, vertical_alignment="center"):
            draw_me_too(incident.id, counted, note_key, primary=first)
            st.page_link(
                TICKETS[kind.name].path, label=f"Open {incident.key}", query_params={"id": incident.key},
                icon=":material/open_in_new:",
            )  # fmt: skip
            if first:
                st.html('<span class="faint">or describe something else below</span>', width="content")


def draw_known_here(portal: Portal, actor: Actor, incidents: Sequence[OpenIncident]) -> None:
    """On the details: what is told already, with Me too; more than a few are left to the list."""
    kind = INCIDENT_KIND
    mine = cached_tickets.my_votes(portal, actor).value or frozenset()
    for incident in incidents[:SHOWN]:
        with st.container(key=f"known_here_{incident.key}", horizontal=True, vertical_alignment="center"):
            st.page_link(
                TICKETS[kind.name].path,
                label=f"{incident.key} {plain(incident.title)}",
                query_params={"id": incident.key},
            )
            st.html(f'<span class="faint">{incident_words(incident, with_key=False)}</span>', width="stretch")
            draw_me_too(incident.id, incident.id in mine, primary=False)


def draw_me_too(ticket_id: str, counted: bool, note_key: str = "", primary: bool = True) -> None:
    """One's own vote cannot be cast twice: then it says so."""
    st.button(
        "You are counted and kept posted" if counted else "Me too, keep me posted", key=f"me_too_{ticket_id}",
        type="primary" if primary else "secondary", disabled=counted,
        icon=":material/check:" if counted else ":material/back_hand:",
        on_click=me_too, args=(ticket_id, note_key),
    )  # fmt: skip


def me_too(ticket_id: str, note_key: str) -> None:
    """A callback."""
    note = str(st.session_state.get(note_key) or "") if note_key else ""
    done = "Counted. You are told of every change."
    act(lambda tickets, actor: tickets.talk.vote(actor, ticket_id, True, note), done)


def known_html(one: Affected, incident: OpenIncident, here: Here) -> str:
    """'Already known since 06:58': what it is, why, who is on it, until when, how many it hits."""
    update = ""
    if incident.next_update_at and incident.next_update_at > here.now:
        update = f'<span class="pill fact">{icon("schedule")}Next update {here.time(incident.next_update_at)}</span>'
    head = f"<b>{icon('campaign', 'ink')} Already known since {here.time(incident.since)}</b>{update}"
    return f'<div class="known-head">{head}</div><p dir="auto">{_known_words(one, incident, here)}</p>'


def _known_words(one: Affected, incident: OpenIncident, here: Here) -> str:
    view = one.trouble if one.trouble and one.trouble.check.id == incident.asset else None
    said = [f"<strong>{esc(incident.title.rstrip('. '))}.</strong>"]
    if view and view.reason and view.reason != incident.title:
        said.append(f"{esc(view.reason.rstrip('. '))}.")
    who = f"{person_name(incident.assignee)} is on it" if incident.assignee else "Nobody has taken it yet"
    due = f"; expected {here.clock(view.next_at)}" if view and view.next_at and view.next_at > here.now else ""
    said.append(f"{esc(who)}{due}.")
    if incident.affected:
        said.append("1 person is affected." if incident.affected == 1 else f"{incident.affected} people are affected.")
    return " ".join(said)


def seen_html(view: CheckView, here: Here) -> str:
    """Nobody has opened an incident, but the portal sees it too."""
    look, since = LOOKS[view.state], f" since {here.time(view.since)}" if view.since else ""
    said = f"<b>{state_icon(view.state)} We see it too: {esc(view.check.name)} is {look.word.lower()}{since}</b>"
    again = "Nobody has opened an incident yet, so please send yours."
    return f'<div class="accent {look.hue}"><div class="known-head">{said}</div><p>{esc(view.reason)} {again}</p></div>'
