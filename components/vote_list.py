"""Ideas as cards with their votes, and beside them where they come from and what became of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import streamlit as st

from components import feedback, session
from components import ticket_address as address
from components.markup import chip, counted, esc, icon, plain, section
from components.moments import Here
from components.navigation import TICKETS
from components.ticket_address import Chosen
from components.ticket_filters import clear_filters, draw_filters, draw_search, draw_views, go, state_filter
from components.ticket_list import load_more
from components.ticket_listing import Listing, Names, listed, platform_names
from components.ticket_marks import ago_short, goal, person_name, state_html
from components.ticket_shown import ORDER
from components.ticket_views import View, is_staff
from components.vote_button import vote_button
from data.cached import tickets as cached_tickets
from data.people.model import Actor
from data.portal import Portal
from data.tickets.kinds import Kind
from data.tickets.lists import Counts
from data.tickets.model import Query, Ticket

REFRESH_S = 30
TOP, NEW, MINE = "top", "new", "votes"
VIEWS = ("", TOP, NEW, MINE)
PLATFORMS, SHIPPED = 8, 3
"""In the side column."""


@dataclass(frozen=True, slots=True)
class Ideas:
    portal: Portal
    actor: Actor
    kind: Kind
    counts: Counts
    votes: frozenset[str]
    chosen: Chosen
    names: Names


@st.fragment(run_every=REFRESH_S)
def draw_vote_list(kind: Kind) -> None:
    portal, actor = session.portal(), session.actor()
    counts = cached_tickets.counts(portal, actor, kind.name)
    if counts.value is None:
        feedback.empty("cloud_off", f"{kind.plural} cannot be shown now", counts.error or "", hue="red")
        return
    votes = cached_tickets.my_votes(portal, actor).value or frozenset()
    chosen = address.read(kind, st.query_params)
    ideas = Ideas(portal, actor, kind, counts.value, votes, chosen, platform_names(portal, actor))
    with st.container(key="body"):
        left, right = st.columns([2.86, 1], gap="large")
        with left:
            draw_ideas(ideas)
        with right, feedback.panel("The side column"):
            draw_side(ideas)


def draw_ideas(ideas: Ideas) -> None:
    kind, chosen = ideas.kind, ideas.chosen
    views = views_of(ideas)
    view = next((one for one in views if one.name == chosen.view), views[0])
    query = address.narrowed(view.query, chosen)
    head = "What would make your work easier? One vote per person; owners answer."
    st.html(f'<div class="head"><h1>{esc(kind.plural)}</h1></div><p class="sub-head">{head}</p>')
    draw_prompt(kind)
    with st.container(key="list_filters", horizontal=True, vertical_alignment="center", gap="small"):
        draw_views(views, view)
        st.space("stretch")
        draw_search(kind, chosen, f"Search {counted(ideas.counts.open, 'idea')}")
        draw_filters(kind, [state_filter(kind, chosen, query)])
    if (listing := listed(ideas.portal, ideas.actor, query)) is None:
        return
    st.session_state[ORDER] = [ticket.key for ticket in listing.tickets]
    draw_cards(ideas, listing)
    if not listing.tickets:
        draw_empty(ideas, view)


def views_of(ideas: Ideas) -> tuple[View, ...]:
    """Top and New are what can still be voted for; My votes are all that I ever backed."""
    base = Query(kind=ideas.kind.name, states=ideas.kind.workflow.names("open"))
    backed = Query(kind=ideas.kind.name, ids=tuple(sorted(ideas.votes)), sort="updated")
    return (
        View(TOP, "Top", replace(base, sort="votes"), empty="No ideas yet"),
        View(NEW, "New", replace(base, sort="created"), empty="No ideas yet"),
        View(MINE, "My votes", backed, empty="You have not voted yet"),
    )


def draw_prompt(kind: Kind) -> None:
    """What is typed here is the title of the form that follows."""
    with (
        st.form("prompt", border=False),
        st.container(horizontal=True, vertical_alignment="bottom", gap="small"),
    ):
        title = st.text_input(
            "Your idea", placeholder=kind.prompt, icon=":material/lightbulb:", key="prompt_title",
            label_visibility="collapsed",
        )  # fmt: skip
        sent = st.form_submit_button("Suggest", key="prompt_send", type="primary")
    if sent:
        st.switch_page(TICKETS[kind.name].page(), query_params={"new": "1", "title": title or ""})


def draw_cards(ideas: Ideas, listing: Listing) -> None:
    page = TICKETS[ideas.kind.name].page()
    with st.container(key="ideas", gap=None):
        for ticket in listing.tickets:
            with st.container(key=f"idea_{ticket.id}", gap=None):
                vote_button(ideas.portal, ideas.actor, ticket, ticket.id in ideas.votes, compact=True)
                st.page_link(page, label=plain(ticket.title), query_params={"id": ticket.key})
                st.html(card_html(ideas.kind, ticket, listing.here, ideas.names))
    if listing.more:
        st.button("Load more", key="list_more", type="tertiary", on_click=load_more)


def card_html(kind: Kind, ticket: Ticket, here: Here, names: Names) -> str:
    platform, at = names.get(ticket.platform_id or "", ""), ticket.created_at
    marks = (chip(platform) if platform else "") + (icon("lock", "faint") if ticket.sensitive else "")
    when = f'<time datetime="{at.isoformat()}" title="{esc(here.exact(at))}">{ago_words(at, here)}</time>'
    comments = counted(ticket.tally.comments, "comment")
    return (
        f'<p class="text" dir="auto">{esc(ticket.excerpt)}</p><div class="facts">{state_html(kind, ticket)}{marks}'
        f"<span>{esc(person_name(ticket.requester))} · {when}</span></div>"
        f'<span class="said" title="{comments}">{icon("chat_bubble")}{ticket.tally.comments:,}</span>'
    )


def ago_words(at: datetime, here: Here) -> str:
    """'4 min ago', '2 d ago', 'now', '9 Nov'."""
    short = ago_short(at, here)
    return f"{short} ago" if short.endswith((" min", " h", " d")) else short


def draw_empty(ideas: Ideas, view: View) -> None:
    with st.container(key="list_empty", horizontal_alignment="center"):
        if ideas.chosen.narrowed:
            where = " and ".join(ideas.names.get(id_, id_) for id_ in ideas.chosen.platform)
            feedback.empty("filter_alt_off", f"No ideas for {where} yet" if where else "No idea matches", TRY)
            st.button("Clear filters", key="list_clear_empty", on_click=clear_filters, args=(ideas.kind,))
        else:
            feedback.empty("lightbulb", view.empty, FIRST, hue="blue")


TRY = "Be the first: say what you do today and what would help. Or look at all of them."
FIRST = "Say above what you do today and what would help."


def draw_side(ideas: Ideas) -> None:
    draw_platforms(ideas)
    backed = cached_tickets.page(ideas.portal, ideas.actor, views_of(ideas)[2].query).value if ideas.votes else None
    said = backed_words(ideas.kind, backed.tickets) if backed else "None yet. The arrow beside an idea is your vote."
    st.html(f'<div class="block">{section("Your votes")}<p class="quiet">{esc(said)}</p></div>')
    shipped = Query(kind=ideas.kind.name, states=(goal(ideas.kind).name,), sort="updated", size=SHIPPED)
    read = cached_tickets.page(ideas.portal, ideas.actor, shipped)
    if read.value and read.value.tickets:
        st.html(section("Shipped lately"))
        draw_links(ideas.kind, read.value.tickets)
    if is_staff(ideas.actor):
        st.button("All as a list", key="as_list", icon=":material/list:", type="tertiary", on_click=go, args=(ALL,))


ALL = Chosen(view="open")


def draw_platforms(ideas: Ideas) -> None:
    """How many open ideas each has; a click shows only those."""
    numbers = {id_: n for id_, n in ideas.counts.by_platform.items() if id_ is not None and id_ in ideas.names}
    most = sorted(numbers, key=lambda id_: (-numbers[id_], ideas.names[id_]))[:PLATFORMS]
    labels = {"": f"All platforms :small[{ideas.counts.open:,}]"}
    labels |= {id_: f"{plain(ideas.names[id_])} :small[{numbers[id_]:,}]" for id_ in most}
    st.html(section("Platforms"))
    only = ideas.chosen.platform
    with st.container(key="idea_platforms", gap=None):
        for id_, label in labels.items():
            on = only == ((id_,) if id_ else ())
            st.button(
                label, key=f"idea_{'on' if on else 'of'}_{id_ or 'all'}", type="tertiary", width="stretch",
                on_click=go, args=(replace(ideas.chosen, platform=(id_,) if id_ else ()),),
            )  # fmt: skip


def draw_links(kind: Kind, tickets: Sequence[Ticket]) -> None:
    page = TICKETS[kind.name].page()
    with st.container(key="idea_links", gap=None):
        for ticket in tickets:
            st.page_link(
                page, label=plain(ticket.title), icon=":material/check_circle:", query_params={"id": ticket.key}
            )


def backed_words(kind: Kind, tickets: Sequence[Ticket]) -> str:
    """'You backed 5 ideas: 2 Planned, 1 In Delivery.'"""
    numbers = Counter(ticket.state for ticket in tickets)
    parts = [f"{numbers[state.name]} {state.label}" for state in kind.workflow.states if numbers[state.name]]
    return f"You backed {counted(len(tickets), 'idea')}: {', '.join(parts)}."
