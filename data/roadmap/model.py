"""What stands on the roadmap, and what hangs on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

from data.audit.model import AuditEvent
from data.tickets.model import Ticket

ItemState = Literal["draft", "published", "retired"]


class Horizon(StrEnum):
    """How soon; the order is that of the columns."""

    now = "now"
    next = "next"
    later = "later"
    shipped = "shipped"


class Drift(StrEnum):
    """Where an item and its requests tell different stories."""

    done = "done"
    """All that was asked for is done, but the item is not shipped."""
    late = "late"
    """The target quarter is over."""
    idle = "idle"
    """Now, with nothing in delivery."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    id: str
    platform_id: str | None = None
    """None: for everybody."""
    theme: str
    title: str
    description: str = ""
    state: ItemState = "draft"
    horizon: Horizon = Horizon.later
    quarter: str | None = None
    """Target, as `2027-Q1`: it sorts as time does."""
    owner: str
    note: str | None = None
    """What was said with the last move."""
    shipped_at: datetime | None = None
    event: AuditEvent | None = None
    """The event that made this version, kept here until the trail surely has it."""
    version: int = 1
    created_at: datetime
    created_by: str
    updated_at: datetime
    updated_by: str
    members_only: bool = False
    """Of its platform, as it is now."""

    @property
    def hidden(self) -> bool:
        """From all but the staff of its platform. With the next two, visibility is that of tickets."""
        return self.state != "published"

    @property
    def restricted(self) -> bool:
        return False

    @property
    def readers(self) -> tuple[str, ...]:
        return ()


@dataclass(frozen=True, slots=True)
class Entry:
    """An item with what one viewer may see of the improvements that asked for it; drift looks at all of them."""

    item: Item
    requests: tuple[Ticket, ...]
    votes: int
    """Distinct people who vote for any of them, with those of tickets merged into them."""
    drifts: tuple[Drift, ...]


@dataclass(frozen=True, slots=True)
class Link:
    item_id: str
    ticket_id: str
    state: Literal["active", "removed"]
    version: int
