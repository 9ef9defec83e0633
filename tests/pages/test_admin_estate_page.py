"""Platforms, checks and their file in the admin area: lists, forms, and nothing typed is lost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time, timedelta
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from data import cached, doorway
from data.people.model import Actor, Role
from data.portal import Portal
from data.status.estate import Estate, plan
from data.status.model import Calendar, Check, Deadline, Mode, Platform
from jobs.apply import refuse_unknown_targets
from tests.pages.conftest import SignIn, Visit
from tests.portals import a_check

JOB = Actor.job()
SALES = "platform_sales_0_"


def html(app: AppTest) -> str:
    assert not app.exception
    return "\n".join(element.proto.body for element in app.get("html"))


def links(app: AppTest) -> list[str]:
    return [link.proto.query_string for link in app.get("page_link")]


def platform(house: Portal, id_: str = "sales") -> Platform:
    return next(platform for platform in house.status.estate().platforms if platform.id == id_)


def check(house: Portal, id_: str = "orders") -> Check:
    return next(check for check in house.status.estate().checks if check.id == id_)


def many(house: Portal, number: int) -> None:
    checks = tuple(a_check(f"check-{n:03}", platform_id="gateway", name=f"Table {n:03}") for n in range(number))
    house.status.apply(plan(house.status.estate(), Estate(checks=checks)), JOB)
    cached.drop()


# platforms


def test_an_owner_finds_the_platforms_that_are_theirs(house: Portal, visit: Visit, sign_in: SignIn) -> None:
    house.people.grant(JOB, "user", "alice@example.org", Role.service_owner, "sales")
    sign_in("alice")
    app = visit("admin", part="platforms")
    assert "part=platforms&platform=sales" in links(app)
    assert not any("gateway" in link or "new=" in link for link in links(app))
    assert "no platform gateway for you" in html(visit("admin", part="platforms", platform="gateway"))
    app = visit("admin", part="platforms", platform="sales")
    assert app.text_input(key=f"{SALES}name").value == "Sales *mart*"
    assert "Retire it" not in html(app)
    assert not app.radio, "who sees it is for admins"


def test_charlie_finds_no_platform_no_check_and_no_file(house: Portal, visit: Visit, sign_in: SignIn) -> None:
    sign_in("charlie")
    for place in (
        {"part": "platforms", "platform": "sales"},
        {"part": "checks", "check": "orders"},
        {"part": "estate"},
    ):
        app = visit("admin", **place)
        assert "This page is not for you" in html(app)
        assert not app.text_input


def test_a_search_is_in_the_address_and_narrows_the_list(house: Portal, visit: Visit) -> None:
    assert [link for link in links(visit("admin", part="platforms", q="MART")) if "platform=" in link] == [
        "part=platforms&platform=sales"
    ]
    assert "No platform has these words" in html(visit("admin", part="platforms", q="nothing like it"))


def test_a_platform_is_changed_with_a_reason_and_the_history_stands_beside(house: Portal, visit: Visit) -> None:
    app = visit("admin", part="platforms", platform="sales")
    assert app.button(key="platform_save").disabled
    app.text_input(key=f"{SALES}owner").set_value("mart-team").run()
    app.text_area(key=f"{SALES}holidays").set_value("2026-12-26\n2026-12-25\n2026-12-26")
    app.button(key="platform_save").click().run()
    assert "Please say why" in html(app)
    app.text_input(key=f"{SALES}reason").set_value("New team")
    app.button(key="platform_save").click().run()
    stored = platform(house)
    assert (stored.version, stored.owner) == (2, "mart-team")
    assert [day.isoformat() for day in stored.calendar.holidays] == ["2026-12-25", "2026-12-26"]
    assert "<q>New team</q>" in html(app)
    assert "every day but 2 holidays" in html(app)
    assert app.button(key="platform_save").label == "Save as version 3"
    assert app.text_input(key="platform_sales_1_reason").value == ""


def test_each_problem_stands_at_its_field_and_nothing_typed_is_lost(house: Portal, visit: Visit) -> None:
    app = visit("admin", part="platforms", platform="sales")
    typed: dict[str, Any] = {"name": " ", "holidays": "Christmas", "slo": 100.0, "reason": "Try"}
    app.text_input(key=f"{SALES}name").set_value(typed["name"])
    app.text_area(key=f"{SALES}holidays").set_value(typed["holidays"])
    app.number_input(key=f"{SALES}slo").set_value(typed["slo"])
    app.text_input(key=f"{SALES}reason").set_value(typed["reason"])
    app.run()
    app.button(key="platform_save").click().run()
    said = html(app)
    for problem in ("Please fill this in.", "Line 1: &#x27;Christmas&#x27; is not a date", "above 0 and below 100"):
        assert problem in said
    assert {name: app.session_state[f"{SALES}{name}"] for name in typed} == typed
    assert platform(house).version == 1
    app.text_input(key=f"{SALES}name").set_value("Sales").run()
    assert "Please fill this in." not in html(app)


def test_a_circle_of_dependencies_is_told_at_the_field(house: Portal, visit: Visit) -> None:
    app = visit("admin", part="platforms", platform="sales")
    assert app.multiselect[0].options == ["Gateway", "Payroll"]
    app.multiselect[0].set_value(["payroll"]).run()
    app.text_input(key=f"{SALES}reason").set_value("Round")
    app.button(key="platform_save").click().run()
    assert "leads back to the platform itself" in html(app)
    assert app.multiselect[0].value == ["payroll"]


def test_who_was_faster_is_told_and_both_changes_can_stay(house: Portal, visit: Visit) -> None:
    app = visit("admin", part="platforms", platform="sales")
    app.text_input(key=f"{SALES}owner").set_value("mine").run()
    other = platform(house).model_copy(update={"contact": "theirs@example.org"})
    house.status.editor.edit(JOB, other, "Faster")
    app.text_input(key=f"{SALES}reason").set_value("Slower")
    app.button(key="platform_save").click().run()
    assert "Somebody was faster" in html(app)
    assert app.text_input(key=f"{SALES}owner").value == "mine"
    app.button(key=f"{SALES}rebase").click().run()
    again = "platform_sales_1_"
    assert app.text_input(key=f"{again}contact").value == "theirs@example.org"
    assert app.text_input(key=f"{again}reason").value == "Slower"
    app.button(key="platform_save").click().run()
    stored = platform(house)
    assert (stored.version, stored.owner, stored.contact) == (3, "mine", "theirs@example.org")


def test_an_untouched_form_follows_what_others_save(house: Portal, visit: Visit) -> None:
    app = visit("admin", part="platforms", platform="sales")
    house.status.editor.edit(JOB, platform(house).model_copy(update={"owner": "theirs"}), "Faster")
    cached.drop()
    app.run()
    assert app.text_input(key="platform_sales_1_owner").value == "theirs"
    assert "Somebody was faster" not in html(app)


def test_dependencies_that_an_owner_may_not_see_stay(house: Portal, visit: Visit, sign_in: SignIn) -> None:
    needs = platform(house, "gateway").model_copy(update={"depends_on": ("payroll",)})
    house.status.editor.edit(JOB, needs, "Needs it")
    house.people.grant(JOB, "user", "alice@example.org", Role.service_owner, "gateway")
    sign_in("alice")
    app = visit("admin", part="platforms", platform="gateway")
    assert "Payroll" not in app.multiselect[0].options
    app.multiselect[0].set_value([]).run()
    app.text_input(key="platform_gateway_0_owner").set_value("alice").run()
    app.text_input(key="platform_gateway_0_reason").set_value("Mine")
    app.button(key="platform_save").click().run()
    assert (platform(house, "gateway").owner, platform(house, "gateway").depends_on) == ("alice", ("payroll",))


def test_an_admin_adds_a_platform_once_retires_it_and_brings_it_back(house: Portal, visit: Visit) -> None:
    app = visit("admin", part="platforms", new="1")
    app.text_input(key="platform_new_0_name").set_value("Sales")
    app.text_input(key="platform_new_0_kind").set_value("models").run()
    app.text_input(key="platform_new_0_reason").set_value("They asked")
    app.button(key="platform_save").click().run()
    assert "sales is taken" in html(app)
    app.text_input(key="platform_new_0_name").set_value("Sales models").run()
    app.button(key="platform_save").click().run()
    assert platform(house, "sales-models").kind == "models"
    assert app.text_input(key="platform_sales-models_0_name").value == "Sales models", "the address leads to it"
    app.query_params.clear()
    app.query_params.update(part="platforms", new="1")
    assert app.run().text_input(key="platform_new_1_name").value == "", "the next new one is empty"
    app = visit("admin", part="platforms", platform="sales-models")
    app.button(key="retire_sales-models_do").click().run()
    assert "Please say why" in html(app)
    app.text_input(key="retire_sales-models_why").set_value("A mistake")
    app.button(key="retire_sales-models_do").click().run()
    assert platform(house, "sales-models").state == "retired"
    assert "nobody sees it" in html(app)
    assert "part=platforms&platform=sales-models" in links(visit("admin", part="platforms"))
    app.text_input(key="restore_sales-models_why").set_value("No mistake")
    app.button(key="restore_sales-models_do").click().run()
    assert platform(house, "sales-models").state == "active"


# checks


def test_fifty_checks_are_shown_then_more(house: Portal, visit: Visit) -> None:
    many(house, 60)
    app = visit("admin", part="checks")
    assert sum("check=" in link for link in links(app)) == 50
    app.button(key="checks_more").click().run()
    assert sum("check=" in link for link in links(app)) == 63


def test_checks_are_narrowed_by_words_platform_and_state(house: Portal, visit: Visit) -> None:
    many(house, 60)

    def shown(**filters: str) -> list[str]:
        return [link.split("check=")[1] for link in links(visit("admin", part="checks", **filters)) if "check=" in link]

    assert shown(q="orders") == ["orders"]
    assert shown(of="Sales *mart*") == ["orders"]
    assert shown(of="Gateway", state="Operational") == ["answers"]
    assert "No check matches" in html(visit("admin", part="checks", q="nothing like it"))
    assert "late after 2 h, degraded after 6 h" in html(visit("admin", part="checks", q="orders"))


def test_a_check_gets_days_owner_and_runbook_and_is_switched_off(house: Portal, visit: Visit) -> None:
    app, key = visit("admin", part="checks", check="orders"), "check_orders_0_"
    assert "As Sales *mart*: every day" in html(app)
    app.toggle(key=f"{key}own_days").set_value(True).run()
    app.text_area(key=f"{key}holidays").set_value("2026-12-25\nEaster")
    app.text_input(key=f"{key}owner").set_value("orders-team")
    app.text_input(key=f"{key}runbook").set_value("javascript:alert(1)")
    app.text_input(key=f"{key}reason").set_value("Christmas")
    app.run()
    app.button(key="check_save").click().run()
    assert "Line 2: &#x27;Easter&#x27; is not a date" in html(app)
    assert "starts with https://" in html(app)
    app.text_area(key=f"{key}holidays").set_value("2026-12-25")
    app.text_input(key=f"{key}runbook").set_value("https://example.org/orders")
    app.button_group(key=f"{key}state").set_value("disabled").run()
    app.button(key="check_save").click().run()
    stored = check(house)
    assert (stored.version, stored.state, stored.owner) == (2, "disabled", "orders-team")
    assert stored.runbook == "https://example.org/orders"
    assert stored.calendar is not None
    assert [day.isoformat() for day in stored.calendar.holidays] == ["2026-12-25"]
    assert stored.thresholds.warn_after == timedelta(hours=2)


def test_a_deadline_is_moved(house: Portal, visit: Visit) -> None:
    due = a_check("report", platform_id="sales", mode=Mode.deadline, deadline=Deadline(by=time(7)))
    house.status.apply(plan(house.status.estate(), Estate(checks=(due,))), JOB)
    cached.drop()
    app, key = visit("admin", part="checks", check="report"), "check_report_0_"
    app.time_input(key=f"{key}opens").set_value(time(7)).run()
    app.text_input(key=f"{key}reason").set_value("Later")
    app.button(key="check_save").click().run()
    assert "Nothing could arrive in between" in html(app)
    app.time_input(key=f"{key}by").set_value(time(8, 30)).run()
    app.selectbox(key=f"{key}timezone").set_value("UTC")
    app.button(key="check_save").click().run()
    assert check(house, "report").deadline == Deadline(by=time(8, 30), opens=time(7), timezone="UTC")
    assert check(house, "report").calendar is None


def test_a_check_follows_the_days_of_its_platform(house: Portal, visit: Visit) -> None:
    mondays = platform(house).model_copy(update={"calendar": Calendar(weekdays=("mon",))})
    house.status.editor.edit(JOB, mondays, "Mondays")
    cached.drop()
    assert "As Sales *mart*: Mon" in html(visit("admin", part="checks", check="orders"))


# the file

MORE = """
platforms:
  - {id: gateway, name: Gateway, kind: gateway, criticality: 2}
  - {id: shop, name: "Shop <b>", kind: service}
checks:
  - {id: api, platform: shop, name: API answers, source: http_probe, mode: success, target: {url: "http://127.0.0.1:9/"}}
"""


@pytest.fixture(autouse=True)
def server() -> Iterator[None]:
    """What `app.py` teaches the doorway at its start."""
    doorway.know_sources(refuse_unknown_targets)
    yield
    doorway.know_sources(lambda estate: None)


def look(visit: Visit, text: str, prune: bool = False) -> AppTest:
    app = visit("admin", part="estate")
    app.text_area(key="estate_text").set_value(text)
    app.checkbox(key="estate_prune").set_value(prune).run()
    return app.button(key="estate_look").click().run()


def test_what_a_file_would_change_is_shown_and_then_done(house: Portal, visit: Visit) -> None:
    app = look(visit, MORE)
    said = html(app)
    assert "2 to add, 1 to change, 0 unchanged" in said
    assert "criticality</span> 1 \N{RIGHTWARDS ARROW} 2" in said
    assert "Shop &lt;b&gt;" in said
    assert len(house.status.estate().checks) == 3, "nothing is changed by looking"
    app.button(key="estate_apply").click().run()
    assert platform(house, "gateway").criticality == 2
    assert check(house, "api").source == "http_probe"
    assert "All is as the file says" in html(app)
    event = house.audit.events_of("platform", "shop")[0]
    assert (event.actor, event.reason) == ("dev@localhost", "Imported from the text")


def test_what_the_file_does_not_name_is_retired_only_when_asked_for(house: Portal, visit: Visit) -> None:
    assert "to retire" not in html(look(visit, MORE))
    app = look(visit, MORE, prune=True)
    assert "5 to retire" in html(app)
    app.button(key="estate_apply").click().run()
    assert {p.id for p in house.status.estate().platforms if p.state == "active"} == {"gateway", "shop"}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("platforms: [", "line 1, column 13"),
        ("platfroms: []", "platfroms: is not a known key; did you mean platforms?"),
        ("platforms:\n- {id: shop, name: Shop, kind: x, slo: 200}", "platforms[0] shop: slo: must be less than 100"),
        (MORE.replace("http_probe", "http_prob"), "checks[0] api: source: &#x27;http_prob&#x27; is not known"),
        (MORE.replace("platform: shop", "platform: shpo"), "there is no platform shpo; did you mean shop?"),
        ("# " + "x" * 1_000_001, "at most 1 MB fits"),
        ("just words", "must hold the keys platforms, checks or both"),
    ],
)
def test_a_file_with_faults_says_where_and_keeps_the_text(house: Portal, visit: Visit, text: str, told: str) -> None:
    app = look(visit, text)
    assert told in html(app)
    assert app.text_area(key="estate_text").value == text
    assert not [button for button in app.button if button.key == "estate_apply"]


def test_a_plan_that_was_overtaken_is_made_again_not_applied(house: Portal, visit: Visit) -> None:
    app = look(visit, MORE)
    other = platform(house, "gateway").model_copy(update={"owner": "theirs"})
    house.status.editor.edit(JOB, other, "Faster")
    app.button(key="estate_apply").click().run()
    assert "Planned again." in html(app)
    assert "owner</span> theirs \N{RIGHTWARDS ARROW} none" in html(app)
    assert platform(house, "gateway").owner == "theirs"
    app.button(key="estate_apply").click().run()
    assert platform(house, "gateway").owner is None


def test_another_text_needs_another_look(house: Portal, visit: Visit) -> None:
    app = look(visit, MORE)
    app.text_area(key="estate_text").set_value(MORE + "# more\n").run()
    assert not [button for button in app.button if button.key == "estate_apply"]


def test_what_is_taken_out_can_be_put_in_and_changes_nothing(house: Portal, visit: Visit) -> None:
    exported = house.status.editor.export(JOB)
    assert "salaries" in exported
    assert "All is as the file says" in html(look(visit, exported, prune=True).run())


def test_an_owner_is_offered_no_file(house: Portal, visit: Visit, sign_in: SignIn) -> None:
    sign_in("bob")
    app = visit("admin", part="estate")
    assert "part=estate" not in links(app)
    assert not app.text_area
