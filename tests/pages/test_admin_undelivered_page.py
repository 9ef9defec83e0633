"""What was given up: seen with its reason, tried again, dropped, one by one or all of a channel."""

from __future__ import annotations

from datetime import timedelta

import pytest

from data.cached import notifications as cached_notifications
from data.notifications.outcomes import Outcome
from data.people.model import Actor
from data.portal import Portal
from tests.jobs.delivering import channel, notice
from tests.pages.conftest import SignIn, Visit
from tests.pages.test_admin_channels_page import html
from tests.portals import NOW, Clock

JOB = Actor.job()


@pytest.fixture
def given_up(house: Portal) -> Portal:
    """Three cards that the channel of sales refused."""
    house.notifications.channels.save(JOB, channel(name="Team <Sales>"))
    told = {"title": "Sales <b>late</b>", "kind": "messages"}
    house.outbox.add(notice(f"e{n}", recipients=(), payload=told, at=NOW - timedelta(minutes=n)) for n in range(3))
    post = house.notifications.post
    post.plan()
    post.settle([(one, Outcome("refused", "The receiver answered 410.")) for one in post.claim("run", 9)])
    return house


def dead(house: Portal) -> list[str]:
    return [one.id for one in house.notifications.upkeep.dead_letters(JOB)]


@pytest.mark.parametrize("who", ["charlie", "bob"])
def test_only_admins_see_what_was_not_delivered(given_up: Portal, visit: Visit, sign_in: SignIn, who: str) -> None:
    sign_in(who)
    assert "answered 410" not in html(visit("admin", part="undelivered"))


def test_each_stands_with_what_to_whom_when_how_often_and_why(given_up: Portal, visit: Visit) -> None:
    said = html(visit("admin", part="undelivered"))
    assert "Team &lt;Sales&gt; (Webhook)" in said
    assert "3 given up" in said
    assert "Sales &lt;b&gt;late&lt;/b&gt;" in said
    assert "1 attempt<" in said
    assert "The receiver answered 410." in said
    assert "3 given up." in html(visit("admin")), "counted on the overview"


def test_one_is_tried_again_and_one_is_dropped_with_a_reason(given_up: Portal, visit: Visit) -> None:
    first, second, third = dead(given_up)
    app = visit("admin", part="undelivered")
    app.button(key=f"retry_{first}").click().run()
    assert dead(given_up) == [second, third]
    app.button(key=f"dropped_{second}").click().run()
    assert app.toast[0].value == "Please say why it need not be delivered."
    app.text_input(key=f"drop_why_{second}").set_value("It is over").run()
    app.button(key=f"dropped_{second}").click().run()
    assert dead(given_up) == [third]
    assert f"retry_{second}" not in [one.key for one in app.button]


def test_all_of_a_channel_are_tried_again(given_up: Portal, visit: Visit) -> None:
    app = visit("admin", part="undelivered")
    (head,) = [one for one in app.button if str(one.key).startswith("retry_all_")]
    head.click().run()
    assert dead(given_up) == []
    assert "Everything was delivered" in html(app)


def test_of_what_somebody_else_dealt_with_one_is_told(given_up: Portal, visit: Visit) -> None:
    first = given_up.notifications.upkeep.dead_letters(JOB)[0]
    app = visit("admin", part="undelivered")
    given_up.notifications.upkeep.retry(JOB, first.id, first.version)
    app.button(key=f"retry_{first.id}").click().run()
    assert "Somebody was faster" in app.toast[0].value
    assert f"retry_{first.id}" not in [one.key for one in app.button]


def test_what_waits_too_long_is_said(given_up: Portal, visit: Visit, clock: Clock) -> None:
    given_up.notifications.upkeep.retry_all(JOB, "webhook")
    clock.advance(minutes=31)
    cached_notifications.drop()
    assert "3 cards on the way for more than 30 minutes." in html(visit("admin", part="undelivered"))
    assert "3 late." in html(visit("admin"))
