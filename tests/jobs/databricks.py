"""The stand-in workspace as a site to look at: what it has, what it was asked, and a portal signed in there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from data.portal import Portal
from jobs.sources.base import Context
from jobs.supervisor import Supervisor
from tests.standins.workspace import Call, Workspace
from tests.standins.workspace.rest import Estate, routes


@dataclass
class Site:
    workspace: Workspace
    estate: Estate

    @property
    def calls(self) -> list[Call]:
        return self.workspace.log

    def requests(self) -> list[str]:
        """Calls of the API, without those of signing in."""
        return [call.kind for call in self.calls if call.kind.startswith("GET /api/")]


@pytest.fixture(scope="module")
def running_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    estate = Estate()
    with Workspace(tmp_path_factory.mktemp("workspace"), routes(estate)) as workspace:
        yield Site(workspace, estate)


@pytest.fixture
def site(running_site: Site, monkeypatch: pytest.MonkeyPatch) -> Site:
    """Empty and well."""
    running_site.estate.clear()
    running_site.workspace.faults.clear()
    running_site.calls.clear()
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(running_site.workspace.ca_file))
    return running_site


@pytest.fixture
def context(site: Site, portal: Portal, tmp_path: Path) -> Context:
    """Of a portal that is signed in there, and keeps its tables at home."""
    settings = site.workspace.settings(tmp_path / "home", warehouse_id=None)
    return Context(portal.replace(settings=settings), {}, portal.clock(), Supervisor())
