"""The engine contract: what the house asks of whatever stores its Delta tables.

Every engine runs the same files of `sql/` (Databricks dialect, `:name` parameters) and must pass
`tests/data/engines/test_contract*.py`. Errors: `Invalid` for SQL the contract does not allow, `Conflict` when a commit
lost a race after all retries, `Unavailable` when the store cannot be reached, read or written. Never a driver's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

import pyarrow as pa

Params = Mapping[str, Any]
Rows = Mapping[str, pa.Table]
NOTHING: Mapping[str, Any] = {}


@dataclass(frozen=True)
class DataChange:
    """The newest commit that changed rows. OPTIMIZE, VACUUM, schema and property commits do not count."""

    version: int
    at: datetime
    operation: str


@dataclass(frozen=True)
class Upkeep:
    """How a table is kept. Rows whose `day` is older than `keep` are dropped; None keeps them for ever."""

    keep: timedelta | None = None
    vacuum_after: timedelta = timedelta(hours=24)


@dataclass(frozen=True)
class UpkeepReport:
    rows_deleted: int
    files_before: int
    files_after: int
    files_vacuumed: int


class Engine(Protocol):
    def query(self, sql: str, params: Params = NOTHING) -> pa.Table:
        """Run one SELECT. Timestamps come back as timestamp[us, UTC]."""
        ...

    def execute(self, sql: str, params: Params = NOTHING, rows: Rows = NOTHING) -> int:
        """Run one INSERT, UPDATE, DELETE, MERGE or DDL statement; the number of rows truly affected (DDL: 0).

        `rows` binds Arrow tables to relation names in the statement (a MERGE source of many rows).
        """
        ...

    def append(self, table: str, rows: pa.Table) -> int:
        """Append rows in one commit. Columns missing from `rows` become NULL; unknown ones are refused."""
        ...

    def columns(self, table: str) -> pa.Schema:
        """The table's columns in order. `NotFound` if there is no such table."""
        ...

    def last_data_change(self, table: str) -> DataChange | None:
        """None when the table never received data. `table`: a bare name, `catalog.schema.table` or a path."""
        ...

    def maintain(self, table: str, upkeep: Upkeep, now: datetime) -> UpkeepReport:
        """Retention, compaction (rows clustered by the table's key columns) and vacuum."""
        ...

    def close(self) -> None: ...
