"""From files to pages: reads each, and tells what is wrong with it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from data.docs import front_matter, outline
from data.docs.contents import conflicts, contents, title_of
from data.docs.model import TEXT_MOST, Library, Page, Problem, Sync
from data.docs.tree import Tree

PAGES, IMAGES = (".md", ".markdown"), (".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg")
DEFAULTS = ".meta.yml"
"""Front matter for all pages of a folder, as a MkDocs plugin has it."""
READ_MOST = 32 * 2**20
"""Bytes of a file that is looked into at all."""
TOO_LONG = f"The page is longer than {TEXT_MOST:,} characters and is not shown."


def build(tree: Tree, sync: Sync | None = None) -> Library:
    problems = list(tree.problems)
    defaults = _defaults(tree, problems)
    pages = {page.path: page for page in _pages(tree, defaults, problems)}
    entries, wrong = contents(tree.config, pages)
    problems += [*wrong, *conflicts(pages)]
    other = frozenset(name for name in tree.sizes if name not in pages)
    images = frozenset(name for name in other if name.lower().endswith(IMAGES))
    return Library(pages, entries, tree.stamp, images, other - images, tuple(problems), sync, tree.read)


def _defaults(tree: Tree, problems: list[Problem]) -> Mapping[str, Mapping[str, Any]]:
    found: dict[str, Mapping[str, Any]] = {}
    for name in tree.sizes:
        if PurePosixPath(name).name == DEFAULTS and tree.sizes[name] <= front_matter.MOST:
            told, wrong = front_matter.load(tree.read(name).decode("utf-8", "replace"))
            found[str(PurePosixPath(name).parent)] = told if not wrong else {"role": "admin"}
            if wrong:
                problems.append(Problem("head", name, f"{wrong} Until then, only admins read this folder."))
    return found


def _pages(tree: Tree, defaults: Mapping[str, Mapping[str, Any]], problems: list[Problem]) -> Iterator[Page]:
    for path, size in tree.sizes.items():
        if not path.lower().endswith(PAGES):
            continue
        if size > READ_MOST:
            problems.append(Problem("unreadable", path, TOO_LONG))
            yield _untold(path, f"{size}", defaults)
            continue
        content = tree.read(path)
        try:
            text = content.decode("utf-8")
        except UnicodeDecodeError:
            text = "\0"
        if "\0" in text:
            problems.append(Problem("unreadable", path, "The file is no text in UTF-8."))
            continue
        sha = hashlib.sha256(content).hexdigest()
        page, wrong = _page(path, text.replace("\r\n", "\n"), sha, tree, defaults)
        problems += [Problem("head", path, words) for words in wrong]
        if len(text) > TEXT_MOST:
            problems.append(Problem("unreadable", path, TOO_LONG))
        yield page


def _page(
    path: str, text: str, sha: str, tree: Tree, defaults: Mapping[str, Mapping[str, Any]]
) -> tuple[Page, tuple[str, ...]]:
    head, body = front_matter.split(text, _inherited(path, defaults))
    shown = body if len(text) <= TEXT_MOST else ""
    title = head.title or outline.first_heading(shown) or title_of(_own_name(path))
    page = Page(
        path=path, title=title, text=shown, sha=sha, sections=outline.sections(shown, title), role=head.role,
        platforms=head.platforms, assets=head.assets, tags=head.tags, owner=head.owner, review_by=head.review_by,
        change=tree.changes.get(path),
    )  # fmt: skip
    return page, head.problems


def _untold(path: str, sha: str, defaults: Mapping[str, Mapping[str, Any]]) -> Page:
    """Too long even to be read: its own head is not known, so only admins may know of it."""
    head = front_matter.read({**_inherited(path, defaults), "role": "admin"})
    return Page(path=path, title=title_of(_own_name(path)), text="", sha=sha, role=head.role)


def _inherited(path: str, defaults: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Any]:
    told: dict[str, Any] = {}
    for folder in reversed(PurePosixPath(path).parents):
        told |= defaults.get(str(folder), {})
    return {name: value for name, value in told.items() if name != "title"}


def _own_name(path: str) -> str:
    """What introduces a folder is called as the folder is."""
    parts = PurePosixPath(path)
    return parts.parent.name if parts.stem.lower() in {"index", "readme"} and parts.parent.name else parts.name
