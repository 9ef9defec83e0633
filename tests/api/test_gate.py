"""What no request gets past: rates, sizes, depth, other sites; and what every answer carries."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient
from starlette.types import Message

from api.bodies import DEEPEST, MOST_BYTES, Unreadable, read_body
from api.rates import Rates
from data.portal import Portal
from data.settings import Settings
from tests.api.doors import Person, opened

SOMEWHERE = "/v1/me"
JSON = {"Content-Type": "application/json"}


def test_every_answer_has_an_id_that_is_in_the_log(bob: Person, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "api"):
        answer = bob.get(SOMEWHERE)
    line = next(record for record in caplog.records if record.name == "api")
    assert (line.request_id, line.status, line.route) == (answer.headers["X-Request-Id"], 200, "/api/v1/me")
    assert "bob" not in json.dumps(vars(line), default=str)


def test_errors_tell_the_id_too_and_are_one_shape(bob: Person) -> None:
    for answer in (bob.get("/v1/nowhere"), bob("PATCH", SOMEWHERE, {})):
        told = answer.json()
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert (told["status"], told["request_id"]) == (answer.status_code, answer.headers["X-Request-Id"])
        assert {"type", "title", "detail"} <= told.keys()


def test_nobody_gets_in_without_an_identity(door: TestClient) -> None:
    answer = door.get("/api/v1/me")
    assert (answer.status_code, answer.headers["Content-Type"]) == (401, "application/problem+json")


def test_a_forged_header_makes_nobody_outside_the_platform(portal: Portal) -> None:
    with opened(portal, portal.settings) as client:
        told = client.get("/api/v1/me", headers={"X-Forwarded-Email": "boss@example.org", "X-Request-Id": "mine"})
    assert told.json()["email"] == "dev@localhost"
    assert told.headers["X-Request-Id"] != "mine"


@pytest.fixture
def slow(portal: Portal) -> Iterator[TestClient]:
    chosen = portal.settings.model_copy(update={"trust_proxy": True, "api_rate": 5.0})
    with opened(portal, chosen) as client:
        yield client


def test_who_asks_too_fast_is_told_when_to_come_back_and_others_go_on(slow: TestClient) -> None:
    answers = [Person(slow, "bob").get(SOMEWHERE) for _ in range(40)]
    assert answers[0].status_code == 200
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert int(refused.headers["Retry-After"]) >= 1
    assert Person(slow, "alice").get(SOMEWHERE).status_code == 200
    assert slow.get("/api/healthz").status_code == 200


def test_a_bucket_refills_with_time_and_forgets_who_asked_long_ago() -> None:
    now = [0.0]
    rates = Rates(lambda: now[0])
    taken = [rates.wait_s("bob", "ask", 10) for _ in range(21)]
    assert taken[:20] == [0] * 20
    assert taken[20] == pytest.approx(0.1)
    now[0] += 0.1
    assert rates.wait_s("bob", "ask", 10) == 0
    assert rates.wait_s("bob", "push", 10) == 0


BODIES = {
    "too large": (b"[" + b"1," * MOST_BYTES + b"1]", JSON, 413),
    "not JSON by its header": (b"{}", {"Content-Type": "text/plain"}, 415),
    "not JSON": (b"{", JSON, 400),
    "too deep": (b"[" * (DEEPEST + 1) + b"]" * (DEEPEST + 1), JSON, 400),
    "very deep": (b'{"a":' * 100_000, JSON, 400),
    "not UTF-8": (b'{"a":"\xff"}', JSON, 400),
    "UTF-16": ('{"a":1}'.encode("utf-16"), JSON, 400),
    "not a number": (b'{"a":NaN}', JSON, 400),
    "half a character": (b'{"a":"\\ud800"}', JSON, 400),
    "a whole one": (b'{"a":"\\ud83d\\ude00 \\\\ud800"}', JSON, 405),
    "brackets in text": (b'{"a":"' + b"[" * 100 + b'\\""}', JSON, 405),
}


@pytest.mark.parametrize("name", BODIES)
def test_bodies_are_sound_before_anything_looks_at_them(door: TestClient, name: str) -> None:
    content, headers, status = BODIES[name]
    sent = {"X-Forwarded-Email": "bob@example.org", **headers}
    assert door.post(f"/api{SOMEWHERE}", content=content, headers=sent).status_code == status


def test_a_body_that_does_not_say_how_large_it_is_is_stopped_when_it_is_too_large(door: TestClient) -> None:
    sent = {"X-Forwarded-Email": "bob@example.org", **JSON}
    pieces = (b" " * 2**16 for _ in range(MOST_BYTES // 2**16 + 1))
    assert door.post(f"/api{SOMEWHERE}", content=pieces, headers=sent).status_code == 413


def test_a_body_that_trickles_in_is_not_waited_for() -> None:
    async def silent() -> Message:
        return await asyncio.Event().wait() or {}

    with pytest.raises(Unreadable) as refused:
        asyncio.run(read_body(silent, {}, patience_s=0.01))
    assert refused.value.status == 408


def test_a_page_of_another_site_changes_nothing(bob: Person) -> None:
    assert bob("POST", SOMEWHERE, {}, Origin="https://elsewhere.example").status_code == 403
    assert bob("POST", SOMEWHERE, {}, Origin="null").status_code == 403
    assert bob("POST", SOMEWHERE, {}, Origin="http://testserver").status_code == 405


PREFLIGHT = {"Origin": "https://wiki.example.org", "Access-Control-Request-Method": "PUT"}


def test_other_sites_are_shut_out_unless_a_setting_names_them(portal: Portal, door: TestClient) -> None:
    assert "Access-Control-Allow-Origin" not in door.options("/api/v1/me", headers=PREFLIGHT).headers
    chosen = portal.settings.model_copy(update={"trust_proxy": True, "cors_origins": ("https://wiki.example.org",)})
    with opened(portal, chosen) as client:
        allowed = client.options("/api/v1/me", headers=PREFLIGHT)
        assert allowed.headers["Access-Control-Allow-Origin"] == "https://wiki.example.org"
        refused = client.options("/api/v1/me", headers={**PREFLIGHT, "Origin": "https://evil.example"})
        assert "Access-Control-Allow-Origin" not in refused.headers
        person = Person(client, "bob")
        assert person("POST", SOMEWHERE, {}, Origin="https://wiki.example.org").status_code == 405


@pytest.mark.parametrize("origin", ["*", "wiki.example.org", "https://wiki.example.org/path"])
def test_the_setting_of_other_sites_takes_only_origins(origin: str) -> None:
    with pytest.raises(ValueError, match="is not an origin"):
        Settings(cors_origins=origin)


def test_the_page_to_try_the_api_asks_no_other_site(bob: Person) -> None:
    page = bob.get("/docs").text
    assert "https://" not in page.replace("https://fastapi.tiangolo.com/img/favicon.png", "")
    assert bob.get("/docs/assets/swagger-ui-bundle.js").status_code == 200
    assert bob.get("/openapi.json").json()["servers"] == [{"url": "/api"}]


def test_reads_are_not_sent_twice(bob: Person) -> None:
    first = bob.get(SOMEWHERE)
    again = bob.get(SOMEWHERE, If_None_Match=first.headers["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    assert bob.get(SOMEWHERE, If_None_Match='"other"').status_code == 200


TRICKS = (
    "/v1/checks/%0A",
    "/v1/checks/a%00b",
    "/v1/checks/..%2f..%2fetc",
    "/v1//checks",
    "/v1/checks/",
    "/v1/%2e%2e/docs",
    "/V1/me",
)


@pytest.mark.parametrize("path", TRICKS)
def test_odd_addresses_lead_nowhere(bob: Person, path: str) -> None:
    answer = bob.get(path)
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/problem+json")
