"""Killed writers, full disks, damaged tables: nothing is lost or half there, and the words say what is wrong."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from deltalake import DeltaTable, write_deltalake

from data.engines.base import Upkeep
from data.engines.embedded import EmbeddedEngine
from data.errors import Conflict, Unavailable

EPOCH = datetime(2026, 11, 23, tzinfo=UTC)
COUNTERS = "CREATE TABLE IF NOT EXISTS counters (id STRING NOT NULL, n BIGINT NOT NULL) USING DELTA"
WRITER = """
import resource, signal, sys
from pathlib import Path
import pyarrow as pa
from data.engines.embedded import EmbeddedEngine

folder, name, rounds, file_limit = sys.argv[1:]
if int(file_limit) >= 0:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(file_limit), int(file_limit)))
engine = EmbeddedEngine(Path(folder))
for n in range(int(rounds)):
    try:
        engine.append("counters", pa.table({"id": [f"{name}-{n}"], "n": [1]}))
        engine.execute("UPDATE counters SET n = n + 1 WHERE id = 'all'")
    except Exception as error:
        print(type(error).__name__, error, flush=True)
    else:
        print("written", n, flush=True)
"""

FIRST = """
import threading
import time

import sqlglot.dialects.databricks
from sqlglot.dialects import dialect

from data.engines.dialect import read
from data.engines.embedded.dialect import render

quick = dialect.new_trie

def slow(*given):
    time.sleep(0.05)
    return quick(*given)

dialect.new_trie = slow
together, told = threading.Barrier(16), set()

def ask():
    time.sleep(0.012 * together.wait())
    told.add(render(read.__wrapped__("SELECT t.id FROM tickets AS t WHERE t.id = :name")).text.rsplit(" ", 1)[1])

threads = [threading.Thread(target=ask) for _ in range(16)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(*told)
"""
"""A process whose first statements come from many threads at once, while the dialects take their time to load."""


def writer(root: Path, name: str, rounds: int, file_limit: int = -1) -> subprocess.Popen[str]:
    given = [str(root), name, str(rounds), str(file_limit)]
    repository = Path(__file__).parents[3]
    return subprocess.Popen([sys.executable, "-c", WRITER, *given], cwd=repository, stdout=subprocess.PIPE, text=True)


@pytest.fixture
def engine(embedded: EmbeddedEngine) -> EmbeddedEngine:
    embedded.execute(COUNTERS)
    embedded.append("counters", pa.table({"id": ["all"], "n": [0]}))
    return embedded


def counted(engine: EmbeddedEngine) -> int:
    return int(engine.query("SELECT n FROM counters WHERE id = 'all'").column(0)[0].as_py())


def ids(engine: EmbeddedEngine) -> list[str]:
    return list(engine.query("SELECT id FROM counters WHERE id <> 'all'").column(0).to_pylist())


def test_two_processes_lose_none_of_each_others_writes(engine: EmbeddedEngine, root: Path) -> None:
    writers = [writer(root, name, 12) for name in ("one", "two")]
    for process in writers:
        told, _ = process.communicate(timeout=60)
        assert told.count("written") == 12
    assert counted(engine) == 24
    assert sorted(ids(engine)) == sorted(f"{name}-{n}" for name in ("one", "two") for n in range(12))


def test_a_killed_writer_leaves_whole_commits_and_no_lock(engine: EmbeddedEngine, root: Path) -> None:
    written = []
    for attempt in range(4):
        with writer(root, f"try-{attempt}", 10_000) as process:
            assert process.stdout is not None
            for _ in range(attempt + 1):
                written.append(f"try-{attempt}-{process.stdout.readline().split()[1]}")
            time.sleep(attempt * 0.005)  # die in another part of a commit each time
            process.kill()
        assert engine.execute("UPDATE counters SET n = n WHERE id = 'all'") == 1
    found = ids(EmbeddedEngine(root))
    assert set(written) <= set(found)
    assert len(set(found)) == len(found)
    assert len(written) <= counted(engine) <= len(found)


def test_a_full_disk_is_told_and_changes_nothing(engine: EmbeddedEngine, root: Path) -> None:
    before = DeltaTable(root / "counters").version()
    for file_limit in (0, 500):
        told, _ = writer(root, "full", 1, file_limit).communicate(timeout=60)
        assert told.startswith(f"Unavailable Cannot write to {root}"), told
    assert DeltaTable(root / "counters").version() == before
    assert engine.append("counters", pa.table({"id": ["after"], "n": [1]})) == 1
    assert ids(engine) == ["after"]


def test_a_change_is_not_reported_as_failed_when_only_tidying_up_after_it_fails(
    engine: EmbeddedEngine, root: Path
) -> None:
    told, _ = writer(root, "tight", 12, file_limit=5_000).communicate(timeout=60)
    assert told.count("written") == 12
    assert counted(engine) == len(ids(engine)) == 12
    assert not list((root / "counters" / "_delta_log").glob("*.checkpoint.parquet"))
    engine.maintain("counters", Upkeep(), EPOCH)
    assert list((root / "counters" / "_delta_log").glob("*.checkpoint.parquet"))


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for engine in (
        EmbeddedEngine(tmp_path / "file" / "tables", locks=tmp_path / "locks"),
        EmbeddedEngine(tmp_path / "tables", locks=tmp_path / "file"),
    ):
        with pytest.raises(Unavailable, match=f"{tmp_path}/file"):
            engine.execute(COUNTERS)


@pytest.fixture
def meddle(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Somebody who ignores the lock adds 10 to the counter just before each of the next commits."""
    meddler = EmbeddedEngine(root, locks=tmp_path / "other locks")

    def start(times: int) -> None:
        left = [10] * times

        def write(*args: Any, **options: Any) -> None:
            if left:
                more = left.pop()
                with monkeypatch.context() as alone:
                    alone.setattr("data.engines.embedded.commits.write_deltalake", write_deltalake)
                    meddler.execute("UPDATE counters SET n = n + :more WHERE id = 'all'", {"more": more})
            write_deltalake(*args, **options)

        monkeypatch.setattr("data.engines.embedded.commits.write_deltalake", write)

    return start


def test_a_change_lost_to_somebody_without_the_lock_is_made_again(
    engine: EmbeddedEngine, meddle: Callable[[int], None]
) -> None:
    meddle(2)
    assert engine.execute("UPDATE counters SET n = n + 1 WHERE id = 'all'") == 1
    assert counted(engine) == 21


def test_a_change_lost_every_time_is_a_conflict(engine: EmbeddedEngine, meddle: Callable[[int], None]) -> None:
    meddle(99)
    with pytest.raises(Conflict, match="changed counters at the same time"):
        engine.execute("UPDATE counters SET n = n + 1 WHERE id = 'all'")
    assert counted(engine) % 10 == 0


def test_a_lock_held_for_too_long_is_a_conflict(
    engine: EmbeddedEngine, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("data.engines.embedded.locks.PATIENCE_S", 0.05)
    other = EmbeddedEngine(root)
    with engine._locks.held("counters"), pytest.raises(Conflict, match="counters is being changed"):
        other.append("counters", pa.table({"id": ["x"], "n": [1]}))


# Tables that would be read wrongly, or not at all


def rewrite_protocol(table: Path, **protocol: object) -> None:
    entry = table / "_delta_log" / f"{0:020}.json"
    lines = [json.loads(line) for line in entry.read_text().splitlines()]
    for line in lines:
        if "protocol" in line:
            line["protocol"] = protocol
        if "metaData" in line and "columnMapping" in str(protocol):
            line["metaData"]["configuration"]["delta.columnMapping.mode"] = "name"
    entry.write_text("\n".join(map(json.dumps, lines)))


@pytest.mark.parametrize("feature", ["deletionVectors", "columnMapping"])
def test_a_table_with_features_that_plain_reading_gets_wrong_is_refused(
    embedded: EmbeddedEngine, root: Path, feature: str
) -> None:
    embedded.execute(COUNTERS)
    features = {"readerFeatures": [feature], "writerFeatures": [feature]}
    rewrite_protocol(root / "counters", minReaderVersion=3, minWriterVersion=7, **features)
    for ask in (
        lambda: embedded.query("SELECT id FROM counters"),
        lambda: embedded.append("counters", pa.table({"id": ["x"], "n": [1]})),
        lambda: EmbeddedEngine(root).columns("counters"),
    ):
        with pytest.raises(Unavailable, match="counters"):
            ask()


def test_a_damaged_log_is_told_with_the_name_of_the_table(engine: EmbeddedEngine, root: Path) -> None:
    (root / "counters" / "_delta_log" / f"{2:020}.json").write_text('{"add": {"pa')
    for ask in (
        lambda: engine.query("SELECT id FROM counters"),
        lambda: engine.columns("counters"),
        lambda: engine.execute("DELETE FROM counters"),
        lambda: engine.maintain("counters", Upkeep(), EPOCH),
        lambda: engine.last_data_change("counters"),
    ):
        with pytest.raises(Unavailable, match="counters"):
            ask()


@pytest.mark.parametrize("damage", ["emptied", "missing"])
def test_a_damaged_file_is_told_with_the_name_of_the_table(engine: EmbeddedEngine, root: Path, damage: str) -> None:
    for file in (root / "counters").glob("*.parquet"):
        file.write_bytes(b"") if damage == "emptied" else file.unlink()
    for ask in (
        lambda: engine.query("SELECT id FROM counters"),
        lambda: engine.execute("UPDATE counters SET n = 1"),
        lambda: EmbeddedEngine(root).query("SELECT id FROM counters"),
    ):
        with pytest.raises(Unavailable, match="counters"):
            ask()


def test_the_first_statements_of_a_process_are_read_right_by_all_its_threads() -> None:
    repository = Path(__file__).parents[3]
    ran = subprocess.run([sys.executable, "-c", FIRST], cwd=repository, capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["$name"]
