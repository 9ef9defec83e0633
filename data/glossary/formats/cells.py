"""Lists, pairs and words inside one cell. What is joined here is split again without loss."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping

from data.errors import Invalid
from data.glossary.formats.base import Column, Given, Kinds, Names
from data.glossary.model import Relation, RelationKind, Source, Term, TermState
from data.tickets.answers import cleaned_text


def line(cell: str) -> str:
    return cleaned_text(cell, one_line=True)


def joined(parts: Iterable[str], separator: str = ";") -> str:
    """With a backslash before what would separate."""
    return f"{separator} ".join(re.sub(rf"([\\{separator}])", r"\\\1", part) for part in parts)


def parts(cell: str, separator: str = ";") -> list[str]:
    found = [""]
    escaped = False
    for character in cell:
        if escaped or character not in ("\\", separator):
            found[-1] += character
            escaped = False
        elif character == "\\":
            escaped = True
        else:
            found.append("")
    return [part for part in map(str.strip, found) if part]


def quoted(values: Iterable[str]) -> str:
    """As OpenMetadata writes lists: `;` between, quotes around what contains one."""
    text = io.StringIO()
    csv.writer(text, delimiter=";", lineterminator="").writerow(list(values))
    return text.getvalue()


def unquoted(cell: str) -> list[str]:
    try:
        rows = list(csv.reader(io.StringIO(cell, newline=""), delimiter=";", strict=True))
    except csv.Error:
        rows = [cell.split(";")]
    return [value for row in rows for value in map(str.strip, row) if value]


def ended(values: Iterable[str]) -> str:
    """As Purview writes lists: a `;` after each."""
    return "".join(f"{value.replace(';', ',')};" for value in values)


def text(name: str, field: str, needed: bool = False) -> Column:
    """Many lines; empty, the text is empty."""
    return Column(
        name, lambda cell: Given({field: cleaned_text(cell)}), lambda term, _: getattr(term, field), needed=needed
    )


def word(name: str, field: str, lower: bool = False) -> Column:
    """One line; empty, there is none. `lower`: an address."""

    def read(cell: str) -> Given:
        told = line(cell)
        return Given({field: (told.lower() if lower and "@" in told else told) or None})

    return Column(name, read, lambda term, _: getattr(term, field) or "")


def code(name: str, field: str) -> Column:
    """Many lines; empty, there is none."""
    return Column(
        name, lambda cell: Given({field: cleaned_text(cell) or None}), lambda term, _: getattr(term, field) or ""
    )


def listing(
    name: str, field: str, split: Callable[[str], list[str]], join: Callable[[Iterable[str]], str]
) -> Column:  # fmt: skip
    return Column(
        name, lambda cell: Given({field: tuple(dict.fromkeys(filter(None, map(line, split(cell)))))}),
        lambda term, _: join(getattr(term, field)),
    )  # fmt: skip


def related(
    name: str, kind: RelationKind, split: Callable[[str], list[str]], join: Callable[[Iterable[str]], str]
) -> Column:  # fmt: skip
    """All relations of one kind."""

    def read(cell: str) -> Given:
        return Given(relations=tuple(Relation(kind, target) for target in split(cell)), kinds=frozenset({kind}))

    return Column(name, read, lambda term, names: join(names.targets(term, kind)))


def status(name: str, states: Mapping[str, TermState], label: str) -> Column:
    """`states`: what the format says, the first word of a state being the one that is written."""
    known = {said.casefold(): state for said, state in states.items()}
    written = {state: said for said, state in reversed(list(states.items()))}

    def read(cell: str) -> Given:
        said = line(cell)
        if not said:
            return Given()
        if said.casefold() not in known:
            raise Invalid(f"{name}: '{said[:40]}' is no state of {label}; they are {', '.join(states)}.")
        return Given({"state": known[said.casefold()]})

    return Column(name, read, lambda term, _: written.get(term.state, written["deprecated"]))


def source(pair: str) -> Source:
    """`Label:https://…`, or an address alone."""
    found = re.match(r"(.*?):\s*(https?://.*)", pair, re.DOTALL)
    return Source(line(found[1]) or line(found[2]), line(found[2])) if found else Source(line(pair), line(pair))


def targets(term: Term, names: Names, kinds: Kinds) -> list[tuple[RelationKind, str]]:
    return [(relation.kind, names.of(relation.target)) for relation in term.relations if relation.kind in kinds]
