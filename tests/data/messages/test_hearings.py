"""Who hears of a message: whoever may read it, and of what is not published those who may publish it."""

from __future__ import annotations

import pytest

from data.engines.recording import RecordingEngine
from data.messages.notices import notice_of
from data.notifications.model import Audience
from tests.data.messages.newsroom import HOUR, Newsroom
from tests.portals import Clock


@pytest.mark.parametrize(
    ("parts", "move", "audience", "hear"),
    [
        ({}, "publish", "everybody", ["alice", "charlie", "dana", "erin"]),
        ({"platform_ids": ()}, "publish", "everybody", ["alice", "charlie", "dana", "erin"]),
        ({"platform_ids": ("payroll",)}, "publish", "everybody", ["dana", "erin"]),
        ({"platform_ids": ("payroll", "sales")}, "publish", "everybody", ["alice", "charlie", "dana", "erin"]),
        ({}, "save", "staff", ["alice", "dana"]),
        ({}, "save", "everybody", ["alice", "dana"]),
    ],
)
def test_a_message_is_heard_by_who_may_read_it(
    newsroom: Newsroom,
    clock: Clock,
    parts: dict[str, object],
    move: str,
    audience: Audience,
    hear: list[str],
) -> None:
    message = newsroom.write(move, by="dana", ends_at=clock() + HOUR, **parts)
    hearing = newsroom.messages.hearings([notice_of(message)])[message.id]
    people = ("alice", "charlie", "dana", "erin")
    assert [who for who in people if hearing.may(newsroom.actor(who), audience)] == hear
    assert hearing.open


def test_many_messages_are_asked_for_at_once(newsroom: Newsroom, clock: Clock) -> None:
    abouts = [notice_of(newsroom.write(title=f"Message {n}", ends_at=clock() + HOUR)) for n in range(5)]
    counted = newsroom.portal.replace(engine=RecordingEngine(newsroom.portal.engine))
    assert len(counted.messages.hearings(abouts)) == 5
    assert len(counted.engine.calls) == 2
