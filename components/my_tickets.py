"""Everything that concerns one person, of all kinds: what waits for them first."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from components import feedback, session
from components.markup import section
from components.moments import Here
from components.ticket_listing import Names, listed, platform_names
from components.ticket_rows import draw_rows
from data.cached import tickets as cached_tickets
from data.people.model import Actor
from data.portal import Portal
from data.tickets.kinds import open_states
from data.tickets.model import Query, Ticket

REFRESH_S = 30
NOT_FOLLOWED = "You follow what you vote for, say me too to, comment on or watch."
LINE = "What waits for you, what you reported and what you follow."


@st.fragment(run_every=REFRESH_S)
def draw_my_tickets() -> None:
    portal, actor = session.portal(), session.actor()
    names = platform_names(portal, actor)
    st.html(f'<div class="head"><h1>My tickets</h1></div><p class="sub-head">{LINE}</p>')
    with feedback.panel("What waits for you"):
        draw_waiting(portal, actor, names)
    me, open_ = actor.email, open_states()
    followed = (cached_tickets.my_votes(portal, actor).value or frozenset()) | watched(portal, actor)
    parts = (
        ("assigned", "Assigned to you", Query(assignee=me, states=open_, sort="due"), "Nothing is assigned to you."),
        ("reported", "Reported by you", Query(requester=me), "You have not reported anything."),
        ("followed", "Followed by you", Query(ids=tuple(sorted(followed)), states=open_), NOT_FOLLOWED),
    )
    for key, title, query, nothing in parts:
        with feedback.panel(title):
            draw_part(portal, actor, names, key, title, query, nothing)


def draw_waiting(portal: Portal, actor: Actor, names: Names) -> None:
    waiting = cached_tickets.waiting(portal, actor).value or ()
    if waiting:
        here = Here(portal.clock(), session.zone())
        draw_section("waiting", "Waiting for your approval", waiting, here, names, str(len(waiting)))


def draw_part(portal: Portal, actor: Actor, names: Names, key: str, title: str, query: Query, nothing: str) -> None:
    listing = listed(portal, actor, query, pages=1)
    if listing is None:
        return
    if not listing.tickets:
        st.html(f'{section(title)}<p class="quiet">{nothing}</p>')
        return
    number = f"{len(listing.tickets)}{'+' if listing.more else ''}"
    draw_section(key, title, listing.tickets, listing.here, names, number)


def draw_section(key: str, title: str, tickets: Sequence[Ticket], here: Here, names: Names, number: str) -> None:
    st.html(section(title, number))
    draw_rows(tickets, here, names, key=key)
