"""The CSV of Microsoft Purview's classic glossary."""

from __future__ import annotations

from collections.abc import Sequence

from data.glossary.formats import tables
from data.glossary.formats.base import Cells, Column, Document, Format, Given
from data.glossary.formats.cells import ended, line, listing, related, source, status, text, word
from data.glossary.model import RelationKind, TermState

STATES: dict[str, TermState] = {
    "Draft": "draft", "Approved": "approved", "Expired": "deprecated", "Alert": "approved"
}  # fmt: skip


def _split(cell: str) -> list[str]:
    return [part for part in map(str.strip, cell.split(";")) if part]


def _person(cell: str) -> str | None:
    """The first of `alice@example.org:info;`."""
    first = line(next(iter(_split(cell)), "")).partition(":")[0]
    return (first.lower() if "@" in first else first) or None


COLUMNS = (
    Column("Name", lambda cell: Given({"name": line(cell)}), lambda term, _: term.name, sticky=True, needed=True),
    Column("Nick Name", lambda cell: Given({"name": line(cell)} if line(cell) else {}), lambda term, _: term.name),
    status("Status", STATES, "Purview"),
    text("Definition", "definition", needed=True),
    word("Acronym", "acronym"),
    Column("Resources", lambda cell: Given({"sources": tuple(map(source, _split(cell)))}),
           lambda term, _: ended(f"{one.label}:{one.url}" for one in term.sources)),
    related("Related Terms", RelationKind.related, _split, ended),
    listing("Synonyms", "synonyms", _split, ended),
    Column("Stewards", lambda cell: Given({"steward": _person(cell)}), lambda t, _: ended(filter(None, [t.steward]))),
    Column("Experts", lambda cell: Given({"owner": _person(cell)}), lambda t, _: ended(filter(None, [t.owner]))),
    related("Parent Term Name", RelationKind.under, lambda cell: [line(cell)] if line(cell) else [], "".join),
)  # fmt: skip


def _parse(given: bytes) -> Document:
    return tables.parse(given, PURVIEW, {})


def _render(rows: Sequence[Cells]) -> bytes:
    return tables.render(rows, PURVIEW)


PURVIEW = Format("purview", "Microsoft Purview", "csv", "text/csv", COLUMNS, _parse, _render)
