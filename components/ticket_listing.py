"""What a list reads, for one rerun: the counts, the views, and the pages asked for, as one. Warm: no statement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import streamlit as st

from components import feedback, session
from components import ticket_address as address
from components.moments import Here
from components.ticket_address import Chosen
from components.ticket_filters import PAGES_SHOWN
from components.ticket_views import View, default_view, saved_views, view_of, views_of
from data import cached
from data.cached import tickets as cached_tickets
from data.people.model import Actor
from data.portal import Portal
from data.tickets.kinds import Kind
from data.tickets.lists import Counts
from data.tickets.model import Query, Ticket

Names = Mapping[str, str]
"""Of the platforms that the viewer sees, by id."""


@dataclass(frozen=True, slots=True)
class Place:
    """What the parts of one list share."""

    portal: Portal
    actor: Actor
    kind: Kind
    counts: Counts
    views: tuple[View, ...]
    chosen: Chosen
    view: View
    names: Names

    @property
    def query(self) -> Query:
        return address.narrowed(self.view.query, self.chosen)


@dataclass(frozen=True, slots=True)
class Listing:
    tickets: tuple[Ticket, ...]
    more: bool
    here: Here
    """Stands still when the list is an old one."""
    age: str


def find_place(kind: Kind) -> Place | None:
    """None, told on the page, when not even old counts can be shown."""
    portal, actor = session.portal(), session.actor()
    counts = cached_tickets.counts(portal, actor, kind.name)
    if counts.value is None:
        feedback.empty("cloud_off", f"{kind.plural} cannot be shown now", counts.error or "", hue="red")
        return None
    teams = cached_tickets.teams(portal, actor).value or ()
    views = views_of(kind, actor, counts.value, teams, portal.clock())
    default = default_view(kind, views)
    saved = saved_views(kind, default, cached_tickets.views(portal, actor, kind.name).value or ())
    chosen = address.read(kind, st.query_params)
    view = view_of(views, chosen, default)
    return Place(portal, actor, kind, counts.value, (*views, *saved), chosen, view, platform_names(portal, actor))


def platform_names(portal: Portal, actor: Actor) -> Names:
    board = cached.board(portal, actor).value
    return {tile.platform.id: tile.platform.name for tile in board.tiles} if board else {}


def listed(portal: Portal, actor: Actor, query: Query, pages: int | None = None) -> Listing | None:
    """Says so on the page when it is an old list, or (None) when there is none to show.

    A ticket that moved from one page to the next since the first was read is shown once.
    """
    tickets: dict[str, Ticket] = {}
    here = Here(portal.clock(), session.zone())
    for _ in range(pages or st.session_state.get(PAGES_SHOWN, 1)):
        read = cached_tickets.page(portal, actor, query)
        if read.value is None:
            feedback.empty("cloud_off", "The list cannot be shown now", read.error or "", hue="red")
            return None
        tickets |= {ticket.id: ticket for ticket in read.value.tickets}
        query = replace(query, after=read.value.after)
        if query.after is None:
            break
    age = here.ago(read.at)
    if read.error:
        here = Here(read.at, here.zone)
        feedback.banner("orange", "cloud_off", f"Shown as of {here.clock(read.at)}.", read.error)
    return Listing(tuple(tickets.values()), query.after is not None, here, age)
