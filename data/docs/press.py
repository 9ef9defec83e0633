"""Rendered pages, kept by what they are made of and never by who reads them."""

from __future__ import annotations

from functools import lru_cache

from data.docs.finishing import Finished, finish
from data.docs.model import Library
from data.docs.rendering import Draft, render
from data.docs.terms import Terms
from data.errors import PortalError


@lru_cache(1024)
def drafted(path: str, library: Library) -> Draft:
    return render(library.pages[path], library)


def finished(path: str, library: Library, terms: Terms, hidden: frozenset[str]) -> Finished:
    linked = frozenset(target for target, _ in drafted(path, library).pages)
    return _finished(path, library, terms, hidden & linked)


@lru_cache(64)
def _finished(path: str, library: Library, terms: Terms, hidden: frozenset[str]) -> Finished:
    def image(name: str) -> bytes | None:
        if name not in library.images:
            return None
        try:
            return library.read(name)
        except PortalError:
            return None  # its words stand in its place

    return finish(drafted(path, library), terms, hidden, image)
