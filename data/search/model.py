"""What can be found, and what is found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from data.search.locks import Locks
from data.tickets.kinds import KINDS

TYPES: Mapping[str, str] = {
    "doc": "Docs", "term": "Terms", **{kind.name: kind.plural for kind in KINDS.values()},
    "message": "Messages", "roadmap": "Roadmap", "platform": "Platforms", "check": "Checks",
}  # fmt: skip
"""In the order in which they are offered."""
START, END = "\x02", "\x03"
"""Around what was found, in texts that are not HTML yet: no text has these characters."""
How = Literal["all", "respelled", "some"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing that can be found: a section of a page, a term, a ticket, a message, …"""

    key: str
    """Its own, over all types."""
    type: str
    page: str
    """What it is a part of: hits of one page are one result, the best of them."""
    title: str
    heading: str = ""
    """Of its section; empty for what stands first on its page."""
    names: tuple[str, ...] = ()
    """Beside the title: acronyms, synonyms, keys."""
    tags: tuple[str, ...] = ()
    body: str = ""
    context: str = ""
    """What stands under the title: a state, a platform."""
    address: str
    """`docs?page=guide/messages.md#approval`, relative to the portal."""
    position: int = 0
    faded: bool = False
    """Expired, deprecated, closed: ranked below what is not."""
    locks: Locks = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """`title`, `heading` and `snippet` hold the marks `START` and `END`."""

    key: str
    type: str
    title: str
    heading: str
    context: str
    snippet: str
    address: str
    faded: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """`hits`: the best first, at most so many of each type; `counts`: of each type, all there are."""

    hits: tuple[Hit, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    more: bool = False
    """There are more than were counted: the words are in very many texts."""
    how: How = "all"
    """all: every word is in each hit; respelled: of the words in `meant`; some: of any of the words."""
    meant: str = ""

    @property
    def total(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class Missed:
    """What people looked for and did not find."""

    text: str
    times: int
    last_at: datetime
