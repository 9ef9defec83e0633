"""What can be done: the usual next steps as buttons, the others in a menu, each with its questions in a dialog.

One dialog for one ticket and for many. It opens from the session, so that errors, a reload or somebody who was faster
leave what was typed where it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import streamlit as st

from components import form_fields, session
from components.feedback import banner
from components.form_fields import problem_html
from components.markup import counted, esc
from components.moments import Here
from components.ticket_events import event_words
from components.ticket_marks import person_name, state_html, ticket_id
from components.ticket_shown import ShownTicket, act
from data.cached import tickets as cached_tickets
from data.errors import Conflict, PortalError
from data.people.model import Actor
from data.portal import Portal
from data.tickets.answers import Question, Refused
from data.tickets.kinds import Kind, kind_of
from data.tickets.model import Answers, Bulk, Ticket
from data.tickets.workflow import Move

OPEN = "open_step"
"""Session: the `Step` whose dialog is open."""
SHOWN = 8
"""Names in a list of many."""
FINAL = "This is the end of it: nobody can open it again."


@dataclass(frozen=True, slots=True)
class Step:
    kind: str
    move: str
    tickets: tuple[Ticket, ...]
    """As they were when the dialog opened: their versions guard against who was faster."""
    place: str
    """The `?id=` of the page that asks; on any other page the dialog does not belong."""
    problems: Mapping[str, str] = field(default_factory=dict)
    stopped: str = ""
    """What stood in the way of all of it."""
    meanwhile: str = ""
    """What the others did who were faster."""

    @property
    def prefix(self) -> str:
        place = self.tickets[0].id if len(self.tickets) == 1 else "many"
        return f"step_{place}_{self.move}_"


def open_step(kind: Kind, move: str, tickets: Sequence[Ticket]) -> None:
    """A callback: asks what the move wants to know, of one ticket or of many."""
    st.session_state[OPEN] = Step(kind.name, move, tuple(tickets), st.query_params.get("id", ""))


def draw_moves(shown: ShownTicket) -> None:
    """The legal ones only, and at most one primary: none here, the composer has it."""
    moves = shown.moves
    main = [move for move in moves if move.main] or list(moves[:1])
    rest = [move for move in moves if move not in main]
    with st.container(key="moves", horizontal=True, gap="small"):
        for place, move in enumerate(main):
            st.button(
                move.label, key=shown.key("move", move.name), icon=f":material/{move.icon}:", on_click=begin,
                args=(shown, move.name), shortcut="E" if place == 0 else None,
            )  # fmt: skip
        if rest:
            st.menu_button(
                "More" if main else "Actions", [move.name for move in rest], key=shown.key("more"),
                format_func=lambda name: _entry(shown.kind, name), on_click=_chosen, args=(shown,),
            )  # fmt: skip


def begin(shown: ShownTicket, name: str) -> None:
    """A callback: asks first where the move asks something or cannot be taken back, else does it."""
    move = shown.kind.workflow.move(name)
    if move.asks or ends(shown.kind, move):
        open_step(shown.kind, name, [shown.ticket])
    else:
        ticket = shown.ticket
        act(lambda tickets, actor: tickets.move(actor, ticket.id, ticket.version, name, {}))


def draw_step(portal: Portal, actor: Actor) -> None:
    """The last thing a page draws: the dialog, when one is open."""
    step = st.session_state.get(OPEN)
    if not isinstance(step, Step):
        return
    if step.place != st.query_params.get("id", ""):
        _close()
        return
    move = kind_of(step.kind).workflow.move(step.move)
    draw = st.dialog(move.label, icon=f":material/{move.icon}:", on_dismiss=_close)(_draw_questions)
    draw(portal, actor)


def _draw_questions(portal: Portal, actor: Actor) -> None:
    step = st.session_state.get(OPEN)
    if not isinstance(step, Step):
        st.rerun()
    kind = kind_of(step.kind)
    move = kind.workflow.move(step.move)
    possible = _draw_subject(portal, actor, step, kind)
    if step.stopped:
        banner("blue", "sync_problem", step.stopped, step.meanwhile)
        st.button("Reload", key=f"{step.prefix}reload", icon=":material/refresh:", on_click=_reload, args=(step,))
    if ends(kind, move):
        st.html(f'<p class="quiet">{FINAL}</p>')
    answers = {question.name: _ask(portal, actor, step, question) for question in move.asks}
    go = st.button(
        _verb(move, step), key=f"{step.prefix}go", type="primary", disabled=not possible, shortcut="Ctrl+Enter",
        icon=f":material/{move.icon}:",
    )  # fmt: skip
    if go:
        _do(portal, actor, step, answers)


def _draw_subject(portal: Portal, actor: Actor, step: Step, kind: Kind) -> int:
    """What it is about; of many, also what stays as it is and why. How many it would change."""
    if len(step.tickets) == 1:
        ticket = step.tickets[0]
        st.html(f'<p class="subject">{ticket_id(ticket.key)} <b dir="auto">{esc(ticket.title)}</b></p>')
        return 1
    try:
        bulk = portal.tickets.preview(actor, [ticket.id for ticket in step.tickets], step.move)
    except PortalError as error:
        st.html(problem_html(str(error)))
        return 0
    st.html(_plan_html(bulk, kind))
    return len(bulk.moved)


def _plan_html(bulk: Bulk, kind: Kind) -> str:
    rows = [f"{_row(ticket)}{state_html(kind, ticket)}" for ticket in bulk.moved]
    left = [f'{_row(one.ticket)}<span class="faint">{esc(one.why)}</span>' for one in bulk.skipped]
    listed = "".join(f"<li>{row}</li>" for row in (rows + left))
    skipped = f", {len(bulk.skipped)} skipped" if left else ""
    return f'<p><b>{counted(len(rows), "ticket")}</b>{skipped}</p><ul class="subjects">{listed}</ul>'


def _row(ticket: Ticket) -> str:
    return f'{ticket_id(ticket.key)}<span dir="auto">{esc(ticket.title)}</span>'


def _ask(portal: Portal, actor: Actor, step: Step, question: Question) -> object:
    people = cached_tickets.people(portal, actor).value if question.shape in {"person", "people"} else ()
    teams = cached_tickets.teams(portal, actor).value if question.shape == "team" else ()
    return form_fields.ask(
        question, f"{step.prefix}{question.name}", _present(step, question, actor), step.problems.get(question.name),
        people=people or (), teams=teams or (),
    )  # fmt: skip


def _present(step: Step, question: Question, actor: Actor) -> object:
    """What stands there now; whoever takes work on is usually the one who says so."""
    if len(step.tickets) > 1:
        return None
    value = getattr(step.tickets[0], question.name, None) or None
    if question.shape == "people":
        return [name for name in step.tickets[0].readers if name != step.tickets[0].requester]
    return actor.email if value is None and question.name == "assignee" else value


def _do(portal: Portal, actor: Actor, step: Step, answers: Answers) -> None:
    try:
        if len(step.tickets) == 1:
            ticket = step.tickets[0]
            portal.tickets.move(actor, ticket.id, ticket.version, step.move, answers)
            st.toast(f"{ticket.key}: done", icon=":material/check:")
        else:
            versions = {ticket.id: ticket.version for ticket in step.tickets}
            st.toast(summary(portal.tickets.move_all(actor, versions, step.move, answers)), icon=":material/check:")
    except Refused as refused:
        st.session_state[OPEN] = replace(step, problems=refused.at, stopped="")
        st.rerun()
    except PortalError as error:
        if isinstance(error, Conflict):
            cached_tickets.drop()
        st.session_state[OPEN] = replace(
            step, problems={}, stopped=str(error), meanwhile=_meanwhile(portal, actor, step)
        )
        st.rerun()
    cached_tickets.drop()
    _close()
    form_fields.forget(step.prefix)
    st.rerun()


def _meanwhile(portal: Portal, actor: Actor, step: Step) -> str:
    """'bob changed the priority: P2 → P1.' Of one ticket; many are told one by one in the summary."""
    before = step.tickets[0]
    detail = cached_tickets.detail(portal, actor, before.key).value if len(step.tickets) == 1 else None
    news = [event for event in detail.events if event.at > before.updated_at] if detail else []
    here = Here(portal.clock(), session.zone())
    kind = kind_of(step.kind)
    return " ".join(f"{person_name(event.actor)} {event_words(kind, event, here)[1]}." for event in news)


def summary(bulk: Bulk) -> str:
    """'3 tickets changed, 1 skipped: INC-7K2QF closed'."""
    left = "; ".join(f"{one.ticket.key} {one.why}" for one in bulk.skipped[:SHOWN])
    return f"{counted(len(bulk.moved), 'ticket')} changed" + (f", {len(bulk.skipped)} skipped: {left}" if left else "")


def _reload(step: Step) -> None:
    """A callback: the tickets as they are now; the answers stay in their fields."""
    house, actor = session.portal(), session.actor()
    cached_tickets.drop()
    found = (cached_tickets.detail(house, actor, ticket.key).value for ticket in step.tickets)
    fresh = tuple(detail.ticket for detail in found if detail)
    st.session_state[OPEN] = replace(step, tickets=fresh or step.tickets, problems={}, stopped="", meanwhile="")


def _close() -> None:
    st.session_state.pop(OPEN, None)


def _chosen(shown: ShownTicket) -> None:
    if name := st.session_state.get(shown.key("more")):
        begin(shown, name)


def _entry(kind: Kind, name: str) -> str:
    move = kind.workflow.move(name)
    return f":material/{move.icon}: {move.label}"


def ends(kind: Kind, move: Move) -> bool:
    """Nobody can move it any further."""
    states = {state for other in kind.workflow.moves if other.to not in {None, move.to} for state in other.sources}
    return move.to is not None and move.to not in states


def _verb(move: Move, step: Step) -> str:
    return move.label if len(step.tickets) == 1 else f"{move.label} · {counted(len(step.tickets), 'ticket')}"
