"""Events of the trail in one sentence each: 'changed the priority P2 → P1'."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from components.markup import icon
from components.moments import Here
from components.ticket_marks import code_word, person_name
from data.audit.model import AuditEvent
from data.tickets.kinds import Kind

Worded = tuple[str, str]
"""Icon and words."""
OTHERS: Mapping[str, Worded] = {
    "link": ("link", "linked a ticket"), "unlink": ("link_off", "removed a link"),
    "attach": ("attach_file", "attached a file"), "hide_comment": ("visibility_off", "hid a comment"),
}  # fmt: skip
"""What is done to a ticket beside its moves."""
UNTOLD = frozenset({"open", "comment", "edit_comment", "remove_comment", "vote", "watch", "tick"})
"""The timeline shows them otherwise, or not at all."""
PREFIX = "ticket:"


def tells(event: AuditEvent) -> bool:
    return name_of(event) not in UNTOLD


def name_of(event: AuditEvent) -> str:
    return event.action.removeprefix(PREFIX)


def event_html(mark: str, words: str) -> str:
    """`words` is HTML."""
    return f'<div class="event"><span class="dot">{icon(mark)}</span><p>{words}</p></div>'


def event_words(kind: Kind, event: AuditEvent, here: Here) -> Worded:
    name = name_of(event)
    move = next((move for move in kind.workflow.moves if move.name == name), None)
    mark, past = (move.icon, move.past) if move else OTHERS.get(name, ("bolt", name.replace("_", " ")))
    changes = [words for field, tell in TOLD.items() if (words := _change(field, tell, kind, event, here))]
    return mark, f"{past}: {', '.join(changes)}" if changes else past


def arrivals(event: AuditEvent) -> str | None:
    """The state that it brought."""
    state = (event.new or {}).get("state")
    return str(state) if state else None


Tell = Callable[[Kind, Any, Here], str]


def _change(field: str, tell: Tell, kind: Kind, event: AuditEvent, here: Here) -> str:
    """Only what is there now is told; of a priority also what it was."""
    old, new = (event.old or {}).get(field), (event.new or {}).get(field)
    if new in (None, old, event.actor):
        return ""
    before = f"{tell(kind, old, here)} → " if old is not None and field in ARROWS else ""
    return before + tell(kind, new, here)


def _moment(kind: Kind, value: Any, here: Here) -> str:
    try:
        return here.clock(datetime.fromisoformat(str(value)))
    except ValueError:
        return str(value)


ARROWS = frozenset({"priority", "title"})
TOLD: Mapping[str, Tell] = {
    "priority": lambda _, value, __: f"P{value}",
    "assignee": lambda _, value, __: person_name(str(value)),
    "team": lambda _, value, __: f"Team {value}",
    "hold_reason": lambda kind, value, _: code_word(kind, "hold_reason", value),
    "hold_until": lambda kind, value, here: f"until {_moment(kind, value, here)}",
    "reason": lambda kind, value, _: code_word(kind, "reason", value),
    "next_update_at": _moment,
    "horizon": lambda kind, value, _: code_word(kind, "horizon", value),
    "roadmap": lambda _, value, __: str(value),
    "delegate": lambda _, value, __: f"to {person_name(str(value))}",
}
"""Fields worth a word, in this order."""
