"""The story of a ticket in words: who wrote what to whom, and what was done."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import pytest

from components.ticket_answers import told
from components.ticket_asset import days_html, hue_of, sentence
from components.ticket_composer import audience, way_back
from components.ticket_events import event_words, tells
from components.ticket_moves import ends
from components.ticket_shown import ShownTicket
from components.ticket_side import progress_html
from components.ticket_timeline import comment_html, told_html, tombstone_html
from data.audit.model import AuditEvent
from data.people.model import Actor, Role
from data.portal import Portal
from data.tickets.answers import Question
from data.tickets.kinds import KINDS, kind_of
from data.tickets.model import Comment, Detail, Right, Ticket, Watcher
from tests.boards import AT, HERE, HOUR, M, day, strip
from tests.components.test_ticket_marks import a_ticket

ALICE, BOB, CHARLIE = (f"{name}@example.org" for name in ("alice", "bob", "charlie"))


def shown(ticket: Ticket, *rights: Right, me: str = BOB, **parts: Any) -> ShownTicket:
    around = dict.fromkeys(
        ("comments", "events", "votes", "watchers", "links", "merged", "attachments", "approvals"), ()
    )
    detail = Detail(ticket=ticket, rights=frozenset(rights), **cast(Any, around | parts))
    actor = Actor(email=me, name=me, everywhere=Role.contributor)
    return ShownTicket(cast(Portal, None), actor, kind_of(ticket.kind), detail, HERE)


def an_event(name: str, old: Any = None, new: Any = None, **parts: Any) -> AuditEvent:
    around: dict[str, Any] = {"actor": BOB, "at": AT, "reason": None}
    return AuditEvent(
        id="e", door="page", action=f"ticket:{name}", object_type="ticket", object_id="t", platform_id=None, old=old,
        new=new, **(around | parts),
    )  # fmt: skip


def a_comment(**parts: Any) -> Comment:
    usual: dict[str, Any] = {
        "id": "c", "ticket_id": "t", "body": "Hello", "author": CHARLIE, "internal": False, "by_staff": False,
        "state": "shown", "reason": None, "version": 1, "created_at": AT, "updated_at": AT, "updated_by": CHARLIE,
    }  # fmt: skip
    return Comment(**(usual | parts))


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (an_event("prioritise", {"priority": 2}, {"priority": 1}), "changed the priority: P2 → P1"),
        (an_event("assign", {"assignee": None}, {"assignee": ALICE}), "assigned it: alice"),
        (an_event("start", {"state": "triaged"}, {"state": "in_progress", "assignee": BOB}), "started work"),
        (an_event("hold", {}, {"hold_reason": "vendor", "state": "triaged"}), "put it on hold: a vendor"),
        (an_event("promise", {}, {"next_update_at": (AT + 18 * M).isoformat()}), "promised the next update: 08:30"),
        (an_event("resolve", {}, {"reason": "fixed"}), "resolved it: Fixed"),
        (an_event("assign", {"team": "A"}, {"team": None}), "assigned it"),
        (an_event("link"), "linked a ticket"),
        (an_event("some_new_deed"), "some new deed"),
    ],
)
def test_an_event_is_one_sentence(event: AuditEvent, words: str) -> None:
    assert event_words(kind_of("incident"), event, HERE)[1] == words


def test_what_the_timeline_shows_otherwise_is_not_told_twice() -> None:
    assert [tells(an_event(name)) for name in ("open", "comment", "vote", "resolve")] == [False, False, False, True]


def test_a_deed_with_a_note_is_a_message_and_one_of_the_portal_a_line() -> None:
    view = shown(a_ticket())
    assert "<article" in told_html(view, an_event("resolve", reason="The **disk** was full"))
    assert "<strong>disk</strong>" in told_html(view, an_event("resolve", reason="The **disk** was full"))
    assert told_html(view, an_event("recover", actor="portal", reason="<green> again")).startswith(
        '<div class="event">'
    )
    assert "&lt;green&gt;" in told_html(view, an_event("recover", actor="portal", reason="<green> again"))


def test_a_comment_says_who_wrote_it_to_whom_and_that_it_was_edited() -> None:
    view = shown(a_ticket(team="Ingestion"))
    internal = comment_html(view, a_comment(internal=True, by_staff=True, edited=True))
    assert all(part in internal for part in ("say internal", "Only staff see this", "Ingestion", "edited"))
    assert "requester" in comment_html(view, a_comment(author=ALICE))
    assert "Only staff" not in comment_html(view, a_comment())


def test_what_was_taken_back_leaves_a_mark_but_no_words() -> None:
    view = shown(a_ticket())
    gone = a_comment(state="deleted")
    hidden = a_comment(state="hidden", reason="a <password>", updated_by=BOB)
    assert "<b>charlie</b> deleted their comment" in tombstone_html(view, gone)
    assert "<b>bob</b> hid a comment of charlie: a &lt;password&gt;" in tombstone_html(view, hidden)
    assert "Hello" not in tombstone_html(view, gone) + tombstone_html(view, hidden)


@pytest.mark.parametrize(
    ("me", "watchers", "assignee", "words"),
    [
        (BOB, [], None, "alice"),
        (BOB, [ALICE, BOB], BOB, "alice"),
        (BOB, [ALICE, CHARLIE], BOB, "alice + 1 watcher"),
        (ALICE, [ALICE, BOB, CHARLIE], BOB, "bob + 1 watcher"),
        (ALICE, [ALICE], None, "the team"),
        (CHARLIE, ["dana@example.org", "eve@example.org"], BOB, "alice + 3 watchers"),
        (BOB, ["portal"], None, "alice"),
    ],
)
def test_the_button_names_who_is_told(me: str, watchers: list[str], assignee: str | None, words: str) -> None:
    following = tuple(Watcher(person, "asked") for person in watchers)
    assert audience(shown(a_ticket(assignee=assignee), me=me, watchers=following)) == words


def test_votes_for_ideas_are_not_told_of_comments() -> None:
    voter = (Watcher(CHARLIE, "vote"),)
    assert audience(shown(a_ticket("improvement"), watchers=voter)) == "alice"
    assert audience(shown(a_ticket("incident"), watchers=voter)) == "alice + 1 watcher"


def test_only_the_requester_of_what_can_come_back_is_asked_whether_it_is_fixed() -> None:
    done = a_ticket(state="resolved")
    back = way_back(shown(done, Right.requester))
    assert back is not None
    assert back.name == "reopen"
    assert way_back(shown(done, Right.staff)) is None
    assert way_back(shown(replace(done, state="in_progress"), Right.requester)) is None
    assert way_back(shown(a_ticket("request", "fulfilled"), Right.requester)) is None


def test_moves_that_cannot_be_taken_back_say_so_first() -> None:
    final = {(k.name, m.name) for k in KINDS.values() for m in k.workflow.moves if ends(k, m)}
    assert {("incident", "confirm"), ("incident", "withdraw"), ("improvement", "ship"), ("request", "cancel")} <= final
    assert not {("incident", "resolve"), ("improvement", "reject"), ("request", "approve")} & final


def test_progress_shows_the_way_and_where_it_left_it() -> None:
    way = progress_html(shown(a_ticket("improvement", "planned")))
    assert '<li class="now">' in way[way.index("Under Review") : way.index("Planned")]
    assert way.index('"later"') > way.index("Planned")
    left = progress_html(
        shown(a_ticket("improvement", "rejected"), events=(an_event("reject", {}, {"state": "rejected"}),))
    )
    assert "Rejected" in left
    assert "Planned" not in left


@pytest.mark.parametrize(
    ("shape", "value", "words"),
    [
        ("day", "2026-11-09", "Mon 9 Nov"),
        ("moment", AT.isoformat(), "08:12"),
        ("people", [ALICE, BOB], "alice, bob"),
        ("number", 900.0, "900"),
        ("yes", True, "yes"),
        ("line", "<b>", "<b>"),
    ],
)
def test_answers_read_as_words(shape: Any, value: Any, words: str) -> None:
    assert told(HERE, Question("q", "Q", shape), value) == words


def test_two_weeks_of_a_check_in_bars_and_in_one_sentence() -> None:
    history = strip(d0=("late", HOUR), d3=("major_outage", HOUR))
    assert days_html(history).count("<i ") == 14
    assert sentence(history) == "Last 14 days: 12 fine, 1 late, 1 major outage"
    assert hue_of(None) == hue_of(day(1, unknown_ms=24 * HOUR)) == "gray"
