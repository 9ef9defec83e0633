"""What can be requested: a tile for each template, found by what people need, and their own newest request on top."""

from __future__ import annotations

import streamlit as st

from components import feedback, session
from components.markup import counted, esc, icon, plain, section
from components.moments import Here
from components.navigation import TICKETS
from components.ticket_marks import person_name, state_html, ticket_id
from data.cached import tickets as cached_tickets
from data.people.model import Actor
from data.portal import Portal
from data.tickets.kinds import Kind
from data.tickets.knobs import Knobs
from data.tickets.model import Query, Ticket
from data.tickets.request_costs import RequestPolicy
from data.tickets.request_forms import Template
from data.tickets.request_types import TEMPLATES

TIMES = "Times are what we promise, in working time."
OTHER = "other"
"""The template for what no template is for."""


def draw_catalogue(kind: Kind) -> None:
    portal, actor = session.portal(), session.actor()
    with st.container(key="catalogue_head", horizontal=True, vertical_alignment="bottom"):
        st.html(f'<div class="head"><h1>{esc(kind.form.title)}</h1></div><p class="under">{TIMES}</p>')
        wanted = st.text_input(
            "What do you need?", placeholder="What do you need?", key="need", icon=":material/search:", live="300ms",
            label_visibility="collapsed", width=320,
        )  # fmt: skip
    with feedback.panel("Your requests"):
        draw_newest(portal, actor, kind)
    found = [template for template in TEMPLATES.values() if meets(template, wanted or "")]
    if not found:
        feedback.empty("search_off", "Nothing here goes by that name", "Choose 'Something else' and say what you need.")
        found = [TEMPLATES[OTHER]]
    for group in dict.fromkeys(template.group for template in found):
        st.html(section(group))
        with st.grid(columns=3, min_column_width=280, gap="small", key=f"group_{group.replace(' ', '_')}"):
            for template in found:
                if template.group == group:
                    draw_tile(kind, template, (cached_tickets.knobs(portal).value or Knobs()).requests)


def draw_newest(portal: Portal, actor: Actor, kind: Kind) -> None:
    """One line: the newest own request that is still open, and the way to the others."""
    mine = Query(kind=kind.name, states=kind.workflow.names("open"), requester=actor.email, sort="created", size=1)
    newest = cached_tickets.page(portal, actor, mine).value
    if newest is None or not newest.tickets:
        return
    ticket, page = newest.tickets[0], TICKETS[kind.name].path
    number = ((counts := cached_tickets.counts(portal, actor, kind.name).value) and counts.reported) or 1
    with st.container(key="newest", horizontal=True, vertical_alignment="center", gap="small"):
        st.html(f"{state_html(kind, ticket)} {ticket_id(ticket.key)}", width="content")
        st.page_link(page, label=plain(ticket.title), query_params={"id": ticket.key}, width="stretch")
        st.html(
            f'<span class="faint">{esc(_waiting(ticket, Here(portal.clock(), session.zone())))}</span>', width="content"
        )
        st.page_link(page, label=f"Your {counted(number, f'open {kind.label.lower()}')}", query_params={"view": "mine"})


def _waiting(ticket: Ticket, here: Here) -> str:
    who = f"with {person_name(ticket.assignee)} " if ticket.assignee else ""
    return f"{who}since {here.clock(ticket.active_at)}"


def meets(template: Template, wanted: str) -> bool:
    """Each word somewhere in what the template says of itself or asks."""
    asked = (f"{question.label} {question.help}" for question in template.questions)
    said = " ".join((template.label, template.line, template.group, *asked)).lower()
    return all(word in said for word in wanted.lower().split())


def draw_tile(kind: Kind, template: Template, policy: RequestPolicy) -> None:
    with st.container(key=f"pick_{template.name}", gap=None):
        st.html(f'<span class="pick-icon">{icon(template.icon)}</span>')
        query = {"new": "1", "template": template.name}
        st.page_link(TICKETS[kind.name].path, label=plain(template.label), query_params=query, width="stretch")
        st.html(tile_html(template, policy))


def tile_html(template: Template, policy: RequestPolicy) -> str:
    when = f"<span>{icon('schedule')} usually {esc(template.target_words)}</span>"
    who = f"<span>{icon('verified_user')} {esc(template.approval_words(policy))}</span>"
    return f'<p class="faint">{esc(template.line)}</p><div class="pick-foot">{when}{who}</div>'
