"""The desk of the tickets, with a roadmap to curate."""

from __future__ import annotations

import pytest

from tests.data.roadmap.plans import Plans
from tests.data.tickets.conftest import clock, connected, desk, furnished, portal, recording, warehouse, workspace
from tests.data.tickets.desk import Desk

__all__ = ["clock", "connected", "desk", "furnished", "portal", "recording", "warehouse", "workspace"]


@pytest.fixture
def plans(desk: Desk) -> Plans:
    return Plans(desk)
