"""Terms by program: everybody reads, owners curate."""

from __future__ import annotations

from api.glossary import TermText
from data.glossary.rules import QUESTIONS
from data.people.model import Actor
from data.tickets.ids import new_id
from tests.api.doors import Person
from tests.data.tickets.desk import Desk

TERM = {
    "name": "Net revenue", "definition": "Revenue without taxes. Nothing else.", "acronym": "NR",
    "platform_id": "sales", "synonyms": ["Net sales"], "review_due": "2027-03-01",
    "sources": "Manual | https://example.org/manual",
}  # fmt: skip


def test_what_can_be_sent_is_what_the_form_asks() -> None:
    assert TermText.model_fields.keys() == {question.name for question in QUESTIONS}


def test_a_term_is_drafted_once_approved_and_found(alice: Person, bob: Person) -> None:
    made = alice("POST", "/v1/glossary", TERM, Idempotency_Key="one")
    path = made.headers["Location"].removeprefix("/api")
    assert alice("POST", "/v1/glossary", TERM, Idempotency_Key="one").json()["id"] == made.json()["id"]
    assert alice("POST", "/v1/glossary", {**TERM, "unit": "EUR"}, Idempotency_Key="one").status_code == 422
    assert bob.get(path).status_code == 404
    assert alice("POST", f"{path}/moves", {"move": "approve"}, If_Match="1").json()["state"] == "approved"
    read = bob.get(path).json()
    assert (read["acronym"], read["review_due"], read["sources"]) == (
        "NR", "2027-03-01", [{"label": "Manual", "url": "https://example.org/manual"}],
    )  # fmt: skip
    assert bob.get("/v1/glossary?q=net+sales&state=approved").json()["items"] == [read]
    assert bob.get("/v1/glossary?q=gross").json()["items"] == []


def test_only_curators_change_terms_and_on_what_they_have_seen(alice: Person, bob: Person) -> None:
    assert bob("POST", "/v1/glossary", TERM).status_code == 403
    path = f"/v1/glossary/{alice('POST', '/v1/glossary', TERM).json()['id']}"
    assert alice("PUT", path, {**TERM, "unit": "EUR"}, If_Match="1").json()["unit"] == "EUR"
    late = alice("PUT", path, TERM, If_Match="1")
    assert (late.status_code, late.json()["version"]) == (409, 2)
    wrong = alice("PUT", path, {**TERM, "definition": "Short"}, If_Match="2")
    assert wrong.json()["errors"][0]["pointer"] == "#/definition"
    why = alice("POST", f"{path}/moves", {"move": "archive"}, If_Match="2")
    assert why.json()["errors"][0]["pointer"] == "#/answers/reason"


def test_related_terms_that_the_caller_may_not_know_of_are_not_named(bob: Person, desk: Desk) -> None:
    glossary, job = desk.portal.glossary, Actor.job()
    hidden = glossary.add(job, new_id(desk.portal.clock()), {**TERM, "name": "Net pay", "platform_id": "payroll"})
    glossary.move(job, hidden.id, 1, "approve")
    shown = glossary.add(job, new_id(desk.portal.clock()), {**TERM, "related": [hidden.id, "Gross revenue"]})
    glossary.move(job, shown.id, 1, "approve")
    told = bob.get(f"/v1/glossary/{shown.id}")
    assert [one["target"] for one in told.json()["relations"]] == ["Gross revenue"]
    assert hidden.id not in told.text
