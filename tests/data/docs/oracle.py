"""What a browser would find in the HTML of a page, and whether any of it could do something."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from html.parser import HTMLParser
from pathlib import Path

import brs_kb
import yaml

from data.docs.library import build
from data.docs.model import Library
from data.docs.sanitise import TAGS
from data.docs.terms import Card, Terms
from data.docs.tree import Tree

OUTSIDE = re.compile(r"(https?|mailto):", re.IGNORECASE)
INSIDE = re.compile(r"#doc-|docs\?page=|glossary\?term=|[a-z]+(\?|$)")
DATA = re.compile(r"data:image/(png|jpeg|gif|webp|svg\+xml);base64,[A-Za-z0-9+/=]*")
NAMES = frozenset(
    {"href", "src", "id", "class", "title", "alt", "width", "height", "style", "colspan", "rowspan", "scope", "start"}
    | {"type", "checked", "disabled", "name", "open", "for", "role", "tabindex", "data-linenos", "datetime", "span"}
    | {"rel"}
)  # fmt: skip
STYLE = re.compile(r"(text-align:\s?(left|right|center|justify|start|end);?)?|--face:var\(--face-\d\)")
SHELL = frozenset({"nav", "button", "header"})
"""Elements and attributes that the portal draws around a page."""
SHELL_NAMES = frozenset({"aria-label", "aria-current", "aria-hidden", "placeholder"})
GIVEN = yaml.safe_load(Path(__file__).with_name("payloads.yaml").read_text())
OWN: tuple[str, ...] = tuple(GIVEN["own"])
EMBEDDINGS: dict[str, str] = GIVEN["places"]


class _Reader(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.feed(html)
        self.close()

    def note(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))

    handle_starttag = note


def harm(html: str, around: bool = False) -> list[str]:
    """Elements, attributes and addresses that no page may have. Attributes are decoded once, as a browser does."""
    tags, names = (TAGS | SHELL, NAMES | SHELL_NAMES) if around else (TAGS, NAMES)
    found = _Reader(html).found
    wrong = [f"<{tag}>" for tag, _ in found if tag not in tags]
    pairs = [(tag, name, value) for tag, attributes in found for name, value in attributes.items()]
    return wrong + [f"<{t} {n}={v[:80]!r}>" for t, n, v in pairs if n not in names or (not around and _wrong(t, n, v))]


def _wrong(tag: str, name: str, value: str) -> bool:
    if name == "href":
        return not (OUTSIDE.match(value) or INSIDE.match(value))
    if name == "src":
        return not DATA.fullmatch(value)
    if name in {"id", "for"}:
        return not value.startswith("doc-")
    if name == "style":
        return not STYLE.fullmatch(value)
    return name == "type" and tag == "input" and value not in {"checkbox", "radio"}


@lru_cache(1)
def payloads() -> tuple[str, ...]:
    """Thousands that were collected, and some that were made for Markdown."""
    return (*(entry["payload"] for entry in brs_kb.get_all_payloads().values()), *OWN)


def every(step: int, start: int = 0) -> Iterator[str]:
    """A sample of the collected ones, and all of our own."""
    yield from payloads()[: -len(OWN)][start::step]
    yield from OWN


def site(text: str) -> Library:
    """One page, and what it may link to."""
    files = {"a.md": text.encode("utf-8", "replace"), "x.md": b"# X", "x.png": b"\x89PNG"}
    return build(Tree({name: len(content) for name, content in files.items()}, files.__getitem__, text))


def terms(payload: str) -> Terms:
    return Terms({"net revenue": Card(payload, payload, payload, payload, "green", payload)})
