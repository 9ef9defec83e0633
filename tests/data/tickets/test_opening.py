"""Whose form it is: an id or a title that somebody else used opens nothing of theirs, and hides nothing of mine."""

from __future__ import annotations

from dataclasses import replace

import pytest

from data.errors import Invalid
from data.people.model import Actor
from data.tickets.model import Query, Right
from tests.data.tickets.desk import DRAFTS, Desk
from tests.portals import Clock


@pytest.mark.parametrize("kind", DRAFTS)
def test_the_id_of_somebody_elses_ticket_opens_nothing(desk: Desk, kind: str) -> None:
    """Whoever has seen an id must not read a sensitive ticket by sending it as a form."""
    theirs = desk.open(kind, sensitive=True)
    for stranger in (desk.charlie, desk.erin, desk.dana):
        with pytest.raises(Invalid, match="Please open it again"):
            desk.tickets.open(stranger, replace(desk.draft(kind, title="Whatever it takes"), id=theirs.id))
    assert desk.now(theirs).event == theirs.event


def test_staff_opens_the_same_for_two_people(desk: Desk) -> None:
    for_bob, for_charlie = (desk.open(by=desk.dana, requester=f"{name}@example.org") for name in ("bob", "charlie"))
    assert for_bob.id != for_charlie.id
    assert desk.open(by=desk.dana, requester="bob@example.org").id == for_bob.id


def test_what_staff_opened_for_somebody_is_no_twin_of_their_own(desk: Desk) -> None:
    by_staff, own = desk.open(by=desk.dana, requester="bob@example.org"), desk.open()
    assert own.id != by_staff.id
    assert desk.open().id == own.id


def test_after_a_merge_the_same_title_is_a_new_ticket(desk: Desk) -> None:
    first, other = desk.open(title="Sales is late"), desk.open(title="Sales shows Sunday")
    desk.move(desk.dana, first, "merge", merged_into=other.key)
    again = desk.tickets.open(desk.bob, desk.draft(title="Sales is late"))
    assert (again.is_new, again.ticket.id != first.id) == (True, True)


def test_after_it_was_hidden_the_same_title_is_a_new_ticket(desk: Desk) -> None:
    hidden = desk.open()
    desk.move(desk.alice, hidden, "hide", note="Names a person.")
    assert desk.open().id != hidden.id


@pytest.mark.parametrize("kind", DRAFTS)
def test_another_platform_makes_no_new_ticket_of_a_twin(desk: Desk, kind: str) -> None:
    first = desk.open(kind, by=desk.dana)
    assert desk.open(kind, by=desk.dana, platform_id="payroll").id == first.id


def test_a_form_refused_or_sent_twice_uses_nothing_of_the_hour(desk: Desk) -> None:
    draft = desk.draft()
    for _ in range(10):
        desk.tickets.open(desk.bob, draft)
        with pytest.raises(Invalid):
            desk.open(title="")
    for number in range(4):
        desk.open(title=f"Problem {number}")
    with pytest.raises(Invalid, match="5 tickets within an hour"):
        desk.open(title="One more")


@pytest.mark.parametrize(("kind", "votes", "state"), [("incident", 0, "new"), ("improvement", 1, "new"),
                                                      ("request", 0, "awaiting_approval")])  # fmt: skip
def test_what_a_kind_brings_with_it(desk: Desk, kind: str, votes: int, state: str) -> None:
    ticket = desk.open(kind)
    seen = desk.tickets.lists.detail(desk.bob, ticket.key)
    assert (seen.ticket.state, seen.ticket.tally.votes, len(seen.votes)) == (state, votes, votes)
    assert [(w.person, w.reason) for w in seen.watchers] == [("bob@example.org", "requester")]
    assert (seen.ticket.restricted, seen.ticket.version) == (kind == "request", 1)


def test_somebody_may_choose_a_platform_for_members_only_as_a_member(desk: Desk) -> None:
    assert desk.open(by=desk.erin, platform_id="payroll").members_only
    assert desk.open(by=desk.dana, platform_id="payroll", title="Seen by staff").team == "hr-data"
    with pytest.raises(Invalid, match="choose a platform from the list"):
        desk.open(by=desk.charlie, platform_id="payroll")


def test_the_source_of_a_ticket_is_only_what_the_portal_itself_says(desk: Desk) -> None:
    """Else anybody could pass for an alarm, which the portal then resolves."""
    assert desk.open(by=desk.dana, source="check:gateway").source == "person"
    assert desk.open(by=Actor.job("portal"), source="check:gateway", title="Gateway is red").source == "check:gateway"


def test_a_quote_writes_nothing_and_tells_what_a_request_takes(desk: Desk, clock: Clock) -> None:
    quote = desk.tickets.quote(desk.bob, desk.draft("request"))
    assert [(step.approver, step.words) for step in quote.steps] == [("owners:sales", "Data owner")]
    assert (quote.used.count, quote.quota_count) == (0, 10)
    assert quote.estimate.per_month > 0
    assert quote.due_at is not None
    assert quote.due_at > clock()
    assert desk.tickets.lists.page(desk.viewer("dana"), Query()).tickets == ()
    desk.open("request")
    assert desk.tickets.quote(desk.bob, desk.draft("request")).used.count == 1


def test_cancelling_many_leaves_nobody_to_decide(desk: Desk) -> None:
    fields = DRAFTS["request"]["fields"]
    requests = [desk.open("request", fields={**fields, "dataset": f"finance.table_{n}"}) for n in range(2)]
    assert len(desk.tickets.lists.waiting(desk.alice)) == 2
    done = desk.tickets.move_all(desk.bob, {ticket.id: ticket.version for ticket in requests}, "cancel")
    assert [ticket.state for ticket in done.moved] == ["cancelled", "cancelled"]
    assert desk.tickets.lists.waiting(desk.alice) == ()
    for ticket in requests:
        assert [a.state for a in desk.tickets.lists.detail(desk.bob, ticket.id).approvals] == ["cancelled"]


def test_ones_own_request_does_not_wait_for_oneself(desk: Desk) -> None:
    own = desk.open("request", by=desk.alice)
    fields = {**DRAFTS["request"]["fields"], "dataset": "finance.other"}
    for_bob = desk.open("request", by=desk.alice, requester="bob@example.org", fields=fields)
    assert desk.tickets.lists.waiting(desk.alice) == ()
    for ticket in (own, for_bob):
        assert Right.approver not in desk.tickets.lists.detail(desk.alice, ticket.id).rights


def test_asking_for_many_approvals_asks_for_each(desk: Desk) -> None:
    requests = [
        desk.open("request", template="other", fields={"summary": f"Wish {n}", "details": "Please, by Monday."})
        for n in range(2)
    ]
    versions = {ticket.id: ticket.version for ticket in requests}
    desk.tickets.move_all(desk.dana, versions, "ask", {"approver": "alice@example.org"})
    assert {t.id for t in desk.tickets.lists.waiting(desk.alice)} == versions.keys()
    assert desk.move(desk.alice, requests[0], "approve").state == "approved"


def test_the_words_of_what_was_deleted_or_hidden_are_shown_to_nobody(desk: Desk) -> None:
    ticket, talk = desk.open(), desk.tickets.talk
    gone, hidden = (talk.comment(desk.bob, ticket.id, text) for text in ("My password is x", "Names a person"))
    talk.remove(desk.bob, ticket.id, gone.id, 1)
    talk.remove(desk.alice, ticket.id, hidden.id, 1, "Personal data")
    for reader in (desk.bob, desk.charlie, desk.alice):
        comments = desk.tickets.lists.detail(reader, ticket.id).comments
        assert {(c.body, c.state) for c in comments} == {("", "deleted"), ("", "hidden")}
    assert [c.body for c in talk.history(desk.dana, ticket.id, hidden.id)] == ["Names a person"] * 2
