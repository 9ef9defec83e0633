"""The page of one ticket: its head, what it is about, its story, where to write, and beside it what can be done."""

from __future__ import annotations

import streamlit as st

from components import feedback, session
from components.copy_button import copy_button
from components.markdown import user_html
from components.markup import chip, counted, esc, icon
from components.moments import Here
from components.navigation import entitle
from components.ticket_approvals import draw_approvals
from components.ticket_asset import draw_asset
from components.ticket_composer import draw_composer
from components.ticket_events import event_words, name_of
from components.ticket_marks import (
    Mark,
    avatar,
    first_reply,
    mark_pill,
    person_name,
    priority_pill,
    resolution,
    state_pill,
    state_word,
    ticket_id,
)
from components.ticket_moves import draw_step
from components.ticket_shown import ORDER, ShownTicket, act, page_of
from components.ticket_side import draw_side
from components.ticket_timeline import draw_body, draw_timeline
from components.vote_button import vote_button
from data import cached
from data.audit.model import AuditEvent
from data.cached import tickets as cached_tickets
from data.people.model import Actor
from data.portal import Portal
from data.tickets.kinds import Kind, kind_of
from data.tickets.model import Ticket

LOOK_S = 30
GONE = "It may be somebody else's, or its id may be mistyped. Whoever gave you the link can say."


def draw_detail(portal: Portal, actor: Actor, kind: Kind, key: str) -> None:
    read = cached_tickets.detail(portal, actor, key)
    if read.value is None:
        draw_missing(portal, kind, read.error or "")
        return
    here = Here(portal.clock(), session.zone())
    if read.error:
        here = Here(read.at, here.zone)
        as_of = f"Shown as of {here.clock(read.at)}."
        feedback.banner("orange", "cloud_off", as_of, "Saving waits; your text is kept.")
    shown = ShownTicket(portal, actor, kind_of(read.value.ticket.kind), read.value, here)
    entitle(f"{shown.ticket.key} {shown.ticket.title}", portal.settings.name)
    _draw_head(shown)
    _draw_merged(shown)
    with st.container(key="body"):
        left, right = st.columns([7, 3], gap="large")
        with left:
            _draw_left(shown)
        with right, feedback.panel("The side column"):
            draw_side(shown)
    draw_step(portal, actor)


def draw_missing(portal: Portal, kind: Kind, error: str) -> None:
    """Never says whether a hidden one exists."""
    if cached.store(portal).error:
        feedback.empty("cloud_off", f"This {kind.label.lower()} cannot be shown now", error, hue="red")
        return
    feedback.empty("search_off", "There is nothing here that you can see", GONE)
    with st.container(horizontal_alignment="center", key="missing"):
        st.page_link(page_of(kind), label=f"All {kind.plural.lower()}", icon=":material/arrow_back:")


def _draw_left(shown: ShownTicket) -> None:
    with feedback.panel("What it is about"):
        draw_asset(shown)
    with feedback.panel("The approvals"):
        draw_approvals(shown)
    response = official_response(shown) if shown.is_idea else None
    with feedback.panel("The timeline"):
        if shown.is_idea:
            draw_body(shown)
        if response:
            st.html(response_html(shown, response))
        draw_timeline(shown, response)
    with feedback.panel("The composer"):
        newer(shown)
        draw_composer(shown)


def _draw_head(shown: ShownTicket) -> None:
    ticket, kind = shown.ticket, shown.kind
    with st.container(key="ticket_head", horizontal=True, gap="medium", vertical_alignment="top"):
        if shown.is_idea:
            vote_button(shown.portal, shown.actor, ticket, _voted(shown), compact=True)
        with st.container(key="ticket_title", gap="small", width="stretch"):
            with st.container(key="crumb", horizontal=True, gap=None):
                st.page_link(page_of(kind), label=kind.plural)
                st.html(ticket_id(ticket.key), width="content")
                copy_button(ticket.key, shown.key("copy"), "Copy the id")
                st.html(f"<span>{_opened(shown)}</span>", width="content")
            st.html(f'<div class="head"><h1 dir="auto">{esc(ticket.title)}</h1></div>')
            st.html(f'<div class="pills">{"".join(pills(shown))}</div>')
        _draw_tools(shown)


def _opened(shown: ShownTicket) -> str:
    ticket = shown.ticket
    source = " · from a check" if ticket.source != "person" else ""
    return f"opened by {esc(person_name(ticket.created_by))} · {shown.here.time(ticket.created_at)}{source}"


def pills(shown: ShownTicket) -> list[str]:
    ticket, kind, here = shown.ticket, shown.kind, shown.here
    number = ticket.tally.votes
    votes = Mark(f"{number:,} {kind.votes.noun}", "", "group") if kind.votes and number and not shown.is_idea else None
    return [
        state_pill(kind, ticket), priority_pill(ticket.priority), mark_pill(first_reply(ticket, here)),
        mark_pill(resolution(ticket, here)), mark_pill(votes),
        f'<span class="pill yellow">{icon("lock")}Only named people and staff</span>' if ticket.sensitive else "",
        f'<span class="pill gray">{icon("visibility_off")}Hidden</span>' if ticket.hidden else "",
        chip(f"Reopened {counted(ticket.reopened, 'time')}") if ticket.reopened else "",
    ]  # fmt: skip


def _voted(shown: ShownTicket) -> bool:
    return any(vote.person == shown.actor.email for vote in shown.detail.votes)


def _draw_tools(shown: ShownTicket) -> None:
    watching = any(watcher.person == shown.actor.email for watcher in shown.detail.watchers)
    with st.container(key="ticket_tools", horizontal=True, gap="small", width="content", wrap=False):
        if not shown.is_idea:
            vote_button(shown.portal, shown.actor, shown.ticket, _voted(shown))
        st.button(
            "Watching" if watching else "Watch", key=shown.key("watch_on" if watching else "watch_off"),
            icon=f":material/{'visibility' if watching else 'notifications_none'}:", on_click=_watch,
            args=(shown, not watching), help="Stop telling me" if watching else "Tell me of every change",
        )  # fmt: skip
        for shortcut, sign, step, word in (("K", "expand_less", -1, "Previous"), ("J", "expand_more", 1, "Next")):
            other = neighbour(shown.ticket.key, step)
            st.button(
                word, key=f"bare_{word}_{shown.ticket.id}", icon=f":material/{sign}:", help=word, shortcut=shortcut,
                disabled=not other, on_click=_turn_to, args=(other,),
            )  # fmt: skip


def neighbour(key: str, step: int) -> str:
    """In the list that somebody came from; empty at its ends."""
    order = list(st.session_state.get(ORDER, ()))
    place = order.index(key) + step if key in order else -1
    return order[place] if 0 <= place < len(order) else ""


def _turn_to(key: str) -> None:
    st.query_params["id"] = key


def _watch(shown: ShownTicket, on: bool) -> None:
    act(lambda tickets, actor: tickets.talk.watch(actor, shown.ticket.id, on))


def _draw_merged(shown: ShownTicket) -> None:
    if shown.ticket.merged_into is None:
        return
    target = cached_tickets.detail(shown.portal, shown.actor, shown.ticket.merged_into).value
    name = f"{target.ticket.key}: {target.ticket.title}" if target else "another ticket"
    feedback.banner("blue", "merge", f"Merged into {name}.", "Votes and watchers count there; please write there.")
    if target:
        kind = kind_of(target.ticket.kind)
        st.page_link(page_of(kind), label=f"Open {target.ticket.key}", query_params={"id": target.ticket.key})


def official_response(shown: ShownTicket) -> AuditEvent | None:
    """The newest word of staff that came with a new state."""
    moves = {move.name for move in shown.kind.workflow.moves if move.to}
    said = (event for event in reversed(shown.detail.events) if event.reason and name_of(event) in moves)
    return next((event for event in said if event.actor != shown.ticket.requester), None)


def response_html(shown: ShownTicket, event: AuditEvent) -> str:
    _, words = event_words(shown.kind, event, shown.here)
    mark = f'<span class="pill primary">{icon("verified")}Official response</span>'
    about = f"<span>{esc(words)} · {shown.here.time(event.at)}</span>"
    head = f"<header>{avatar(event.actor, 'large')}<p><b>{esc(person_name(event.actor))}</b>{mark}{about}</p></header>"
    return f'<div class="accent primary response">{head}{user_html(event.reason or "")}</div>'


@st.fragment(run_every=LOOK_S)
def newer(shown: ShownTicket) -> None:
    """Says when what is on the screen is no longer so. The draft below is not touched."""
    read = cached_tickets.detail(shown.portal, shown.actor, shown.ticket.id)
    if read.value is None or _mark(read.value.ticket) == _mark(shown.ticket):
        return
    now, here = read.value.ticket, Here(shown.portal.clock(), shown.here.zone)
    with st.container(key="newer", horizontal=True, vertical_alignment="center"):
        who = f"{changed_by(shown, now)} {here.ago(now.active_at)}."
        feedback.banner("blue", "sync_problem", who, news(shown, now))
        if st.button("Reload", key=shown.key("reload"), icon=":material/refresh:"):
            st.rerun()


def _mark(ticket: Ticket) -> tuple[int, int]:
    return ticket.version, ticket.tally.comments


def changed_by(shown: ShownTicket, now: Ticket) -> str:
    if now.version == shown.ticket.version:
        return "Somebody commented"
    return f"{person_name(now.updated_by)} changed this"


def news(shown: ShownTicket, now: Ticket) -> str:
    state = f"It is now {state_word(shown.kind, now)}. " if now.state != shown.ticket.state else ""
    return f"{state}What you wrote is kept below."
