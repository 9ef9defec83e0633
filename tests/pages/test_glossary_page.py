"""What people read in the glossary, what they propose, and what its curators do there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import pytest
from streamlit.testing.v1 import AppTest

from components.glossary_steps import OPEN, Step
from data.cached import glossary as cached_glossary
from data.engines.recording import RecordingEngine
from data.errors import Unavailable
from data.glossary.model import Term
from data.people.model import Actor
from data.portal import Portal
from data.tickets.ids import new_id
from data.tickets.visibility import viewer_of
from tests.pages.conftest import ALICE, BOB, Open, SignIn, Visit
from tests.portals import Clock

EVIL = "<img src=x onerror=alert(1)> [x](javascript:alert(1)) <script>alert(2)</script>"
Explain = Callable[..., Term]
JOB = Actor.job()


@pytest.fixture
def explain(house: Portal, clock: Clock) -> Explain:
    """An approved term of sales."""

    def explained(name: str, *moves: str, by: Actor = JOB, **fields: Any) -> Term:
        given = {"name": name, "definition": f"{name} is this. And more.", "platform_id": "sales", **fields}
        term = house.glossary.add(by, new_id(clock()), given)
        for move in moves or ("approve",):
            if move != "draft":
                term = house.glossary.move(by, term.id, term.version, move, {"reason": "So.", **fields})
        return term

    return explained


def html(app: AppTest) -> str:
    assert not app.exception
    return "\n".join(element.proto.body for element in app.get("html"))


def names(app: AppTest) -> list[str]:
    """Terms that are linked."""
    assert not app.exception
    return [one.proto.label.replace("\\", "") for one in app.get("page_link") if "term=" in one.proto.query_string]


def labels(app: AppTest) -> list[str]:
    return [one.label for one in app.button]


def press(app: AppTest, label: str) -> AppTest:
    return next(one for one in app.button if one.label == label).click().run()


def field(app: AppTest, name: str, term: Term | None = None, what: str = "form") -> Any:
    key = f"glossary_{what}_{term.id if term else 'new'}_{name}"
    return next(one for one in (*app.text_input, *app.text_area, *app.selectbox) if one.key == key)


def stored(house: Portal, term: Term) -> Term:
    return house.glossary.term(JOB, term.id)


def test_terms_stand_under_their_letters(visit: Visit, explain: Explain) -> None:
    for name in ("net revenue", "Écart", "Gross", "4711", "Net sales", *(f"Term {n:02}" for n in range(12))):
        explain(name)
    page = visit("glossary")
    assert names(page)[:4] == ["4711", "Écart", "Gross", "net revenue"]
    assert "17 terms ·" in html(page)
    assert '<h2 class="letter">E</h2>' in html(page)
    page.button_group(key="glossary_letter").set_value("N").run()
    assert (names(page), page.query_params) == (["net revenue", "Net sales"], {"letter": "N"})


ADDRESSES: tuple[tuple[dict[str, str], list[str]], ...] = (
    ({}, ["Churn", "Gross", "Net revenue", "Old one"]),
    ({"q": "NR"}, ["Net revenue"]),
    ({"q": "turnover"}, ["Net revenue"]),
    ({"q": "attrition"}, ["Churn"]),
    ({"q": "gro"}, ["Gross"]),
    ({"domain": "Sales"}, ["Net revenue"]),
    ({"domain": "sales"}, ["Churn", "Gross", "Net revenue", "Old one"]),
    ({"state": "draft"}, ["Churn"]),
    ({"state": "archived"}, ["Gone"]),
    ({"steward": "alice@example.org"}, ["Gross"]),
    ({"due": "1"}, ["Net revenue"]),
    ({"state": "<b>", "letter": "xyz", "due": "7"}, ["Churn", "Gross", "Net revenue", "Old one"]),
    ({"q": "nothing like it"}, []),
)


@pytest.mark.parametrize(("query", "expected"), ADDRESSES)
def test_the_address_says_what_is_shown(
    visit: Visit, explain: Explain, clock: Clock, query: dict[str, str], expected: list[str]
) -> None:
    explain("Net revenue", acronym="NR", synonyms=["Net Turnover"], domain="Sales", review_due="2026-11-24")
    explain("Gross", steward="alice@example.org")
    explain("Churn", "draft", notes="Marketing says attrition.")
    explain("Old one", "approve", "deprecate")
    explain("Gone", "approve", "archive")
    clock.advance(days=2)
    assert names(visit("glossary", **query)) == expected


def test_a_search_without_a_hit_leads_on(visit: Visit, explain: Explain) -> None:
    explain("Gross")
    page = visit("glossary", q="<b>zzz")
    assert "No term says “&lt;b&gt;zzz”" in html(page)
    assert names(press(page, "Clear filters")) == ["Gross"]


def test_a_term_says_what_it_means_and_what_it_hangs_together_with(
    visit: Visit, explain: Explain, open_: Open
) -> None:  # fmt: skip
    margin, gross = explain("Margin"), explain("Gross")
    other = explain("Adjusted", domain="Finance", confusion="It spreads returns.")
    term = explain(
        "Net revenue", acronym="NR", synonyms=["net turnover"], part_of=[margin.id], computed_from=[gross.id],
        confused_with=[other.id], formula="SUM(a) - SUM(b)", unit="EUR", steward="charlie@example.org",
        assets="orders | Measure [NR]\nNowhere | Column x", sources="Manual | https://example.org/m",
        definition="Invoiced minus **returns**. Freight counts.",
    )  # fmt: skip
    open_(title="Net turnover looks wrong", platform_id="sales")
    page = visit("glossary", term=term.id)
    story = html(page)
    assert "Invoiced minus <strong>returns</strong>." in story
    for words in ("Freight counts.", "Not to be confused with", "It spreads returns.", "SUM(a) - SUM(b)", "EUR",
                  "is part of", "is computed from", "not watched", "Measure <code>[NR]</code>", "charlie",
                  "https://example.org/m", "Open incidents that name it", "approved it"):  # fmt: skip
        assert words in story, words
    assert "Late" in story
    assert names(page) == ["Adjusted (Finance)", "Margin", "Gross"]
    assert "is used to compute" in html(visit("glossary", term=gross.id))
    assert names(visit("glossary", term=margin.id)) == ["Net revenue"]


def test_a_deprecated_term_leads_to_what_is_used_now(house: Portal, visit: Visit, explain: Explain) -> None:
    new = explain("Net revenue")
    middle = explain("Net sales", "approve", "deprecate", replaced_by=new.id)
    old = house.glossary.move(JOB, (first := explain("Turnover")).id, first.version, "deprecate",
                              {"replaced_by": middle.id})  # fmt: skip
    page = visit("glossary", term=old.id)
    assert "Do not use it any more." in html(page)
    assert names(page) == ["Use Net revenue instead"]
    assert "replaces" in html(visit("glossary", term=new.id))


def test_what_is_hidden_and_what_does_not_exist_look_alike(visit: Visit, explain: Explain, sign_in: SignIn) -> None:
    secrets = [explain("A draft", "draft"), explain("Salary", platform_id="payroll"), explain("Old", "archive")]
    open_term = explain("Gross", related=[secrets[1].id], confused_with=[secrets[1].id])
    sign_in("charlie")
    assert names(visit("glossary")) == ["Gross"]
    for query in ({}, {"edit": "1"}, {"propose": "1"}):
        pages = {html(visit("glossary", term=id_, **query)) for id_ in ("x", "<b>", *(one.id for one in secrets))}
        assert len(pages) == 1
        assert "no such term that you can see" in pages.pop()
    shown = visit("glossary", term=open_term.id)
    assert names(shown) == []
    assert secrets[1].id not in html(shown)
    assert "Salary" not in html(shown)


def test_charlie_proposes_and_can_change_nothing(
    house: Portal, visit: Visit, explain: Explain, sign_in: SignIn
) -> None:  # fmt: skip
    term = explain("Gross")
    sign_in("charlie")
    page = visit("glossary", term=term.id)
    assert not [one for one in page.get("menu_button") if one.proto.label == "Change"]
    assert "needs the role service owner" in html(visit("glossary", term=term.id, edit="1"))
    assert "needs the role service owner" in html(visit("glossary", new="1"))
    assert not visit("glossary", part="files").get("file_uploader")
    press(page, "Propose a change")
    field(page, "unit", term, "propose").set_value("EUR")
    press(page, "Send the proposal")
    assert html(page).count('class="problem"') == 2
    field(page, "proposal_reason", term, "propose").set_value("It was missing.")
    press(page, "Send the proposal")
    assert "It was missing." in html(page)
    assert not {"Accept this change", "Decline…"} & set(labels(page))
    assert stored(house, term).unit is None
    sign_in("bob")
    page = visit("glossary", part="proposals")
    assert "1 proposal for you to decide" in html(page)
    assert "<ins>EUR</ins>" in html(page)
    press(page, "Accept this change")
    assert (stored(house, term).unit, stored(house, term).updated_by) == ("EUR", BOB.email)


def test_declining_asks_for_an_answer(house: Portal, visit: Visit, explain: Explain, sign_in: SignIn) -> None:
    term = explain("Gross")
    house.proposals.propose(ALICE, new_id(house.clock()), term.id, {
        "name": "Gross", "definition": "Another one, please.", "proposal_reason": EVIL, "platform_id": "sales"
    })  # fmt: skip
    sign_in("bob")
    page = press(visit("glossary", part="proposals"), "Decline…")
    assert "<img" not in html(page)
    page = press(page, "Decline")
    assert "please fill this in" in html(page).lower()
    page.text_area[0].set_value("It is fine as it is.")
    press(page, "Decline")
    assert "bob: It is fine as it is." in html(page)
    assert house.proposals.listed(viewer_of(BOB))[0].state == "declined"


def test_a_new_term_tells_each_problem_at_its_field_and_loses_nothing(house: Portal, visit: Visit) -> None:
    page = visit("glossary", new="1")
    field(page, "definition").set_value("Short")
    press(page, "Add as draft")
    assert html(page).count('class="problem"') == 3
    assert field(page, "definition").value == "Short"
    field(page, "name").set_value("Gross revenue")
    field(page, "definition").set_value("All that was invoiced. Before *returns*.")
    page.run()
    assert "All that was invoiced." in html(page)
    press(page, "Add as draft")
    (term,) = cached_glossary.terms(house, JOB).value or ()
    assert (term.name, term.state) == ("Gross revenue", "draft")
    assert page.query_params == {"term": term.id}
    press(page, "Approve")
    assert stored(house, term).state == "approved"


def test_whoever_was_slower_keeps_what_was_typed(
    house: Portal, visit: Visit, explain: Explain, sign_in: SignIn
) -> None:  # fmt: skip
    term = explain("Gross")
    sign_in("bob")
    page = visit("glossary", term=term.id, edit="1")
    house.glossary.move(Actor("dana@example.org", "dana", BOB.everywhere), term.id, term.version, "review")
    field(page, "unit", term).set_value("EUR")
    press(page, "Save")
    assert "Somebody was faster: dana has changed this term meanwhile" in html(page)
    assert field(page, "unit", term).value == "EUR"
    press(page, "Save over it")
    press(page, "Save")
    assert stored(house, term).unit == "EUR"


def test_deprecating_asks_for_a_successor_or_a_reason(house: Portal, visit: Visit, explain: Explain) -> None:
    term, new = explain("Net sales"), explain("Net revenue")
    page = visit("glossary", term=term.id)
    page.session_state[OPEN] = Step(term, "deprecate")
    press(page.run(), "Deprecate")
    assert "name one, or say a reason" in html(page)
    page.button_group(key=f"glossary_{term.id}_deprecate_replaced_by").set_value(new.id)
    press(page, "Deprecate")
    assert stored(house, term).replaced_by == new.id
    assert "Use Net revenue instead" in names(page)


FILE = b'name,definition,status,color of it\nGross,Better words.,,\nNew one,"A, b.",approved,red\nBad,,nope,\n'


def test_a_file_is_looked_at_row_by_row_and_applied(house: Portal, visit: Visit, explain: Explain) -> None:
    term = explain("Gross")
    page = visit("glossary", part="files")
    page.file_uploader[0].upload("terms.csv", FILE, "text/csv").run()
    story = html(page)
    for words in ("read as this portal&#x27;s CSV", "Unknown columns, kept as other properties: color of it",
                  "is no state of this portal", "<ins>Better words.</ins>"):  # fmt: skip
        assert words in story, words
    assert stored(house, term).definition == term.definition
    press(page, "Add 1 term, change 1")
    assert stored(house, term).definition == "Better words."
    assert {one.name for one in cached_glossary.terms(house, JOB).value or ()} == {"Gross", "New one"}
    assert "unchanged" in html(page)


def test_a_file_that_is_none_is_refused_in_words(house: Portal, visit: Visit) -> None:
    page = visit("glossary", part="files")
    page.file_uploader[0].upload("terms.csv", b"\x00\x01", "text/csv").run()
    assert "This is no text file" in html(page)
    assert "glossary_apply" not in [one.key for one in page.button]


def test_hostile_words_do_nothing_anywhere(house: Portal, visit: Visit, explain: Explain) -> None:
    evil = EVIL[:90]
    fields: dict[str, Any] = {
        **dict.fromkeys(("notes", "domain", "formula", "grain", "unit", "filters", "confusion", "owner"), evil),
        "definition": f"**x** {evil}. {evil}", "acronym": "<script>x</script>", "synonyms": [evil, "<b>"],
        "tags": [evil], "related": [evil], "assets": f"{evil} | {evil}", "sources": f"{evil} | https://x/\"onclick=a",
    }  # fmt: skip
    term = explain(evil, **fields)
    gone = house.glossary.move(JOB, term.id, term.version, "deprecate", {"reason": evil})
    csv = house.glossary_files.export(viewer_of(JOB))
    pages = [visit("glossary"), visit("glossary", q=evil), visit("glossary", domain=evil),
             visit("glossary", term=gone.id), visit("glossary", term=gone.id, edit="1"),
             visit("glossary", term=gone.id, propose="1")]  # fmt: skip
    upload = visit("glossary", part="files")
    pages.append(upload.file_uploader[0].upload("x.csv", csv.replace(b"**x**", b"**y**"), "text/csv").run())
    for page in pages:
        story = html(page)
        for bad in ("<img", "<script", 'javascript:alert(1)"', '"onclick=a"', '<b>"'):
            assert bad not in story
        for link in page.get("page_link"):
            assert "<img" not in link.proto.label.replace("\\<", "")


def test_when_the_store_is_down_the_last_list_stays(
    house: Portal, visit: Visit, explain: Explain, clock: Clock
) -> None:  # fmt: skip
    term = explain("Gross")
    visit("glossary")
    cast(RecordingEngine, house.engine).fail(99, Unavailable("The warehouse does not answer."), on="glossary")
    clock.advance(minutes=3)
    cached_glossary.drop()
    page = visit("glossary")
    assert names(page) == ["Gross"]
    assert "Shown as of" in html(page)
    assert "Shown as of" in html(visit("glossary", term=term.id))
