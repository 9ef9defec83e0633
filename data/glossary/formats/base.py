"""What every format of glossaries is made of: columns that read a cell and write one, and documents of such cells.

A cell is kept as it was read where the portal would write it otherwise (`format:column` in the properties of the term),
and goes out again while it still says what the term says: so nothing of a file is lost by having been here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from data.glossary.model import Relation, RelationKind, Term

Cells = Mapping[str, str]
Kinds = frozenset[RelationKind]
NO_KINDS: Kinds = frozenset()


@dataclass(frozen=True, slots=True)
class Given:
    """What a cell says: fields of a term; and, of some kinds, all relations."""

    fields: Mapping[str, Any] = field(default_factory=dict)
    relations: tuple[Relation, ...] = ()
    kinds: Kinds = NO_KINDS


NOTHING = Given()


class Names:
    """Of the targets of relations."""

    def __init__(self, terms: Iterable[Term] = ()) -> None:
        self._names = {term.id: term.name for term in terms}

    def of(self, target: str) -> str:
        return self._names.get(target, target)

    def targets(self, term: Term, *kinds: RelationKind) -> list[str]:
        return [self.of(relation.target) for relation in term.relations if relation.kind in kinds]


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    read: Callable[[str], Given] = lambda _: NOTHING
    """Raises Invalid, in words."""
    write: Callable[[Term, Names], str] = lambda _term, _names: ""
    sticky: bool = False
    """Goes out as it came in, whatever became of the term: the name another catalogue knows it by."""
    needed: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """One term of a file. A column that is not there leaves the term alone; an empty cell clears."""

    line: int
    cells: Cells


@dataclass(frozen=True, slots=True)
class Document:
    format: Format
    entries: tuple[Entry, ...]
    columns: tuple[str, ...]
    """That are there."""
    unknown: tuple[str, ...] = ()
    """Columns of which the portal knows nothing; they are kept."""
    notes: tuple[str, ...] = ()
    """What whoever reads the file should know."""


@dataclass(frozen=True, slots=True)
class Format:
    name: str
    label: str
    suffix: str
    mime: str
    columns: tuple[Column, ...]
    parse: Callable[[bytes], Document]
    """Raises Invalid for what is no such file."""
    render: Callable[[Sequence[Cells]], bytes]
    own: bool = False
    """Of the portal: holds all there is, so nothing has to be kept beside."""

    def key(self, column: str) -> str:
        return f"{self.name}:{column}"

    def column(self, name: str) -> Column:
        return next((one for one in self.columns if one.name == name), Column(name, sticky=True))

    def kept(self, term: Term) -> dict[str, str]:
        """The cells that stand beside the term, by column."""
        prefix = self.key("")
        return {key.removeprefix(prefix): cell for key, cell in term.properties.items() if key.startswith(prefix)}

    def cells(self, term: Term, names: Names) -> dict[str, str]:
        """The row of a term."""
        kept = self.kept(term)
        plain = {column.name: column.write(term, names) for column in self.columns}
        if not kept:
            return plain
        row = {name: cell for name, cell in (plain | kept).items() if self._holds(name, cell, term, names)}
        row = plain | row
        read = self._fields(row)
        wrong = {name for name, value in read.items() if self.present(term, name) != value}
        return row | {
            column.name: plain[column.name]
            for column in self.columns
            if not column.sticky and wrong & self._said(column, plain[column.name])
        }

    def _holds(self, name: str, cell: str, term: Term, names: Names) -> bool:
        """Whether a kept cell still says what the term says."""
        column = self.column(name)
        given = NOTHING if column.sticky else column.read(cell)
        meant = {(relation.kind, names.of(relation.target)) for relation in given.relations}
        present = {(r.kind, names.of(r.target)) for r in term.relations if r.kind in given.kinds}
        return meant == present and all(self.present(term, field) == value for field, value in given.fields.items())

    def present(self, term: Term, field: str) -> Any:
        """What a cell can say of it: what is kept of files stands beside."""
        if field == "properties" and not self.own:
            return {key: value for key, value in term.properties.items() if ":" not in key}
        return getattr(term, field)

    def _fields(self, row: Cells) -> dict[str, Any]:
        fields: dict[str, Any] = {}
        for column in self.columns:
            fields |= column.read(row[column.name]).fields
        return fields

    @staticmethod
    def _said(column: Column, cell: str) -> set[str]:
        return set(column.read(cell).fields)
