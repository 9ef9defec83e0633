"""delta_freshness on real Delta tables, also on some that the portal did not write."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest
from deltalake import DeltaTable, write_deltalake

from data.status.model import Outcome, Reading
from jobs.sources.base import Context
from jobs.sources.delta_freshness import DeltaFreshness
from tests.portals import NOW, a_check

SCHEMA = pa.schema([("id", pa.int64())])
SOME = pa.table({"id": [1, 2, 3]}, SCHEMA)


def read(context: Context, *tables: object) -> list[Reading]:
    checks = [
        a_check(f"fresh-{n}", "delta_freshness", "age", target={"table": str(t)}, thresholds={"warn_after": "2h"})
        for n, t in enumerate(tables)
    ]
    source = DeltaFreshness()
    return source.readings(checks, source.fetch(checks, context), NOW)


def committed_at(path: Path) -> datetime:
    return datetime.fromtimestamp(DeltaTable(path).history(1)[0]["timestamp"] / 1000, UTC)


@pytest.fixture
def orders(tmp_path: Path) -> Path:
    path = tmp_path / "orders"
    write_deltalake(path, SOME)
    return path


def test_the_newest_change_of_data_is_the_event(context: Context, orders: Path) -> None:
    write_deltalake(orders, SOME, mode="append")
    [reading] = read(context, orders)
    assert reading.outcome is Outcome.ok
    assert reading.source_event_at == committed_at(orders)
    assert reading.evidence == {"table": str(orders), "version": 1, "operation": "WRITE"}
    assert reading.message.startswith("Version 1 written by WRITE at ")


def test_upkeep_of_a_table_does_not_make_it_fresh(context: Context, orders: Path) -> None:
    write_deltalake(orders, SOME, mode="append")
    [before] = read(context, orders)
    DeltaTable(orders).optimize.compact()
    DeltaTable(orders).vacuum(retention_hours=0, enforce_retention_duration=False, dry_run=False)
    assert DeltaTable(orders).version() > 1
    assert read(context, orders)[0].source_event_at == before.source_event_at


def test_a_table_that_never_received_data_is_unknown_and_says_so(context: Context, tmp_path: Path) -> None:
    DeltaTable.create(tmp_path / "empty", SCHEMA)
    [reading] = read(context, tmp_path / "empty")
    assert (reading.outcome, reading.message) == (Outcome.blind, "The table exists but never received data")


def test_the_portals_own_tables_are_found_by_name(context: Context) -> None:
    [reading] = read(context, "settings")
    assert reading.outcome is Outcome.ok


def test_missing_and_broken_tables_are_unknown_and_stop_nobody(context: Context, orders: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken" / "_delta_log"
    broken.mkdir(parents=True)
    (broken / "00000000000000000000.json").write_text("not a log")
    missing, unreadable, fine = read(context, tmp_path / "nowhere", tmp_path / "broken", orders)
    assert missing.outcome is unreadable.outcome is Outcome.blind
    assert "nowhere" in missing.message
    assert "broken" in unreadable.message
    assert fine.outcome is Outcome.ok
