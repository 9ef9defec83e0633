"""The documentation as its readers see it: what is so right now, what is hidden, what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from data import cached, doorway
from data.docs.tree import pack
from data.portal import Portal
from data.settings import Settings
from data.tickets.ids import new_id
from tests.pages.conftest import BOB, SignIn, Visit
from tests.portals import Clock

PAGES = {
    "index.md": "# Start <b>here</b>\n\nSee [sales](sales.md) and [payroll](payroll.md).\n",
    "sales.md": "---\nplatforms: [sales, payroll]\nassets: [orders, salaries]\nowner: bob\nreview-by: 2026-11-01\n---\n"
    "# Sales\n\n## One\n\n## Two\n\n![x](nothing.png)\n",
    "payroll.md": "---\nrole: triager\n---\n# Secret payroll\n",
    "empty.md": "",
    "second.md": "# Second\n\nThe start of it.\n",
}


@pytest.fixture
def docs(house: Portal, tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    for name, text in PAGES.items():
        (folder / name).write_text(text)
    return folder


@pytest.fixture
def read(docs: Path, sign_in: SignIn, visit: Visit, house: Portal) -> Visit:
    """Somebody opens a page."""
    doorway.enter(house.replace(settings=Settings(home=house.settings.home, trust_proxy=True, docs=docs)))

    def at(who: str, **query: str) -> AppTest:
        sign_in(who)
        return visit("docs", **query)

    return at


def html(app: AppTest) -> str:
    assert not app.exception
    return "".join(element.proto.body for element in app.get("html"))


def test_a_page_has_its_title_contents_and_neighbours(read: Visit) -> None:
    found = html(read("charlie", page="index.md"))
    assert '<h1 dir="auto">Start here</h1>' in found
    assert 'href="docs?page=index.md" aria-current="page"' in found
    assert '<a class="next" href="docs?page=empty.md">' in found


def test_without_an_address_the_first_page_is_shown(read: Visit) -> None:
    assert "Start here</h1>" in html(read("charlie"))


def test_what_is_so_right_now_is_shown_of_the_platforms_that_the_reader_sees(read: Visit) -> None:
    found = html(read("charlie", page="sales.md"))
    assert 'href="platform?platform=sales">Sales *mart*</a><span class="pill yellow">' in found
    assert "Orders are fresh" in found
    assert "Late, data to 05:29" in found
    assert "Payroll" not in found
    assert "Salaries" not in found
    assert "Salaries are fresh" in html(read("bob", page="sales.md"))


def test_a_page_whose_review_is_overdue_says_so(read: Visit) -> None:
    assert "It was to be reviewed by 1 Nov. bob looks after it." in html(read("charlie", page="sales.md"))


def test_charlie_finds_no_trace_of_a_page_for_another_role(read: Visit) -> None:
    found = html(read("charlie", page="index.md"))
    assert "payroll.md" not in found
    assert "Secret" not in found
    hidden, nothing = (html(read("charlie", page=path)) for path in ("payroll.md", "nothing.md"))
    assert "There is nothing here that you can see" in hidden
    assert hidden == nothing
    assert "Secret payroll</h1>" in html(read("bob", page="payroll.md"))


def test_a_page_without_text_says_so(read: Visit) -> None:
    assert "Nobody has written anything here yet." in html(read("charlie", page="empty.md"))


def test_a_reader_whom_a_page_did_not_help_gets_a_report_that_is_filled_in(read: Visit) -> None:
    app = read("charlie", page="sales.md")
    [link] = [one.proto for one in app.get("page_link") if one.proto.label == "No, tell us"]
    assert "title=Docs%3A+Sales" in link.query_string
    assert "platform=sales" in link.query_string


def test_thanks_are_counted_and_kept(read: Visit) -> None:
    app = read("charlie", page="sales.md")
    app.button(key="docs_yes").click().run()
    assert "Thank you" in html(app)
    cached.drop()
    report = html(read("bob", report="1"))
    assert "1 thank-you from readers" in report


def test_owners_see_what_is_wrong_and_charlie_does_not(read: Visit) -> None:
    found = html(read("bob", report="1"))
    assert "nothing.png: There is no such page." in found
    assert "Sales, which bob looks after, was to be reviewed by 01 Nov 2026." in found
    refused = html(read("charlie", report="1"))
    assert "This page is not for you" in refused
    assert "nothing.png" not in refused
    assert "report=1" not in html(read("charlie", page="index.md"))


def test_a_folder_that_is_not_there_leaves_the_page_standing(read: Visit, house: Portal, tmp_path: Path) -> None:
    doorway.enter(house.replace(settings=Settings(home=house.settings.home, trust_proxy=True, docs=tmp_path / "none")))
    assert "There is no documentation to show yet" in html(read("charlie", page="index.md"))


def test_a_word_of_the_glossary_is_explained_to_those_who_see_it(read: Visit, house: Portal, clock: Clock) -> None:
    given = {"name": "Start", "definition": "Where *it* begins. Then more.", "steward": "bob@example.org"}
    term = house.glossary.add(BOB, new_id(clock()), given)
    assert "term-card" not in html(read("charlie", page="empty.md"))
    house.glossary.move(BOB, term.id, term.version, "approve", {})
    cached.drop()
    found = html(read("charlie", page="second.md"))
    assert f'href="glossary?term={term.id}"' in found
    assert '<span class="term-says">Where it begins.</span>' in found
    assert f'<a class="chip" href="glossary?term={term.id}">Start</a>' in found


def test_a_failed_pull_is_told_above_the_page(read: Visit, house: Portal, clock: Clock, tmp_path: Path) -> None:
    settings = Settings(home=house.settings.home, trust_proxy=True, docs_repository="https://example.org/docs.git")
    portal = house.replace(settings=settings)
    portal.docs.store.publish(pack({"index.md": b"# Pulled"}, "", {}, ()), "a41c9e2f00", "main", clock())
    clock.advance(minutes=20)
    portal.docs.store.failed("Git says: <i>gone</i>", clock())
    doorway.enter(portal)
    cached.drop()
    found = html(read("charlie", page="index.md"))
    assert "Pulled</h1>" in found
    assert "<code>a41c9e2f</code>" in found
    assert "The newest version could not be pulled: Git says: &lt;i&gt;gone&lt;/i&gt;" in found
