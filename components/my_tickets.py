"""Everything that concerns one person, of all kinds: what waits for them first. Each ticket stands once."""

from __future__ import annotations

from dataclasses import dataclass, field

import streamlit as st

from components import feedback, session
from components.markup import section
from components.moments import Here
from components.ticket_listing import Listing, Names, listed, platform_names
from components.ticket_rows import draw_rows
from data.cached import tickets as cached_tickets
from data.people.model import Actor
from data.portal import Portal
from data.tickets.kinds import open_states
from data.tickets.model import Query

REFRESH_S = 30
LINE = "What waits for you, what you reported and what you follow."
NOT_FOLLOWED = "You follow what you vote for, say me too to, comment on or watch."


@dataclass(frozen=True, slots=True)
class Desk:
    portal: Portal
    actor: Actor
    names: Names
    shown: set[str] = field(default_factory=set)


@st.fragment(run_every=REFRESH_S)
def draw_my_tickets() -> None:
    portal, actor = session.portal(), session.actor()
    desk = Desk(portal, actor, platform_names(portal, actor))
    st.html(f'<div class="head"><h1>My tickets</h1></div><p class="sub-head">{LINE}</p>')
    with feedback.panel("What waits for your approval"):
        draw_waiting(desk)
    me, open_ = actor.email, open_states()
    parts = (
        ("assigned", "Assigned to you", Query(assignee=me, states=open_, sort="due"), "Nothing is assigned to you."),
        ("reported", "Reported by you", Query(requester=me), "You have not reported anything yet."),
        ("followed", "Followed by you", Query(ids=followed(desk), states=open_), NOT_FOLLOWED),
    )
    for key, title, query, nothing in parts:
        with feedback.panel(title):
            draw_part(desk, key, title, nothing, listed(portal, actor, query, pages=1))


def followed(desk: Desk) -> tuple[str, ...]:
    votes, watches = (
        read(desk.portal, desk.actor).value for read in (cached_tickets.my_votes, cached_tickets.my_watches)
    )
    return tuple(sorted((votes or frozenset()) | (watches or frozenset())))


def draw_waiting(desk: Desk) -> None:
    here = Here(desk.portal.clock(), session.zone())
    if waiting := cached_tickets.waiting(desk.portal, desk.actor).value:
        draw_part(desk, "waiting", "Waiting for your approval", "", Listing(waiting, False, here, ""))


def draw_part(desk: Desk, key: str, title: str, nothing: str, listing: Listing | None) -> None:
    if listing is None:
        return
    tickets = [ticket for ticket in listing.tickets if ticket.id not in desk.shown]
    desk.shown.update(ticket.id for ticket in tickets)
    number = f"{len(tickets)}{'+' if listing.more else ''}" if tickets else ""
    st.html(section(title, number) + ("" if tickets else f'<p class="quiet">{nothing}</p>'))
    if tickets:
        draw_rows(tickets, listing.here, desk.names, key=key)
