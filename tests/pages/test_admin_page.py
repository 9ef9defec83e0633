"""The admin area: for those who may, part by part, and nothing typed is lost."""

from __future__ import annotations

from datetime import timedelta

from streamlit.testing.v1 import AppTest

from components.session import SEEN_AS
from data import cached
from data.messages.model import Draft
from data.people.model import Actor, Role
from data.portal import Portal
from data.status.limits import with_limits
from data.status.model import Outcome, Reading
from data.tickets.ids import new_id
from tests.pages.conftest import SignIn, Visit
from tests.portals import Clock

JOB = Actor.job()


def html(app: AppTest) -> str:
    assert not app.exception
    return "\n".join(element.proto.body for element in app.get("html"))


def test_charlie_finds_no_admin_page(house: Portal, visit: Visit, sign_in: SignIn) -> None:
    sign_in("charlie")
    app = visit("admin", part="audit", whose="alice@example.org")
    assert "This page is not for you" in html(app)
    assert not app.text_input
    assert "user:bob" not in html(app)


def test_an_owner_reads_the_trail_but_gives_no_roles(house: Portal, visit: Visit, sign_in: SignIn) -> None:
    sign_in("bob")
    said = html(visit("admin"))
    assert "What the portal says that may not be true" in said
    assert "Who may what" not in said
    assert "Who may what" not in html(visit("admin", part="people"))
    assert "grant role" in html(visit("admin", part="audit", since="Ever"))


def test_a_role_is_given_told_in_the_trail_and_taken_back(house: Portal, visit: Visit) -> None:
    app = visit("admin", part="people")
    app.text_input(key="role_who").set_value("Alice@example.org")
    app.selectbox(key="role_role").set_value(Role.triager)
    app.selectbox(key="role_where").set_value("sales")
    app.text_input(key="role_why").set_value("Looks after orders")
    app.button(key="role_give").click().run()
    (grant,) = house.people.grants(JOB)
    assert (grant.principal, grant.role, grant.platform_id) == ("alice@example.org", Role.triager, "sales")
    assert "Triager on Sales *mart*" in html(app)
    assert app.text_input(key="role_who").value == ""
    app.button(key=f"revoke_{grant.id}").click().run()
    assert house.people.grants(JOB) == ()
    assert "Looks after orders" in html(visit("admin", part="audit", what="grant"))


def test_a_refused_role_says_why_and_keeps_what_was_typed(house: Portal, visit: Visit) -> None:
    app = visit("admin", part="people")
    app.text_input(key="role_who").set_value("everybody")
    app.text_input(key="role_why").set_value("They asked")
    app.button(key="role_give").click().run()
    assert 'role="alert"' in html(app)
    assert (app.text_input(key="role_who").value, app.text_input(key="role_why").value) == ("everybody", "They asked")
    assert house.people.grants(JOB) == ()


def test_why_somebody_may_is_told(house: Portal, visit: Visit) -> None:
    house.people.grant(JOB, "user", "alice@example.org", Role.service_owner, "payroll")
    said = html(visit("admin", part="people", whose="alice@example.org"))
    assert "service owner on Payroll: given to" in said
    assert "everybody sees it" in said
    assert "a role on it" in said


def test_an_admin_sees_the_portal_as_a_viewer_until_they_stop(house: Portal, visit: Visit) -> None:
    app = visit("admin")
    app.session_state[SEEN_AS] = Role.viewer
    assert "This page is not for you" in html(app.run())
    shell = AppTest.from_function(shell_line)
    shell.session_state[SEEN_AS] = Role.viewer
    assert "You see the portal as a <b>viewer</b> does." in html(shell.run())
    shell.button(key="seen_as_stop").click().run()
    assert html(shell) == ""


def shell_line() -> None:
    from components import session
    from components.admin_rights import draw_seen_as

    draw_seen_as(session.actor())


def test_trying_on_a_role_never_raises_ones_own(house: Portal, visit: Visit, sign_in: SignIn) -> None:
    sign_in("charlie")
    app = visit("admin")
    app.session_state[SEEN_AS] = Role.admin
    app.run()
    assert "This page is not for you" in html(app)


def fields(app: AppTest) -> list[str]:
    return [one.label for one in app.number_input]


def test_an_owner_tightens_a_limit_after_seeing_what_it_would_have_meant(
    house: Portal, visit: Visit, sign_in: SignIn, clock: Clock
) -> None:
    sign_in("bob")
    app = visit("admin", part="checks", check="orders")
    assert fields(app) == ["Late after (minutes)", "Down after (minutes)"]
    assert 'Times late</span><p><b>1</b> <span class="faint">was 1' in html(app)
    app.number_input[0].set_value(200.0).run()
    assert 'Times late</span><p><b>0</b> <span class="faint">was 1' in html(app)
    assert app.button(key="check_save").label == "Save as version 2"
    app.text_input(key="check_orders_0_reason").set_value("Loads take three hours now").run()
    clock.advance(minutes=1)
    app.button(key="check_save").click().run()
    check = next(check for check in house.status.checks() if check.id == "orders")
    assert (check.version, check.thresholds.warn_after) == (2, timedelta(minutes=200))
    assert "version 2, bob@example.org" in html(app)
    assert "Loads take three hours now" in html(app)  # beside the form
    assert "Loads take three hours now" in html(visit("admin", part="audit", since="Ever"))


def test_limits_out_of_order_are_told_before_anything_is_saved(house: Portal, visit: Visit) -> None:
    app = visit("admin", part="checks", check="orders")
    app.number_input[0].set_value(400.0).run()
    assert "Late after must be less than down after." in html(app)
    app.button(key="check_save").click().run()
    assert house.status.estate().checks[1].version == 1
    assert app.number_input[0].value == 400.0


def test_a_change_without_a_reason_or_of_an_old_version_says_so_and_keeps_what_was_typed(
    house: Portal, visit: Visit
) -> None:
    app = visit("admin", part="checks", check="orders")
    app.number_input[0].set_value(90.0).run()
    app.button(key="check_save").click().run()
    assert "Please say why" in html(app)
    assert app.number_input[0].value == 90.0
    check = next(check for check in house.status.checks() if check.id == "orders")
    house.status.editor.edit(
        JOB, with_limits(check, {"warn_after": timedelta(hours=1)}, check.severity, check.every), "x"
    )
    app.text_input(key="check_orders_0_reason").set_value("Mine").run()
    app.button(key="check_save").click().run()
    assert "Somebody was faster" in html(app)


def test_an_unknown_check_is_told(house: Portal, visit: Visit) -> None:
    assert "There is no check nothing for you to change" in html(visit("admin", part="checks", check="nothing"))


def test_what_does_not_fit_is_told_with_the_way_to_put_it_right(house: Portal, visit: Visit, clock: Clock) -> None:
    assert "What is told fits what is seen" in html(visit("admin", part="truth"))
    for _ in range(7):
        clock.advance(minutes=4)
        readings = [Reading(check_id="answers", observed_at=clock(), outcome=Outcome.fail, message="No answer")]
        house.status.record(readings, "push")
    cached.drop()
    app = visit("admin", part="truth")
    assert "<b>Gateway answers</b> (Gateway) is down since" in html(app)
    assert "and no incident says so." in html(app)
    assert "platform=gateway&check=answers" in [link.proto.query_string for link in app.get("page_link")]


def test_a_pin_that_outlived_its_message_is_told(house: Portal, visit: Visit, clock: Clock) -> None:
    draft = Draft(id=new_id(clock()), title="Upgrade", pinned=True, ends_at=clock() + timedelta(hours=1))
    message = house.messages.write(JOB, "publish", draft)
    clock.advance(hours=2)
    cached.drop()
    app = visit("admin", part="truth")
    assert "<b>Upgrade</b> is over since" in html(app)
    assert f"id={message.id}" in [link.proto.query_string for link in app.get("page_link")]
    house.messages.move(JOB, message.id, message.version, "unpin")
    cached.drop()
    assert "Upgrade" not in html(visit("admin", part="truth"))
