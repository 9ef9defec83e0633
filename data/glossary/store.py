"""The glossary in the store: terms and proposals, changed by compare-and-set; many at once where a file asks it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from datetime import date, datetime
from typing import Any

from data.audit.model import as_text, from_text
from data.glossary.model import Asset, Proposal, Relation, RelationKind, Source, Term
from data.notifications.model import PlatformName
from data.statements import Row, Statements

MOST = 20_000
"""Terms of one glossary."""
PROPOSALS, PLATFORMS = 1_000, 100_000
_TERM = tuple(field.name for field in fields(Term) if field.name != "members_only")
_PROPOSAL = tuple(field.name for field in fields(Proposal) if field.name not in ("members_only", "steward"))
_PAIRS: Mapping[str, Callable[[str, str], Any]] = {
    "relations": lambda kind, target: Relation(RelationKind(kind), target), "assets": Asset, "sources": Source,
}  # fmt: skip


class GlossaryStore:
    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def terms(self, id_: str | None = None) -> tuple[Term, ...]:
        """By name."""
        return tuple(map(term_from_row, self._statements.rows("glossary/list_terms", id=id_, limit=MOST)))

    def find(self, id_: str) -> Term | None:
        return next(iter(self.terms(id_)), None)

    def add(self, terms: Sequence[Term]) -> int:
        """How many were not there yet."""
        return self._statements.run("glossary/add_terms", map(term_row, terms)) if terms else 0

    def set(self, terms: Sequence[Term]) -> int:
        """How many were still at the version before."""
        return self._statements.run("glossary/set_terms", map(term_row, terms)) if terms else 0

    def proposals(self, id_: str | None = None) -> tuple[Proposal, ...]:
        """Open ones first, the newest before the others."""
        rows = self._statements.rows("glossary/list_proposals", id=id_, limit=PROPOSALS)
        return tuple(map(proposal_from_row, rows))

    def proposal(self, id_: str) -> Proposal | None:
        return next(iter(self.proposals(id_)), None)

    def add_proposal(self, proposal: Proposal) -> bool:
        """False: it is there already."""
        return self._statements.run("glossary/add_proposals", [proposal_row(proposal)]) == 1

    def set_proposal(self, proposal: Proposal) -> bool:
        """False: it was no longer at the version before."""
        return self._statements.run("glossary/set_proposals", [proposal_row(proposal)]) == 1

    def due(self, since: date, today: date) -> list[str]:
        """Ids of terms whose review fell due after `since`."""
        return [row["id"] for row in self._statements.rows("glossary/list_due", since=since, today=today, limit=MOST)]

    def unrecorded(self, since: datetime) -> list[tuple[str, str]]:
        """'term' or 'proposal', and the id."""
        rows = self._statements.rows("glossary/list_unrecorded", since=since, limit=MOST)
        return [(row["kind"], row["id"]) for row in rows]

    def platforms(self) -> Mapping[str, PlatformName]:
        """By id."""
        rows = self._statements.rows("notifications/list_platforms", limit=PLATFORMS)
        return {row["id"]: PlatformName(**row) for row in rows}


def term_from_row(row: Row) -> Term:
    plain = {name: row[name] for name in _TERM}
    pairs = {name: tuple(made(*pair) for pair in json.loads(row[name])) for name, made in _PAIRS.items()}
    lists = {name: tuple(row[name] or ()) for name in ("synonyms", "tags")}
    read = {"event": from_text(row["event"]), "properties": json.loads(row["properties"])}
    return Term(**plain | pairs | lists | read, members_only=row["visibility"] != "everyone")


def term_row(term: Term) -> Row:
    assert term.event is not None, "a term is written with the event that made it so"
    plain = {name: getattr(term, name) for name in _TERM}
    texts = {
        "relations": [[relation.kind.value, relation.target] for relation in term.relations],
        "assets": [[asset.name, asset.role] for asset in term.assets],
        "sources": [[source.label, source.url] for source in term.sources],
        "properties": dict(term.properties),
    }  # fmt: skip
    written = {name: json.dumps(told, ensure_ascii=False) for name, told in texts.items()}
    lists = {"synonyms": list(term.synonyms), "tags": list(term.tags)}
    return plain | written | lists | {"event": as_text(term.event)}


def proposal_from_row(row: Row) -> Proposal:
    plain = {name: row[name] for name in (*_PROPOSAL, "steward")}
    read = {"event": from_text(row["event"]), "old": json.loads(row["old"]), "new": json.loads(row["new"])}
    return Proposal(**plain | read, members_only=row["visibility"] != "everyone")


def proposal_row(proposal: Proposal) -> Row:
    assert proposal.event is not None, "a proposal is written with the event that made it so"
    plain = {name: getattr(proposal, name) for name in _PROPOSAL}
    texts = {name: json.dumps(getattr(proposal, name), ensure_ascii=False) for name in ("old", "new")}
    return plain | texts | {"event": as_text(proposal.event)}
