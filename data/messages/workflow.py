"""What can be done to a message: a table of moves, and the pure `plan` of one.

The states that a move starts from are those of the moment: `scheduled` and `expired` come from the clock alone.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from data.audit.model import Deed, event_of
from data.errors import Conflict, Forbidden, Invalid
from data.messages.model import REASON, Message
from data.messages.rules import must_lie_ahead
from data.people.model import Actor
from data.people.permissions import Permission
from data.tickets.answers import Question, checked

STATES: Mapping[str, str] = {
    "draft": "Draft", "waiting": "Waiting for approval", "scheduled": "Scheduled", "published": "Published",
    "expired": "Expired", "withdrawn": "Withdrawn", "discarded": "Discarded",
}  # fmt: skip


class Right(StrEnum):
    editor = "an owner of its platforms"
    second = "another owner than its author"


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    name: str
    label: str
    icon: str
    past: str
    """What the history says somebody did: 'published it'."""
    sources: frozenset[str]
    to: str | None = None
    """None: the stored state stays."""
    who: Right = Right.editor
    four_eyes: bool | None = None
    """Only while two people are (True) or are not (False) asked for; None: always."""
    writes: bool = False
    """Comes with a text."""
    asks: tuple[Question, ...] = ()
    when: Callable[[Message], bool] = lambda _: True
    quiet: bool = False
    """Told to nobody but the audit trail."""


DRAFT, WAITING = frozenset({"draft"}), frozenset({"waiting"})
ON = frozenset({"scheduled", "published"})
MOVES = (
    Move(name="save", label="Save draft", icon="save", past="saved it", sources=DRAFT, to="draft", writes=True,
         quiet=True),
    Move(name="publish", label="Publish", icon="campaign", past="published it", sources=DRAFT, to="published",
         writes=True, four_eyes=False),
    Move(name="submit", label="Submit for approval", icon="approval", past="submitted it", sources=DRAFT, to="waiting",
         writes=True, four_eyes=True),
    Move(name="approve", label="Approve and publish", icon="done_all", past="approved it", sources=WAITING,
         to="published", who=Right.second),
    Move(name="return", label="Back to draft", icon="undo", past="sent it back", sources=WAITING, to="draft",
         asks=(REASON,)),
    Move(name="revise", label="Publish the change", icon="edit", past="changed it", sources=ON, to="published",
         writes=True, four_eyes=False),
    Move(name="propose", label="Submit the change; hidden until approved", icon="approval", past="changed it",
         sources=ON, to="waiting", writes=True, four_eyes=True),
    Move(name="pin", label="Pin", icon="keep", past="pinned it", sources=ON, when=lambda m: not m.pinned, quiet=True),
    Move(name="unpin", label="Unpin", icon="keep_off", past="unpinned it", sources=ON | {"expired"},
         when=lambda m: m.pinned, quiet=True),
    Move(name="end", label="End now", icon="stop_circle", past="ended it", sources=frozenset({"published"})),
    Move(name="withdraw", label="Withdraw", icon="block", past="withdrew it", sources=ON, to="withdrawn",
         asks=(REASON,)),
    Move(name="discard", label="Discard", icon="delete", past="discarded it", sources=DRAFT, to="discarded",
         quiet=True),
)  # fmt: skip


def rights_of(actor: Actor, message: Message) -> frozenset[Right]:
    """Nobody approves their own text: neither who began it nor who wrote or submitted it last."""
    if not may_publish(actor, message.platform_ids):
        return frozenset()
    authors = {message.updated_by} if message.revision else {message.updated_by, message.created_by}
    is_second = actor.door != "job" and actor.email not in authors
    return frozenset({Right.editor, Right.second} if is_second else {Right.editor})


def may_publish(actor: Actor, platform_ids: Collection[str]) -> bool:
    """On each of the platforms; where none is named, to everybody."""
    if not platform_ids:
        return actor.may(Permission.messages_portal_publish)
    return all(actor.may(Permission.messages_message_publish, id_) for id_ in platform_ids)


def move_named(name: str) -> Move:
    """Raises Invalid for a move that is not in the table."""
    for move in MOVES:
        if move.name == name:
            return move
    raise Invalid(f"There is no step named '{name[:40]}' here.")


def obstacle(
    move: Move, message: Message, rights: frozenset[Right], four_eyes: bool, at: datetime
) -> Forbidden | Conflict | None:
    """Why somebody with these rights cannot make the move now; None when they can."""
    if move.who not in rights:
        return Forbidden(f"Only {move.who} can do this: {move.label.lower()}.")
    state = message.state_at(at)
    if state not in move.sources or not move.when(message):
        return Conflict(f"This message is {STATES[state].lower()} now, so this is not possible: {move.label.lower()}.")
    if move.four_eyes is not None and move.four_eyes is not four_eyes:
        return Forbidden(
            "Another person has to approve what is published."
            if four_eyes
            else "No approval is needed here: publish it."
        )
    return None


def open_to(message: Message, rights: frozenset[Right], four_eyes: bool, at: datetime) -> tuple[str, ...]:
    """The legal moves, in the order of the table."""
    return tuple(move.name for move in MOVES if obstacle(move, message, rights, four_eyes, at) is None)


def plan(
    message: Message, move: Move, actor: Actor, at: datetime, columns: Mapping[str, Any], answers: Mapping[str, Any]
) -> Message:
    """The message after a move that nothing stands in the way of. Raises Refused (answers, window)."""
    given = checked(move.asks, answers)
    after = replace(
        message, **{"reason": None, **columns, **given}, state=move.to or message.state, updated_at=at,
        updated_by=actor.email,
    )  # fmt: skip
    if move.name in ("pin", "unpin"):
        after = replace(after, pinned=move.name == "pin", reason=message.reason)
    elif move.name == "end":
        after = replace(after, ends_at=at)
    elif move.to in ("published", "waiting"):
        must_lie_ahead(after.ends_at, at)
    if move.to == "published":
        after = _revised(message, replace(after, starts_at=after.starts_at or at), move)
    return _with_event(message, after, move, actor)


def _revised(before: Message, after: Message, move: Move) -> Message:
    """Each text that is published has a number; those who dismissed the one before see the next one."""
    same = move.name == "revise" and words_of(before) == words_of(after)
    return after if same else replace(after, revision=before.revision + 1)


def words_of(message: Message) -> dict[str, Any]:
    """What a revision keeps."""
    names = ("kind", "severity", "title", "body", "platform_ids", "starts_at", "ends_at")
    return {name: getattr(message, name) for name in names}


def _with_event(before: Message, after: Message, move: Move, actor: Actor) -> Message:
    version = before.version + 1
    deed = Deed(
        f"message:{move.name}", "message", after.id, platform_of(after), old=_facts(before) if before.version else None,
        new=_facts(after), reason=after.reason, id=f"{after.id}:{version}",
    )  # fmt: skip
    return replace(after, version=version, event=event_of(actor, deed, after.updated_at))


def platform_of(message: Message) -> str | None:
    """Where there is exactly one."""
    return message.platform_ids[0] if len(message.platform_ids) == 1 else None


def _facts(message: Message) -> dict[str, Any]:
    names = ("zone", "pinned", "dismissible", "state", "revision")
    return words_of(message) | {name: getattr(message, name) for name in names}
