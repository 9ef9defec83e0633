"""Headers become an identity only behind the proxy, and only when they name exactly one person."""

from __future__ import annotations

import pytest
from starlette.datastructures import Headers

from data.errors import Forbidden
from data.people.identity import identify
from data.people.model import Identity
from data.settings import Settings

LOCAL = Settings(app_name=None, trust_proxy=False, dev_user="Dev@localhost")
PROXIES = (Settings(app_name="portal"), Settings(app_name=None, trust_proxy=True))
behind_a_proxy = pytest.mark.parametrize("settings", PROXIES, ids=("databricks app", "trusted proxy"))


@behind_a_proxy
def test_the_proxy_names_the_person(settings: Settings) -> None:
    headers = {"x-forwarded-email": "Alice@Example.org", "X-FORWARDED-PREFERRED-USERNAME": "Alice A."}
    assert identify(headers, settings) == Identity("alice@example.org", "Alice A.", local=False)


@behind_a_proxy
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Forwarded-User": "alice@example.org"},
        {"X-Forwarded-Email": ""},
        {"X-Forwarded-Email": "alice"},
        {"X-Forwarded-Email": "alice@example.org, charlie@example.org"},
        Headers(raw=[(b"x-forwarded-email", b"charlie@example.org"), (b"x-forwarded-email", b"alice@example.org")]),
    ],
    ids=("none", "another header", "empty", "no address", "two in one", "sent twice"),
)
def test_without_one_address_nobody_gets_in(settings: Settings, headers: dict[str, str]) -> None:
    with pytest.raises(Forbidden, match="cannot tell who you are"):
        identify(headers, settings)


@pytest.mark.parametrize("headers", [{}, {"X-Forwarded-Email": "charlie@example.org"}])
def test_outside_a_proxy_headers_prove_nothing(headers: dict[str, str]) -> None:
    assert identify(headers, LOCAL) == Identity("dev@localhost", "Dev", local=True)


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("Jörg Çelik".encode().decode("latin-1"), "Jörg Çelik"),
        ("J\xf6rg", "Jörg"),
        ("  ", "joerg@example.org"),
        (None, "joerg@example.org"),
    ],
    ids=("utf-8 read as latin-1", "real latin-1", "blank", "missing"),
)
def test_names_survive_the_way_through_the_server(sent: str | None, read: str) -> None:
    headers = {"X-Forwarded-Email": "joerg@example.org"} | ({"X-Forwarded-Preferred-Username": sent} if sent else {})
    assert identify(headers, PROXIES[0]).name == read
