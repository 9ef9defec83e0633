"""What owners and admins do in a browser: announce maintenance, tighten a limit; and charlie, who may do neither."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from data.people.model import Actor, Role
from data.portal import Portal, connect, utc_now
from data.settings import Settings
from data.status.estate import plan, read_estate
from data.status.model import Reading
from tests.end_to_end.conftest import settle
from tests.end_to_end.server import running

pytestmark = pytest.mark.browser
Visit = Callable[..., Page]
At = Callable[..., Page]
PATIENCE_MS = 20_000
BERLIN = ZoneInfo("Europe/Berlin")
ESTATE = """
platforms:
  - {id: sales, name: Sales mart, kind: databricks, owner: sales-data, contact: sales@example.org}
checks:
  - {id: orders, platform: sales, name: Orders are fresh, source: push, mode: age, warn_after: 2h, error_after: 12h,
     every: 6h}
"""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Orders were 70 to 100 minutes old for ten days; alice owns the platform, dana is an admin."""
    home = tmp_path_factory.mktemp("house")
    portal = connect(Settings(home=home))
    portal.schema.migrate()
    portal.status.apply(plan(portal.status.estate(), read_estate(ESTATE, "checks.yaml"), prune=False), Actor.job())
    portal.people.grant(Actor.job(), "user", "alice@example.org", Role.service_owner, "sales")
    portal.people.grant(Actor.job(), "user", "dana@example.org", Role.admin)
    _watched(portal)
    portal.engine.close()
    with running(home, PORTAL_DEMO="0", PORTAL_SCHEDULER="0", PORTAL_TRUST_PROXY="1") as address:
        yield address


def _watched(portal: Portal) -> None:
    now = portal.clock()
    for back in range(10, -1, -1):
        at = now - timedelta(days=back, minutes=1)
        age = timedelta(minutes=100 if back in (3, 5) else 70)
        portal.status.record([Reading(check_id="orders", observed_at=at, source_event_at=at - age)], "push")


@pytest.fixture
def at(house: str, visit: Visit) -> At:
    """Somebody's browser at a page."""

    def open_page(person: str, path: str = "", **options: object) -> Page:
        return visit(f"{house}/{path}", extra_http_headers={"X-Forwarded-Email": f"{person}@example.org"}, **options)

    return open_page


def choose(page: Page, field: str, option: str) -> None:
    page.locator(f".st-key-message_new_{field}").get_by_role("combobox").click()
    page.get_by_role("option", name=option).click()
    settle(page)


def type_moment(page: Page, field: str, moment: datetime) -> None:
    page.locator(f".st-key-message_new_{field} [role=spinbutton]").first.click()
    page.keyboard.type(f"{moment.astimezone(BERLIN):%Y%m%d%H%M}", delay=60)
    page.keyboard.press("Enter")
    settle(page)


def test_maintenance_is_announced_shown_on_the_tile_ended_and_found_in_the_archive(at: At) -> None:
    bob, dana = at("bob"), at("dana", "messages?new=1")
    tile = bob.locator('[class*="st-key-tile_"]')
    expect(tile).to_contain_text("Operational", timeout=PATIENCE_MS)
    now = utc_now()
    choose(dana, "kind", "Maintenance")
    choose(dana, "platform_ids", "Sales mart")
    dana.get_by_label("Title").fill("Runtime update")
    dana.locator(".st-key-message_new_body textarea").fill("Loads wait **two hours**.")
    type_moment(dana, "starts_at", now)
    type_moment(dana, "ends_at", now + timedelta(hours=2))
    expect(dana.locator(".notice-text strong")).to_have_text("two hours", timeout=PATIENCE_MS)
    dana.get_by_role("button", name="Publish now").click()
    expect(dana.get_by_role("heading", name="Runtime update")).to_be_visible(timeout=PATIENCE_MS)
    expect(bob.get_by_text("Runtime update").first).to_be_visible(timeout=PATIENCE_MS)
    expect(tile).to_contain_text("Maintenance", timeout=PATIENCE_MS)
    dana.get_by_role("button", name="End now").click()
    expect(dana.get_by_text("Expired").first).to_be_visible(timeout=PATIENCE_MS)
    expect(tile).to_contain_text("Operational", timeout=PATIENCE_MS)
    archive = at("bob", "messages")
    expect(archive.get_by_text("Runtime update")).to_be_visible(timeout=PATIENCE_MS)


def test_an_owner_sees_what_a_tighter_limit_would_have_said_and_finds_the_change_in_the_history(at: At) -> None:
    alice = at("alice", "admin?part=checks&check=orders")
    late = alice.get_by_label("Late after (minutes)")
    late.fill("90")
    late.press("Enter")
    expect(alice.locator(".stMain")).to_contain_text("Times late2 was 0", timeout=PATIENCE_MS)
    alice.get_by_label("Reason for the change").fill("Reports open at eight")
    alice.get_by_label("Reason for the change").press("Enter")
    alice.get_by_role("button", name="Save as version 2").click()
    expect(alice.get_by_text("version 2, alice").first).to_be_visible(timeout=PATIENCE_MS)
    expect(alice.locator("ol.changes")).to_contain_text("Reports open at eight", timeout=PATIENCE_MS)


def test_what_is_chosen_with_one_click_is_shown_kept_and_never_taken_back_by_the_page(at: At) -> None:
    bob = at("bob", "notifications?platform=sales")
    now = "Everything, at once"
    bob.get_by_role("button", name="Incidents, messages and status at once").click()
    expect_choices(bob, now, "As for all", "As for all", now, now)
    bob.locator(".st-key-hear_sales_improvements").get_by_role("combobox").click()
    bob.get_by_role("option", name="Nothing").click()
    expect(bob.get_by_text("Saved.").last).to_be_visible(timeout=PATIENCE_MS)
    expect_choices(at("bob", "notifications"), now, "Nothing", "As for all", now, now)


def expect_choices(page: Page, *choices: str) -> None:
    fields = page.locator(".st-key-hear_row_sales").get_by_role("combobox")
    for number, choice in enumerate(choices):
        expect(fields.nth(number)).to_have_value(choice, timeout=PATIENCE_MS)


def test_an_admin_whose_channel_was_changed_meanwhile_can_take_what_is_there(at: At) -> None:
    dana = at("dana", "admin?part=channels&channel=new")
    write(dana, "Name", "Team Sales")
    write(dana, "Address: name of the environment variable", "PORTAL_SECRET_SALES_URL")
    dana.get_by_role("button", name="Add the channel").click()
    dana.get_by_role("link", name="Change").click()
    expect(dana.get_by_label("Name", exact=True)).to_have_value("Team Sales", timeout=PATIENCE_MS)
    other = at("dana", dana.url.rpartition("/")[2])
    write(other, "Name", "Theirs")
    other.get_by_role("button", name="Save").click()
    expect(other.get_by_text("Theirs is saved.")).to_be_visible(timeout=PATIENCE_MS)
    write(dana, "Name", "Mine")
    dana.get_by_role("button", name="Save").click()
    dana.get_by_role("button", name="Take what is there now").click()
    expect(dana.get_by_label("Name", exact=True).first).to_have_value("Theirs", timeout=PATIENCE_MS)


def write(page: Page, field: str, text: str) -> None:
    page.get_by_label(field, exact=True).fill(text)
    page.keyboard.press("Enter")
    settle(page)


@pytest.mark.parametrize("path", ["admin", "admin?part=checks&check=orders", "admin?part=people", "admin?part=audit"])
def test_charlie_reaches_no_part_of_admin(at: At, path: str) -> None:
    page = at("charlie", path)
    expect(page.get_by_text("This page is not for you")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.get_by_text("Orders are fresh")).to_have_count(0)
    expect(page.locator("header").get_by_text("Admin", exact=True)).to_have_count(0)
