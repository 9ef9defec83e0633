"""The engine without Databricks: Delta tables in a local folder, committed by delta-rs, evaluated by DuckDB."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pyarrow as pa
from deltalake import DeltaTable, Schema
from deltalake.exceptions import DeltaError
from duckdb import DuckDBPyConnection
from sqlglot import exp

from data.engines.base import NOTHING, DataChange, Params, Rows, Upkeep, UpkeepReport
from data.engines.ddl import added_columns, missing, table_definition, view_definition
from data.engines.dialect import question, read, table_name
from data.engines.embedded import commits, history
from data.engines.embedded import upkeep as care
from data.engines.embedded.database import Database, evaluate
from data.engines.embedded.dialect import select
from data.engines.embedded.failures import words, writing
from data.engines.embedded.inserts import insert_plan
from data.engines.embedded.locks import WriteLocks, persistently
from data.engines.embedded.rewrites import change_plan, replacement
from data.engines.embedded.snapshots import Snapshot, Snapshots
from data.engines.embedded.views import Views
from data.errors import Invalid, NotFound, PortalError

log = logging.getLogger(__name__)
Attempt = Callable[[DeltaTable, Snapshot, DuckDBPyConnection], int]


class EmbeddedEngine:
    """Tables are the folders of `root`. Safe for threads and for several processes on one machine.

    `rewrite_limit`: the most rows that one UPDATE, DELETE or MERGE may copy; more raise Invalid.
    """

    def __init__(
        self,
        root: Path,
        locks: Path | None = None,
        rewrite_limit: int = 250_000,
        *,
        memory: str = "512MB",
        threads: int = 2,
        time_limit: timedelta = timedelta(seconds=60),
    ) -> None:
        self._root = Path(root).resolve()
        beside = Path(locks or self._root.with_name(f"{self._root.name}.locks")).resolve()
        self._limit = rewrite_limit
        self._locks = WriteLocks(beside)
        self._snapshots = Snapshots(self._root)
        self._views = Views(self._root)
        self._openers = ThreadPoolExecutor(4, "open-table")
        self._database = Database(self._root, beside / "spill", memory, threads, time_limit)

    def query(self, sql: str, params: Params = NOTHING) -> pa.Table:
        asked = self._views.unfolded(select(sql))
        with self._database.cursor() as cursor:
            return evaluate(cursor, asked, params, self._pinned(asked.tables))

    def execute(self, sql: str, params: Params = NOTHING, rows: Rows = NOTHING) -> int:
        tree = read(sql)
        match tree:
            case exp.Create(kind="VIEW"):
                return self._create_view(tree)
            case exp.Create():
                return self._create(tree)
            case exp.Alter():
                return self._add_columns(tree)
            case exp.Insert():
                return self._insert(sql, params, rows)
            case exp.Update() | exp.Delete() | exp.Merge():
                return self._change(sql, tree, params, rows)
        raise Invalid("A SELECT changes nothing; it is run as a query.")

    def append(self, table: str, rows: pa.Table) -> int:
        def attempt(handle: DeltaTable, before: Snapshot, _: DuckDBPyConnection) -> int:
            return commits.append(handle, before.conform(rows))

        return self._commit(table, attempt)

    def columns(self, table: str) -> pa.Schema:
        return self._snapshots[table].schema

    def last_data_change(self, table: str) -> DataChange | None:
        return history.last_data_change(history.locate(self._root, table), table)

    def maintain(self, table: str, upkeep: Upkeep, now: datetime) -> UpkeepReport:
        before = len(self._snapshots[table].files)
        deleted = self._commit(table, lambda handle, seen, _: care.expire(handle, seen, upkeep.keep, now))
        for files in care.leftovers(self._snapshots[table], now.astimezone(UTC).date()):
            self._commit(table, partial(care.merge, files=files))
        vacuumed = self._commit(table, lambda handle, _, __: care.vacuum(handle, upkeep.vacuum_after))
        return UpkeepReport(deleted, before, len(self._snapshots[table].files), vacuumed)

    def close(self) -> None:
        self._database.close()

    def _create(self, tree: exp.Create) -> int:
        new = table_definition(tree)
        with self._locks.held(new.table), writing(self._root, new.table):
            if self._snapshots.exists(new.table):
                if not new.if_not_exists:
                    raise Invalid(f"The table {new.table} exists already.")
                return 0
            if self._views.has(new.table):
                raise Invalid(f"A view {new.table} exists already.")
            path, columns = self._root / new.table, Schema(new.fields)
            DeltaTable.create(path, columns, partition_by=new.partition_by, configuration=new.configuration)
        return 0

    def _create_view(self, tree: exp.Create) -> int:
        name, query = view_definition(tree)
        self.query(question(query).limit(0).sql("databricks"))
        with self._locks.held(name):
            if self._snapshots.exists(name):
                raise Invalid(f"A table {name} exists already.")
            self._views.keep(name, query)
        return 0

    def _add_columns(self, tree: exp.Alter) -> int:
        table, fields = added_columns(tree)

        def attempt(handle: DeltaTable, _: Snapshot, __: DuckDBPyConnection) -> int:
            if new := missing(table, fields, handle.schema().fields):
                handle.alter.add_columns(new, post_commithook_properties=commits.NOTHING_AFTER)
            return 0

        return self._commit(table, attempt)

    def _insert(self, sql: str, params: Params, rows: Rows) -> int:
        plan = insert_plan(sql, frozenset(rows))
        source = self._views.unfolded(plan.source)

        def attempt(handle: DeltaTable, before: Snapshot, cursor: DuckDBPyConnection) -> int:
            _register(cursor, rows)
            found = evaluate(cursor, source, params, self._pinned(source.tables, before))
            return commits.append(handle, before.conform(plan.named(found, before)))

        return self._commit(plan.table, attempt)

    def _change(self, sql: str, tree: exp.Expr, params: Params, rows: Rows) -> int:
        def attempt(handle: DeltaTable, before: Snapshot, cursor: DuckDBPyConnection) -> int:
            plan = change_plan(sql, frozenset(rows), before.prunable).over(self._views.unfolded)
            _register(cursor, rows)
            new = replacement(cursor, plan, params, before, self._pinned(plan.tables, before), self._limit)
            if new.affected and new.rows is None:
                commits.delete(handle, new.predicate)
            elif new.affected:
                commits.overwrite(handle, before.conform(new.rows), new.predicate, tree.key.upper())
            return new.affected

        return self._commit(table_name(tree.this), attempt)

    def _commit(self, table: str, attempt: Attempt) -> int:
        """Run `attempt` as the table's only writer, on its newest version; again if somebody still came in between."""
        if not self._snapshots.exists(table):
            raise Invalid(f"{table} is a view.") if self._views.has(table) else NotFound(f"There is no table {table}.")

        def once() -> int:
            handle = self._snapshots.borrow(table)
            before = self._snapshots.keep(table, handle)
            with self._database.cursor() as cursor, writing(self._root, table):
                affected = attempt(handle, before, cursor)
            if handle.version() > before.version:
                after = self._snapshots.keep(table, handle)
                self._tidy(handle, before, after)
                if not care.is_due_for_checkpoint(before, after):
                    self._snapshots.give_back(table, handle)
            return affected

        with self._locks.held(table):
            return persistently(table, once)

    def _tidy(self, handle: DeltaTable, before: Snapshot, after: Snapshot) -> None:
        """The change is in already: what fails here is left to the next one, or to `maintain`."""
        try:
            if care.is_due_for_checkpoint(before, after):
                handle.create_checkpoint()
            for files in care.crowds(after):
                with self._database.cursor() as cursor:
                    care.merge(self._snapshots.open(after.table), after, cursor, files)
        except (PortalError, DeltaError, OSError) as error:
            log.warning("%s was changed, but not tidied up: %s", after.table, words(error))

    def _pinned(self, tables: Iterable[str], target: Snapshot | None = None) -> dict[str, Snapshot]:
        others = [table for table in tables if target is None or table != target.table]
        known = {} if target is None else {target.table: target}
        return known | dict(zip(others, self._openers.map(self._snapshots.__getitem__, others), strict=True))


def _register(cursor: DuckDBPyConnection, rows: Rows) -> None:
    for name, table in rows.items():
        cursor.register(name, table)
