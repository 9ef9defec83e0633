"""What is due by itself, as tables: silence, holds, and incidents that follow their checks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from data.tickets.alarms import Alarm, AlarmPolicy, drafted, plan_alarms
from data.tickets.knobs import Knobs
from data.tickets.model import Tally, Ticket
from data.tickets.rounds import due_move
from data.tickets.sla import BusinessCalendar, Policy

KNOBS = Knobs(sla=Policy(calendar=BusinessCalendar(zone="UTC")))
MONDAY = datetime(2026, 11, 9, 9, tzinfo=UTC)
PORTAL, DANA = "portal", "dana@example.org"


def after(work_days: float) -> datetime:
    """So many business days (Monday to Friday, 09:00 to 17:00) after that Monday morning."""
    days, rest = divmod(work_days, 1)
    weeks, days = divmod(int(days), 5)
    return MONDAY + timedelta(weeks=weeks, days=days, hours=8 * rest)


def a_ticket(**parts: Any) -> Ticket:
    given: dict[str, Any] = {
        "id": "T", "key": "INC-1", "kind": "incident", "state": "in_progress", "title": "Sales is late",
        "requester": "bob@example.org", "created_at": MONDAY, "created_by": PORTAL, "updated_at": MONDAY,
        "updated_by": PORTAL, "source": "check:orders",
    }  # fmt: skip
    return Ticket(**{**given, **parts})


RESOLVED = {"state": "resolved", "stopped_at": MONDAY}
WAITS = {"hold_reason": "requester", "hold_since": MONDAY}
VENDOR = {"hold_reason": "vendor", "hold_since": MONDAY}
DUE: list[tuple[str, dict[str, Any], float, str | None]] = [
    ("work goes on", {}, 100, None),
    ("resolved a moment ago", RESOLVED, 0.1, None),
    ("nobody objected for almost five days", RESOLVED, 4.9, None),
    ("nobody objected for five days", RESOLVED, 5, "settle"),
    ("somebody said something then", {**RESOLVED, "tally": Tally(last_comment_at=after(3))}, 7, None),
    ("and nothing more", {**RESOLVED, "tally": Tally(last_comment_at=after(3))}, 8, "settle"),
    ("closed", {"state": "closed", "stopped_at": MONDAY}, 100, None),
    ("the requester has time", WAITS, 2.9, None),
    ("the requester is asked again", WAITS, 3, "nudge"),
    ("once", {**WAITS, "fields": {"nudges": 1}}, 6.9, None),
    ("and once more", {**WAITS, "fields": {"nudges": 1}}, 7, "nudge"),
    ("but no third time", {**WAITS, "fields": {"nudges": 2}}, 9.9, None),
    ("and then it ends", {**WAITS, "fields": {"nudges": 2}}, 10, "give_up"),
    ("even if the job slept meanwhile", WAITS, 30, "give_up"),
    ("a vendor may take long", VENDOR, 100, None),
    ("unless until a day", {**VENDOR, "hold_until": after(4)}, 3.9, None),
    ("which has come", {**VENDOR, "hold_until": after(4)}, 4, "resume"),
    ("for the requester, too", {**WAITS, "hold_until": after(2)}, 2, "resume"),
    ("an approval that nobody waits for", {"hold_reason": "approval", "hold_since": MONDAY}, 100, None),
]


@pytest.mark.parametrize(("story", "parts", "days", "move"), DUE, ids=[case[0] for case in DUE])
def test_what_is_due(story: str, parts: dict[str, Any], days: float, move: str | None) -> None:
    assert due_move(a_ticket(**parts), (), KNOBS, after(days)) == move, story


def an_alarm(look: Any, ago: float = 60, **parts: Any) -> Alarm:
    """Since so many minutes."""
    since = MONDAY - timedelta(minutes=ago)
    given: dict[str, Any] = {
        "check_id": "orders", "check_name": "Orders", "platform_id": "sales", "criticality": 1, "look": look,
        "since": since, "reason": "Two days old",
    }  # fmt: skip
    return Alarm(**{**given, **parts})


def recovered(hours_ago: float, **parts: Any) -> Ticket:
    ended = MONDAY - timedelta(hours=hours_ago)
    return a_ticket(**{"state": "resolved", "reason": "recovered", "stopped_at": ended, **parts})


OPEN = a_ticket(state="new")
PLANS: list[tuple[str, Alarm, list[Ticket], str]] = [
    ("red for the first time", an_alarm("red"), [], "open"),
    ("red and known", an_alarm("red"), [OPEN], ""),
    ("red and known, whoever has it", an_alarm("red"), [a_ticket(assignee=DANA)], ""),
    ("another check is known", an_alarm("red"), [a_ticket(source="check:stock")], "open"),
    ("red again soon after", an_alarm("red"), [recovered(24)], "reopen"),
    ("red again later", an_alarm("red"), [recovered(24.1)], "open"),
    ("red again after a human resolved it", an_alarm("red"), [recovered(1, reason="fixed")], "open"),
    ("red again after it was closed", an_alarm("red"), [recovered(1, state="closed")], "open"),
    ("the newest of several counts", an_alarm("red"), [recovered(3), OPEN], ""),
    ("fine for long enough", an_alarm("fine", 10), [OPEN], "resolve"),
    ("fine, but only just", an_alarm("fine", 9.9), [OPEN], ""),
    ("fine and nothing open", an_alarm("fine"), [recovered(1)], ""),
    ("fine, but somebody has it", an_alarm("fine"), [a_ticket(assignee=DANA)], ""),
    ("fine, but somebody changed it", an_alarm("fine"), [a_ticket(updated_by=DANA)], ""),
    ("fine, but on hold", an_alarm("fine"), [a_ticket(**VENDOR)], ""),
    ("unknown and nothing open", an_alarm("other"), [], ""),
    ("unknown and open", an_alarm("other"), [OPEN], ""),
    ("unknown soon after recovery", an_alarm("other"), [recovered(1)], ""),
]


@pytest.mark.parametrize(("story", "alarm", "known", "deed"), PLANS, ids=[case[0] for case in PLANS])
def test_an_incident_follows_its_check(story: str, alarm: Alarm, known: list[Ticket], deed: str) -> None:
    plan = plan_alarms([alarm], known, AlarmPolicy(), MONDAY)
    done = {"open": plan.to_open, "reopen": plan.to_reopen, "resolve": plan.to_resolve}
    assert {name for name, planned in done.items() if planned} == ({deed} if deed else set()), story


@pytest.mark.parametrize("policy", [AlarmPolicy(on=False), AlarmPolicy(quiet=frozenset({"orders"}))])
def test_a_check_may_be_silenced(policy: AlarmPolicy) -> None:
    for known in ([], [recovered(1)]):
        plan = plan_alarms([an_alarm("red")], known, policy, MONDAY)
        assert (plan.to_open, plan.to_reopen) == ((), ())


def test_a_check_that_was_silenced_meanwhile_still_ends_its_incident() -> None:
    plan = plan_alarms([an_alarm("fine")], [OPEN], AlarmPolicy(quiet=frozenset({"orders"})), MONDAY)
    assert [ticket.id for ticket, _ in plan.to_resolve] == ["T"]


@pytest.mark.parametrize(("criticality", "urgency"), [(1, "now"), (2, "today"), (3, "week"), (9, "today")])
def test_the_platform_says_how_urgent_an_alarm_is(criticality: int, urgency: str) -> None:
    assert drafted(an_alarm("red", criticality=criticality), "id").urgency == urgency


def test_a_long_reason_is_cut_in_the_title_only() -> None:
    draft = drafted(an_alarm("red", reason="x" * 300), "id")
    assert len(draft.title) == 100
    assert "x" * 300 in draft.body
