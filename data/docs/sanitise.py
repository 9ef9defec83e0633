"""The last word on the HTML of a page: what is not on these lists is not there. nh3 is called here and nowhere else."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import nh3

Decide = Callable[[str, str], str | None]
"""The address of a link or image as the author wrote it (tag, value) → as it is served; None leaves it out."""

TAGS = (
    {"a", "abbr", "b", "blockquote", "br", "caption", "center", "cite", "code", "col", "colgroup", "dd", "del"}
    | {"details", "dfn", "div", "dl", "dt", "em", "figcaption", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr"}
    | {"i", "img", "input", "ins", "kbd", "label", "li", "mark", "ol", "p", "pre", "q", "s", "samp", "section"}
    | {"small", "span", "strong", "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "time"}
    | {"tr", "u", "ul", "var"}
)  # fmt: skip
IDS = frozenset({"a", "h1", "h2", "h3", "h4", "h5", "h6", "input", "li", "sup", "section", "p", "div", "span", "dt"})
CLASSED = frozenset({"div", "p", "ul", "ol", "li", "input", "section", "sup", "span", "code", "pre", "details", "a",
                     "label", "table", "td", "th", "strong", "kbd"})  # fmt: skip
ATTRIBUTES: dict[str, set[str]] = {
    "a": {"href", "title", "tabindex"}, "img": {"src", "alt", "title", "width", "height"}, "abbr": {"title"},
    "td": {"style", "colspan", "rowspan"}, "th": {"style", "colspan", "rowspan", "scope"}, "ol": {"start", "type"},
    "input": {"type", "checked", "disabled", "name"}, "details": {"open"}, "label": {"for"},
    "span": {"data-linenos", "role", "tabindex"}, "time": {"datetime"}, "col": {"span"},
}  # fmt: skip
for _tag in IDS:
    ATTRIBUTES.setdefault(_tag, set()).add("id")
for _tag in CLASSED:
    ATTRIBUTES.setdefault(_tag, set()).add("class")

ADMONITIONS = (
    {"abstract", "summary", "tldr", "attention", "bug", "caution", "danger", "error", "example", "failure", "fail"}
    | {"missing", "faq", "help", "question", "hint", "important", "info", "note", "quote", "cite", "seealso", "success"}
    | {"check", "done", "tip", "todo", "warning"}
)  # fmt: skip
CLASS = re.compile(
    r"admonition(-title)?|details|inline|end|task-list(-item|-control|-indicator)?|footnote(-ref|-backref)?|highlight"
    r"|linenos|normal|filename|hll|md-button|md-button--primary|grid|cards|keys|key-[a-z0-9-]{1,30}|headerlink|mermaid"
    r"|tabbed-(set|alternate|labels|label|content|block)|critic|language-[\w+#.-]{1,30}|[a-z]{1,2}[0-9a-z]?"
)
TAB = re.compile(r"__tabbed_\d{1,4}(_\d{1,4})?")
CARD = frozenset(
    {"term", "term-card", "term-head", "term-says", "term-foot", "pill", "chip", "green", "yellow", "gray", "red"}
)
PREFIX = "doc-"
"""Of every id on a page, so that an author's never meets one of the portal's."""
SIZE = re.compile(r"\d{1,4}(px|%)?")
REL = "noopener noreferrer nofollow"


def clean(html: str, decide: Decide) -> str:
    """The first time: ids get their prefix, classes are those of the dialect, addresses are decided."""

    def keep(tag: str, name: str, value: str) -> str | None:
        if name == "id":
            return PREFIX + value
        if name == "for":
            return PREFIX + value if TAB.fullmatch(value) else None
        if name == "class":
            known = (word for word in value.split() if word in ADMONITIONS or CLASS.fullmatch(word))
            return " ".join(known) or None
        return _plain(tag, name, value, decide)

    return _nh3(html, keep)


def seal(html: str, decide: Decide) -> str:
    """The second time, over what was cleaned and what the portal has put into it since; nothing is changed after it."""

    def keep(tag: str, name: str, value: str) -> str | None:
        if name in {"id", "for"}:
            return value if value.startswith(PREFIX) else None
        if name == "class":
            known = (w for w in value.split() if w in CARD or w in ADMONITIONS or CLASS.fullmatch(w))
            return " ".join(known) or None
        return _plain(tag, name, value, decide)

    return _nh3(html, keep)


def _plain(tag: str, name: str, value: str, decide: Decide) -> str | None:
    if name in {"href", "src"}:
        return decide(tag, value)
    if tag == "input":
        return _input(name, value)
    if name in {"role", "tabindex"}:
        return value if (name, value) in {("role", "tooltip"), ("tabindex", "0")} else None
    if name in {"width", "height"}:
        return value if SIZE.fullmatch(value) else None
    return value


def _input(name: str, value: str) -> str | None:
    if name == "type":
        return value if value in {"checkbox", "radio"} else None
    if name == "name":
        return value if TAB.fullmatch(value) else None
    return value


def _nh3(html: str, keep: Callable[[str, str, str], str | None]) -> str:
    settings: dict[str, Any] = {
        "tags": TAGS, "attributes": ATTRIBUTES, "attribute_filter": keep, "link_rel": REL, "strip_comments": True,
        "filter_style_properties": {"text-align"}, "url_schemes": {"http", "https", "mailto"},
        "clean_content_tags": {"script", "style", "template", "noscript", "iframe", "object", "svg", "math"},
    }  # fmt: skip
    return nh3.clean(html, **settings)
