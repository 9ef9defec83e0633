"""One desk for each test, on real Delta tables."""

from __future__ import annotations

import pytest

from data.portal import Portal
from tests.data.tickets.desk import Desk
from tests.portals import clock, connected, portal, recording, warehouse, workspace

__all__ = ["clock", "connected", "portal", "recording", "warehouse", "workspace"]


@pytest.fixture
def desk(portal: Portal) -> Desk:
    return Desk(portal)
