"""Tickets and messages as bulletins: which state means what to the readers of a status page. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from data.audit.model import AuditEvent
from data.bulletins.model import Bulletin, Impact, Status, Update
from data.messages.model import Message
from data.tickets.kinds import kind_of
from data.tickets.model import Comment, Ticket

OF_TICKET: Mapping[str, Status] = {
    "new": "investigating", "triaged": "investigating", "in_progress": "identified", "resolved": "resolved",
    "closed": "resolved",
}  # fmt: skip
OF_MAINTENANCE: Mapping[str, Status] = {
    "scheduled": "scheduled", "published": "in_progress", "expired": "completed", "withdrawn": "completed",
}  # fmt: skip
OF_PRIORITY: Mapping[int, Impact] = {1: "critical", 2: "major", 3: "minor", 4: "none"}
OF_SEVERITY: Mapping[str, Impact] = {"info": "minor", "warning": "major", "critical": "critical"}


def is_public(ticket: Ticket) -> bool:
    """Feeds are passed on: what is for some people only is in none, whoever asks."""
    return not ticket.restricted and not ticket.hidden and ticket.merged_into is None


def of_ticket(ticket: Ticket, events: Iterable[AuditEvent], comments: Iterable[Comment]) -> Bulletin:
    """`events` of its trail, oldest first; `comments`: public ones, the newest version of each."""
    updates = tuple(reversed(_told_of(ticket, events, comments)))
    return Bulletin(
        id=ticket.id, kind="incident", title=f"{ticket.key}: {ticket.title}", status=OF_TICKET[ticket.state],
        impact=OF_PRIORITY.get(ticket.priority or 3, "minor"),
        platform_ids=(ticket.platform_id,) if ticket.platform_id else (), path=f"incidents?id={ticket.key}",
        created_at=ticket.created_at, started_at=ticket.created_at, ended_at=ticket.stopped_at,
        updated_at=max(ticket.updated_at, updates[0].at), updates=updates, version=ticket.version,
    )  # fmt: skip


def _told_of(ticket: Ticket, events: Iterable[AuditEvent], comments: Iterable[Comment]) -> list[Update]:
    """Its opening, each new state with what was said to it, and what staff answered; oldest first."""
    quiet = {f"ticket:{move.name}" for move in kind_of(ticket.kind).workflow.moves if move.quiet}
    turns = [(e, str(e.new["state"])) for e in events if e.new and e.new.get("state") and e.action not in quiet]
    replies = [c for c in comments if c.by_staff and c.state == "shown" and not c.internal]
    told = [Update(event.id, OF_TICKET[state], event.reason or "", event.at) for event, state in turns if event.old]
    answers = [Update(f"{c.id}:{c.version}", _status_at(turns, c.created_at), c.body, c.created_at) for c in replies]
    opening = Update(f"{ticket.id}:1", "investigating", ticket.excerpt or ticket.title, ticket.created_at)
    return sorted((opening, *told, *answers), key=lambda update: (update.at, update.id))


def _status_at(turns: Sequence[tuple[AuditEvent, str]], at: datetime) -> Status:
    return next((OF_TICKET[state] for event, state in reversed(turns) if event.at <= at), "investigating")


def of_message(message: Message, texts: Sequence[Message], at: datetime) -> Bulletin | None:
    """`texts`: what it said since it was published, oldest first. None: it is neither, or has not begun to be told."""
    state = message.state_at(at)
    if message.kind == "maintenance" and message.starts_at and message.ends_at and state in OF_MAINTENANCE:
        return _maintenance(message, texts, OF_MAINTENANCE[state], at)
    if message.kind == "incident" and state in {"published", "expired", "withdrawn"}:
        return _incident(message, texts, "identified" if state == "published" else "resolved", at)
    return None


def _maintenance(message: Message, texts: Sequence[Message], status: Status, at: datetime) -> Bulletin:
    assert message.starts_at is not None
    cancelled = message.state == "withdrawn"
    ended_at = message.updated_at if cancelled else message.ends_at if status == "completed" else None
    updates = [*_said(message, texts, "scheduled"), *_passed(message, at)]
    return Bulletin(
        id=message.id, kind="maintenance", title=message.title, status=status, impact="maintenance",
        platform_ids=message.platform_ids, path="messages", created_at=_first_told(message, texts),
        started_at=message.starts_at, planned_end=message.ends_at, ended_at=ended_at,
        updated_at=max(update.at for update in updates), updates=_newest_first(updates), version=message.version,
        zone=message.zone, cancelled=cancelled,
    )  # fmt: skip


def _passed(message: Message, at: datetime) -> Iterator[Update]:
    """What the clock tells, or whoever withdrew it."""
    if message.state == "withdrawn":
        yield Update(
            f"{message.id}:withdrawn", "completed", f"Cancelled. {message.reason or ''}".strip(), message.updated_at
        )
        return
    if message.starts_at and message.starts_at <= at:
        yield Update(f"{message.id}:started", "in_progress", "Maintenance has begun.", message.starts_at)
    if message.ends_at and message.ends_at <= at:
        yield Update(f"{message.id}:ended", "completed", "Maintenance is over.", message.ends_at)


def _incident(message: Message, texts: Sequence[Message], status: Status, at: datetime) -> Bulletin:
    ended_at = None
    updates = _said(message, texts, "identified")
    if status == "resolved":
        ended_at = message.updated_at if message.state == "withdrawn" else message.ends_at
        said = message.reason if message.state == "withdrawn" else None
        updates.append(Update(f"{message.id}:ended", status, said or "This is over.", ended_at or message.updated_at))
    first = _first_told(message, texts)
    return Bulletin(
        id=message.id, kind="incident", title=message.title, status=status,
        impact=OF_SEVERITY.get(message.severity, "minor"), platform_ids=message.platform_ids, path="messages",
        created_at=first, started_at=message.starts_at or first, ended_at=ended_at,
        updated_at=max(update.at for update in updates), updates=_newest_first(updates), version=message.version,
        zone=message.zone,
    )  # fmt: skip


def _said(message: Message, texts: Sequence[Message], status: Status) -> list[Update]:
    known = {text.revision: text for text in (message, *texts)}
    return [
        Update(f"{message.id}:{number}", status, known[number].body or known[number].title, known[number].updated_at)
        for number in sorted(known)
    ]


def _first_told(message: Message, texts: Sequence[Message]) -> datetime:
    return min((text.updated_at for text in texts), default=message.created_at)


def _newest_first(updates: Iterable[Update]) -> tuple[Update, ...]:
    return tuple(sorted(updates, key=lambda update: (update.at, update.id), reverse=True))
