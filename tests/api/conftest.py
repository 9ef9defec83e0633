"""The desk of the tickets, and the API in front of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from starlette.testclient import TestClient

from data.portal import Portal
from tests.api.doors import Person, opened
from tests.data.tickets.conftest import clock, connected, desk, furnished, portal, recording, warehouse, workspace

__all__ = ["clock", "connected", "desk", "furnished", "portal", "recording", "warehouse", "workspace"]


@pytest.fixture
def door(portal: Portal) -> Iterator[TestClient]:
    with opened(portal) as client:
        yield client


@pytest.fixture
def person(door: TestClient) -> Callable[[str], Person]:
    return lambda name: Person(door, name)


@pytest.fixture
def alice(door: TestClient) -> Person:
    return Person(door, "alice")


@pytest.fixture
def bob(door: TestClient) -> Person:
    return Person(door, "bob")


@pytest.fixture
def charlie(door: TestClient) -> Person:
    return Person(door, "charlie")
