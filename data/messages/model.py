"""Messages as data. Whether one is scheduled, shown or expired is told by the clock; no job has to run for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from data.audit.model import AuditEvent
from data.people.model import Scope, Shown
from data.tickets.answers import Question

TITLE_MOST, BODY_MOST, REASON_MOST = 120, 20_000, 1_000
AHEAD = timedelta(hours=24)
"""How long before its start maintenance is announced by a banner."""
KINDS: Mapping[str, str] = {
    "announcement": "Announcement", "incident": "Incident update", "maintenance": "Maintenance",
    "release": "Release note",
}  # fmt: skip
SEVERITIES: Mapping[str, str] = {"info": "Information", "warning": "Warning", "critical": "Critical"}
ANNOUNCED = ("scheduled", "published", "expired")
"""Stored states of what was published. Only `published` is written; the others are from older portals."""

TITLE = Question("title", "Title", "line", most=TITLE_MOST)
BODY = Question("body", "Text", "text", required=False, most=BODY_MOST, help="Markdown. Links become links.")
KIND = Question("kind", "Kind", "choice", choices=KINDS)
SEVERITY = Question("severity", "Severity", "choice", choices=SEVERITIES)
PLATFORMS = Question("platform_ids", "Platforms", "list", required=False, help="None: it is for everybody.")
PINNED = Question("pinned", "Pinned: stands before the others", "yes", required=False)
DISMISSIBLE = Question("dismissible", "Everybody may dismiss it for themselves", "yes", required=False)
REASON = Question("reason", "Why?", "line", most=REASON_MOST)
QUESTIONS = (TITLE, BODY, KIND, SEVERITY, PLATFORMS, PINNED, DISMISSIBLE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What somebody wrote. Times without a zone, or in a named one, are as the clocks of `zone` show them."""

    id: str
    title: str
    body: str = ""
    kind: str = "announcement"
    severity: str = "info"
    platform_ids: tuple[str, ...] = ()
    starts_at: datetime | None = None
    """None: as soon as it is published."""
    ends_at: datetime | None = None
    """None: until somebody ends it."""
    zone: str = "UTC"
    pinned: bool = False
    dismissible: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    id: str
    kind: str
    severity: str
    title: str
    body: str
    platform_ids: tuple[str, ...] = ()
    """Empty: all."""
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    zone: str = "UTC"
    pinned: bool = False
    dismissible: bool = True
    state: str = "draft"
    """As stored; `state_at` tells what it means at a moment."""
    reason: str | None = None
    revision: int = 0
    """Of its text, counted from the first that was published."""
    version: int = 1
    created_at: datetime
    created_by: str
    updated_at: datetime
    updated_by: str
    event: AuditEvent | None = None
    dismissed_by: frozenset[str] = frozenset()

    def state_at(self, at: datetime) -> str:
        """draft, waiting, scheduled, published, expired, withdrawn or discarded."""
        if self.state not in ANNOUNCED:
            return self.state
        if self.ends_at is not None and self.ends_at <= at:
            return "expired"
        return "scheduled" if self.starts_at is not None and self.starts_at > at else "published"

    def is_shown(self, at: datetime) -> bool:
        """By a banner: while it lasts, and maintenance from a day before."""
        state = self.state_at(at)
        soon = self.kind == "maintenance" and self.starts_at is not None and self.starts_at - at <= AHEAD
        return state == "published" or (state == "scheduled" and soon)

    def is_of(self, platform_id: str) -> bool:
        return not self.platform_ids or platform_id in self.platform_ids


@dataclass(frozen=True, slots=True)
class Place:
    """A platform that a message can be about."""

    id: str
    name: str
    visibility: str
    state: str = "active"


@dataclass(frozen=True, slots=True)
class Detail:
    message: Message
    revisions: tuple[Message, ...]
    """Every text since it was published, newest first."""
    events: tuple[AuditEvent, ...]
    """Newest first; for those who may change it."""
    moves: tuple[str, ...]
    """What the viewer may do with it now, by name."""
    places: Mapping[str, str] = field(default_factory=dict)
    """Names of its platforms, of those that the viewer may see."""


def sees(scope: Scope, message: Message, places: Mapping[str, Shown]) -> bool:
    """Whoever sees one of its platforms, or everybody where it names none. `list_messages.sql` says the same."""
    if scope.everything or not message.platform_ids:
        return True
    return any(scope.sees(places[id_]) for id_ in message.platform_ids if id_ in places)


_WEIGHT = ("critical", "warning", "info")


def urgency(message: Message, at: datetime) -> tuple[bool, int, bool, float, str]:
    """The order of banners: pinned, severe, begun, newest."""
    starts_at = message.starts_at or message.updated_at
    weight = _WEIGHT.index(message.severity) if message.severity in _WEIGHT else len(_WEIGHT)
    return not message.pinned, weight, starts_at > at, -starts_at.timestamp(), message.id
