"""What can be done to a term, as a table of moves, and the pure `plan` of one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from data.audit.model import Deed, event_of
from data.errors import Conflict, Invalid
from data.glossary.model import Term, TermState
from data.glossary.rules import STATES, facts_of
from data.people.model import Actor
from data.tickets.answers import Question, Refused, checked
from data.tickets.model import Answers

REVIEW_EVERY = timedelta(days=182)
"""Until somebody says another day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    name: str
    label: str
    icon: str
    past: str
    """What the history says somebody did: 'approved it'."""
    sources: frozenset[TermState]
    to: TermState
    asks: tuple[Question, ...] = ()
    reviews: bool = False
    """Whoever does it has read the term: the next review is later."""
    one_of: tuple[str, ...] = ()
    """At least one of these has to be answered."""


_WHY = Question("reason", "Reason")
_SAID = Question("reason", "Reason", required=False, help="Readers see it; needed where there is no successor.")
_SUCCESSOR = Question("replaced_by", "Successor", "line", required=False, help="The term that people should use now.")
MOVES = (
    Move(name="approve", label="Approve", icon="verified", past="approved it", sources=frozenset({"draft"}),
         to="approved", reviews=True),
    Move(name="review", label="Still true", icon="fact_check", past="reviewed it", sources=frozenset({"approved"}),
         to="approved", reviews=True),
    Move(name="deprecate", label="Deprecate", icon="do_not_disturb_on", past="deprecated it", to="deprecated",
         sources=frozenset({"draft", "approved"}), asks=(_SUCCESSOR, _SAID), one_of=("replaced_by", "reason")),
    Move(name="restore", label="Use it again", icon="undo", past="took it into use again", to="approved",
         sources=frozenset({"deprecated"}), asks=(_WHY,), reviews=True),
    Move(name="archive", label="Archive", icon="archive", past="archived it", to="archived", asks=(_WHY,),
         sources=frozenset({"draft", "approved", "deprecated"})),
    Move(name="unarchive", label="Back to draft", icon="unarchive", past="brought it back as a draft", to="draft",
         sources=frozenset({"archived"})),
)  # fmt: skip


def move_named(name: str) -> Move:
    """Raises Invalid for a move that is not in the table."""
    for move in MOVES:
        if move.name == name:
            return move
    raise Invalid(f"There is no step named '{name}' in the glossary.")


def moves_of(term: Term) -> tuple[Move, ...]:
    return tuple(move for move in MOVES if term.state in move.sources)


def plan(term: Term, name: str, actor: Actor, answers: Answers, at: datetime) -> Term:
    """The next version, with its event. Raises Conflict where the move does not fit, Refused for its answers."""
    move = move_named(name)
    if term.state not in move.sources:
        raise Conflict(f"This term is {STATES[term.state].lower()} now, so this is not possible: {move.label.lower()}.")
    said = answered(move, answers)
    after = replace(
        term, state=move.to, note=said.get("reason"),
        replaced_by=said.get("replaced_by") if move.to == "deprecated" else None,
        reviewed_at=at if move.reviews else term.reviewed_at,
        review_due=next_review(term, at) if move.reviews else term.review_due,
    )  # fmt: skip
    return changed(term, after, move.name, actor, at, after.note)


def answered(move: Move, answers: Answers) -> dict[str, Any]:
    said = checked(move.asks, answers)
    if move.one_of and not any(said.get(name) for name in move.one_of):
        raise Refused({"replaced_by": "Successor: please name one, or say a reason why there is none."})
    return said


def next_review(term: Term, at: datetime) -> Any:
    """The day that was chosen while it lies ahead, else half a year from now."""
    due, today = term.review_due, at.date()
    return due if due is not None and due > today else today + REVIEW_EVERY


def added(
    id_: str, actor: Actor, given: Mapping[str, Any], at: datetime, state: TermState = "draft",
    reason: str | None = None,
) -> Term:  # fmt: skip
    """The first version."""
    by = actor.email
    fields = {"reviewed_at": at if state == "approved" else None, **given}
    term = Term(id=id_, state=state, created_at=at, created_by=by, updated_at=at, updated_by=by, **fields)
    if state == "approved" and term.review_due is None:
        term = replace(term, review_due=next_review(term, at))
    return replace(term, event=event_of(actor, _deed("add", term, {}, reason), at))


def edited(
    term: Term, actor: Actor, given: Mapping[str, Any], at: datetime, name: str = "edit", reason: str | None = None
) -> Term:
    """The next version with these fields, as `rules.checked_fields` returned them."""
    return changed(term, replace(term, **given), name, actor, at, reason)


def changed(before: Term, after: Term, name: str, actor: Actor, at: datetime, reason: str | None = None) -> Term:
    numbered = replace(after, version=before.version + 1, updated_at=at, updated_by=actor.email)
    return replace(numbered, event=event_of(actor, _deed(name, numbered, facts_of(before), reason), at))


def _deed(name: str, term: Term, old: Mapping[str, Any], reason: str | None) -> Deed:
    id_ = f"{term.id}:{term.version}"
    return Deed(f"glossary:{name}", "glossary_term", term.id, term.platform_id, old, facts_of(term), reason, id_)
