"""What a viewer reads on the front page, on the details and on the feeds."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import cast

import pytest
from streamlit.testing.v1 import AppTest

from components.subscribe import addresses, origin_of
from data import cached, doorway
from data.engines.recording import RecordingEngine
from data.errors import Unavailable
from data.people.model import Actor, Role
from data.portal import Portal
from data.settings import Settings
from data.status.estate import plan, read_estate
from data.status.model import IngestionRun, Outcome, Reading
from data.tickets.ids import new_id
from data.tickets.model import Draft
from tests.pages.conftest import ESTATE, Visit
from tests.portals import NOW, Clock

FEED_FILES = ("history.atom", "history.rss", "maintenance.ics")
DOWN = Unavailable("The warehouse does not answer.")


def html(app: AppTest) -> str:
    assert not app.exception
    return "\n".join(element.proto.body for element in app.get("html"))


def links(app: AppTest) -> list[str]:
    return [f"{link.proto.page}?{link.proto.query_string}" for link in app.get("page_link")]


def engine(house: Portal) -> RecordingEngine:
    return cast(RecordingEngine, house.engine)


@pytest.fixture
def sign_in(house: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    """From here on the portal stands behind a proxy, and charlie, an outsider, is signed in."""
    client = SimpleNamespace(headers=[("X-Forwarded-Email", "charlie@example.org")], cookies={}, remote_ip=None)
    monkeypatch.setattr("streamlit.runtime.context._get_client_context", lambda: client)
    doorway.enter(house.replace(settings=Settings(home=house.settings.home, trust_proxy=True)))


def test_the_front_page_says_what_is_late_and_why(house: Portal, visit: Visit) -> None:
    page = html(visit())
    assert "1 of 2 data products is late." in page
    assert "Data is 3 h old, promised within 2 h" in page
    assert ">05:29</time>" in page


def test_every_tile_leads_to_its_platform(house: Portal, visit: Visit) -> None:
    app = visit()
    assert [link for link in links(app) if link.startswith("platform?")] == [
        "platform?platform=sales", "platform?platform=gateway", "platform?platform=payroll",
    ]  # fmt: skip
    labels = [link.proto.label for link in app.get("page_link")]
    assert r"Sales \*mart\*:small[, late]" in labels


def test_every_tile_offers_to_report_a_problem_with_it(house: Portal, visit: Visit) -> None:
    reports = [link for link in links(visit()) if link.startswith("report?platform=")]
    assert reports == ["report?platform=sales", "report?platform=gateway", "report?platform=payroll"]


def test_an_open_incident_stands_on_its_tile_and_beside_the_tiles(house: Portal, visit: Visit) -> None:
    bob = Actor("bob@example.org", "bob", Role.contributor)
    draft = Draft(
        id=new_id(house.clock()), kind="incident", title="Orders stop at Sunday", platform_id="sales", impact="blocked"
    )
    ticket = house.tickets.open(bob, draft).ticket
    house.tickets.talk.vote(bob, ticket.id, True)
    app = visit()
    assert f"<b>{ticket.key}</b> · 1 affected · not taken yet" in html(app)
    assert f"incidents?id={ticket.key}" in links(app)
    assert "Sales *mart* · New, not taken yet · 1 affected" in html(app)
    details = visit("platform", check="orders")
    assert ticket.key not in html(details)  # it is about the platform, not about this check
    platform = visit("platform", platform="sales")
    assert f"incidents?id={ticket.key}" in links(platform)
    platform.button(key=f"me_too_{ticket.id}").click().run()
    assert not platform.exception
    assert house.tickets.lists.detail(bob, ticket.id).ticket.tally.votes == 2


@pytest.mark.parametrize(
    ("query", "platforms"),
    [
        ({"show": "Needs attention"}, ["sales"]),
        ({"q": "gate"}, ["gateway"]),
        ({"kind": "databricks"}, ["sales", "payroll"]),
        ({"kind": "no such kind", "show": "nonsense"}, ["sales", "gateway", "payroll"]),
    ],
)
def test_filters_come_from_the_address(
    house: Portal, visit: Visit, query: dict[str, str], platforms: list[str]
) -> None:
    assert [link for link in links(visit(**query)) if link.startswith("platform?platform=")] == [
        f"platform?platform={name}" for name in platforms
    ]


def test_a_filter_without_hits_says_so_and_can_be_cleared(house: Portal, visit: Visit) -> None:
    app = visit(q="nothing like this")
    assert "No platform matches" in html(app)
    assert (
        len([link for link in links(app.button(key="clear").click().run()) if link.startswith("platform?platform=")])
        == 3
    )


def test_an_empty_portal_shows_the_first_steps_and_loads_the_example(enter: Portal, visit: Visit, clock: Clock) -> None:
    def example() -> None:
        clock.advance(seconds=1)
        enter.status.apply(plan(enter.status.estate(), read_estate(ESTATE, "checks.yaml"), prune=False), Actor.job())

    doorway.enter(enter, example=example)
    app = visit()
    assert "Nothing is watched yet" in html(app)
    assert "You are dev, admin." in html(app)
    assert "We cannot see 3 of 3 platforms." in html(app.button(key="load_example").click().run())


def test_without_an_example_the_button_says_what_to_do(enter: Portal, visit: Visit) -> None:
    app = visit().button(key="load_example").click().run()
    assert [toast.value for toast in app.toast] == [
        "This server runs no jobs. Load the example data with: python -m jobs seed-demo"
    ]


def test_when_the_store_fails_the_last_board_stays_under_a_banner_and_its_times_stand_still(
    house: Portal, visit: Visit, clock: Clock
) -> None:
    visit()
    cached.drop()
    engine(house).fail(99, DOWN)
    clock.advance(minutes=14)
    page = html(visit())
    assert "Shown as of 08:30.</b> The warehouse does not answer." in page
    assert "40 s ago" in page
    assert "1 of 2 data products is late." in page


def test_when_nothing_was_ever_read_the_page_says_why(enter: Portal, visit: Visit) -> None:
    engine(enter).fail(99, DOWN)
    page = html(visit())
    assert "cannot be shown now" in page
    assert "The warehouse does not answer." in page


def test_a_portal_that_stopped_looking_says_so_and_is_grey(house: Portal, visit: Visit, clock: Clock) -> None:
    clock.advance(minutes=20)
    page = html(visit())
    assert "The portal has not checked for 20 min." in page
    assert "We cannot see 3 of 3 platforms." in page
    assert 'class="disc gray"' in page


def test_the_platform_page_lists_its_checks_and_its_neighbours(house: Portal, visit: Visit) -> None:
    app = visit("platform", platform="sales")
    page = html(app)
    assert "Orders are fresh: Data is 3 h old, promised within 2 h." in page
    assert 'href="mailto:sales@example.org"' in page
    assert [link for link in links(app) if not link.startswith(("report?", "mine?"))] == [
        "?", "notifications?platform=sales", "platform?check=orders", "platform?platform=payroll",
    ]  # fmt: skip
    assert "report?platform=sales" in links(app)
    assert list(app.table[0].value["Check"]) == ["Orders are fresh"]


def test_the_platform_page_reads_the_changes_of_all_its_checks_at_once(house: Portal, visit: Visit) -> None:
    extra = "  - {id: extra, platform: sales, name: Extra, source: push, mode: success, every: 5m}"
    estate = read_estate(ESTATE + extra, "checks.yaml")
    house.status.apply(plan(house.status.estate(), estate, prune=False), Actor.job())
    at = NOW - timedelta(seconds=30)
    house.status.record([Reading(check_id="extra", observed_at=at, outcome=Outcome.fail)], "push")
    cached.drop()
    engine(house).calls.clear()
    app = visit("platform", platform="sales")
    assert list(app.table[0].value["Check"]) == ["Extra", "Orders are fresh"]
    asked = [call.subject for call in engine(house).calls if ":platform_id IS NULL" in call.subject]
    assert len(asked) == 1


def test_the_check_page_tells_promise_clocks_history_and_evidence(house: Portal, visit: Visit) -> None:
    app = visit("platform", check="orders")
    page = html(app)
    assert "Promise: late after 2 h, degraded after 6 h · told by push at 08:29 · judged by rule v1" in page
    assert "3 h old, told by the source" in page
    assert app.get("plotly_chart")
    assert list(app.table[-1].value["Value"]) == ["3 h"]
    assert app.get("link_button")[0].proto.url == "https://example.org/runbook"


def test_the_range_of_the_history_comes_from_the_address(house: Portal, visit: Visit, clock: Clock) -> None:
    clock.advance(hours=30)
    assert "measured no number in the last 24 h" in html(visit("platform", check="orders", range="24 h"))
    assert visit("platform", check="orders", range="7 d").get("plotly_chart")


@pytest.mark.parametrize("query", [{"platform": "nope"}, {"check": "<script>"}, {}])
def test_what_does_not_exist_is_told_in_words(house: Portal, visit: Visit, query: dict[str, str]) -> None:
    page = html(visit("platform", **query))
    assert "There is nothing here" in page
    assert "script>" not in page.replace("</style>", "")


@pytest.mark.usefixtures("sign_in")
def test_an_outsider_sees_nothing_of_a_members_platform(visit: Visit) -> None:
    app = visit()
    assert "1 of 1 data product is late." in html(app)
    assert "Payroll" not in html(app)
    assert "platform?platform=payroll" not in links(app)
    for query in ({"platform": "payroll"}, {"check": "salaries"}):
        hidden, missing = visit("platform", **query), visit("platform", platform="nope")
        assert html(hidden) == html(missing)
    assert "platform?platform=payroll" not in links(visit("platform", platform="sales"))


def test_without_a_sign_in_nothing_is_shown_but_why(house: Portal, visit: Visit) -> None:
    doorway.enter(house.replace(settings=Settings(home=house.settings.home, trust_proxy=True)))
    page = html(visit())
    assert "The portal cannot tell who you are" in page
    assert "Sales" not in page


@pytest.mark.usefixtures("sign_in")
def test_the_feeds_page_tells_each_source_its_run_and_its_problem(house: Portal, visit: Visit) -> None:
    ran = NOW - timedelta(minutes=2)
    house.status.log_run(
        IngestionRun(
            id="1",
            source="push",
            started_at=ran,
            finished_at=ran,
            state="failed",
            rows=0,
            error="no *token*",
            next_due_at=NOW + timedelta(minutes=3),
        )
    )  # fmt: skip
    cached.drop()
    app = visit("feeds")
    assert "0 of 1 source working." in html(app)
    row = app.table[0].value.iloc[0]
    assert (row["Last run"], row["Next"], row["Problem"]) == (r"08\:28, 2 min ago", "due in 3 min", r"no \*token\*")


def test_the_wall_screen_shows_the_same_board_without_navigation(house: Portal, visit: Visit) -> None:
    app = visit(wall="1")
    assert html(app).count("<article") == 3
    assert not app.get("page_link")


def test_one_broken_panel_leaves_the_rest_standing() -> None:
    def script() -> None:
        import streamlit as st

        from components import feedback

        with feedback.panel("The chart"):
            raise ZeroDivisionError("secret detail")
        with feedback.panel("The table"):
            st.html("the rest")

    page = html(AppTest.from_function(script).run())
    assert "The chart cannot be shown now" in page
    assert "error " in page
    assert "secret" not in page
    assert "the rest" in page


def test_the_front_page_is_shown_as_it_was_with_the_way_back(house: Portal, visit: Visit, clock: Clock) -> None:
    then = house.clock()
    clock.advance(hours=3)
    house.status.report("orders")
    cached.drop()
    assert "1 of 2 data products is late." not in html(visit())
    for text in (f"{then:%Y-%m-%dT%H:%MZ}", f"{then.astimezone(house.status.rules.zone):%Y-%m-%dT%H:%M}"):
        app = visit(as_of=text)
        assert "1 of 2 data products is late." in html(app)
        assert "As it was on 23 Nov 08:30." in html(app)
        assert "What tells the portal" not in html(app)
        app.button(key="past−1 h").click().run()
        assert f"{then - timedelta(hours=1):%Y-%m-%dT%H:%MZ}" in app.query_params["as_of"]
        app.button(key="past_back").click().run()
        assert "as_of" not in app.query_params
        assert "As it was" not in html(app)


@pytest.mark.usefixtures("house")
@pytest.mark.parametrize(
    ("text", "told"),
    [("2036-01-01T00:00Z", "lies in the future"), ("1066-10-14T09:00Z", "so long ago"), ("then", "names no moment"),
     ("2026-01-01T00:00Z", "Nothing was watched then")],
)  # fmt: skip
def test_a_moment_that_cannot_be_shown_is_told_in_words(visit: Visit, text: str, told: str) -> None:
    assert told in html(visit(as_of=text))


def test_an_outsider_sees_nothing_of_the_past_of_others(
    house: Portal, visit: Visit, sign_in: None, clock: Clock
) -> None:
    then = f"{house.clock():%Y-%m-%dT%H:%MZ}"
    clock.advance(hours=1)
    app = visit(as_of=then)
    assert "platform?platform=gateway" in links(app)
    assert "payroll" not in " ".join((html(app), *links(app))).lower()


def test_feeds_and_calendar_are_offered_with_their_whole_address() -> None:
    wanted = [f"https://portal.example.org/api/feeds/{name}" for name in FEED_FILES]
    assert [address for _, address in addresses("https://portal.example.org/")] == wanted
    for page in ("", "/", "/status?show=All", "/?wall=1"):
        origin = origin_of(f"https://portal.example.org{page}")
        assert [address for _, address in addresses(origin)] == wanted
