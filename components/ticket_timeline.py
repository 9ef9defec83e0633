"""The story of a ticket, oldest first: what people wrote in boxes, what happened as one line each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

import streamlit as st

from components.markdown import user_html
from components.markup import esc, facts, icon, plain, section
from components.ticket_answers import asked_for
from components.ticket_comments import draw_comment_menu, draw_open_comment
from components.ticket_events import event_html, event_words, tells
from components.ticket_marks import PORTAL, avatar, person_name
from components.ticket_shown import ShownTicket
from data.audit.model import AuditEvent
from data.tickets.model import Attachment, Comment

NEWEST = 40
"""Entries drawn at once; the others come with one click."""
MB = 2**20


@dataclass(frozen=True, slots=True)
class Entry:
    at: datetime
    html: str
    comment: Comment | None = None
    files: tuple[Attachment, ...] = ()

    @property
    def has_widgets(self) -> bool:
        return bool(self.files or self.comment)


def draw_timeline(shown: ShownTicket, answered: AuditEvent | None = None) -> None:
    """`answered`: the event whose note stands above already."""
    entries = sorted(_entries(shown, answered), key=lambda entry: entry.at)
    st.html(section("Discussion" if shown.is_idea else "Timeline", "Oldest first"))
    with st.container(key="trail", gap=None):
        if not shown.is_idea:
            _draw_entry(shown, _description(shown))
        if len(entries) > NEWEST and not st.session_state.get(shown.key("all")):
            earlier = len(entries) - NEWEST
            st.button(f"Show {earlier} earlier", key=shown.key("all"), type="tertiary", icon=":material/unfold_more:")
            entries = entries[-NEWEST:]
        for entry in entries:
            _draw_entry(shown, entry)
    draw_open_comment(shown)


def _draw_entry(shown: ShownTicket, entry: Entry) -> None:
    if not entry.has_widgets:
        st.html(entry.html)
        return
    place = entry.comment.id if entry.comment else "body"
    with st.container(key=f"say_{place}", gap=None):
        st.html(entry.html)
        if entry.comment:
            draw_comment_menu(shown, entry.comment)
        if entry.files:
            _draw_files(shown, entry.files)


def _draw_files(shown: ShownTicket, files: tuple[Attachment, ...]) -> None:
    with st.container(key=f"files_{files[0].id}", horizontal=True, gap="small"):
        for file in files:
            st.download_button(
                f"{plain(file.name)} :gray[{_size(file.size)}]", partial(_content, shown, file.id),
                file_name=file.name, mime="application/octet-stream", key=f"file_{file.id}",
                icon=":material/attach_file:", on_click="ignore",
            )  # fmt: skip


def _content(shown: ShownTicket, file_id: str) -> bytes:
    return shown.portal.tickets.download(shown.actor, shown.ticket.id, file_id)[1]


def _size(size: int) -> str:
    return f"{size / MB:.1f} MB" if size >= MB else f"{max(1, size // 1024)} kB"


def _entries(shown: ShownTicket, answered: AuditEvent | None) -> Iterator[Entry]:
    detail = shown.detail
    written = {comment.id for comment in detail.comments}
    for comment in detail.comments:
        if comment.state == "shown":
            yield Entry(comment.created_at, comment_html(shown, comment), comment, _files(shown, comment.id))
        else:
            yield Entry(comment.created_at, tombstone_html(shown, comment))
    for event in detail.events:
        if tells(event):
            yield Entry(event.at, told_html(shown, replace(event, reason=None) if event == answered else event))
    for file in detail.attachments:
        if file.comment_id and file.comment_id not in written:
            yield Entry(file.created_at, "", None, (file,))


def draw_body(shown: ShownTicket) -> None:
    """The text by itself, without a box."""
    with st.container(key="say_body", gap=None):
        st.html(f'<div class="body">{user_html(shown.ticket.body)}</div>')
        if files := _files(shown, None):
            _draw_files(shown, files)


def _description(shown: ShownTicket) -> Entry:
    ticket = shown.ticket
    asked = asked_for(shown)
    body = user_html(ticket.body) if ticket.body else "" if asked else '<p class="quiet">No description.</p>'
    body += facts(asked) if asked else ""
    role = "requester" if ticket.created_by == ticket.requester else f"for {person_name(ticket.requester)}"
    html = box_html(shown, ticket.created_by, ticket.created_at, role, body, "requester")
    return Entry(ticket.created_at, html, None, _files(shown, None))


def _files(shown: ShownTicket, comment_id: str | None) -> tuple[Attachment, ...]:
    return tuple(file for file in shown.detail.attachments if file.comment_id == comment_id)


def comment_html(shown: ShownTicket, comment: Comment) -> str:
    mine = comment.author == shown.ticket.requester
    role = "requester" if mine else (shown.ticket.team or "staff") if comment.by_staff else ""
    css = "internal" if comment.internal else "requester" if mine else ""
    marks = f'<span class="secret">{icon("lock")} Only staff see this</span>' if comment.internal else ""
    marks += '<span class="faint"> · edited</span>' if comment.edited else ""
    return box_html(shown, comment.author, comment.created_at, role, user_html(comment.body), css, marks)


def box_html(shown: ShownTicket, author: str, at: datetime, role: str, body: str, css: str, marks: str = "") -> str:
    about = f"{esc(role)} · " if role else ""
    head = f'<b title="{esc(author)}">{esc(person_name(author))}</b><span>{about}{shown.here.time(at)}</span>{marks}'
    return f'<article class="say {css}">{avatar(author, "large")}<div><header>{head}</header>{body}</div></article>'


def tombstone_html(shown: ShownTicket, comment: Comment) -> str:
    who = f"<b>{esc(person_name(comment.updated_by))}</b>"
    own = comment.state == "deleted"
    deed = "deleted their comment" if own else f"hid a comment of {esc(person_name(comment.author))}"
    why = f": {esc(comment.reason)}" if comment.reason else ""
    return event_html("delete", f"{who} {deed}{why} · {shown.here.time(comment.updated_at)}")


def told_html(shown: ShownTicket, event: AuditEvent) -> str:
    """A line; with a note, the note is what somebody wrote."""
    mark, words = event_words(shown.kind, event, shown.here)
    name = person_name(event.actor)
    if event.reason and name != PORTAL:
        return box_html(shown, event.actor, event.at, words, user_html(event.reason), "deed")
    note = f": {esc(event.reason)}" if event.reason else ""
    return event_html(mark, f"<b>{esc(name)}</b> {esc(words)}{note} · {shown.here.time(event.at)}")
