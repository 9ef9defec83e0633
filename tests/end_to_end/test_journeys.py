"""What a person does, in a real browser against a real server."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.end_to_end.conftest import settle
from tests.end_to_end.server import job, running
from tests.standins.http_server import http_server

pytestmark = pytest.mark.browser
Visit = Callable[..., Page]
PATIENCE_MS = 120_000
TILES = '[class*="st-key-tile_"]'

CHECKS = """
platforms:
  - {{id: sales, name: Sales mart, kind: databricks, criticality: 1, owner: sales-data, contact: sales@example.org}}
checks:
  - {{id: shop-api, platform: sales, name: Shop API answers, source: http_probe, mode: success, severity: critical,
     every: 2s, target: {{url: "{url}", timeout_s: 1}}}}
"""
QUICK = {"PORTAL_DEMO": "0", "PORTAL_INGEST_TICK": "PT1S", "PORTAL_FRONT_PAGE_MAX_AGE": "PT5S"}


def tile(page: Page, state: str) -> str:
    return f'[class*="st-key-tile_{state}_sales"]'


def test_the_demo_tells_its_story_and_a_tile_leads_to_the_details(demo: str, visit: Visit) -> None:
    page = visit(demo)
    expect(page.locator("h1")).to_contain_text("Gateway EU-2 is down")
    expect(page.locator(TILES)).to_have_count(10)
    expect(page.locator(".stApp")).to_contain_text("Example data")
    page.locator('[class*="st-key-tile_late_power-bi-sales"]').click(position={"x": 150, "y": 130})
    page.wait_for_url(re.compile(r"/platform\?platform=power-bi-sales"))
    settle(page)
    expect(page.locator("h1")).to_have_text("Power BI Sales")


def test_filters_live_in_the_address(demo: str, visit: Visit) -> None:
    page = visit(demo)
    page.locator(".stApp").get_by_text("Needs attention").click()
    page.wait_for_url(re.compile(r"\?.+"))
    expect(page.locator(TILES)).not_to_have_count(10)
    shown = page.locator(TILES).count()
    assert shown > 0
    expect(visit(page.url).locator(TILES)).to_have_count(shown)


@pytest.mark.parametrize("width", [390, 768, 1024, 1280, 1440])
def test_nothing_scrolls_sideways(demo: str, visit: Visit, width: int) -> None:
    for path in ("/", "/platform?platform=power-bi-sales", "/feeds"):
        page = visit(demo + path, viewport={"width": width, "height": 844})
        inner = page.evaluate(
            "(() => { const m = document.querySelector('.stMain'); return m.scrollWidth - m.clientWidth })()"
        )
        assert inner <= 0, path


def test_the_wall_screen_needs_no_clicks_and_fits(demo: str, visit: Visit) -> None:
    page = visit(f"{demo}/?wall=1", viewport={"width": 1920, "height": 1080}, color_scheme="dark")
    expect(page.locator(".stApp")).to_contain_text("Gateway EU-2")
    assert page.evaluate("document.querySelector('.stMain').scrollHeight") <= 1080


def test_an_unknown_address_says_so_in_words(demo: str, visit: Visit) -> None:
    page = visit(f"{demo}/platform?platform=%3Cscript%3Ealert(1)%3C/script%3E")
    expect(page.locator(".empty")).to_contain_text("There is nothing here")


def test_an_empty_portal_shows_the_first_steps_and_loads_the_example(tmp_path: Path, visit: Visit) -> None:
    with running(tmp_path, PORTAL_DEMO="0") as address:
        page = visit(address)
        expect(page.locator(".stApp")).to_contain_text("Nothing is watched yet")
        page.get_by_role("button", name="Load example data").click()
        expect(page.locator("h1")).to_contain_text("Gateway EU-2 is down", timeout=PATIENCE_MS)


def test_a_stopped_service_turns_its_tile_red_and_stopped_ingestion_turns_it_grey(tmp_path: Path, visit: Visit) -> None:
    file = tmp_path / "checks.yaml"
    home = tmp_path / "home"
    with running(home, **QUICK) as address:
        with http_server() as service:
            file.write_text(CHECKS.format(url=service.url))
            assert job(home, "apply", str(file), "--yes").returncode == 0
            page = visit(address)
            expect(page.locator(tile(page, "operational"))).to_be_visible(timeout=PATIENCE_MS)
        red = page.locator(tile(page, "major_outage"))
        expect(red).to_contain_text("No answer: connection refused", timeout=PATIENCE_MS)
        expect(page.locator("h1")).to_contain_text("Sales mart is down")
    with running(home, **QUICK, PORTAL_SCHEDULER="0") as address:
        details = visit(f"{address}/platform?platform=sales")
        expect(details.get_by_role("heading", name="Sales mart")).to_be_visible()
        page = visit(address)
        expect(page.locator(tile(page, "unknown"))).to_contain_text("Not checked for", timeout=PATIENCE_MS)
        expect(page.locator('[class*="st-key-tile_operational"]')).to_have_count(0)


def test_without_a_store_the_page_says_why_and_the_process_stays_alive(tmp_path: Path, visit: Visit) -> None:
    home = tmp_path / "home"
    home.write_text("a file where the folder must be")
    with running(home, answers="/api/healthz", PORTAL_DEMO="0") as address:
        expect(visit(address).locator(".empty")).to_contain_text("cannot be shown now")
        assert httpx.get(f"{address}/api/readyz").status_code == 503


def test_health_speaks_for_the_process_and_readiness_for_the_store(demo: str) -> None:
    assert httpx.get(f"{demo}/api/healthz").json() == {"status": "ok"}
    assert httpx.get(f"{demo}/api/readyz").json() == {"status": "ok"}
    assert httpx.get(f"{demo}/api/nope").status_code == 404
