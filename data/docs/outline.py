"""Headings and their addresses, as GitHub gives them, and the plain text of each section; no rendering needed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from html import unescape

from data.docs.model import Section

FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})(?!.*`)")
ATX = re.compile(r"^(#{1,6})(.+?)#*\s*$")
UNDERLINE = re.compile(r"^(=+|-+)\s*$")
GIVEN = re.compile(r"\s*\{:?[^}]*#([\w:.-]+)[^}]*\}\s*$")
ATTRIBUTES = re.compile(r"\s*\{:[^}]*\}")
ADMONITION = re.compile(r"^\s*(?:!!!|\?\?\?\+?|===[!+]?)\s*(?:[\w -]*?)\s*\"?([^\"]*)\"?\s*$")
IMAGE = re.compile(r"!\[([^\]]*)\](?:\([^)]*\)|\[[^\]]*\])")
LINK = re.compile(r"\[([^\]]+)\](?:\([^)]*\)|\[[^\]]*\])")
TAG = re.compile(r"</?[A-Za-z][^>]*>|<!--.*?-->")
MARKS = re.compile(r"(?<!\w)[*_]{1,3}(?=\S)|(?<=\S)[*_]{1,3}(?!\w)|`+|~~|==|\[\^[^\]]+\]:?")
ITEM = re.compile(r"^\s*(?:[-*+]|\d+\.|>+)\s+")
RULER = re.compile(r"^[\s|:=-]+$")
ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+.!|<>-])")


def slug(title: str) -> str:
    """'A & B!' becomes 'a--b'."""
    kept = re.sub(r"[^\w\- ]", "", unicodedata.normalize("NFC", title).strip().lower())
    return kept.replace(" ", "-") or "section"


def mkdocs_slug(title: str) -> str:
    """As MkDocs would have it: links that were written for it are to lead somewhere too."""
    ascii_only = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
    return re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", ascii_only).strip().lower())


class Slugs:
    """The addresses given out on one page, each once: usage, usage-1, usage-2."""

    def __init__(self) -> None:
        self.known: dict[str, int] = {}
        self.aliases: dict[str, str] = {}
        """What MkDocs would call a heading, and what it is called here."""

    def give(self, title: str, wanted: str = "") -> str:
        name = base = wanted or slug(title)
        while name in self.known:
            self.known[base] += 1
            name = f"{base}-{self.known[base]}"
        self.known[name] = 0
        foreign = alias = mkdocs_slug(title)
        number = 0
        while alias in self.aliases:
            number += 1
            alias = f"{foreign}_{number}"
        self.aliases[alias] = name
        return name


def plain(line: str) -> str:
    """A line of Markdown without its marks."""
    line = LINK.sub(r"\1", IMAGE.sub(r"\1", line))
    return unescape(ESCAPED.sub(r"\1", ATTRIBUTES.sub("", MARKS.sub("", TAG.sub("", line)))).strip())


def sections(text: str, title: str) -> tuple[Section, ...]:
    """What stands above the first heading is a section too, without an anchor and called as the page is."""
    found: list[Section] = []
    slugs = Slugs()
    head, level, body = "", 1, []
    anchor = ""
    for kind, words in _read(text):
        if not kind:
            body.append(words)
            continue
        if anchor or any(body):
            found.append(Section(anchor, head or title, level, "\n".join(filter(None, body))))
        given = GIVEN.search(words)
        head, level, body = plain(GIVEN.sub("", words)), kind, []
        anchor = slugs.give(head, given[1] if given else "")
    if anchor or any(body):
        found.append(Section(anchor, head or title, level, "\n".join(filter(None, body))))
    return tuple(found)


def first_heading(text: str) -> str | None:
    """Of the first level."""
    return next((plain(GIVEN.sub("", words)) for kind, words in _read(text) if kind == 1), None)


def _read(text: str) -> Iterator[tuple[int, str]]:
    """Level and words of a heading, or 0 and a line of plain text."""
    fence, above = "", ""
    for line in [*text.splitlines(), ""]:
        marker = FENCE.match(line)
        if fence or marker:
            yield from _text(above)
            above = ""
            closed = bool(fence and marker and marker[1].startswith(fence) and not line.strip(" `~"))
            if fence and not closed:
                yield 0, line.strip()
            fence = "" if closed else fence or (marker[1] if marker else "")
        elif above and (under := UNDERLINE.match(line)) and not above.startswith((" ", "\t", "|", "#", "-", ">")):
            yield (1 if under[1][0] == "=" else 2), above.strip()
            above = ""
        elif heading := ATX.match(line):
            yield from _text(above)
            yield len(heading[1]), heading[2].strip()
            above = ""
        else:
            yield from _text(above)
            above = line
    yield from _text(above)


def _text(line: str) -> Iterator[tuple[int, str]]:
    if line.strip() and not RULER.match(line):
        titled = ADMONITION.match(line)
        yield 0, plain(titled[1] if titled else ITEM.sub("", line).replace("|", " "))
