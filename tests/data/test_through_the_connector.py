"""The house on a SQL warehouse: every statement, the first start, a warehouse that fails, two jobs at the same time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
from deltalake import DeltaTable
from sqlglot import exp

from data import cached
from data.errors import Unavailable
from data.people.model import Actor, Role
from data.portal import Portal, connect, open_portal
from data.status.model import Reading
from tests.portals import Clock, a_check
from tests.standins.workspace import Workspace
from tests.test_sql import OUTSIDE, SAMPLES, STATEMENTS, TABLES, kind_of, parsed, sample_rows

ALICE = Actor("alice@example.org", "alice", Role.admin)
CHECKS = [f"check-{n}" for n in range(12)]
portal = pytest.fixture(lambda warehouse, clock: warehouse.replace(clock=clock), name="portal")


@pytest.fixture
def samples(portal: Portal) -> Portal:
    """Each table with one row in it."""
    for table, text in (TABLES | OUTSIDE).items():
        portal.engine.execute(text)
        row = {column.name: SAMPLES[kind_of(column)] for column in parsed(text).find_all(exp.ColumnDef)}
        portal.engine.append(table, pa.Table.from_pylist([row], portal.engine.columns(table)))
    return portal


def test_every_statement_runs_through_the_connector(samples: Portal, workspace: Workspace) -> None:
    for name, statement in STATEMENTS.items():
        params = {param: SAMPLES[kind] for param, kind in statement.params.items()}
        workspace.log.clear()
        if isinstance(parsed(statement.sql), exp.Query):
            samples.engine.query(statement.sql, params)
        else:
            samples.engine.execute(statement.sql, params, sample_rows(statement))
        assert len(workspace.statements()) == 1, f"sql/{name}.sql"


# The first start


def test_several_portals_may_start_on_an_empty_schema_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Workspace(tmp_path / "workspace") as fresh:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(fresh.ca_file))
        settings = fresh.settings(tmp_path)
        with pytest.raises(Unavailable, match="python -m jobs migrate"):
            open_portal(settings)
        portals = [connect(settings) for _ in range(3)]
        with ThreadPoolExecutor(len(portals)) as pool:
            list(pool.map(lambda each: each.schema.migrate(), portals))
        for each in portals:
            each.schema.check()
            assert each.schema.migrate() == []
            each.engine.close()
        made = {path.name for path in (tmp_path / "workspace" / "tables").iterdir()}
        assert made - {"_views"} == TABLES.keys()


# A warehouse that fails


@pytest.fixture
def cold() -> Iterator[None]:
    cached.drop()
    yield
    cached.drop()


@pytest.mark.usefixtures("cold")
def test_while_the_warehouse_fails_the_last_good_page_stays_and_writes_refuse(
    portal: Portal, workspace: Workspace, clock: Clock, watch: Callable[..., None]
) -> None:
    watch(a_check("orders", source="push"))
    portal.status.report("orders")
    before = cached.board(portal, ALICE)
    workspace.faults.fail(500, times=999)
    cached.drop()
    clock.advance(minutes=5)
    with pytest.raises(Unavailable, match="cannot be reached"):
        portal.status.report("orders")
    old = cached.board(portal, ALICE)
    assert (old.error, old.at) == ("The SQL warehouse cannot be reached.", before.at)
    assert old.value is not None
    assert old.value.as_of == before.at
    workspace.faults.clear()
    cached.drop()
    new = cached.board(portal, ALICE)
    assert (new.error, new.at) == (None, clock())


# Two jobs at the same time


@pytest.fixture
def two(portal: Portal, watch: Callable[..., None]) -> Iterator[tuple[Portal, Portal]]:
    """Two processes: connections, caches and all else of their own."""
    watch(*(a_check(id_, source="http_probe") for id_ in CHECKS))
    other = connect(portal.settings).replace(clock=portal.clock)
    yield portal, other
    other.engine.close()


def frame(portal: Portal, table: str) -> pd.DataFrame:
    return DeltaTable(str(portal.settings.tables / table)).to_pandas()


def both_record(two: tuple[Portal, Portal], clock: Clock, shares: tuple[list[str], list[str]]) -> None:
    readings = [[Reading(check_id=id_, observed_at=clock(), message="fine") for id_ in share] for share in shares]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda one, share: one.status.record(share, "http_probe"), two, readings))


@pytest.mark.parametrize(
    "shares", [(CHECKS, CHECKS), (CHECKS[:6], CHECKS[6:]), (CHECKS[:8], CHECKS[4:])], ids=["same", "other", "some"]
)
def test_two_jobs_at_once_lose_no_look_and_write_each_change_once(
    two: tuple[Portal, Portal], workspace: Workspace, clock: Clock, shares: tuple[list[str], list[str]]
) -> None:
    for _ in range(2):
        clock.advance(minutes=5)
        workspace.faults.sql_error("[DELTA_CONCURRENT_APPEND] Files were added.", "2D521", times=3, on="MERGE")
        both_record(two, clock, shares)
        workspace.faults.clear()
    results = frame(two[0], "status_results")
    looks = Counter((id_, clock() - timedelta(minutes=back)) for share in shares for id_ in share for back in (0, 5))
    assert Counter(zip(results["check_id"], results["observed_at"], strict=True)) == looks
    trail = frame(two[0], "status_transitions")
    changes = sorted((id_, "operational") for id_ in CHECKS)
    assert sorted(zip(trail["check_id"], trail["to_state"], strict=True)) == changes
    assert sorted(frame(two[0], "status_current")["check_id"]) == sorted(CHECKS)
    assert two[0].status.repair() == 0
