"""Messages as people meet them: banners on every page, the list, one message, and the form that loses nothing."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from data.cached import messages as cached_messages
from data.messages.model import Draft, Message
from data.messages.store import FOUR_EYES
from data.people.model import Actor
from data.portal import Portal
from data.tickets.ids import new_id
from tests.pages.conftest import SignIn, Visit
from tests.portals import Clock

HOUR = timedelta(hours=1)
ADMIN = Actor.job("job")
ODD = "<img src=x onerror=alert(1)> **مرحبا** 🙂 $x$ [a](javascript:b)"


@pytest.fixture
def publish(house: Portal, clock: Clock) -> Any:
    def published(title: str = "Sales moves", move: str = "publish", **parts: Any) -> Message:
        clock.advance(seconds=1)
        draft = Draft(**{"id": new_id(clock()), "title": title, "body": "On *Friday*.", **parts})
        message = house.messages.write(ADMIN, move, draft)
        cached_messages.drop()
        return message

    return published


def html(app: AppTest) -> str:
    assert not app.exception
    return "\n".join(element.proto.body for element in app.get("html"))


def banners(app: AppTest) -> str:
    return "\n".join(part for part in html(app).split("\n") if part.startswith('<div class="notice '))


def field(app: AppTest, name: str, of: str = "new") -> Any:
    return next(one for one in app if getattr(one, "key", None) == f"message_{of}_{name}")


def test_a_banner_stands_above_the_page_and_says_what_it_is(publish: Any, visit: Visit) -> None:
    publish(severity="critical", platform_ids=("sales",))
    said = banners(visit())
    assert "Announcement · Critical" in said
    assert "Sales moves" in said


def test_two_banners_stand_and_the_others_are_counted_pinned_first(publish: Any, visit: Visit) -> None:
    for title, parts in (("One", {}), ("Two", {}), ("Pinned", {"pinned": True}), ("Severe", {"severity": "critical"})):
        publish(title, **parts)
    app = visit()
    said = banners(app)
    assert said.index("Pinned") < said.index("Severe")
    assert "Two" not in said
    assert "2 more" in [link.proto.label for link in app.get("page_link")]


def test_maintenance_is_announced_a_day_before_and_others_when_they_begin(
    publish: Any, visit: Visit, clock: Clock
) -> None:
    at = clock()
    publish("Upgrade", kind="maintenance", starts_at=at + 30 * HOUR, ends_at=at + 32 * HOUR)
    publish("Party", starts_at=at + 30 * HOUR)
    for hours, upgrade, party in ((0, False, False), (7, True, False), (24, True, True), (2, False, True)):
        clock.advance(hours=hours)
        said = banners(visit())
        assert ("Upgrade" in said, "Party" in said) == (upgrade, party), hours


def test_dismissing_is_for_oneself_and_lasts(publish: Any, visit: Visit, sign_in: SignIn, house: Portal) -> None:
    message = publish()
    sign_in("charlie")
    app = visit()
    app.button(key=f"dismiss_{message.id}").click().run()
    assert "Sales moves" not in html(app)
    cached_messages.drop()
    assert "Sales moves" not in banners(visit())
    sign_in("alice")
    assert "Sales moves" in banners(visit())


def test_outsiders_see_nothing_of_a_platform_for_members(publish: Any, visit: Visit, sign_in: SignIn) -> None:
    secret = publish("Salaries stop", platform_ids=("payroll",))
    sign_in("charlie")
    for app in (visit(), visit("messages"), visit("messages", id=secret.id), visit("messages", edit=secret.id)):
        assert "Salaries" not in html(app)
    assert "Writing messages is for owners" in html(visit("messages", new="1"))


def test_the_list_has_what_is_shown_planned_and_over(publish: Any, visit: Visit, clock: Clock) -> None:
    at = clock()
    publish("Over", ends_at=at + HOUR)
    publish("Begun")
    publish("Later", starts_at=at + 40 * HOUR)
    publish("Unsaid", move="save")
    clock.advance(hours=2)
    cached_messages.drop()
    said = html(visit("messages"))
    parts = ["Shown now", "<b>Begun", "Planned", "<b>Later", "Drafts and approvals", "<b>Unsaid", "Archive", "<b>Over"]
    places = [said.rindex(part) for part in parts]
    assert places == sorted(places)
    assert "<b>Over" in html(visit("messages", q="ove"))
    assert "No earlier message has these words" in html(visit("messages", q="nowhere"))


def test_one_message_shows_its_texts_and_who_changed_what(publish: Any, visit: Visit, house: Portal) -> None:
    first = publish(ODD, body=ODD)
    changed = Draft(id=first.id, title="Second", body="Now *later*.")
    house.messages.write(ADMIN, "revise", changed, first.version)
    cached_messages.drop()
    said = html(visit("messages", id=first.id))
    assert "<em>later</em>" in said
    assert "<strong>مرحبا</strong>" in said
    assert "<img" not in said
    assert "javascript:" not in said.replace("(javascript:b)", "")
    assert "2 revisions" in said
    assert "changed it" in said


def test_withdrawing_asks_why_at_its_field(publish: Any, visit: Visit, house: Portal) -> None:
    message = publish()
    app = visit("messages", id=message.id)
    prefix = f"ask_withdraw_{message.id}_"
    app.button(key=f"{prefix}go").click().run()
    assert "Please fill this in" in html(app)
    app.text_input(key=f"{prefix}reason").input("Wrong day").run()
    app.button(key=f"{prefix}go").click().run()
    assert "Reason: Wrong day" in html(app)
    assert [m.reason for m in house.messages.archive(ADMIN)] == ["Wrong day"]


def test_a_message_is_written_previewed_and_published(visit: Visit, house: Portal) -> None:
    app = visit("messages", new="1")
    field(app, "title").input("Sales is slow")
    field(app, "body").input("We *look* at it.")
    field(app, "severity").set_value("warning")
    field(app, "platform_ids").set_value(["sales"])
    app.run()
    said = html(app)
    assert "Announcement · Warning" in said
    assert "<em>look</em>" in said
    assert field(app, "send").label == "Publish now"
    field(app, "send").click().run()
    (message,) = cached_messages.announced(house, ADMIN).value or ()
    assert (message.title, message.severity, message.platform_ids, message.zone) == (
        "Sales is slow", "warning", ("sales",), "Europe/Berlin",
    )  # fmt: skip
    assert app.query_params["id"] in ([message.id], message.id)
    assert "Sales is slow" in html(app)


def test_what_is_refused_stands_at_its_field_and_nothing_typed_is_lost(visit: Visit, house: Portal) -> None:
    app = visit("messages", new="1")
    field(app, "send").click().run()
    assert "Please fill this in" in html(app)
    field(app, "title").input("Upgrade")
    field(app, "kind").set_value("maintenance")
    field(app, "starts_at").set_value(datetime.fromisoformat("2027-03-28 02:30"))
    field(app, "ends_at").set_value(datetime.fromisoformat("2027-03-28 01:00"))
    app.run()
    assert "02:30 does not exist on Sun 28 Mar" in html(app)
    field(app, "starts_at").set_value(datetime.fromisoformat("2027-03-28 03:30")).run()
    assert "It has to lie after the start" in html(app)
    field(app, "send").click().run()
    assert (field(app, "title").value, cached_messages.announced(house, ADMIN).value) == ("Upgrade", ())
    field(app, "ends_at").set_value(datetime.fromisoformat("2027-03-28 05:00")).run()
    assert field(app, "send").label == "Schedule for 28 Mar 03:30"
    field(app, "send").click().run()
    assert [m.title for m in cached_messages.announced(house, ADMIN).value or ()] == ["Upgrade"]


def test_maintenance_at_the_same_time_is_told_while_writing(publish: Any, visit: Visit, clock: Clock) -> None:
    at = clock()
    publish("Upgrade", kind="maintenance", platform_ids=("sales",), starts_at=at + HOUR, ends_at=at + 3 * HOUR)
    app = visit("messages", new="1")
    field(app, "title").input("Restart")
    field(app, "kind").set_value("maintenance")
    field(app, "starts_at").set_value(datetime.fromisoformat("2026-11-23 10:00"))
    field(app, "ends_at").set_value(datetime.fromisoformat("2026-11-23 11:00"))
    app.run()
    assert "“Upgrade” is planned, too: Mon 23 Nov 09:30 to" in html(app)


def test_who_was_slower_is_told_keeps_the_text_and_may_press_again(publish: Any, visit: Visit, house: Portal) -> None:
    message = publish()
    app = visit("messages", edit=message.id)
    field(app, "title", message.id).input("From me").run()
    house.messages.write(ADMIN, "revise", Draft(id=message.id, title="From them"), message.version)
    field(app, "send", message.id).click().run()
    assert "Somebody was faster" in html(app)
    assert "From them" in html(app)
    assert field(app, "title", message.id).value == "From me"
    field(app, "send", message.id).click().run()
    assert [m.title for m in cached_messages.announced(house, ADMIN).value or ()] == ["From me"]


def test_with_two_people_asked_for_the_button_submits(visit: Visit, house: Portal) -> None:
    house.knobs.turn(ADMIN, house.knobs.read(ADMIN, FOUR_EYES), True, "Two see more than one")
    cached_messages.drop()
    app = visit("messages", new="1")
    assert field(app, "send").label == "Submit for approval"
    field(app, "title").input("Sales moves").run()
    field(app, "send").click().run()
    assert "Waiting for approval" in html(app)
    assert not any(getattr(one, "key", "") == f"approve_{app.query_params['id']}" for one in app.button)


def test_a_message_that_was_published_is_seen_by_other_sessions_at_once(visit: Visit, house: Portal) -> None:
    assert banners(visit()) == ""
    writer = visit("messages", new="1")
    field(writer, "title").input("Just now").run()
    field(writer, "send").click().run()
    assert "Just now" in banners(visit())
