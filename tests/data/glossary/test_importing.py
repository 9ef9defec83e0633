"""What a file would change, row by row: the complaints that people have about imports elsewhere, as tests."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from data.glossary.formats import read
from data.glossary.importing import Planner, World
from data.glossary.model import Relation, RelationKind, Term
from data.glossary.verdicts import Plan
from data.people.model import Actor, Role
from data.status.model import Platform
from tests.data.glossary.test_formats import a_term, exported, imported, planned, sheet
from tests.portals import NOW


def only(plan: Plan) -> Any:
    (verdict,) = plan.verdicts
    return verdict


def changes(plan: Plan) -> dict[str, Any]:
    return {field: after for field, _, after in only(plan).differences()}


def test_a_column_that_is_absent_leaves_alone_and_an_empty_cell_clears() -> None:
    term = a_term(domain="Sales", unit="EUR", synonyms=("net turnover",), tags=("x",))
    plan = planned(sheet({"name": "Net revenue", "definition": "New words.", "unit": "", "synonyms": ""}), term)
    assert changes(plan) == {"Definition": "New words.", "Unit": None, "Synonyms": []}
    assert only(plan).after.domain == "Sales"


def test_no_empty_synonym_is_stored() -> None:
    (term,) = imported(sheet({"name": "x y", "definition": "z", "synonyms": " ; ;a;; "}))
    assert term.synonyms == ("a",)


def test_an_export_with_other_columns_left_out_wipes_no_domain() -> None:
    term = a_term(domain="Sales", owner="alice@example.org", notes="Keep me.")
    (after,) = imported(sheet({"name*": "Net revenue", "description": "New."}), term, format="openmetadata")
    assert (after.domain, after.owner, after.notes, after.definition) == (
        "Sales", "alice@example.org", "Keep me.", "New."
    )  # fmt: skip


@pytest.mark.parametrize("said", ["approved", "APPROVED", " Approved "])
def test_states_are_read_in_any_case(said: str) -> None:
    for head in ({"name*": "x y", "description": "z", "glossaryStatus": said}, {"Name": "x y", "Definition": "z",
                 "Nick Name": "", "Status": said}, {"name": "x y", "definition": "z", "status": said}):  # fmt: skip
        assert only(planned(sheet(head))).after.state == "approved"


def test_a_state_that_is_none_is_refused_with_those_there_are() -> None:
    verdict = only(planned(sheet({"name": "x y", "definition": "z", "status": "Aproved"})))
    assert verdict.outcome == "refused"
    assert "'Aproved' is no state" in verdict.said
    assert "Draft, Approved, Deprecated, Archived" in verdict.said


@pytest.mark.parametrize("state", ["approved", "deprecated"])
def test_an_approved_term_is_not_sent_back_to_draft(state: Any) -> None:
    term = a_term(state=state, note="So.", properties={"openmetadata:name*": "Net revenue"})
    row = {"name*": "Net revenue", "description": "Better.", "glossaryStatus": "Draft"}
    verdict = only(planned(sheet(row), term))
    assert (verdict.outcome, verdict.after.state) == ("changed", state)
    assert "a file sends no term back to draft" in verdict.said
    again = only(planned(sheet(row), verdict.after))
    assert again.outcome == "unchanged"


def test_existing_rows_are_unchanged_not_failed() -> None:
    term = a_term()
    assert only(planned(exported([term], "portal"), term)).outcome == "unchanged"


def test_percent_quotes_and_lines_in_a_name_and_a_text_arrive_as_they_are() -> None:
    row = {"name": 'Margin % "net"', "definition": 'A "quoted"\nword, 100 %', "synonyms": 'a "b";c'}
    (term,) = imported(sheet(row))
    assert (term.name, term.definition, term.synonyms) == (row["name"], row["definition"], ('a "b"', "c"))
    assert only(planned(exported([term], "portal"), term)).outcome == "unchanged"


def test_refused_rows_tell_their_line_and_why_and_hold_nothing_up() -> None:
    text = (
        'name,definition,review_due,steward\nGood one,"two\nlines",,\n,z,,\nBad day,z,soon,\nLong,,,\n'
        "Good one,again,,\nToo,many,,,x\n" + "x" * 121 + ",z,,\n"
    )
    plan = planned(text.encode())
    told = {verdict.line: (verdict.outcome, verdict.said) for verdict in plan.verdicts}
    assert told[2][0] == "new"
    assert {line: said for line, (outcome, said) in told.items() if outcome == "refused"} == {
        4: "It has no name.", 5: "review_due: 'soon' is no day such as 2027-03-02.",
        6: "Definition: it needs 1 to 10,000 characters.", 7: "Line 2 is about the same term.",
        8: "There are 5 cells under 4 heads: is a comma or a quote missing?",
        9: "Name: it needs 2 to 120 characters.",
    }  # fmt: skip
    assert plan.counts == {"new": 1, "changed": 0, "unchanged": 0, "refused": 6}


def test_duplicates_are_found_whatever_their_case() -> None:
    plan = planned(b"name,definition\nNet revenue,a\nNET REVENUE,b\n")
    assert [verdict.outcome for verdict in plan.verdicts] == ["new", "refused"]


def test_unknown_columns_are_told_and_kept() -> None:
    plan = planned(sheet({"name": "x y", "definition": "z", "Cost centre": "42"}))
    assert plan.remarks == ("Unknown columns, kept as other properties: Cost centre",)
    assert only(plan).after.properties == {"Cost centre": "42"}


def test_a_name_that_two_terms_have_is_not_guessed() -> None:
    terms = [a_term(domain="Sales"), a_term(domain="Finance")]
    row = {"name": "Net revenue", "definition": "New."}
    assert "2 terms have this name" in only(planned(sheet(row), *terms)).said
    assert only(planned(sheet(row | {"domain": "finance"}), *terms)).before is terms[1]
    assert only(planned(sheet(row | {"term_id": terms[0].id}), *terms)).before is terms[0]


def test_a_row_of_an_older_export_does_not_undo_newer_words() -> None:
    term = a_term(version=3)
    row = {"term_id": term.id, "definition": "Old.", "row_version": "2"}
    assert "changed since the export" in only(planned(sheet(row), term)).said
    assert only(planned(sheet(row | {"row_version": "3"}), term)).outcome == "changed"
    assert only(planned(sheet(row | {"definition": term.definition}), term)).outcome == "unchanged"


def test_an_id_that_is_not_known_makes_no_term_of_chance() -> None:
    row = {"term_id": "1", "name": "x y", "definition": "z"}
    assert "there is no term 1 that you can see" in only(planned(sheet(row))).said


def test_deprecating_by_file_needs_a_successor_or_a_reason() -> None:
    old, new = a_term(name="Net sales", state="approved"), a_term(state="approved")
    row = {"name": "Net sales", "status": "deprecated", "replaced_by": "", "reason": ""}
    assert "Deprecated needs replaced_by, or a reason" in only(planned(sheet(row), old, new)).said
    assert "there is no term Nothing" in only(planned(sheet(row | {"replaced_by": "Nothing"}), old, new)).said
    after = only(planned(sheet(row | {"replaced_by": "Net revenue"}), old, new)).after
    assert (after.state, after.replaced_by) == ("deprecated", new.id)
    assert only(planned(sheet(row | {"reason": "Nobody uses it."}), old, new)).after.note == "Nobody uses it."


def test_successors_in_a_circle_are_refused() -> None:
    rows = [
        {"name": name, "definition": "z", "status": "deprecated", "replaced_by": other}
        for name, other in (("One", "Two"), ("Two", "One"))
    ]
    plan = planned(sheet(*rows))
    assert [verdict.outcome for verdict in plan.verdicts] == ["new", "refused"]
    assert "leads back to this term" in plan.verdicts[1].said


def test_terms_of_one_file_are_related_by_id() -> None:
    rows = [{"name": "One", "definition": "z", "relations": "part of: Two; related: Elsewhere"}, {"name": "Two",
            "definition": "z", "relations": ""}]  # fmt: skip
    one, two = imported(sheet(*rows))
    assert one.relations == (Relation(RelationKind.part_of, two.id), Relation(RelationKind.related, "Elsewhere"))


def test_approving_by_file_is_a_review() -> None:
    term = only(
        planned(sheet({"name": "x y", "definition": "z", "status": "approved", "review_due": "2026-01-01"}))
    ).after
    assert (term.reviewed_at, term.review_due) == (NOW, date(2026, 1, 1))


def by(actor: Actor, given: bytes, *terms: Term) -> list[str]:
    platforms = {"sales": Platform(id="sales", name="Sales", kind="x"),
                 "payroll": Platform(id="payroll", name="Payroll", kind="x", visibility="members")}  # fmt: skip
    visible = World(terms, lambda term: term.platform_id != "payroll", platforms, actor, NOW)
    return [verdict.said or verdict.outcome for verdict in Planner(read(given), visible).plan().verdicts]


def test_rows_are_refused_where_somebody_has_no_right() -> None:
    alice = Actor("alice@example.org", "alice", Role.contributor, {"sales": Role.service_owner})
    charlie = Actor("charlie@example.org", "charlie", Role.contributor)
    terms = [a_term(name="For all"), a_term(name="Of sales", platform_id="sales"),
             a_term(name="Mine", steward="charlie@example.org"),
             a_term(name="Hidden", platform_id="payroll")]  # fmt: skip
    file = sheet(*({"name": name, "definition": "New."} for name in ("For all", "Of sales", "Mine")))
    no, there = (f"Curating the glossary needs the role service owner {where}." for where in ("everywhere", "on sales"))
    assert by(alice, file, *terms) == [no, "changed", no]
    assert by(charlie, file, *terms) == [no, there, "changed"]
    new = sheet(*({"name": "New one", "definition": "z", "platform": place} for place in ("payroll",)))
    assert by(alice, new, *terms) == ["Platform: there is none named payroll."]
    hidden = sheet({"term_id": terms[3].id, "name": "Stolen", "definition": "z", "platform": "sales"})
    assert "there is no term" in by(alice, hidden, *terms)[0]
