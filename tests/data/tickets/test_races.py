"""Two at the same thing: whoever writes second is told, and nothing of theirs is written."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from data.errors import Conflict
from data.tickets.model import Query, Ticket
from data.tickets.service import TicketService
from tests.data.tickets.desk import DRAFTS, Desk
from tests.portals import ON_EVERY_STORE


def interrupted(desk: Desk, deed: Callable[[], object]) -> TicketService:
    """A service during whose next deed, after it has read what it needs, somebody else does `deed`."""
    deeds = iter([deed])

    def clock() -> datetime:
        for pending in deeds:
            pending()
        return desk.portal.clock()

    return desk.portal.replace(clock=clock).tickets


def story(desk: Desk, ticket: Ticket) -> list[tuple[str, str]]:
    events = desk.tickets.lists.detail(desk.dana, ticket.id).events
    return [(event.action, event.actor.partition("@")[0]) for event in events]


@ON_EVERY_STORE
def test_of_two_moves_one_wins_and_the_other_is_told_who_was_faster(desk: Desk) -> None:
    ticket = desk.open()
    slow = interrupted(desk, lambda: desk.move(desk.alice, ticket, "triage", priority=1))
    with pytest.raises(Conflict, match=f"Somebody was faster: alice has changed {ticket.key} meanwhile"):
        slow.move(desk.dana, ticket.id, 1, "triage", {"priority": 4})
    assert (desk.now(ticket).priority, desk.now(ticket).version) == (1, 2)
    assert story(desk, ticket) == [("ticket:open", "bob"), ("ticket:triage", "alice")]
    assert desk.tickets.repair() == 0


@ON_EVERY_STORE
def test_of_many_only_those_are_moved_that_nobody_changed_meanwhile(desk: Desk) -> None:
    tickets = [desk.open(by=desk.dana, title=f"Problem {n}") for n in range(3)]
    slow = interrupted(desk, lambda: desk.move(desk.alice, tickets[1], "assign", assignee="alice@example.org"))
    done = slow.move_all(desk.dana, {ticket.id: 1 for ticket in tickets}, "triage", {"priority": 2})
    assert [ticket.id for ticket in done.moved] == [tickets[0].id, tickets[2].id]
    assert [(skip.ticket.id, "Somebody was faster" in skip.why) for skip in done.skipped] == [(tickets[1].id, True)]
    assert [desk.now(ticket).state for ticket in tickets] == ["triaged", "new", "triaged"]
    assert story(desk, tickets[1]) == [("ticket:open", "dana"), ("ticket:assign", "alice")]


@pytest.mark.parametrize("faster", ["edit", "remove"])
@pytest.mark.parametrize("slower", ["edit", "remove"])
def test_a_comment_changed_by_two_keeps_what_the_first_made_of_it(desk: Desk, faster: str, slower: str) -> None:
    ticket = desk.open()
    comment = desk.tickets.talk.comment(desk.bob, ticket.id, "Since Monday.")

    def change(tickets: TicketService, deed: str, text: str) -> object:
        if deed == "edit":
            return tickets.talk.edit(desk.bob, ticket.id, comment.id, 1, text)
        return tickets.talk.remove(desk.bob, ticket.id, comment.id, 1)

    with pytest.raises(Conflict, match="Somebody was faster"):
        change(interrupted(desk, lambda: change(desk.tickets, faster, "First")), slower, "Second")
    versions = desk.tickets.talk.history(desk.dana, ticket.id, comment.id)
    assert [(one.version, one.state) for one in versions] == [
        (1, "shown"), (2, "shown" if faster == "edit" else "deleted"),
    ]  # fmt: skip
    assert "Second" not in {one.body for one in versions}


def test_what_was_approved_cannot_be_declined_a_moment_later(desk: Desk) -> None:
    ticket = desk.open("request")
    slow = interrupted(desk, lambda: desk.move(desk.alice, ticket, "approve"))
    with pytest.raises(Conflict, match="Somebody was faster"):
        slow.move(desk.alice, ticket.id, 1, "decline", {"note": "No."})
    detail = desk.tickets.lists.detail(desk.bob, ticket.id)
    assert (detail.ticket.state, [one.state for one in detail.approvals]) == ("approved", ["approved"])


@pytest.mark.parametrize("kind", DRAFTS)
def test_one_form_sent_from_two_places_at_once_is_one_ticket(desk: Desk, kind: str) -> None:
    draft = desk.draft(kind)
    slow = interrupted(desk, lambda: desk.tickets.open(desk.bob, draft))
    assert not slow.open(desk.bob, draft).is_new
    assert len(desk.tickets.lists.page(desk.viewer("dana"), Query()).tickets) == 1
    assert [event for event, _ in story(desk, desk.tickets.open(desk.bob, draft).ticket)] == ["ticket:open"]


def test_a_hold_that_ends_while_the_requester_answers_does_not_lose_the_answer(desk: Desk) -> None:
    ticket = desk.open()
    desk.move(desk.dana, ticket, "triage", priority=3)
    desk.move(desk.dana, ticket, "hold", hold_reason="requester", note="Which report?")
    slow = interrupted(desk, lambda: desk.move(desk.dana, ticket, "resume"))
    slow.talk.comment(desk.bob, ticket.id, "The regional one.")
    detail = desk.tickets.lists.detail(desk.bob, ticket.id)
    assert ([c.body for c in detail.comments], detail.ticket.on_hold) == (["The regional one."], False)
