"""Portals that look at Microsoft's services: a stand-in on a real socket."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.portal import Portal, connect
from tests.portals import Clock
from tests.standins.microsoft import MicrosoftCloud


@pytest.fixture
def portal(cloud: MicrosoftCloud, clock: Clock, tmp_path: Path) -> Portal:
    portal = connect(cloud.settings(tmp_path / "home")).replace(clock=clock)
    portal.schema.migrate()
    return portal
