"""Messages in the store: heads changed by compare-and-set; texts and dismissals appended."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import datetime

from data.audit.model import as_text, from_text
from data.knobs import Knob, read_knob
from data.messages.model import ANNOUNCED, Message, Place
from data.messages.workflow import platform_of
from data.people.model import Scope
from data.statements import Row, Statements

MOST = 500
PLATFORMS = 100_000
WORDS = 3
FOUR_EYES = Knob("messages:four_eyes", bool, False, lambda on: {"four_eyes": on})
"""Whether another person has to approve what is published."""
_BESIDE = {"event", "dismissed_by", "platform_ids"}
_NAMES = tuple(field.name for field in fields(Message) if field.name not in _BESIDE)


def message_from_row(row: Row) -> Message:
    """Older portals wrote less: what they published is dismissible and has its first text."""
    told = {name: row[name] for name in _NAMES if row.get(name) is not None}
    event = row.get("event")
    return Message(
        **{"dismissible": True, "revision": int(row["state"] in ANNOUNCED), **told},
        platform_ids=tuple(row["platform_ids"] or ()), event=from_text(event) if event else None,
        dismissed_by=frozenset(row.get("dismissed_by") or ()),
    )  # fmt: skip


def message_row(message: Message) -> Row:
    assert message.event is not None, "a message is written with the event that made it so"
    head = {name: getattr(message, name) for name in _NAMES}
    platform_ids = list(message.platform_ids)
    return head | {
        "platform_ids": platform_ids, "platform_id": platform_of(message), "event": as_text(message.event)
    }  # fmt: skip


class MessageStore:
    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def heads(self, ids: Collection[str]) -> Mapping[str, Message]:
        """By id, those that are there."""
        rows = self._statements.rows("messages/list_heads", ids=sorted(ids), limit=len(ids)) if ids else []
        return {row["id"]: message_from_row(row) for row in rows}

    def find(self, id_: str) -> Message | None:
        return self.heads([id_]).get(id_)

    def add(self, message: Message) -> bool:
        """False: there is one of this id already."""
        return self._statements.run("messages/add_message", [message_row(message)]) == 1

    def set(self, message: Message) -> bool:
        """False: somebody was faster."""
        return self._statements.run("messages/set_message", [message_row(message)]) == 1

    def listed(
        self, scope: Scope, states: Sequence[str], ended_by: datetime | None = None, search: str = ""
    ) -> tuple[Message, ...]:
        words = search.lower().split()[:WORDS]
        rows = self._statements.rows(
            "messages/list_messages", states=list(states), ended_by=ended_by, everything=scope.everything,
            members_of=sorted(scope.platforms), limit=MOST,
            **{f"word_{n + 1}": words[n] if n < len(words) else "" for n in range(WORDS)},
        )  # fmt: skip
        return tuple(map(message_from_row, rows))

    def keep_texts(self, messages: Iterable[Message]) -> None:
        """Of those that are published; each once."""
        if rows := [message_row(message) for message in messages if message.state in ANNOUNCED and message.event]:
            self._statements.run("messages/add_revisions", rows)

    def texts(self, id_: str) -> tuple[Message, ...]:
        """Newest first."""
        rows = self._statements.rows("messages/list_revisions", id=id_, limit=MOST)
        return tuple(map(message_from_row, rows))

    def dismiss(self, message: Message, person: str, at: datetime) -> None:
        self._statements.run(
            "messages/add_dismissal", message_id=message.id, revision=message.revision, person=person, at=at
        )

    def unrecorded(self, since: datetime) -> list[Message]:
        rows = self._statements.rows("messages/list_unrecorded", since=since, limit=MOST)
        return [message_from_row(row) for row in rows]

    def places(self) -> Mapping[str, Place]:
        rows = self._statements.rows("messages/list_platforms", limit=PLATFORMS)
        return {row["id"]: Place(**row) for row in rows}

    def four_eyes(self) -> bool:
        return read_knob(self._statements, FOUR_EYES).value
