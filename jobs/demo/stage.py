"""A stage for the demo's threads: the service plays on it in memory, and then each table is written in one commit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from data.statements import Row, Statements
from data.tickets.ids import bucket_of

REAL = frozenset({"people/list_access", "tickets/list_platforms", "schema/list_settings"})
"""Read from the store, once."""
ADDS = {
    "tickets/add_comments": "comments", "tickets/add_votes": "votes", "tickets/add_watchers": "watchers",
    "notifications/add_outbox": "outbox", "audit/add_events": "audit_events",
}  # fmt: skip


class Stage(Statements):
    """Understands the statements that the tickets area uses while it writes."""

    def __init__(self, real: Statements) -> None:
        super().__init__(real.engine)
        self._real = real
        self._known: dict[str, list[Row]] = {}
        self.heads: dict[str, Row] = {}
        self.added: defaultdict[str, dict[Any, Row]] = defaultdict(dict)
        self._runs: Mapping[str, Callable[..., int]] = {
            "tickets/add_tickets": self._add_heads, "tickets/set_tickets": self._set_heads,
            "tickets/set_tallies": lambda *_, **__: 0, "tickets/set_link": self._set_link,
            "tickets/set_approvals": self._set_approvals, "tickets/add_attachment": self._add_attachment,
        }  # fmt: skip

    def run(self, name: str, /, rows: Iterable[Row] | None = None, **params: Any) -> int:
        if table := ADDS.get(name):
            for row in rows or ():
                self.added[table].setdefault((row["id"], row.get("version")), row)
            return 1
        return self._runs[name](list(rows or ()), **params)

    def rows(self, name: str, /, **params: Any) -> list[Row]:
        if name in REAL:
            if name not in self._known:
                self._known[name] = self._real.rows(name, **params)
            return self._known[name]
        return list(self._answers(name, params))

    def _answers(self, name: str, asked: Mapping[str, Any]) -> Iterable[Row]:
        match name:
            case "tickets/find_ticket":
                return [self._whole(row) for row in self.heads.values() if asked["name"] in {row["id"], row["key"]}]
            case "tickets/list_merged":
                ids = set(asked["ticket_ids"])
                return [row for row in self.heads.values() if row["merged_into"] in ids]
            case "tickets/list_comments":
                return [row for row in self.added["comments"].values() if row["ticket_id"] == asked["ticket_id"]]
            case "tickets/list_approvals":
                return [row for row in self.added["approvals"].values() if row["ticket_id"] in asked["ticket_ids"]]
        return []

    def _whole(self, row: Row) -> Row:
        said = [c for c in self.added["comments"].values() if c["ticket_id"] == row["id"] and not c["internal"]]
        answered = min((c["created_at"] for c in said if c["by_staff"]), default=None)
        return {**row, "first_response_at": answered, "visibility": "everyone"}

    def _add_heads(self, rows: list[Row], **_: Any) -> int:
        self.heads |= {row["id"]: row for row in rows}
        return len(rows)

    def _set_heads(self, rows: list[Row]) -> int:
        fresh = [row for row in rows if self.heads[row["id"]]["version"] == row["version"] - 1]
        self.heads |= {row["id"]: row for row in fresh}
        return len(fresh)

    def _set_link(self, _: list[Row], **link: Any) -> int:
        at, by = link.pop("at"), link.pop("by")
        record = {"version": 1, "created_at": at, "created_by": by, "updated_at": at, "updated_by": by}
        self.added["ticket_links"][link["id"]] = {**link, **record}
        return 1

    def _add_attachment(self, _: list[Row], at: Any, by: str, most: int, **file: Any) -> int:
        record = {"version": 1, "created_at": at, "created_by": by, "updated_at": at, "updated_by": by}
        self.added["attachments"][file["id"]] = {**file, "state": "kept", **record}
        return 1

    def _set_approvals(self, rows: list[Row], at: Any, by: str) -> int:
        for row in rows:
            record = {"created_at": at, "created_by": by, "updated_at": at, "updated_by": by}
            self.added["approvals"][row["id"]] = {**row, "bucket": bucket_of(row["ticket_id"]), **record}
        return len(rows)
