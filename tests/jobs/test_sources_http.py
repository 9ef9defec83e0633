"""http_probe against a server on a real socket."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from data.errors import Invalid
from data.status.model import Current, Outcome, Reading, State
from jobs.sources import http_probe
from jobs.sources.base import Context, longest_unseen_first
from jobs.sources.http_probe import BODY_LIMIT, HttpProbe, HttpTarget
from jobs.sources.targets import read_target
from tests.portals import NOW, a_check
from tests.standins.http_server import HttpServer, http_server


@pytest.fixture(scope="module")
def server() -> Iterator[HttpServer]:
    with http_server() as running:
        yield running


@pytest.fixture
def closed_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def a_current(check_id: str, at: datetime) -> Current:
    return Current(
        check_id=check_id, platform_id="shop", state=State.operational, since=at, reason="", observed_at=at,
        first_observed_at=at,
    )  # fmt: skip


def probe(context: Context, *targets: dict[str, Any]) -> list[Reading]:
    checks = [a_check(f"probe-{n}", "http_probe", target=target) for n, target in enumerate(targets)]
    source = HttpProbe()
    return source.readings(checks, source.fetch(checks, context), NOW)


def test_a_good_answer_is_ok_and_its_time_the_value(context: Context, server: HttpServer) -> None:
    [reading] = probe(context, {"url": f"{server.url}/health"})
    assert reading.outcome is Outcome.ok
    assert reading.value is not None
    assert 0 < reading.value < 5
    assert reading.message.startswith("Answered 200 in ")
    assert reading.evidence["status"] == 200


@pytest.mark.parametrize(
    ("path", "target", "words"),
    [
        ("/503", {}, "Answered 503, expected 200"),
        ("/moved", {}, "Answered 302, expected 200"),
        ("/ok", {"expect_status": 204}, "Answered 200, expected 204"),
        ("/ok", {"expect_text": "all is lost"}, "Answered 200, but without the text 'all is lost'"),
        ("/breaks-off", {}, "No answer: the connection broke off or it does not speak HTTP"),
        ("/slow", {"timeout_s": 0.2}, "No answer within 0.2 s"),
    ],
)
def test_a_bad_answer_fails_and_says_what_was_expected(
    context: Context, server: HttpServer, path: str, target: dict[str, Any], words: str
) -> None:
    [reading] = probe(context, {"url": server.url + path, **target})
    assert (reading.outcome, reading.message) == (Outcome.fail, words)


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/503", {"expect_status": 503}),
        ("/moved", {"follow_redirects": True}),
        ("/ok", {"expect_text": "is well"}),
        ("/ok", {"method": "HEAD"}),
    ],
)
def test_what_the_target_asks_for_is_ok(
    context: Context, server: HttpServer, path: str, target: dict[str, Any]
) -> None:
    [reading] = probe(context, {"url": server.url + path, **target})
    assert reading.outcome is Outcome.ok, reading.message


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_closed_port_is_an_outage_and_not_blindness(context: Context, closed_port: int, host: str) -> None:
    [reading] = probe(context, {"url": f"http://{host}:{closed_port}/"})
    assert (reading.outcome, reading.message) == (Outcome.fail, "No answer: connection refused")
    assert reading.value is None


@pytest.mark.parametrize("path", ["/drip-head", "/drip-body"])
def test_the_time_out_ends_an_exchange_that_drips_for_ever(context: Context, server: HttpServer, path: str) -> None:
    began = time.monotonic()
    [reading] = probe(context, {"url": server.url + path, "timeout_s": 0.2})
    assert reading.message == "No answer within 0.2 s"
    assert time.monotonic() - began < 5


def test_no_more_of_a_body_is_read_than_the_limit(context: Context, server: HttpServer) -> None:
    [reading] = probe(context, {"url": f"{server.url}/endless", "timeout_s": 10})
    assert reading.outcome is Outcome.ok
    assert BODY_LIMIT < 1_000_000


def test_text_beyond_the_limit_is_not_found(context: Context, server: HttpServer) -> None:
    [reading] = probe(context, {"url": f"{server.url}/endless", "expect_text": "x" * (BODY_LIMIT + 1), "timeout_s": 10})
    assert reading.outcome is Outcome.fail


def test_a_server_that_speaks_no_tls_is_named_so(context: Context, server: HttpServer) -> None:
    [reading] = probe(context, {"url": server.url.replace("http:", "https:")})
    assert reading.message == "No answer: no secure connection could be made"


def test_evidence_keeps_passwords_and_query_to_itself(context: Context, server: HttpServer) -> None:
    secret = server.url.replace("//", "//ana:s3cret@") + "/health?token=abc"
    [reading] = probe(context, {"url": secret})
    assert reading.evidence["url"] == f"{server.url}/health"


def test_slow_and_broken_targets_delay_nobody(context: Context, server: HttpServer) -> None:
    began = time.monotonic()
    slow = [{"url": f"{server.url}/slow", "timeout_s": 0.2}] * 10
    readings = probe(context, *slow, {"url": "not an address"}, {"url": f"{server.url}/ok"})
    assert [r.outcome for r in readings] == [*[Outcome.fail] * 10, Outcome.blind, Outcome.ok]
    assert time.monotonic() - began < 1.9, "one after another they would need 2 s"


def test_targets_that_hang_take_nothing_from_those_that_answered(
    context: Context, server: HttpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_probe, "AT_ONCE", 2)
    monkeypatch.setattr(HttpProbe, "timeout", timedelta(seconds=0.5))
    began = time.monotonic()
    readings = probe(context, {"url": f"{server.url}/ok"}, *[{"url": f"{server.url}/slow", "timeout_s": 0.15}] * 20)
    assert time.monotonic() - began < 1
    assert readings[0].outcome is Outcome.ok
    assert 1 < len(readings) < 10
    assert {r.message for r in readings[1:]} == {"No answer within 0.15 s"}


def test_those_not_reached_are_the_first_of_the_next_round(context: Context) -> None:
    checks = [a_check(name) for name in ("seen", "long-ago", "never")]
    currents = {
        "seen": a_current("seen", NOW),
        "long-ago": a_current("long-ago", NOW - timedelta(minutes=9)),
    }
    ordered = longest_unseen_first(checks, replace(context, currents=currents))
    assert [check.id for check in ordered] == ["never", "long-ago", "seen"]


@pytest.mark.parametrize(
    ("target", "problem"),
    [
        ({}, "target.url: is missing"),
        ({"url": "ftp://example.org"}, "target.url: must start with http:// or https:// and name a host"),
        ({"url": "/health"}, "target.url: must start with http:// or https:// and name a host"),
        ({"url": "http://x:port"}, "target.url: 'http://x:port' is not a web address"),
        ({"url": "http://x", "timeout_s": 0}, "target.timeout_s: input should be greater than 0"),
        ({"url": "http://x", "method": "POST"}, "target.method: input should be 'GET' or 'HEAD'"),
        (
            {"url": "http://x", "method": "HEAD", "expect_text": "ok"},
            "target: expect_text needs method GET, a HEAD answer has no text",
        ),
    ],
)
def test_a_target_that_cannot_be_used_is_refused_by_key(target: dict[str, Any], problem: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_target(HttpTarget, target)
    assert refused.value.problems == (problem,)


def test_an_unknown_key_names_the_known_ones() -> None:
    with pytest.raises(Invalid, match=r"target.status: unknown key; the source knows url, method"):
        read_target(HttpTarget, {"url": "http://x", "status": 200})
