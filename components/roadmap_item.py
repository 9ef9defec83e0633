"""The page of one item: what will be better, who asked for it, where it stands, who changed what."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import streamlit as st

from components import feedback, session
from components.markdown import user_html
from components.markup import chip, counted, esc, facts, icon, plain, section
from components.moments import Here
from components.navigation import ROADMAP, entitle
from components.roadmap_marks import drift_words, horizon_pill, state_pill, time_chip
from components.roadmap_steps import act, begin, draw_menu, draw_step, may_curate
from components.ticket_links import block_head
from components.ticket_listing import Names, platform_names
from components.ticket_marks import person_html, person_name, ring, state_word, ticket_id
from components.ticket_shown import page_of
from data import cached
from data.audit.model import AuditEvent
from data.cached import roadmap as cached_roadmap
from data.people.model import Actor
from data.portal import Portal
from data.roadmap.model import Entry, Item
from data.roadmap.rules import EDITED, MOVES, QUESTIONS, quarter_words
from data.tickets.kinds import IMPROVEMENT_KIND, kind_of
from data.tickets.model import Ticket

GONE = "It may have been taken off the roadmap. Whoever gave you the link can say."
PAST = {f"roadmap:{move.name}": (move.icon, move.past) for move in MOVES} | {
    "roadmap:add": ("add", "added it"), "roadmap:edit": ("edit", "changed"),
    "roadmap:link": ("add_link", "linked"), "roadmap:unlink": ("link_off", "unlinked"),
}  # fmt: skip
"""Icon and words of each event."""


@dataclass(frozen=True, slots=True)
class ShownItem:
    portal: Portal
    actor: Actor
    entry: Entry
    names: Names
    here: Here

    @property
    def item(self) -> Item:
        return self.entry.item

    @property
    def may_curate(self) -> bool:
        return may_curate(self.actor, self.item.platform_id)


def draw_item(portal: Portal, actor: Actor, id_: str) -> None:
    read = cached_roadmap.board(portal, actor)
    entry = next((one for one in read.value or () if one.item.id == id_), None)
    if entry is None:
        draw_missing(portal, read.error or "")
        return
    here = Here(portal.clock(), session.zone())
    if read.error:
        here = Here(read.at, here.zone)
        feedback.banner("orange", "cloud_off", f"Shown as of {here.clock(read.at)}.", "Saving waits.")
    shown = ShownItem(portal, actor, entry, platform_names(portal, actor), here)
    entitle(entry.item.title, portal.settings.name)
    draw_head(shown)
    with st.container(key="body"):
        left, right = st.columns([7, 3], gap="large")
        with left, feedback.panel("What it is about"):
            draw_story(shown)
        with right, feedback.panel("The side column"):
            draw_side(shown)
    draw_step(portal, actor)


def draw_missing(portal: Portal, error: str) -> None:
    """Never says whether a hidden one exists."""
    if cached.store(portal).error:
        feedback.empty("cloud_off", "This item cannot be shown now", error, hue="red")
        return
    feedback.empty("search_off", "There is nothing here that you can see", GONE)
    with st.container(horizontal_alignment="center", key="missing"):
        st.page_link(ROADMAP.path, label="The whole roadmap", icon=":material/arrow_back:")


def draw_head(shown: ShownItem) -> None:
    item = shown.item
    with st.container(key="ticket_head", horizontal=True, gap="medium", vertical_alignment="top"):
        with st.container(key="ticket_title", gap="small", width="stretch"):
            with st.container(key="crumb", horizontal=True, gap=None):
                st.page_link(ROADMAP.path, label=ROADMAP.title)
                st.html(f"<span>{esc(item.theme)}</span>", width="content")
            st.html(f'<div class="head"><h1 dir="auto">{esc(item.title)}</h1></div>')
            st.html(f'<div class="pills">{"".join(pills(shown))}</div>')
        if shown.may_curate:
            with st.container(key="ticket_tools", horizontal=True, gap="small", width="content", wrap=False):
                draw_menu(item, f"roadmap_menu_{item.id}_{item.version}", "Move or edit")
                if item.state == "draft":
                    st.button(
                        "Publish", key=f"roadmap_publish_{item.id}", type="primary", icon=":material/visibility:",
                        on_click=begin, args=(item, "publish"),
                    )  # fmt: skip


def pills(shown: ShownItem) -> list[str]:
    item, where = shown.item, shown.names.get(shown.item.platform_id or "", "")
    drifts = (f'<span class="pill yellow">{icon("warning")}{esc(words)}</span>' for words in drift_words(shown.entry))
    return [state_pill(item), horizon_pill(item), time_chip(item, shown.here), chip(where) if where else "", *drifts]


def draw_story(shown: ShownItem) -> None:
    item = shown.item
    if item.note and (item.hidden or item.shipped_at):
        hue, mark, word = ("yellow", "archive", "Retired") if item.hidden else ("green", "rocket_launch", "Shipped")
        who = f"<b>{word}</b> <span>{esc(person_name(item.updated_by))}</span>"
        head = f'<div class="asset-head">{icon(mark, f"{hue} ink")}<p>{who}</p></div>'
        st.html(f'<div class="accent {hue}">{head}{user_html(item.note)}</div>')
    body = user_html(item.description) if item.description else '<p class="quiet">Nobody has described it yet.</p>'
    st.html(f'<div class="body">{body}</div>')
    asked = shown.entry.requests
    st.html(section("Who asked for it", f"{counted(len(asked), 'request')}" if asked else ""))
    if not asked:
        st.html('<p class="quiet">No improvement is linked yet.</p>')
    with st.container(key="roadmap_requests", gap=None):
        for ticket in asked:
            draw_request(shown, ticket)
    if shown.may_curate:
        draw_linking(shown)


def draw_request(shown: ShownItem, ticket: Ticket) -> None:
    kind = kind_of(ticket.kind)
    key = f"request_{ticket.id}"
    with st.container(key=key, horizontal=True, gap="small", vertical_alignment="center", wrap=False):
        st.html(f'<span class="state">{ring(kind, ticket)}{ticket_id(ticket.key)}</span>', width="content")
        st.page_link(page_of(kind), label=plain(ticket.title), query_params={"id": ticket.key}, width="stretch")
        told = f"{esc(state_word(kind, ticket))} · {counted(ticket.tally.votes, 'vote')}"
        st.html(f'<span class="faint">{told}</span>', width="content")
        if shown.may_curate:
            st.button(
                f"Unlink {ticket.key}", key=f"bare_unlink_{ticket.id}", icon=":material/close:", type="tertiary",
                on_click=_unlink, args=(shown.item, ticket),
            )  # fmt: skip


def draw_linking(shown: ShownItem) -> None:
    key = f"roadmap_other_{shown.item.id}"
    label = f"Link an {IMPROVEMENT_KIND.label.lower()}"
    with st.popover(label, icon=":material/add_link:", type="tertiary", key="linking"):
        st.text_input("Its id", key=key, placeholder=f"{IMPROVEMENT_KIND.prefix}-7K2QF")
        st.button("Link", key=f"{key}_go", on_click=_link, args=(shown.item, key))


def _link(item: Item, key: str) -> None:
    name = st.session_state[key].strip()
    if act(lambda roadmap, actor: roadmap.link(actor, item.id, name)):
        st.session_state[key] = ""


def _unlink(item: Item, ticket: Ticket) -> None:
    act(lambda roadmap, actor: roadmap.unlink(actor, item.id, ticket.id))


def draw_side(shown: ShownItem) -> None:
    st.html(f'<div class="rail-facts">{facts(list(_facts(shown)))}</div>')
    events = cached_roadmap.history(shown.portal, shown.actor, shown.item.id).value or ()
    rows = "".join(_event_html(event, shown.here) for event in events)
    st.html(f'{block_head("Who changed what")}<div class="trail">{rows}</div>')


def _facts(shown: ShownItem) -> Iterator[tuple[str, str]]:
    item = shown.item
    yield "Owner", person_html(item.owner)
    yield "Platform", esc(shown.names.get(item.platform_id or "", "") or "Everybody's")
    yield "Theme", esc(item.theme)
    yield "Target", esc(quarter_words(item.quarter)) if item.quarter else '<span class="faint">not decided</span>'
    if item.shipped_at:
        yield "Shipped", shown.here.time(item.shipped_at)
    yield "Votes", f'{shown.entry.votes:,} <span class="faint">each person once</span>'


def _event_html(event: AuditEvent, here: Here) -> str:
    mark, past = PAST.get(event.action, ("bolt", event.action.rpartition(":")[2]))
    said = f"<q>{esc(event.reason)}</q>" if event.reason else ""
    words = f"<b>{esc(person_name(event.actor))}</b> {past}{esc(_what(event))} · {here.time(event.at)}"
    return f'<div class="event"><span class="dot">{icon(mark)}</span><p>{words}{said}</p></div>'


def _what(event: AuditEvent) -> str:
    """Which fields of the form were changed, or which request was linked."""
    fields = {**(event.old or {}), **(event.new or {})}
    if request := fields.get("improvement"):
        return f" {request}"
    labels = [question.label.lower() for question in QUESTIONS if question.name in fields]
    return f" {', '.join(labels)}" if event.action == "roadmap:edit" and set(fields) <= set(EDITED) else ""
