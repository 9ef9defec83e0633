"""What people find, and how: the dialog over every page, the page of results, the list of what was not found."""

from __future__ import annotations

import re
from html import unescape

import pytest
from streamlit.testing.v1 import AppTest

from data.engines.recording import RecordingEngine
from data.errors import Unavailable
from data.people.model import Actor
from data.portal import Portal
from data.search.log import Searched
from data.tickets.ids import new_id
from tests.pages.conftest import Open, SignIn, Visit
from tests.portals import Clock

EVIL = "<img src=x onerror=alert(1)>"
SHELL = """
from types import SimpleNamespace
import streamlit as st
from components import session
from components.search_dialog import draw_search, draw_tool
from components.search_hits import note_opened

page = SimpleNamespace(url_path=st.session_state.get("at", "roadmap"))
note_opened(session.portal(), page)
draw_tool()
draw_search(page)
"""
"""What `ui.py` draws of the search around every page; AppTest runs pages without it."""


def html(app: AppTest) -> str:
    assert not app.exception
    return "\n".join(element.proto.body for element in app.get("html"))


def links(app: AppTest) -> list[str]:
    return [unescape(href) for href in re.findall(r'<a class="hit[^"]*" href="([^"]*)"', html(app))]


@pytest.fixture
def dialog(house: Portal) -> AppTest:
    page = AppTest.from_string(SHELL, default_timeout=20)
    page.context = {"timezone": "Europe/Berlin"}
    return page.run().button[0].click().run()


def typed(dialog: AppTest, text: str) -> AppTest:
    return dialog.text_input[0].set_value(text).run()


def test_the_dialog_opens_says_what_to_type_and_stays_open(dialog: AppTest) -> None:
    assert "A name, an id such as INC-7K2QF" in html(dialog)
    assert "A name, an id such as INC-7K2QF" in html(dialog.run())


def test_the_dialog_is_left_with_its_page(dialog: AppTest) -> None:
    dialog.session_state["at"] = "messages"
    assert html(dialog.run()) == ""


def test_hits_are_grouped_by_type_while_typing(dialog: AppTest, open_: Open) -> None:
    ticket = open_(title="Sales report is late")
    typed(dialog, "sales")
    assert f"incidents?id={ticket.key}" in links(dialog)
    assert "platform?platform=sales" in links(dialog)
    assert "Incidents <span>1</span>" in html(dialog)
    assert re.search(r'href="search\?q=sales">All [\d,]+ results', html(dialog))


def test_the_page_of_results_says_what_it_shows(visit: Visit, open_: Open) -> None:
    ticket = open_(title="Giraffes are late")
    page = visit("search", q="giraffe")
    assert links(page) == [f"incidents?id={ticket.key}"]
    assert "1 result for <b>giraffe</b> · searched as of 08:30" in html(page)
    assert "<mark>Giraffes</mark> are late" in html(page)


def test_results_are_narrowed_by_type(visit: Visit, open_: Open) -> None:
    open_(title="Giraffes are late")
    improvement = open_(kind="improvement", title="Faster giraffes, please")
    page = visit("search", q="giraffe", type="improvement")
    assert links(page) == [f"improvements?id={improvement.key}"]
    assert len(links(visit("search", q="giraffe", type="<b>"))) == 2
    page.pills[0].set_value("incident").run()
    assert page.query_params["type"] in ("incident", ["incident"])


def test_an_id_leads_straight_to_its_ticket_but_once(visit: Visit, open_: Open) -> None:
    ticket = open_()
    page = visit("search", q=ticket.key.lower())
    assert page.query_params["id"] in (ticket.key, [ticket.key])


def test_what_is_not_there_can_be_asked_for(house: Portal, visit: Visit) -> None:
    page = visit("search", q="giraffe zebra")
    assert "Nothing that you can see has “giraffe zebra”" in html(page)
    assert 'href="report?title=giraffe+zebra"' in html(page)
    assert 'href="glossary?new=1&amp;name=giraffe+zebra"' in html(page)


def test_a_slip_is_told(visit: Visit, open_: Open) -> None:
    open_(title="Giraffes are late")
    page = visit("search", q="giarffes")
    assert "Nothing has <b>giarffes</b>. These have <b>giraffes</b>." in html(page)


@pytest.mark.parametrize("text", ["", " ", '"', "*", "AND", "NEAR(", EVIL, "x" * 10_000, "\x00"])
def test_no_text_breaks_the_page(house: Portal, visit: Visit, text: str) -> None:
    page = visit("search", q=text)
    assert "cannot be shown" not in html(page)
    assert EVIL not in html(page)


def test_hostile_titles_are_text(visit: Visit, open_: Open) -> None:
    open_(title=f"Giraffe {EVIL}", body=EVIL * 3)
    page = visit("search", q="giraffe onerror")
    assert "<mark>Giraffe</mark> &lt;img" in html(page)
    assert EVIL not in html(page)


def test_charlie_finds_only_what_charlie_may_see(visit: Visit, open_: Open, sign_in: SignIn) -> None:
    open_(title="Giraffes are late", sensitive=True)
    sign_in("charlie")
    assert "Nothing that you can see" in html(visit("search", q="giraffe"))
    assert "Nothing that you can see" in html(visit("search", q="salaries"))
    sign_in("alice")
    assert len(links(visit("search", q="giraffe"))) == 1


def test_an_index_that_cannot_be_renewed_says_its_age(
    visit: Visit, open_: Open, house: Portal, clock: Clock, recording: Portal
) -> None:
    open_(title="Giraffes are late")
    assert links(visit("search", q="giraffe"))
    engine = recording.engine
    assert isinstance(engine, RecordingEngine)
    clock.advance(minutes=2)
    engine.fail(1_000, Unavailable("The store is away."), on="status_checks")
    page = visit("search", q="giraffe")
    assert "As of 08:30." in html(page)
    assert links(page)


def logged(house: Portal) -> list[dict[str, object]]:
    house.search.log.write()
    return house.engine.query("SELECT text, hits, opened_type, opened_id FROM search_log").to_pylist()


def test_what_was_opened_from_a_search_is_noted(dialog: AppTest, open_: Open, house: Portal) -> None:
    ticket = open_(title="Giraffes are late")
    typed(dialog, "giraffe").session_state["at"] = "incidents"
    dialog.query_params["id"] = ticket.key
    dialog.run()
    expected = {"text": "giraffe", "hits": 1, "opened_type": "ticket", "opened_id": ticket.id}
    assert logged(house) == [expected]


def test_what_is_typed_on_is_noted_as_one_search(dialog: AppTest, house: Portal) -> None:
    for text in ("gir", "giraf", "giraffe"):
        typed(dialog, text)
    assert [(row["text"], row["hits"]) for row in logged(house)] == [("giraffe", 0)]


def test_owners_read_what_was_not_found(visit: Visit, house: Portal, sign_in: SignIn) -> None:
    for _ in range(2):
        house.search.log.note(Searched(new_id(house.clock()), f"{EVIL[:4]} giraffe", 0))
    house.search.log.write()
    sign_in("bob")
    page = visit("admin", part="missed")
    assert "<td>&lt;img giraffe</td>" in html(page)
    assert "<td>2</td>" in html(page)
    sign_in("charlie")
    assert "giraffe" not in html(visit("admin", part="missed"))


def test_jobs_search_as_everybody_else(house: Portal) -> None:
    assert house.search.find(Actor.job(), "salaries").total == 1
