"""The desk of the tickets, with a glossary to curate."""

from __future__ import annotations

import pytest

from tests.data.glossary.words import Words
from tests.data.tickets.conftest import clock, connected, desk, furnished, portal, recording, warehouse, workspace
from tests.data.tickets.desk import Desk

__all__ = ["clock", "connected", "desk", "furnished", "portal", "recording", "warehouse", "workspace"]


@pytest.fixture
def words(desk: Desk) -> Words:
    return Words(desk)
