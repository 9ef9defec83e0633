"""The last step before a reader: terms explained, images filled in, and no trace of what they may not see."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import PurePosixPath
from urllib.parse import unquote

from data.docs.rendering import ASSET, Draft
from data.docs.sanitise import PREFIX, seal
from data.docs.terms import Card, Terms, explained

TYPES = {
    "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif", "webp": "image/webp",
    "svg": "image/svg+xml",
}  # fmt: skip
IMAGE_MOST = 2 * 2**20
"""Bytes of an image, and a tenth more than four such of a page; what is beyond shows its words instead."""
IMAGES_MOST = 9 * 2**20
DIAGRAM_MOST = 20_000
"""Characters of a Mermaid diagram; a longer one is shown as its text."""
DIAGRAM = re.compile(r'<pre class="mermaid"><code>(.*?)</code></pre>', re.DOTALL)
BLOCK = re.compile(r"<(/?)(?:div|details|ul|ol|li|blockquote|table|section|dl|dd|figure)\b")
SAFE = ("docs?page=", "glossary?term=", f"#{PREFIX}", "https://", "http://", "mailto:")
PORTAL = re.compile(r"[a-z]+(\?[\w=&%.:+-]*)?", re.ASCII)
Image = Callable[[str], bytes | None]
"""The bytes of an image by path; None when it cannot be had."""


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a page: HTML, or the source of a diagram."""

    html: str = ""
    diagram: str = ""


@dataclass(frozen=True, slots=True)
class Finished:
    parts: tuple[Part, ...]
    cards: tuple[Card, ...]
    """Of the terms that appear, in their order."""


def finish(draft: Draft, terms: Terms, hidden: frozenset[str], image: Image) -> Finished:
    """`hidden`: pages that the reader may not know of; links to them are plain words."""
    html, cards = explained(draft.html, terms)
    spent = [0]

    def decide(tag: str, value: str) -> str | None:
        if tag == "img":
            return _source(value, image, spent)
        page = unquote(value.removeprefix("docs?page=").partition("#")[0])
        if value.startswith("docs?page=") and page in hidden:
            return None
        return value if value.startswith(SAFE) or PORTAL.fullmatch(value) else None

    return Finished(tuple(_parts(seal(html, decide))), cards)


def _source(value: str, image: Image, spent: list[int]) -> str | None:
    path = unquote(value.removeprefix(ASSET))
    kind = TYPES.get(PurePosixPath(path).suffix.lower().lstrip("."))
    content = image(path) if value.startswith(ASSET) and kind else None
    if content is None or len(content) > IMAGE_MOST or spent[0] + len(content) > IMAGES_MOST:
        return None
    spent[0] += len(content)
    return f"data:{kind};base64,{b64encode(content).decode()}"


def _parts(html: str) -> Iterator[Part]:
    """Diagrams inside a box or a list stay text there: only what stands alone can be drawn by itself."""
    at = depth = counted = 0
    for found in DIAGRAM.finditer(html):
        depth += sum(-1 if block[1] else 1 for block in BLOCK.finditer(html, counted, found.start()))
        counted = found.start()
        if depth or len(found[1]) > DIAGRAM_MOST:
            continue
        if html[at : found.start()].strip():
            yield Part(html=html[at : found.start()])
        yield Part(diagram=unescape(found[1]))
        at = found.end()
    if html[at:].strip():
        yield Part(html=html[at:])
