"""Definitions, the form, moves and successors, without a store."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import Conflict, Invalid
from data.glossary.model import Asset, Relation, RelationKind, Source, Term
from data.glossary.rules import (
    QUESTIONS,
    SENTENCES,
    STATES,
    TURNED,
    answers_of,
    checked_fields,
    facts_of,
    fields_from,
    found,
    is_due,
    leads_back,
    short,
    split_definition,
    successors,
)
from data.glossary.workflow import MOVES, REVIEW_EVERY, added, edited, moves_of, plan
from data.people.model import Actor
from data.tickets.answers import Refused
from tests.data.glossary.words import FIELDS
from tests.portals import NOW

ALICE = Actor.job("alice@example.org")
OFFERED = {
    "draft": "approve deprecate archive", "approved": "review deprecate archive", "deprecated": "restore archive",
    "archived": "unarchive",
}  # fmt: skip


def a_term(state: Any = "approved", **parts: Any) -> Term:
    term = added("x", ALICE, checked_fields(FIELDS), NOW)
    return Term(**{**{name: getattr(term, name) for name in term.__slots__}, "state": state, **parts})


@pytest.mark.parametrize("state", OFFERED)
def test_each_state_offers_the_moves_of_the_table(state: Any) -> None:
    assert " ".join(move.name for move in moves_of(a_term(state))) == OFFERED[state]


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("move", [move.name for move in MOVES])
def test_a_move_leads_where_the_table_says_or_is_refused(state: Any, move: str) -> None:
    term = a_term(state)
    if move not in OFFERED[state].split():
        with pytest.raises(Conflict, match="not possible"):
            plan(term, move, ALICE, {"reason": "So."}, NOW)
        return
    after = plan(term, move, ALICE, {"reason": "So."}, NOW)
    assert after.state == next(one.to for one in MOVES if one.name == move)
    assert (after.version, after.updated_by) == (term.version + 1, ALICE.email)
    assert after.event is not None
    assert after.event.id == f"x:{after.version}"


def test_a_move_that_is_not_in_the_table_is_refused() -> None:
    with pytest.raises(Invalid, match="no step named"):
        plan(a_term(), "burn", ALICE, {}, NOW)


@pytest.mark.parametrize("answers", [{}, {"replaced_by": "", "reason": " "}])
def test_deprecating_needs_a_successor_or_a_reason(answers: dict[str, str]) -> None:
    with pytest.raises(Refused) as refused:
        plan(a_term(), "deprecate", ALICE, answers, NOW)
    assert set(refused.value.at) == {"replaced_by"}


def test_what_is_used_again_has_no_successor() -> None:
    gone = plan(a_term(), "deprecate", ALICE, {"replaced_by": "y"}, NOW)
    assert (gone.replaced_by, gone.note) == ("y", None)
    assert plan(gone, "restore", ALICE, {"reason": "A mistake."}, NOW).replaced_by is None


def test_whoever_reads_it_again_puts_the_next_review_off() -> None:
    later = NOW + timedelta(days=30)
    term = plan(a_term("draft"), "approve", ALICE, {}, NOW)
    assert (term.reviewed_at, term.review_due) == (NOW, NOW.date() + REVIEW_EVERY)
    chosen = plan(a_term(review_due=date(2027, 9, 1)), "review", ALICE, {}, later)
    assert (chosen.reviewed_at, chosen.review_due) == (later, date(2027, 9, 1))
    overdue = a_term(review_due=NOW.date())
    assert is_due(overdue, NOW.date())
    assert not is_due(a_term("deprecated", review_due=NOW.date()), NOW.date())
    assert plan(overdue, "review", ALICE, {}, later).review_due == later.date() + REVIEW_EVERY


DEFINITIONS = (
    ("One. Two.", "One.", "Two."),
    ("No stop at all", "No stop at all", ""),
    ("Uses e.g. tax, i.e. VAT, at 1.5 percent. Then more.", "Uses e.g. tax, i.e. VAT, at 1.5 percent.", "Then more."),
    ('Is it "so?" Yes.', 'Is it "so?"', "Yes."),
    ("A line\nof two\n\nA paragraph", "A line\nof two", "A paragraph"),
    ("", "", ""),
    ("Gross minus tax (VAT.) Freight counts.", "Gross minus tax (VAT.)", "Freight counts."),
)


@pytest.mark.parametrize(("text", "first", "rest"), DEFINITIONS)
def test_the_first_sentence_is_the_short_definition(text: str, first: str, rest: str) -> None:
    assert split_definition(text) == (first, rest)


def test_the_short_definition_has_no_markdown_and_is_short() -> None:
    assert short(a_term(definition="**Net** `value` of [orders](https://example.org) made. More.")) == (
        "Net value of orders made."
    )
    assert len(short(a_term(definition="word " * 200))) <= 240


@given(st.text(max_size=300))
def test_no_definition_loses_a_word(text: str) -> None:
    first, rest = split_definition(text)
    assert "".join((first + rest).split()) == "".join(text.split())


def test_the_form_tells_every_problem_at_its_field() -> None:
    with pytest.raises(Refused) as refused:
        checked_fields({"name": "", "definition": "x", "sources": "Manual | javascript:alert(1)", "steward": "nobody",
                        "review_due": "soon"})  # fmt: skip
    assert set(refused.value.at) == {"name", "definition", "sources", "steward", "review_due"}


def test_what_the_form_shows_is_what_it_was_given() -> None:
    answers = {
        **FIELDS, "assets": "sales.orders_daily | Column net_rev\nBoard pack", "part_of": ["y"], "confused_with": ["z"],
        "sources": "Manual | https://example.org/m\nhttps://example.org/n", "review_due": "2027-03-02",
    }  # fmt: skip
    fields = checked_fields(answers)
    assert fields["assets"] == (Asset("sales.orders_daily", "Column net_rev"), Asset("Board pack"))
    assert fields["sources"][1] == Source("https://example.org/n", "https://example.org/n")
    assert fields["relations"] == (Relation(RelationKind.confused_with, "z"), Relation(RelationKind.part_of, "y"))
    assert checked_fields(answers_of(a_term(**fields))) == fields


def test_relations_that_the_form_does_not_ask_for_stay() -> None:
    term = a_term(relations=(Relation(RelationKind.has_value, "v"), Relation(RelationKind.part_of, "old")))
    after = edited(term, ALICE, checked_fields({**FIELDS, "part_of": ["new"]}, term), NOW)
    assert after.relations == (Relation(RelationKind.part_of, "new"), Relation(RelationKind.has_value, "v"))


def test_facts_lead_back_to_the_same_term() -> None:
    term = a_term(
        relations=(Relation(RelationKind.related, "y"),), assets=(Asset("a", "b"),), tags=("x",),
        sources=(Source("l", "https://example.org"),), properties={"k": "v"}, review_due=date(2027, 1, 1),
    )  # fmt: skip
    assert edited(term, ALICE, fields_from(facts_of(term)), NOW).relations == term.relations
    assert facts_of(edited(term, ALICE, fields_from(facts_of(term)), NOW)) == facts_of(term)


def test_successors_are_followed_to_the_last_and_no_circle_is_endless() -> None:
    chain = {name: a_term(id=name, replaced_by=other) for name, other in (("a", "b"), ("b", "c"), ("c", None))}
    assert [term.id for term in successors(chain["a"], chain)] == ["b", "c"]
    circle = {name: a_term(id=name, replaced_by=other) for name, other in (("a", "b"), ("b", "a"))}
    assert [term.id for term in successors(circle["a"], circle)] == ["b"]
    assert leads_back("a", "a", {})
    assert leads_back("a", "b", {"b": "c", "c": "a"})
    assert not leads_back("a", "b", {"b": "c", "c": "b"})


def test_a_relation_finds_its_term_by_id_name_or_last_part() -> None:
    term = a_term(id="1")
    for target in ("1", "Net revenue", "Business.Net revenue", 'Business."Net revenue"'):
        assert found(target, {"1": term}, {term.name: term}) is term
    assert found("else", {"1": term}, {term.name: term}) is None


def test_every_kind_of_relation_has_its_sentence_on_both_sides() -> None:
    assert SENTENCES.keys() == TURNED.keys() == set(RelationKind)
    assert len({question.name for question in QUESTIONS}) == len(QUESTIONS)
