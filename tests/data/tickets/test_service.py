"""What people do with tickets, through the service and real SQL; the core of it on both stores."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from data.errors import Conflict, Forbidden, Invalid, NotFound, PortalError, Unavailable
from data.portal import Portal
from data.tickets.answers import Refused
from data.tickets.model import Query
from tests.data.tickets.desk import Desk
from tests.portals import ON_EVERY_STORE, Clock

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


# opening


@ON_EVERY_STORE
def test_a_ticket_from_its_opening_to_its_end(desk: Desk) -> None:
    ticket = desk.open()
    assert (ticket.state, ticket.priority, ticket.team) == ("new", 2, "sales-data")
    desk.move(desk.dana, ticket, "triage", priority=1)
    desk.move(desk.dana, ticket, "start")
    desk.tickets.talk.comment(desk.alice, ticket.id, "We reload.")
    desk.tickets.talk.vote(desk.charlie, ticket.id, True, "No mail today")
    desk.move(desk.dana, ticket, "resolve", reason="fixed", note="Reloaded.")
    desk.move(desk.bob, ticket, "reopen", note="Nordics still wrong.")
    desk.move(desk.dana, ticket, "resolve", reason="fixed", note="Nordics, too.")
    end = desk.move(desk.bob, ticket, "confirm")
    assert (end.state, end.reopened, end.version) == ("closed", 1, 7)
    seen = desk.tickets.lists.detail(desk.bob, ticket.key)
    assert [event.action.removeprefix("ticket:") for event in seen.events] == [
        "open", "triage", "start", "resolve", "reopen", "resolve", "confirm",
    ]  # fmt: skip
    assert (seen.ticket.tally.votes, seen.ticket.tally.comments) == (1, 1)
    assert [vote.note for vote in seen.votes] == ["No mail today"]


@ON_EVERY_STORE
def test_the_same_form_sent_twice_is_one_ticket(desk: Desk) -> None:
    draft = desk.draft()
    first, again = desk.tickets.open(desk.bob, draft), desk.tickets.open(desk.bob, draft)
    assert (first.is_new, again.is_new) == (True, False)
    assert again.ticket.id == first.ticket.id
    assert len(desk.tickets.lists.page(desk.viewer("dana"), Query()).tickets) == 1


def test_two_tabs_with_the_same_title_are_one_ticket_for_ten_minutes(desk: Desk, clock: Clock) -> None:
    first = desk.open(title="Sales is late")
    twin = desk.tickets.open(desk.bob, desk.draft(title="sales IS late"))
    assert (twin.is_new, twin.ticket.id) == (False, first.id)
    assert desk.tickets.open(desk.charlie, desk.draft(title="Sales is late")).is_new
    clock.advance(minutes=11)
    assert desk.tickets.open(desk.bob, desk.draft(title="Sales is late")).is_new


@pytest.mark.parametrize("on", ["INTO tickets", "INTO watchers", "INTO outbox", "INTO audit_events"])
def test_a_retry_after_the_store_failed_in_between_completes_the_ticket(recording: Portal, on: str) -> None:
    house = Desk(recording)
    draft = house.draft()
    recording.engine.fail(1, Unavailable("The store does not answer"), on)
    with pytest.raises(Unavailable):
        house.tickets.open(house.bob, draft)
    assert house.tickets.open(house.bob, draft).ticket.id == draft.id
    house.tickets.repair()
    seen = house.tickets.lists.detail(house.bob, draft.id)
    assert [event.action for event in seen.events] == ["ticket:open"]
    assert [watcher.person for watcher in seen.watchers] == ["bob@example.org"]
    assert len(recording.outbox.pending(LONG_AGO)) == 1


def test_a_key_that_is_taken_gets_longer(desk: Desk) -> None:
    first = desk.open()
    other = desk.draft(title="Another one")
    same_end = replace(other, id=other.id[: 26 - 5] + first.id[-5:])
    ticket = desk.tickets.open(desk.charlie, same_end).ticket
    assert ticket.key == f"INC-{same_end.id[-6:]}"
    assert desk.tickets.lists.detail(desk.bob, ticket.key).ticket.id == ticket.id


@pytest.mark.parametrize(
    ("parts", "field"),
    [
        ({"title": " "}, "title"), ({"title": "abc"}, "title"), ({"title": "x" * 101}, "title"),
        ({"body": "x" * 10_001}, "body"), ({"impact": "huge"}, "impact"), ({"impact": None}, "impact"),
        ({"platform_id": "gone"}, "platform_id"), ({"platform_id": "payroll"}, "platform_id"),
        ({"requester": "dana@example.org"}, "requester"),
        ({"fields": {"noticed_at": LONG_AGO.replace(tzinfo=None)}}, "noticed_at"),
        ({"fields": {"environment": "moon"}}, "environment"),
    ],
)  # fmt: skip
def test_a_form_is_refused_at_the_field_and_nothing_is_written(desk: Desk, parts: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as refused:
        desk.open(**parts)
    assert set(refused.value.at) == {field}
    assert desk.tickets.lists.page(desk.viewer("dana"), Query()).tickets == ()


@pytest.mark.parametrize("kind", ["task", "", "incident "])
def test_an_unknown_kind_is_refused(desk: Desk, kind: str) -> None:
    with pytest.raises(Invalid):
        desk.tickets.open(desk.bob, replace(desk.draft(), kind=kind))


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("Sales\x00\x07 report", "Sales report"), ("  Sales \n report ", "Sales report"),
        ("Verkäufe 📉 kaputt", "Verkäufe 📉 kaputt"), ("תקלה בדוח מכירות", "תקלה בדוח מכירות"),
        ("Sales \u202eevil\u202c", "Sales evil"), ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("👩\u200d💻 cannot work", "👩\u200d💻 cannot work"),
    ],
)  # fmt: skip
def test_a_title_keeps_every_script_and_loses_what_cannot_be_seen(desk: Desk, written: str, kept: str) -> None:
    assert desk.open(title=written).title == kept


def test_staff_open_for_somebody_who_is_then_the_requester(desk: Desk) -> None:
    ticket = desk.open(by=desk.dana, requester="bob@example.org")
    assert (ticket.requester, ticket.created_by) == ("bob@example.org", "dana@example.org")
    assert desk.move(desk.bob, ticket, "withdraw").state == "closed"


def test_an_hour_is_full_after_five_tickets_but_not_for_staff(desk: Desk, clock: Clock) -> None:
    for number in range(5):
        desk.open(title=f"Problem {number}")
    with pytest.raises(Invalid, match=r"5 tickets within an hour.*goes on in 60 min"):
        desk.open(title="One more")
    for number in range(7):
        desk.open(by=desk.dana, title=f"Seen {number}")
    clock.advance(minutes=61)
    assert desk.open(title="One more").state == "new"


# moving


def test_a_stale_version_is_refused_in_words(desk: Desk) -> None:
    ticket = desk.open()
    desk.move(desk.dana, ticket, "triage", priority=1)
    with pytest.raises(Conflict, match=r"Somebody was faster: dana has changed INC-"):
        desk.tickets.move(desk.dana, ticket.id, ticket.version, "triage", {"priority": 2})
    assert desk.now(ticket).priority == 1


def test_a_comment_of_the_requester_ends_the_wait_for_it(desk: Desk) -> None:
    ticket = desk.open()
    desk.move(desk.dana, ticket, "triage", priority=3)
    desk.move(desk.dana, ticket, "hold", hold_reason="requester", note="Which report?")
    desk.tickets.talk.comment(desk.charlie, ticket.id, "I see it, too.")
    assert desk.now(ticket).on_hold
    desk.tickets.talk.comment(desk.bob, ticket.id, "The regional one.")
    assert not desk.now(ticket).on_hold


def test_many_are_moved_in_one_commit_and_the_preview_said_so(desk: Desk) -> None:
    tickets = [desk.open(by=desk.dana, title=f"Problem {n}") for n in range(4)]
    closed = desk.move(desk.dana, tickets[3], "close", reason="spam", note="Advertising.")
    ids = [ticket.id for ticket in tickets]
    preview = desk.tickets.preview(desk.dana, ids, "triage")
    assert [t.id for t in preview.moved] == ids[:3]
    assert "Closed now" in preview.skipped[0].why
    desk.move(desk.dana, tickets[2], "assign", assignee="dana@example.org")
    done = desk.tickets.move_all(desk.dana, {**dict.fromkeys(ids, 1), closed.id: 2}, "triage", {"priority": 2})
    assert ({t.id for t in done.moved}, len(done.skipped)) == (set(ids[:2]), 2)
    assert [desk.now(t).state for t in tickets] == ["triaged", "triaged", "new", "closed"]
    for ticket in tickets[:2]:
        assert [e.action for e in desk.tickets.lists.detail(desk.dana, ticket.id).events][-1] == "ticket:triage"


def test_nobody_can_move_more_than_two_hundred_at_once(desk: Desk) -> None:
    with pytest.raises(Invalid, match="At most 200"):
        desk.tickets.move_all(desk.dana, {f"id{n}": 1 for n in range(201)}, "assign")


# comments


def test_a_comment_is_edited_silently_at_first_and_marked_later(desk: Desk, clock: Clock) -> None:
    ticket, talk = desk.open(), desk.tickets.talk
    comment = talk.comment(desk.bob, ticket.id, "Since Mondey.")
    second = talk.edit(desk.bob, ticket.id, comment.id, 1, "Since Monday.")
    clock.advance(minutes=16)
    third = talk.edit(desk.bob, ticket.id, comment.id, 2, "Since Monday, 8:00.")
    assert (second.edited, third.edited, third.version) == (False, True, 3)
    assert [c.body for c in desk.tickets.lists.detail(desk.bob, ticket.id).comments] == ["Since Monday, 8:00."]
    assert len(talk.history(desk.dana, ticket.id, comment.id)) == 3
    with pytest.raises(Forbidden):
        talk.history(desk.bob, ticket.id, comment.id)
    with pytest.raises(Conflict, match="Somebody was faster"):
        talk.edit(desk.bob, ticket.id, comment.id, 2, "Stale")
    with pytest.raises(Forbidden):
        talk.edit(desk.charlie, ticket.id, comment.id, 3, "Not mine")


def test_after_a_reply_of_staff_a_comment_stays_as_it_is(desk: Desk, clock: Clock) -> None:
    ticket, talk = desk.open(), desk.tickets.talk
    comment = talk.comment(desk.bob, ticket.id, "Since Monday.")
    clock.advance(minutes=1)
    talk.comment(desk.dana, ticket.id, "We look at it.")
    with pytest.raises(Conflict, match="replied"):
        talk.edit(desk.bob, ticket.id, comment.id, 1, "Since Tuesday.")


def test_a_comment_is_deleted_at_first_and_hidden_with_a_reason_later(desk: Desk, clock: Clock) -> None:
    ticket, talk = desk.open(), desk.tickets.talk
    first, second = (talk.comment(desk.bob, ticket.id, text) for text in ("Oops", "Names a person"))
    assert talk.remove(desk.bob, ticket.id, first.id, 1).state == "deleted"
    clock.advance(minutes=11)
    with pytest.raises(Forbidden):
        talk.remove(desk.bob, ticket.id, second.id, 1)
    with pytest.raises(Refused):
        talk.remove(desk.alice, ticket.id, second.id, 1, " ")
    assert talk.remove(desk.alice, ticket.id, second.id, 1, "Personal data").state == "hidden"
    seen = desk.tickets.lists.detail(desk.bob, ticket.id)
    assert ({c.state for c in seen.comments}, seen.ticket.tally.comments) == ({"deleted", "hidden"}, 0)
    with pytest.raises(NotFound):
        talk.edit(desk.bob, ticket.id, first.id, 2, "Back")


def test_a_comment_sent_again_is_not_said_twice(desk: Desk) -> None:
    ticket = desk.open()
    for _ in range(2):
        desk.tickets.talk.comment(desk.bob, ticket.id, "Hello", id="one")
    assert len(desk.tickets.lists.detail(desk.bob, ticket.id).comments) == 1


@pytest.mark.parametrize("text", ["", "   ", "\x00", "x" * 4001])
def test_a_comment_needs_words_and_has_an_end(desk: Desk, text: str) -> None:
    ticket = desk.open()
    with pytest.raises(Refused) as refused:
        desk.tickets.talk.comment(desk.bob, ticket.id, text)
    assert set(refused.value.at) == {"text"}


def test_only_staff_writes_into_a_closed_ticket_and_only_staff_writes_notes(desk: Desk) -> None:
    ticket = desk.open()
    with pytest.raises(Forbidden):
        desk.tickets.talk.comment(desk.bob, ticket.id, "secret", internal=True)
    desk.move(desk.bob, ticket, "withdraw")
    with pytest.raises(Conflict, match="closed"):
        desk.tickets.talk.comment(desk.bob, ticket.id, "One more thing")
    assert desk.tickets.talk.comment(desk.dana, ticket.id, "For the record.").by_staff


def test_who_is_mentioned_watches_and_is_told_and_the_author_is_not(desk: Desk) -> None:
    ticket = desk.open()
    comment = desk.tickets.talk.comment(desk.dana, ticket.id, "@alice and @nobody, mail@dana is not one")
    notice = next(n for n in desk.portal.outbox.pending(LONG_AGO) if n.id == comment.id)
    assert notice.recipients == ("alice@example.org", "bob@example.org")
    assert notice.payload["mentioned"] == ["alice@example.org"]


# votes, watching


@ON_EVERY_STORE
def test_a_vote_counts_once_can_be_taken_back_and_freezes_in_the_end(desk: Desk, clock: Clock) -> None:
    idea, talk = desk.open("improvement"), desk.tickets.talk
    assert desk.now(idea).tally.votes == 1  # whoever has the idea backs it
    for expected, cast in ((2, True), (2, True), (1, False), (1, False), (2, True)):
        clock.advance(seconds=1)
        talk.vote(desk.charlie, idea.id, cast)
        assert desk.now(idea).tally.votes == expected
    desk.move(desk.bob, idea, "withdraw")
    with pytest.raises(Conflict, match="votes stay as they are"):
        talk.vote(desk.charlie, idea.id, False)
    assert desk.tickets.lists.voted("charlie@example.org") == {idea.id}


def test_a_request_takes_no_votes(desk: Desk) -> None:
    with pytest.raises(Invalid, match="no votes"):
        desk.tickets.talk.vote(desk.alice, desk.open("request").id, True)


def test_me_too_watches_and_a_vote_hears_of_states_only(desk: Desk, clock: Clock) -> None:
    incident, idea = desk.open(), desk.open("improvement")
    for ticket in (incident, idea):
        desk.tickets.talk.vote(desk.charlie, ticket.id, True)
        desk.tickets.talk.comment(desk.dana, ticket.id, "We look at it.", id=f"c-{ticket.kind}")
    told = {n.id: n.recipients for n in desk.portal.outbox.pending(LONG_AGO)}
    assert "charlie@example.org" in told["c-incident"]
    assert "charlie@example.org" not in told["c-improvement"]
    moved = desk.move(desk.alice, idea, "review")
    told = {n.id: n.recipients for n in desk.portal.outbox.pending(LONG_AGO)}
    assert "charlie@example.org" in told[f"{idea.id}:{moved.version}"]
    clock.advance(seconds=1)
    desk.tickets.talk.watch(desk.charlie, incident.id, False)
    moved = desk.move(desk.dana, incident, "triage", priority=1)
    told = {n.id: n.recipients for n in desk.portal.outbox.pending(LONG_AGO)}
    assert told[f"{incident.id}:{moved.version}"] == ("bob@example.org",)


# merging


def test_a_merge_adds_the_people_up_and_its_undoing_restores(desk: Desk, clock: Clock) -> None:
    one, two = desk.open(title="Sales is late"), desk.open(title="Sales shows Sunday", by=desk.charlie)
    for actor, ticket in ((desk.alice, one), (desk.erin, one), (desk.erin, two), (desk.dana, two)):
        desk.tickets.talk.vote(actor, ticket.id, True)
    before = (desk.now(one).tally, desk.now(two).tally)
    desk.move(desk.dana, two, "merge", merged_into=one.key)
    assert desk.now(one).tally.votes == 3
    seen = desk.tickets.lists.detail(desk.bob, one.id)
    assert [t.id for t in seen.merged] == [two.id]
    assert [t.id for t in desk.tickets.lists.page(desk.viewer("dana"), Query()).tickets] == [one.id]
    clock.advance(seconds=1)
    moved = desk.move(desk.dana, one, "triage", priority=1)
    told = {n.id: n.recipients for n in desk.portal.outbox.pending(LONG_AGO)}[f"{one.id}:{moved.version}"]
    assert "charlie@example.org" in told
    desk.move(desk.alice, two, "unmerge")
    assert (desk.now(one).tally, desk.now(two).tally) == before
    assert desk.tickets.lists.detail(desk.bob, one.id).merged == ()


def test_a_merge_has_one_level_and_one_kind(desk: Desk) -> None:
    one, two, three = (desk.open(by=desk.dana, title=f"Problem {n}") for n in range(3))
    idea = desk.open("improvement")
    desk.move(desk.dana, two, "merge", merged_into=one.key)
    for ticket, target in ((one, one.key), (three, two.key), (one, three.key), (three, idea.key), (three, "INC-ZZZZZ")):
        with pytest.raises(Refused) as refused:
            desk.move(desk.dana, ticket, "merge", merged_into=target)
        assert set(refused.value.at) == {"merged_into"}


def test_closing_as_a_duplicate_moves_the_me_toos(desk: Desk) -> None:
    one, two = desk.open(title="Sales is late"), desk.open(title="Sales shows Sunday")
    desk.tickets.talk.vote(desk.charlie, two.id, True)
    desk.move(desk.dana, two, "close", reason="duplicate", duplicate_of=one.key, note="The same.")
    assert desk.now(one).tally.votes == 1


# requests


def test_an_owner_approves_and_the_team_fulfils(desk: Desk, clock: Clock) -> None:
    ticket = desk.open("request")
    assert (ticket.state, ticket.on_hold, ticket.restricted) == ("awaiting_approval", True, True)
    for somebody in (desk.bob, desk.dana, desk.charlie):
        with pytest.raises(PortalError):
            desk.move(somebody, ticket, "approve")
    assert [t.id for t in desk.tickets.lists.waiting(desk.alice)] == [ticket.id]
    clock.advance(hours=2)
    approved = desk.move(desk.alice, ticket, "approve", note="Fine.")
    assert (approved.state, approved.held_s) == ("approved", 1.5 * 3600)  # the day begins at nine
    assert desk.tickets.lists.waiting(desk.alice) == ()
    desk.move(desk.dana, ticket, "start")
    desk.move(desk.dana, ticket, "tick", done=["Right granted to the person or group"])
    done = desk.move(desk.dana, ticket, "fulfil", note="You can open it now.")
    assert (done.state, done.fields["done"]) == ("fulfilled", ["Right granted to the person or group"])
    (step,) = desk.tickets.lists.detail(desk.bob, ticket.id).approvals
    assert (step.state, step.decided_by, step.note) == ("approved", "alice@example.org", "Fine.")


def test_nobody_approves_their_own_request(desk: Desk) -> None:
    own = desk.open("request", by=desk.alice)
    with pytest.raises(Forbidden):
        desk.move(desk.alice, own, "approve")
    for_bob = desk.open("request", by=desk.alice, requester="bob@example.org")
    with pytest.raises(Forbidden):
        desk.move(desk.alice, for_bob, "approve")


def test_an_approval_can_be_delegated_and_declined(desk: Desk) -> None:
    ticket = desk.open("request")
    desk.move(desk.alice, ticket, "delegate", delegate="charlie@example.org")
    declined = desk.move(desk.charlie, ticket, "decline", note="Personal data.")
    assert declined.state == "declined"
    with pytest.raises(Conflict):
        desk.move(desk.bob, ticket, "cancel")


def test_over_quota_is_refused_with_the_reason(desk: Desk) -> None:
    fields = {"source": "Web", "system": "api", "owner": "erin@example.org", "cadence": "day", "personal": "no",
              "content": "Orders of the web shop since 2021."}  # fmt: skip
    for number in range(3):
        desk.open("request", by=desk.dana, template="source", fields={**fields, "source": f"Web {number}"})
    with pytest.raises(Refused, match=r"3 are the quota \(resets 1 Dec\)"):
        desk.open("request", by=desk.dana, template="source", fields={**fields, "source": "Web 4"})


# files


def test_a_file_comes_back_as_it_was_and_is_refused_by_its_content(desk: Desk) -> None:
    ticket = desk.open()
    kept = desk.tickets.attach(desk.bob, ticket.id, "log.txt", "Zeile ä".encode())
    assert desk.tickets.download(desk.charlie, ticket.id, kept.id)[1] == "Zeile ä".encode()
    for name, content in (
        ("a.png", b"<script>alert(1)</script>"),
        ("a.svg", b"<svg/>"),
        ("big.txt", b"x" * 10_485_761),
    ):
        with pytest.raises(Invalid):
            desk.tickets.attach(desk.bob, ticket.id, name, content)
    for number in range(4):
        desk.tickets.attach(desk.bob, ticket.id, f"{number}.txt", b"x")
    with pytest.raises(Invalid, match="the most"):
        desk.tickets.attach(desk.bob, ticket.id, "6.txt", b"x")
    note = desk.tickets.attach(desk.dana, ticket.id, "note.txt", b"x", comment_id="c", internal=True)
    with pytest.raises(NotFound):
        desk.tickets.download(desk.bob, ticket.id, note.id)


def test_files_of_a_form_are_checked_before_the_ticket_is_made(desk: Desk) -> None:
    with pytest.raises(Invalid):
        desk.tickets.open(desk.bob, desk.draft(), [("a.txt", b"fine"), ("b.html", b"<html></html>")])
    assert desk.tickets.lists.page(desk.viewer("dana"), Query()).tickets == ()
