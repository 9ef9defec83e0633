"""The page where people choose what they hear of."""

from __future__ import annotations

import pytest

from data.engines.recording import RecordingEngine
from data.errors import Unavailable
from data.portal import Portal
from tests.pages.conftest import SignIn, Visit


def shown(visit: Visit, key: str) -> str:
    return str(visit("notifications").selectbox(key=key).value)


@pytest.mark.usefixtures("house")
def test_a_choice_is_kept_at_once(visit: Visit) -> None:
    app = visit("notifications")
    assert [box.key for box in app.selectbox][:5] == [
        f"hear_all_{kind}" for kind in ("incidents", "improvements", "requests", "messages", "status")
    ]
    assert app.selectbox(key="hear_all_incidents").value == "followed"
    app.selectbox(key="hear_all_incidents").set_value("daily").run()
    app.selectbox(key="hear_sales_messages").set_value("now").run()
    assert [toast.value for toast in app.toast] == ["Saved."]
    assert shown(visit, "hear_all_incidents") == "daily"
    assert shown(visit, "hear_sales_messages") == "now"


def test_charlie_chooses_for_himself_and_sees_no_platform_for_members(visit: Visit, sign_in: SignIn) -> None:
    sign_in("bob")
    visit("notifications").selectbox(key="hear_payroll_status").set_value("none").run()
    sign_in("charlie")
    app = visit("notifications")
    assert {box.value for box in app.selectbox} == {"followed", None}
    assert not [box for box in app.selectbox if "payroll" in str(box.key)]


def test_a_choice_that_cannot_be_kept_is_said_and_shown_as_it_was(house: Portal, visit: Visit) -> None:
    app = visit("notifications")
    assert isinstance(house.engine, RecordingEngine)
    house.engine.fail(1, Unavailable("The disk is full."), on="MERGE INTO subscriptions")
    app.selectbox(key="hear_all_status").set_value("now").run()
    assert [toast.value for toast in app.toast] == [r"The disk is full\."]
    assert app.selectbox(key="hear_all_status").value == "followed"
