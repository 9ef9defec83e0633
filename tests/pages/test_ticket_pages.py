"""What people and staff see and do in the lists of tickets, as the address says it."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import pyarrow as pa
import pytest
from streamlit.testing.v1 import AppTest

from components.ticket_shown import ORDER
from data.cached import tickets as cached_tickets
from data.engines.recording import RecordingEngine
from data.errors import Unavailable
from data.portal import Portal
from data.tickets.ids import new_id
from data.tickets.model import Draft, Query
from data.tickets.rows import ticket_row
from data.tickets.visibility import viewer_of
from tests.pages.conftest import ALICE, BOB, CHARLIE, Open, SignIn, Visit
from tests.portals import NOW, Clock

STARTED = (("triage", {"priority": 1, "team": "Ingestion"}), ("start", {}))
RESOLVED = (*STARTED, ("resolve", {"reason": "fixed", "note": "The disk was full."}))
ACCESS = {"dataset": "finance.gl", "access": "read", "purpose": "month-end closing", "duration": "year"}


def html(app: AppTest) -> str:
    assert not app.exception
    return "\n".join(element.proto.body for element in app.get("html"))


def titles(app: AppTest) -> list[str]:
    """Of the tickets listed, in order."""
    assert not app.exception
    return [
        one.proto.label.partition(":small")[0].replace("\\", "")
        for one in app.get("page_link")
        if "id=" in one.proto.query_string
    ]


def views(app: AppTest) -> list[str]:
    return list(app.segmented_control(key="list_view").options)


@pytest.fixture
def busy(open_: Open, sign_in: SignIn, clock: Clock) -> None:
    """Three of alice's incidents, one of them resolved, and one that charlie may not know of; a minute apart."""
    sign_in("bob")
    for moves, parts in (
        ((), {"title": "Late orders", "platform_id": "sales"}),
        (STARTED, {"title": "Gateway drops", "platform_id": "gateway", "urgency": "week"}),
        (RESOLVED, {"title": "Old cause", "platform_id": "sales"}),
        ((), {"title": "Salaries of everybody", "platform_id": "gateway", "sensitive": True}),
    ):
        open_(*moves, **parts)
        clock.advance(minutes=1)


@pytest.mark.usefixtures("busy")
def test_staff_open_with_their_queue_by_what_is_due(visit: Visit) -> None:
    app = visit("incidents")
    assert views(app) == [
        "My queue 1", "Unassigned 2", "All open 3", "Overdue 0", "Resolved this week 1",
    ]  # fmt: skip
    assert titles(app) == ["Gateway drops"]
    assert "3 open" in html(app)
    assert titles(visit("incidents", view="open")) == ["Late orders", "Gateway drops", "Salaries of everybody"]
    assert titles(visit("incidents", view="week")) == ["Old cause"]


@pytest.mark.usefixtures("busy")
def test_people_see_what_is_open_and_what_is_theirs(visit: Visit, sign_in: SignIn) -> None:
    sign_in("alice")
    app = visit("incidents", view="mine")
    assert views(app) == ["Mine 3", "All open 3", "Resolved this week 1"]
    assert set(titles(app)) == {"Gateway drops", "Late orders", "Salaries of everybody"}
    assert not app.checkbox


@pytest.mark.usefixtures("busy")
def test_what_may_not_be_known_is_in_no_list_number_or_file(house: Portal, visit: Visit, sign_in: SignIn) -> None:
    sign_in("charlie")
    app = visit("incidents")
    assert views(app) == ["Mine 0", "All open 2", "Resolved this week 1"]
    assert titles(app) == ["Gateway drops", "Late orders"]
    for query in ({"q": "salaries"}, {"state": "new", "platform": "gateway"}, {"view": "mine"}):
        found = visit("incidents", **query)
        assert titles(found) == []
        assert "alaries of everybody" not in html(found)
    file = house.tickets.lists.csv(viewer_of(CHARLIE), Query(kind="incident"))
    assert b"Salaries" not in file
    assert b"Late orders" in file


@pytest.mark.usefixtures("busy")
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"view": "open", "q": "gate"}, ["Gateway drops"]),
        ({"view": "open", "q": "alice late"}, ["Late orders"]),
        ({"view": "open", "platform": "sales"}, ["Late orders"]),
        ({"view": "open", "state": "in_progress"}, ["Gateway drops"]),
        ({"view": "open", "state": "resolved,new", "platform": "sales"}, ["Late orders", "Old cause"]),
        ({"view": "triage", "sort": "created"}, ["Salaries of everybody", "Late orders"]),
        ({"view": "nonsense", "state": "nonsense", "priority": "x", "sort": "drop"}, ["Gateway drops"]),
    ],
)
def test_the_address_says_what_is_listed(visit: Visit, query: dict[str, str], found: list[str]) -> None:
    app = visit("incidents", **query)
    assert titles(app) == found
    assert len(app.session_state[ORDER]) == len(found)


@pytest.mark.usefixtures("busy")
def test_choosing_a_view_changes_the_address_and_drops_the_filters(visit: Visit) -> None:
    app = visit("incidents", view="open", q="gate", priority="1")
    app.segmented_control(key="list_view").set_value("week").run()
    assert titles(app) == ["Old cause"]
    assert dict(app.query_params) == {"view": "week"}
    app.text_input(key="list_q").set_value("nothing like it").run()
    assert dict(app.query_params) == {"view": "week", "q": "nothing like it"}


@pytest.mark.usefixtures("busy")
def test_a_list_that_filters_emptied_says_so_and_can_be_cleared(visit: Visit) -> None:
    app = visit("incidents", view="open", q="nothing like it")
    assert "Nothing in this view" in html(app)
    assert "3 are open in all." in html(app)
    assert len(titles(app.button(key="list_clear_empty").click().run())) == 3


def test_an_empty_queue_leads_to_what_waits_elsewhere(open_: Open, visit: Visit, sign_in: SignIn) -> None:
    sign_in("bob")
    open_(title="Late orders")
    app = visit("incidents", view="queue")
    assert "Your queue is empty" in html(app)
    assert "1 in Unassigned." in html(app)
    assert titles(app.button(key="list_other").click().run()) == ["Late orders"]


@pytest.mark.usefixtures("busy")
def test_a_warm_list_asks_the_store_nothing(house: Portal, visit: Visit) -> None:
    visit("incidents", view="open")
    before = len(cast(RecordingEngine, house.engine).calls)
    visit("incidents", view="open")
    assert len(cast(RecordingEngine, house.engine).calls) == before


@pytest.mark.usefixtures("busy")
def test_when_the_store_fails_the_last_list_stays_under_a_banner(house: Portal, visit: Visit, clock: Clock) -> None:
    visit("incidents", view="open")
    cached_tickets.drop()
    cast(RecordingEngine, house.engine).fail(99, Unavailable("The warehouse does not answer."))
    clock.advance(minutes=14)
    app = visit("incidents", view="open")
    assert len(titles(app)) == 3
    assert "The warehouse does not answer." in html(app)
    assert "Shown as of " in html(app)


def test_without_any_list_the_page_says_why(house: Portal, visit: Visit, sign_in: SignIn) -> None:
    sign_in("bob")
    visit("status")
    cast(RecordingEngine, house.engine).fail(99, Unavailable("The warehouse does not answer."))
    assert "Incidents cannot be shown now" in html(visit("incidents"))


@pytest.mark.usefixtures("busy")
def test_many_are_assigned_at_once_and_the_row_says_so(house: Portal, visit: Visit) -> None:
    app = visit("incidents", view="open")
    for box in app.checkbox:
        box.check()
    app.run()
    assert "<b>3 selected</b>" in html(app)
    assert "1 skipped by Close" in html(app)
    app.button(key="bulk_assign").click().run()
    app.selectbox(key="step_many_assign_assignee").set_value(BOB.email)
    app.button(key="step_many_assign_go").click().run()
    page = house.tickets.lists.page(viewer_of(BOB), Query(kind="incident", assignee=BOB.email))
    assert {ticket.title for ticket in page.tickets} == {
        "Late orders", "Gateway drops", "Salaries of everybody", "Old cause",
    }  # fmt: skip
    assert views(visit("incidents"))[:2] == ["My queue 3", "Unassigned 0"]


@pytest.mark.usefixtures("busy")
def test_a_selection_is_cleared_and_the_bar_goes(visit: Visit) -> None:
    app = visit("incidents", view="open")
    app.checkbox[0].check().run()
    app.button(key="bulk_clear").click().run()
    assert not any(box.value for box in app.checkbox)
    assert "selected" not in html(app)


@pytest.mark.usefixtures("busy")
def test_j_and_k_walk_through_the_rows(visit: Visit) -> None:
    app = visit("incidents", view="open")
    order = app.session_state[ORDER]
    walked = []
    for key in ("list_j", "list_j", "list_j", "list_j", "list_k"):
        app.button(key=key).click().run()
        walked.append(order.index(app.session_state["list_cursor"]))
    assert walked == [0, 1, 2, 2, 1]
    assert html(app).count(" cursor") == 1


def test_a_long_list_is_read_page_by_page_and_shows_each_once(
    house: Portal, open_: Open, visit: Visit, sign_in: SignIn
) -> None:
    sign_in("bob")
    first = open_()
    copies = (replace(first, id=new_id(NOW), key=f"INC-{n:05}", title=f"Report {n:02}") for n in range(51))
    columns = house.engine.columns("tickets")
    house.engine.append("tickets", pa.Table.from_pylist([ticket_row(ticket) for ticket in copies], columns))
    app = visit("incidents", view="open")
    assert (len(titles(app)), "50 shown, there are more" in html(app)) == (50, True)
    app.button(key="list_more").click().run()
    assert len(set(titles(app))) == len(titles(app)) == 52
    assert "All 52 shown" in html(app)


@pytest.mark.usefixtures("busy")
def test_a_view_is_saved_under_a_name_shown_and_removed(house: Portal, visit: Visit) -> None:
    app = visit("incidents", view="open", platform="sales")
    app.session_state["save_view"] = True
    app.run()
    app.text_input(key="view_name").set_value(" ")
    app.button(key="view_save").click().run()
    assert "please fill this in" in html(app).lower()
    app.text_input(key="view_name").set_value("Sales only")
    app.button(key="view_save").click().run()
    (saved,) = house.tickets.views.of(BOB, "incident")
    assert (saved.query, saved.shared) == ("view=open&platform=sales", False)
    assert views(app)[-1] == "Sales only"
    assert app.segmented_control(key="list_view").value == f"saved-{saved.id}"
    later = visit("incidents")
    later.segmented_control(key="list_view").set_value(f"saved-{saved.id}").run()
    assert titles(later) == ["Late orders"]
    app.button(key=f"view_remove_{saved.id}").click().run()
    assert "Sales only" not in views(app)


def test_ideas_are_cards_with_a_vote_and_the_most_wanted_first(
    house: Portal, open_: Open, visit: Visit, sign_in: SignIn, clock: Clock
) -> None:
    words = {"kind": "improvement", "impact": None, "urgency": None, "body": "Today I wait for hours."}
    quiet = open_(title="Keep three years of it", **words)
    clock.advance(minutes=1)
    wanted = open_(title="Refresh every half hour", platform_id="sales", **words)
    house.tickets.talk.vote(BOB, wanted.id, True)
    sign_in("charlie")
    app = visit("improvements")
    assert titles(app) == ["Refresh every half hour", "Keep three years of it"]
    app.button(key=f"vote_box_open_{quiet.id}").click().run()
    assert app.button(key=f"vote_box_mine_{quiet.id}").label == "2"
    assert "You backed 1 idea: 1 New." in html(app)
    assert titles(visit("improvements", view="votes")) == ["Keep three years of it"]
    assert titles(app.button(key="idea_of_sales").click().run()) == ["Refresh every half hour"]
    assert dict(app.query_params) == {"platform": "sales"}


def test_an_idea_begun_in_the_prompt_goes_on_in_the_form(house: Portal, visit: Visit, sign_in: SignIn) -> None:
    sign_in("charlie")
    app = visit("improvements")
    assert "No ideas yet" in html(app)
    app.text_input(key="prompt_title").set_value("Export to Excel, please")
    app.button(key="prompt_send").click().run()
    assert dict(app.query_params) == {"new": "1", "title": "Export to Excel, please"}
    assert "Export to Excel, please" in [field.value for field in app.text_input]


@pytest.mark.usefixtures("busy")
def test_one_page_for_each_kind_leads_to_list_ticket_form_and_catalogue(
    house: Portal, visit: Visit, sign_in: SignIn
) -> None:
    key = visit("incidents", view="week").session_state[ORDER][0]
    assert "Old cause" in html(visit("incidents", id=key))
    assert visit("incidents", new="1").text_input
    house.tickets.open(
        ALICE,
        Draft(
            id=new_id(house.clock()), kind="request", title="", template="access", fields=ACCESS, platform_id="sales"
        ),
    )
    assert "list_view" not in [one.key for one in visit("requests").segmented_control]
    assert titles(visit("requests", view="open")) == ["Access to finance.gl"]
    sign_in("charlie")
    assert titles(visit("requests", view="open")) == []
    sign_in("alice")
    assert titles(visit("requests", view="mine")) == ["Access to finance.gl"]


@pytest.mark.usefixtures("busy")
def test_my_tickets_shows_each_once_where_it_matters_most(house: Portal, visit: Visit, sign_in: SignIn) -> None:
    sign_in("bob")
    app = visit("mine")
    assert "Assigned to you" in html(app)
    assert titles(app)[0] == "Gateway drops"
    assert len(titles(app)) == len(set(titles(app)))
    assert "You have not reported anything yet." in html(app)
    sign_in("charlie")
    ticket = house.tickets.lists.page(viewer_of(BOB), Query(search="late orders")).tickets[0]
    house.tickets.talk.vote(CHARLIE, ticket.id, True)
    cached_tickets.drop()
    assert titles(visit("mine")) == ["Late orders"]
