"""The audit trail: append-only; a deed sent twice is recognised by its id."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict
from datetime import datetime

from data.audit.model import AuditEvent, Deed, Fields, event_of
from data.people.model import Actor
from data.statements import Row, Statements


class AuditService:
    def __init__(self, statements: Statements, clock: Callable[[], datetime]) -> None:
        self._statements = statements
        self._clock = clock

    def record(
        self,
        actor: Actor,
        action: str,
        object_type: str,
        object_id: str,
        platform_id: str | None = None,
        old: Fields | None = None,
        new: Fields | None = None,
        reason: str | None = None,
        id: str | None = None,
    ) -> AuditEvent:
        deed = Deed(action, object_type, object_id, platform_id, old, new, reason, id)
        return self.record_all(actor, [deed])[0]

    def record_all(self, actor: Actor, deeds: Iterable[Deed]) -> tuple[AuditEvent, ...]:
        """Write all deeds in one commit, each with only the fields that differ."""
        at = self._clock()
        return self.add(event_of(actor, deed, at) for deed in deeds)

    def add(self, events: Iterable[AuditEvent]) -> tuple[AuditEvent, ...]:
        """Each once, however often it is sent."""
        written = tuple(events)
        if written:
            self._statements.run("audit/add_events", [_row(event) for event in written])
        return written

    def events_of(self, object_type: str, object_id: str, limit: int = 50) -> tuple[AuditEvent, ...]:
        """Newest first. Whoever asks has made sure that the reader may see the object."""
        rows = self._statements.rows("audit/list_events", object_type=object_type, object_id=object_id, limit=limit)
        return tuple(AuditEvent(**{**row, "old": _fields(row["old"]), "new": _fields(row["new"])}) for row in rows)


def _row(event: AuditEvent) -> Row:
    return {**asdict(event), "old": _text(event.old), "new": _text(event.new)}


def _text(fields: Fields | None) -> str | None:
    return None if fields is None else json.dumps(fields, ensure_ascii=False)


def _fields(text: str | None) -> Fields | None:
    fields: Fields | None = None if text is None else json.loads(text)
    return fields
