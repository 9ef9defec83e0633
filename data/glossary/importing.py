"""What a file would change, row by row: new, changed, unchanged or refused. Pure: all it depends on is given."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from data.errors import Invalid
from data.glossary.formats.base import NO_KINDS, Document, Entry, Given, Names
from data.glossary.model import Relation, Term
from data.glossary.rights import CURATE, may_curate
from data.glossary.rules import NAME_MOST, STATES, by_name, facts_of, leads_back
from data.glossary.verdicts import Plan, Verdict
from data.glossary.workflow import added, changed, next_review
from data.people.model import Actor, Shown
from data.tickets.ids import id_from, is_id
from data.tickets.model import BODY_MOST

ONLY_READ = ("id", "version", "reviewed_at")
"""Said by rows, but not theirs to change."""
IDENTITIES = ("name*", "Name", "id")
"""Sticky columns by which another catalogue knows a term."""


@dataclass(frozen=True)
class World:
    """Everything a plan depends on beside its file."""

    terms: tuple[Term, ...]
    """All there are, also those that the actor may not see: names and ids are theirs alone."""
    sees: Callable[[Term], bool]
    platforms: Mapping[str, Shown]
    actor: Actor
    at: datetime

    @cached_property
    def visible(self) -> tuple[Term, ...]:
        return tuple(filter(self.sees, self.terms))


@dataclass
class _Row:
    """One row on its way to a verdict."""

    entry: Entry
    fields: dict[str, Any] = field(default_factory=dict)
    given: list[tuple[str, Given]] = field(default_factory=list)
    before: Term | None = None
    id: str = ""
    said: list[str] = field(default_factory=list)
    """Remarks."""


class Planner:
    def __init__(self, document: Document, world: World) -> None:
        self.document, self.world, self.format = document, world, document.format
        self.names = Names(world.visible)
        self._by_id = {term.id: term for term in world.visible}
        self._taken = {term.id for term in world.terms}
        self._by_key = _grouped((self._key(term.name, term.domain), term) for term in world.visible)
        self._by_name = _grouped((term.name.casefold(), term) for term in world.visible)
        self._known_as = _grouped(
            (term.properties[key], term)
            for key in map(self.format.key, IDENTITIES)
            for term in world.visible
            if key in term.properties
        )
        self._replaced = {term.id: term.replaced_by for term in world.terms}

    def plan(self) -> Plan:
        refused: dict[int, Verdict] = {}
        rows: list[_Row] = []
        seen: dict[str, int] = {}
        for entry in self.document.entries:
            try:
                rows.append(self._met(entry, seen))
            except Invalid as problem:
                refused[entry.line] = Verdict(entry.line, self._label(entry), "refused", str(problem))
        self._learn(rows)
        decided = {row.entry.line: self._decided(row) for row in rows}
        verdicts = {**refused, **decided}
        return Plan(self.document, tuple(verdicts[entry.line] for entry in self.document.entries))

    def _met(self, entry: Entry, seen: dict[str, int]) -> _Row:
        """Read, and matched with the term it is about. Raises Invalid."""
        if surplus := entry.cells.get(""):
            raise Invalid(f"There are {surplus}: is a comma or a quote missing?")
        row = _Row(entry)
        for column in self.format.columns:
            if column.name in entry.cells:
                given = column.read(entry.cells[column.name])
                row.given.append((column.name, given))
                row.fields |= given.fields
        row.before = self._match(row)
        name = row.fields.get("name") or (row.before.name if row.before else "")
        domain = row.fields.get("domain", row.before.domain if row.before else None)
        row.id = row.before.id if row.before else self._new_id(row, name, domain)
        for key in (row.id, f"{name.casefold()} \N{BULLET} {(domain or '').casefold()}"):
            if key in seen:
                raise Invalid(f"Line {seen[key]} is about the same term.")
        seen |= {row.id: entry.line, f"{name.casefold()} \N{BULLET} {(domain or '').casefold()}": entry.line}
        return row

    def _match(self, row: _Row) -> Term | None:
        if given := row.fields.get("id"):
            return self._by_id.get(given)
        for name in IDENTITIES:
            if found := self._known_as.get(row.entry.cells.get(name, "")):
                return self._only(found)
        name = row.fields.get("name", "")
        if not name:
            raise Invalid("It has no name.")
        if "domain" in row.fields:
            return self._only(self._by_key.get(self._key(name, row.fields["domain"]), []))
        return self._only(self._by_name.get(name.casefold(), []))

    @staticmethod
    def _only(found: list[Term]) -> Term | None:
        present = [term for term in found if term.state != "archived"] or found
        if len(present) > 1:
            raise Invalid(f"{len(present)} terms have this name. Give its term_id or its domain.")
        return present[0] if present else None

    def _new_id(self, row: _Row, name: str, domain: str | None) -> str:
        """One that some portal gave is kept, so that a glossary can move; one that is taken out of sight is not."""
        given = str(row.fields.get("id") or "")
        if given in self._taken or (given and not is_id(given)):
            raise Invalid(f"term_id: there is no term {given[:40]} that you can see. Leave it empty for a new one.")
        return given or id_from(self.world.at, f"{self.format.name} {row.entry.line} {name} {domain}")

    def _learn(self, rows: list[_Row]) -> None:
        """The names of what the file brings, so that its rows can mean each other."""
        named = {
            row.id: _named(row.id, row.fields.get("name") or (row.before.name if row.before else ""), self.world)
            for row in rows
        }
        present = {**self._by_id, **named}
        self._targets = {name: term.id for name, term in by_name(present.values()).items()}
        self._ids, self._coming = present.keys(), Names(present.values())

    def _decided(self, row: _Row) -> Verdict:
        try:
            after = self._after(row)
            return self._verdict(row, after)
        except Invalid as problem:
            return Verdict(row.entry.line, self._label(row.entry), "refused", str(problem), row.before)

    def _verdict(self, row: _Row, after: Term) -> Verdict:
        before, actor, at, said = row.before, self.world.actor, self.world.at, " ".join(row.said)
        if before is None:
            first = added(row.id, actor, _fields(after), at, after.state, "Imported")
            return Verdict(row.entry.line, after.name, "new", said, None, first)
        if facts_of(before) == facts_of(after):
            return Verdict(row.entry.line, after.name, "unchanged", said, before)
        if row.fields.get("version", before.version) != before.version:
            raise Invalid(
                f"It has changed since the export: version {before.version} now, not {row.fields['version']}."
            )
        return Verdict(row.entry.line, after.name, "changed", said, before, changed(before, after, "import", actor, at))

    def _after(self, row: _Row) -> Term:
        """The term as the row wants it. Raises Invalid where it may not be so."""
        base = row.before or _named(row.id, "", self.world)
        told = self._told(row.before)
        fields: dict[str, Any] = {}
        relations = list(base.relations)
        for name, given in row.given:
            if row.before and told.get(name) == row.entry.cells[name]:
                continue
            fields |= given.fields
            if given.kinds != NO_KINDS:
                relations = [one for one in relations if one.kind not in given.kinds]
                relations += [Relation(one.kind, self._target(one.target)) for one in given.relations]
        fields = {name: value for name, value in fields.items() if name not in ONLY_READ}
        if "properties" in fields and not self.format.own:
            fields["properties"] = {**{k: v for k, v in base.properties.items() if ":" in k}, **fields["properties"]}
        after = replace(base, **{**fields, "state": base.state}, relations=tuple(dict.fromkeys(relations)))
        after = self._kept(row, self._stated(row, base, after, fields))
        self._allow(row, after)
        return after

    def _told(self, before: Term | None) -> Mapping[str, str]:
        """What an export would say of it: a row that says so changes nothing, whatever its format can hold."""
        return self.format.cells(before, self.names) if before else {}

    def _stated(self, row: _Row, base: Term, after: Term, fields: Mapping[str, Any]) -> Term:
        """A file takes terms forward, and never an approved one back to draft."""
        wanted = fields.get("state", base.state)
        if wanted == "draft" and base.state in ("approved", "deprecated"):
            row.said.append(f"It stays {STATES[base.state].lower()}: a file sends no term back to draft.")
            wanted = base.state
        after = self._succeeded(after, wanted)
        if row.before is None:
            after = replace(after, reviewed_at=row.fields.get("reviewed_at"))
        if wanted == "deprecated" and base.state != "deprecated" and not after.replaced_by and not after.note:
            if self.format.own:
                raise Invalid("Deprecated needs replaced_by, or a reason.")
            after = replace(after, note=f"Deprecated in {self.format.label}.")
        if wanted == "approved" and base.state != "approved":
            reviewed = row.fields.get("reviewed_at") or self.world.at
            due = fields.get("review_due") or next_review(after, self.world.at)
            after = replace(after, reviewed_at=reviewed, review_due=due)
        return replace(after, state=wanted)

    def _succeeded(self, after: Term, wanted: str) -> Term:
        """With its successor as an id. Raises Invalid."""
        if wanted != "deprecated" or not after.replaced_by:
            return replace(after, replaced_by=None)
        successor = self._target(after.replaced_by)
        if successor not in self._ids:
            raise Invalid(f"replaced_by: there is no term {after.replaced_by[:40]}.")
        if leads_back(after.id, successor, self._replaced):
            raise Invalid(f"replaced_by: {after.replaced_by[:40]} leads back to this term.")
        self._replaced[after.id] = successor
        return replace(after, replaced_by=successor)

    def _target(self, written: str) -> str:
        return self._targets.get(written, written)

    def _kept(self, row: _Row, after: Term) -> Term:
        """With the cells that the portal would write otherwise."""
        if self.format.own:
            extra = {name: row.entry.cells[name] for name in self.document.unknown if row.entry.cells.get(name)}
            return replace(after, properties={**after.properties, **extra}) if extra else after
        present = self.format.cells(replace(after, properties=_plain(after)), self._coming)
        beside = dict(after.properties)
        for name, cell in row.entry.cells.items():
            sticky = self.format.column(name).sticky
            if present.get(name, "") != cell or (sticky and cell and row.before is None):
                beside[self.format.key(name)] = cell
            elif not sticky:
                beside.pop(self.format.key(name), None)
        return replace(after, properties=beside)

    def _allow(self, row: _Row, after: Term) -> None:
        """Raises Invalid for what a form would refuse, or a person may not do."""
        if not 2 <= len(after.name) <= NAME_MOST:
            raise Invalid(f"Name: it needs 2 to {NAME_MOST} characters.")
        if not after.definition or len(after.definition) > BODY_MOST:
            raise Invalid(f"Definition: it needs 1 to {BODY_MOST:,} characters.")
        twins = self._by_key.get(self._key(after.name, after.domain), [])
        if any(twin.id != after.id and twin.state != "archived" for twin in twins):
            raise Invalid(f"Name: there is another term {after.name} in this domain.")
        place = self.world.platforms.get(after.platform_id or "")
        if after.platform_id and (place is None or not self.world.actor.sees(place)):
            raise Invalid(f"Platform: there is none named {after.platform_id[:40]}.")
        moved = row.before is None or row.before.platform_id != after.platform_id
        if (row.before and not may_curate(self.world.actor, row.before)) or (
            moved and not self.world.actor.may(CURATE, after.platform_id)
        ):
            where = f"on {after.platform_id}" if after.platform_id else "everywhere"
            raise Invalid(f"Curating the glossary needs the role {CURATE.minimum.words} {where}.")

    def _label(self, entry: Entry) -> str:
        for name in ("name", "name*", "Name", "term_id"):
            if cell := entry.cells.get(name, "").strip('" '):
                return cell
        return "?"

    @staticmethod
    def _key(name: str, domain: str | None) -> str:
        return f"{name.casefold()} \N{BULLET} {(domain or '').casefold()}"


def _grouped(pairs: Iterable[tuple[str, Term]]) -> dict[str, list[Term]]:
    groups: dict[str, list[Term]] = {}
    for key, term in pairs:
        groups.setdefault(key, []).append(term)
    return groups


def _named(id_: str, name: str, world: World) -> Term:
    by = world.actor.email
    return Term(
        id=id_, name=name, definition="", created_at=world.at, created_by=by, updated_at=world.at, updated_by=by
    )


def _plain(term: Term) -> dict[str, str]:
    return {key: value for key, value in term.properties.items() if ":" not in key}


def _fields(term: Term) -> dict[str, Any]:
    names = facts_of(term).keys() - {"state"}
    return {name: getattr(term, name) for name in (*names, "note", "reviewed_at")}
