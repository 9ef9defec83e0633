"""What viewers read: pages of tickets, counts, one ticket with everything around it, files for spreadsheets."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from data.audit.model import AuditEvent
from data.audit.service import AuditService
from data.errors import Invalid, NotFound
from data.notifications.planning import About, Hearing
from data.people.model import Actor
from data.statements import Row, values_of
from data.tickets.followers import hearing_of
from data.tickets.ids import typed_key
from data.tickets.kinds import KINDS, kind_of, open_states
from data.tickets.model import Attachment, Comment, Detail, Link, Page, Query, Right, Ticket
from data.tickets.rights import may_decide, rights_of
from data.tickets.rows import newest, ticket_from_row
from data.tickets.spreadsheet import as_csv
from data.tickets.store import Cursor, TicketStore
from data.tickets.visibility import Viewer, viewer_of

WEEK = timedelta(days=7)
_PLACE = re.compile(r"-?\d{1,18}", re.ASCII)
CSV_MOST = 10_000
EVENTS = 500
_readers = ThreadPoolExecutor(8, "ticket-read")


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Of what a viewer may see. All but `by_state` and `ended_lately` count what is open."""

    by_state: Mapping[str, int]
    by_platform: Mapping[str | None, int]
    by_team: Mapping[str | None, int]
    open: int
    overdue: int
    on_hold: int
    unassigned: int
    mine: int
    """Assigned to the viewer."""
    reported: int
    """By the viewer."""
    ended_lately: int
    """Within 7 days."""


class Lists:
    def __init__(self, store: TicketStore, audit: AuditService, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._audit = audit
        self._clock = clock

    def page(self, viewer: Viewer, query: Query) -> Page:
        rows = self._rows(viewer, query, query.size + 1, cursor_of(query.after))
        shown = rows[: query.size]
        after = f"{rows[query.size - 1]['place']}:{rows[query.size - 1]['id']}" if len(rows) > query.size else None
        return Page(tuple(ticket_from_row(row) for row in shown), after)

    def hearings(self, abouts: Sequence[About]) -> dict[str, Hearing]:
        """Who may hear of each ticket as it is now, by its id. For the post office, not for people."""
        ids = {about.object_id for about in abouts}
        tickets = self._store.heads(ids)
        return {id_: hearing_of(tickets.get(id_)) for id_ in ids}

    def csv(self, viewer: Viewer, query: Query) -> bytes:
        """At most 10,000 rows, in the order of the list."""
        table = self._store.table(viewer, replace(query, after=None), self._clock(), CSV_MOST)
        return as_csv(table, KINDS)

    def counts(self, viewer: Viewer, kind: str | None = None) -> Counts:
        now, states = self._clock(), open_states() if kind is None else kind_of(kind).workflow.names("open")
        rows = self._store.count(viewer, kind, states, now - WEEK, now)
        open_ = [row for row in rows if row["state"] in states]
        of_open = {name: sum(row[name] for row in open_) for name in _COUNTED}
        return Counts(
            by_state=_summed(rows, "state"), by_platform=_summed(open_, "platform_id"), by_team=_summed(open_, "team"),
            open=of_open["tickets"], overdue=of_open["overdue"], on_hold=of_open["on_hold"],
            unassigned=of_open["unassigned"], mine=of_open["mine"], reported=of_open["reported"],
            ended_lately=sum(row["ended_lately"] for row in rows),
        )  # fmt: skip

    def detail(self, actor: Actor, name: str) -> Detail:
        """Raises NotFound, alike for what does not exist and what may not be known."""
        viewer = viewer_of(actor)
        ticket = self._store.find(typed_key(name)) or self._store.find(name)
        if ticket is None or not viewer.sees(ticket):
            raise NotFound("There is no such ticket that you can see. It may have been moved or hidden.")
        staff = viewer.is_staff(ticket.platform_id)
        id_, ask = ticket.id, _readers.submit
        comments = ask(self._store.comments, id_, staff)
        events = ask(self._audit.events_of, "ticket", id_, EVENTS)
        around = ask(self._around, viewer, ticket)
        files = ask(self._store.attachments, id_, staff)
        approvals = ask(self._approvals, ticket)
        links, merged, votes, watchers = around.result()
        rights = rights_of(actor, ticket, approvals.result())
        return Detail(
            ticket=ticket, rights=rights, comments=_readable(comments.result()),
            events=_told(ticket, events.result(), staff), votes=tuple(votes), watchers=watchers, links=links,
            merged=merged, attachments=_kept(files.result(), comments.result()), approvals=approvals.result(),
        )  # fmt: skip

    def waiting(self, actor: Actor) -> tuple[Ticket, ...]:
        """What waits for this person's decision, the oldest first."""
        by_ticket: defaultdict[str, list[Any]] = defaultdict(list)
        for approval in self._store.approvals(None, waiting=True):
            by_ticket[approval.ticket_id].append(approval)
        tickets = self.of_ids(viewer_of(actor), by_ticket)
        mine = (t for t in tickets if any(may_decide(actor, approval, t) for approval in by_ticket[t.id]))
        return tuple(sorted(mine, key=lambda ticket: ticket.created_at))

    def voted(self, person: str) -> frozenset[str]:
        return self._store.voted(person)

    def watched(self, person: str) -> frozenset[str]:
        return self._store.watched(person)

    def of_ids(self, viewer: Viewer, ids: Iterable[str]) -> tuple[Ticket, ...]:
        wanted = tuple(ids)
        if not wanted:
            return ()
        return tuple(self._store.page(viewer, Query(ids=wanted), self._clock(), len(wanted)))

    def teams(self, viewer: Viewer) -> tuple[str, ...]:
        """That own a platform or have open tickets."""
        owners = {row["owner"] for row in self._store.platforms().values() if row["owner"]}
        return tuple(sorted({*owners, *filter(None, self.counts(viewer).by_team)}))

    def _rows(self, viewer: Viewer, query: Query, limit: int, after: Cursor | None) -> list[Row]:
        table = self._store.table(viewer, query, self._clock(), limit, after)
        names, columns = table.column_names, [values_of(column) for column in table.columns]
        return [dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)]

    def _around(self, viewer: Viewer, ticket: Ticket) -> Any:
        rows = self._store.links(ticket.id)
        children = [row["id"] for row in self._store.merged([ticket.id])]
        ids = {row["to_id"] if row["from_id"] == ticket.id else row["from_id"] for row in rows}
        others = {
            other.id: other
            for other in self.of_ids(viewer, ids | set(children) | set(filter(None, [ticket.merged_into])))
        }
        links = tuple(
            Link(row["id"], row["kind"], others[other], row["from_id"] == ticket.id)
            for row in rows
            if (other := row["to_id"] if row["from_id"] == ticket.id else row["from_id"]) in others
        )
        votes = self._store.votes([ticket.id, *children])
        watchers = self._store.watchers([ticket.id])
        merged = tuple(others[child] for child in children if child in others)
        return links, merged, votes, tuple(watcher for watcher, watches in watchers.values() if watches)

    def _approvals(self, ticket: Ticket) -> Any:
        decided = any(Right.approver in move.who for move in kind_of(ticket.kind).workflow.moves)
        return self._store.approvals([ticket.id]) if decided else ()


_COUNTED = ("tickets", "overdue", "on_hold", "unassigned", "mine", "reported")


def cursor_of(text: str | None) -> Cursor | None:
    """Raises Invalid for what is no cursor."""
    if not text:
        return None
    place, _, id_ = text.partition(":")
    if not _PLACE.fullmatch(place):
        raise Invalid("This address of a list is damaged. Please open the list again.")
    return int(place), id_


def _summed(rows: Iterable[Row], name: str) -> dict[Any, int]:
    sums: defaultdict[Any, int] = defaultdict(int)
    for row in rows:
        sums[row[name]] += row["tickets"]
    return dict(sums)


def _readable(versions: Iterable[Comment]) -> tuple[Comment, ...]:
    """Of what was deleted or hidden only the mark; the words are in its history."""
    return tuple(one if one.state == "shown" else replace(one, body="") for one in newest(versions))


def _kept(files: Iterable[Attachment], versions: Iterable[Comment]) -> tuple[Attachment, ...]:
    """With a comment that was deleted or hidden its files go."""
    gone = {comment.id for comment in newest(versions) if comment.state != "shown"}
    return tuple(file for file in files if file.comment_id not in gone)


def _told(ticket: Ticket, events: Iterable[AuditEvent], staff: bool) -> tuple[AuditEvent, ...]:
    """Oldest first. What only the trail needs to know is for staff, and so is what others are linked."""
    quiet = {f"ticket:{move.name}" for move in kind_of(ticket.kind).workflow.moves if move.quiet}
    quiet |= {"ticket:link", "ticket:unlink"}
    known = {event.id: event for event in (*events, *filter(None, [ticket.event]))}
    return tuple(sorted((e for e in known.values() if staff or e.action not in quiet), key=lambda e: (e.at, e.id)))
