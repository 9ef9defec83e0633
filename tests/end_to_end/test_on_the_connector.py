"""The portal on its home ground: tables behind a warehouse, Databricks and Power BI watched, and all of it failing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.end_to_end.conftest import Visit
from tests.end_to_end.server import running
from tests.standins.world import World

pytestmark = pytest.mark.browser
PATIENCE_MS = 120_000


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    with World(tmp_path / "world", every="5s") as world:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(world.workspace.ca_file))
        world.portal(tmp_path / "home").engine.close()
        yield world


def expect_tile(page: Page, state: str, platform: str) -> None:
    expect(page.locator(f'[class*="st-key-tile_{state}_{platform}"]')).to_be_visible(timeout=PATIENCE_MS)


def test_tiles_tell_what_databricks_and_power_bi_say(world: World, tmp_path: Path, visit: Visit) -> None:
    pace = {"PORTAL_INGEST_TICK": "PT1S", "PORTAL_STALE_FACTOR": "12", "PORTAL_FRONT_PAGE_MAX_AGE": "PT5S"}
    with running(tmp_path / "home", **world.environment(), **pace) as address:
        page = visit(address)
        for platform in ("databricks-prod", "power-bi-sales", "fabric", "clouds"):
            expect_tile(page, "operational", platform)

        for _ in range(2):
            world.run_job(41, "FAILED", "RUN_EXECUTION_ERROR")
        expect(page.locator("h1")).to_contain_text("Databricks prod is", timeout=PATIENCE_MS)
        expect(page.locator(".stApp")).to_contain_text("failed at")

        world.cloud.faults.fail("/powerbi/", 429, retry_after="600")
        expect_tile(page, "unknown", "power-bi-sales")
        expect(page.locator(".stApp")).to_contain_text("Power BI asks to wait until")

        world.workspace.faults.down()
        expect(page.locator(".stApp")).to_contain_text("Shown as of", timeout=PATIENCE_MS)
        expect(visit(address).locator(".stApp")).to_contain_text(
            "The SQL warehouse cannot be reached", timeout=PATIENCE_MS
        )
        world.workspace.faults.up()
        expect(page.locator(".stApp")).not_to_contain_text("Shown as of", timeout=PATIENCE_MS)
    assert {call.status for call in world.workspace.log if call.kind == "ExecuteStatement"} >= {200, 503}
