"""The feeds: everybody sees them, admins ask one to run now."""

from __future__ import annotations

import pytest

from data.people.model import Actor
from data.portal import Portal
from data.status.estate import plan, read_estate
from tests.pages.conftest import SignIn, Visit
from tests.pages.test_admin_channels_page import html

PROBE = """
checks:
  - {id: site, platform: sales, name: Site answers, source: http_probe, mode: success,
     target: {url: "http://127.0.0.1:9/"}}
"""


@pytest.fixture
def probed(house: Portal) -> Portal:
    house.status.apply(plan(house.status.estate(), read_estate(PROBE, "checks.yaml"), prune=False), Actor.job())
    return house


@pytest.mark.parametrize("place", [("feeds", {}), ("admin", {"part": "feeds"})], ids=["page", "admin"])
def test_an_admin_asks_a_source_to_run_now(probed: Portal, visit: Visit, place: tuple[str, dict[str, str]]) -> None:
    page, query = place
    app = visit(page, **query)
    assert [str(button.key) for button in app.button if str(button.key).startswith("run_")] == ["run_http_probe"]
    app.button(key="run_http_probe").click().run()
    assert "asked by dev, 0 s ago" in html(app)
    assert app.button(key="run_http_probe").disabled
    assert len(probed.audit.events_of("feed", "http_probe")) == 1


@pytest.mark.parametrize("who", ["charlie", "bob"])
def test_others_see_the_feeds_but_no_button(probed: Portal, visit: Visit, sign_in: SignIn, who: str) -> None:
    sign_in(who)
    app = visit("feeds")
    assert len(app.table) == 1
    assert not [button for button in app.button if str(button.key).startswith("run_")]
    assert "asked by" not in html(visit("admin", part="feeds"))
