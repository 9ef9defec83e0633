"""Announcements over real sockets: told once, at their start, and only as they are then."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from data.messages.model import Draft, Message
from data.messages.store import FOUR_EYES
from data.people.model import Actor, Role
from data.tickets.ids import new_id
from tests.jobs.delivering import ADMIN, CHARLIE, House, house
from tests.portals import NOW, ON_EVERY_STORE, connected, warehouse, workspace

__all__ = ["connected", "house", "warehouse", "workspace"]

DAY, START = timedelta(days=1), NOW + timedelta(days=2)


@pytest.fixture
def desk(house: House) -> House:
    """charlie wants mail of messages about sales at once, and a channel hears of them, too."""
    house.portal.notifications.choices.choose(Actor(CHARLIE, "charlie", Role.viewer), [("sales", "messages", "now")])
    house.add()
    return house


def write(desk: House, move: str = "publish", before: Message | None = None, **parts: Any) -> Message:
    given = {"id": before.id if before else new_id(desk.clock()), "title": "Sales moves", "platform_ids": ("sales",)}
    draft = Draft(**given | {"starts_at": START, "body": "On *Friday*."} | parts)
    return desk.portal.messages.write(ADMIN, move, draft, before.version if before else 0)


def move(desk: House, name: str, message: Message, **answers: str) -> Message:
    return desk.portal.messages.move(ADMIN, message.id, message.version, name, answers)


def until(desk: House, at: datetime) -> None:
    desk.clock.now = at - timedelta(seconds=1)


def subjects(desk: House) -> list[str]:
    return [str(mail["Subject"]) for mail in desk.box.mails]


@ON_EVERY_STORE
def test_what_is_published_for_later_is_told_once_at_its_start(desk: House) -> None:
    write(desk)
    assert desk.again() == ["2 deliveries planned; nothing was due."]
    until(desk, START)
    assert desk.again() == ["0 deliveries planned; nothing was due."]
    assert desk.again(seconds=1) == ["0 deliveries planned; 2 delivered."]
    assert desk.again(days=1) == ["0 deliveries planned; nothing was due."]
    assert subjects(desk) == ["[Data portal] Announcement · Sales moves (dana published it)"]
    assert len(desk.hook.posted) == 1
    text = desk.box.mails[0].get_body(("plain",)).get_content()
    assert "When: Wed 25 Nov, 08:30 CET" in text
    assert "Open: https://portal.example.org/messages?id=" in text


def test_what_is_published_now_is_told_now(desk: House) -> None:
    write(desk, starts_at=None)
    assert desk.again() == ["2 deliveries planned; 2 delivered."]


def test_maintenance_is_told_when_it_is_announced_with_its_times_and_when_it_is_called_off(desk: House) -> None:
    planned = write(desk, kind="maintenance", ends_at=START + timedelta(hours=2))
    assert desk.again() == ["2 deliveries planned; 2 delivered."]
    lines = desk.box.mails[0].get_body(("plain",)).get_content().splitlines()
    assert {"Starts: Wed 25 Nov, 08:30 CET", "Ends: Wed 25 Nov, 10:30 CET", "On *Friday*."} <= set(lines)
    move(desk, "withdraw", planned, reason="Not needed")
    desk.again(minutes=11)
    assert subjects(desk)[1:] == ["[Data portal] Maintenance · Sales moves (dana withdrew it)"]
    assert len(desk.hook.posted) == 2


@pytest.mark.parametrize("planned", [True, False])
def test_what_is_withdrawn_before_its_start_is_never_told(desk: House, planned: bool) -> None:
    message = write(desk)
    if planned:
        desk.again()
    move(desk, "withdraw", message, reason="Not needed")
    desk.again()
    until(desk, START + 2 * DAY)
    desk.again()
    assert (subjects(desk), desk.hook.posted) == ([], [])
    assert desk.deliveries("state", "last_error") == [("dropped", "It changed before it was told.")] * 2


def test_what_is_withdrawn_after_its_start_is_told_as_such(desk: House) -> None:
    message = write(desk, starts_at=None)
    desk.again()
    move(desk, "withdraw", message, reason="It was wrong")
    desk.again(minutes=11)
    assert subjects(desk)[1:] == ["[Data portal] Announcement · Sales moves (dana withdrew it)"]
    assert len(desk.hook.posted) == 2


@pytest.mark.parametrize("hours", [-24, 0, 24])
def test_only_the_last_text_is_told_and_at_its_own_start(desk: House, hours: int) -> None:
    first = write(desk)
    desk.again()
    moved = START + timedelta(hours=hours)
    write(desk, "revise", first, title="Sales moves later", starts_at=moved)
    desk.again()
    until(desk, moved)
    desk.again()
    assert subjects(desk) == []
    desk.again(seconds=1)
    until(desk, START + 3 * DAY)
    desk.again()
    assert subjects(desk) == ["[Data portal] Announcement · Sales moves later (dana changed it)"]
    assert len(desk.hook.posted) == 1


def test_pinning_tells_nobody_and_takes_nothing_away(desk: House) -> None:
    pinned = move(desk, "pin", write(desk))
    move(desk, "unpin", pinned)
    desk.again()
    until(desk, START + DAY)
    desk.again()
    assert subjects(desk) == ["[Data portal] Announcement · Sales moves (dana published it)"]


def test_the_digest_tells_only_what_has_begun_and_still_holds(desk: House) -> None:
    desk.portal.notifications.choices.choose(
        Actor(CHARLIE, "charlie", Role.viewer), [("sales", "messages", "daily")]
    )  # fmt: skip
    gone = write(desk, title="Gone")
    write(desk, title="Kept")
    desk.again(days=1)
    assert subjects(desk) == []
    move(desk, "withdraw", gone, reason="Not needed")
    until(desk, START + DAY)
    desk.again()
    (mail,) = desk.box.mails
    assert mail["Subject"] == "[Data portal] Your day: 1 change"
    assert "Kept" in mail.get_body(("plain",)).get_content()


def test_what_two_people_approve_is_told_once_it_begins(desk: House) -> None:
    knobs = desk.portal.knobs
    knobs.turn(ADMIN, knobs.read(ADMIN, FOUR_EYES), True, "Two see more than one")
    waiting = write(desk, "submit")
    desk.again()
    assert desk.hook.posted == [], "what waits for approval is not for channels"
    other = Actor("erin@example.org", "erin", Role.admin)
    desk.portal.messages.move(other, waiting.id, waiting.version, "approve")
    desk.again()
    assert (subjects(desk), desk.hook.posted) == ([], [])
    until(desk, START + DAY)
    desk.again()
    assert subjects(desk) == ["[Data portal] Announcement · Sales moves (erin approved it)"]


@pytest.mark.parametrize(
    ("platforms", "mailed", "posted"),
    [
        (("sales",), True, ["of all", "of sales"]),
        (("sales", "payroll"), True, ["of payroll", "of sales"]),
        (("payroll",), False, ["of payroll"]),
        ((), False, ["of all"]),
    ],
)
def test_a_message_about_several_platforms_is_told_to_those_of_each(
    house: House, platforms: tuple[str, ...], mailed: bool, posted: list[str]
) -> None:
    house.portal.notifications.choices.choose(Actor(CHARLIE, "charlie", Role.viewer), [("sales", "messages", "now")])
    for name, place in (("of sales", "sales"), ("of payroll", "payroll"), ("of all", None)):
        house.add(name=name, platform_id=place)
    write(house, starts_at=None, platform_ids=platforms)
    house.again()
    names = {one.id: one.name for one in house.portal.notifications.channels.all(ADMIN)}
    told = [names[target] for channel, target in house.deliveries("channel", "target") if channel != "mail"]
    assert (sorted(told), len(house.hook.posted)) == (posted, len(posted))
    assert [mail["To"] for mail in house.box.mails] == [CHARLIE] * mailed
    for mail in house.box.mails:
        assert "Platform: Sales\r\n" in mail.get_body(("plain",)).get_content()
