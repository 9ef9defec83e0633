"""The roadmap in a real browser: moved by the keyboard alone, shipped with a word, read on a phone."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.end_to_end.screenshots import PHONE
from tests.end_to_end.server import running

pytestmark = pytest.mark.browser
Visit = Callable[..., Page]
PATIENCE_MS = 20_000
LATER = "Three years of inventory history"
NOW = "One calendar for everybody"


@pytest.fixture(scope="module")
def curated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A portal with the demo that these tests may change."""
    with running(tmp_path_factory.mktemp("curated")) as address:
        yield address


def test_an_item_is_moved_by_the_keyboard_and_the_page_keeps_its_look(curated: str, visit: Visit) -> None:
    page = visit(f"{curated}/roadmap")
    menu = page.get_by_role("button", name=f"Move or edit {LATER}")
    look = "element => getComputedStyle(element).backgroundColor"
    before = page.locator(".st-key-horizon_now").evaluate(look)
    menu.focus()
    for key in ("Enter", "ArrowDown", "Enter"):
        page.wait_for_timeout(300)
        page.keyboard.press(key)
    moved = page.locator(".st-key-horizon_now").get_by_role("link", name=LATER)
    expect(moved).to_be_visible(timeout=PATIENCE_MS)
    assert page.locator(".st-key-horizon_now").evaluate(look) == before != "rgba(0, 0, 0, 0)"


def test_shipping_asks_for_a_word_in_a_dialog_and_tells_it(curated: str, visit: Visit) -> None:
    page = visit(f"{curated}/roadmap")
    page.get_by_role("button", name=f"Move or edit {NOW}").click()
    page.get_by_text("Ship", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Ship").click()
    expect(dialog.get_by_text("Please fill this in.")).to_be_visible(timeout=PATIENCE_MS)
    dialog.get_by_role("textbox").fill("Both calendars are in one table.")
    dialog.get_by_role("button", name="Ship").click()
    shipped = page.locator(".st-key-horizon_shipped").get_by_role("link", name=NOW)
    expect(shipped).to_be_visible(timeout=PATIENCE_MS)
    shipped.click()
    expect(page.get_by_text("Both calendars are in one table.").first).to_be_visible(timeout=PATIENCE_MS)


def test_a_phone_shows_one_column_that_one_chooses(demo: str, visit: Visit) -> None:
    page = visit(f"{demo}/roadmap", viewport=PHONE)
    expect(page.locator(".st-key-horizon_now")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.locator(".st-key-horizon_next")).to_be_hidden()
    page.locator(".st-key-roadmap_horizon").get_by_text("Next", exact=True).click()
    expect(page.locator(".st-key-horizon_next")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.locator(".st-key-horizon_now")).to_be_hidden()
    assert page.evaluate("document.querySelector('.stMain').scrollWidth") == PHONE["width"]
