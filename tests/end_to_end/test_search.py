"""Finding something as people do: by a key, typing, arrows, Enter; on a page that only looks."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.end_to_end.conftest import Visit

pytestmark = pytest.mark.browser
WIDTHS = (860, 1000, 1119, 1121, 1339, 1341, 1440)
EVIL = "<img src=x onerror=document.title='hit'>"


def opened(page: Page) -> Page:
    page.wait_for_function("() => !!window.portalSearchKeys", timeout=15_000)
    page.keyboard.press("/")
    expect(page.get_by_role("dialog").locator("input")).to_be_focused(timeout=15_000)
    return page


def typed(page: Page, text: str) -> Page:
    page.keyboard.type(text)
    expect(page.locator(f'[data-words="{text}"]')).to_have_count(1, timeout=15_000)
    return page


def test_a_hit_is_opened_by_keys_alone_and_the_dialog_goes(demo: str, visit: Visit) -> None:
    page = typed(opened(visit(f"{demo}/roadmap")), "service levels")
    page.keyboard.press("ArrowDown")
    expect(page.locator("a.hit").first).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("dialog").locator("input")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/(docs|incidents|improvements|roadmap|platform|messages)\?"), timeout=15_000)
    expect(page.get_by_role("dialog")).to_have_count(0, timeout=15_000)


def test_enter_shows_all_results_and_they_lead_on_without_a_reload(demo: str, visit: Visit) -> None:
    page = typed(opened(visit(demo)), "approval")
    page.evaluate("window.same = true")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=approval", timeout=15_000)
    expect(page.locator(".found a.hit").first).to_be_visible(timeout=15_000)
    page.locator('.found a.hit[href^="docs"]').first.click()
    page.wait_for_url(re.compile(r"/docs\?page=.*&q=approval"), timeout=15_000)
    page.wait_for_function("CSS.highlights.get('docs-found')?.size > 0", timeout=15_000)
    assert page.evaluate("window.same")


def test_the_id_of_a_ticket_leads_to_it(demo: str, visit: Visit) -> None:
    page = visit(f"{demo}/search?q=sales&type=incident")
    href = page.locator("a.hit").first.get_attribute("href") or ""
    page.goto(f"{demo}/search?q={href.partition('id=')[2].lower()}")
    page.wait_for_url(f"**/{href}", timeout=15_000)


def test_hostile_words_do_nothing(demo: str, visit: Visit) -> None:
    page = opened(visit(demo))
    page.keyboard.type(EVIL)
    expect(page.get_by_role("dialog").get_by_text("Nothing that you can see has")).to_be_visible(timeout=15_000)
    assert page.title() != "hit"
    assert page.get_by_role("dialog").locator("img").count() == 0


def test_the_tools_of_the_top_bar_stand_beside_the_menu_at_every_width(demo: str, visit: Visit) -> None:
    page = visit(f"{demo}/feeds")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 700})
        page.wait_for_timeout(300)
        menu = page.locator('[data-testid="stTopNavLink"], [data-testid="stTopNavSection"]')
        ends = [box["x"] + box["width"] for link in menu.all() if link.is_visible() and (box := link.bounding_box())]
        tools = page.locator(".st-key-tools").bounding_box()
        assert tools is not None
        assert max(ends) <= tools["x"], width
        assert tools["x"] + tools["width"] <= width, width
