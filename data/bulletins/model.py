"""A bulletin is what a status page tells of one incident or one maintenance: its state, and each update in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Impact = Literal["none", "minor", "major", "critical", "maintenance"]
Status = Literal["investigating", "identified", "resolved", "scheduled", "in_progress", "completed"]
"""The words of status pages: the first three are of incidents, the others of maintenance."""
OVER: frozenset[Status] = frozenset({"resolved", "completed"})


@dataclass(frozen=True, slots=True)
class Update:
    """One thing that was told. It never changes, and neither does its id."""

    id: str
    status: Status
    body: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Bulletin:
    id: str
    kind: Literal["incident", "maintenance"]
    title: str
    status: Status
    impact: Impact
    platform_ids: tuple[str, ...]
    """Only those that the viewer may see. Empty: none in particular, for maintenance all."""
    path: str
    """Of its page, below the portal's address."""
    created_at: datetime
    started_at: datetime
    """Of maintenance: when it is planned to begin."""
    planned_end: datetime | None = None
    ended_at: datetime | None = None
    updated_at: datetime
    updates: tuple[Update, ...]
    """Newest first."""
    version: int
    """Rises with each change of what is planned."""
    zone: str = "UTC"
    cancelled: bool = False

    @property
    def is_over(self) -> bool:
        return self.status in OVER
