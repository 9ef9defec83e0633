"""What somebody proposes: which fields differ, what changed meanwhile, how it is decided. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from data.audit.model import Deed, difference, event_of
from data.errors import Conflict
from data.glossary.model import Proposal, ProposalState, Term
from data.glossary.rules import LABELS, facts_of, fields_from
from data.people.model import Actor
from data.tickets.answers import Question, Refused, checked
from data.tickets.model import Answers

WHY = Question("proposal_reason", "Why", help="Whoever decides reads this first.")
ANSWER = Question("answer", "Answer", help="Whoever proposed it reads this.")
PAST: Mapping[ProposalState, str] = {
    "open": "proposed it", "accepted": "accepted it", "declined": "declined it", "withdrawn": "took it back",
}  # fmt: skip
NOT_ASKED = ("state", "replaced_by")
"""Facts of a term that only its moves change."""


def proposed(id_: str, actor: Actor, term: Term | None, given: Mapping[str, Any], answers: Answers, at: datetime
             ) -> Proposal:  # fmt: skip
    """Raises Refused where nothing differs, or no reason is given."""
    reason = checked((WHY,), answers)[WHY.name]
    blank = Term(id=id_, name="", definition="", created_at=at, created_by=actor.email, updated_at=at, updated_by="")
    before = term or blank
    old, new = difference(_facts(before), _facts(replace(before, **given)))
    if not new or old is None:
        raise Refused({WHY.name: "Why: nothing differs from the term as it is."})
    by = actor.email
    proposal = Proposal(
        id=id_, platform_id=term.platform_id if term else given["platform_id"], term_id=term.id if term else None,
        title=term.name if term else given["name"], old=old, new=new, reason=reason, created_at=at, created_by=by,
        updated_at=at, updated_by=by,
    )  # fmt: skip
    return replace(proposal, event=event_of(actor, _deed("propose", proposal, None), at))


def decided(proposal: Proposal, actor: Actor, state: ProposalState, answer: str | None, at: datetime) -> Proposal:
    """The next version. Raises Conflict for one that is decided already."""
    must_be_open(proposal)
    after = replace(
        proposal, state=state, answer=answer, version=proposal.version + 1, updated_at=at, updated_by=actor.email
    )
    name = {"accepted": "accept", "declined": "decline"}.get(state, "withdraw")
    return replace(after, event=event_of(actor, _deed(name, after, answer), at))


def must_be_open(proposal: Proposal) -> None:
    if proposal.state != "open":
        who = proposal.updated_by.partition("@")[0]
        raise Conflict(f"This proposal is {proposal.state} already, by {who}.")


def fields_to_write(proposal: Proposal, term: Term) -> dict[str, Any]:
    """What of the proposal is not in the term yet. Raises Conflict where a field was changed otherwise since."""
    now = _facts(term)
    wanted = {name: value for name, value in proposal.new.items() if now.get(name) != value}
    if moved := [name for name in wanted if now.get(name) != proposal.old.get(name)]:
        told = ", ".join(LABELS[name].lower() for name in moved)
        raise Conflict(f"Since this was proposed, others have changed the same: {told}. Decline it, and edit by hand.")
    return fields_from(wanted)


def fields_of_new(proposal: Proposal, at: datetime) -> dict[str, Any]:
    """All fields of the term that was proposed as a new one."""
    blank = Term(id="", name="", definition="", created_at=at, created_by="", updated_at=at, updated_by="")
    return fields_from({**_facts(blank), **proposal.new})


def _facts(term: Term) -> dict[str, Any]:
    return {name: value for name, value in facts_of(term).items() if name not in NOT_ASKED}


def _deed(name: str, proposal: Proposal, reason: str | None) -> Deed:
    old = None if name == "propose" else {"state": "open"}
    return Deed(
        f"glossary:{name}", "glossary_proposal", proposal.id, proposal.platform_id, old, {"state": proposal.state},
        reason or proposal.reason, f"proposal:{proposal.id}:{proposal.version}",
    )  # fmt: skip
