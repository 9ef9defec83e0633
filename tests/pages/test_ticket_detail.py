"""What people read and do on the page of one ticket."""

from __future__ import annotations

from typing import Any, cast

import pytest
from streamlit.testing.v1 import AppTest

from components.moments import Here
from components.ticket_detail import changed_by, news
from components.ticket_shown import ORDER, ShownTicket
from data.cached import tickets as cached_tickets
from data.engines.recording import RecordingEngine
from data.errors import Unavailable
from data.people.model import Actor
from data.portal import Portal
from data.tickets.kinds import kind_of
from data.tickets.model import Detail, Ticket
from tests.boards import BERLIN
from tests.pages.conftest import ALICE, BOB, CHARLIE, Open, SignIn, Visit
from tests.portals import Clock

EVIL = "<img src=x onerror=alert(1)> [x](javascript:alert(1))"


def html(app: AppTest) -> str:
    assert not app.exception
    return "\n".join(element.proto.body for element in app.get("html"))


def button(app: AppTest, label: str) -> Any:
    return next(one for one in app.button if one.label == label)


def labels(app: AppTest) -> list[str]:
    return [one.label for one in app.button]


STARTED = (("triage", {"priority": 1, "team": "Ingestion"}), ("start", {}))
RESOLVED = (*STARTED, ("resolve", {"reason": "fixed", "note": "The disk was full."}))


def seen(house: Portal, ticket: Ticket, actor: Actor = BOB) -> Detail:
    return house.tickets.lists.detail(actor, ticket.key)


def test_the_timeline_tells_the_story_in_order(house: Portal, visit: Visit, open_: Open) -> None:
    page = html(visit("incidents", id=open_(*RESOLVED).key))
    story = [
        "Nothing since <em>Sunday</em>",
        "triaged it: Team Ingestion",
        "started work",
        "resolved it: Fixed",
        "The disk",
    ]
    places = [page.index(part) for part in story]
    assert places == sorted(places)


def test_text_of_people_is_drawn_harmless(house: Portal, visit: Visit, open_: Open) -> None:
    ticket = open_(title=EVIL, body=EVIL)
    house.tickets.talk.comment(CHARLIE, ticket.id, EVIL)
    page = html(visit("incidents", id=ticket.key))
    assert "<img" not in page
    assert "javascript:" not in page.replace("(javascript:alert(1))", "")


def test_charlie_reads_no_internal_note_and_staff_sees_it_marked(
    house: Portal, visit: Visit, open_: Open, sign_in: SignIn
) -> None:
    ticket = open_(*STARTED)
    house.tickets.talk.comment(BOB, ticket.id, "the vendor is slow", internal=True)
    sign_in("charlie")
    assert "the vendor is slow" not in html(visit("incidents", id=ticket.key))
    sign_in("bob")
    page = html(visit("incidents", id=ticket.key))
    assert "Only staff see this" in page[: page.index("the vendor is slow")]


@pytest.mark.parametrize("key", ["INC-00000", "nonsense", "<b>"])
def test_what_does_not_exist_and_what_may_not_be_known_look_alike(
    house: Portal, visit: Visit, open_: Open, sign_in: SignIn, key: str
) -> None:
    secret = open_(sensitive=True)
    sign_in("charlie")
    pages = [html(visit("incidents", id=one)) for one in (key, secret.key)]
    assert pages[0] == pages[1]
    assert "There is nothing here that you can see" in pages[0]


def test_everybody_gets_the_moves_that_are_theirs(house: Portal, visit: Visit, open_: Open, sign_in: SignIn) -> None:
    ticket = open_(*RESOLVED)
    offered = {}
    for name in ("alice", "bob", "charlie"):
        sign_in(name)
        shown = labels(visit("incidents", id=ticket.key))
        offered[name] = {label for label in shown if "fixed" in label or label in {"Internal note", "Just a comment"}}
    assert offered == {
        "alice": {"Confirm it is fixed", "Not fixed, reopen", "Just a comment"},
        "bob": {"Confirm it is fixed", "Internal note"},
        "charlie": set(),
    }  # fmt: skip


def test_a_comment_is_sent_to_whom_the_button_names(house: Portal, visit: Visit, open_: Open, sign_in: SignIn) -> None:
    ticket = open_(*STARTED)
    house.tickets.talk.watch(CHARLIE, ticket.id, True)
    sign_in("bob")
    app = visit("incidents", id=ticket.key)
    app.text_area[0].set_value("On it")
    button(app, "Send to alice + 1 watcher").click().run()
    assert [c.body for c in seen(house, ticket).comments] == ["On it"]
    assert app.text_area[0].value == ""
    assert "On it" in html(app)


def test_a_note_and_a_reply_are_two_drafts(house: Portal, visit: Visit, open_: Open, sign_in: SignIn) -> None:
    ticket = open_(*STARTED)
    sign_in("bob")
    app = visit("incidents", id=ticket.key)
    app.text_area[0].set_value("for alice").run()
    button(app, "Internal note").click().run()
    assert app.text_area[0].value == ""
    app.text_area[0].set_value("for us").run()
    button(app, "Save note for staff").click().run()
    assert [(c.body, c.internal) for c in seen(house, ticket).comments] == [("for us", True)]
    button(app, "Reply").click().run()
    assert app.text_area[0].value == "for alice"


def test_a_refused_comment_says_why_and_keeps_the_text(house: Portal, visit: Visit, open_: Open) -> None:
    ticket = open_()
    app = visit("incidents", id=ticket.key)
    app.text_area[0].set_value("x" * 4001)
    next(one for one in app.button if one.label.startswith("Send to")).click().run()
    assert "at most 4,000 fit" in html(app)
    assert len(app.text_area[0].value) == 4001


def test_a_store_that_fails_loses_no_draft_and_repeats_no_comment(house: Portal, visit: Visit, open_: Open) -> None:
    ticket = open_()
    app = visit("incidents", id=ticket.key)
    engine = cast(RecordingEngine, house.engine)
    engine.fail(1, Unavailable("The warehouse does not answer."), "INTO watchers")
    app.text_area[0].set_value("important")
    next(one for one in app.button if one.label.startswith("Send to")).click().run()
    assert "The warehouse does not answer" in html(app)
    assert app.text_area[0].value == "important"
    for _ in range(2):
        next(one for one in app.button if one.label.startswith("Send to")).click().run()
    assert [c.body for c in seen(house, ticket).comments] == ["important"]


def test_the_requester_says_whether_it_is_fixed(house: Portal, visit: Visit, open_: Open, sign_in: SignIn) -> None:
    ticket = open_(*RESOLVED)
    sign_in("alice")
    app = visit("incidents", id=ticket.key)
    app.text_area[0].set_value("Thank you!")
    button(app, "Just a comment").click().run()
    assert seen(house, ticket).ticket.state == "resolved"
    app.text_area[0].set_value("Monday is still missing")
    button(app, "Not fixed, reopen").click().run()
    assert seen(house, ticket).ticket.state == "in_progress"
    assert "Monday is still missing" in html(app)


def test_what_is_closed_can_be_read_not_answered(house: Portal, visit: Visit, open_: Open, sign_in: SignIn) -> None:
    ticket = open_(*RESOLVED)
    house.tickets.move(ALICE, ticket.id, ticket.version, "confirm")
    sign_in("alice")
    app = visit("incidents", id=ticket.key)
    assert len(app.text_area) == 0
    assert "it can be read, not answered" in html(app)
    assert any("new=1" in link.proto.query_string for link in app.get("page_link"))


def test_a_move_asks_its_questions_and_tells_what_is_missing(house: Portal, visit: Visit, open_: Open) -> None:
    ticket = open_(*STARTED)
    app = visit("incidents", id=ticket.key)
    button(app, "Resolve").click().run()
    app.button(key=f"step_{ticket.id}_resolve_go").click().run()
    assert html(app).count("Please fill this in.") == 2
    app.selectbox(key=f"step_{ticket.id}_resolve_reason").set_value("fixed")
    app.text_area(key=f"step_{ticket.id}_resolve_note").set_value("Done").run()
    app.button(key=f"step_{ticket.id}_resolve_go").click().run()
    assert seen(house, ticket).ticket.state == "resolved"


def test_who_comes_second_is_told_and_keeps_the_words(house: Portal, visit: Visit, open_: Open, clock: Clock) -> None:
    ticket = open_(*STARTED)
    app = visit("incidents", id=ticket.key)
    button(app, "Resolve").click().run()
    app.selectbox(key=f"step_{ticket.id}_resolve_reason").set_value("fixed")
    app.text_area(key=f"step_{ticket.id}_resolve_note").set_value("Kept words").run()
    clock.advance(minutes=1)
    house.tickets.move(BOB, ticket.id, ticket.version, "prioritise", {"priority": 2, "note": "fewer people"})
    app.button(key=f"step_{ticket.id}_resolve_go").click().run()
    page = html(app)
    assert "Somebody was faster: bob" in page
    assert "bob changed the priority: P1 → P2." in page
    button(app, "Reload").click().run()
    assert app.text_area(key=f"step_{ticket.id}_resolve_note").value == "Kept words"
    app.button(key=f"step_{ticket.id}_resolve_go").click().run()
    assert seen(house, ticket).ticket.state == "resolved"


def test_a_vote_is_mine_until_i_take_it_back(
    house: Portal, visit: Visit, open_: Open, sign_in: SignIn, clock: Clock
) -> None:
    ticket = open_()
    sign_in("charlie")
    app = visit("incidents", id=ticket.key)
    button(app, "Me too").click().run()
    assert [vote.person for vote in seen(house, ticket).votes] == ["charlie@example.org"]
    clock.advance(seconds=5)
    app.text_input(key=f"t_impact_{ticket.id}").set_value("No mail goes out").run()
    assert seen(house, ticket).votes[0].note == "No mail goes out"
    assert "1 affected" in html(app)
    clock.advance(seconds=5)
    button(app, "Me too").click().run()
    assert seen(house, ticket).votes == ()


def test_it_says_when_somebody_changed_it_meanwhile(house: Portal, visit: Visit, open_: Open, clock: Clock) -> None:
    ticket = open_(*STARTED)
    shown = seen(house, ticket)
    clock.advance(minutes=1)
    house.tickets.move(BOB, ticket.id, ticket.version, "resolve", {"reason": "fixed", "note": "Done"})
    cached_tickets.drop()
    view = ShownTicket(house, BOB, kind_of("incident"), shown, Here(clock(), BERLIN))
    now = seen(house, ticket).ticket
    assert (changed_by(view, now), news(view, now)) == (
        "bob changed this", "It is now Resolved. What you wrote is kept below."
    )  # fmt: skip


def test_links_lead_to_the_other_ticket_and_can_be_removed(house: Portal, visit: Visit, open_: Open) -> None:
    ticket, other = open_(), open_(title="Orders job fails")
    app = visit("incidents", id=ticket.key)
    app.text_input(key=f"t_other_{ticket.id}").set_value(other.key.lower())
    button(app, "Link").click().run()
    assert [link.other.id for link in seen(house, ticket).links] == [other.id]
    assert f"id={other.key}" in [link.proto.query_string for link in app.get("page_link")]
    next(one for one in app.button if one.key and one.key.startswith("bare_unlink")).click().run()
    assert seen(house, ticket).links == ()


def test_merged_tickets_say_so_on_both_sides(house: Portal, visit: Visit, open_: Open) -> None:
    ticket, kept = open_(), open_(title="Orders job fails")
    house.tickets.move(BOB, ticket.id, ticket.version, "merge", {"merged_into": kept.key})
    assert f"Merged into {kept.key}: Orders job fails." in html(visit("incidents", id=ticket.key))
    app = visit("incidents", id=kept.key)
    assert f"id={ticket.key}" in [link.proto.query_string for link in app.get("page_link")]


def test_what_hangs_together_in_several_ways_is_shown_once_for_each(house: Portal, visit: Visit, open_: Open) -> None:
    ticket, kept = open_(), open_(title="Orders job fails")
    for kind in ("duplicate", "related", "caused_by"):
        house.tickets.link(BOB, ticket.id, kept.key, kind)
    house.tickets.move(BOB, ticket.id, seen(house, ticket).ticket.version, "merge", {"merged_into": kept.key})
    app = visit("incidents", id=kept.key)
    assert "cannot be shown" not in html(app)
    words = [link.help for link in app.get("page_link") if link.proto.query_string == f"id={ticket.key}"]
    assert sorted(words) == ["Causes", "Merged into this", "Related"]


def test_previous_and_next_follow_the_list_one_came_from(house: Portal, visit: Visit, open_: Open) -> None:
    first, second = open_(), open_(title="Orders job fails")
    app = visit("incidents", id=first.key)
    app.session_state[ORDER] = [first.key, second.key]
    app.run()
    app.button(key=f"bare_Next_{first.id}").click().run()
    assert app.query_params["id"] == second.key
    assert "Orders job fails" in html(app)


def test_a_warm_page_asks_the_store_nothing(house: Portal, visit: Visit, open_: Open) -> None:
    key = open_(*RESOLVED).key
    visit("incidents", id=key)
    engine = cast(RecordingEngine, house.engine)
    before = len(engine.calls)
    visit("incidents", id=key)
    assert len(engine.calls) == before
