"""The outbox, filled by every area together with its changes, and what stands around it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, fields
from datetime import datetime

from data.notifications.model import Notice
from data.statements import Statements

PENDING = "pending"


class OutboxService:
    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def add(self, notices: Iterable[Notice]) -> None:
        """Each once, however often it is sent."""
        rows = [
            {**asdict(notice), "recipients": list(notice.recipients), "payload": json.dumps(dict(notice.payload))}
            for notice in notices
        ]
        if rows:
            self._statements.run("notifications/add_outbox", rows)

    def pending(self, since: datetime, limit: int = 1000) -> tuple[Notice, ...]:
        """Oldest first."""
        rows = self._statements.rows("notifications/list_outbox", state=PENDING, since=since, limit=limit)
        names = [field.name for field in fields(Notice)]
        return tuple(
            Notice(
                **{name: row[name] for name in names}
                | {"recipients": tuple(row["recipients"] or ()), "payload": json.loads(row["payload"])}
            )
            for row in rows
        )
