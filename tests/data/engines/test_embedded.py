"""What the embedded engine promises beyond the contract: files, limits, the log, tables of other writers."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from deltalake import DeltaTable, write_deltalake

from data.engines.base import Upkeep
from data.engines.embedded import EmbeddedEngine
from data.engines.embedded.database import Database
from data.engines.embedded.snapshots import File, Snapshot
from data.engines.embedded.upkeep import leftovers
from data.errors import Invalid, NotFound, Unavailable

NOW = datetime(2026, 11, 23, 7, 30, tzinfo=UTC)
TODAY = NOW.date()
RESULTS = """CREATE TABLE results (id STRING NOT NULL, check_id STRING NOT NULL, day DATE NOT NULL,
  CONSTRAINT results_key PRIMARY KEY (id), CONSTRAINT results_check FOREIGN KEY (check_id) REFERENCES checks)
  USING DELTA PARTITIONED BY (day)"""
LONG_AGO = 1_600_000_000


def results(day: date, *ids: str) -> pa.Table:
    return pa.table(
        {"id": ids, "check_id": [f"a-rather-long-name-{id_[::-1]}" for id_ in ids], "day": [day] * len(ids)}
    )


def files(root: Path, table: str = "results") -> set[str]:
    return set(DeltaTable(root / table).file_uris())


@pytest.fixture
def engine(embedded: EmbeddedEngine) -> EmbeddedEngine:
    embedded.execute(RESULTS)
    for back in range(3):
        embedded.append("results", results(TODAY - timedelta(days=back), f"{back}-1", f"{back}-2"))
    return embedded


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE results SET check_id = 'x' WHERE day = :day",
        "DELETE FROM results WHERE results.day >= :day AND id = '0-1'",
        "MERGE INTO results AS r USING (SELECT :day AS day) AS s ON r.day = s.day WHEN MATCHED THEN DELETE",
        "MERGE INTO results AS r USING (SELECT '0-1' AS id) AS s ON s.id = r.id AND r.day = :day"
        " WHEN MATCHED THEN DELETE",
    ],
)
def test_files_of_days_that_a_change_cannot_reach_stay_as_they_are(
    engine: EmbeddedEngine, root: Path, sql: str
) -> None:
    before = files(root)
    assert engine.execute(sql, {"day": TODAY})
    assert len(before & files(root)) == 2


def test_a_change_of_too_many_rows_is_refused_before_it_starts(engine: EmbeddedEngine, root: Path) -> None:
    small = EmbeddedEngine(root, rewrite_limit=3)
    with pytest.raises(Invalid, match="results: the change would rewrite 6 rows, more than the 3 allowed"):
        small.execute("UPDATE results SET check_id = 'x'")
    assert small.execute("UPDATE results SET check_id = 'x' WHERE day = :day", {"day": TODAY}) == 2
    assert small.execute("DELETE FROM results WHERE day < :day", {"day": TODAY}) == 4


def test_many_small_files_are_merged_in_passing(
    engine: EmbeddedEngine, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("data.engines.embedded.upkeep.CROWDED", 5)
    for n in range(12):
        engine.append("results", results(TODAY, f"new-{n}"))
    assert len(files(root)) <= 2 + 5
    assert engine.query("SELECT id FROM results WHERE id LIKE 'new-%'").num_rows == 12


def test_maintain_sorts_a_day_that_is_over_by_what_its_rows_belong_to(engine: EmbeddedEngine, root: Path) -> None:
    yesterday = TODAY - timedelta(days=1)
    engine.append("results", results(yesterday, "7", "3", "9", "1"))
    engine.maintain("results", Upkeep(), NOW)
    merged = [file for file in files(root) if f"day={yesterday}" in file]
    checks = pq.read_table(merged[0], columns=["check_id"])["check_id"].to_pylist()
    assert (len(merged), len(checks), checks) == (1, 6, sorted(checks))


def test_a_change_writes_rows_in_the_order_asked_for_with_what_is_open_apart(
    embedded: EmbeddedEngine, root: Path
) -> None:
    embedded.execute(
        "CREATE TABLE jobs (id STRING, part INT, ended_at TIMESTAMP, CONSTRAINT jobs_key PRIMARY KEY (id))"
        " USING DELTA PARTITIONED BY (part) TBLPROPERTIES ('portal.sortBy' = 'ended_at')"
    )
    ended = [None if n % 10 == 0 else NOW + timedelta(minutes=n % 7) for n in range(5_000)]
    ids = [f"{n * 7919 % 5_000:04}" for n in range(5_000)]
    embedded.append("jobs", pa.table({"id": ids, "part": pa.array([1] * 5_000, pa.int32()), "ended_at": ended}))
    assert embedded.execute("UPDATE jobs SET ended_at = NULL WHERE part = 1 AND id = '0001'") == 1
    (file,) = files(root, "jobs")
    written = pq.read_table(file, columns=["ended_at", "id"]).to_pylist()
    assert written == sorted(written, key=lambda row: (row["ended_at"] or NOW - timedelta(days=1), row["id"]))
    details = pq.read_metadata(file)
    groups = [details.row_group(n) for n in range(details.num_row_groups)]
    assert [group.num_rows for group in groups] == [2_048, 2_048, 904]
    assert [group.column(1).statistics.null_count for group in groups] == [501, 0, 0]


def test_maintain_does_not_undo_a_change_made_while_it_works(
    engine: EmbeddedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    yesterday = TODAY - timedelta(days=1)
    engine.append("results", results(yesterday, "late"))

    def then_somebody_changes_a_row(snapshot: Snapshot, today: date) -> list[Sequence[File]]:
        found = leftovers(snapshot, today)
        engine.execute("UPDATE results SET check_id = 'changed' WHERE day = :day", {"day": yesterday})
        return found

    monkeypatch.setattr("data.engines.embedded.upkeep.leftovers", then_somebody_changes_a_row)
    engine.maintain("results", Upkeep(), NOW)
    found = engine.query("SELECT check_id FROM results WHERE day = :day", {"day": yesterday})
    assert found["check_id"].to_pylist() == ["changed"] * 3


def test_vacuum_leaves_files_that_a_running_query_may_still_read(engine: EmbeddedEngine, root: Path) -> None:
    young, old = (root / "results" / f"day={TODAY}" / f"{name}.parquet" for name in ("young", "old"))
    for orphan in (young, old):
        orphan.write_bytes(b"left by a killed writer")
    os.utime(old, (LONG_AGO, LONG_AGO))
    replaced = files(root)
    engine.execute("UPDATE results SET check_id = 'x'")
    assert engine.maintain("results", Upkeep(vacuum_after=timedelta(0)), NOW).files_vacuumed == 1
    assert (young.exists(), old.exists()) == (True, False)
    assert all(Path(file).exists() for file in replaced)


def test_maintain_shortens_the_log_and_the_table_stays_readable(engine: EmbeddedEngine, root: Path) -> None:
    log = root / "results" / "_delta_log"
    for n in range(12):
        engine.append("results", results(TODAY, f"new-{n}"))
    for entry in log.glob("*.json"):
        os.utime(entry, (LONG_AGO, LONG_AGO))
    before = len(list(log.glob("*.json")))
    engine.maintain("results", Upkeep(), NOW)
    assert len(list(log.glob("*.json"))) < before / 2
    for reader in (engine, EmbeddedEngine(root)):
        assert reader.query("SELECT id FROM results").num_rows == 18
    engine.append("results", results(TODAY, "after"))
    assert engine.query("SELECT id FROM results").num_rows == 19


def test_another_engine_on_the_same_folder_sees_a_write_at_once(engine: EmbeddedEngine, root: Path) -> None:
    other = EmbeddedEngine(root)
    for n in range(3):
        engine.append("results", results(TODAY, f"new-{n}"))
        assert other.query("SELECT count(*) AS n FROM results").to_pylist() == [{"n": 7 + n}]


def test_what_others_wrote_between_two_writes_stays(engine: EmbeddedEngine, root: Path) -> None:
    others = [EmbeddedEngine(root), EmbeddedEngine(root)]
    for n, writer in enumerate([engine, engine, *others, engine, *others, engine]):
        writer.append("results", results(TODAY, f"new-{n}"))
        change = "UPDATE results SET check_id = :name WHERE day = :day AND id = :id"
        assert writer.execute(change, {"name": str(n), "day": TODAY, "id": "0-1"}) == 1
    found = dict(zip(*engine.query("SELECT id, check_id FROM results").to_pydict().values(), strict=True))
    assert len(found) == 14
    assert found["0-1"] == "7"


def test_a_table_made_anew_between_two_writes_is_the_one_written_to(engine: EmbeddedEngine, root: Path) -> None:
    engine.append("results", results(TODAY, "old"))
    shutil.rmtree(root / "results")
    EmbeddedEngine(root).execute(RESULTS)
    engine.append("results", results(TODAY, "new"))
    assert engine.query("SELECT id FROM results").to_pylist() == [{"id": "new"}]


def test_a_table_made_anew_is_not_mistaken_for_the_old_one(engine: EmbeddedEngine, root: Path) -> None:
    shutil.rmtree(root / "results")
    with pytest.raises(NotFound):
        engine.columns("results")
    engine.execute(RESULTS.replace("check_id STRING NOT NULL, ", "check_id STRING NOT NULL, colour STRING, "))
    assert "colour" in engine.columns("results").names
    assert engine.query("SELECT id FROM results").num_rows == 0


def test_a_query_is_stopped_when_its_time_is_over(root: Path) -> None:
    engine = EmbeddedEngine(root, time_limit=timedelta(seconds=0.1))
    with pytest.raises(Unavailable, match="took too long"):
        engine.query(
            "WITH t AS (SELECT explode(sequence(1, 9999)) AS n)"
            " SELECT count(*) AS n FROM t AS a, t AS b, t AS c WHERE a.n * b.n % 7 = c.n % 5"
        )


def test_duckdb_itself_reaches_nothing_but_the_tables(root: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("a\n1\n")
    database = Database(root, tmp_path / "spill", "100MB", 1, timedelta(seconds=9))
    with database.cursor() as cursor:
        for sql in (f"FROM '{secret}'", f"COPY (SELECT 1) TO '{secret}'", "SET enable_external_access = true"):
            with pytest.raises(duckdb.Error):
                cursor.execute(sql)
    assert secret.read_text() == "a\n1\n"


# Tables of other writers


@pytest.fixture
def foreign(tmp_path: Path) -> Path:
    path = tmp_path / "elsewhere" / "orders"
    write_deltalake(path, pa.table({"id": [1, 2]}))
    write_deltalake(path, pa.table({"id": [3]}), mode="append")
    return path


def commit(table: Path, operation: str, *actions: Mapping[str, Any], **metrics: str) -> None:
    """Write the table's next commit as another writer (Spark, say) would."""
    log = table / "_delta_log"
    info = {"timestamp": int(NOW.timestamp() * 1000), "operation": operation, "operationMetrics": metrics}
    lines = [json.dumps({"commitInfo": info}), *map(json.dumps, actions)]
    (log / f"{len(list(log.glob('*.json'))):020}.json").write_text("\n".join(lines))


def add(rows: int | None = None, **more: Any) -> dict[str, Any]:
    stats = {} if rows is None else {"stats": json.dumps({"numRecords": rows})}
    return {"add": {"path": "x.parquet", "size": 1, "partitionValues": {}, "modificationTime": 1, **stats, **more}}


REMOVE = {"remove": {"path": "y.parquet", "dataChange": True, "deletionTimestamp": 1}}


def test_a_table_anywhere_is_found_by_its_path(
    embedded: EmbeddedEngine, foreign: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(foreign.parent.parent)
    names = [str(foreign), f"{foreign}/", foreign.as_uri(), "elsewhere/orders", "./elsewhere/orders"]
    found = [embedded.last_data_change(name) for name in names]
    assert [change.version for change in found if change] == [1] * 5
    with pytest.raises(NotFound, match="without Databricks"):
        embedded.last_data_change("abfss://lake@example/orders")


@pytest.mark.parametrize(
    ("operation", "actions", "metrics"),
    [
        ("OPTIMIZE", [add(3, dataChange=False), {"remove": {"path": "y", "dataChange": False}}], {}),
        ("VACUUM END", [], {}),
        ("SET TBLPROPERTIES", [{"metaData": {"id": "x"}}], {}),
        ("STREAMING UPDATE", [add(0, dataChange=True)], {}),
        ("MERGE", [add(3, dataChange=True), REMOVE], {"numTargetRowsInserted": "0", "numTargetRowsUpdated": "0"}),
        ("UPDATE", [add(dataChange=True), REMOVE], {"numUpdatedRows": "0"}),
        ("DELETE", [add(3, dataChange=True), REMOVE], {"num_deleted_rows": "0"}),
    ],
)
def test_a_commit_that_changed_no_row_does_not_count(
    embedded: EmbeddedEngine, foreign: Path, operation: str, actions: list[dict[str, Any]], metrics: dict[str, str]
) -> None:
    commit(foreign, operation, *actions, **metrics)
    change = embedded.last_data_change(str(foreign))
    assert change is not None
    assert change.version == 1


@pytest.mark.parametrize(
    ("operation", "actions", "metrics"),
    [
        ("WRITE", [add(dataChange=True)], {}),
        ("MERGE", [add(3, dataChange=True), REMOVE], {"numTargetRowsInserted": "0", "numTargetRowsUpdated": "1"}),
        ("DELETE", [REMOVE], {}),
        ("RESTORE", [REMOVE], {}),
    ],
)
def test_a_commit_that_changed_rows_counts(
    embedded: EmbeddedEngine, foreign: Path, operation: str, actions: list[dict[str, Any]], metrics: dict[str, str]
) -> None:
    commit(foreign, operation, *actions, **metrics)
    change = embedded.last_data_change(str(foreign))
    assert change is not None
    assert (change.version, change.at, change.operation) == (2, NOW, operation)


def test_when_the_log_begins_after_the_last_change_the_newest_file_tells(
    embedded: EmbeddedEngine, foreign: Path
) -> None:
    before = embedded.last_data_change(str(foreign))
    DeltaTable(foreign).create_checkpoint()
    for entry in (foreign / "_delta_log").glob("*.json"):
        entry.unlink()
    change = embedded.last_data_change(str(foreign))
    assert before is not None
    assert change is not None
    assert abs(change.at - before.at) < timedelta(seconds=2)


def test_a_table_of_another_writer_can_be_queried(embedded: EmbeddedEngine, root: Path) -> None:
    rows = {
        "id": [1, 2],
        "place": ["a b", "c/d"],
        "nested": [{"x": 1}, None],
        "price": pa.array([1, 2], pa.decimal128(9, 2)),
    }
    write_deltalake(root / "orders", pa.table(rows), partition_by=["place"])
    found = embedded.query("SELECT id, nested.x AS x, price FROM orders WHERE place = 'a b'").to_pylist()
    assert [(row["id"], row["x"], str(row["price"])) for row in found] == [(1, 1, "1.00")]


@pytest.mark.parametrize(
    ("sql", "left"),
    [
        ("DELETE FROM orders WHERE place IS NULL", ["it's", "x"]),
        ("DELETE FROM orders WHERE place IS NULL OR place = 'x'", ["it's"]),
        ("DELETE FROM orders WHERE place = :place", ["x", None]),
        ("UPDATE orders SET place = NULL WHERE place = :place", ["x", None, None]),
    ],
)
def test_partitions_of_any_text_and_of_none_are_changed_right(
    embedded: EmbeddedEngine, root: Path, sql: str, left: list[str | None]
) -> None:
    write_deltalake(root / "orders", pa.table({"id": [1, 2, 3], "place": ["it's", None, "x"]}), partition_by=["place"])
    embedded.execute(sql, {"place": "it's"})
    found = embedded.query("SELECT place FROM orders ORDER BY place NULLS LAST")
    assert found["place"].to_pylist() == left


def test_a_merge_fills_an_empty_table_with_partitions(embedded: EmbeddedEngine) -> None:
    embedded.execute(RESULTS)
    sql = """MERGE INTO results AS r USING changes AS c ON r.day = c.day AND r.id = c.id
      WHEN NOT MATCHED THEN INSERT (id, check_id, day) VALUES (c.id, c.check_id, c.day)"""
    assert [embedded.execute(sql, {}, {"changes": results(TODAY, "a", "b")}) for _ in range(2)] == [2, 0]
    assert embedded.query("SELECT id FROM results").num_rows == 2


def test_a_day_that_is_over_becomes_one_file_and_today_is_left_alone(embedded: EmbeddedEngine) -> None:
    embedded.execute("CREATE TABLE results (id STRING NOT NULL, day DATE NOT NULL) USING DELTA PARTITIONED BY (day)")
    today = date(2026, 11, 23)
    for n in range(3):
        days = [{"id": f"{n}-{back}", "day": today - timedelta(days=back)} for back in (0, 1)]
        embedded.append("results", pa.Table.from_pylist(days))
    report = embedded.maintain("results", Upkeep(), datetime(2026, 11, 23, 12, tzinfo=UTC))
    assert (report.files_before, report.files_after) == (6, 4)
