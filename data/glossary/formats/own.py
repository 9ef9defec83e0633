"""The portal's own CSV: everything that a term is, its id first."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from data.errors import Invalid
from data.glossary.formats import tables
from data.glossary.formats.base import Cells, Column, Document, Format, Given, Names
from data.glossary.formats.cells import code, joined, line, listing, parts, status, text, word
from data.glossary.model import Asset, Relation, RelationKind, Source, Term
from data.glossary.rules import STATES

ALIASES = {"id": "term_id", "state": "status", "platformid": "platform", "description": "definition"}


def _day(cell: str) -> Given:
    try:
        return Given({"review_due": date.fromisoformat(line(cell)) if line(cell) else None})
    except ValueError:
        raise Invalid(f"review_due: '{cell[:40]}' is no day such as 2027-03-02.") from None


def _moment(cell: str) -> Given:
    try:
        at = datetime.fromisoformat(line(cell)) if line(cell) else None
    except ValueError:
        raise Invalid(f"reviewed_at: '{cell[:40]}' is no time such as 2026-11-23T07:30:00+00:00.") from None
    return Given({"reviewed_at": at.replace(tzinfo=at.tzinfo or UTC) if at else None})


def _number(cell: str) -> Given:
    said = line(cell)
    if (said and not said.isascii()) or (said and not said.isdecimal()):
        raise Invalid(f"row_version: '{said[:40]}' is no number.")
    return Given({"version": int(said)} if said else {})


def _relations(cell: str) -> Given:
    found = []
    for part in parts(cell):
        kind, colon, target = part.partition(":")
        name = line(kind).casefold().replace(" ", "_")
        if not colon or name not in RelationKind.__members__:
            raise Invalid(f"relations: '{part[:40]}' has no kind; they are {', '.join(RelationKind)}.")
        found.append(Relation(RelationKind(name), target.strip()))
    return Given(relations=tuple(dict.fromkeys(found)), kinds=frozenset(RelationKind))


def _written_relations(term: Term, names: Names) -> str:
    return joined(f"{relation.kind}: {names.of(relation.target)}" for relation in term.relations)


def _pairs(name: str, field: str, made: Any) -> Column:
    def read(cell: str) -> Given:
        found = ([line(half) for half in _halves(part)] for part in parts(cell))
        return Given({field: tuple(made(*pair) for pair in found)})

    def write(term: Term, _: Names) -> str:
        pairs = ((one.name, one.role) if made is Asset else (one.label, one.url) for one in getattr(term, field))
        return joined(joined(pair, "|") for pair in pairs)

    return Column(name, read, write)


def _halves(part: str) -> tuple[str, str]:
    halves = parts(part, "|")
    return (halves[0], " ".join(halves[1:])) if halves else ("", "")


def _properties(cell: str) -> Given:
    try:
        told = json.loads(cell) if cell.strip() else {}
    except ValueError:
        told = None
    if not isinstance(told, dict):
        raise Invalid("properties: this is no JSON object.")
    return Given({"properties": {str(key): value if isinstance(value, str) else json.dumps(value)
                                 for key, value in told.items()}})  # fmt: skip


COLUMNS = (
    Column("term_id", lambda cell: Given({"id": line(cell)}) if line(cell) else Given(), lambda term, _: term.id),
    word("name", "name"), word("acronym", "acronym"),
    listing("synonyms", "synonyms", parts, joined),
    text("definition", "definition"), text("notes", "notes"),
    status("status", {label: state for state, label in STATES.items()}, "this portal"),
    Column("replaced_by", lambda cell: Given({"replaced_by": line(cell) or None}),
           lambda term, names: names.of(term.replaced_by or "")),
    Column("reason", lambda cell: Given({"note": line(cell) or None}), lambda term, _: term.note or ""),
    word("domain", "domain"), word("platform", "platform_id"),
    word("steward", "steward", lower=True), word("owner", "owner"),
    Column("reviewed_at", _moment, lambda term, _: term.reviewed_at.isoformat() if term.reviewed_at else ""),
    Column("review_due", _day, lambda term, _: term.review_due.isoformat() if term.review_due else ""),
    code("formula", "formula"), word("grain", "grain"), word("unit", "unit"), code("filters", "filters"),
    Column("relations", _relations, _written_relations), text("confusion", "confusion"),
    _pairs("assets", "assets", Asset), _pairs("sources", "sources", Source),
    listing("tags", "tags", parts, joined),
    Column("properties", _properties,
           lambda term, _: json.dumps(dict(term.properties), ensure_ascii=False) if term.properties else ""),
    Column("row_version", _number, lambda term, _: str(term.version)),
)  # fmt: skip


def _parse(given: bytes) -> Document:
    document = tables.parse(given, OWN, ALIASES)
    if "term_id" not in document.columns and "name" not in document.columns:
        raise Invalid("These columns are missing: term_id or name. The first row has to name the columns.")
    return document


def _render(rows: Sequence[Cells]) -> bytes:
    return tables.render(rows, OWN)


OWN = Format("portal", "this portal's CSV", "csv", "text/csv", COLUMNS, _parse, _render, own=True)
