"""What others wrote reads what we say, and it is what the store says."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import feedparser
import httpx
import pytest
from dbt_artifacts_parser.parser import parse_sources
from icalendar import Calendar
from prometheus_client.parser import text_string_to_metric_families

from data.portal import Portal
from data.status.board import Board
from data.status.model import State
from tests.data.tickets.desk import Desk

pytestmark = pytest.mark.interop


@pytest.fixture
def board(busy: Portal, desk: Desk) -> Board:
    """What the outsider may see, as the store has it."""
    return busy.status.board(busy.status.snapshot(), desk.charlie.scope)


@pytest.fixture
def title(busy: Portal, desk: Desk) -> str:
    """Of the one open incident."""
    [told] = [b for b in busy.bulletins.board(desk.charlie) if b.kind == "incident"]
    return told.title


def test_the_exporter_for_prometheus_reads_the_summary(
    address: str, board: Board, title: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # it keeps a cache in its working folder
    from statuspage_prometheus_exporter import service_checker

    found = service_checker.check_status_page_service("portal", {"url": f"{address}/api/v2/summary.json"})
    assert found["success"], found
    troubled = {tile.platform.name for tile in board.tiles if tile.state is not State.operational}
    told = {one["name"] for one in found["component_metadata"] if one["status"] != "operational"}
    assert told == troubled
    assert [incident["name"] for incident in found["incident_metadata"]] == [title]
    assert found["incident_metadata"][0]["shortlink"].startswith(f"{address}/incidents?id=INC-")
    assert found["status"] == 0


def test_the_npm_client_and_the_badge_renderer_read_us(npm: Path, address: str, board: Board, title: str) -> None:
    shutil.copy(Path(__file__).with_name("read.cjs"), npm)
    answer = subprocess.run(
        ["node", "read.cjs", address], cwd=npm, capture_output=True, text=True, timeout=60, check=False
    )
    assert answer.returncode == 0, answer.stderr
    found = json.loads(answer.stdout)
    components = {one["id"]: one for one in found["summary"]["components"]}
    assert {id_: one["x_state"] for id_, one in components.items()} == {t.platform.id: t.state for t in board.tiles}
    assert found["components"]["components"] == found["summary"]["components"]
    assert [incident["name"] for incident in found["unresolved"]["incidents"]] == [title]
    assert [one["name"] for one in found["upcoming"]["scheduled_maintenances"]] == ["Sales moves"]
    assert found["status"]["status"]["indicator"] == "minor"
    assert ElementTree.fromstring(found["badge"]).attrib["aria-label"] == "Sales: late, data 2 h 15 old"


def test_feed_readers_find_nothing_to_complain_about(address: str, title: str) -> None:
    for kind in ("atom", "rss"):
        found: Any = feedparser.parse(httpx.get(f"{address}/api/feeds/history.{kind}").content)
        assert not found.bozo, found.bozo_exception
        assert len({entry.id for entry in found.entries}) == len(found.entries) == 2
        assert any(title.replace("\x0b", "") in entry.title for entry in found.entries)


def test_a_calendar_reads_the_maintenance(address: str, busy: Portal) -> None:
    calendar = Calendar.from_ical(httpx.get(f"{address}/api/feeds/maintenance.ics").content)
    [event] = calendar.walk("VEVENT")
    [message] = [m for m in busy.messages.told(Desk(busy).charlie) if m.kind == "maintenance"]
    assert (event["dtstart"].dt, event["dtend"].dt) == (message.starts_at, message.ends_at)
    assert [str(zone["tzid"]) for zone in calendar.walk("VTIMEZONE")] == ["Europe/Berlin"]


def test_prometheus_reads_the_metrics(address: str, board: Board) -> None:
    families = {f.name: f for f in text_string_to_metric_families(httpx.get(f"{address}/api/metrics").text)}
    told = {s.labels["platform"]: s.labels["state"] for s in families["portal_platform_state"].samples if s.value}
    assert told == {tile.platform.id: tile.state for tile in board.tiles}


def test_dbt_reads_the_export_with_no_key_too_many(address: str, board: Board) -> None:
    sources = parse_sources(httpx.get(f"{address}/api/export/sources.json").json())
    products = {v.check.id for tile in board.tiles for v in tile.checks if v.check.mode == "age"}
    assert {result.unique_id.rpartition(".")[2] for result in sources.results} == products
    assert sources.results[0].status.value == "warn"
