"""Where rules meet: merges and reopening, holds and endings, watching and un-voting, names in other spellings."""

from __future__ import annotations

import pytest

from data.errors import Conflict, Forbidden, Invalid, NotFound, Unavailable
from data.people.model import Actor
from data.portal import Portal
from data.status.estate import plan, read_estate
from data.tickets.alarms import Alarm
from data.tickets.model import Query
from tests.data.tickets.desk import ESTATE, Desk
from tests.data.tickets.test_repair import WORKSPACE
from tests.portals import Clock


def listed(desk: Desk, **query: object) -> set[str]:
    return {ticket.id for ticket in desk.tickets.lists.page(desk.viewer("dana"), Query(**query)).tickets}


def watchers(desk: Desk, ticket_id: str) -> dict[str, str]:
    detail = desk.tickets.lists.detail(desk.dana, ticket_id)
    return {watcher.person.partition("@")[0]: watcher.reason for watcher in detail.watchers}


def recipients(portal: Portal, topic: str) -> tuple[str, ...]:
    told = [notice for notice in portal.outbox.pending(portal.clock().replace(year=2000)) if notice.topic == topic]
    return told[-1].recipients


# merges


def test_what_is_considered_again_is_no_duplicate_any_more(desk: Desk) -> None:
    first, second = desk.open("improvement"), desk.open("improvement", by=desk.erin, title="Refresh it more often")
    desk.move(desk.alice, second, "reject", reason="duplicate", duplicate_of=first.key, note="The same.")
    assert desk.now(first).tally.votes == 2
    desk.move(desk.alice, second, "reconsider", note="It is about another table.")
    assert desk.now(second).merged_into is None
    assert second.id in listed(desk, kind="improvement")
    assert desk.now(first).tally.votes == 1


# holds


@pytest.mark.parametrize(
    ("kind", "before", "end", "by"),
    [
        ("incident", [("triage", {"priority": 3})], ("withdraw", {}), "bob"),
        ("request", [("approve", {})], ("refuse", {"note": "Not this year."}), "dana"),
    ],
)  # fmt: skip
def test_what_has_ended_waits_for_nobody(
    desk: Desk, kind: str, before: list[tuple[str, dict[str, object]]], end: tuple[str, dict[str, object]], by: str
) -> None:
    ticket = desk.open(kind)
    for move, answers in before:
        desk.move(desk.alice, ticket, move, **answers)
    desk.move(desk.dana, ticket, "hold", hold_reason="vendor", note="Asked.", hold_until=desk.portal.clock())
    desk.move(desk.actor(by), ticket, end[0], **end[1])
    after = desk.now(ticket)
    assert (after.hold_since, after.hold_reason, after.hold_until) == (None, None, None)


def test_a_word_of_the_portal_itself_is_no_answer_to_the_requester(desk: Desk) -> None:
    ticket = desk.open()
    desk.move(desk.portal_itself, ticket, "recover", note="Green again.")
    assert desk.now(ticket).first_response_at is None


# approvals


def test_what_a_killed_process_decided_cannot_be_decided_again_before_the_repair(
    desk: Desk, recording: Portal, portal: Portal
) -> None:
    ticket = desk.open("request", template="workspace", fields={**WORKSPACE, "payer": "dana@example.org"})
    recording.engine.fail(1, Unavailable("gone"), on="MERGE INTO approvals")
    with pytest.raises(Unavailable):
        recording.tickets.move(desk.dana, ticket.id, 1, "agree")
    with pytest.raises(Forbidden, match="Only the approver"):
        desk.move(desk.dana, ticket, "approve")
    detail = desk.tickets.lists.detail(desk.dana, ticket.id)
    assert (detail.ticket.state, [one.state for one in detail.approvals]) == (
        "awaiting_approval", ["approved", "waiting"],
    )  # fmt: skip


# watching


def test_who_takes_a_me_too_back_still_hears_of_their_own_ticket(desk: Desk, clock: Clock) -> None:
    ticket = desk.open()
    desk.tickets.talk.watch(desk.erin, ticket.id, True)
    for actor in (desk.bob, desk.erin, desk.charlie):
        for cast in (True, False):
            clock.advance(minutes=1)
            desk.tickets.talk.vote(actor, ticket.id, cast)
    assert watchers(desk, ticket.id) == {"bob": "requester", "erin": "asked"}


# names in other spellings


def test_a_delegate_named_in_capitals_can_decide(desk: Desk) -> None:
    ticket = desk.open("request")
    desk.move(desk.alice, ticket, "delegate", delegate=" Erin@Example.org")
    assert [t.id for t in desk.tickets.lists.waiting(desk.erin)] == [ticket.id]
    assert desk.move(desk.erin, ticket, "approve").state == "approved"


def test_who_is_assigned_in_capitals_finds_it_among_their_own(desk: Desk) -> None:
    ticket = desk.open()
    desk.move(desk.dana, ticket, "assign", assignee="Alice@Example.org")
    assert listed(desk, assignee="alice@example.org") == {ticket.id}
    assert desk.tickets.lists.counts(desk.viewer("alice")).mine == 1


@pytest.mark.parametrize("person", ["alice", "<script>alert(1)</script>", "a b@example.org", "@example.org", "alice@"])
def test_only_an_address_is_a_person(desk: Desk, person: str) -> None:
    ticket = desk.open()
    with pytest.raises(Invalid, match="e-mail address"):
        desk.move(desk.dana, ticket, "assign", assignee=person)
    assert desk.now(ticket).version == 1


# comments and files


def test_a_comment_with_the_id_of_another_is_refused_not_lost(desk: Desk) -> None:
    ticket = desk.open()
    first = desk.tickets.talk.comment(desk.erin, ticket.id, "Mine, too.")
    with pytest.raises(Conflict, match="sent before"):
        desk.tickets.talk.comment(desk.bob, ticket.id, "Something else.", id=first.id)
    with pytest.raises(Conflict, match="sent before"):
        desk.tickets.talk.comment(desk.erin, ticket.id, "Something else.", id=first.id)
    assert [c.body for c in desk.tickets.lists.detail(desk.bob, ticket.id).comments] == ["Mine, too."]


def test_a_comment_cannot_take_the_place_of_an_event(desk: Desk, portal: Portal) -> None:
    ticket = desk.open()
    with pytest.raises(Invalid, match="valid id"):
        desk.tickets.talk.comment(desk.bob, ticket.id, "Thanks.", id=f"{ticket.id}:2")
    desk.move(desk.dana, ticket, "triage", priority=2)
    assert recipients(portal, "ticket:triage") == ("bob@example.org",)


@pytest.mark.parametrize("late", [False, True])
def test_with_a_removed_comment_its_files_go(desk: Desk, clock: Clock, late: bool) -> None:
    ticket = desk.open()
    comment = desk.tickets.talk.comment(desk.bob, ticket.id, "See the salaries.")
    file = desk.tickets.attach(desk.bob, ticket.id, "salaries.txt", b"secret", comment_id=comment.id)
    clock.advance(minutes=60 if late else 1)
    desk.tickets.talk.remove(desk.alice if late else desk.bob, ticket.id, comment.id, 1, "Personal data")
    with pytest.raises(NotFound):
        desk.tickets.download(desk.erin, ticket.id, file.id)
    assert desk.tickets.lists.detail(desk.erin, ticket.id).attachments == ()


def test_a_file_is_added_to_ones_own_comment_only(desk: Desk) -> None:
    ticket = desk.open()
    comment = desk.tickets.talk.comment(desk.erin, ticket.id, "Mine, too.")
    with pytest.raises(NotFound):
        desk.tickets.attach(desk.bob, ticket.id, "log.txt", b"late", comment_id=comment.id)


# links, many at once


def test_a_link_is_of_a_known_kind(desk: Desk) -> None:
    one, two = desk.open(), desk.open("improvement")
    with pytest.raises(Invalid):
        desk.tickets.link(desk.dana, one.id, two.key, "blocks:all")
    assert desk.tickets.lists.detail(desk.dana, one.id).links == ()


def test_a_link_is_in_the_trail_once_and_only_staff_reads_there_to_what(desk: Desk, clock: Clock) -> None:
    one, two = desk.open(), desk.open("improvement")
    for _ in range(2):
        desk.tickets.link(desk.dana, one.id, two.key, "would_avoid")
    clock.advance(minutes=1)
    desk.tickets.unlink(desk.alice, one.id, two.key, "would_avoid")
    trail = desk.tickets.lists.detail(desk.dana, one.id).events
    assert [(e.action, e.actor) for e in trail[1:]] == [
        ("ticket:link", "dana@example.org"), ("ticket:unlink", "alice@example.org"),
    ]  # fmt: skip
    assert trail[1].new == {"kind": "would_avoid", "other": two.id}
    assert [e.action for e in desk.tickets.lists.detail(desk.bob, one.id).events] == ["ticket:open"]


def test_of_many_kinds_those_without_the_step_are_skipped(desk: Desk) -> None:
    incident, idea = desk.open(), desk.open("improvement")
    seen = desk.tickets.preview(desk.dana, [incident.id, idea.id], "triage")
    done = desk.tickets.move_all(desk.dana, {incident.id: 1, idea.id: 1}, "triage", {"priority": 3})
    for bulk in (seen, done):
        assert [t.id for t in bulk.moved] == [incident.id]
        assert [(s.ticket.id, s.why) for s in bulk.skipped] == [(idea.id, "There is no step named 'triage' here.")]


# the portal's own


def test_two_checks_of_the_same_name_are_two_incidents(desk: Desk, clock: Clock) -> None:
    def red(check: str, platform: str) -> Alarm:
        return Alarm(
            check_id=check, check_name="Freshness", platform_id=platform, criticality=1, look="red", since=clock(),
            reason="Too old",
        )  # fmt: skip

    done = desk.tickets.rounds.follow([red("sales-age", "sales"), red("payroll-age", "payroll")])
    assert len(done) == 2
    assert len(listed(desk, kind="incident")) == 2


def test_what_was_withdrawn_can_be_sent_again(desk: Desk) -> None:
    first = desk.open()
    desk.move(desk.bob, first, "withdraw")
    again = desk.tickets.open(desk.bob, desk.draft())
    assert again.is_new


def test_a_platform_that_becomes_for_members_only_hides_its_tickets_from_look_alikes(desk: Desk, clock: Clock) -> None:
    ticket = desk.open()
    clock.advance(hours=1)
    desk.open(by=desk.erin, platform_id=None, title="Nothing to do with it")
    found = desk.tickets.resembling.refreshed().search("Sales shows Sunday", desk.viewer("charlie"))
    assert [match.id for match in found] == [ticket.id]
    secret = read_estate(ESTATE.replace("name: Sales,", "name: Sales, visibility: members,"), "checks.yaml")
    desk.portal.status.apply(plan(desk.portal.status.estate(), secret, prune=False), Actor.job())
    known = desk.tickets.resembling.refreshed()
    assert not known.search("Sales shows Sunday", desk.viewer("charlie"))
    assert known.search("Sales shows Sunday", desk.viewer("dana"))


# counts


def test_a_count_beside_which_somebody_wrote_is_made_again(desk: Desk, clock: Clock) -> None:
    """A vote whose writer was killed, counted past by somebody who could not see it yet."""
    ticket = desk.open()
    clock.advance(minutes=1)
    early = clock.now
    clock.advance(seconds=5)
    desk.tickets.talk.vote(desk.charlie, ticket.id, True)
    row = {
        "id": "late", "ticket_id": ticket.id, "person": "erin@example.org", "counts": True, "note": None, "at": early,
        "given_by": "erin@example.org",
    }  # fmt: skip
    desk.portal.statements.run("tickets/add_votes", [row])
    assert (desk.now(ticket).tally.votes, desk.tickets.repair()) == (1, 0)
    assert desk.now(ticket).tally.votes == 2
