"""A portal of its own for each test, on real Delta tables and with a clock that stands still.

`@ON_EVERY_STORE` runs a test twice: on the embedded engine, and through the real connector on a stand-in workspace.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlglot import exp

from data.engines.recording import RecordingEngine
from data.people.model import Actor
from data.portal import Portal, connect
from data.settings import Settings
from data.status.estate import Estate, plan
from data.status.model import Check, Platform
from tests.standins.workspace import Workspace

NOW = datetime(2026, 11, 23, 7, 30, tzinfo=UTC)
STORES = ("embedded", "warehouse")
ON_EVERY_STORE = pytest.mark.parametrize("portal", STORES, indirect=True)


@dataclass
class Clock:
    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **parts: float) -> None:
        self.now += timedelta(**parts)


def a_check(id_: str = "orders", source: str = "sql_check", mode: str = "success", **parts: Any) -> Check:
    return Check(**{"id": id_, "platform_id": "shop", "name": id_.title(), "source": source, "mode": mode, **parts})


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def portal(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Portal:
    if getattr(request, "param", "embedded") == "warehouse":
        return request.getfixturevalue("warehouse").replace(clock=clock)
    portal = connect(Settings(home=tmp_path / "home")).replace(clock=clock)
    portal.schema.migrate()
    return portal


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    with Workspace(tmp_path_factory.mktemp("workspace")) as standin, pytest.MonkeyPatch.context() as patch:
        patch.setenv("REQUESTS_CA_BUNDLE", str(standin.ca_file))
        yield standin


@pytest.fixture(scope="module")
def connected(workspace: Workspace) -> Iterator[Portal]:
    """One for all tests of a module: making the tables takes longer than a test."""
    home = workspace.ca_file.parent  # so that `home / "tables"` are the workspace's
    portal = connect(workspace.settings(home))
    portal.schema.migrate()
    yield portal
    portal.engine.close()


@pytest.fixture
def warehouse(workspace: Workspace, connected: Portal) -> Iterator[Portal]:
    """Over the real connector, on tables that each test finds empty."""
    yield connected
    workspace.faults.clear()
    for table in connected.schema.tables:
        rows = "NOT key LIKE 'schema%'" if table == "settings" else None
        workspace.engine.execute(exp.delete(table, rows).sql("databricks"))


@pytest.fixture
def recording(portal: Portal) -> Portal:
    """The same portal on an engine that counts statements and fails on demand."""
    return portal.replace(engine=RecordingEngine(portal.engine))


@pytest.fixture
def watch(portal: Portal) -> Callable[..., None]:
    """Make the given checks, of one platform, the estate of the portal."""

    def apply(*checks: Check) -> None:
        wanted = Estate(platforms=(Platform(id="shop", name="Shop", kind="service"),), checks=checks)
        portal.status.apply(plan(portal.status.estate(), wanted, prune=True), Actor.job())

    return apply
