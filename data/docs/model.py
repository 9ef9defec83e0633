"""What the documentation consists of: pages in sections, a table of contents, and where it came from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Literal
from urllib.parse import quote

from data.people.model import Role

ANCHOR = ":~"
"""What may stand in an anchor as it is, beside letters and digits."""
TEXT_MOST = 300_000
"""Characters of a page; a longer one is told, not rendered."""
PROBLEMS = {
    "unreadable": "Cannot be read", "head": "Front matter", "navigation": "Navigation",
    "link": "Links that lead nowhere", "image": "Images that are not shown", "expired": "Review is overdue",
}  # fmt: skip
Topic = Literal["unreadable", "head", "navigation", "link", "image", "expired"]


@dataclass(frozen=True, slots=True)
class Section:
    anchor: str
    """Empty for what stands above the first heading."""
    title: str
    level: int
    text: str
    """Plain, code included."""


@dataclass(frozen=True, slots=True)
class Change:
    """The last one of a file. `by`: a name, as Git tells it."""

    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Problem:
    """Something for the people who look after the documentation."""

    topic: Topic
    path: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    path: str
    """`guide/messages.md`, from the folder of the documentation."""
    title: str
    text: str
    """Markdown, without the front matter."""
    sha: str
    sections: tuple[Section, ...] = ()
    role: Role | None = None
    """The least that may read it; None: everybody."""
    platforms: tuple[str, ...] = ()
    assets: tuple[str, ...] = ()
    """Checks whose state is shown, by id."""
    tags: tuple[str, ...] = ()
    owner: str | None = None
    review_by: date | None = None
    change: Change | None = None

    @property
    def changed_at(self) -> datetime | None:
        return self.change.at if self.change else None

    @property
    def minutes(self) -> int:
        """To read it, at 220 words a minute."""
        return max(1, round(sum(len(section.text.split()) for section in self.sections) / 220))

    def expired(self, today: date) -> bool:
        return self.review_by is not None and self.review_by < today


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the table of contents: a page, a group of lines, or an address outside."""

    title: str
    path: str | None = None
    url: str | None = None
    entries: tuple[Entry, ...] = ()

    def paths(self) -> Iterator[str]:
        if self.path:
            yield self.path
        for entry in self.entries:
            yield from entry.paths()


@dataclass(frozen=True, slots=True)
class Sync:
    """How the last pull went. `error`: why what is served is older than the repository."""

    commit: str
    branch: str
    checked_at: datetime
    error: str | None = None
    failed_at: datetime | None = None


@dataclass(frozen=True, eq=False)
class Library:
    """All of the documentation at one moment. Libraries of one stamp are equal."""

    pages: Mapping[str, Page]
    """By path."""
    contents: tuple[Entry, ...]
    stamp: str
    """Another one when anything in it is another."""
    images: frozenset[str] = frozenset()
    files: frozenset[str] = frozenset()
    """What else lies there; not served."""
    problems: tuple[Problem, ...] = ()
    sync: Sync | None = None
    """None: a folder that came with the portal."""
    read: Callable[[str], bytes] = lambda _: b""

    def __hash__(self) -> int:
        return hash(self.stamp)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Library) and self.stamp == other.stamp

    @cached_property
    def order(self) -> tuple[str, ...]:
        """Paths in the order of the contents, each once."""
        return tuple(dict.fromkeys(path for entry in self.contents for path in entry.paths()))


@dataclass(frozen=True, slots=True)
class Answers:
    """What readers said of a page: how many of them it helped."""

    path: str
    helped: int


@dataclass(frozen=True)
class Shown:
    """What one reader may see of a library: what the rest links to is not told to exist."""

    pages: Mapping[str, Page]
    contents: tuple[Entry, ...]
    hidden: frozenset[str] = field(default_factory=frozenset)

    def neighbours(self, path: str) -> tuple[Page | None, Page | None]:
        """The page before and the one after, in the order of the contents."""
        order = list(dict.fromkeys(path for entry in self.contents for path in entry.paths()))
        if path not in order:
            return None, None
        at = order.index(path)
        before = self.pages[order[at - 1]] if at else None
        return before, self.pages[order[at + 1]] if at + 1 < len(order) else None

    def trail(self, path: str) -> tuple[str, ...]:
        """Titles of the groups that the page is in."""
        return next((found for entry in self.contents if (found := _trail(entry, path)) is not None), ())


def _trail(entry: Entry, path: str) -> tuple[str, ...] | None:
    if entry.path == path:
        return ()
    inside = (_trail(inner, path) for inner in entry.entries)
    return next(((entry.title, *found) for found in inside if found is not None), None)


def address(path: str, anchor: str = "") -> str:
    """Of a page, as the portal's other pages link to it."""
    return f"docs?page={quote(path, safe='/')}" + (f"#{quote(anchor, safe=ANCHOR)}" if anchor else "")
