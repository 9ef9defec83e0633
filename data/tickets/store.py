"""Tickets in the store: heads changed by compare-and-set, everything else appended and counted."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import pyarrow as pa

from data.knobs import read_knobs
from data.statements import EPOCH, Row, Statements, rows_of
from data.tickets.ids import bucket_of
from data.tickets.knobs import ALL, Knobs, knobs_of
from data.tickets.model import Approval, Attachment, Comment, Query, Ticket, Vote, Watcher
from data.tickets.quota import Used
from data.tickets.rows import (
    approval_from_row,
    attachment_from_row,
    comments_from_rows,
    ticket_from_row,
    ticket_row,
)  # fmt: skip
from data.tickets.visibility import Viewer

TWINS = timedelta(minutes=10)
"""The same title by the same person within this time is the same ticket, sent from another tab."""
MOST = 10_000
BESIDE = timedelta(minutes=2)
"""Longer than anything is being written."""
WORDS = 3
Cursor = tuple[int, str]


class TicketStore:
    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def find(self, name: str) -> Ticket | None:
        """By id or key."""
        row = self._statements.one("tickets/find_ticket", bucket=bucket_of(name), name=name)
        return ticket_from_row(row) if row else None

    def table(self, viewer: Viewer, query: Query, now: datetime, limit: int, after: Cursor | None = None) -> pa.Table:
        return self._statements.table("tickets/list_tickets", **viewer.as_params(), **_asked(query, now, limit, after))

    def page(
        self, viewer: Viewer, query: Query, now: datetime, limit: int, after: Cursor | None = None
    ) -> list[Ticket]:
        return [ticket_from_row(row) for row in rows_of(self.table(viewer, query, now, limit, after))]

    def count(
        self, viewer: Viewer, kind: str | None, open_: Sequence[str], since: datetime, now: datetime
    ) -> list[Row]:
        given = {**viewer.as_params(), "kind": kind, "open": list(open_), "since": since, "now": now}
        return self._statements.rows("tickets/count_tickets", **given, person=viewer.person)

    def add(self, ticket: Ticket) -> bool:
        """False: it is there already, or one just like it, or its key is taken."""
        twins_since = ticket.created_at - TWINS
        return self._statements.run("tickets/add_tickets", [ticket_row(ticket)], twins_since=twins_since) == 1

    def set(self, tickets: Sequence[Ticket]) -> int:
        """How many were still at the version before."""
        return self._statements.run("tickets/set_tickets", [ticket_row(ticket) for ticket in tickets])

    def heads(self, ids: Collection[str]) -> dict[str, Ticket]:
        """As `find` would read each."""
        buckets = sorted({str(bucket_of(id_)) for id_ in ids})
        rows = self._statements.rows("tickets/list_heads", buckets=buckets, ids=list(ids), limit=MOST) if ids else []
        return {row["id"]: ticket_from_row(row) for row in rows}

    def followers(self, ticket_ids: Collection[str]) -> list[Row]:
        """ticket_id, person, watches, votes: the newest wish of everybody, what was merged into a ticket included."""
        whole_of = {row["id"]: row["merged_into"] for row in self.merged(ticket_ids)}
        parts = [*ticket_ids, *whole_of]
        rows = self._statements.rows("tickets/list_followers", ticket_ids=parts, limit=MOST)
        return rows + [{**row, "ticket_id": whole_of[row["ticket_id"]]} for row in rows if row["ticket_id"] in whole_of]

    def merged(self, ticket_ids: Collection[str]) -> list[Row]:
        """What was merged into these tickets: id, merged_into."""
        return self._statements.rows("tickets/list_merged", ticket_ids=list(ticket_ids), limit=MOST)

    def tally(self, ticket_ids: Collection[str], at: datetime) -> None:
        """Count again; what was merged into a ticket counts for it, too."""
        pairs = {
            *((id_, id_) for id_ in ticket_ids),
            *((row["merged_into"], row["id"]) for row in self.merged(ticket_ids)),
        }
        parts = [{"ticket_id": whole, "bucket": bucket_of(whole), "part_id": part} for whole, part in pairs]
        if parts:
            ids = sorted({part for _, part in pairs})
            self._statements.run("tickets/set_tallies", parts, ticket_ids=ids, at=at)

    def comments(self, ticket_id: str, internal: bool) -> tuple[Comment, ...]:
        """Every version."""
        rows = self._statements.rows("tickets/list_comments", ticket_id=ticket_id, internal=internal, limit=MOST)
        return comments_from_rows(rows)

    def add_comment(self, comment: Comment, platform_id: str | None) -> bool:
        """False: this version is there already."""
        row = {
            "id": comment.id, "ticket_id": comment.ticket_id, "platform_id": platform_id, "body": comment.body,
            "internal": comment.internal, "by_staff": comment.by_staff, "state": comment.state,
            "reason": comment.reason, "edited": comment.edited, "version": comment.version,
            "created_at": comment.created_at, "created_by": comment.author,
            "updated_at": comment.updated_at, "updated_by": comment.updated_by,
        }  # fmt: skip
        return self._statements.run("tickets/add_comments", [row]) == 1

    def votes(self, ticket_ids: Collection[str]) -> list[Vote]:
        rows = self._statements.rows("tickets/list_votes", ticket_ids=list(ticket_ids), limit=MOST)
        return list({row["person"]: Vote(row["person"], row["note"], row["at"]) for row in rows}.values())

    def voted(self, person: str) -> frozenset[str]:
        rows = self._statements.rows("tickets/list_votes_of_person", person=person, limit=MOST)
        return frozenset(row["ticket_id"] for row in rows)

    def add_vote(self, row: Row) -> None:
        self._statements.run("tickets/add_votes", [row])

    def watchers(self, ticket_ids: Collection[str]) -> dict[str, tuple[Watcher, bool]]:
        """The newest wish of everybody who ever watched, by person."""
        rows = self._statements.rows("tickets/list_watchers", ticket_ids=list(ticket_ids), limit=MOST)
        return {row["person"]: (Watcher(row["person"], row["reason"]), row["watches"]) for row in rows}

    def watched(self, person: str) -> frozenset[str]:
        return frozenset(
            r["ticket_id"] for r in self._statements.rows("tickets/list_watched", person=person, limit=MOST)
        )

    def add_watchers(self, rows: Iterable[Row]) -> None:
        if listed := list(rows):
            self._statements.run("tickets/add_watchers", listed)

    def links(self, ticket_id: str) -> list[Row]:
        return self._statements.rows("tickets/list_links", ticket_id=ticket_id, limit=MOST)

    def set_link(self, kind: str, from_: Ticket, to: Ticket, state: str, at: datetime, by: str) -> bool:
        """False: it is so already."""
        id_ = f"{kind}:{from_.id}:{to.id}"
        changed = self._statements.run(
            "tickets/set_link", id=id_, platform_id=from_.platform_id, kind=kind, from_id=from_.id, to_id=to.id,
            state=state, at=at, by=by,
        )  # fmt: skip
        return changed == 1

    def attachments(self, ticket_id: str, internal: bool) -> tuple[Attachment, ...]:
        rows = self._statements.rows("tickets/list_attachments", ticket_id=ticket_id, internal=internal, limit=MOST)
        return tuple(map(attachment_from_row, rows))

    def add_attachment(self, **columns: Any) -> bool:
        return self._statements.run("tickets/add_attachment", **columns) == 1

    def approvals(self, ticket_ids: Collection[str] | None, waiting: bool = False) -> tuple[Approval, ...]:
        ids = None if ticket_ids is None else list(ticket_ids)
        rows = self._statements.rows("tickets/list_approvals", ticket_ids=ids, waiting=waiting, limit=MOST)
        return tuple(map(approval_from_row, rows))

    def set_approvals(self, steps: Iterable[tuple[Ticket, Sequence[Approval]]], at: datetime, by: str) -> None:
        rows = [
            {**{name: getattr(a, name) for name in Approval.__slots__}, "bucket": bucket_of(ticket.id),
             "platform_id": ticket.platform_id}
            for ticket, approvals in steps for a in approvals
        ]  # fmt: skip
        if rows:
            self._statements.run("tickets/set_approvals", rows, at=at, by=by)

    def used_quota(self, requester: str, kind: str, since: datetime, ended: Sequence[str]) -> Mapping[str, Used]:
        """By template."""
        rows = self._statements.rows(
            "tickets/list_used_quota", requester=requester, kind=kind, since=since, ended=list(ended), limit=MOST
        )
        return {row["template"]: Used(row["requests"], row["cost"]) for row in rows}

    def alarm_tickets(self, ended_since: datetime) -> list[Ticket]:
        rows = self._statements.rows("tickets/list_alarm_tickets", ended_since=ended_since, limit=MOST)
        return [ticket_from_row({**row, "visibility": "everyone"}) for row in rows]

    def similar(self, since: datetime, ended_since: datetime, limit: int) -> list[Ticket]:
        rows = self._statements.rows("tickets/list_similar", since=since, ended_since=ended_since, limit=limit)
        return [ticket_from_row(row) for row in rows]

    def unrecorded(self, since: datetime) -> list[str]:
        return [row["id"] for row in self._statements.rows("tickets/list_unrecorded", since=since, limit=MOST)]

    def uncounted(self, since: datetime) -> dict[str, bool]:
        """False: counted so soon after the last change that the count may have missed one beside it."""
        beside_s = int(BESIDE.total_seconds())
        rows = self._statements.rows("tickets/list_uncounted", since=since, beside_s=beside_s, limit=MOST)
        return {row["ticket_id"]: row["newer"] for row in rows}

    def untold(self, since: datetime) -> list[tuple[str, str]]:
        rows = self._statements.rows("tickets/list_untold", since=since, limit=MOST)
        return [(row["ticket_id"], row["id"]) for row in rows]

    def knobs(self) -> Knobs:
        return knobs_of(read_knobs(self._statements, ALL))

    def views(self, owner: str, kind: str) -> list[Row]:
        return self._statements.rows("tickets/list_views", owner=owner, kind=kind, limit=MOST)

    def set_view(self, **columns: Any) -> None:
        self._statements.run("tickets/set_view", **columns)

    def platforms(self) -> dict[str, Row]:
        return {row["id"]: row for row in self._statements.rows("tickets/list_platforms", limit=MOST)}


def _asked(query: Query, now: datetime, limit: int, after: Cursor | None) -> dict[str, Any]:
    words = query.search.lower().split()[:WORDS]
    place, id_ = after or (None, None)
    return {
        "kind": query.kind, "states": list(query.states) or None, "platforms": list(query.platforms) or None,
        "priorities": [str(p) for p in query.priorities] or None, "assignee": query.assignee,
        "unassigned": query.unassigned, "team": query.team, "requester": query.requester, "asset": query.asset,
        "on_hold": query.on_hold, "ids": None if query.ids is None else list(query.ids),
        "ended_since": query.ended_since, "overdue": query.overdue, "sort": query.sort, "now": now, "epoch": EPOCH,
        "after": place, "after_id": id_, "limit": limit,
        **{f"word_{n + 1}": words[n] if n < len(words) else "" for n in range(WORDS)},
    }  # fmt: skip
