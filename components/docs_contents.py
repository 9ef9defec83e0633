"""The contents of the documentation as HTML: the tree of pages, the headings of one, the way to it and on from it."""

from __future__ import annotations

from collections.abc import Sequence

from components.markup import esc, icon
from data.docs.model import Entry, Page, Shown, address
from data.docs.rendering import Heading

FILTER = '<input class="docs-filter" type="search" placeholder="Filter pages" aria-label="Filter pages">'
DEEPEST = 3
"""Level of the headings that are listed beside a page."""
FEW = 8
"""Pages that need no filter."""


def tree_html(shown: Shown, path: str) -> str:
    field = FILTER if len(shown.pages) > FEW else ""
    return f'<nav class="docs-tree" aria-label="Pages">{field}<ul>{_entries(shown.contents, path)}</ul></nav>'


def _entries(entries: Sequence[Entry], path: str) -> str:
    return "".join(_entry(entry, path) for entry in entries)


def _entry(entry: Entry, path: str) -> str:
    if entry.entries:
        open_ = " open" if path in entry.paths() else ""
        inner = f"<ul>{_entries(entry.entries, path)}</ul>"
        return f"<li><details{open_}><summary>{icon('chevron_right')}{esc(entry.title)}</summary>{inner}</details></li>"
    if entry.url:
        return f'<li><a href="{esc(entry.url)}" rel="noopener">{esc(entry.title)}{icon("open_in_new")}</a></li>'
    here = ' aria-current="page"' if entry.path == path else ""
    return f'<li><a href="{esc(address(entry.path or ""))}"{here}>{esc(entry.title)}</a></li>'


def headings_html(headings: Sequence[Heading]) -> str:
    """The first of all is the title of the page."""
    listed = [heading for heading in headings if 1 < heading.level <= DEEPEST]
    if len(listed) < 2:
        return ""
    top = min(heading.level for heading in listed)
    rows = "".join(
        f'<li class="deep-{heading.level - top}"><a href="#doc-{esc(heading.anchor)}">{esc(heading.title)}</a></li>'
        for heading in listed
    )
    return f'<nav class="docs-toc" aria-label="On this page"><h2>On this page</h2><ul>{rows}</ul></nav>'


def crumb_html(shown: Shown, page: Page) -> str:
    first = next((path for entry in shown.contents for path in entry.paths()), page.path)
    groups = "".join(f"<span>{esc(title)}</span>" for title in shown.trail(page.path))
    start = f'<a href="{esc(address(first))}">Docs</a>'
    return f'<nav class="docs-crumb" aria-label="Where this is">{start}{groups}<span>{esc(page.title)}</span></nav>'


def neighbours_html(shown: Shown, path: str) -> str:
    before, after = shown.neighbours(path)
    links = [_neighbour("Previous", before), _neighbour("Next", after)]
    return f'<nav class="docs-next" aria-label="Other pages">{"".join(links)}</nav>' if before or after else ""


def _neighbour(word: str, page: Page | None) -> str:
    if page is None:
        return "<span></span>"
    return f'<a class="{word.lower()}" href="{esc(address(page.path))}"><span>{word}</span><b>{esc(page.title)}</b></a>'
