"""The demo in the store: the scene of the front page, the same numbers for an independent reader, and no doubles."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pandas as pd
import pytest
from deltalake import DeltaTable

from data.engines.recording import RecordingEngine
from data.errors import Unavailable
from data.people.model import Scope
from data.portal import Portal, connect
from data.settings import Settings
from data.status.board import Board
from data.status.model import Reading, State
from jobs.demo.plot import find_plot, remember
from jobs.seed_demo import remove_demo, seed_demo
from jobs.sources.base import Context
from jobs.sources.demo import Demo
from jobs.supervisor import Supervisor
from tests.portals import NOW, Clock

SCENE = {
    "Gateway EU-2": State.major_outage,
    "Power BI Sales": State.late,
    "Fabric capacity F64": State.maintenance,
    "SAP extracts": State.unknown,
    "Databricks prod": State.operational,
    "Power BI Finance": State.operational,
    "Power BI CRM": State.operational,
    "SQL warehouse BI": State.operational,
    "Reference data": State.operational,
    "This portal": State.unknown,
}
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def at_home(home: Path, clock: Clock, port: int = 8501) -> Portal:
    return connect(Settings(home=home, port=port)).replace(clock=clock)


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Portal:
    portal = at_home(tmp_path_factory.mktemp("demo") / "home", Clock())
    portal.schema.migrate()
    seed_demo(portal)
    return portal


@pytest.fixture
def copy(seeded: Portal, tmp_path: Path) -> Callable[..., Portal]:
    """The seeded store again, to be changed."""

    def make(clock: Clock, port: int = 8501) -> Portal:
        shutil.copytree(seeded.settings.home, tmp_path / "home", dirs_exist_ok=True)
        return at_home(tmp_path / "home", clock, port)

    return make


def board(portal: Portal) -> Board:
    return portal.status.board(portal.status.snapshot(), Scope(everything=True))


def frame(portal: Portal, table: str) -> pd.DataFrame:
    """Straight from the files, past the engine."""
    read: pd.DataFrame = DeltaTable(str(portal.settings.tables / table)).to_pyarrow_table().to_pandas()
    return read


def look(portal: Portal) -> int:
    """At all simulated checks, as `ingest` does; the number of results."""
    demo, checks = Demo(), [check for check in portal.status.checks() if check.source == "demo"]
    payload = demo.fetch(checks, Context(portal, {}, portal.clock(), Supervisor()))
    return portal.status.record(demo.readings(checks, payload, portal.clock()), "demo").results


def versions(portal: Portal) -> dict[str, int]:
    logs = portal.settings.tables.glob("*/_delta_log")
    return {log.parent.name: DeltaTable(str(log.parent)).version() for log in logs}


def test_the_front_page_opens_with_the_scene(seeded: Portal) -> None:
    assert {tile.platform.name: tile.state for tile in board(seeded).tiles} == SCENE


def test_each_trouble_says_what_and_since_when(seeded: Portal) -> None:
    tiles = {tile.platform.name: tile for tile in board(seeded).tiles}
    gateway, sales, sap = tiles["Gateway EU-2"], tiles["Power BI Sales"], tiles["SAP extracts"]
    assert gateway.reason == "Host offline"
    assert gateway.since
    assert 35 * MINUTE < NOW - gateway.since < 45 * MINUTE
    assert sales.reason == "Data is 9 h 10 old, promised within 8 h: Job load_orders failed"
    for tile in (gateway, sap):
        assert tile.since
        assert tile.lead
        assert tile.lead.last_success_at
        assert timedelta(0) < tile.since - tile.lead.last_success_at <= 2 * tile.lead.check.every
    assert sap.reason == "Source throttled"
    assert tiles["Fabric capacity F64"].window


def test_simulated_platforms_are_marked_and_live_ones_are_not(seeded: Portal) -> None:
    assert [tile.platform.name for tile in board(seeded).tiles if not tile.demo] == ["This portal"]


def test_reference_data_was_not_watched_before_53_days_ago(seeded: Portal) -> None:
    strip = next(tile.strip for tile in board(seeded).tiles if tile.platform.id == "reference-data")
    assert [day is None for day in strip.days] == [True] * 37 + [False] * 53


def test_history_knows_every_state(seeded: Portal) -> None:
    assert {State(state) for state in frame(seeded, "status_transitions").to_state} >= {
        State.operational, State.late, State.degraded, State.major_outage, State.unknown,
    }  # fmt: skip
    spent = frame(seeded, "status_rollups").sum(numeric_only=True)
    assert spent.filter(like="_ms").min() > 0


def test_an_independent_reader_counts_the_same_states(seeded: Portal) -> None:
    current = frame(seeded, "status_current")
    shown = {state: n for state, n in board(seeded).counts.items() if n}
    shown[State.unknown] -= 4
    assert shown == Counter(map(State, current.state))


@pytest.mark.parametrize(
    ("platform_id", "check_id"), [("gateway-eu2", "gateway-answers"), ("sql-warehouse-bi", "warehouse-answers")]
)
def test_an_independent_reader_computes_the_same_uptime(seeded: Portal, platform_id: str, check_id: str) -> None:
    """By duration, straight from the transitions. On these platforms one heavy check alone decides about an outage."""
    changes = frame(seeded, "status_transitions").query("check_id == @check_id").sort_values("at")
    until = [*changes["at"].iloc[1:], pd.Timestamp(NOW)]
    spent = Counter[str]()
    for state, start, end in zip(changes.to_state, changes["at"], until, strict=True):
        spent[state] += (end - start) // timedelta(milliseconds=1)
    windows = frame(seeded, "status_messages").query(
        "kind == 'maintenance' and platform_id == @platform_id and ends_at < @NOW"
    )
    announced = sum(
        (end - start) // timedelta(milliseconds=1)
        for start, end in zip(windows.starts_at, windows.ends_at, strict=True)
    )
    watched = spent.total() - spent["unknown"] - announced
    uptime = next(tile.strip.uptime for tile in board(seeded).tiles if tile.platform.id == platform_id)
    assert spent["major_outage"] > HOUR // timedelta(milliseconds=1)
    assert uptime.percent == (watched - spent["major_outage"]) * 100_000 // watched / 1000
    assert uptime.coverage == pytest.approx(1 - spent["unknown"] / spent.total())


def test_an_independent_reader_counts_the_same_milliseconds_of_every_check_and_day(seeded: Portal) -> None:
    """From the transitions and windows alone: cut at every change, midnight and window, then summed up."""
    stored = frame(seeded, "status_rollups").query("component_type == 'check'").set_index(["component_id", "day"])
    first = NOW.date() - timedelta(days=89)
    windows = dict(iter(frame(seeded, "status_messages").query("kind == 'maintenance'").groupby("platform_id")))
    changes = frame(seeded, "status_transitions").groupby(["platform_id", "check_id"])
    pieces = pd.concat(
        _pieces(some.sort_values("at"), windows.get(key[0])).assign(check_id=key[1]) for key, some in changes
    )
    pieces = pieces[pieces.day >= first]
    counted = pieces.pivot_table("ms", ["check_id", "day"], "column", "sum", fill_value=0)
    outages = pieces[(pieces.column == "maintenance") & pieces.state.isin(["partial_outage", "major_outage"])]
    counted["planned_outage"] = outages.groupby(["check_id", "day"]).ms.sum()
    counted = counted.fillna(0).astype("int64").add_suffix("_ms").rename_axis(index=stored.index.names, columns=None)
    columns = sorted(stored.filter(like="_ms"))
    pd.testing.assert_frame_equal(
        stored[columns].sort_index(), counted.reindex(columns=columns, fill_value=0).sort_index()
    )


def _pieces(changes: pd.DataFrame, windows: pd.DataFrame | None) -> pd.DataFrame:
    """Columns start, state, day, column, ms: stretches in which nothing changes."""
    spans = [] if windows is None else list(zip(windows.starts_at, windows.ends_at, strict=True))
    begin, now = changes["at"].iloc[0], pd.Timestamp(NOW)
    first, last = (moment.tz_convert("Europe/Berlin").normalize() for moment in (begin, now))
    midnights = pd.date_range(first, last, freq="D").tz_convert("UTC")
    cuts = sorted({*changes["at"], *midnights, *(moment for span in spans for moment in span), now})
    cuts = [cut for cut in cuts if begin <= cut <= now]
    found = pd.DataFrame({"start": cuts[:-1], "until": cuts[1:]}).astype("datetime64[us, UTC]")
    known = changes[["at", "to_state"]].astype({"at": "datetime64[us, UTC]"})
    found = pd.merge_asof(found, known, left_on="start", right_on="at").rename(columns={"to_state": "state"})
    announced = [any(a <= start < b for a, b in spans) for start in found.start]
    found["column"] = found.state.mask(pd.Series(announced), "maintenance")
    found["day"] = found.start.dt.tz_convert("Europe/Berlin").dt.date
    found["ms"] = (found.until.dt.floor("ms") - found.start.dt.floor("ms")) // pd.Timedelta(milliseconds=1)
    return found


def test_loading_the_example_leaves_the_days_of_other_platforms_alone(copy: Callable[..., Portal]) -> None:
    clock = Clock()
    portal = copy(clock)
    check = next(check for check in portal.status.checks() if check.id == "portal-answers")
    portal.status.record([Reading(check_id=check.id, observed_at=NOW - MINUTE)], check.source)
    clock.advance(hours=1)
    plot = find_plot(portal)
    assert plot
    remember(portal, plot.model_copy(update={"state": "writing"}))
    seed_demo(portal)
    renewed = frame(portal, "status_rollups").groupby("platform_id").updated_at.max()
    assert renewed["gateway-eu2"] == NOW + HOUR
    assert renewed[check.platform_id] == NOW


def test_seeding_again_writes_nothing(seeded: Portal) -> None:
    before = versions(seeded)
    assert seed_demo(seeded).lines() == ["The demo is there already."]
    assert versions(seeded) == before


def test_killed_in_the_middle_it_is_completed_by_the_next_run(seeded: Portal, tmp_path: Path) -> None:
    portal = at_home(tmp_path / "home", Clock())
    portal.schema.migrate()
    engine = RecordingEngine(portal.engine)
    engine.fail(1, Unavailable("The disk is full."), on="append status_current")
    with pytest.raises(Unavailable):
        seed_demo(portal.replace(engine=engine))
    assert look(portal) == 0
    assert "status_results" in {row["name"] for row in portal.statements.rows("status/list_demo_tables", limit=9)}
    seed_demo(portal.replace(clock=Clock(NOW + HOUR)))
    for table in ("status_results", "status_transitions", "status_current", "status_messages", "ingestion_runs"):
        assert _ids(portal, table) == _ids(seeded, table)


def _ids(portal: Portal, table: str) -> list[str]:
    rows = frame(portal, table)
    demo = rows[rows.source == "demo"] if "source" in rows else rows
    ids = demo["check_id" if table == "status_current" else "id"].sort_values()
    return [id_ for id_ in ids if not id_.startswith("portal-")]


def test_live_readings_go_on_without_a_gap(copy: Callable[..., Portal]) -> None:
    clock = Clock()
    portal = copy(clock)
    known = frame(portal, "status_transitions").id
    clock.advance(minutes=4)
    assert look(portal) == 41
    changes = frame(portal, "status_transitions")
    assert "unknown" not in set(changes[~changes.id.isin(known)].to_state)
    assert {current.observed_at for current in portal.status.currents().values()} == {clock.now}


def test_the_trouble_is_over_some_hours_later(copy: Callable[..., Portal]) -> None:
    clock = Clock()
    portal = copy(clock)
    clock.advance(hours=5)
    look(portal)
    assert {tile.state for tile in board(portal).tiles if tile.demo} == {State.operational}


def test_the_live_checks_follow_the_port(copy: Callable[..., Portal]) -> None:
    portal = copy(Clock(), port=8601)
    seed_demo(portal)
    check = next(check for check in portal.status.checks() if check.id == "portal-answers")
    assert check.target["url"] == "http://127.0.0.1:8601/api/healthz"
    assert (check.version, len(portal.status.checks())) == (2, 45)


def test_a_removed_demo_stays_away(copy: Callable[..., Portal]) -> None:
    portal = copy(Clock())
    assert remove_demo(portal) == [
        "50 example platforms and checks retired, 68 example tickets hidden, 16 items of the roadmap retired, "
        "26 terms archived."
    ]
    seed_demo(portal)
    assert [tile.platform.name for tile in board(portal).tiles] == ["This portal"]
    plot = find_plot(portal)
    assert plot
    assert plot.state == "removed"
