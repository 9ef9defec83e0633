"""The audit trail: append-only; a deed sent twice is recognised by its id."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict
from datetime import datetime

import pandas as pd

from data.audit.model import AuditEvent, Deed, Fields, TrailQuery, event_of
from data.people.model import Actor
from data.people.permissions import Permission, require
from data.spreadsheet import csv_of
from data.statements import Row, Statements

FILE_ROWS = 10_000
COLUMNS = {
    "at": "When (UTC)", "actor": "Who", "door": "Door", "action": "What", "object_type": "Kind", "object_id": "Of",
    "platform_id": "Platform", "old": "Before", "new": "After", "reason": "Reason",
}  # fmt: skip


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
        return tuple(map(event_from_row, rows))

    def browse(
        self, actor: Actor, query: TrailQuery, limit: int = 50, after: AuditEvent | None = None
    ) -> tuple[AuditEvent, ...]:
        """Newest first, on the platforms whose trail the actor may read; `after` is the last one they have."""
        rows = self._statements.rows("audit/list_trail", **self._asked(actor, query, limit, after))
        return tuple(map(event_from_row, rows))

    def csv(self, actor: Actor, query: TrailQuery) -> bytes:
        rows = self._statements.rows("audit/list_trail", **self._asked(actor, query, FILE_ROWS, None))
        return csv_of(pd.DataFrame(rows, columns=list(COLUMNS)).rename(columns=COLUMNS))

    def _asked(self, actor: Actor, query: TrailQuery, limit: int, after: AuditEvent | None) -> Row:
        may = Permission.audit_trail_read
        platforms = [id_ for id_ in actor.per_platform if actor.may(may, id_)]
        if not actor.may_somewhere(may):
            require(actor, may)
        return {
            "everything": actor.may(may), "platforms": platforms, "person": (query.person or "").lower() or None,
            "object_type": query.object_type, "object_id": query.object_id, "platform": query.platform_id,
            "since": query.since, "before": after and after.at, "before_id": after and after.id, "limit": limit,
        }  # fmt: skip


def event_from_row(row: Row) -> AuditEvent:
    return AuditEvent(**{**row, "old": _fields(row["old"]), "new": _fields(row["new"])})


def _row(event: AuditEvent) -> Row:
    return {**asdict(event), "old": _text(event.old), "new": _text(event.new)}


def _text(fields: Fields | None) -> str | None:
    return None if fields is None else json.dumps(fields, ensure_ascii=False)


def _fields(text: str | None) -> Fields | None:
    fields: Fields | None = None if text is None else json.loads(text)
    return fields
