"""Small marks of tickets as HTML: ring, state, priority, SLA, people. The same in lists, details and forms."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from components.markup import esc, icon
from components.moments import Here
from data.status.words import duration
from data.tickets.effects import APPROVAL_HOLD, is_on_hold
from data.tickets.kinds import Kind
from data.tickets.model import Ticket
from data.tickets.workflow import State

SOON = timedelta(hours=2)
WEEK = timedelta(days=6)
FACES = 5
"""Colours of avatars: `--face-0` to `--face-4`."""
PRIORITIES = {1: "many people, no workaround", 2: "urgent", 3: "normal", 4: "when there is time"}
PORTAL = "Portal"


class Mark(NamedTuple):
    """What a pill says; an empty hue is a plain fact."""

    text: str
    hue: str
    icon: str


def mark_pill(mark: Mark | None) -> str:
    if mark is None:
        return ""
    return f'<span class="pill {mark.hue or "fact"}">{icon(mark.icon)}{esc(mark.text)}</span>'


def ring(kind: Kind, of: Ticket | State) -> str:
    """14 px that fill with progress. Decoration: the word always stands beside it."""
    state = of if isinstance(of, State) else kind.workflow.state(of.state)
    if isinstance(of, Ticket) and is_on_hold(of):
        return icon("pause_circle", "ring yellow ink")
    if state.progress == 1:
        return icon("check_circle" if state.good else "cancel", f"ring {hue(kind, of)} ink")
    quarters = int(state.progress * 4) * 25
    started = state.name != kind.workflow.first
    css = f"ring {hue(kind, of)} {'started' if started else ''}"
    return f'<span class="{css}" style="--part:{quarters}%" aria-hidden="true"></span>'


def hue(kind: Kind, of: Ticket | State) -> str:
    state = of if isinstance(of, State) else kind.workflow.state(of.state)
    if isinstance(of, Ticket) and of.on_hold:
        return "yellow"
    if state.progress == 1:
        return "green" if state == goal(kind) else "gray"
    if state.name == kind.workflow.first:
        return "gray"
    return "primary" if state.progress >= 0.5 else "blue"


def goal(kind: Kind) -> State:
    """Where tickets of this kind are meant to arrive."""
    return next(state for state in kind.workflow.states if state.progress == 1 and state.good)


def way(kind: Kind) -> tuple[State, ...]:
    """The states of a ticket that goes as it should."""
    states = kind.workflow.states
    return states[: states.index(goal(kind)) + 1]


def state_word(kind: Kind, ticket: Ticket) -> str:
    """'In Progress', or 'On hold · a vendor'."""
    if not is_on_hold(ticket):
        return kind.workflow.state(ticket.state).label
    waits = code_word(kind, "hold_reason", ticket.hold_reason)
    return f"On hold · {waits.removeprefix('a ').removeprefix('the ')}" if waits else "On hold"


def code_word(kind: Kind, name: str, code: object) -> str:
    """The words of a code that some move or the form asked for."""
    asked = (question for move in kind.workflow.moves for question in move.asks)
    for question in (*kind.questions, *asked):
        if question.name == name and question.choices and code in question.choices:
            return question.choices[str(code)]
    return "" if code is None else str(code).replace("_", " ")


def state_html(kind: Kind, ticket: Ticket) -> str:
    """Ring and word, for rows."""
    return f'<span class="state">{ring(kind, ticket)}{esc(state_word(kind, ticket))}</span>'


def state_pill(kind: Kind, ticket: Ticket) -> str:
    return f'<span class="pill {hue(kind, ticket)}">{ring(kind, ticket)}{esc(state_word(kind, ticket))}</span>'


def priority_mark(priority: int | None) -> str:
    if priority is None:
        return ""
    inside = "!" if priority == 1 else "<i></i><i></i><i></i>"
    return f'<span class="priority p{priority}" role="img" aria-label="Priority {priority}">{inside}</span>'


def priority_pill(priority: int | None) -> str:
    if priority is None:
        return ""
    said = f"P{priority} · {PRIORITIES[priority]}"
    return f'<span class="pill {"red" if priority == 1 else "fact"}">{priority_mark(priority)}{said}</span>'


def sla_pill(ticket: Ticket, here: Here) -> str:
    """The one promise that a row has room for: the reply while it is owed first, else the end."""
    return mark_pill(sla(ticket, here))


def sla(ticket: Ticket, here: Here) -> Mark | None:
    if ticket.stopped_at or ticket.due_at is None or not _reply_owed_first(ticket):
        return _short(resolution(ticket, here))
    return first_reply(ticket, here)


def first_reply(ticket: Ticket, here: Here) -> Mark | None:
    """'First reply met in 12 min', 'Reply in 35 min'."""
    due, replied = ticket.response_due_at, ticket.first_response_at
    ended = min(filter(None, (replied, ticket.stopped_at)), default=None)
    if due is None:
        return None
    if ended is None:
        return _running("Reply", due, here)
    took = duration(ended - ticket.created_at)
    return (
        Mark(f"First reply met in {took}", "green", "check") if ended <= due else _missed(f"First reply after {took}")
    )


def resolution(ticket: Ticket, here: Here) -> Mark | None:
    """'Resolution overdue 40 min', 'Due 15:30', 'Paused', 'Met'."""
    due, stopped = ticket.due_at, ticket.stopped_at
    if due is None or is_awaiting(ticket):
        return None
    if stopped:
        late = ticket.breached or stopped > due
        return _missed("Resolution missed") if late else Mark("Resolution met", "green", "check")
    if ticket.hold_since and ticket.hold_since <= due:
        return Mark("Paused", "blue", "pause")
    mark = _running("Due", due, here)
    return mark._replace(text=f"Resolution {mark.text.lower()}") if mark.text.startswith("Overdue") else mark


def _short(mark: Mark | None) -> Mark | None:
    text = mark.text.removeprefix("Resolution ") if mark else ""
    return mark and mark._replace(text=f"{text[:1].upper()}{text[1:]}")


def _missed(text: str) -> Mark:
    return Mark(text, "red", "timer_off")


def _reply_owed_first(ticket: Ticket) -> bool:
    owed = ticket.first_response_at is None and ticket.response_due_at is not None
    return owed and (ticket.response_due_at or ticket.created_at) <= (ticket.due_at or ticket.created_at)


def _running(word: str, due: datetime, here: Here) -> Mark:
    left = due - here.now
    if left < timedelta(0):
        late = duration(-left)
        return _missed(f"Overdue {late}" if word == "Due" else f"{word} overdue {late}")
    if left < SOON:
        return Mark(f"{word} in {duration(left)}", "orange", "timer")
    by = "" if word == "Due" else "by "
    return Mark(f"{word} {by}{due_words(due, here)}", "", "timer")


def due_words(due: datetime, here: Here) -> str:
    """'15:30' today, 'Wed' within the week, '9 Dec' later."""
    local, today = due.astimezone(here.zone), here.now.astimezone(here.zone).date()
    if local.date() == today:
        return f"{local:%H:%M}"
    return f"{local:%a}" if local.date() - today <= WEEK else f"{local.day} {local:%b}"


def day_word(at: datetime, here: Here) -> str:
    """'today', '9 Nov'."""
    local = at.astimezone(here.zone)
    return "today" if local.date() == here.now.astimezone(here.zone).date() else f"{local.day} {local:%b}"


def ago_short(at: datetime, here: Here) -> str:
    """'now', '4 min', '2 h', '3 d', '9 Nov': one unit, for columns."""
    seconds = here.since(at)
    if seconds < 60:
        return "now"
    if seconds < 3600:
        return f"{int(seconds // 60)} min"
    if seconds < 86_400:
        return f"{int(seconds // 3600)} h"
    local = at.astimezone(here.zone)
    return f"{int(seconds // 86_400)} d" if seconds < 30 * 86_400 else f"{local.day} {local:%b}"


def person_name(email: str) -> str:
    """'alice'; whoever has no address is the portal at work."""
    name, at, _ = email.partition("@")
    return name if at else PORTAL


def avatar(person: str, css: str = "") -> str:
    """A coloured circle with one letter; its colour always the same for the same person."""
    letter = esc(person_name(person)[:1].upper())
    face = f"--face:var(--face-{sum(person.encode()) % FACES})"
    return f'<span class="avatar {css}" style="{face}" aria-hidden="true">{letter}</span>'


def person_html(email: str | None, nobody: str = "Unassigned") -> str:
    if not email:
        return f'<span class="faint">{esc(nobody)}</span>'
    return f'<span class="who" title="{esc(email)}">{avatar(email)}{esc(person_name(email))}</span>'


def ticket_id(key: str) -> str:
    return f'<code class="tid">{esc(key)}</code>'


def is_awaiting(ticket: Ticket) -> bool:
    """Paused because somebody has to approve it."""
    return ticket.on_hold and ticket.hold_reason == APPROVAL_HOLD
