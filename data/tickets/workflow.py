"""What can be done to a ticket: tables of states and moves, and the pure `plan` of one move.

Buttons, forms, documentation and tests are made from these tables; a move that is not in them cannot happen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, Literal

from data.audit.model import AuditEvent, Deed, event_of
from data.errors import Conflict, Forbidden, Invalid
from data.people.model import Actor
from data.tickets.answers import Question, checked
from data.tickets.model import Answers, Right, Ticket
from data.tickets.timing import Timing, timed

Phase = Literal["open", "ended", "closed"]
"""open: somebody has to act. ended: the work is done, and can come back. closed: for ever, unless a move says so."""


@dataclass(frozen=True, slots=True)
class State:
    name: str
    label: str
    phase: Phase
    progress: float
    """0 to 1, along the way that things should go."""
    good: bool = True
    """False: it ended without what was wanted."""


@dataclass(frozen=True, slots=True)
class Context:
    """What the effect of a move may know."""

    ticket: Ticket
    answers: Answers
    actor: Actor
    at: datetime


Effect = Callable[[Context], Mapping[str, Any]]
"""The columns that a move changes beyond the state and what the answers of the same name say."""


def nothing_more(_: Context) -> Mapping[str, Any]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    name: str
    label: str
    icon: str
    past: str
    """What the timeline says somebody did: 'resolved it'."""
    sources: frozenset[str]
    to: str | None = None
    """None: the state stays."""
    who: frozenset[Right]
    asks: tuple[Question, ...] = ()
    effect: Effect = nothing_more
    when: Callable[[Ticket], bool] = lambda _: True
    """A condition on more than the state, such as being on hold."""
    quiet: bool = False
    """Told to nobody but the audit trail."""
    main: bool = False
    """The usual next step, which gets the button; the others wait in a menu."""


@dataclass(frozen=True, slots=True)
class Workflow:
    states: tuple[State, ...]
    moves: tuple[Move, ...]
    first: str

    def state(self, name: str) -> State:
        return next(state for state in self.states if state.name == name)

    def move(self, name: str) -> Move:
        """Raises Invalid for a move that this workflow does not have."""
        for move in self.moves:
            if move.name == name:
                return move
        raise Invalid(f"There is no step named '{name}' here.")

    def names(self, *phases: Phase) -> tuple[str, ...]:
        return tuple(state.name for state in self.states if state.phase in phases)

    def open_to(self, ticket: Ticket, rights: frozenset[Right]) -> tuple[Move, ...]:
        """The legal moves of somebody with these rights, in the order of the table."""
        return tuple(move for move in self.moves if self.obstacle(move, ticket, rights) is None)

    def obstacle(self, move: Move, ticket: Ticket, rights: frozenset[Right]) -> Forbidden | Conflict | None:
        """Why somebody with these rights cannot make the move now; None when they can."""
        if not move.who & rights:
            able = " or ".join(sorted(WHO[right] for right in move.who))
            return Forbidden(f"Only {able} can do this: {move.label.lower()}.")
        if ticket.state not in move.sources or not move.when(ticket):
            label = self.state(ticket.state).label
            return Conflict(f"{ticket.key} is {label} now, so this is no longer possible: {move.label.lower()}.")
        return None


@dataclass(frozen=True, slots=True)
class Change:
    ticket: Ticket
    """As it is afterwards, `event` and `version` included."""
    event: AuditEvent


def plan(
    workflow: Workflow, ticket: Ticket, name: str, actor: Actor, rights: frozenset[Right], answers: Answers,
    at: datetime, timing: Timing,
) -> Change:  # fmt: skip
    """What the move makes of the ticket. Raises Forbidden, Conflict (not possible in this state), Invalid (answers)."""
    move = workflow.move(name)
    if obstacle := workflow.obstacle(move, ticket, rights):
        raise obstacle
    given = checked(move.asks, answers)
    context = Context(ticket, given, actor, at)
    columns = {name: value for name, value in given.items() if name in COLUMNS}
    state = move.to or ticket.state
    told = {
        "state": state,
        "responded_at": ticket.responded_at or (at if _answers_publicly(move, given, rights) else None),
    }
    after = replace(ticket, **{**columns, **told, **move.effect(context)}, updated_at=at, updated_by=actor.email)
    return changed(move.name, ticket, timed(after, ticket, workflow.state(after.state).phase, timing, at), given, actor)


def _answers_publicly(move: Move, answers: Answers, rights: frozenset[Right]) -> bool:
    """A note of staff that everybody reads is an answer to the requester, who does not answer themselves."""
    return bool(answers.get("note")) and not move.quiet and Right.staff in rights and Right.requester not in rights


COLUMNS = frozenset(
    {"title", "body", "assignee", "team", "priority", "impact", "urgency", "hold_reason", "hold_until", "reason"}
    | {"next_update_at", "sensitive", "readers", "work_item", "platform_id", "asset", "merged_into"}
)
"""Answers of these names are kept in the head row; all others only in the event."""


def changed(action: str, before: Ticket | None, after: Ticket, answers: Answers, actor: Actor) -> Change:
    """`after` with its next version and the event that tells of it."""
    version = 1 if before is None else before.version + 1
    note = answers.get("note")
    deed = Deed(
        f"ticket:{action}", "ticket", after.id, after.platform_id, old=_facts(before) if before else None,
        new={**_facts(after), **_told(answers)}, reason=str(note) if note else None, id=f"{after.id}:{version}",
    )  # fmt: skip
    event = event_of(actor, deed, after.updated_at)
    return Change(replace(after, version=version, event=event), event)


_KEPT = COLUMNS | {"state", "hold_since", "hidden", "fields", "reopened", "stopped_at", "due_at", "response_due_at"}


def _facts(ticket: Ticket) -> dict[str, Any]:
    facts = {name: getattr(ticket, name) for name in sorted(_KEPT)}
    return facts | {"fields": dict(ticket.fields), "readers": list(ticket.readers)}


def _told(answers: Answers) -> dict[str, Any]:
    """Answers that have no column: the trail is where they are kept."""
    return {name: value for name, value in answers.items() if name not in COLUMNS and name != "note"}


def faster(ticket: Ticket) -> str:
    """`ticket` as it is now."""
    who = ticket.updated_by.partition("@")[0]
    return f"Somebody was faster: {who} has changed {ticket.key} meanwhile. What you wrote stays here."


def overtaken(ticket: Ticket) -> Conflict:
    """`ticket` as it is now."""
    return Conflict(faster(ticket), ticket.version)


WHO: Mapping[Right, str] = {
    Right.requester: "the requester",
    Right.staff: "the team",
    Right.lead: "an owner of the platform",
    Right.approver: "the approver",
    Right.portal: "the portal itself",
}
