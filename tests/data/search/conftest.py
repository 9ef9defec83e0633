"""The desk of the tickets, and an index over what it has."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from data.search.index import Index
from data.search.model import Entry, Found
from data.search.query import folded, read
from tests.data.tickets.conftest import clock, connected, desk, furnished, portal, recording, warehouse, workspace

__all__ = ["clock", "connected", "desk", "furnished", "portal", "recording", "warehouse", "workspace"]
Find = Callable[..., Found]


def an_entry(title: str, type_: str = "doc", **parts: Any) -> Entry:
    key = f"{type_}:{parts.pop('key', folded(title))}"
    return Entry(**{"key": key, "type": type_, "page": key, "title": title, "address": f"{type_}?id=1", **parts})


@pytest.fixture
def find(tmp_path: Path) -> Find:
    """Titles of what is found for a text among these entries."""

    def found(text: str, *entries: Entry, keys: frozenset[str] = frozenset(), most: int = 20, **synonyms: Any) -> Found:
        index = Index.built(tmp_path / "index.sqlite", entries)
        return index.find(read(text), keys, most, {folded(k.replace("_", " ")): v for k, v in synonyms.items()})

    return found
