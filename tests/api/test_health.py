"""Liveness speaks for the process, readiness for what it can still serve."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from api.server import api
from data import cached, doorway
from data.errors import Unavailable
from data.portal import Portal
from tests.portals import clock, portal, recording

__all__ = ["clock", "portal", "recording"]


@pytest.fixture
def client(recording: Portal) -> Iterator[TestClient]:
    doorway.enter(recording)
    cached.drop()
    yield TestClient(api)
    doorway.enter(None)
    cached.drop()


def break_store(portal: Portal) -> None:
    portal.engine.fail(99, Unavailable("The store does not answer"))
    cached.drop()


def test_a_portal_whose_store_answers_is_ready(client: TestClient) -> None:
    assert client.get("/readyz").json() == {"status": "ok"}


def test_probing_again_asks_the_store_nothing(client: TestClient, recording: Portal) -> None:
    client.get("/readyz")
    asked = len(recording.engine.calls)
    client.get("/readyz")
    assert len(recording.engine.calls) == asked


def test_with_old_data_to_show_the_portal_is_degraded_not_down(client: TestClient, recording: Portal) -> None:
    client.get("/readyz")
    break_store(recording)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["status"]) == (200, "degraded")
    assert client.get("/healthz").json() == {"status": "ok"}


def test_with_nothing_to_show_the_portal_is_unavailable_and_says_why(client: TestClient, recording: Portal) -> None:
    break_store(recording)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (
        503,
        {"status": "unavailable", "reason": "The store does not answer"},
    )
