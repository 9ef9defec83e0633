"""What http_probe must send and nobody may read: named in the check, kept in the environment."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from data.errors import Invalid
from data.status.model import Outcome, Reading
from jobs.sources.base import Context
from jobs.sources.http_probe import HttpProbe, HttpTarget
from jobs.sources.targets import read_target
from tests.portals import NOW, a_check

URL = {"url": "http://example.org"}
HEADER = {"Authorization": "PORTAL_SECRET_ORDERS_TOKEN"}


class _Guarded(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.headers["Authorization"] == "Bearer s3cret" else 401)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Keep the tests quiet."""


@pytest.fixture
def guarded() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Guarded) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def probe(context: Context, url: str) -> Reading:
    check, source = a_check("api", "http_probe", target={"url": url, "headers_env": HEADER}), HttpProbe()
    [reading] = source.readings([check], source.fetch([check], context), NOW)
    return reading


def test_a_secret_is_sent_but_never_told(context: Context, guarded: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_SECRET_ORDERS_TOKEN", "Bearer s3cret\n")
    reading = probe(context, guarded)
    assert reading.outcome is Outcome.ok, reading.message
    assert "s3cret" not in repr(reading)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("", "The environment variable PORTAL_SECRET_ORDERS_TOKEN is not set."),
        ("s3cret ü", "The environment variable PORTAL_SECRET_ORDERS_TOKEN holds characters that no secret has."),
        ("s3cret\nHost: x", "The environment variable PORTAL_SECRET_ORDERS_TOKEN holds characters that no secret has."),
    ],
)
def test_a_secret_that_cannot_be_sent_leaves_us_blind_and_is_named(
    context: Context, guarded: str, monkeypatch: pytest.MonkeyPatch, value: str, words: str
) -> None:
    monkeypatch.setenv("PORTAL_SECRET_ORDERS_TOKEN", value)
    reading = probe(context, guarded)
    assert (reading.outcome, reading.message) == (Outcome.blind, words)


@pytest.mark.parametrize("name", ["Authorization", "cookie", "X-Api-Key", "Private-Token", "Proxy-Authorization"])
def test_a_secret_may_not_be_written_into_the_check(name: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_target(HttpTarget, URL | {"headers": {name: "s3cret"}})
    assert refused.value.problems == (
        f"target.headers: {name} may be a secret, and checks are stored and shown; use headers_env with the name of an "
        "environment variable",
    )
    assert "s3cret" not in f"{refused.value} {refused.value.__cause__}"


def test_a_header_that_is_no_secret_may_be_written() -> None:
    assert read_target(HttpTarget, URL | {"headers": {"Accept": "text/html"}}).headers == {"Accept": "text/html"}


def test_a_value_in_the_place_of_a_name_is_refused_and_not_repeated() -> None:
    with pytest.raises(Invalid) as refused:
        read_target(HttpTarget, URL | {"headers_env": {"Authorization": "Bearer s3cret"}})
    assert refused.value.problems == (
        "target.headers_env.Authorization: must name an environment variable that begins with PORTAL_SECRET_, "
        "in capitals",
    )
    assert "s3cret" not in f"{refused.value} {refused.value.__cause__}"


def test_a_secret_does_not_travel_to_another_address() -> None:
    with pytest.raises(Invalid, match="headers_env needs follow_redirects: false"):
        read_target(HttpTarget, URL | {"headers_env": HEADER, "follow_redirects": True})
