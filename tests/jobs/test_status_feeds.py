"""status_feeds against feeds on a real socket, and the pure readers against what vendors write."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import monotonic
from typing import Any, ClassVar

import pytest

from data.errors import Invalid, Unavailable
from data.status.model import Outcome, Reading
from jobs.sources import azure_rss, status_feeds, status_io
from jobs.sources.azure_rss import is_over, moment, open_incidents
from jobs.sources.base import Context
from jobs.sources.status_feeds import FeedTarget, StatusFeeds
from jobs.sources.targets import read_target
from tests.portals import NOW, a_check


def rss(*items: str, title: str = "Azure Status", built: str = "Mon, 23 Nov 2026 07:25:00 Z") -> bytes:
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<rss xmlns:a10="http://www.w3.org/2005/Atom" version="2.0"><channel>'
        f"<title>{title}</title><link>https://azure.status.microsoft/en-us/status/</link>"
        f"<description>Azure Status</description><lastBuildDate>{built}</lastBuildDate>{''.join(items)}</channel></rss>"
    ).encode()


def item(title: str, *categories: str, description: str = "") -> str:
    tags = "".join(f"<category>{category}</category>" for category in categories)
    when = "<pubDate>Mon, 23 Nov 2026 06:29:09 Z</pubDate>"
    return f"<item><title>{title}</title><description>{description}</description>{when}{tags}</item>"


def page(**codes: dict[str, Any]) -> bytes:
    words = {100: "Operational", 200: "Planned Maintenance", 300: "Degraded Performance", 500: "Service Disruption"}

    def entry(name: str, code: Any) -> dict[str, Any]:
        return {
            "id": "5d49",
            "name": name,
            "status": words.get(code, "Partial Service Disruption"),
            "status_code": code,
        }

    def service(name: str, regions: dict[str, Any]) -> dict[str, Any]:
        worst = max((c for c in regions.values() if isinstance(c, int)), default=100)
        return {**entry(name, worst), "containers": [entry(n.replace("_", " "), c) for n, c in regions.items()]}

    overall = {"updated": "2026-11-23T07:20:00.000Z", "status": "Operational", "status_code": 100}
    status = [service(name.replace("_", " "), regions) for name, regions in codes.items()]
    return json.dumps({"result": {"status_overall": overall, "status": status, "incidents": []}}).encode()


QUIET = page(Compute={"West_Europe": 100, "East_US": 100}, Databricks_SQL={"West_Europe": 100})
TROUBLED = page(Compute={"West_Europe": 400, "East_US": 500}, Databricks_SQL={"West_Europe": 300, "North_Europe": 100})


@dataclass
class Vendor:
    """A web server that answers each path with what the test put there: a status, a body, a place to go on to."""

    port: int = 0
    pages: dict[str, tuple[int, bytes, str | None]] = field(default_factory=dict)
    seen: list[str] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)

    def serve(self, path: str, body: bytes = b"", status: int = 200, moved_to: str | None = None) -> str:
        self.pages[path] = (status, body, moved_to)
        return f"http://127.0.0.1:{self.port}{path}"


class Handler(BaseHTTPRequestHandler):
    vendor: ClassVar[Vendor]

    def do_GET(self) -> None:
        self.vendor.seen.append(self.path)
        if self.path == "/drips":
            return self._drip()
        status, body, moved_to = self.vendor.pages[self.path]
        self.send_response(status)
        if moved_to:
            self.send_header("Location", moved_to)
        self.end_headers()
        self.wfile.write(body)

    def _drip(self) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while not self.vendor.closing.wait(0.02):
            self.wfile.write(b"<")

    def log_message(self, format: str, *args: object) -> None:
        """Keep the tests quiet."""


@pytest.fixture
def vendor() -> Iterator[Vendor]:
    vendor = Vendor()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("VendorHandler", (Handler,), {"vendor": vendor}))
    vendor.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield vendor
    vendor.closing.set()
    server.shutdown()
    thread.join()
    server.server_close()


def look(context: Context, *targets: dict[str, Any]) -> list[Reading]:
    checks = [a_check(f"feed-{n}", "status_feeds", target=target) for n, target in enumerate(targets)]
    source = StatusFeeds()
    return source.readings(checks, source.fetch(checks, context), NOW)


def told(context: Context, vendor: Vendor, feed: str, body: bytes, **target: Any) -> tuple[Outcome, str]:
    [reading] = look(context, {"feed": feed, "url": vendor.serve("/feed", body), **target})
    return reading.outcome, reading.message


WEST_EUROPE = {"regions": ["West Europe"]}
AZURE: list[tuple[str, bytes, dict[str, Any], Outcome, str]] = [
    ("nothing announced", rss(), {}, Outcome.ok, "No incident announced"),
    ("names are said back", rss(), {"services": ["Azure SQL"]}, Outcome.ok, "No incident announced for Azure SQL"),
    ("announced", rss(item("SQL - West Europe")), {}, Outcome.warn, "Announced: SQL - West Europe"),
    ("in my region", rss(item("SQL - West Europe")), WEST_EUROPE, Outcome.warn, "Announced: SQL - West Europe"),
    ("by its category", rss(item("Trouble", "West Europe")), WEST_EUROPE, Outcome.warn, "Announced: Trouble"),
    (
        "elsewhere",
        rss(item("Trouble", "East US", description="Unlike West Europe")),
        WEST_EUROPE,
        Outcome.ok,
        "No incident announced in West Europe",
    ),
    (
        "without a region",
        rss(item("Entra - sign-ins fail")),
        WEST_EUROPE,
        Outcome.warn,
        "Announced: Entra - sign-ins fail",
    ),
    (
        "a longer name",
        rss(item("SQL - West US 2")),
        {"regions": ["West US"]},
        Outcome.ok,
        "No incident announced in West US",
    ),
    (
        "another service",
        rss(item("Cosmos DB - West Europe")),
        {"services": ["Azure Databricks"], **WEST_EUROPE},
        Outcome.ok,
        "No incident announced for Azure Databricks in West Europe; 1 of other services",
    ),
    ("over", rss(item("SQL - West Europe - Resolved")), {}, Outcome.ok, "No incident announced"),
    (
        "many",
        rss(*(item(f"Trouble {n}") for n in range(5))),
        {},
        Outcome.warn,
        "Announced: Trouble 0, Trouble 1, Trouble 2 and 2 more",
    ),
    (
        "items beside the channel",
        rss().replace(b"</channel>", b"</channel>" + item("SQL").encode()),
        {},
        Outcome.warn,
        "Announced: SQL",
    ),
]


@pytest.mark.parametrize(("body", "target", "outcome", "words"), [c[1:] for c in AZURE], ids=[c[0] for c in AZURE])
def test_what_azure_announces_is_told_to_those_it_concerns(
    context: Context, vendor: Vendor, body: bytes, target: dict[str, Any], outcome: Outcome, words: str
) -> None:
    assert told(context, vendor, "azure", body, **target) == (outcome, words)


BOMB = b'<!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
NOT_A_FEED = {
    "an empty body": (b"", "something that is not a feed"),
    "html": (b"<html><head><title>Azure Status</title><br></html>", "something that is not a feed"),
    "an error in xml": (b"<Error><Code>AccessDenied</Code></Error>", "something that is not Azure's status feed"),
    "no channel": (b"<rss/>", "something that is not Azure's status feed"),
    "another feed": (rss(title="Azure Blog"), "something that is not Azure's status feed"),
    "no title": (rss(title=""), "something that is not Azure's status feed"),
    "an old copy": (rss(built="Thu, 23 Jul 2026 16:29:09 Z"), "an old copy, built on 23 Jul 2026 at 16:29 UTC"),
    "cut off": (rss(item("SQL"))[:-20], "something that is not a feed"),
    "entities": (BOMB + rss(item("&b;")).partition(b"?>")[2], "a page that is not Azure's status feed"),
    "entities in utf-16": ((BOMB + b"<rss/>").decode().encode("utf-16"), "a page that is not Azure's status feed"),
    "nested without end": (b"<a>" * 500_000, "something that is not a feed"),
    "a strange encoding": (b'<?xml version="1.0" encoding="x-no-such"?><rss/>', "something that is not a feed"),
}


@pytest.mark.parametrize(("body", "words"), NOT_A_FEED.values(), ids=NOT_A_FEED)
def test_what_is_not_beyond_doubt_the_feed_is_no_health(
    context: Context, vendor: Vendor, body: bytes, words: str
) -> None:
    outcome, message = told(context, vendor, "azure", body)
    assert outcome is Outcome.blind
    assert words in message


@pytest.mark.parametrize(
    ("title", "over"),
    [
        ("SQL - West Europe - Resolved", True),
        ("[RESOLVED] SQL - West Europe - Errors", True),
        ("SQL - Mitigated", True),
        ("SQL - West Europe - Unresolved", False),
        ("Resolved in North Europe. Impact continues in West Europe", False),
        ("Resolved in North Europe - Errors in West Europe", False),
        ("Investigating timeouts - SQL - Resolved", True),
        ("SQL - Resolved - Monitoring", False),
        ("SQL - not yet resolved", False),
        ("SQL - Mitigation underway", False),
        ("SQL - Partially resolved", False),
        ("SQL", False),
    ],
)
def test_the_last_clause_of_a_title_decides(title: str, over: bool) -> None:
    assert is_over(title) is over


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("Thu, 23 Jul 2026 16:29:09 Z", datetime(2026, 7, 23, 16, 29, 9, tzinfo=UTC)),
        ("Thu, 23 Jul 2026 16:29:09 GMT", datetime(2026, 7, 23, 16, 29, 9, tzinfo=UTC)),
        ("Thu, 23 Jul 2026 16:29:09 +0200", datetime(2026, 7, 23, 14, 29, 9, tzinfo=UTC)),
        ("Thu, 23 Jul 2026 16:29:09 -0000", datetime(2026, 7, 23, 16, 29, 9, tzinfo=UTC)),
        ("yesterday", None),
        ("", None),
        (None, None),
    ],
)
def test_a_date_is_read_or_left_out(text: str | None, at: datetime | None) -> None:
    assert moment(text) == at


def test_an_item_with_nothing_in_it_is_an_incident_that_concerns_everybody() -> None:
    [incident] = open_incidents(rss("<item/>"), NOW)
    assert incident.concerns(frozenset({"west europe"}))
    assert (incident.title, incident.told_at) == ("An incident without a title", None)


def test_regions_are_known_by_their_longest_name() -> None:
    [incident] = open_incidents(rss(item("North Central US and Southwest US Gov")), NOW, frozenset({"us gov"}))
    assert incident.regions == {"north central us", "us gov"}
    assert "central us" in {name.strip().lower() for name in azure_rss.REGIONS.split(",")}


DATABRICKS: list[tuple[bytes, dict[str, Any], Outcome, str]] = [
    (QUIET, {}, Outcome.ok, "No incident announced"),
    (QUIET, WEST_EUROPE, Outcome.ok, "No incident announced in West Europe"),
    (TROUBLED, {}, Outcome.fail, "Service Disruption: Compute in East US, Compute"),
    (TROUBLED, WEST_EUROPE, Outcome.partial, "Partial Service Disruption: Compute in West Europe"),
    (
        TROUBLED,
        {"services": ["databricks sql"]},
        Outcome.warn,
        "Degraded Performance: Databricks SQL in West Europe, Databricks SQL",
    ),
    (TROUBLED, {"regions": ["north europe"]}, Outcome.ok, "No incident announced in north europe"),
    (page(Compute={"West_Europe": 200}), WEST_EUROPE, Outcome.ok, "Planned Maintenance: Compute in West Europe"),
    (
        page(Compute={"West_Europe": "500"}),
        WEST_EUROPE,
        Outcome.fail,
        "Partial Service Disruption: Compute in West Europe",
    ),
    (page(Workspace={}, Compute={"West_Europe": 100}), WEST_EUROPE, Outcome.ok, "No incident announced in West Europe"),
    (page(Compute={"West_Europe": 700, "East_US": 500}), {}, Outcome.fail, "Service Disruption: Compute in East US"),
]


@pytest.mark.parametrize(("body", "target", "outcome", "words"), DATABRICKS)
def test_the_page_of_databricks_is_read_by_service_and_region(
    context: Context, vendor: Vendor, body: bytes, target: dict[str, Any], outcome: Outcome, words: str
) -> None:
    assert told(context, vendor, "databricks", body, **target) == (outcome, words)


@pytest.mark.parametrize(
    ("body", "target", "words"),
    [
        (b"", {}, "something that is not a Status.io page"),
        (b"<html/>", {}, "something that is not a Status.io page"),
        (b"[" * 200_000, {}, "something that is not a Status.io page"),
        (b'{"result": null}', {}, "something that is not a Status.io page"),
        (b'{"result": {"status": null}}', {}, "something that is not a Status.io page"),
        (b'{"result": {"status": {"a": 1}}}', {}, "something that is not a Status.io page"),
        (b'{"result": {"status": [{"name": "SQL", "containers": [7]}]}}', {}, "something that is not a Status.io page"),
        (b'{"page": {}, "status": {"indicator": "none"}}', {}, "something that is not a Status.io page"),
        (page(), {}, "lists no service at all"),
        (QUIET, {"regions": ["Wset Europe"]}, "no region 'wset europe'; it has East US, West Europe"),
        (QUIET, {"services": ["Jobs"]}, "no service 'jobs'; it has Compute, Databricks SQL"),
        (QUIET, {"services": ["databricks sql"], "regions": ["East US"]}, "none of the wanted services in the wanted"),
        (page(Compute={"West_Europe": 700}), WEST_EUROPE, "says 'Partial Service Disruption' of Compute in West"),
        (page(Compute={"West_Europe": None}), WEST_EUROPE, "which the portal does not know"),
    ],
)  # fmt: skip
def test_a_page_that_does_not_tell_is_no_health(
    context: Context, vendor: Vendor, body: bytes, target: dict[str, Any], words: str
) -> None:
    outcome, message = told(context, vendor, "databricks", body, **target)
    assert (outcome, words in message) == (Outcome.blind, True), message


def test_every_known_code_means_something() -> None:
    assert status_feeds._OUTCOMES.keys() == status_io.KNOWN


def test_one_address_is_asked_once_for_all_checks(context: Context, vendor: Vendor) -> None:
    azure = {"feed": "azure", "url": vendor.serve("/azure", rss())}
    readings = look(context, azure, {**azure, **WEST_EUROPE}, {"feed": "databricks", "url": vendor.serve("/db", QUIET)})
    assert [reading.outcome for reading in readings] == [Outcome.ok] * 3
    assert sorted(vendor.seen) == ["/azure", "/db"]


def test_without_an_address_the_settings_name_it(context: Context, vendor: Vendor) -> None:
    addresses = {
        "azure_status_url": vendor.serve("/a", rss()),
        "databricks_status_url": vendor.serve("/b", TROUBLED),
    }
    portal = context.portal.replace(settings=context.portal.settings.model_copy(update=addresses))
    here = Context(portal, {}, NOW, context.supervisor)
    assert [r.outcome for r in look(here, {"feed": "azure"}, {"feed": "databricks"})] == [Outcome.ok, Outcome.fail]


def test_a_vendor_that_moved_its_feed_on_its_own_host_is_followed(context: Context, vendor: Vendor) -> None:
    vendor.serve("/new", rss())
    [reading] = look(context, {"feed": "azure", "url": vendor.serve("/old", status=301, moved_to="/new")})
    assert reading.outcome is Outcome.ok


def test_another_host_is_not_followed(context: Context, vendor: Vendor) -> None:
    vendor.serve("/new", rss())
    there = f"http://localhost:{vendor.port}/new"
    [reading] = look(context, {"feed": "azure", "url": vendor.serve("/old", status=302, moved_to=there)})
    assert reading.outcome is Outcome.blind
    assert reading.message.startswith("127.0.0.1 sends on to localhost; ")
    assert vendor.seen == ["/old"]


@pytest.mark.parametrize(
    ("path", "status", "moved_to", "body", "words"),
    [
        ("/circle", 302, "/circle", b"", "127.0.0.1 sends on to 127.0.0.1"),
        ("/off", 503, None, b"", "127.0.0.1 answered 503 instead of its status feed."),
        ("/odd", 302, "http://[x", b"", "127.0.0.1 sends on to %5Bx"),
        ("/endless", 200, None, b"x" * 3_000_000, "127.0.0.1 sends more than 2 MB; that is no status."),
        ("/drips", 200, None, b"", "127.0.0.1 did not answer within 0.8 s."),
    ],
)
def test_a_vendor_that_cannot_be_read_leaves_its_check_unknown_and_says_why(
    context: Context, vendor: Vendor, monkeypatch: pytest.MonkeyPatch,
    path: str, status: int, moved_to: str | None, body: bytes, words: str,
) -> None:  # fmt: skip
    monkeypatch.setattr(status_feeds, "PATIENCE", 0.8)
    good = vendor.serve("/good", rss())
    url = vendor.serve(path, body, status, moved_to)
    began = monotonic()
    bad, fine = look(context, {"feed": "azure", "url": url}, {"feed": "azure", "url": good})
    assert monotonic() - began < 5
    assert (bad.outcome, fine.outcome) == (Outcome.blind, Outcome.ok)
    assert bad.message.startswith(words)


def test_a_closed_port_and_a_broken_address_are_told_apart(context: Context, vendor: Vendor) -> None:
    odd = context.portal.settings.model_copy(update={"azure_status_url": "http://x:port/"})
    here = Context(context.portal.replace(settings=odd), {}, NOW, context.supervisor)
    closed, broken = look(here, {"feed": "azure", "url": "http://127.0.0.1:1/"}, {"feed": "azure"})
    assert closed.message == "127.0.0.1 could not be reached."
    assert broken.message.startswith("'http://x:port/' is not a web address")


def test_a_target_that_cannot_be_used_costs_only_its_own_check(context: Context, vendor: Vendor) -> None:
    bad, good = look(context, {"feed": "gcp"}, {"feed": "azure", "url": vendor.serve("/a", rss())})
    assert (bad.outcome, good.outcome) == (Outcome.blind, Outcome.ok)
    assert "target.feed" in bad.message


@pytest.mark.parametrize(
    "target", [{"feed": "aws"}, {"feed": "azure", "url": "ftp://x"}, {"feed": "azure", "region": "x"}]
)
def test_a_target_is_refused_by_key(target: dict[str, Any]) -> None:
    with pytest.raises(Invalid, match="target"):
        read_target(FeedTarget, target)


def test_a_feed_read_on_another_day_is_still_refused_when_it_is_old() -> None:
    with pytest.raises(Unavailable, match="old copy"):
        open_incidents(rss(built="Sun, 22 Nov 2026 07:29:00 Z"), NOW)
    assert open_incidents(rss(built="Sun, 22 Nov 2026 07:31:00 Z"), NOW) == []
