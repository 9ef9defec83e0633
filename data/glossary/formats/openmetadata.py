"""OpenMetadata's CSV of a glossary."""

from __future__ import annotations

from collections.abc import Sequence

from data.glossary.formats import tables
from data.glossary.formats.base import Cells, Column, Document, Format, Given, Names
from data.glossary.formats.cells import line, listing, quoted, related, status, targets, text, unquoted
from data.glossary.model import Relation, RelationKind, Source, Term, TermState

KINDS = {
    "relatedTo": RelationKind.related, "synonym": RelationKind.same_as, "broader": RelationKind.broader,
    "narrower": RelationKind.narrower, "antonym": RelationKind.opposite_of, "partOf": RelationKind.part_of,
    "hasPart": RelationKind.has_part,
}  # fmt: skip
_READ = {name.casefold(): kind for name, kind in KINDS.items()}
_WRITTEN = {kind: name for name, kind in KINDS.items()}
GOVERNED = frozenset(RelationKind) - {RelationKind.under}
STATES: dict[str, TermState] = {
    "Draft": "draft", "Approved": "approved", "Deprecated": "deprecated", "In Review": "draft", "Rejected": "archived",
}  # fmt: skip
NAME = "name*"


def _related(cell: str) -> Given:
    """`partOf:Business.Margin`; without a kind it is relatedTo."""
    found = []
    for part in unquoted(cell):
        kind, colon, target = part.partition(":")
        known = _READ.get(kind.strip().casefold()) if colon else None
        found.append(Relation(known or RelationKind.related, target.strip() if known else part))
    return Given(relations=tuple(dict.fromkeys(found)), kinds=GOVERNED)


def _written(term: Term, names: Names) -> str:
    """Kinds that OpenMetadata does not know are relatedTo there."""
    return quoted(f"{_WRITTEN.get(kind, 'relatedTo')}:{name}" for kind, name in targets(term, names, GOVERNED))


def _references(cell: str) -> Given:
    """`label;url;label;url`."""
    found = unquoted(cell)
    return Given({"sources": tuple(Source(line(a), line(b)) for a, b in zip(found[::2], found[1::2], strict=False))})


def _person(cell: str) -> str | None:
    """The first of `user:x;user:y`; a team stays as it is written."""
    first = line(next(iter(unquoted(cell)), ""))
    told = first.removeprefix("user:").strip() if first.casefold().startswith("user:") else line(cell)
    return (told.lower() if "@" in told else told) or None


def _said(person: str | None) -> str:
    return f"user:{person}" if person and "@" in person else person or ""


def _extension(cell: str) -> Given:
    pairs = (part.partition(":") for part in unquoted(cell))
    return Given({"properties": {line(key): value.strip() for key, _, value in pairs if line(key)}})


def _extended(term: Term, _: Names) -> str:
    return quoted(f"{key}:{value}" for key, value in term.properties.items() if ":" not in key)


def _display(term: Term, _: Names) -> str:
    return "" if term.properties.get(f"openmetadata:{NAME}", term.name) == term.name else term.name


COLUMNS = (
    related("parent", RelationKind.under, lambda cell: [line(cell)] if line(cell) else [], "".join),
    Column(NAME, lambda cell: Given({"name": line(cell)}), lambda term, _: term.name, sticky=True, needed=True),
    Column("displayName", lambda cell: Given({"name": line(cell)} if line(cell) else {}), _display),
    text("description", "definition", needed=True),
    listing("synonyms", "synonyms", unquoted, quoted),
    Column("relatedTerms", _related, _written),
    Column("references", _references, lambda term, _: quoted(v for s in term.sources for v in (s.label, s.url))),
    listing("tags", "tags", unquoted, quoted),
    Column("reviewers", lambda cell: Given({"steward": _person(cell)}), lambda term, _: _said(term.steward)),
    Column("owner", lambda cell: Given({"owner": _person(cell)}), lambda term, _: _said(term.owner)),
    status("glossaryStatus", STATES, "OpenMetadata"),
    Column("color", sticky=True), Column("iconURL", sticky=True), Column("extension", _extension, _extended),
)  # fmt: skip


def _parse(given: bytes) -> Document:
    return tables.parse(given, OPENMETADATA, {"status": "glossaryStatus"})


def _render(rows: Sequence[Cells]) -> bytes:
    return tables.render(rows, OPENMETADATA)


OPENMETADATA = Format("openmetadata", "OpenMetadata", "csv", "text/csv", COLUMNS, _parse, _render)
