"""What is wrong with the documentation, for its owners: it takes every page to be rendered once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from data.docs.model import Library, Page, Problem
from data.docs.press import drafted


@dataclass(frozen=True, slots=True)
class Report:
    problems: tuple[Problem, ...]
    helped: Mapping[str, int]
    """People, by page."""
    pages: int


def problems(library: Library, today: date) -> Iterator[Problem]:
    yield from library.problems
    for path, page in library.pages.items():
        draft = drafted(path, library)
        yield from draft.problems
        for target, anchor in draft.pages:
            if anchor and anchor not in drafted(target, library).anchors:
                yield Problem("link", path, f"{target}#{anchor}: There is no such heading.")
        if page.expired(today):
            yield _expired(page)


def _expired(page: Page) -> Problem:
    assert page.review_by is not None
    who = f", which {page.owner} looks after" if page.owner else ""
    return Problem("expired", page.path, f"{page.title}{who}, was to be reviewed by {page.review_by:%d %b %Y}.")
