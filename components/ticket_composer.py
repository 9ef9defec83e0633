"""Writing to a ticket: to everybody or to the team only, and the button says to whom. A draft is never lost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from components.form_fields import problem_html
from components.ticket_marks import person_name
from components.ticket_shown import ShownTicket, page_of
from data.cached import tickets as cached_tickets
from data.errors import Invalid, PortalError
from data.tickets.attachments import MEDIA_TYPES, MOST_BYTES, MOST_FILES, accept
from data.tickets.ids import new_id
from data.tickets.model import TITLE_MOST, Right
from data.tickets.workflow import Move

MB = 2**20
NOTE_LABEL, REPLY_LABEL = "Internal note", "Reply"


def draw_composer(shown: ShownTicket) -> None:
    if not shown.may_write:
        _draw_closed(shown)
        return
    internal = shown.is_staff and bool(st.session_state.get(shown.key("internal")))
    with st.container(key="composer_note" if internal else "composer"):
        problem = st.session_state.get(shown.key("problem"))
        if problem:
            st.html(problem_html(problem))
        st.text_area(
            NOTE_LABEL if internal else REPLY_LABEL, key=_text_key(shown, internal), height=88,
            placeholder=_placeholder(shown, internal), label_visibility="collapsed", persist_state="session",
        )  # fmt: skip
        with st.container(key="composer_row", horizontal=True, gap="small", vertical_alignment="center"):
            _draw_tabs(shown, internal)
            _draw_files(shown)
            if _written(shown, internal):
                st.html('<span class="quiet">Draft kept</span>', width="content")
            st.space("stretch")
            _draw_send(shown, internal)


def _draw_closed(shown: ShownTicket) -> None:
    ticket = shown.ticket
    st.html(f'<p class="quiet">{ticket.key} is {shown.state.label.lower()}: it can be read, not answered.</p>')
    title = f"Follow-up of {ticket.key}: {ticket.title}"[:TITLE_MOST]
    st.page_link(
        page_of(shown.kind), label="Open a follow-up", icon=":material/subdirectory_arrow_right:",
        query_params={"new": "1", "title": title},
    )  # fmt: skip


def _draw_tabs(shown: ShownTicket, internal: bool) -> None:
    if not shown.is_staff:
        return
    with st.container(key="composer_tabs", horizontal=True, gap=None, width="content"):
        for label, wanted in ((REPLY_LABEL, False), (NOTE_LABEL, True)):
            place = "on" if wanted == internal else "off"
            st.button(
                label, key=shown.key(f"tab_{place}", wanted), on_click=_turn, args=(shown, wanted),
                shortcut="I" if wanted else None,
            )  # fmt: skip


def _draw_files(shown: ShownTicket) -> None:
    with st.popover("Attach files", icon=":material/attach_file:", type="tertiary", key="bare_files"):
        st.file_uploader(
            f"Up to {MOST_FILES} files of {MOST_BYTES // MB} MB", key=_files_key(shown), accept_multiple_files=True,
            type=[*MEDIA_TYPES, "jpeg"], help="No passwords and no personal data, please.",
        )  # fmt: skip
    if files := _files(shown):
        st.html(f'<span class="quiet">{len(files)} attached</span>', width="content")


def _draw_send(shown: ShownTicket, internal: bool) -> None:
    """Thanks for a fix must not open it again, and what is not fixed must: the requester says which."""
    back = None if internal else way_back(shown)
    label = "Save note for staff" if internal else "Just a comment" if back else f"Send to {audience(shown)}"
    if back:
        st.button(
            back.label, key=shown.key("reopen"), icon=f":material/{back.icon}:", on_click=_reopen, args=(shown, back),
        )  # fmt: skip
    st.button(
        label, key=shown.key("send"), type="primary", icon=f":material/{'lock' if internal else 'send'}:",
        on_click=_send, args=(shown, internal), shortcut="Ctrl+Enter",
    )  # fmt: skip


def way_back(shown: ShownTicket) -> Move | None:
    """For the requester of what is done and can come back: the move that needs only the words."""
    if shown.state.phase != "ended" or Right.requester not in shown.detail.rights:
        return None
    states = shown.kind.workflow.names("open")
    return next((m for m in shown.moves if m.to in states and [q.name for q in m.asks] == ["note"]), None)


def audience(shown: ShownTicket) -> str:
    """'alice + 6 watchers': everybody who is told of a reply, but whoever writes it."""
    ticket, me = shown.ticket, shown.actor.email
    watching = {w.person for w in shown.detail.watchers if w.reason != "vote" or _follows(shown)}
    people = ({ticket.requester, *watching} | ({ticket.assignee} if ticket.assignee else set())) - {me}
    people = {person for person in people if "@" in person}
    first = next((p for p in (ticket.requester, ticket.assignee) if p in people), None) or min(people, default=None)
    if first is None:
        return "the team"
    rest = len(people) - 1
    others = "" if not rest else " + 1 watcher" if rest == 1 else f" + {rest} watchers"
    return f"{person_name(first)}{others}"


def _follows(shown: ShownTicket) -> bool:
    return shown.kind.votes is None or shown.kind.votes.follows


def _placeholder(shown: ShownTicket, internal: bool) -> str:
    if internal:
        return "Only staff see this. Markdown works, @name notifies."
    to = audience(shown).replace(" + ", " and ")
    return f"Write to {to}. Markdown works, @name notifies."


def _turn(shown: ShownTicket, internal: bool) -> None:
    st.session_state[shown.key("internal")] = internal


def _send(shown: ShownTicket, internal: bool) -> None:
    """A callback."""
    text, files = _written(shown, internal), _files(shown)
    id_ = _comment_id(shown, text)
    try:
        for file in files:
            accept(file.name, file.getvalue())
        tickets = shown.portal.tickets
        tickets.talk.comment(shown.actor, shown.ticket.id, text, internal, id_)
        _attach(shown, files, id_, internal)
    except PortalError as error:
        _failed(shown, error)
        return
    _sent(shown, internal)


def _comment_id(shown: ShownTicket, text: str) -> str:
    """The same for the same words until they are sent: trying again cannot say them twice."""
    tried = st.session_state.get(shown.key("tried"))
    if tried is None or tried[0] != text:
        tried = st.session_state[shown.key("tried")] = (text, new_id(shown.portal.clock()))
    return str(tried[1])


def _attach(shown: ShownTicket, files: Sequence[Any], comment_id: str, internal: bool) -> None:
    """What is there already is not sent again."""
    done = st.session_state.setdefault(shown.key("attached"), set())
    for file in files:
        if file.file_id not in done:
            shown.portal.tickets.attach(
                shown.actor, shown.ticket.id, file.name, file.getvalue(), comment_id=comment_id, internal=internal
            )
            done.add(file.file_id)


def _reopen(shown: ShownTicket, move: Move) -> None:
    """A callback: the words are the reason."""
    ticket = shown.ticket
    try:
        shown.portal.tickets.move(shown.actor, ticket.id, ticket.version, move.name, {"note": _written(shown, False)})
    except PortalError as error:
        _failed(shown, error)
        return
    _sent(shown, False)


def _written(shown: ShownTicket, internal: bool) -> str:
    return st.session_state.get(_text_key(shown, internal)) or ""


def _failed(shown: ShownTicket, error: PortalError) -> None:
    cached_tickets.drop()
    problems = error.problems if isinstance(error, Invalid) else ()
    st.session_state[shown.key("problem")] = " ".join(problems) or str(error)


def _sent(shown: ShownTicket, internal: bool) -> None:
    cached_tickets.drop()
    st.session_state[_text_key(shown, internal)] = ""
    st.session_state[shown.key("round")] = st.session_state.get(shown.key("round"), 0) + 1
    for name in ("problem", "attached", "tried"):
        st.session_state.pop(shown.key(name), None)


def _files(shown: ShownTicket) -> list[Any]:
    return list(st.session_state.get(_files_key(shown)) or ())


def _files_key(shown: ShownTicket) -> str:
    """An uploader cannot be emptied: after each message a new one stands there."""
    return shown.key("files", st.session_state.get(shown.key("round"), 0))


def _text_key(shown: ShownTicket, internal: bool) -> str:
    """Each tab has its own draft: nothing written for the team is ever sent to everybody."""
    return shown.key("note" if internal else "reply")
