"""What a ticket is, whatever its kind, and what hangs on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Literal

from data.audit.model import AuditEvent

Answers = Mapping[str, Any]
"""What somebody answered to the questions of a form or a move, by name; only JSON values, times and lists."""
NOTHING: Answers = MappingProxyType({})

TITLE_MOST, BODY_MOST, COMMENT_MOST, NOTE_MOST = 100, 10_000, 4_000, 2_000
"""Characters."""


class Right(StrEnum):
    """What somebody is to one ticket; several at once are usual."""

    requester = "requester"
    staff = "staff"
    lead = "lead"
    approver = "approver"
    portal = "portal"


@dataclass(frozen=True, slots=True)
class Tally:
    """Counted from what was appended; `votes` are distinct people, with those of merged tickets."""

    votes: int = 0
    comments: int = 0
    first_response_at: datetime | None = None
    """The first public reply of staff that is not the requester's own."""
    last_comment_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """The head row. What people add (comments, votes, watching) is appended beside it and never changes its version."""

    id: str
    key: str
    """`INC-7K2QF`: what people read, type and link."""
    kind: str
    state: str
    title: str
    body: str = ""
    excerpt: str = ""
    platform_id: str | None = None
    asset: str | None = None
    """What is affected: today the id of a check."""
    template: str | None = None
    fields: Answers = field(default_factory=lambda: NOTHING)
    impact: str | None = None
    urgency: str | None = None
    priority: int | None = None
    requester: str
    assignee: str | None = None
    team: str | None = None
    hold_reason: str | None = None
    hold_until: datetime | None = None
    hold_since: datetime | None = None
    held_s: float = 0.0
    """Business seconds on hold so far, without the hold that is on."""
    reason: str | None = None
    """Why it ended as it did: a code of the move that ended it."""
    response_target_s: float | None = None
    target_s: float | None = None
    always: bool = False
    """Its clocks run around the clock. Copied with the targets."""
    responded_at: datetime | None = None
    """The first public note of staff with a move; `first_response_at` knows the comments, too."""
    response_due_at: datetime | None = None
    due_at: datetime | None = None
    stopped_at: datetime | None = None
    breached: bool = False
    next_update_at: datetime | None = None
    reopened: int = 0
    merged_into: str | None = None
    sensitive: bool = False
    restricted: bool = False
    """Only its readers and staff may know of it: sensitive, or of a private kind."""
    readers: tuple[str, ...] = ()
    """Principals: e-mail addresses, and `group:<name>`."""
    hidden: bool = False
    source: str = "person"
    """`person`, or `check:<id>` for an incident that the portal opened."""
    cost: float | None = None
    work_item: str | None = None
    event: AuditEvent | None = None
    """The event that made this version, kept here until the trail surely has it."""
    version: int = 1
    created_at: datetime
    created_by: str
    updated_at: datetime
    updated_by: str
    tally: Tally = Tally()
    members_only: bool = False
    """Of its platform, as it is now."""

    @property
    def on_hold(self) -> bool:
        return self.hold_since is not None

    @property
    def first_response_at(self) -> datetime | None:
        return min(filter(None, (self.responded_at, self.tally.first_response_at)), default=None)

    @property
    def active_at(self) -> datetime:
        """When something last happened that its readers may see."""
        return max(filter(None, (self.updated_at, self.tally.last_comment_at)))


CommentState = Literal["shown", "deleted", "hidden"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """The newest version of what somebody wrote."""

    id: str
    ticket_id: str
    body: str
    author: str
    internal: bool
    by_staff: bool
    state: CommentState
    reason: str | None
    version: int
    created_at: datetime
    updated_at: datetime
    updated_by: str
    edited: bool = False


@dataclass(frozen=True, slots=True)
class Vote:
    person: str
    note: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Watcher:
    person: str
    reason: str


LinkKind = Literal["duplicate", "related", "caused_by", "would_avoid", "follow_up"]


@dataclass(frozen=True, slots=True)
class Link:
    id: str
    kind: LinkKind
    other: Ticket
    outward: bool
    """From the ticket in hand to the other one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    id: str
    ticket_id: str
    comment_id: str | None
    name: str
    media_type: str
    size: int
    path: str
    created_at: datetime
    created_by: str
    internal: bool = False


ApprovalState = Literal["waiting", "approved", "declined", "expired", "cancelled"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """One step. `approver` is a principal; whoever it was delegated to decides instead."""

    id: str
    ticket_id: str
    step: int
    steps: int
    approver: str
    delegate: str | None
    state: ApprovalState
    asked_at: datetime | None
    due_at: datetime | None
    """None for a step whose turn has not come."""
    reminded_at: datetime | None = None
    escalated_at: datetime | None = None
    decided_by: str | None = None
    decided_at: datetime | None = None
    note: str | None = None
    version: int = 1

    @property
    def decider(self) -> str:
        return self.delegate or self.approver


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """A ticket with everything around it that one viewer may see."""

    ticket: Ticket
    rights: frozenset[Right]
    comments: tuple[Comment, ...]
    events: tuple[AuditEvent, ...]
    """Oldest first, like the comments."""
    votes: tuple[Vote, ...]
    watchers: tuple[Watcher, ...]
    links: tuple[Link, ...]
    merged: tuple[Ticket, ...]
    attachments: tuple[Attachment, ...]
    approvals: tuple[Approval, ...]


Sort = Literal["due", "updated", "created", "votes", "priority"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What a list shows. None and empty: no such condition."""

    kind: str | None = None
    states: tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()
    priorities: tuple[int, ...] = ()
    search: str = ""
    assignee: str | None = None
    unassigned: bool = False
    team: str | None = None
    requester: str | None = None
    asset: str | None = None
    overdue: bool = False
    on_hold: bool = False
    ids: tuple[str, ...] | None = None
    """Only these; an empty tuple finds nothing."""
    ended_since: datetime | None = None
    sort: Sort = "updated"
    after: str | None = None
    """The cursor of the page before."""
    size: int = 50


@dataclass(frozen=True, slots=True)
class Page:
    tickets: tuple[Ticket, ...]
    after: str | None
    """Cursor of the next page; None at the end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """`id` is made when the form opens: sent twice, it is one ticket; with another `digest`, it is refused."""

    id: str
    kind: str
    title: str
    body: str = ""
    platform_id: str | None = None
    asset: str | None = None
    template: str | None = None
    fields: Answers = field(default_factory=lambda: NOTHING)
    impact: str | None = None
    urgency: str | None = None
    sensitive: bool = False
    requester: str | None = None
    """Staff may open one on somebody's behalf."""
    source: str = "person"
    digest: str | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    ticket: Ticket
    is_new: bool
    """False: this very form, or one with the same title a moment ago, had made the ticket already."""


@dataclass(frozen=True, slots=True)
class Skipped:
    ticket: Ticket
    why: str


@dataclass(frozen=True, slots=True)
class Bulk:
    moved: tuple[Ticket, ...]
    skipped: tuple[Skipped, ...]
