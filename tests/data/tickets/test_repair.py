"""The store fails between two statements, or a process dies there: what is missing is completed, nothing is redone."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from data.engines.recording import RecordingEngine
from data.errors import PortalError, Unavailable
from data.portal import Portal
from data.tickets.model import Ticket
from tests.data.tickets.desk import DRAFTS, Desk
from tests.portals import Clock

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
WORKSPACE = {
    "sort": "databricks", "workspace": "nordics-forecast", "purpose": "Demand forecast for the Nordics.",
    "owners": ["bob@example.org", "erin@example.org"], "budget": 5000, "cost_centre": "4711",
    "payer": "alice@example.org",
}  # fmt: skip
SOMETHING = {"summary": "A projector", "details": "For the meeting on Monday, please."}


@pytest.fixture
def desk(recording: Portal) -> Desk:
    return Desk(recording)


def broken_at(desk: Desk, statement: str) -> None:
    """The next one that contains this fails, and nothing of it is done."""
    assert isinstance(desk.portal.engine, RecordingEngine)
    desk.portal.engine.fail(1, Unavailable("The store does not answer. Please try again."), statement)


def broken_move(desk: Desk, statement: str, by: Any, ticket: Ticket, name: str, **answers: Any) -> None:
    version = desk.now(ticket).version
    broken_at(desk, statement)
    with pytest.raises(Unavailable):
        desk.tickets.move(by, ticket.id, version, name, answers)
    assert desk.now(ticket).version == version + 1


def steps(desk: Desk, ticket: Ticket) -> list[tuple[str, str | None]]:
    approvals = desk.tickets.lists.detail(desk.dana, ticket.id).approvals
    return [(one.state, one.delegate) for one in approvals]


@pytest.mark.parametrize(
    ("move", "answers", "by", "after"),
    [
        ("approve", {}, "alice", [("approved", None)]), ("decline", {"note": "No."}, "alice", [("declined", None)]),
        ("delegate", {"delegate": "dana@example.org"}, "alice", [("waiting", "dana@example.org")]),
        ("cancel", {}, "bob", [("cancelled", None)]), ("expire", {}, "portal", [("expired", None)]),
    ],
)  # fmt: skip
@pytest.mark.parametrize("statement", ["MERGE INTO approvals", "INSERT INTO outbox", "INSERT INTO audit_events"])
def test_a_decision_is_known_to_its_approval_in_the_end(
    desk: Desk, move: str, answers: dict[str, Any], by: str, after: list[Any], statement: str
) -> None:
    ticket = desk.open("request")
    actor = desk.portal_itself if by == "portal" else desk.actor(by)
    broken_move(desk, statement, actor, ticket, move, **answers)
    assert desk.tickets.repair() == 1
    assert steps(desk, ticket) == after
    assert desk.tickets.repair() == 0


def test_who_decides_both_steps_has_decided_only_one(desk: Desk) -> None:
    ticket = desk.open("request", template="workspace", fields=WORKSPACE)
    assert steps(desk, ticket) == [("waiting", None)] * 2
    broken_move(desk, "INSERT INTO audit_events", desk.alice, ticket, "agree")
    desk.tickets.repair()
    assert steps(desk, ticket) == [("approved", None), ("waiting", None)]
    assert desk.move(desk.alice, ticket, "approve").state == "approved"


@pytest.mark.parametrize("statement", ["MERGE INTO approvals", "INSERT INTO watchers", "INSERT INTO audit_events"])
def test_who_is_asked_later_is_asked_in_the_end(desk: Desk, statement: str) -> None:
    ticket = desk.open("request", template="other", fields=SOMETHING)
    broken_move(desk, statement, desk.dana, ticket, "ask", approver="alice@example.org")
    desk.tickets.repair()
    assert [t.id for t in desk.tickets.lists.waiting(desk.alice)] == [ticket.id]
    assert desk.move(desk.alice, ticket, "approve").state == "approved"


def test_a_vote_that_was_taken_back_stays_taken_back(desk: Desk, clock: Clock) -> None:
    draft = desk.draft("improvement")
    broken_at(desk, "INSERT INTO audit_events")
    with pytest.raises(Unavailable):
        desk.tickets.open(desk.bob, draft)
    clock.advance(seconds=1)
    desk.tickets.talk.vote(desk.bob, draft.id, False)
    clock.advance(seconds=1)
    assert desk.tickets.repair() == 1
    assert desk.tickets.lists.detail(desk.bob, draft.id).votes == ()


SAID = ["INSERT INTO watchers", "MERGE INTO ticket_tallies", "INSERT INTO outbox"]


@pytest.mark.parametrize("statement", SAID)
def test_who_was_mentioned_is_told_in_the_end(desk: Desk, statement: str) -> None:
    ticket = desk.open()
    broken_at(desk, statement)
    with pytest.raises(Unavailable):
        desk.tickets.talk.comment(desk.dana, ticket.id, "@alice please look", id="c")
    assert desk.tickets.repair() > 0
    notice = next(n for n in desk.portal.outbox.pending(LONG_AGO) if n.id == "c")
    assert (notice.recipients, notice.payload["mentioned"]) == (
        ("alice@example.org", "bob@example.org"), ["alice@example.org"],
    )  # fmt: skip
    assert desk.now(ticket).tally.comments == 1
    assert desk.tickets.repair() == 0


@pytest.mark.parametrize("statement", ["MERGE INTO tickets AS", *SAID])
def test_an_answer_of_the_requester_ends_the_wait_in_the_end(desk: Desk, statement: str) -> None:
    ticket = desk.open()
    desk.move(desk.dana, ticket, "triage", priority=3)
    desk.move(desk.dana, ticket, "hold", hold_reason="requester", note="Which report?")
    broken_at(desk, statement)
    with pytest.raises(Unavailable):
        desk.tickets.talk.comment(desk.bob, ticket.id, "The regional one.", id="c")
    assert desk.tickets.repair() > 0
    assert not desk.now(ticket).on_hold
    assert desk.tickets.repair() == 0


def test_an_answer_from_before_the_question_is_none(desk: Desk, clock: Clock) -> None:
    ticket = desk.open()
    broken_at(desk, "INSERT INTO outbox")
    with pytest.raises(Unavailable):
        desk.tickets.talk.comment(desk.bob, ticket.id, "Since Monday.", id="c")
    clock.advance(minutes=1)
    desk.move(desk.dana, ticket, "triage", priority=3)
    desk.move(desk.dana, ticket, "hold", hold_reason="requester", note="Which report?")
    desk.tickets.repair()
    assert desk.now(ticket).on_hold


def test_what_the_next_move_overwrites_is_told_with_it(desk: Desk) -> None:
    ticket = desk.open()
    broken_move(desk, "INSERT INTO outbox", desk.dana, ticket, "triage", priority=1)
    desk.move(desk.dana, ticket, "start")
    told = [n.topic for n in desk.portal.outbox.pending(LONG_AGO) if n.object_id == ticket.id]
    assert sorted(told) == ["ticket:open", "ticket:start", "ticket:triage"]
    assert desk.tickets.repair() == 0


def test_the_files_of_a_form_are_there_once_when_it_is_sent_again(desk: Desk) -> None:
    draft, files = desk.draft(), [("a.txt", b"one"), ("b.txt", b"two")]
    for statement in ("INSERT INTO audit_events", "INSERT INTO attachments"):
        broken_at(desk, statement)
        with pytest.raises(Unavailable):
            desk.tickets.open(desk.bob, draft, files)
    for _ in range(2):
        assert not desk.tickets.open(desk.bob, draft, files).is_new
    listed = desk.tickets.lists.detail(desk.bob, draft.id).attachments
    assert sorted(file.name for file in listed) == ["a.txt", "b.txt"]
    for file in listed:
        assert desk.tickets.download(desk.bob, draft.id, file.id)[1] in {b"one", b"two"}


@pytest.mark.parametrize("kind", DRAFTS)
def test_wherever_the_store_fails_a_form_sent_again_is_one_whole_ticket(desk: Desk, kind: str) -> None:
    engine = desk.portal.engine
    assert isinstance(engine, RecordingEngine)
    whole = desk.open(kind, by=desk.dana, title="What it takes when nothing breaks")
    asked = len(steps(desk, whole))
    for number, statement in enumerate(_writes(engine)):
        named = {**DRAFTS[kind].get("fields", {}), "dataset": f"finance.table_{number}"}
        draft = desk.draft(kind, title=f"Broken at statement {number}", fields=named)
        broken_at(desk, statement)
        with pytest.raises(PortalError):
            desk.tickets.open(desk.dana, draft)
        desk.tickets.open(desk.dana, draft)
        desk.tickets.repair()
        detail = desk.tickets.lists.detail(desk.dana, draft.id)
        assert ([event.action for event in detail.events], len(detail.approvals)) == (["ticket:open"], asked), statement
        assert detail.ticket.tally.votes == desk.now(whole).tally.votes
        assert [n.id for n in desk.portal.outbox.pending(LONG_AGO)].count(f"{draft.id}:1") == 1
        assert desk.tickets.repair() == 0


def _writes(engine: RecordingEngine) -> list[str]:
    """What opening a ticket has just executed, by how each begins."""
    said = [call.subject for call in engine.calls if call.verb == "execute"]
    begun = [line for sql in said for line in sql.splitlines() if line.startswith(("INSERT", "MERGE"))]
    return [line for line in dict.fromkeys(begun) if any(t in line for t in ("ticket", "approvals", "outbox", "audit"))]
