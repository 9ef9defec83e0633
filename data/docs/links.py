"""Where a link on a page leads: another page, an image, the portal, outside, or nowhere."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Literal
from urllib.parse import unquote, urlsplit

from data.docs.model import Library

OUTSIDE = ("http", "https", "mailto")
PORTAL = re.compile(r"/([a-z]+)(\?[\w=&%.:+-]*)?", re.ASCII)
"""Another page of the portal, as an author writes it: `/report?platform=sales`."""
Kind = Literal["page", "image", "portal", "outside", "broken"]


@dataclass(frozen=True, slots=True)
class Target:
    kind: Kind
    path: str = ""
    anchor: str = ""
    words: str = ""
    """Why it is broken."""


def target(href: str, page: str, library: Library) -> Target:
    """`href` as the author wrote it on `page`."""
    if "\\" in href or href.startswith("//") or any(ord(letter) < 32 for letter in href):
        return Target("broken", words="The address cannot be used.")
    try:
        parts = urlsplit(href)
    except ValueError:
        return Target("broken", words="The address cannot be used.")
    if parts.scheme or parts.netloc:
        usable = parts.scheme in OUTSIDE
        return Target("outside", href) if usable else Target("broken", words="The address cannot be used.")
    anchor = unquote(parts.fragment)
    if not parts.path:
        return Target("page", page, anchor)
    return _inside(href, unquote(parts.path), anchor, page, library)


def _inside(href: str, path: str, anchor: str, page: str, library: Library) -> Target:
    base = "" if path.startswith("/") else posixpath.dirname(page)
    whole = posixpath.normpath(posixpath.join(base, path.lstrip("/")))
    if whole == ".." or whole.startswith("../"):
        return Target("broken", words="It leads out of the documentation.")
    if found := _page(whole, library):
        return Target("page", found, anchor)
    if whole in library.images:
        return Target("image", whole)
    if portal := PORTAL.fullmatch(href):
        return Target("portal", href[1:], portal[1])
    served = "The file is not served; only pages and images are." if whole in library.files else ""
    return Target("broken", words=served or "There is no such page.")


def _page(path: str, library: Library) -> str | None:
    """Also as the address of a built site: `../messages/` for `messages.md` or `messages/index.md`."""
    stem = path.removesuffix(".html")
    stem = "" if stem == "." else stem
    names = (path, f"{stem}.md", *(str(PurePosixPath(stem) / f"{name}.md") for name in ("index", "README")))
    return next((name for name in names if name in library.pages), None)


def missing_anchor(anchor: str, known: Mapping[str, str]) -> bool:
    """`known`: addresses on the page, and what MkDocs would call them, each with what it is called here."""
    return bool(anchor) and anchor not in known
