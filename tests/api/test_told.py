"""Statuspage v2, feeds, badges, metrics and the export: what each says is what the store says, for whoever asks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

import feedparser
import pytest
from icalendar import Calendar
from prometheus_client.parser import text_string_to_metric_families

from data import cached
from data.people.model import Actor
from data.portal import Portal
from data.status.model import State
from data.status.pushing import Report
from data.tickets.model import Query
from tests.api.doors import Person
from tests.api.estate import SECRETS, furnish
from tests.data.messages.newsroom import Newsroom
from tests.data.tickets.desk import Desk
from tests.portals import Clock

V2 = (
    "summary", "status", "components", "incidents", "incidents/unresolved", "scheduled-maintenances",
    "scheduled-maintenances/upcoming", "scheduled-maintenances/active",
)  # fmt: skip
READS = (
    *(f"/v2/{name}.json" for name in V2), "/feeds/history.atom", "/feeds/history.rss", "/feeds/maintenance.ics",
    "/badges/sales.json", "/badges/sales.svg", "/export/sources.json",
)  # fmt: skip


@pytest.fixture
def busy(desk: Desk) -> Portal:
    return furnish(desk)


@pytest.mark.usefixtures("busy")
def test_no_answer_tells_outsiders_of_what_is_for_members(charlie: Person, person: Callable[[str], Person]) -> None:
    erin = person("erin")
    for path in (*READS, "/metrics"):
        answer = charlie.get(path)
        assert answer.status_code == 200
        assert not any(word in answer.text.lower() for word in SECRETS), path
        if not path.startswith(("/badges", "/v2/status")) and "active" not in path:
            assert any(word in erin.get(path).text.lower() for word in SECRETS), path
    for path in ("/badges/payroll.json", "/badges/payroll.svg", "/badges/ghost.json", "/badges/.json"):
        assert charlie.get(path).status_code == 404


@pytest.mark.usefixtures("busy")
def test_who_has_an_answer_already_is_told_so(charlie: Person) -> None:
    for path in READS:
        again = charlie.get(path, If_None_Match=charlie.get(path).headers["ETag"])
        assert (again.status_code, again.content) == (304, b""), path


def test_components_say_what_the_board_says_and_unknown_is_no_lie(charlie: Person, busy: Portal, desk: Desk) -> None:
    components = {one["id"]: one for one in charlie.get("/v2/components.json").json()["components"]}
    board = busy.status.board(busy.status.snapshot(), desk.charlie.scope)
    assert {id_: one["x_state"] for id_, one in components.items()} == {t.platform.id: t.state for t in board.tiles}
    assert components["sales"]["status"] == "degraded_performance"
    assert (components["gateway"]["status"], components["gateway"]["x_state"]) == ("degraded_performance", "unknown")
    assert components["sales"]["x_freshness"]["late_after_s"] == 7200


def test_platforms_of_one_kind_are_a_group(person: Callable[[str], Person], busy: Portal) -> None:
    components = person("erin").get("/v2/components.json").json()["components"]
    [group] = [one for one in components if one["group"]]
    assert sorted(group["components"]) == ["payroll", "sales"]
    assert {one["group_id"] for one in components if one["id"] in group["components"]} == {group["id"]}


def test_the_summary_holds_what_is_open_and_ahead(charlie: Person, busy: Portal, desk: Desk, clock: Clock) -> None:
    summary = charlie.get("/v2/summary.json").json()
    [incident], [maintenance] = summary["incidents"], summary["scheduled_maintenances"]
    assert (incident["status"], incident["impact"], incident["components"][0]["id"]) == (
        "investigating",
        "major",
        "sales",
    )
    assert (maintenance["status"], maintenance["impact"]) == ("scheduled", "maintenance")
    assert maintenance["scheduled_for"] == "2026-11-23T08:30:00.000Z"
    clock.advance(minutes=70)
    cached.drop()
    active = charlie.get("/v2/scheduled-maintenances/active.json").json()["scheduled_maintenances"]
    assert [one["id"] for one in active] == [maintenance["id"]]
    clock.advance(hours=2)
    cached.drop()
    assert charlie.get("/v2/summary.json").json()["scheduled_maintenances"] == []
    assert len(charlie.get("/v2/scheduled-maintenances.json").json()["scheduled_maintenances"]) == 1


def test_an_atom_entry_keeps_its_id_while_its_text_grows_and_rss_gets_an_item(
    charlie: Person, busy: Portal, desk: Desk, clock: Clock
) -> None:
    def read(kind: str) -> Any:
        found = feedparser.parse(charlie.get(f"/feeds/history.{kind}").content)
        assert not found.bozo, found.bozo_exception
        return found

    before, items = read("atom"), read("rss").entries
    clock.advance(minutes=5)
    [ticket] = desk.tickets.lists.page(desk.viewer("charlie"), Query(kind="incident")).tickets
    desk.tickets.talk.comment(desk.dana, ticket.id, "The gateway restarts.")
    cached.drop()
    after = read("atom")
    assert {entry.id for entry in before.entries} == {entry.id for entry in after.entries}
    assert after.entries[0].updated > before.entries[0].updated
    assert "The gateway restarts." in after.entries[0].content[0].value
    assert "<script>" not in charlie.get("/feeds/history.atom").text.replace("&lt;", "<").replace("&amp;lt;", "")
    later = read("rss").entries
    assert {entry.id for entry in items} < {entry.id for entry in later}
    assert len(later) == len(items) + 1


def test_the_calendar_moves_and_cancels_one_event(charlie: Person, busy: Portal, clock: Clock) -> None:
    newsroom = Newsroom(busy)

    def event() -> Any:
        cached.drop()
        [found] = Calendar.from_ical(charlie.get("/feeds/maintenance.ics").content).walk("VEVENT")
        return found

    [message] = [m for m in busy.messages.told(newsroom.actor("alice")) if m.kind == "maintenance"]
    first = event()
    assert str(first["dtstart"].dt.tzinfo) == "Europe/Berlin"
    assert first["dtstart"].dt == message.starts_at
    clock.advance(minutes=1)
    moved = newsroom.again("revise", message, kind="maintenance", title="Sales moves later")
    second = event()
    newsroom.move("withdraw", moved, reason="No lorry")
    third = event()
    assert first["uid"] == second["uid"] == third["uid"]
    assert first["sequence"] < second["sequence"] < third["sequence"]
    assert [one["status"] for one in (first, second, third)] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]


@pytest.mark.usefixtures("busy")
def test_a_badge_is_escaped_and_reads_aloud(charlie: Person) -> None:
    drawn = charlie.get("/badges/gateway.svg")
    assert drawn.headers["content-type"] == "image/svg+xml"
    root = ElementTree.fromstring(drawn.text)
    assert root.attrib["aria-label"] == "<b>Gateway & co</b>: unknown"
    assert {element.tag.rpartition("}")[2] for element in root.iter()} <= {
        "svg", "title", "clipPath", "rect", "g", "text"
    }  # fmt: skip
    badge = charlie.get("/badges/sales.json").json()
    assert (badge["message"], badge["color"], badge["isError"]) == ("late, data 2 h 15 old", "yellow", False)


def test_metrics_count_what_the_store_counts(charlie: Person, busy: Portal) -> None:
    families = {f.name: f for f in text_string_to_metric_families(charlie.get("/metrics").text)}
    states = {(s.labels["platform"], s.labels["state"]): s.value for s in families["portal_platform_state"].samples}
    assert states["sales", "late"] == states["gateway", "unknown"] == 1
    assert sum(states.values()) == 2
    assert len(states) == 2 * len(State)
    age = {s.labels["check"]: s.value for s in families["portal_freshness_seconds"].samples}
    assert age == {"orders": 2.25 * 3600}
    assert {s.labels["check"]: s.value for s in families["portal_freshness_slo_seconds"].samples} == {"orders": 7200}
    asked = {s.labels["verb"]: s.value for s in families["portal_statements"].samples if s.name.endswith("_total")}
    assert asked["query"] > 0
    assert "portal_api_request_seconds" in families


def test_the_export_tells_freshness_in_the_words_of_dbt(
    person: Callable[[str], Person], busy: Portal, clock: Clock
) -> None:
    results = {one["unique_id"]: one for one in person("erin").get("/export/sources.json").json()["results"]}
    orders = results["source.portal.sales.orders"]
    assert (orders["status"], orders["max_loaded_at_time_ago_in_s"]) == ("warn", 8100)
    assert orders["criteria"] == {
        "warn_after": {"count": 2, "period": "hour"}, "error_after": {"count": 150, "period": "minute"}, "filter": None,
    }  # fmt: skip
    assert results["source.portal.payroll.wages"]["criteria"]["warn_after"] == {"count": 1, "period": "day"}
    clock.advance(hours=1)
    cached.drop()
    blind = person("erin").get("/export/sources.json").json()["results"][0]
    assert blind == {
        "unique_id": "source.portal.sales.orders",
        "error": "Not checked for 1 h",
        "status": "runtime error",
    }


@pytest.mark.usefixtures("busy")
def test_the_status_of_a_past_minute_is_told_for_who_asks(
    charlie: Person, person: Callable[[str], Person], portal: Portal, clock: Clock
) -> None:
    then = clock().isoformat()
    clock.advance(hours=1)
    portal.status.pushing.push(Actor.job(), "orders", [Report()])
    cached.drop()
    paths = "/v1/status", "/v1/platforms", "/v1/checks", "/v1/platforms/sales", "/v1/checks/orders"
    for path in paths:
        now, past = (charlie.get(path + query) for query in ("", f"?as_of={then.replace('+', '%2B')}"))
        assert '"state":"late"' in past.text
        assert '"state":"late"' not in now.text
        assert not any(word in past.text.lower() for word in SECRETS)
    assert "payroll" in person("erin").get(f"/v1/platforms?as_of={then[:16]}Z").text
    for wrong in ("2036-01-01T00:00Z", "1066-10-14T09:00Z", "0001-01-01T00:00%2B14:00", "2026-11-23T07:30:00", "then"):
        assert charlie.get(f"/v1/status?as_of={wrong}").status_code == 422, wrong
    assert charlie.get(f"/v1/platforms/payroll?as_of={then[:16]}Z").status_code == 404
