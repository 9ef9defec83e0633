"""Curating on real tables: who may, who sees what, and what races and crashes leave."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier
from typing import Any

import pytest

from data.engines.recording import RecordingEngine
from data.errors import Conflict, Forbidden, Invalid, NotFound, Reused, Unavailable
from data.glossary.model import Term
from data.people.model import Role
from data.portal import Portal
from data.status.estate import Estate, plan
from data.tickets.answers import Refused
from data.tickets.ids import new_id
from tests.data.glossary.words import FIELDS, Words
from tests.portals import NOW, ON_EVERY_STORE, Clock


@ON_EVERY_STORE
def test_a_term_goes_its_way_with_a_trail(words: Words) -> None:
    term = words.draft(assets="sales.orders | Table", related=["Gross revenue"], tags=["finance"])
    assert (term.state, term.version, term.synonyms) == ("draft", 1, ("net turnover",))
    term = words.move(term, "approve")
    edited = words.glossary.edit(words.desk.alice, term.id, term.version, {**FIELDS, "unit": "EUR"})
    assert edited == words.now(term)
    term = words.move(edited, "deprecate")
    assert (term.state, term.note, term.reviewed_at) == ("deprecated", "Nobody uses it.", NOW)
    told = [(event.action, event.new) for event in words.glossary.history(words.desk.charlie, term.id)]
    assert [action for action, _ in told] == [
        "glossary:deprecate", "glossary:edit", "glossary:approve", "glossary:add"
    ]  # fmt: skip
    assert told[1][1] == {"unit": "EUR", "assets": [], "relations": [], "tags": [], "review_due": None}


def test_the_same_form_sent_twice_is_one_term(words: Words) -> None:
    id_ = new_id(words.desk.portal.clock())
    first = words.glossary.add(words.desk.alice, id_, FIELDS)
    assert words.glossary.add(words.desk.alice, id_, FIELDS) == first
    with pytest.raises(Reused):
        words.glossary.add(words.desk.alice, id_, {**FIELDS, "name": "Another"})
    with pytest.raises(Invalid, match="no valid id"):
        words.glossary.add(words.desk.alice, "x", FIELDS)


DEEDS: dict[str, Callable[[Words, Term, Any], object]] = {
    "add": lambda w, t, who: w.draft(who, name="Another"),
    "edit": lambda w, t, who: w.glossary.edit(who, t.id, t.version, FIELDS),
    "move": lambda w, t, who: w.glossary.move(who, t.id, t.version, "review"),
}


@pytest.mark.parametrize("deed", DEEDS)
@pytest.mark.parametrize("name", ["bob", "charlie", "dana"])
def test_only_owners_of_the_platform_curate(words: Words, deed: str, name: str) -> None:
    term = words.approved()
    with pytest.raises(Forbidden, match="Curating the glossary needs the role service owner on sales"):
        DEEDS[deed](words, term, words.desk.actor(name))
    assert words.now(term) == term


def test_a_steward_curates_their_term_but_moves_it_nowhere(words: Words) -> None:
    bob, term = words.desk.bob, words.draft(steward="bob@example.org")
    term = words.glossary.move(bob, term.id, term.version, "approve")
    with pytest.raises(Forbidden):
        words.glossary.edit(bob, term.id, term.version, {**FIELDS, "platform_id": None})
    term = words.glossary.edit(bob, term.id, term.version, {**FIELDS, "unit": "EUR"})
    assert (term.state, term.unit, term.steward) == ("approved", "EUR", None)
    with pytest.raises(Forbidden):
        words.glossary.edit(bob, term.id, term.version, FIELDS)


def test_a_steward_who_may_only_read_changes_nothing(words: Words) -> None:
    term = words.approved(steward="charlie@example.org")
    reader = replace(words.desk.charlie, everywhere=Role.viewer)
    with pytest.raises(Forbidden):
        words.glossary.edit(reader, term.id, term.version, FIELDS)


def test_an_owner_of_one_platform_curates_neither_others_nor_what_is_for_everybody(words: Words) -> None:
    term = words.approved()
    for where in ("payroll", None, "nowhere"):
        with pytest.raises(Forbidden):
            words.draft(platform_id=where)
        with pytest.raises(Forbidden):
            words.glossary.edit(words.desk.alice, term.id, term.version, {**FIELDS, "platform_id": where})


def test_drafts_archived_terms_and_those_for_members_are_unknown_to_charlie(words: Words) -> None:
    words.approved(name="For all")
    words.move(words.approved(name="Out of use"), "deprecate")
    secrets = [
        words.approved(name="Of payroll", platform_id="payroll"), words.draft(name="A draft"),
        words.move(words.approved(name="Gone"), "archive"),
    ]  # fmt: skip
    assert words.names("charlie") == {"For all", "Out of use"}
    assert words.names("erin") == {"For all", "Out of use", "Of payroll"}
    assert words.names("alice") == {"For all", "Out of use", "A draft", "Gone"}
    for secret in secrets:
        for ask in (words.glossary.term, words.glossary.history):
            with pytest.raises(NotFound, match="no such term that you can see"):
                ask(words.desk.charlie, secret.id)


def test_whoever_writes_a_draft_sees_it(words: Words) -> None:
    words.draft(steward="bob@example.org")
    assert words.names("bob") == {"Net revenue"}
    assert words.names("charlie") == set()


def test_two_terms_of_one_name_need_two_domains(words: Words) -> None:
    term = words.approved()
    for twin in ({"name": " net  REVENUE "}, {"domain": "sales"}):
        with pytest.raises(Refused) as refused:
            words.draft(**twin)
        assert set(refused.value.at) == {"name"}
    assert words.draft(domain="Finance").domain == "Finance"
    words.move(term, "archive")
    assert words.draft().name == "Net revenue"


def test_a_hidden_twin_is_not_told_of(words: Words) -> None:
    words.approved(platform_id="payroll", domain="Sales")
    assert words.draft().name == "Net revenue"


def test_a_platform_that_is_not_there_is_told_at_its_field(words: Words) -> None:
    with pytest.raises(Refused) as refused:
        words.draft(words.admin, platform_id="nowhere")
    assert set(refused.value.at) == {"platform_id"}


def test_a_term_of_a_platform_that_was_retired_can_still_be_changed(words: Words, portal: Portal) -> None:
    term, estate = words.approved(), portal.status.estate()
    kept = Estate(platforms=tuple(one for one in estate.platforms if one.id != "sales"), checks=())
    portal.status.apply(plan(estate, kept, prune=True), words.admin)
    after = words.glossary.edit(words.admin, term.id, term.version, {**FIELDS, "unit": "EUR"})
    assert (after.unit, after.platform_id) == ("EUR", "sales")
    with pytest.raises(Refused):
        words.draft(words.admin, name="Another")


def test_a_successor_is_there_in_use_and_does_not_lead_back(words: Words) -> None:
    old, new = words.approved(name="Net sales"), words.approved()
    secret, gone = words.approved(name="Pay", platform_id="payroll"), words.move(words.approved(name="x y"), "archive")
    for successor in (old.id, "nonsense", secret.id, gone.id):
        with pytest.raises(Refused) as refused:
            words.move(old, "deprecate", replaced_by=successor)
        assert set(refused.value.at) == {"replaced_by"}
    words.move(old, "deprecate", replaced_by=new.id, reason="")
    with pytest.raises(Refused, match="Net sales leads back to Net revenue"):
        words.move(new, "deprecate", replaced_by=old.id)


def test_of_two_who_save_at_once_one_is_told(words: Words) -> None:
    term, start = words.approved(), Barrier(2)

    def save(unit: str) -> str:
        start.wait()
        try:
            return words.glossary.edit(words.desk.alice, term.id, term.version, {**FIELDS, "unit": unit}).unit or ""
        except Conflict as error:
            return str(error)

    with ThreadPoolExecutor(2) as pool:
        said = list(pool.map(save, ("EUR", "USD")))
    assert words.now(term).unit in said
    assert sum("Somebody was faster: alice" in one for one in said) == 1


def test_what_a_killed_process_left_is_completed(words: Words, portal: Portal) -> None:
    term = words.approved()
    broken = portal.replace(engine=RecordingEngine(portal.engine))
    broken.engine.fail(1, Unavailable("killed"), on="audit_events")
    with pytest.raises(Unavailable):
        broken.glossary.edit(words.desk.alice, term.id, term.version, {**FIELDS, "unit": "EUR"})
    assert words.now(term).unit == "EUR"
    events = portal.audit.events_of("glossary_term", term.id)
    assert "glossary:edit" not in {event.action for event in events}
    assert (words.glossary.repair(), words.glossary.repair()) == (1, 0)
    assert "glossary:edit" in {event.action for event in portal.audit.events_of("glossary_term", term.id)}


def test_a_review_that_falls_due_is_told_once_to_those_who_answer_for_it(words: Words, clock: Clock) -> None:
    own = words.approved(review_due="2026-11-30", steward="bob@example.org", owner="Team Sales")
    words.approved(name="Of nobody", review_due="2026-11-30")
    words.move(words.approved(name="Out of use", review_due="2026-11-30"), "deprecate")
    assert words.glossary.remind() == 0
    clock.advance(days=7)
    assert [words.glossary.remind() for _ in range(2)] == [2, 2]
    told = {notice.payload["title"]: notice for notice in words.notices()}
    assert {name: notice.recipients for name, notice in told.items()} == {
        "Net revenue": ("bob@example.org",), "Of nobody": ("alice@example.org",),
    }  # fmt: skip
    assert told["Net revenue"].payload["path"] == f"glossary?term={own.id}"
    hearing = words.glossary.hearings([told["Net revenue"]])[own.id]
    assert (hearing.may(words.desk.charlie, "staff"), hearing.open) == (True, False)
    words.move(own, "archive")
    assert not words.glossary.hearings([told["Net revenue"]])[own.id].may(words.desk.charlie, "staff")
    clock.advance(days=30)
    assert words.glossary.remind() == 0
