"""What a term is, what it is related to, and what somebody proposes to change about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Literal

from data.audit.model import AuditEvent

TermState = Literal["draft", "approved", "deprecated", "archived"]
"""Deprecated: still read, leads to its successor. Archived: out of sight, and not a word about it."""
ProposalState = Literal["open", "accepted", "declined", "withdrawn"]
Properties = Mapping[str, str]
NONE: Properties = MappingProxyType({})


class RelationKind(StrEnum):
    """From the term to its target. The order is that of the page."""

    confused_with = "confused_with"
    under = "under"
    part_of = "part_of"
    has_part = "has_part"
    computed_from = "computed_from"
    broader = "broader"
    narrower = "narrower"
    has_value = "has_value"
    same_as = "same_as"
    opposite_of = "opposite_of"
    related = "related"


@dataclass(frozen=True, slots=True)
class Relation:
    kind: RelationKind
    target: str
    """The id of a term; or a name as some file wrote it, which becomes a link once there is such a term."""


@dataclass(frozen=True, slots=True)
class Asset:
    """Where a term is used: a table, a column, a measure, a report; by its name."""

    name: str
    role: str = ""
    """As what: 'Measure [Net revenue]'."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a definition comes from."""

    label: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """The head row. Its relations, assets and properties are part of it: one change is one version."""

    id: str
    platform_id: str | None = None
    """None: for everybody."""
    name: str
    acronym: str | None = None
    synonyms: tuple[str, ...] = ()
    definition: str
    """Markdown; its first sentence is the short one."""
    notes: str = ""
    """Exceptions: Markdown."""
    confusion: str = ""
    """How it differs from what it is confused with."""
    formula: str | None = None
    grain: str | None = None
    unit: str | None = None
    filters: str | None = None
    domain: str | None = None
    tags: tuple[str, ...] = ()
    steward: str | None = None
    """Answers for the words; may edit them wherever the term belongs."""
    owner: str | None = None
    relations: tuple[Relation, ...] = ()
    assets: tuple[Asset, ...] = ()
    sources: tuple[Source, ...] = ()
    properties: Properties = field(default_factory=lambda: NONE, hash=False)
    """What other catalogues know of it; `format:column` keeps a cell as that file wrote it."""
    state: TermState = "draft"
    replaced_by: str | None = None
    """The id of its successor."""
    note: str | None = None
    """What was said with the last move."""
    reviewed_at: datetime | None = None
    review_due: date | None = None
    event: AuditEvent | None = field(default=None, hash=False)
    """The event that made this version, kept here until the trail surely has it."""
    version: int = 1
    created_at: datetime
    created_by: str
    updated_at: datetime
    updated_by: str
    members_only: bool = False
    """Of its platform, as it is now."""

    @property
    def hidden(self) -> bool:
        """From all but the staff of its platform. With the next two, visibility is that of tickets."""
        return self.state == "archived"

    @property
    def restricted(self) -> bool:
        """Drafts are for staff, and for those who write them."""
        return self.state == "draft"

    @property
    def readers(self) -> tuple[str, ...]:
        return tuple(filter(None, (self.steward, self.owner, self.created_by)))

    @property
    def words(self) -> tuple[str, ...]:
        """Under which people look for it."""
        return tuple(dict.fromkeys(filter(None, (self.name, self.acronym, *self.synonyms))))

    def targets(self, kind: RelationKind) -> tuple[str, ...]:
        return tuple(relation.target for relation in self.relations if relation.kind is kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A change that somebody without the right to make it asks for; or, without a term, a new one."""

    id: str
    platform_id: str | None = None
    term_id: str | None = None
    """None: a new term, which gets the id of its proposal."""
    title: str
    """The name of the term."""
    old: Mapping[str, Any]
    """The fields as they were, so that what changed meanwhile is noticed."""
    new: Mapping[str, Any]
    """The fields that differ, as `rules.facts_of` tells them."""
    reason: str
    state: ProposalState = "open"
    answer: str | None = None
    """What was said when it was decided."""
    event: AuditEvent | None = None
    version: int = 1
    created_at: datetime
    created_by: str
    updated_at: datetime
    updated_by: str
    steward: str | None = None
    """Of its term, as it is now."""
    members_only: bool = False
    """Of its platform, as it is now."""

    @property
    def hidden(self) -> bool:
        return False

    @property
    def restricted(self) -> bool:
        """For staff, and for those whom it concerns."""
        return True

    @property
    def readers(self) -> tuple[str, ...]:
        return tuple(filter(None, (self.created_by, self.steward)))
