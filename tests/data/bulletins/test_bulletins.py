"""Bulletins: what status pages, feeds and calendars tell, for whoever asks."""

from __future__ import annotations

from datetime import timedelta

import pytest

from data.bulletins.model import Bulletin
from data.portal import Portal
from tests.data.messages.newsroom import Newsroom
from tests.data.tickets.desk import Desk
from tests.portals import Clock


@pytest.fixture
def desk(portal: Portal) -> Desk:
    Newsroom(portal)
    return Desk(portal)


@pytest.fixture
def newsroom(desk: Desk) -> Newsroom:
    return Newsroom(desk.portal)


def told(desk: Desk, name: str = "charlie") -> tuple[Bulletin, ...]:
    return desk.portal.bulletins.board(desk.actor(name))


def test_an_incident_tells_its_opening_its_states_and_what_staff_said(desk: Desk, clock: Clock) -> None:
    ticket = desk.open()
    for minutes, step in enumerate(("triage", "start"), 1):
        clock.advance(minutes=minutes)
        desk.move(desk.dana, ticket, step, **({"priority": 2} if step == "triage" else {}))
    clock.advance(minutes=3)
    desk.tickets.talk.comment(desk.dana, ticket.id, "The gateway restarts.")
    desk.tickets.talk.comment(desk.dana, ticket.id, "Who broke it?", internal=True)
    desk.tickets.talk.comment(desk.bob, ticket.id, "Thank you!")
    clock.advance(minutes=4)
    desk.move(desk.dana, ticket, "resolve", reason="fixed", note="Reloaded.")
    [bulletin] = told(desk)
    assert [(update.status, update.body) for update in reversed(bulletin.updates)] == [
        ("investigating", "I see Sunday."), ("investigating", ""), ("identified", ""),
        ("identified", "The gateway restarts."), ("resolved", "Reloaded."),
    ]  # fmt: skip
    assert (bulletin.status, bulletin.impact, bulletin.platform_ids) == ("resolved", "major", ("sales",))
    assert bulletin.ended_at == bulletin.updated_at == clock()
    assert len({update.id for update in bulletin.updates}) == 5


def test_what_is_for_some_people_only_is_in_no_feed_whoever_asks(desk: Desk) -> None:
    desk.open(title="Sales shows Monday")
    desk.open(title="Salaries are wrong", sensitive=True)
    hidden = desk.open(title="Nonsense about sales")
    desk.move(desk.dana, hidden, "hide", note="Spam")
    for name in ("dana", "bob", "charlie"):
        assert [bulletin.title.split(": ")[1] for bulletin in told(desk, name)] == ["Sales shows Monday"]


def test_outsiders_learn_nothing_of_a_platform_of_others(desk: Desk, newsroom: Newsroom) -> None:
    desk.open(by=desk.erin, platform_id="payroll", title="Payroll stands still")
    newsroom.write(by="frank", kind="maintenance", title="Payroll moves", platform_ids=("payroll",))
    newsroom.write(by="dana", kind="maintenance", title="Both move", platform_ids=("payroll", "sales"))
    assert {bulletin.title: bulletin.platform_ids for bulletin in told(desk)} == {"Both move": ("sales",)}
    assert len(told(desk, "erin")) == 3


def test_maintenance_goes_by_the_clock_and_its_updates_keep_their_ids(
    newsroom: Newsroom, desk: Desk, clock: Clock
) -> None:
    message = newsroom.write(kind="maintenance", title="Sales moves")
    clock.advance(minutes=10)
    newsroom.again("revise", message, kind="maintenance", title="Sales moves", body="By *lorry*.")
    seen: list[tuple[str, frozenset[str]]] = []
    for minutes in (1, 65, 60):
        clock.advance(minutes=minutes)
        [bulletin] = told(desk)
        seen.append((bulletin.status, frozenset(update.id for update in bulletin.updates)))
        assert bulletin.updated_at == bulletin.updates[0].at
    assert [status for status, _ in seen] == ["scheduled", "in_progress", "completed"]
    assert [len(ids) for _, ids in seen] == [2, 3, 4]
    assert seen[0][1] < seen[1][1] < seen[2][1]


def test_withdrawn_maintenance_is_cancelled_and_its_version_rises(newsroom: Newsroom, desk: Desk, clock: Clock) -> None:
    message = newsroom.write(kind="maintenance", title="Sales moves")
    [before] = told(desk)
    clock.advance(minutes=5)
    newsroom.move("withdraw", message, reason="No lorry")
    [after] = told(desk)
    assert (after.cancelled, after.status, after.updates[0].body) == (True, "completed", "Cancelled. No lorry")
    assert after.version > before.version
    assert after.id == before.id


def test_a_message_about_an_incident_is_one_until_it_ends(newsroom: Newsroom, desk: Desk, clock: Clock) -> None:
    ends_at = clock() + timedelta(hours=1)
    newsroom.write(kind="incident", severity="critical", title="Sales is late", ends_at=ends_at)
    newsroom.write(kind="announcement", title="We have cake")
    newsroom.write(move="save", kind="incident", title="Not told yet")
    [bulletin] = told(desk)
    assert (bulletin.status, bulletin.impact, bulletin.ended_at) == ("identified", "critical", None)
    clock.advance(hours=2)
    [bulletin] = told(desk)
    assert (bulletin.status, bulletin.ended_at) == ("resolved", ends_at)
