"""Contributors ask, stewards and owners decide: on real tables."""

from __future__ import annotations

from typing import Any

import pytest

from data.engines.recording import RecordingEngine
from data.errors import Conflict, Forbidden, NotFound, Unavailable
from data.glossary.model import Proposal, Term
from data.people.model import Actor
from data.portal import Portal
from data.tickets.answers import Refused
from data.tickets.ids import new_id
from tests.data.glossary.words import FIELDS, Words
from tests.portals import NOW, ON_EVERY_STORE, Clock

WHY = {"proposal_reason": "Freight was forgotten."}


def propose(words: Words, by: Actor, term: Term | None = None, **fields: Any) -> Proposal:
    id_ = new_id(words.desk.portal.clock())
    return words.desk.portal.proposals.propose(by, id_, term and term.id, {**FIELDS, **WHY, **fields})


@ON_EVERY_STORE
def test_a_change_is_proposed_and_accepted(words: Words) -> None:
    desk, term = words.desk, words.approved(steward="dana@example.org")
    proposal = propose(words, desk.bob, term, unit="EUR", steward="dana@example.org")
    assert (proposal.old, proposal.new) == (
        {"unit": None, "review_due": term.review_due.isoformat()}, {"unit": "EUR", "review_due": None}
    )  # fmt: skip
    assert words.now(term) == term
    after = desk.portal.proposals.accept(desk.alice, proposal.id, 1)
    assert (after.unit, after.state, after.version, after.created_by) == ("EUR", "approved", 3, term.created_by)
    newest = words.glossary.history(desk.charlie, term.id)[0]
    assert (newest.action, newest.reason) == ("glossary:accept", "Proposed by bob: Freight was forgotten.")
    asked, answered = sorted(words.notices(), key=lambda notice: notice.topic, reverse=True)
    assert (asked.topic, asked.recipients) == ("glossary:propose", ("alice@example.org", "dana@example.org"))
    assert (answered.topic, answered.recipients) == ("glossary:accept", ("bob@example.org",))


@ON_EVERY_STORE
def test_a_new_term_that_is_accepted_is_approved_and_its_author_is_kept(words: Words) -> None:
    desk = words.desk
    proposal = propose(words, desk.bob, part_of=["x"])
    assert words.names("alice") == set()
    term = desk.portal.proposals.accept(desk.alice, proposal.id, 1)
    assert (term.id, term.state, term.created_by, term.reviewed_at) == (
        proposal.id, "approved", "bob@example.org", NOW
    )  # fmt: skip
    assert words.names("charlie") == {"Net revenue"}


def test_what_is_declined_is_answered(words: Words) -> None:
    desk, term = words.desk, words.approved()
    proposal = propose(words, desk.bob, term, unit="EUR")
    with pytest.raises(Refused, match="Answer"):
        desk.portal.proposals.decline(desk.alice, proposal.id, 1, {})
    after = desk.portal.proposals.decline(desk.alice, proposal.id, 1, {"answer": "It has none."})
    assert (after.state, after.answer, words.now(term)) == ("declined", "It has none.", term)
    assert next(n for n in words.notices() if n.topic == "glossary:decline").payload["note"] == "It has none."
    for again in (desk.portal.proposals.accept, desk.portal.proposals.withdraw):
        with pytest.raises(Conflict, match="declined already, by alice"):
            again(desk.alice if again == desk.portal.proposals.accept else desk.bob, proposal.id, 2)


def test_only_the_author_takes_it_back(words: Words) -> None:
    desk = words.desk
    proposal = propose(words, desk.bob)
    with pytest.raises(Forbidden):
        desk.portal.proposals.withdraw(desk.alice, proposal.id, 1)
    assert desk.portal.proposals.withdraw(desk.bob, proposal.id, 1).state == "withdrawn"


def test_who_decides(words: Words) -> None:
    desk = words.desk
    proposal = propose(words, desk.bob, words.approved(steward="erin@example.org"), unit="EUR")
    for actor in (desk.bob, desk.dana):
        with pytest.raises(Forbidden, match="Curating the glossary"):
            desk.portal.proposals.accept(actor, proposal.id, 1)
        with pytest.raises(Forbidden):
            desk.portal.proposals.decline(actor, proposal.id, 1, {"answer": "No."})
    for deed in ("accept", "withdraw"):
        with pytest.raises(NotFound):
            getattr(desk.portal.proposals, deed)(desk.charlie, proposal.id, 1)
    assert desk.portal.proposals.accept(desk.erin, proposal.id, 1).unit == "EUR"


def test_proposals_are_for_staff_author_and_steward(words: Words) -> None:
    desk = words.desk
    propose(words, desk.bob, words.approved(steward="erin@example.org"), unit="EUR")
    seen = {name: len(desk.portal.proposals.listed(desk.viewer(name))) for name in ("alice", "bob", "charlie", "erin")}
    assert seen == {"alice": 1, "bob": 1, "charlie": 0, "erin": 1}


def test_charlie_proposes_nothing_about_what_is_not_for_charlie(words: Words) -> None:
    desk = words.desk
    secret = words.approved(name="Pay", platform_id="payroll")
    with pytest.raises(NotFound):
        propose(words, desk.charlie, secret, unit="EUR")
    for where in ("payroll", "nowhere"):
        with pytest.raises(Refused, match="there is none named"):
            propose(words, desk.charlie, platform_id=where)


def test_a_proposal_needs_a_reason_and_a_difference(words: Words) -> None:
    term = words.approved()
    same = {"review_due": term.review_due}
    with pytest.raises(Refused, match="nothing differs"):
        propose(words, words.desk.bob, term, **same)
    with pytest.raises(Refused, match="Why: please fill this in"):
        propose(words, words.desk.bob, term, proposal_reason=" ")


def test_what_others_changed_meanwhile_is_not_overwritten(words: Words) -> None:
    desk, term = words.desk, words.approved()
    due = {"review_due": term.review_due}
    unit = propose(words, desk.bob, term, unit="EUR", **due)
    grain = propose(words, desk.bob, term, grain="Order line", **due)
    words.glossary.edit(desk.alice, term.id, term.version, {**FIELDS, "unit": "USD", **due})
    with pytest.raises(Conflict, match="others have changed the same: unit"):
        desk.portal.proposals.accept(desk.alice, unit.id, 1)
    after = desk.portal.proposals.accept(desk.alice, grain.id, 1)
    assert (after.unit, after.grain) == ("USD", "Order line")


@pytest.mark.parametrize("new", [True, False])
def test_a_killed_process_leaves_nothing_half_accepted(words: Words, portal: Portal, clock: Clock, new: bool) -> None:
    desk = words.desk
    proposal = propose(words, desk.bob, None if new else words.approved(), unit="EUR")
    broken = portal.replace(engine=RecordingEngine(portal.engine))
    broken.engine.fail(1, Unavailable("killed"), on="MERGE INTO glossary_proposals")
    with pytest.raises(Unavailable):
        broken.proposals.accept(desk.alice, proposal.id, 1)
    term = desk.portal.proposals.accept(desk.alice, proposal.id, 1)
    assert (term.unit, term.version) == ("EUR", 1 if new else 3)
    assert desk.portal.proposals.listed(desk.viewer("bob"))[0].state == "accepted"


def test_what_was_not_told_is_told_later(words: Words, portal: Portal) -> None:
    broken = portal.replace(engine=RecordingEngine(portal.engine))
    broken.engine.fail(1, Unavailable("killed"), on="outbox")
    with pytest.raises(Unavailable):
        broken.proposals.propose(words.desk.bob, new_id(NOW), None, {**FIELDS, **WHY})
    assert words.notices() == []
    assert (portal.proposals.repair(), portal.proposals.repair()) == (1, 0)
    assert len(words.notices()) == 1
