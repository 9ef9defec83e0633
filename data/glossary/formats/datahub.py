"""DataHub's business glossary: YAML, terms in nodes. What it has no field for goes into its custom properties."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import yaml

from data.errors import Invalid
from data.glossary.formats.base import Cells, Column, Document, Entry, Format, Given, Names
from data.glossary.formats.cells import joined, line, parts
from data.glossary.formats.tables import MOST_ROWS, decoded
from data.glossary.model import Relation, RelationKind, Source, Term
from data.glossary.rules import STATES
from data.tickets.answers import cleaned_text

BESIDE = ("acronym", "synonyms", "status")
"""Custom properties that are fields of a term here."""
SEPARATOR = " / "
HEAD = ("version", "source", "owners", "url")
OURS = {"version": "1", "source": "Support & Status Portal"}
DEEPEST = 30
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_STATES = {label.casefold(): state for state, label in STATES.items()}


def _loaded(cell: str) -> Any:
    return json.loads(cell) if cell else None


def _written(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str) if value else ""


def _text(cell: str) -> str:
    told = _loaded(cell)
    return "" if told is None else str(told)


def _list(cell: str) -> list[Any]:
    told = _loaded(cell)
    return told if isinstance(told, list) else [] if told is None else [told]


def _related(name: str, kind: RelationKind) -> Column:
    def read(cell: str) -> Given:
        return Given(relations=tuple(Relation(kind, str(one)) for one in _list(cell)), kinds=frozenset({kind}))

    return Column(name, read, lambda term, names: _written(names.targets(term, kind)))


def _owner(cell: str) -> Given:
    told = _loaded(cell)
    owners = told if isinstance(told, dict) else {}
    first = next((str(one) for name in ("users", "groups") for one in owners.get(name) or ()), "")
    said = line(first)
    return Given({"owner": (said.lower() if "@" in said else said) or None})


def _owners(term: Term, _: Names) -> str:
    if not term.owner:
        return ""
    return _written({"users" if "@" in term.owner else "groups": [term.owner]})


def _custom(cell: str) -> dict[str, str]:
    """A map, or a list of maps of one key."""
    told = _loaded(cell)
    maps = told if isinstance(told, list) else [told]
    pairs = ((key, value) for one in maps if isinstance(one, dict) for key, value in one.items())
    return {line(str(key)): value if isinstance(value, str) else json.dumps(value, default=str) for key, value in pairs}


def _properties(cell: str) -> Given:
    told = _custom(cell)
    fields: dict[str, Any] = {"properties": {key: value for key, value in told.items() if key not in BESIDE}}
    if "acronym" in told:
        fields["acronym"] = line(told["acronym"]) or None
    if "synonyms" in told:
        fields["synonyms"] = tuple(dict.fromkeys(map(line, parts(told["synonyms"]))))
    if state := _STATES.get(line(told.get("status", "")).casefold()):
        fields["state"] = state
    return Given(fields)


def _custom_of(term: Term, _: Names) -> str:
    beside = {
        "acronym": term.acronym or "", "synonyms": joined(term.synonyms),
        "status": "" if term.state == "draft" else STATES[term.state].lower(),
    }  # fmt: skip
    plain = {key: value for key, value in term.properties.items() if ":" not in key}
    return _written(plain | {key: value for key, value in beside.items() if value})


def _links(cell: str) -> Given:
    found = (one for one in _list(cell) if isinstance(one, dict))
    return Given({"sources": tuple(Source(line(str(one.get("label") or one.get("url") or "")),
                                          line(str(one.get("url") or ""))) for one in found)})  # fmt: skip


def _domain(cell: str) -> Given:
    names = [line(str(node.get("name", ""))) for node in _list(cell)]
    return Given({"domain": SEPARATOR.join(names) or None})


def _nodes(term: Term, _: Names) -> str:
    return _written([{"name": name} for name in (term.domain or "").split(SEPARATOR) if name])


COLUMNS = (
    Column("id", sticky=True),
    Column("name", lambda cell: Given({"name": line(_text(cell))}), lambda term, _: _written(term.name)),
    Column("description", lambda cell: Given({"definition": cleaned_text(_text(cell))}),
           lambda term, _: _written(term.definition)),
    Column("owners", _owner, _owners),
    *(Column(name, sticky=True) for name in ("term_source", "source_ref", "source_url")),
    _related("inherits", RelationKind.broader), _related("contains", RelationKind.has_part),
    _related("values", RelationKind.has_value), _related("related_terms", RelationKind.related),
    Column("custom_properties", _properties, _custom_of),
    Column("knowledge_links", _links,
           lambda term, _: _written([{"label": one.label, "url": one.url} for one in term.sources])),
    Column("domain", sticky=True),
    Column("nodes", _domain, _nodes),
    Column("file", sticky=True),
)  # fmt: skip
PSEUDO = ("nodes", "file")
"""Where a term stands, and what its file says of itself: no fields of a term."""


def _parse(given: bytes) -> Document:
    text, notes = decoded(given)
    tree = _tree(text)
    head = {name: tree[name] for name in HEAD if name in tree}
    found = [
        Entry(number, {key: _cell(key, value) for key, value in term.items()}
              | {"nodes": _written(nodes), "file": _written(head if head != OURS else None)})
        for number, (nodes, term) in enumerate(_terms(tree, []), 1)
    ]  # fmt: skip
    if len(found) > MOST_ROWS:
        raise Invalid(f"The file has {len(found):,} terms; at most {MOST_ROWS:,} fit. Please split it.")
    names = tuple(dict.fromkeys(name for entry in found for name in entry.cells))
    known = {column.name for column in COLUMNS}
    unknown = tuple(name for name in names if name not in known)
    empty = (f"Node {'/'.join(path)} has no terms; it was not read." for path in _empty(tree, []))
    return Document(DATAHUB, tuple(found), names, unknown, (*notes, *empty))


def _tree(text: str) -> dict[str, Any]:
    """Raises Invalid. Aliases are refused: a short file of them is a huge one."""
    try:
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, _LOADER)):
            raise Invalid("The file uses YAML aliases (*name), which are not read.")
        tree = yaml.load(text, _LOADER)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" in line {mark.line + 1}" if mark else ""
        raise Invalid(f"This is no valid YAML{where}.") from error
    except RecursionError as error:
        raise Invalid("The file is nested too deeply.") from error
    if not isinstance(tree, dict) or not ({"nodes", "terms"} & tree.keys()):
        raise Invalid("This is no business glossary of DataHub: it has neither nodes nor terms.")
    return tree


def _cell(key: str, value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str) if value is not None else ""


def _terms(level: Mapping[str, Any], path: list[Any]) -> Iterator[tuple[list[Any], Mapping[str, Any]]]:
    if len(path) > DEEPEST:
        raise Invalid("The nodes of the file are nested too deeply.")
    for term in _maps(level, "terms"):
        yield path, term
    for node in _maps(level, "nodes"):
        own = {key: value for key, value in node.items() if key not in ("nodes", "terms")}
        yield from _terms(node, [*path, own])


def _empty(level: Mapping[str, Any], path: list[str]) -> Iterator[list[str]]:
    for node in _maps(level, "nodes"):
        name = [*path, str(node.get("name", "?"))]
        if not node.get("terms") and not node.get("nodes"):
            yield name
        yield from _empty(node, name)


def _maps(level: Mapping[str, Any], name: str) -> Iterator[dict[str, Any]]:
    told = level.get(name) or []
    for one in told if isinstance(told, list) else [told]:
        if not isinstance(one, dict):
            raise Invalid(f"Under {name} there is '{str(one)[:40]}' where an entry with a name is expected.")
        yield one


def _render(rows: Sequence[Cells]) -> bytes:
    """Each term under its nodes."""
    first = next((_loaded(row["file"]) for row in rows if row.get("file")), None)
    root: dict[str, Any] = dict(first or OURS)
    for row in rows:
        level = root
        for node in _list(row.get("nodes", "")):
            inside = level.setdefault("nodes", [])
            known = next((one for one in inside if {**one, **node} == one), None)
            if known is None:
                inside.append(known := dict(node))
            level = known
        term = {key: _loaded(cell) for key, cell in row.items() if key not in PSEUDO and cell}
        level.setdefault("terms", []).append(term)
    told: str = yaml.safe_dump(root, sort_keys=False, allow_unicode=True, width=120)
    return told.encode()


DATAHUB = Format("datahub", "DataHub", "yaml", "application/yaml", COLUMNS, _parse, _render)
