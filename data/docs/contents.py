"""The table of contents: `nav` of mkdocs.yml, or the folder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import PurePosixPath
from typing import Any

import yaml

from data.docs.model import Entry, Page, Problem

MOST = 5_000
"""Lines; beyond, nothing is added: an alias in YAML can make millions of a few."""
DEEPEST = 6
INDEX = ("index", "readme")
CONFIG = "mkdocs.yml"


class _Loader(yaml.SafeLoader):
    """MkDocs settings name Python objects and variables; here each is nothing."""


_Loader.add_multi_constructor("", lambda *_: None)


@dataclass
class _Walk:
    pages: Mapping[str, Page]
    used: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    lines: int = 0

    def wrong(self, words: str) -> None:
        self.problems.append(Problem("navigation", CONFIG, words))


def settings(text: str) -> tuple[Mapping[str, Any], str]:
    """Of mkdocs.yml, and what is wrong with it."""
    try:
        told = yaml.load(text, _Loader) if text.strip() else {}
    except (yaml.YAMLError, ValueError, RecursionError):
        return {}, "mkdocs.yml cannot be read, so the contents follow the folder."
    return (told, "") if isinstance(told, dict) else ({}, "mkdocs.yml has no settings.")


def contents(config: str, pages: Mapping[str, Page]) -> tuple[tuple[Entry, ...], tuple[Problem, ...]]:
    told, wrong = settings(config)
    walk = _Walk(pages)
    if wrong:
        walk.wrong(wrong)
    nav = told.get("nav")
    if not isinstance(nav, list) or not nav:
        return from_folder(pages), tuple(walk.problems)
    entries = tuple(_entries(nav, walk, DEEPEST))
    if not walk.used:
        walk.wrong("None of the pages that the navigation names exists, so the contents follow the folder.")
        return from_folder(pages), tuple(walk.problems)
    meant = str(told.get("not_in_nav") or "").split()
    left = [path for path in pages if path not in walk.used and not any(fnmatch(path, one.strip("/")) for one in meant)]
    walk.problems += [Problem("navigation", path, "The page is not in the navigation.") for path in left]
    return entries, tuple(walk.problems)


def _entries(nav: list[Any], walk: _Walk, depth: int) -> Iterator[Entry]:
    for line in nav:
        walk.lines += 1
        if walk.lines > MOST or not depth:
            if walk.lines == MOST + 1 or not depth:
                walk.wrong(f"The navigation is longer than {MOST:,} lines or deeper than {DEEPEST} groups.")
            return
        if isinstance(line, str):
            yield from _leaf(None, line, walk)
        elif isinstance(line, dict):
            for title, value in line.items():
                yield from _titled(str(title), value, walk, depth)
        else:
            walk.wrong(f"'{line}' is neither a page nor a group.")


def _titled(title: str, value: Any, walk: _Walk, depth: int) -> Iterator[Entry]:
    if isinstance(value, list):
        if inner := tuple(_entries(value, walk, depth - 1)):
            yield Entry(title, entries=inner)
    elif isinstance(value, str):
        yield from _leaf(title, value, walk)
    else:
        walk.wrong(f"'{title}' leads to nothing.")


def _leaf(title: str | None, target: str, walk: _Walk) -> Iterator[Entry]:
    if target.startswith(("https://", "http://")):
        yield Entry(title or target, url=target)
        return
    path = str(PurePosixPath(target.strip().lstrip("/")))
    page = walk.pages.get(path)
    if page is None:
        walk.wrong(f"The navigation names {target}, which is no page.")
        return
    if path in walk.used:
        walk.wrong(f"The navigation names {path} twice: as {walk.used[path]} and as {title or page.title}.")
        return
    walk.used[path] = title or page.title
    yield Entry(title or page.title, path)


def from_folder(pages: Mapping[str, Page]) -> tuple[Entry, ...]:
    """Files before folders, in the order of their names; what introduces a folder comes first."""
    return tuple(_folder(sorted(pages), "", pages))


def _folder(paths: list[str], within: str, pages: Mapping[str, Page]) -> Iterator[Entry]:
    here = [path for path in paths if "/" not in path[len(within) :]]
    for path in sorted(here, key=lambda path: (PurePosixPath(path).stem.lower() not in INDEX, path)):
        yield Entry(pages[path].title, path)
    for name in dict.fromkeys(path[len(within) :].split("/")[0] for path in paths if path not in set(here)):
        inner = f"{within}{name}/"
        yield Entry(title_of(name), entries=tuple(_folder([p for p in paths if p.startswith(inner)], inner, pages)))


def conflicts(pages: Mapping[str, Page]) -> Iterator[Problem]:
    """Two pages for one address, as MkDocs would have it."""
    for path in pages:
        if path.endswith("README.md") and path.removesuffix("README.md") + "index.md" in pages:
            yield Problem("navigation", path, "The folder has an index.md as well; both are shown.")


def title_of(name: str) -> str:
    """'when-data_arrives.md' becomes 'When data arrives'."""
    words = PurePosixPath(name).stem.replace("-", " ").replace("_", " ").strip() or name
    return words[0].upper() + words[1:]
