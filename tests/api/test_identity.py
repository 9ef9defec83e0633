"""Nobody gets in without an identity, through any kind of connection."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from api.identity import RequireIdentity
from data.settings import Settings

SIGNED_IN = {"X-Forwarded-Email": "bob@example.org"}


async def _talk(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text("hello")
    await socket.close()


def client(settings: Settings) -> TestClient:
    async def answer(_: object) -> PlainTextResponse:
        return PlainTextResponse("inside")

    paths = ("/", "/api/v1/status", "/api/healthz", "/api/readyz", "/_stcore/health")
    inner = Starlette(routes=[*(Route(path, answer) for path in paths), WebSocketRoute("/_stcore/stream", _talk)])
    return TestClient(RequireIdentity(inner, settings))


@pytest.fixture
def in_databricks() -> TestClient:
    return client(Settings(app_name="portal"))


def test_a_person_without_identity_reads_why_on_a_plain_page(in_databricks: TestClient) -> None:
    answer = in_databricks.get("/")
    assert answer.status_code == 401
    assert answer.headers["content-type"].startswith("text/html")
    assert "cannot tell who you are" in answer.text


def test_a_program_without_identity_gets_a_problem_document(in_databricks: TestClient) -> None:
    answer = in_databricks.get("/api/v1/status")
    assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json")
    assert answer.json()["status"] == 401


def test_a_websocket_without_identity_is_refused(in_databricks: TestClient) -> None:
    with pytest.raises(WebSocketDisconnect), in_databricks.websocket_connect("/_stcore/stream"):
        pass


@pytest.mark.parametrize("path", ["/api/healthz", "/api/readyz", "/_stcore/health"])
def test_probes_need_no_identity(in_databricks: TestClient, path: str) -> None:
    assert in_databricks.get(path).text == "inside"


def test_whoever_the_proxy_names_gets_in(in_databricks: TestClient) -> None:
    assert in_databricks.get("/", headers=SIGNED_IN).text == "inside"
    with in_databricks.websocket_connect("/_stcore/stream", headers=SIGNED_IN) as socket:
        assert socket.receive_text() == "hello"


def test_on_a_laptop_everybody_is_the_local_persona() -> None:
    assert client(Settings()).get("/").text == "inside"


def test_a_page_of_another_site_cannot_open_a_connection(in_databricks: TestClient) -> None:
    foreign = {**SIGNED_IN, "Origin": "https://elsewhere.example"}
    with pytest.raises(WebSocketDisconnect), in_databricks.websocket_connect("/_stcore/stream", headers=foreign):
        pass
    for own in (
        {"Origin": "http://testserver"},
        {"Origin": "https://portal.example", "X-Forwarded-Host": "portal.example"},
    ):
        with in_databricks.websocket_connect("/_stcore/stream", headers={**SIGNED_IN, **own}) as socket:
            assert socket.receive_text() == "hello"
