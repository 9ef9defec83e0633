"""One desk for each test, on real Delta tables."""

from __future__ import annotations

from pathlib import Path
from shutil import copytree

import pytest

from data.portal import Portal, connect
from data.settings import Settings
from tests.data.tickets.desk import Desk, furnish
from tests.portals import Clock, clock, connected, recording, warehouse, workspace

__all__ = ["clock", "connected", "recording", "warehouse", "workspace"]


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with people and platforms: copying it is faster than making it."""
    portal = connect(Settings(home=tmp_path_factory.mktemp("furnished") / "home")).replace(clock=Clock())
    portal.schema.migrate()
    furnish(portal)
    portal.engine.close()
    return portal.settings.home


@pytest.fixture
def portal(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock, furnished: Path) -> Portal:
    if getattr(request, "param", "embedded") == "warehouse":
        house: Portal = request.getfixturevalue("warehouse").replace(clock=clock)
        furnish(house)
        return house
    return connect(Settings(home=copytree(furnished, tmp_path / "home"))).replace(clock=clock)


@pytest.fixture
def desk(portal: Portal) -> Desk:
    return Desk(portal)
