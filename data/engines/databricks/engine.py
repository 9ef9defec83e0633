"""The contract in Databricks SQL, over anything that runs statements: a warehouse's connections or a SparkSession."""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol, Self

import pyarrow as pa
from sqlglot import exp
from tenacity import RetryError, Retrying, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from data.engines.base import NOTHING, DataChange, Params, Rows, Upkeep, UpkeepReport
from data.engines.databricks import relations
from data.engines.databricks.appends import append_statement
from data.engines.databricks.failures import LostRace
from data.engines.databricks.history import newest_data_change
from data.engines.ddl import TableDefinition, added_columns, missing, table_definition, view_definition
from data.engines.dialect import question, read
from data.engines.parameters import bound
from data.engines.shapes import conform, in_utc
from data.errors import Conflict, Invalid, NotFound

AFFECTED = "num_affected_rows"
AT_ONCE = 10_000
"""Rows in one appending statement: a few megabytes of JSON."""
SHORTEST_VACUUM = timedelta(days=7)
"""Databricks refuses less, because running queries and time travel still need the files."""
_NAME = re.compile(r"(?:[\w-]+\.){0,2}[\w-]+")
DAY = "day"


@dataclass(frozen=True)
class Answer:
    rows: pa.Table
    affected: int

    @classmethod
    def of(cls, rows: pa.Table, counted: int = -1) -> Self:
        """`counted`: the rows affected, where the transport tells; else DML says it in the answer's only row."""
        rows = in_utc(rows)
        if counted < 0 and rows.num_rows and AFFECTED in rows.column_names:
            counted = int(rows.column(AFFECTED)[0].as_py())
        return cls(rows, max(counted, 0))


class Transport(Protocol):
    def run(self, sql: str, params: Params) -> Answer:
        """Run one statement, at most once. Raises PortalError, or LostRace when it may run again as it is."""
        ...

    def close(self) -> None: ...


class DatabricksEngine:
    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._definitions: dict[str, TableDefinition] = {}
        self._lock = threading.Lock()

    def query(self, sql: str, params: Params = NOTHING) -> pa.Table:
        return self._run(sql, _used(question(sql), params)).rows

    def execute(self, sql: str, params: Params = NOTHING, rows: Rows = NOTHING) -> int:
        tree = read(sql)
        match tree:
            case exp.Create(kind="VIEW"):
                return self._create_view(tree)
            case exp.Create():
                table_definition(tree)
                self._run(sql, {})
                return 0
            case exp.Alter():
                return self._add_columns(tree)
            case exp.Insert() | exp.Update() | exp.Delete() | exp.Merge():
                if tree.args.get("overwrite"):
                    raise Invalid("INSERT OVERWRITE is not supported.")
                text, carried = relations.with_rows(sql, rows)
                return self._run(text, {**_used(tree, params), **carried}).affected
        raise Invalid("A SELECT changes nothing; it is run as a query.")

    def append(self, table: str, rows: pa.Table) -> int:
        """Rows whose key is there already are left out, so that a write whose answer got lost may be repeated."""
        definition = self._definition(table)
        given = conform(definition.table, definition.schema, rows)
        parts = (given.slice(start, AT_ONCE) for start in range(0, given.num_rows, AT_ONCE))
        return sum(self._run(*append_statement(definition, part)).affected for part in parts)

    def columns(self, table: str) -> pa.Schema:
        return self._definition(table).schema

    def last_data_change(self, table: str) -> DataChange | None:
        name = _quoted(table)
        for limit in (20, 1000):
            entries = self._run(f"DESCRIBE HISTORY {name} LIMIT {limit}", {}).rows.to_pylist()
            if (change := newest_data_change(entries)) or len(entries) < limit:
                return change
        return None

    def maintain(self, table: str, upkeep: Upkeep, now: datetime) -> UpkeepReport:
        name = _quoted(table)
        before, deleted = self._files(name), 0
        if upkeep.keep is not None and DAY in self.columns(table).names:
            oldest = {"oldest": (now - upkeep.keep).date()}
            expired = exp.delete(name, exp.column(DAY) < exp.Placeholder(this="oldest"), dialect="databricks")
            deleted = self._run(expired.sql("databricks"), oldest).affected
        self._run(f"OPTIMIZE {name}", {})
        hours = max(upkeep.vacuum_after, SHORTEST_VACUUM) // timedelta(hours=1)
        self._run(f"VACUUM {name} RETAIN {hours} HOURS", {})
        return UpkeepReport(deleted, before, self._files(name), self._vacuumed(name))

    def close(self) -> None:
        self._transport.close()

    def _run(self, sql: str, params: Params) -> Answer:
        """A lost race wrote nothing, so it is run again; nothing else is."""
        waits = wait_random_exponential(multiplier=0.05, max=2)
        retrying = Retrying(stop=stop_after_attempt(8), wait=waits, retry=retry_if_exception_type(LostRace))
        try:
            return retrying(self._transport.run, sql, params)
        except RetryError as error:
            raise Conflict("Somebody else changed the same rows at the same time; try again.") from error

    def _definition(self, table: str) -> TableDefinition:
        with self._lock:
            known = self._definitions.get(table)
        if known is None:
            shown = str(self._run(f"SHOW CREATE TABLE {_quoted(table)}", {}).rows.column(0)[0])
            if shown.startswith("CREATE VIEW"):
                raise Invalid(f"{table} is a view.")
            tree = read(shown)
            if not isinstance(tree, exp.Create):
                raise NotFound(f"{table} is not a table.")
            known = table_definition(tree)
            with self._lock:
                self._definitions[table] = known
        return known

    def _create_view(self, tree: exp.Create) -> int:
        """REPLACE would take away the rights that people were given on the view; ALTER leaves them."""
        view, query = view_definition(tree)
        for change in ("CREATE VIEW IF NOT EXISTS", "ALTER VIEW"):
            self._run(f"{change} {_quoted(view)} AS {query}", {})
        return 0

    def _add_columns(self, tree: exp.Alter) -> int:
        """Databricks refuses a column that is there; a change must be harmless when it runs again."""
        table, fields = added_columns(tree)
        if new := missing(table, fields, self._definition(table).fields):
            wanted = {field.name for field in new}
            definitions = [d.sql("databricks") for d in tree.find_all(exp.ColumnDef) if d.name in wanted]
            self._run(f"ALTER TABLE {_quoted(table)} ADD COLUMNS ({', '.join(definitions)})", {})
            with self._lock:
                self._definitions.pop(table, None)
        return 0

    def _files(self, name: str) -> int:
        return int(self._run(f"DESCRIBE DETAIL {name}", {}).rows.column("numFiles")[0].as_py())

    def _vacuumed(self, name: str) -> int:
        """VACUUM itself answers with the table's path only; its commit tells."""
        newest: list[Mapping[str, Any]] = self._run(f"DESCRIBE HISTORY {name} LIMIT 1", {}).rows.to_pylist()
        metrics = dict(newest[0].get("operationMetrics") or {}) if newest else {}
        return int(metrics.get("numDeletedFiles") or 0)


def _used(tree: exp.Expr, params: Params) -> dict[str, Any]:
    return bound((found.name for found in tree.find_all(exp.Placeholder)), params)


def _quoted(table: str) -> str:
    """Raises NotFound for what cannot be a table's name."""
    plain = table.replace("`", "")
    if not _NAME.fullmatch(plain):
        raise NotFound(f"There is no table {table}.")
    return ".".join(f"`{part}`" for part in plain.split("."))
