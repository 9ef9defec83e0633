"""One Chromium for all journeys; a page that tries to leave this machine fails its test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.end_to_end.server import running

SIZE = {"width": 1440, "height": 900}
Visit = Callable[..., Page]


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """Ends with its module: Playwright keeps an event loop running in this thread, and other tests start their own."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield browser
        browser.close()


@pytest.fixture
def visit(browser: Browser) -> Iterator[Visit]:
    """Open an address in a new viewer's browser and wait until the page stands still."""
    contexts: list[BrowserContext] = []
    outside: list[str] = []

    def open_page(address: str, **options: Any) -> Page:
        context = browser.new_context(
            **{"viewport": SIZE, "timezone_id": "Europe/Berlin", "locale": "en-GB", **options}
        )
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: _note(request.url, outside))
        page.goto(address)
        settle(page)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert outside == []


def _note(url: str, outside: list[str]) -> None:
    if not url.startswith(("http://127.0.0.1", "ws://127.0.0.1", "data:", "blob:")):
        outside.append(url)


def settle(page: Page) -> None:
    page.wait_for_selector('.stApp[data-test-script-state="notRunning"]', timeout=30_000)
    page.wait_for_selector("h1, .empty", timeout=30_000)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A portal with the demo estate, shared by the tests that only look."""
    with running(tmp_path_factory.mktemp("demo")) as address:
        yield address
