"""One newsroom for each test, on real Delta tables."""

from __future__ import annotations

import pytest

from data.portal import Portal
from tests.data.messages.newsroom import Newsroom


@pytest.fixture
def newsroom(portal: Portal) -> Newsroom:
    return Newsroom(portal)
