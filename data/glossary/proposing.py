"""Proposals: contributors ask, stewards and owners decide. Accepting writes the term first, so it can be done again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from data.audit.service import AuditService
from data.errors import Conflict, Forbidden, Invalid, NotFound
from data.glossary.model import Proposal, Term
from data.glossary.notices import proposal_notice
from data.glossary.proposals import ANSWER, decided, fields_of_new, fields_to_write, must_be_open, proposed
from data.glossary.rights import CURATE, PROPOSE, may_curate, require_curate
from data.glossary.rules import checked_fields
from data.glossary.service import GlossaryService, hearing_of
from data.glossary.workflow import added, edited
from data.notifications.planning import About, Hearing
from data.people.model import Actor
from data.people.permissions import require
from data.tickets.answers import Refused, checked
from data.tickets.ids import is_id
from data.tickets.model import Answers
from data.tickets.visibility import Viewer, viewer_of

REPAIRED = timedelta(days=7)
GONE = "There is no such proposal that you can see."
FASTER = "Somebody was faster: this proposal has changed meanwhile."


@dataclass(frozen=True, slots=True)
class Proposals:
    glossary: GlossaryService
    audit: AuditService
    clock: Callable[[], datetime]

    def listed(self, viewer: Viewer) -> tuple[Proposal, ...]:
        """Those of staff's platforms, one's own, and those about terms that one looks after; open ones first."""
        return tuple(filter(viewer.sees, self.glossary.store.proposals()))

    def propose(self, actor: Actor, id_: str, term_id: str | None, answers: Answers) -> Proposal:
        """A change of a term, or a new one; once, however often it is sent. Raises Refused (by field), Forbidden."""
        if not is_id(id_):
            raise Invalid("This form has no valid id. Please open it again.")
        term = self.glossary.term(actor, term_id) if term_id else None
        given = self._accepted(actor, term, answers)
        proposal = proposed(id_, actor, term, given, answers, self.clock())
        if self.glossary.store.add_proposal(proposal):
            self.follow(replace(proposal, steward=term.steward if term else None))
        return self._seen(actor, id_)

    def accept(self, actor: Actor, id_: str, version: int) -> Term:
        """The term as it is then. Raises Conflict where it was decided, or the same was changed since; Forbidden."""
        proposal = self._decidable(actor, id_, version)
        term = self.glossary.store.find(proposal.term_id or proposal.id)
        if term is None and proposal.term_id:
            raise Conflict("Its term is not there any more.")
        after = self._changed(actor, proposal, term) if term else self._created(actor, proposal)
        self._decide(actor, proposal, "accepted", None)
        return after

    def decline(self, actor: Actor, id_: str, version: int, answers: Answers) -> Proposal:
        proposal = self._decidable(actor, id_, version)
        return self._decide(actor, proposal, "declined", checked((ANSWER,), answers)[ANSWER.name])

    def withdraw(self, actor: Actor, id_: str, version: int) -> Proposal:
        proposal = self._at(self._seen(actor, id_), version)
        if proposal.created_by != actor.email:
            raise Forbidden("Only whoever proposed it can take it back.")
        return self._decide(actor, proposal, "withdrawn", None)

    def hearings(self, abouts: Sequence[About]) -> dict[str, Hearing]:
        ids = {about.object_id for about in abouts}
        known: Mapping[str, Proposal] = {one.id: one for one in self.glossary.store.proposals() if one.id in ids}
        return {id_: hearing_of(known.get(id_)) for id_ in ids}

    def repair(self) -> int:
        """Tell and record what a killed process left; how many proposals."""
        left = self.glossary.store.unrecorded(self.clock() - REPAIRED)
        found = filter(None, (self.glossary.store.proposal(id_) for kind, id_ in left if kind == "proposal"))
        return sum(1 for _ in map(self.follow, found))

    def follow(self, proposal: Proposal) -> None:
        """The trail comes last: what it has is complete."""
        people = {*self.glossary.curators(proposal.platform_id), *filter(None, [proposal.steward])}
        self.glossary.outbox.add(filter(None, [proposal_notice(proposal, people)]))
        self.audit.add(filter(None, [proposal.event]))

    def _accepted(self, actor: Actor, term: Term | None, answers: Answers) -> dict[str, Any]:
        given = checked_fields(answers, term)
        platform = given["platform_id"]
        require(actor, PROPOSE, term.platform_id if term else platform)
        place = self.glossary.store.platforms().get(platform or "")
        if platform and platform != (term and term.platform_id) and not (place and actor.sees(place)):
            raise Refused({"platform_id": f"Platform: there is none named {platform[:40]}."})
        if term is None or (given["name"], given["domain"]) != (term.name, term.domain):
            self.glossary.refuse_twins(actor, given, term.id if term else "")
        return given

    def _changed(self, actor: Actor, proposal: Proposal, term: Term) -> Term:
        fields = fields_to_write(proposal, term) if proposal.term_id else {}
        if not fields:
            return term
        if fields.get("platform_id", term.platform_id) != term.platform_id:
            require(actor, CURATE, fields["platform_id"])
        self.glossary.refuse_twins(actor, _named(term) | fields, term.id)
        return self.glossary.write(term, edited(term, actor, fields, self.clock(), "accept", _thanks(proposal)))

    def _created(self, actor: Actor, proposal: Proposal) -> Term:
        fields = fields_of_new(proposal, self.clock())
        require(actor, CURATE, fields["platform_id"])
        self.glossary.refuse_twins(actor, fields, proposal.id)
        term = added(proposal.id, actor, fields, self.clock(), "approved", _thanks(proposal))
        if self.glossary.store.add([replace(term, created_by=proposal.created_by)]):
            self.glossary.follow([term])
        return self.glossary.term(actor, term.id)

    def _decidable(self, actor: Actor, id_: str, version: int) -> Proposal:
        proposal = self._seen(actor, id_)
        require_curate(actor, proposal)
        must_be_open(proposal)
        return self._at(proposal, version)

    def _decide(self, actor: Actor, proposal: Proposal, state: Any, answer: str | None) -> Proposal:
        after = decided(proposal, actor, state, answer, self.clock())
        if not self.glossary.store.set_proposal(after):
            raise Conflict(FASTER)
        self.follow(after)
        return after

    def _seen(self, actor: Actor, id_: str) -> Proposal:
        proposal = self.glossary.store.proposal(id_)
        if proposal is None or not viewer_of(actor).sees(proposal):
            raise NotFound(GONE)
        return proposal

    @staticmethod
    def _at(proposal: Proposal, version: int) -> Proposal:
        if proposal.version != version:
            raise Conflict(FASTER)
        return proposal


def decidable(actor: Actor, proposal: Proposal) -> bool:
    return proposal.state == "open" and may_curate(actor, proposal)


def _named(term: Term) -> dict[str, Any]:
    return {"name": term.name, "domain": term.domain, "platform_id": term.platform_id}


def _thanks(proposal: Proposal) -> str:
    return f"Proposed by {proposal.created_by.partition('@')[0]}: {proposal.reason}"
