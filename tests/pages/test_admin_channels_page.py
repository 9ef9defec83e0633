"""Channels by form: every problem at its field, nothing typed lost, and a test card that the job sends."""

from __future__ import annotations

from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from data.cached import notifications as cached_notifications
from data.notifications.model import Channel
from data.notifications.outcomes import Outcome
from data.people.model import Actor
from data.portal import Portal
from tests.jobs.delivering import KEY, URL, channel
from tests.pages.conftest import SignIn, Visit
from tests.portals import Clock

JOB = Actor.job()


def html(app: AppTest) -> str:
    assert not app.exception
    return "\n".join(element.proto.body for element in app.get("html"))


def typed(app: AppTest, name: str) -> str:
    """The key of a field of the form."""
    return next(str(one.key) for one in (*app.text_input, *app.selectbox) if str(one.key).endswith(f"_{name}"))


def added(house: Portal) -> Channel:
    return house.notifications.channels.save(JOB, channel())


@pytest.mark.parametrize("who", ["charlie", "bob"])
def test_only_admins_find_the_channels(house: Portal, visit: Visit, sign_in: SignIn, who: str) -> None:
    added(house)
    sign_in(who)
    app = visit("admin", part="channels")
    assert URL not in html(app)
    assert not [one for one in app.button if str(one.key).startswith("test_")]


def test_a_channel_is_added_by_form(house: Portal, visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(URL, "https://example.org/s3cret")
    app = visit("admin", part="channels", channel="new")
    app.text_input(key=typed(app, "name")).set_value("Team  Sales")
    app.selectbox(key=typed(app, "platform_id")).set_value("sales")
    app.text_input(key=typed(app, "url_variable")).set_value(URL).run()
    assert f"{URL} is set in this process." in html(app)
    app.button(key="channel_save").click().run()
    (saved,) = house.notifications.channels.all(JOB)
    assert (saved.name, saved.type, saved.platform_id, saved.url_variable) == ("Team Sales", "teams", "sales", URL)
    assert saved.kinds == ("incidents", "messages", "status")
    said = html(app)
    assert "<b>Team Sales</b>" in said
    assert "Nothing delivered in 30 days" in said
    assert "s3cret" not in said


def test_what_is_wrong_stands_at_its_field_and_nothing_typed_is_lost(house: Portal, visit: Visit) -> None:
    app = visit("admin", part="channels", channel="new")
    app.text_input(key=typed(app, "url_variable")).set_value("https://example.org/s3cret").run()
    app.button(key="channel_save").click().run()
    said = html(app)
    assert said.count('role="alert"') == 2
    assert "From 1 to 80 characters." in said
    assert "Name an environment variable that begins with PORTAL_SECRET_" in said
    assert app.text_input(key=typed(app, "url_variable")).value == "https://example.org/s3cret"
    assert house.notifications.channels.all(JOB) == ()


def test_there_is_nothing_to_save_until_something_is_changed(house: Portal, visit: Visit) -> None:
    saved = house.notifications.channels.save(JOB, channel(kinds=("status", "incidents")))
    app = visit("admin", part="channels", channel=saved.id)
    assert app.button(key="channel_save").disabled
    app.text_input(key=typed(app, "name")).set_value("Another").run()
    assert not app.button(key="channel_save").disabled


def test_a_variable_that_is_not_set_is_said_to_be(house: Portal, visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(URL, "https://example.org/s3cret")
    monkeypatch.delenv(KEY, raising=False)
    saved = added(house)
    assert f"Not set in this process: {KEY}" in html(visit("admin", part="channels"))
    said = html(visit("admin", part="channels", channel=saved.id))
    assert f"{URL} is set in this process." in said
    assert f"{KEY} is not set in this process." in said


def test_whoever_is_slower_keeps_what_they_typed_and_may_take_what_is_there(house: Portal, visit: Visit) -> None:
    saved = added(house)
    app = visit("admin", part="channels", channel=saved.id)
    app.text_input(key=typed(app, "name")).set_value("Mine").run()
    house.notifications.channels.save(JOB, replace(saved, name="Theirs"))
    app.button(key="channel_save").click().run()
    assert "Somebody was faster" in app.toast[0].value
    assert "Somebody changed this channel meanwhile." in html(app)
    assert app.text_input(key=typed(app, "name")).value == "Mine"
    assert [one.name for one in house.notifications.channels.all(JOB)] == ["Theirs"]
    app.button(key="channel_reload").click().run()
    assert app.text_input(key=typed(app, "name")).value == "Theirs"
    app.text_input(key=typed(app, "name")).set_value("Both").run()
    app.button(key="channel_save").click().run()
    assert [one.name for one in house.notifications.channels.all(JOB)] == ["Both"]


def test_a_channel_is_paused_resumed_and_removed(house: Portal, visit: Visit) -> None:
    saved = added(house)
    app = visit("admin", part="channels", channel=saved.id)
    app.button(key="channel_pause").click().run()
    assert [one.state for one in house.notifications.channels.all(JOB)] == ["paused"]
    assert "pause channel" in html(app)
    assert visit("admin", part="channels").button(key=f"test_{saved.id}").disabled
    app.button(key="channel_pause").click().run()
    assert [one.state for one in house.notifications.channels.all(JOB)] == ["active"]
    app.button(key="channel_removed").click().run()
    assert house.notifications.channels.all(JOB) == ()
    assert "No channel is told yet" in html(app)


def test_a_test_card_is_written_and_the_page_tells_what_became_of_it(house: Portal, visit: Visit, clock: Clock) -> None:
    saved, post = added(house), house.notifications.post
    app = visit("admin", part="channels")
    app.button(key=f"test_{saved.id}").click().run()
    assert "Test card of 08:30: on its way, within a minute." in html(app)
    app.button(key=f"test_{saved.id}").click().run()
    assert app.toast[0].value == "A test card of this minute is on its way already."
    clock.advance(seconds=20)
    post.settle([(one, Outcome("refused", "The receiver answered 400.")) for one in post.claim("run", 9)])
    cached_notifications.drop()
    said = html(visit("admin", part="channels"))
    assert "Test card of 08:30: not delivered. The receiver answered 400." in said
    assert "1 given up" in said


def test_an_address_that_names_no_channel_says_so(house: Portal, visit: Visit) -> None:
    assert "There is no such channel" in html(visit("admin", part="channels", channel="gone"))
