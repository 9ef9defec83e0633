"""The DuckDB in memory that evaluates all SQL. It may touch the tables' folder and nothing else."""

from __future__ import annotations

import threading
import time
import warnings
import weakref
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from duckdb import DuckDBPyConnection

from data.engines.embedded.dialect import Rendered
from data.engines.embedded.failures import reading
from data.engines.embedded.snapshots import Snapshot
from data.engines.parameters import bound
from data.engines.shapes import in_utc

# DuckDB advises `sql`, which saves a copy of the rows but plans each statement twice: 10 of 40 ms of the front page.
warnings.filterwarnings("ignore", "Arrow output on a DB-API result makes an extra copy", UserWarning)

SHUT_PATIENCE_S = 5.0
MACROS = ("arrays_overlap(a, b) AS list_has_any(a, b)",)
"""Functions that Databricks has and DuckDB calls otherwise, where sqlglot does not translate them."""
_SUM_OF_BIGINT = pa.decimal128(38, 0)


class Database:
    def __init__(self, root: Path, spill: Path, memory: str, threads: int, time_limit: timedelta) -> None:
        self._time_limit = time_limit.total_seconds()
        self._db = duckdb.connect(":memory:")
        for macro in MACROS:
            self._db.execute(f"CREATE MACRO {macro}")
        for knob, value in {
            "GLOBAL TimeZone": "UTC",
            "memory_limit": memory,
            "threads": threads,
            "temp_directory": str(spill),
            "parquet_metadata_cache": True,
            "python_enable_replacements": False,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "allowed_directories": [str(root)],
            "enable_external_access": False,
            "lock_configuration": True,
        }.items():
            self._db.execute(f"SET {knob} = {_literal(value)}")
        self._running: dict[int, tuple[DuckDBPyConnection, float]] = {}
        closed = threading.Event()
        self.close = weakref.finalize(self, _shut, self._db, self._running, closed)
        """Also runs at exit: an open database makes DuckDB's binding complain on stderr."""
        args = (self._running, closed, min(1.0, self._time_limit / 4))
        threading.Thread(target=_stop_overdue, args=args, name="statement-time-limit", daemon=True).start()

    @contextmanager
    def cursor(self) -> Iterator[DuckDBPyConnection]:
        """For one statement: its temporary tables and registered rows end with it, and its time is limited."""
        cursor = self._db.cursor()
        self._running[id(cursor)] = cursor, time.monotonic() + self._time_limit
        try:
            yield cursor
        finally:
            del self._running[id(cursor)]
            cursor.close()


def _stop_overdue(
    running: Mapping[int, tuple[DuckDBPyConnection, float]], closed: threading.Event, every_s: float
) -> None:
    while not closed.wait(every_s):
        for cursor, deadline in list(running.values()):
            if time.monotonic() > deadline:
                cursor.interrupt()


def _shut(
    db: DuckDBPyConnection, running: Mapping[int, tuple[DuckDBPyConnection, float]], closed: threading.Event
) -> None:
    """Statements that nobody waits for any more are stopped first: closing under them would abort the process."""
    closed.set()
    patience = time.monotonic() + SHUT_PATIENCE_S
    while running and time.monotonic() < patience:
        for cursor, _ in list(running.values()):
            cursor.interrupt()
        time.sleep(0.01)
    if not running:
        db.close()


def evaluate(
    cursor: DuckDBPyConnection, sql: Rendered, params: Mapping[str, Any], snapshots: Mapping[str, Snapshot]
) -> pa.Table:
    text, given = bind(sql, params, snapshots)
    with reading(snapshots):
        answer: pa.RecordBatchReader = cursor.execute(text, given).to_arrow_reader()
        return _plain(answer.read_all())


def change(
    cursor: DuckDBPyConnection, sql: Rendered, params: Mapping[str, Any], snapshots: Mapping[str, Snapshot]
) -> int:
    """Run an UPDATE, DELETE or MERGE against the cursor's own tables; the number of rows truly affected."""
    text, given = bind(sql, params, snapshots)
    with reading(snapshots):
        row = cursor.execute(text, given).fetchone()
    return int(row[0]) if row else 0


def bind(sql: Rendered, params: Mapping[str, Any], snapshots: Mapping[str, Snapshot]) -> tuple[str, dict[str, Any]]:
    files = {snapshots[t].parameter: snapshots[t].paths for t in sql.tables}
    return sql.pinned(lambda table: snapshots[table].relation(sql.names)), {**bound(sql.params, params), **files}


def _plain(table: pa.Table) -> pa.Table:
    table = in_utc(table)
    for place, field in enumerate(table.schema):
        if field.type == _SUM_OF_BIGINT:
            with suppress(pa.ArrowInvalid):
                table = table.set_column(place, field.name, table.column(place).cast(pa.int64()))
    return table


def _literal(value: object) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_literal, value))}]"
    return str(value) if isinstance(value, bool | int) else "'" + str(value).replace("'", "''") + "'"
