"""One term as its viewer sees it: its relations, how what uses it fares, which incidents name it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from components.moments import Here
from components.ticket_listing import Names
from data.glossary.model import Asset, Relation, RelationKind, Term
from data.glossary.rights import may_curate
from data.glossary.rules import SENTENCES, TURNED, by_name, found, successors
from data.people.model import Actor
from data.portal import Portal
from data.status.board import Board, CheckView, OpenIncident
from data.tickets.ids import is_id


@dataclass(frozen=True)
class ShownTerm:
    portal: Portal
    actor: Actor
    term: Term
    terms: Sequence[Term]
    """All that the viewer may see."""
    board: Board | None
    names: Names
    here: Here

    @cached_property
    def by_id(self) -> Mapping[str, Term]:
        return {term.id: term for term in self.terms}

    @cached_property
    def by_name(self) -> Mapping[str, Term]:
        return by_name(self.terms)

    @property
    def may_curate(self) -> bool:
        return may_curate(self.actor, self.term)

    def target(self, relation: Relation) -> Term | str:
        """The term, or a name that leads nowhere yet; empty for one that the viewer may not know of."""
        known = found(relation.target, self.by_id, self.by_name)
        return known or ("" if is_id(relation.target) else relation.target)

    def successor(self) -> Term | None:
        """The last of the chain: what people should use now."""
        chain = list(successors(self.term, self.by_id))
        return chain[-1] if chain else None

    def replaces(self) -> list[Term]:
        return [one for one in self.terms if one.replaced_by == self.term.id]

    def confused_with(self) -> list[Term | str]:
        """Told by either of the two."""
        kind = RelationKind.confused_with
        own = [self.target(relation) for relation in self.term.relations if relation.kind is kind]
        others = [o for o in self.terms if any(r.kind is kind and self.target(r) == self.term for r in o.relations)]
        return [one for one in dict.fromkeys((*own, *others)) if one and one != self.term]

    def sentences(self) -> Iterator[tuple[str, Term | str]]:
        """'is part of', and what; each once, its own before what others say of it."""
        own = [(SENTENCES[r.kind], self.target(r)) for r in self.term.relations]
        turned = [
            (TURNED[r.kind], other)
            for other in self.terms
            for r in other.relations
            if r.target in (self.term.id, self.term.name) and other.id != self.term.id and other.state != "archived"
        ]
        replaced = [("replaces", other) for other in self.replaces()]
        told = dict.fromkeys((*own, *turned, *replaced))
        return ((words, target) for words, target in told if target and words != SENTENCES[RelationKind.confused_with])

    def health(self, asset: Asset) -> CheckView | None:
        """Of the check that watches it: by its name, its id, or the name in its target."""
        wanted = asset.name.casefold()
        views = [view for tile in (self.board.tiles if self.board else ()) for view in tile.checks]
        for view in views:
            if wanted in (view.check.name.casefold(), view.check.id.casefold()):
                return view
        return next((view for view in views if wanted in _targets(view)), None)

    def incidents(self) -> list[OpenIncident]:
        """Open ones of platforms that the viewer sees, whose title names it."""
        words = [word for word in self.term.words if len(word) > 1]
        named = re.compile("|".join(rf"(?<!\w){re.escape(word)}(?!\w)" for word in words), re.IGNORECASE)
        tiles = self.board.tiles if self.board else ()
        return [one for tile in tiles for one in tile.incidents if named.search(one.title)] if words else []


def _targets(view: CheckView) -> set[str]:
    return {value.casefold() for value in view.check.target.values() if isinstance(value, str)}
