"""Glossaries from files and to files: a look at what would change first, then all of it in few statements."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from data.errors import Conflict, Invalid
from data.glossary import formats
from data.glossary.formats.base import Names
from data.glossary.importing import Planner, World
from data.glossary.rights import CURATE, require_curate
from data.glossary.service import GlossaryService
from data.glossary.store import MOST
from data.glossary.verdicts import Plan
from data.people.model import Actor
from data.people.permissions import require
from data.tickets.visibility import Viewer, viewer_of


@dataclass(frozen=True, slots=True)
class GlossaryFiles:
    glossary: GlossaryService
    clock: Callable[[], datetime]

    def plan(self, actor: Actor, given: bytes, format: str | None = None) -> Plan:
        """What the file would change; nothing is written. Raises Invalid for what cannot be read at all."""
        document = formats.read(given, format)
        store, viewer = self.glossary.store, viewer_of(actor)
        world = World(store.terms(), viewer.sees, store.platforms(), actor, self.clock())
        plan = Planner(document, world).plan()
        if len(world.terms) + plan.counts["new"] > MOST:
            raise Invalid(f"A glossary has at most {MOST:,} terms; with this file there would be more.")
        return plan

    def apply(self, actor: Actor, plan: Plan) -> int:
        """How many terms were written. Raises Forbidden, Conflict where some have changed since the plan was made."""
        new = [one.after for one in plan.verdicts if one.outcome == "new" and one.after]
        changed = [(one.before, one.after) for one in plan.verdicts if one.outcome == "changed" and one.after]
        for platform in {term.platform_id for term in new}:
            require(actor, CURATE, platform)
        for before, after in changed:
            assert before is not None, "what changes was there before"
            require_curate(actor, before)
            if before.platform_id != after.platform_id:
                require(actor, CURATE, after.platform_id)
        written = self.glossary.store.add(new) + self.glossary.store.set([after for _, after in changed])
        stored = {term.id: term.version for term in self.glossary.store.terms()} if written < plan.writes else None
        events = [*new, *(term for pair in changed for term in pair if term)]
        self.glossary.follow(term for term in events if stored is None or stored.get(term.id, 0) >= term.version)
        if missed := plan.writes - written:
            raise Conflict(f"{missed:,} of {plan.writes:,} terms have changed since you looked. Please look again.")
        return written

    def export(self, viewer: Viewer, format: str = "portal") -> bytes:
        """All that the viewer may see."""
        chosen = formats.FORMATS[format]
        terms = self.glossary.board(viewer)
        names = Names(terms)
        return chosen.render([chosen.cells(term, names) for term in terms])
