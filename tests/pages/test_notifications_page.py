"""The page where people choose what they hear of."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from data.engines.recording import RecordingEngine
from data.errors import Unavailable
from data.notifications.model import KINDS
from data.people.model import Actor, Role
from data.portal import Portal
from data.status.estate import plan, read_estate
from tests.pages.conftest import SignIn, Visit


def shown(visit: Visit, key: str, **query: str) -> str:
    return str(visit("notifications", **query).selectbox(key=key).value)


def keys(app: AppTest) -> list[str]:
    return [str(box.key) for box in app.selectbox]


@pytest.mark.usefixtures("house")
def test_a_choice_is_kept_at_once(visit: Visit) -> None:
    app = visit("notifications")
    assert keys(app) == [f"hear_all_{kind}" for kind in KINDS] + ["hear_add_platform"]
    assert app.selectbox(key="hear_all_incidents").value == "followed"
    app.selectbox(key="hear_all_incidents").set_value("daily").run()
    assert [toast.value for toast in app.toast] == ["Saved."]
    assert shown(visit, "hear_all_incidents") == "daily"


@pytest.mark.usefixtures("house")
def test_a_platform_is_added_chosen_for_and_removed(visit: Visit) -> None:
    app = visit("notifications")
    app.selectbox(key="hear_add_platform").set_value("sales").run()
    assert app.query_params["platform"] == "sales"
    assert app.selectbox(key="hear_add_platform").value is None
    app.selectbox(key="hear_sales_messages").set_value("now").run()
    assert shown(visit, "hear_sales_messages") == "now", "and it stands there without being asked for"
    app.button(key="hear_no_sales").click().run()
    assert not [key for key in keys(app) if "sales" in key]
    assert not [key for key in keys(visit("notifications")) if "sales" in key]


@pytest.mark.usefixtures("house")
def test_the_link_of_a_platform_leads_to_its_row_and_one_click_is_enough(visit: Visit) -> None:
    links = [link.proto.query_string for link in visit("platform", platform="sales").get("page_link")]
    assert "platform=sales" in links
    app = visit("notifications", platform="sales")
    app.button(key="hear_usual_sales").click().run()
    found = {kind: app.selectbox(key=f"hear_sales_{kind}").value for kind in KINDS}
    assert found == {"incidents": "now", "improvements": None, "requests": None, "messages": "now", "status": "now"}


def test_charlie_chooses_for_himself_and_sees_no_platform_for_members(visit: Visit, sign_in: SignIn) -> None:
    sign_in("bob")
    visit("notifications", platform="payroll").selectbox(key="hear_payroll_status").set_value("none").run()
    sign_in("charlie")
    app = visit("notifications", platform="payroll")
    assert {box.value for box in app.selectbox} == {"followed", None}
    assert not [key for key in keys(app) if "payroll" in key]
    assert "Payroll" not in app.selectbox(key="hear_add_platform").options


def test_a_choice_that_cannot_be_kept_is_said_and_shown_as_it_was(house: Portal, visit: Visit) -> None:
    app = visit("notifications")
    assert isinstance(house.engine, RecordingEngine)
    house.engine.fail(1, Unavailable("The disk is full."), on="MERGE INTO subscriptions")
    app.selectbox(key="hear_all_status").set_value("now").run()
    assert [toast.value for toast in app.toast] == ["The disk is full."]
    assert app.selectbox(key="hear_all_status").value == "followed"


def test_however_many_platforms_there_are_the_page_stays_small_and_warm_it_asks_nothing(
    house: Portal, visit: Visit
) -> None:
    many = "platforms:\n" + "".join(f"  - {{id: p{n:02}, name: P {n:02}, kind: x}}\n" for n in range(40))
    house.status.apply(plan(house.status.estate(), read_estate(many, "checks.yaml"), prune=False), Actor.job())
    me = Actor("dev@localhost", "dev", Role.admin)
    house.notifications.choices.choose(me, [(f"p{n:02}", kind, "now") for n in range(40) for kind in KINDS])
    app = visit("notifications", platform="p39")
    assert not app.exception
    assert len(app.selectbox) + len(app.button) <= 60
    assert "hear_p39_status" in keys(app)
    assert isinstance(house.engine, RecordingEngine)
    house.engine.calls.clear()
    visit("notifications", platform="p20")
    assert house.engine.calls == []
