"""What people wrote, as HTML that cannot do anything: Markdown without raw HTML and images, sanitised last."""

from __future__ import annotations

import re
import xml.etree.ElementTree as etree
from functools import lru_cache
from typing import Any

import nh3
from markdown import Markdown
from markdown.extensions import Extension
from markdown.inlinepatterns import InlineProcessor
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor

from components.markup import esc
from data.tickets.model import BODY_MOST

ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
TAGS = (
    {"a", "blockquote", "br", "code", "del", "em", "h4", "hr", "li", "ol", "p", "pre", "strong", "ul"}
    | {"table", "thead", "tbody", "tr", "th", "td"}
)  # fmt: skip
SCHEMES = {"http", "https", "mailto"}
RAW_HTML = ("html",)
IMAGES = ("image_link", "image_reference", "short_image_ref")
ADDRESS = r"(?<![\w(])(https?://[^\s<>\"'`]*[^\s<>\"'`.,;:!?)\]])"
MENTION = r"(?<![\w@.])(@\w[\w.+-]*\w(?:@\w[\w.-]*\w)?)"
HEADINGS = frozenset({"h1", "h2", "h3", "h5", "h6"})
ITEM = re.compile(r"[ ]{0,3}([-*+]|1[.)])\s")
SEARCHED = 250_000
"""Characters: each bracket is searched for its end through the whole text. Beyond this there are only plain links."""
LINKS = ("reference", "link", "short_reference")


def user_html(text: str) -> str:
    """For `st.html`. Whatever cannot be read as Markdown is shown as it was typed."""
    return f'<div class="prose" dir="auto">{_rendered(text[: 2 * BODY_MOST])}</div>'


@lru_cache(1024)
def _rendered(text: str) -> str:
    links = text.count("[") * len(text) <= SEARCHED
    try:
        html = Markdown(extensions=[_Plain(links), "fenced_code", "tables", "nl2br", "sane_lists"]).convert(text)
    except RecursionError:
        html = f"<pre>{esc(text)}</pre>"
    return nh3.clean(
        html, tags=TAGS, attributes=ATTRIBUTES, allowed_classes={"strong": {"mention"}}, url_schemes=SCHEMES,
        url_relative="deny", link_rel="noopener nofollow", strip_comments=True,
    )  # fmt: skip


class _Plain(Extension):
    def __init__(self, links: bool) -> None:
        super().__init__()
        self.links = links

    def extendMarkdown(self, md: Markdown) -> None:
        md.preprocessors.deregister("html_block")
        for name in (*RAW_HTML, *IMAGES, *(() if self.links else LINKS)):
            md.inlinePatterns.deregister(name)
        md.preprocessors.register(_Lists(md), "lists", 20)
        md.inlinePatterns.register(_Address(ADDRESS, md), "address", 115)
        md.inlinePatterns.register(_Mention(MENTION, md), "mention", 70)
        md.treeprocessors.register(_Headings(md), "headings", 5)


class _Lists(Preprocessor):
    """People write a list right under its sentence; Markdown wants an empty line between them."""

    def run(self, lines: list[str]) -> list[str]:
        spaced: list[str] = []
        for line in lines:
            above = spaced[-1] if spaced else ""
            if ITEM.match(line) and above.strip() and not above.startswith(" ") and not ITEM.match(above):
                spaced.append("")
            spaced.append(line)
        return spaced


class _Address(InlineProcessor):
    """Pasted as it is, without brackets."""

    ANCESTOR_EXCLUDES = ("a", "code")

    def handleMatch(self, m: re.Match[str], data: str = "") -> Any:
        link = etree.Element("a", href=m[1])
        link.text = m[1]
        return link, m.start(), m.end()


class _Mention(InlineProcessor):
    ANCESTOR_EXCLUDES = ("a", "code")

    def handleMatch(self, m: re.Match[str], data: str = "") -> Any:
        person = etree.Element("strong", {"class": "mention"})
        person.text = m[1]
        return person, m.start(), m.end()


class _Headings(Treeprocessor):
    """All of one size: the outline of the page is the portal's."""

    def run(self, root: etree.Element) -> None:
        for element in root.iter():
            if element.tag in HEADINGS:
                element.tag = "h4"
