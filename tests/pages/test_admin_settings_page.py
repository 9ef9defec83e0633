"""The settings of the admin area: typed, previewed, saved as a whole; what is wrong is told at the field."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from data import cached
from data.knobs import Knob
from data.messages.store import FOUR_EYES
from data.people.model import Actor, Role
from data.portal import Portal
from data.retention import RETENTION
from data.tickets.knobs import ALARMS, REQUESTS, ROUTING, SLA
from data.tickets.request_costs import RequestPolicy
from data.tickets.routing import Rule
from data.tickets.sla import Policy, Target
from tests.pages.conftest import SignIn, Visit
from tests.portals import Clock

DANA = Actor(email="dana@example.org", name="dana", everywhere=Role.admin)
PARTS = ("sla", "requests", "routing", "alarms", "approvals", "retention")
QUICK = Policy(targets={**Policy().targets, 2: Target(response=timedelta(hours=1))})


def html(app: AppTest) -> str:
    assert not app.exception
    return "\n".join(element.proto.body for element in app.get("html"))


def field(app: AppTest, slug: str, name: str) -> Any:
    """The newest field of this name, whatever its number."""
    kinds = (app.text_input, app.number_input, app.text_area, app.selectbox, app.toggle, app.multiselect, app.button)
    found = [one for kind in kinds for one in kind if (one.key or "").startswith(f"{slug}_")]
    return next(one for one in found if one.key.split("_", 2)[-1] == name or one.key == f"{slug}_{name}")


def save(app: AppTest, slug: str, reason: str = "Agreed in November") -> str:
    field(app, slug, "reason").set_value(reason).run()
    field(app, slug, "save").click().run()
    return html(app)


def value_of(house: Portal, knob: Knob[Any]) -> Any:
    return house.knobs.read(DANA, knob).value


@pytest.mark.parametrize("part", PARTS)
def test_settings_are_for_admins(part: str, house: Portal, visit: Visit, sign_in: SignIn) -> None:
    for name in ("charlie", "bob"):
        sign_in(name)
        app = visit("admin", part=part)
        assert "<h2>Who changed what" not in html(app)
        assert not app.text_input


@pytest.mark.parametrize("part", PARTS)
def test_nothing_can_be_saved_or_discarded_until_something_changed(part: str, house: Portal, visit: Visit) -> None:
    app = visit("admin", part=part)
    assert [field(app, part, name).disabled for name in ("save", "discard", "default")] == [True, True, True]


def test_a_target_is_tried_saved_told_beside_the_form_and_taken_back(house: Portal, visit: Visit, clock: Clock) -> None:
    app = visit("admin", part="sla")
    assert "11:00 today" in html(app)  # the first reply to a P2 at 08:30 of Berlin, working hours from nine
    field(app, "sla", "p2_first_reply").set_value("1 h").run()
    assert "10:00 today" in html(app)
    assert value_of(house, SLA) == Policy()
    assert "Agreed in November" in save(app, "sla")
    assert value_of(house, SLA).target(2).response == timedelta(hours=1)
    assert house.tickets.knobs().sla.target(2).response == timedelta(hours=1)
    assert field(app, "sla", "save").disabled
    field(app, "sla", "default").click().run()
    assert field(app, "sla", "p2_first_reply").value == "2 h"
    clock.advance(seconds=1)
    save(app, "sla", "Too fast")
    assert value_of(house, SLA) == Policy()
    assert "Too fast" in html(visit("admin", part="audit", what="setting", since="Ever"))


def test_what_is_wrong_is_told_at_the_field_and_stays_there(house: Portal, visit: Visit) -> None:
    app = visit("admin", part="sla")
    field(app, "sla", "hours_mon").set_value("9 to 5").run()
    assert "not a span of hours" in html(app)
    assert (field(app, "sla", "save").disabled, field(app, "sla", "discard").disabled) == (True, False)
    assert field(app, "sla", "hours_mon").value == "9 to 5"
    field(app, "sla", "discard").click().run()
    assert field(app, "sla", "hours_mon").value == "09:00-17:00"
    assert "not a span of hours" not in html(app)


def test_a_change_without_a_reason_says_so_and_keeps_what_was_typed(house: Portal, visit: Visit) -> None:
    app = visit("admin", part="requests")
    field(app, "requests", "approval_above").set_value(50.0).run()
    assert "Please say why" in save(app, "requests", reason=" ")
    assert field(app, "requests", "approval_above").value == 50.0
    assert value_of(house, REQUESTS) == RequestPolicy()


def test_who_is_overtaken_is_told_and_chooses(house: Portal, visit: Visit) -> None:
    apps = [visit("admin", part="sla") for _ in range(2)]
    for app in apps:
        field(app, "sla", "p3_first_reply").set_value("3 h").run()
    house.knobs.turn(DANA, house.knobs.read(DANA, SLA), QUICK, "Faster")
    said = save(apps[0], "sla")
    assert "Somebody was faster" in said
    assert "dana@example.org changed this meanwhile." in said
    assert field(apps[0], "sla", "p3_first_reply").value == "3 h"
    field(apps[0], "sla", "mine").click().run()
    assert field(apps[0], "sla", "reason").value == "Agreed in November"
    save(apps[0], "sla")
    assert [value_of(house, SLA).target(n).response for n in (2, 3)] == [timedelta(hours=1), timedelta(hours=3)]
    apps[1].run()
    field(apps[1], "sla", "theirs").click().run()
    assert field(apps[1], "sla", "p3_first_reply").value == "3 h"
    assert field(apps[1], "sla", "save").disabled


def test_a_form_in_which_nothing_was_typed_follows_what_is_stored(house: Portal, visit: Visit) -> None:
    app = visit("admin", part="sla")
    house.knobs.turn(DANA, house.knobs.read(DANA, SLA), QUICK, "Faster")
    cached.drop()
    assert "meanwhile" not in html(app.run())
    assert field(app, "sla", "p2_first_reply").value == "1 h"


def test_what_cannot_be_read_is_told_and_can_be_replaced(house: Portal, visit: Visit) -> None:
    house.statements.run("schema/set_setting", key=SLA.key, value="{", at=house.clock(), by="bob@example.org")
    app = visit("admin", part="sla")
    assert "What is stored cannot be read, so the default counts." in html(app)
    assert "cannot be read" not in save(app, "sla")
    assert house.knobs.read(DANA, SLA).problem is None


def test_a_limit_shows_what_it_makes_of_two_requests(house: Portal, visit: Visit) -> None:
    app = visit("admin", part="requests")
    assert "Needs an approval" in html(app)
    field(app, "requests", "approval_above").set_value(500.0).run()
    assert "No approval" in html(app)
    field(app, "requests", "quota_retire").set_value("number").run()
    field(app, "requests", "number_retire").set_value(0).run()
    assert "Retire a report" in html(app)
    save(app, "requests")
    stored = value_of(house, REQUESTS)
    assert (stored.approval_above, stored.quotas) == (500.0, {"retire": 0})


def put_rule(app: AppTest, **asked: str) -> None:
    for name, asks in asked.items():
        field(app, "routing", f"new_{name}").set_value(asks)
    field(app, "routing", "add").click().run()


def test_rules_are_added_ordered_tried_and_saved(house: Portal, visit: Visit) -> None:
    known = (Rule(team="core", kind="incident"), Rule(team="bi", keyword="cube"))
    house.knobs.turn(DANA, house.knobs.read(DANA, ROUTING), known, "To begin with")
    app = visit("admin", part="routing")
    put_rule(app, kind="incident", platform="sales", team="bi")
    assert "Never decides: rule 1 takes all that it would." in html(app)
    field(app, "routing", "at_2_up").click().run()
    field(app, "routing", "at_1_up").click().run()
    assert "Never decides" not in html(app)
    app.selectbox(key="try_platform").set_value("sales").run()
    assert '<b>bi</b> <span class="faint">By rule 1.' in html(app)
    app.selectbox(key="try_kind").set_value("improvement").run()
    assert "<b>sales-data</b>" in html(app)
    save(app, "routing")
    assert [rule.team for rule in value_of(house, ROUTING)] == ["bi", "core", "bi"]
    field(app, "routing", "at_0_edit").click().run()
    assert field(app, "routing", "new_platform").value == "sales"
    put_rule(app, team="sales-data")
    field(app, "routing", "at_2_remove").click().run()
    field(app, "routing", "at_1_remove").click().run()
    save(app, "routing")
    assert value_of(house, ROUTING) == (Rule(team="sales-data", kind="incident", platform="sales"),)


def test_a_rule_without_a_team_is_asked_for_one(house: Portal, visit: Visit) -> None:
    app = visit("admin", part="routing")
    field(app, "routing", "add").click().run()
    assert "Please say which team gets it." in html(app)
    assert field(app, "routing", "save").disabled


def test_a_rule_for_a_platform_that_is_gone_is_named(house: Portal, visit: Visit) -> None:
    old = '[{"team": "core", "platform": "gone"}]'
    house.statements.run("schema/set_setting", key=ROUTING.key, value=old, at=house.clock(), by="bob@example.org")
    app = visit("admin", part="routing")
    put_rule(app, platform="sales", team="sales-data")
    assert "Rule 1: There is no platform &#x27;gone&#x27;." in save(app, "routing")
    assert [rule.team for rule in value_of(house, ROUTING)] == ["core"]


def test_what_somebody_wrote_is_never_markup(house: Portal, visit: Visit) -> None:
    rules = (Rule(team="<b>core</b>", keyword="<img src=x>"),)
    house.knobs.turn(DANA, house.knobs.read(DANA, ROUTING), rules, "<script>alert(1)</script>")
    said = html(visit("admin", part="routing"))
    assert "&lt;img src=x&gt;" in said
    assert not any(mark in said for mark in ("<img", "<script", "<b>core"))


def test_a_check_is_silenced(house: Portal, visit: Visit) -> None:
    app = visit("admin", part="alarms")
    assert "<b>1</b> of 1 critical check open" in html(app)
    field(app, "alarms", "quiet").set_value(["answers"]).run()
    assert "<b>0</b> of 1 critical check open" in html(app)
    save(app, "alarms")
    assert value_of(house, ALARMS).quiet == {"answers"}


def test_two_people_are_asked_for(house: Portal, visit: Visit) -> None:
    app = visit("admin", part="approvals")
    assert "Nothing waits now." in html(app)
    field(app, "approvals", "on").set_value(True).run()
    save(app, "approvals")
    assert value_of(house, FOUR_EYES) is True
    assert house.messages.four_eyes() is True


def test_results_are_kept_shorter_with_a_warning_and_never_below_a_week(house: Portal, visit: Visit) -> None:
    app = visit("admin", part="retention")
    assert "90 days" in html(app)
    field(app, "retention", "results").set_value(20.0).run()
    assert "Less than 35 days of results." in html(app)
    assert "This removes rows." in html(app)
    save(app, "retention")
    assert value_of(house, RETENTION).results == timedelta(days=20)
    assert house.retention.by_table()["status_results"] == timedelta(days=20)
