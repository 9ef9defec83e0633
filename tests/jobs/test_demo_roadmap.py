"""The demo's roadmap: true to its moves, linked to the threads, with drift of each sort, and gone with the demo."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from data.engines.recording import RecordingEngine
from data.errors import Unavailable
from data.people.model import Actor, Role
from data.portal import Portal, connect
from data.roadmap.model import Drift, Entry, Horizon
from data.settings import Settings
from data.status.estate import plan
from data.tickets.visibility import viewer_of
from jobs.demo.estates import demo_estate
from jobs.demo.roadmap import chart, withdraw_roadmap
from jobs.demo.threads import tell
from tests.portals import NOW, Clock

BOB = Actor("bob@example.org", "bob", Role.contributor)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The threads, before anybody planned anything."""
    portal = connect(Settings(home=tmp_path_factory.mktemp("told") / "home")).replace(clock=Clock())
    portal.schema.migrate()
    portal.status.apply(plan(portal.status.estate(), demo_estate(), prune=False), Actor.job("demo"))
    tell(portal, NOW)
    portal.engine.close()
    return portal.settings.home


@pytest.fixture
def portal(told: Path, tmp_path: Path) -> Portal:
    return connect(Settings(home=shutil.copytree(told, tmp_path / "home"))).replace(clock=Clock())


def board(portal: Portal, actor: Actor | None = None) -> tuple[Entry, ...]:
    return portal.roadmap.board(viewer_of(actor or Actor.job()))


def test_it_shows_each_horizon_and_drift_of_each_sort_and_is_told_to_nobody(portal: Portal) -> None:
    chart(portal, NOW)
    entries = board(portal, BOB)
    assert {entry.item.horizon for entry in entries} == set(Horizon)
    assert [sum(drift in entry.drifts for entry in entries) for drift in Drift] == [1, 1, 1]
    assert sum(len(entry.requests) for entry in entries) == 19
    assert len(board(portal)) - len(entries) == 1  # a draft, for the team only
    assert portal.outbox.pending(NOW - timedelta(days=365)) == ()
    assert portal.roadmap.repair() == 0


def test_every_item_has_the_trail_of_its_moves(portal: Portal) -> None:
    chart(portal, NOW)
    for entry in board(portal):
        events = portal.roadmap.history(Actor.job(), entry.item.id)
        assert len(events) == entry.item.version
        assert events[-1].action == "roadmap:add"
        assert max(event.at for event in events) <= NOW


@pytest.mark.parametrize("table", ["roadmap_links", "audit_events", "roadmap_items"])
def test_killed_at_any_table_the_next_run_completes_it(portal: Portal, table: str) -> None:
    engine = RecordingEngine(portal.engine)
    engine.fail(1, Unavailable("Power cut"), on=table)
    with pytest.raises(Unavailable):
        chart(portal.replace(engine=engine), NOW)
    assert board(portal) == ()
    chart(portal, NOW)
    first = board(portal)
    assert chart(portal, NOW) == {"roadmap_links": 0, "roadmap_items": 0}
    assert (len(first), board(portal)) == (16, first)


@pytest.mark.parametrize("days", range(0, 366, 61), ids="in-{}-days".format)
def test_it_drifts_alike_in_every_quarter(portal: Portal, days: int) -> None:
    at = NOW + timedelta(days=days)
    chart(portal.replace(clock=Clock(at)), at)
    seen = board(portal.replace(clock=Clock(at)), BOB)
    assert [sum(drift in entry.drifts for entry in seen) for drift in Drift] == [1, 1, 1]


def test_removed_it_is_retired(portal: Portal) -> None:
    chart(portal, NOW)
    assert withdraw_roadmap(portal, NOW) == 16
    assert board(portal, BOB) == ()
    assert withdraw_roadmap(portal, NOW) == 0
