"""Marks say at a glance, and in words, where a ticket stands."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from components.theme import TOKENS
from components.ticket_approvals import principal_name
from components.ticket_marks import (
    FACES,
    Mark,
    ago_short,
    avatar,
    day_word,
    first_reply,
    goal,
    mark_pill,
    person_name,
    priority_mark,
    resolution,
    ring,
    sla,
    state_pill,
    state_word,
    way,
)
from data.tickets.kinds import KINDS, kind_of
from data.tickets.model import Tally, Ticket
from tests.boards import AT, HERE, H, M
from tests.components.test_theme import contrast

D = timedelta(days=1)


def a_ticket(kind: str = "incident", state: str = "new", **parts: Any) -> Ticket:
    fields: dict[str, Any] = {
        "id": "01M83E2BE9R7Y87EVXEP3YWH21", "key": "INC-YWH21", "title": "Late", "requester": "alice@example.org",
        "created_at": AT - 2 * H, "created_by": "alice@example.org", "updated_at": AT, "updated_by": "bob@example.org",
    }  # fmt: skip
    return Ticket(kind=kind, state=state, **(fields | parts))


def promised(reply: timedelta, end: timedelta, **parts: Any) -> Ticket:
    return a_ticket(response_due_at=AT + reply, due_at=AT + end, **parts)


REPLIED = Tally(first_response_at=AT - 2 * H + 12 * M)
SLA_WORDS = {
    "no promise": (a_ticket(), None, ""),
    "late": (promised(-H, -40 * M, tally=REPLIED), "Overdue 40 min", "red"),
    "late for half a minute": (promised(-H, -timedelta(seconds=30), tally=REPLIED), "Overdue 30 s", "red"),
    "soon": (promised(-H, 80 * M, tally=REPLIED), "Due in 1 h 20", "orange"),
    "today": (promised(-H, 7 * H + 18 * M, tally=REPLIED), "Due 15:30", ""),
    "this week": (promised(-H, 2 * D, tally=REPLIED), "Due Wed", ""),
    "later": (promised(-H, 16 * D, tally=REPLIED), "Due 9 Dec", ""),
    "a reply is owed": (promised(35 * M, 4 * H), "Reply in 35 min", "orange"),
    "a reply is owed later": (promised(3 * H, 9 * H), "Reply by 11:12", ""),
    "no reply in time": (promised(-12 * M, 4 * H), "Reply overdue 12 min", "red"),
    "the end comes before the reply": (promised(5 * H, 50 * M), "Due in 50 min", "orange"),
    "on hold": (promised(-H, 2 * H, tally=REPLIED, hold_since=AT - M), "Paused", "blue"),
    "on hold when late": (promised(-H, -2 * M, tally=REPLIED, hold_since=AT - M), "Overdue 2 min", "red"),
    "in time": (promised(H, 2 * H, tally=REPLIED, stopped_at=AT), "Met", "green"),
    "too late": (promised(H, -2 * H, tally=REPLIED, stopped_at=AT - H), "Missed", "red"),
    "once too late, then again": (promised(H, 2 * H, tally=REPLIED, stopped_at=AT, breached=True), "Missed", "red"),
}  # fmt: skip


@pytest.mark.parametrize("case", SLA_WORDS)
def test_the_promise_in_a_rows_few_words(case: str) -> None:
    ticket, text, hue = SLA_WORDS[case]
    mark = sla(ticket, HERE)
    assert (mark and mark.text, mark.hue if mark else "") == (text, hue)


def test_details_say_which_promise_they_mean() -> None:
    late = promised(-H, -40 * M, tally=REPLIED)
    assert [m and m.text for m in (first_reply(late, HERE), resolution(late, HERE))] == [
        "First reply met in 12 min", "Resolution overdue 40 min"
    ]  # fmt: skip
    slow = promised(-110 * M, H, tally=Tally(first_response_at=AT - H))
    assert first_reply(slow, HERE) == Mark("First reply after 1 h", "red", "timer_off")


def test_closing_without_a_reply_stops_that_clock_too() -> None:
    ended = promised(H, 2 * H, stopped_at=AT - M)
    assert first_reply(ended, HERE) == Mark("First reply met in 1 h 59", "green", "check")


@pytest.mark.parametrize("name", KINDS)
def test_every_state_of_every_kind_has_a_ring_and_its_word(name: str) -> None:
    kind = kind_of(name)
    for state in kind.workflow.states:
        ticket = a_ticket(name, state.name)
        assert 'aria-hidden="true"' in ring(kind, ticket)
        assert state.label in state_pill(kind, ticket)


def test_rings_fill_with_progress_and_only_the_goal_is_green() -> None:
    incident, improvement = kind_of("incident"), kind_of("improvement")
    assert 'started" style="--part:0%"' in ring(incident, a_ticket(state="triaged"))
    assert "started" not in ring(incident, a_ticket())
    assert "--part:75%" in ring(improvement, a_ticket("improvement", "in_delivery"))
    assert [goal(kind).name for kind in KINDS.values()] == ["resolved", "done", "fulfilled"]
    assert "green" in ring(incident, a_ticket(state="resolved"))
    assert "gray" in ring(incident, a_ticket(state="closed"))
    assert "cancel" in ring(improvement, a_ticket("improvement", "rejected"))
    assert [state.name for state in way(improvement)] == ["new", "under_review", "planned", "in_delivery", "done"]


def test_a_hold_says_what_it_waits_for() -> None:
    held = a_ticket(state="in_progress", hold_since=AT, hold_reason="vendor")
    assert state_word(kind_of("incident"), held) == "On hold · vendor"
    assert "pause_circle" in ring(kind_of("incident"), held)


def test_waiting_for_approval_is_the_state_itself_and_amber() -> None:
    asked = a_ticket("request", "awaiting_approval", hold_since=AT, hold_reason="approval")
    assert state_word(kind_of("request"), asked) == "Awaiting Approval"
    assert "yellow" in ring(kind_of("request"), asked)


def test_priority_is_told_to_those_who_do_not_see_it() -> None:
    assert 'aria-label="Priority 1">!<' in priority_mark(1)
    assert priority_mark(3).count("<i>") == 3
    assert priority_mark(None) == ""


def test_people_have_a_name_a_letter_and_always_the_same_colour() -> None:
    assert [person_name(who) for who in ("alice@example.org", "job", "portal")] == ["alice", "Portal", "Portal"]
    assert avatar("alice@example.org") == avatar("alice@example.org")
    assert ">A<" in avatar("alice@example.org")
    assert "<" not in avatar("<@example.org").split(">")[1].split("<")[0]


@pytest.mark.parametrize("theme", [0, 1])
def test_letters_on_faces_can_be_read(theme: int) -> None:
    for face in range(FACES):
        assert contrast(TOKENS["on-face"][theme], TOKENS[f"face-{face}"][theme]) >= 4.5


def test_whoever_decides_is_named_in_words() -> None:
    names = ["bob@example.org", "group:Finance", "owners:sales"]
    assert [principal_name(name) for name in names] == ["bob", "the group Finance", "an owner of sales"]


def test_ages_and_days_are_short() -> None:
    ages = [timedelta(seconds=5), 4 * M, 5 * H, 3 * D, 40 * D]
    assert [ago_short(AT - age, HERE) for age in ages] == ["now", "4 min", "5 h", "3 d", "14 Oct"]
    assert [day_word(AT - age, HERE) for age in (H, 14 * D)] == ["today", "9 Nov"]


def test_text_in_marks_stays_text() -> None:
    assert mark_pill(None) == ""
    assert "<late>" not in state_pill(
        kind_of("incident"), a_ticket(state="in_progress", hold_since=AT, hold_reason="<late>")
    )
