"""The proxy's word is believed only when the person's own token says the same; asked of the workspace, over TLS."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from api.identity import RequireIdentity
from components import session
from data import cached, doorway
from data.errors import Forbidden
from data.people import tokens
from data.people.tokens import signed_in
from data.portal import Portal
from data.settings import Settings
from tests.standins.workspace import Workspace

ANA, TOKEN = "ana@example.org", "dapi-token-of-ana"
ME = "/api/2.0/preview/scim/v2/Me"
SIGNED_IN = {"x-forwarded-email": ANA, "X-Forwarded-Access-Token": TOKEN}
NOT_CONFIRMED = "could not confirm your sign-in"


class Me:
    """What the workspace answers to /Me."""

    body: str
    status: int

    def tells(self, told: object, status: int = 200) -> None:
        self.body, self.status = told if isinstance(told, str) else json.dumps(told), status

    def answer(self, _: Request) -> Response:
        return Response(self.body, self.status, media_type="application/json")


@pytest.fixture(scope="module")
def asked() -> Me:
    return Me()


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory, asked: Me) -> Iterator[Workspace]:
    with Workspace(tmp_path_factory.mktemp("workspace"), [Route(ME, asked.answer)]) as standin:
        yield standin


@pytest.fixture
def me(workspace: Workspace, asked: Me) -> Iterator[Me]:
    """Ana, whose token the workspace knows, and whom nobody has asked about yet."""
    asked.tells({"userName": "Ana@Example.org"})
    workspace.user_tokens[TOKEN] = ANA
    workspace.log.clear()
    tokens._known.clear()
    yield asked
    workspace.faults.clear()


@pytest.fixture
def settings(workspace: Workspace, tmp_path: Path) -> Settings:
    return workspace.settings(tmp_path, app_name="portal")


@pytest.mark.parametrize(
    "told",
    [
        {"userName": "ANA@example.org "},
        {"userName": "7f3a", "emails": [{"value": "old@example.org"}, {"value": "Ana@example.org"}]},
    ],
)
@pytest.mark.usefixtures("me")
def test_the_owner_of_the_token_gets_in_by_any_of_their_addresses(asked: Me, settings: Settings, told: object) -> None:
    asked.tells(told)
    assert signed_in(SIGNED_IN, settings).email == ANA


@pytest.mark.parametrize(
    "told",
    [
        {"userName": "mallory@example.org"},
        {"userName": "ana@example.org.evil.org", "emails": []},
        {"userName": "", "emails": None},
    ],
)
def test_another_person_s_token_keeps_everybody_out(me: Me, settings: Settings, told: object) -> None:
    me.tells(told)
    with pytest.raises(Forbidden, match="names two different people"):
        signed_in(SIGNED_IN, settings)


@pytest.mark.usefixtures("me")
def test_of_two_tokens_both_must_be_the_person_s(settings: Settings) -> None:
    with pytest.raises(Forbidden, match=NOT_CONFIRMED):
        signed_in(SIGNED_IN | {"x-forwarded-access-token": "dapi-unknown"}, settings)


@pytest.mark.parametrize("told", ["", "<html>", "null", "[]", '"ana@example.org"', "{}", '{"emails": 7}',
                                  '{"userName": "x", "emails": ["ana@example.org"]}'])  # fmt: skip
def test_an_answer_that_makes_no_sense_keeps_everybody_out(me: Me, settings: Settings, told: str) -> None:
    me.tells(told)
    with pytest.raises(Forbidden, match=NOT_CONFIRMED):
        signed_in(SIGNED_IN, settings)


@pytest.mark.parametrize("status", [302, 401, 403, 404, 429, 500, 503])
def test_a_workspace_that_refuses_keeps_everybody_out_until_it_answers(me: Me, settings: Settings, status: int) -> None:
    me.tells({"userName": ANA}, status)
    with pytest.raises(Forbidden, match=NOT_CONFIRMED):
        signed_in(SIGNED_IN, settings)
    me.tells({"userName": ANA})
    assert signed_in(SIGNED_IN, settings).email == ANA


@pytest.mark.parametrize(
    "token", ["dapi-expired", "", "dapi\r\nX-Forwarded-Email: root@example.org", "dapi-ä", "x" * 99_999]
)
@pytest.mark.usefixtures("me")
def test_a_token_that_is_none_keeps_everybody_out(settings: Settings, token: str) -> None:
    with pytest.raises(Forbidden, match=NOT_CONFIRMED):
        signed_in(SIGNED_IN | {"X-Forwarded-Access-Token": token}, settings)


@pytest.mark.parametrize("host", ["https://localhost:1", "localhost:1", "https://", None, "http://[::1"])
@pytest.mark.usefixtures("me")
def test_without_a_workspace_to_ask_nobody_gets_in(settings: Settings, host: str | None) -> None:
    with pytest.raises(Forbidden, match=NOT_CONFIRMED):
        signed_in(SIGNED_IN, settings.model_copy(update={"databricks_host": host}))


@pytest.mark.usefixtures("me")
def test_a_workspace_with_a_certificate_of_its_own_is_not_asked(workspace: Workspace, settings: Settings) -> None:
    with pytest.raises(Forbidden, match=NOT_CONFIRMED):
        signed_in(SIGNED_IN, settings.model_copy(update={"ca_file": None}))
    assert workspace.log == []


@pytest.mark.usefixtures("me")
def test_the_workspace_is_asked_once_in_five_minutes_for_each_token(
    workspace: Workspace, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [1000.0]
    monkeypatch.setattr(tokens, "time", SimpleNamespace(monotonic=lambda: now[0]))
    workspace.user_tokens["newer"] = ANA
    for seconds, token, calls in ((0, TOKEN, 1), (299, TOKEN, 1), (0, "newer", 2), (2, TOKEN, 3), (0, "newer", 3)):
        now[0] += seconds
        signed_in(SIGNED_IN | {"X-Forwarded-Access-Token": token}, settings)
        assert len(workspace.log) == calls


@pytest.mark.usefixtures("me")
def test_of_many_people_the_oldest_answers_are_forgotten(
    workspace: Workspace, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tokens, "MOST", 2)
    for n in range(4):
        workspace.user_tokens[f"token-{n}"] = ANA
        signed_in(SIGNED_IN | {"X-Forwarded-Access-Token": f"token-{n}"}, settings)
    assert len(tokens._known) == 2


@pytest.mark.parametrize(
    ("headers", "place"),
    [
        ({"X-Forwarded-Email": ANA}, {}),
        (SIGNED_IN, {"app_name": None}),
        (SIGNED_IN, {"app_name": None, "trust_proxy": True}),
    ],
    ids=["no token", "not in Databricks", "another proxy"],
)
@pytest.mark.usefixtures("me")
def test_nothing_is_asked_where_there_is_nothing_to_ask(
    workspace: Workspace, settings: Settings, headers: dict[str, str], place: dict[str, Any]
) -> None:
    signed_in(headers, settings.model_copy(update=place))
    assert workspace.log == []


def test_no_token_is_logged_told_or_kept(
    me: Me, workspace: Workspace, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    for logger in ("data", "httpx", "httpcore"):
        caplog.set_level(logging.DEBUG, logger)
    told = []
    for spoil in (
        lambda: me.tells("{}"),
        lambda: me.tells({"userName": "bob"}),
        lambda: workspace.faults.fail(500, on=ME),
    ):
        tokens._known.clear()
        spoil()
        with pytest.raises(Forbidden) as refused:
            signed_in(SIGNED_IN, settings)
        told.append(str(refused.value))
    me.tells({"userName": ANA})
    signed_in(SIGNED_IN, settings)
    assert tokens._known
    assert "HTTP Request: GET" in caplog.text
    assert TOKEN not in "".join(told) + caplog.text + str(tokens._known)


# The doors


@pytest.fixture
def door(settings: Settings) -> TestClient:
    async def answer(_: object) -> PlainTextResponse:
        return PlainTextResponse("inside")

    async def talk(socket: Any) -> None:
        await socket.accept()
        await socket.close()

    routes = [Route("/", answer), Route("/api/v1/status", answer), WebSocketRoute("/_stcore/stream", talk)]
    return TestClient(RequireIdentity(Starlette(routes=routes), settings))


def test_the_owner_of_the_token_is_let_in_by_every_door(me: Me, door: TestClient) -> None:
    assert [door.get(path, headers=SIGNED_IN).text for path in ("/", "/api/v1/status")] == ["inside"] * 2
    with door.websocket_connect("/_stcore/stream", headers=SIGNED_IN):
        pass


def test_whoever_brings_another_person_s_token_is_refused_at_every_door(me: Me, door: TestClient) -> None:
    me.tells({"userName": "mallory@example.org"})
    page, program = (door.get(path, headers=SIGNED_IN) for path in ("/", "/api/v1/status"))
    assert (page.status_code, program.status_code) == (401, 401)
    assert "names two different people" in page.text
    assert "names two different people" in program.json()["detail"]
    with pytest.raises(WebSocketDisconnect), door.websocket_connect("/_stcore/stream", headers=SIGNED_IN):
        pass


@pytest.fixture
def visit(portal: Portal, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], str]]:
    """Whom the pages take the viewer for."""
    doorway.enter(portal.replace(settings=settings))
    monkeypatch.setattr(session, "st", SimpleNamespace(context=SimpleNamespace(headers=SIGNED_IN), session_state={}))
    yield lambda: session.actor().email
    doorway.enter(None)
    cached.drop()


def test_a_page_asks_for_the_token_s_owner_as_well(me: Me, visit: Callable[[], str]) -> None:
    assert visit() == ANA
    tokens._known.clear()
    me.tells({"userName": "mallory@example.org"})
    with pytest.raises(Forbidden, match="names two different people"):
        visit()
