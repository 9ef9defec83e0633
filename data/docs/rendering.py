"""A page as HTML: the dialect of MkDocs, links that stay in the portal, headings with addresses."""

from __future__ import annotations

import logging
import re
import xml.etree.ElementTree as etree
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape, unescape
from typing import Any
from urllib.parse import quote

from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor
from pymdownx.emoji import gemoji, to_alt

from data.docs.links import Target, target
from data.docs.model import ANCHOR, Library, Page, Problem, address
from data.docs.outline import Slugs, mkdocs_slug
from data.docs.sanitise import PREFIX, clean

log = logging.getLogger(__name__)

ASSET = "docs-asset/"
HEADINGS = {f"h{level}": level for level in range(1, 7)}
STASHED = re.compile("\x02(?:(\\d+)|wzxhzdk:(\\d+)|[^\x03]*)\x03")
"""An escaped letter, or a piece of HTML that Markdown has put aside."""
MARKUP = re.compile(r"<[^>]*>")
AS_TEXT = "This page could not be read as Markdown; this is its text."


def mermaid(source: str, *_: Any, **__: Any) -> str:
    return f'<pre class="mermaid"><code>{escape(source)}</code></pre>'


EXTENSIONS: tuple[str, ...] = (
    "abbr", "admonition", "attr_list", "def_list", "footnotes", "md_in_html", "tables", "sane_lists",
    "pymdownx.caret", "pymdownx.details", "pymdownx.emoji", "pymdownx.highlight",
    "pymdownx.inlinehilite", "pymdownx.keys", "pymdownx.magiclink", "pymdownx.mark", "pymdownx.superfences",
    "pymdownx.tabbed", "pymdownx.tasklist", "pymdownx.tilde",
)  # fmt: skip
CONFIGS: Mapping[str, dict[str, Any]] = {
    "footnotes": {"BACKLINK_TEXT": "↩"},
    "pymdownx.emoji": {"emoji_index": gemoji, "emoji_generator": to_alt},
    "pymdownx.highlight": {"linenums_style": "pymdownx-inline", "guess_lang": False},
    "pymdownx.superfences": {"custom_fences": [{"name": "mermaid", "class": "mermaid", "format": mermaid}]},
    "pymdownx.tabbed": {"alternate_style": True},
}


@dataclass(frozen=True, slots=True)
class Heading:
    anchor: str
    title: str
    level: int


@dataclass(frozen=True, slots=True)
class Draft:
    """`html`: clean, with addresses of the portal; `finish` makes of it what is shown."""

    html: str
    headings: tuple[Heading, ...] = ()
    anchors: Mapping[str, str] = field(default_factory=dict)
    """Addresses on the page, also as MkDocs has them, with what they are here."""
    pages: tuple[tuple[str, str], ...] = ()
    """Pages it links to, and where on them."""
    problems: tuple[Problem, ...] = ()


def render(page: Page, library: Library) -> Draft:
    headings = _Headings()
    try:
        html = _markdown(headings).convert(page.text)
    except Exception:  # of a dozen extensions, none may take a page down
        log.exception("The page %s could not be read as Markdown", page.path)
        html = f"<p>{AS_TEXT}</p><pre>{escape(page.text)}</pre>"
    addresses = _Addresses(page, library, headings.slugs)
    cleaned = clean(html, addresses.decide)
    return Draft(
        cleaned, tuple(headings.found), addresses.anchors(cleaned), tuple(dict.fromkeys(addresses.pages)),
        tuple(dict.fromkeys(addresses.problems)),
    )  # fmt: skip


def _markdown(headings: _Headings) -> Markdown:
    return Markdown(extensions=[*EXTENSIONS, headings], extension_configs={**CONFIGS}, tab_length=4)


class _Headings(Extension):
    """Gives every heading its address; the first title is drawn by the portal, so it is taken out."""

    def __init__(self) -> None:
        super().__init__()
        self.slugs = Slugs()
        self.found: list[Heading] = []

    def extendMarkdown(self, md: Markdown) -> None:
        md.treeprocessors.register(_Addressed(md, self), "headings", 4)


class _Addressed(Treeprocessor):
    def __init__(self, md: Markdown, into: _Headings) -> None:
        super().__init__(md)
        self.into = into

    def run(self, root: etree.Element) -> None:
        for element in root.iter():
            if level := HEADINGS.get(element.tag):
                title = STASHED.sub(self._unstashed, "".join(element.itertext())).strip()
                anchor = self.into.slugs.give(title, element.get("id") or "")
                element.set("id", anchor)
                self.into.found.append(Heading(anchor, title, level))
        first = next(iter(root), None)
        if first is not None and first.tag == "h1":
            root.remove(first)
        for element in [one for one in root if one.tag == "p" and one.text == "[TOC]" and not len(one)]:
            root.remove(element)

    def _unstashed(self, found: re.Match[str]) -> str:
        if found[1]:
            return chr(int(found[1]))
        kept = self.md.htmlStash.rawHtmlBlocks[int(found[2])] if found[2] else ""
        return unescape(MARKUP.sub("", kept)) if isinstance(kept, str) else "".join(kept.itertext())


class _Addresses:
    """Decides about each link and image of one page, and keeps what became of them."""

    def __init__(self, page: Page, library: Library, slugs: Slugs) -> None:
        self.page = page
        self.library = library
        self.slugs = slugs
        self.pages: list[tuple[str, str]] = []
        self.problems: list[Problem] = []

    def decide(self, tag: str, value: str) -> str | None:
        found = target(value.strip(), self.page.path, self.library)
        return self._image(value, found) if tag == "img" else self._link(value, found)

    def _link(self, href: str, found: Target) -> str | None:
        if found.kind == "page":
            self.pages.append((found.path, found.anchor))
            if found.path == self.page.path:
                return (
                    f"#{PREFIX}{quote(self.slugs.aliases.get(found.anchor, found.anchor), safe=ANCHOR)}"
                    if found.anchor
                    else None
                )
            return address(found.path, self._anchor(found))
        if found.kind in {"outside", "portal"}:
            return found.path
        words = found.words or "It leads to an image, which is shown on pages only."
        self.problems.append(Problem("link", self.page.path, f"{_short(href)}: {words}"))
        return None

    def _anchor(self, found: Target) -> str:
        """Of another page: as it is called there, also where MkDocs would call it otherwise."""
        sections = self.library.pages[found.path].sections
        if not found.anchor or any(section.anchor == found.anchor for section in sections):
            return found.anchor
        foreign = (section.anchor for section in sections if mkdocs_slug(section.title) == found.anchor)
        return next(foreign, found.anchor)

    def _image(self, src: str, found: Target) -> str | None:
        if found.kind == "image":
            return ASSET + quote(found.path)
        words = "Images of other hosts are not loaded." if found.kind == "outside" else found.words or "It is no image."
        self.problems.append(Problem("image", self.page.path, f"{_short(src)}: {words}"))
        return None

    def anchors(self, html: str) -> Mapping[str, str]:
        """With those that authors give to other things than headings, and those of footnotes."""
        given = re.findall(rf' id="{PREFIX}([^"]*)"', html)
        return {**self.slugs.aliases, **{name: name for name in (*given, *self.slugs.known)}}


def _short(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:79]}…"
