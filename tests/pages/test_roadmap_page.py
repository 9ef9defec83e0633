"""What people read on the roadmap, and what its curators do there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import pytest
from streamlit.testing.v1 import AppTest

from components.roadmap_steps import OPEN, Step
from data.cached import roadmap as cached_roadmap
from data.engines.recording import RecordingEngine
from data.errors import Unavailable
from data.people.model import Actor
from data.portal import Portal
from data.roadmap.model import Item
from data.tickets.ids import new_id
from tests.pages.conftest import BOB, Open, SignIn, Visit
from tests.portals import Clock

EVIL = "<img src=x onerror=alert(1)> [x](javascript:alert(1))"
TO = {"now": ("start",), "next": ("plan",), "later": (), "shipped": ("ship",)}
Plan = Callable[..., Item]


@pytest.fixture
def plan(house: Portal, clock: Clock) -> Plan:
    """A published item in the given horizon; each a minute younger than the one before."""

    def planned(title: str, horizon: str = "later", publish: bool = True, **fields: Any) -> Item:
        clock.advance(minutes=1)
        given = {"title": title, "theme": "Freshness", "platform_id": "sales", "owner": BOB.email, **fields}
        item = house.roadmap.add(Actor.job(), new_id(clock()), given)
        for name in (*(("publish",) if publish else ()), *TO[horizon]):
            item = house.roadmap.move(Actor.job(), item.id, item.version, name, {"note": "It is there."})
        return item

    return planned


def html(app: AppTest) -> str:
    assert not app.exception
    return "\n".join(element.proto.body for element in app.get("html"))


def titles(app: AppTest) -> list[str]:
    assert not app.exception
    return [one.proto.label.replace("\\", "") for one in app.get("page_link") if "id=" in one.proto.query_string]


def labels(app: AppTest) -> list[str]:
    return [one.label for one in app.button]


def press(app: AppTest, label: str) -> AppTest:
    return next(one for one in app.button if one.label == label).click().run()


def field(app: AppTest, item: Item | None, name: str) -> Any:
    key = f"roadmap_form_{item.id if item else 'new'}_{name}"
    return next(one for one in (*app.text_input, *app.text_area, *app.selectbox) if one.key == key)


def stored(house: Portal, item: Item) -> Item:
    return house.roadmap.entry(Actor.job(), item.id).item


def test_each_horizon_has_its_items_the_most_wanted_first(house: Portal, visit: Visit, plan: Plan, open_: Open) -> None:
    wanted = plan("Wanted", "now")
    for title, horizon in (("Not so", "now"), ("Soon", "next"), ("Some day", "later"), ("There", "shipped")):
        plan(title, horizon)
    house.roadmap.link(Actor.job(), wanted.id, open_(kind="improvement").key)
    page = visit("roadmap")
    assert titles(page) == ["Wanted", "Not so", "Soon", "Some day", "There"]
    assert "5 items · 1 linked request · 1 vote ·" in html(page)
    assert "Now <span>2</span>" in html(page)
    assert "1 vote · 1 request<" in html(page)


def test_a_long_column_shows_eight_and_opens_wholly(visit: Visit, plan: Plan) -> None:
    for number in range(10):
        plan(f"Item {number}")
    page = visit("roadmap")
    assert (len(titles(page)), "Later <span>10</span>" in html(page)) == (8, True)
    assert len(titles(press(page, "2 more"))) == 10


def test_what_was_shipped_long_ago_waits_behind_older(visit: Visit, plan: Plan, clock: Clock) -> None:
    plan("Long ago", "shipped")
    clock.advance(days=91)
    plan("Lately", "shipped")
    page = visit("roadmap")
    assert titles(page) == ["Lately"]
    assert titles(press(page, "Older")) == ["Lately", "Long ago"]


ADDRESSES: tuple[tuple[dict[str, str], list[str]], ...] = (
    ({}, ["Gate", "Fresh", "For all"]),
    ({"sort": "newest"}, ["Gate", "Fresh", "For all"]),
    ({"sort": "quarter"}, ["Fresh", "Gate", "For all"]),
    ({"platform": "sales"}, ["Fresh"]),
    ({"theme": "Access"}, ["For all"]),
    ({"platform": "sales", "theme": "Access"}, []),
    ({"platform": "nowhere"}, []),
    ({"sort": "<b>", "layout": "x" * 500}, ["Gate", "Fresh", "For all"]),
)


@pytest.mark.parametrize(("query", "expected"), ADDRESSES)
def test_the_address_says_what_is_shown(visit: Visit, plan: Plan, query: dict[str, str], expected: list[str]) -> None:
    plan("For all", platform_id=None, theme="Access")
    plan("Fresh", quarter="2027-Q1")
    plan("Gate", platform_id="gateway", quarter="2027-Q2")
    assert titles(visit("roadmap", **query)) == expected


def test_filters_that_hide_everything_are_cleared_by_a_click(visit: Visit, plan: Plan) -> None:
    plan("Fresh")
    page = visit("roadmap", theme="Access", layout="timeline")
    assert "Nothing on the roadmap matches" in html(page)
    assert titles(press(page, "Clear filters")) == ["Fresh"]
    assert page.query_params == {"layout": "timeline"}


def test_choosing_a_platform_goes_into_the_address(visit: Visit, plan: Plan) -> None:
    plan("Fresh")
    plan("Gate", platform_id="gateway")
    page = visit("roadmap")
    page.button_group(key="roadmap_platform").set_value("gateway").run()
    assert (titles(page), page.query_params) == (["Gate"], {"platform": "gateway"})


def test_the_timeline_goes_from_quarter_to_quarter(visit: Visit, plan: Plan) -> None:
    for title, quarter in (("Without", None), ("Spring", "2027-Q2"), ("Before", "2026-Q3"), ("Winter", "2026-Q4")):
        plan(title, quarter=quarter)
    plan("There", "shipped", quarter="2027-Q3")
    page = visit("roadmap", layout="timeline", sort="newest")
    assert titles(page) == ["Before", "There", "Winter", "Spring", "Without"]
    story = html(page)
    assert "this quarter · 2 items" in story
    assert story.index("Q3 2026") < story.index("Q4 2026") < story.index("Q2 2027") < story.index("No date yet")
    assert "Target quarter has passed" in story


def test_charlie_reads_what_is_published_and_can_change_nothing(
    visit: Visit, plan: Plan, sign_in: SignIn
) -> None:  # fmt: skip
    item = plan("Fresh")
    plan("A draft", publish=False)
    plan("Salaries", platform_id="payroll")
    sign_in("charlie")
    page = visit("roadmap")
    assert titles(page) == ["Fresh"]
    assert not [one for one in page.get("menu_button") if "Move" in one.proto.label]
    assert not {"Add an item"} & set(labels(page))
    shown = visit("roadmap", id=item.id)
    assert "Who asked for it" in html(shown)
    assert not {"Link", "Publish"} & set(labels(shown))
    for query in ({"new": "1"}, {"id": item.id, "edit": "1"}):
        refused = visit("roadmap", **query)
        assert "needs the role service owner" in html(refused)
        assert not refused.text_input


def test_what_is_hidden_and_what_does_not_exist_look_alike(visit: Visit, plan: Plan, sign_in: SignIn) -> None:
    secrets = [plan("A draft", publish=False), plan("Salaries", platform_id="payroll")]
    sign_in("charlie")
    for query in ({}, {"edit": "1"}):
        pages = {html(visit("roadmap", id=id_, **query)) for id_ in ("nonsense", "<b>", *(one.id for one in secrets))}
        assert len(pages) == 1
        assert "There is nothing here that you can see" in pages.pop()


def test_an_item_says_what_it_is_and_who_asked(house: Portal, visit: Visit, plan: Plan, open_: Open) -> None:
    item = plan(EVIL[:60], "now", description=f"**Soon** {EVIL}", quarter="2026-Q3", theme="<i>")
    idea = open_(kind="improvement", title="Please, every half hour")
    house.roadmap.link(Actor.job(), item.id, idea.key)
    page = visit("roadmap", id=item.id)
    story = html(page)
    assert "<strong>Soon</strong>" in story
    assert "<img" not in story
    assert "<i>" not in story.replace("<i></i>", "")
    assert "Please, every half hour" in titles(page)
    for words in ("Now, but nothing linked is in delivery", "Target quarter has passed", "each person once"):
        assert words in story
    assert f"linked {idea.key}" in story


def test_a_new_item_tells_each_problem_at_its_field_and_loses_nothing(house: Portal, visit: Visit) -> None:
    page = visit("roadmap", new="1")
    field(page, None, "description").set_value("Half-hourly")
    press(page, "Add as draft")
    assert html(page).count('class="problem"') == 2
    assert field(page, None, "description").value == "Half-hourly"
    field(page, None, "title").set_value("Fresher data")
    field(page, None, "theme").set_value("Freshness")
    press(page, "Add as draft")
    (entry,) = cached_roadmap.board(house, Actor.job()).value or ()
    assert (entry.item.title, entry.item.description, entry.item.state) == ("Fresher data", "Half-hourly", "draft")
    assert page.query_params == {"id": entry.item.id}
    press(page, "Publish")
    assert stored(house, entry.item).state == "published"


def test_whoever_was_slower_keeps_what_was_typed(house: Portal, visit: Visit, plan: Plan, sign_in: SignIn) -> None:
    item = plan("Fresh")
    sign_in("bob")
    page = visit("roadmap", id=item.id, edit="1")
    house.roadmap.move(Actor("dana@example.org", "dana", BOB.everywhere), item.id, item.version, "start")
    field(page, item, "title").set_value("Even fresher")
    press(page, "Save")
    assert "Somebody was faster: dana has changed this item meanwhile" in html(page)
    assert field(page, item, "title").value == "Even fresher"
    press(page, "Save over it")
    press(page, "Save")
    now = stored(house, item)
    assert (now.title, now.horizon) == ("Even fresher", "now")


def test_shipping_asks_for_a_word_and_tells_it(house: Portal, visit: Visit, plan: Plan) -> None:
    item = plan("Fresh", "now")
    page = visit("roadmap", id=item.id)
    page.session_state[OPEN] = Step(item, "ship", item.id)
    press(page.run(), "Ship")
    assert "please fill this in" in html(page).lower()
    page.text_area(key=f"roadmap_{item.id}_ship_note").set_value("Every *half hour* now.")
    press(page, "Ship")
    assert stored(house, item).horizon == "shipped"
    assert "Every <em>half hour</em> now." in html(page)


def test_an_idea_tells_where_it_stands_and_can_be_put_there(
    house: Portal, visit: Visit, plan: Plan, open_: Open, sign_in: SignIn
) -> None:
    item, idea = plan("Fresh", "next", quarter="2027-Q1"), open_(kind="improvement")
    sign_in("bob")
    page = visit("improvements", id=idea.key)
    page.selectbox(key=f"t_roadmap_{idea.id}").set_value(item.id)
    next(one for one in page.button if one.key == f"t_roadmap_go_{idea.id}").click().run()
    assert "On the roadmap: Fresh · Next · Q1 2027" in titles(page)
    sign_in("charlie")
    page = visit("improvements", id=idea.key)
    assert "On the roadmap: Fresh · Next · Q1 2027" in titles(page)
    assert not [one for one in page.selectbox if "roadmap" in str(one.key)]


def test_when_the_store_is_down_the_last_board_stays(house: Portal, visit: Visit, plan: Plan, clock: Clock) -> None:
    plan("Fresh")
    visit("roadmap")
    cast(RecordingEngine, house.engine).fail(99, Unavailable("The warehouse does not answer."), on="roadmap")
    clock.advance(minutes=3)
    cached_roadmap.drop()
    page = visit("roadmap")
    assert titles(page) == ["Fresh"]
    assert "Shown as of" in html(page)
