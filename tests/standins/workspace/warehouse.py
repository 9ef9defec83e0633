"""Runs the SQL of a session on the embedded engine, which takes most of it as it is; the rest is done here."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from data.engines.embedded import EmbeddedEngine
from data.errors import PortalError
from tests.standins.workspace import described, kept
from tests.standins.workspace.errors import SqlError, sql_error
from tests.standins.workspace.rows import taken_out

NAMESPACE = "main.portal"
LIMIT_S = 60.0
"""The embedded engine's own, for one statement."""

_LEADING = re.compile(r"\A(?:\s+|--[^\n]*(?:\n|\Z)|/\*.*?\*/)+", re.DOTALL)
_TABLE = r"(?P<table>(?:`[^`]+`|[\w.])+)"
_COUNTS = {"insert": ("num_affected_rows", "num_inserted_rows")}


@dataclass(frozen=True)
class Answer:
    rows: pa.Table
    modified: int | None = None
    """Rows affected by an INSERT, UPDATE, DELETE or MERGE."""


class Warehouse:
    def __init__(self, engine: EmbeddedEngine, tables: Path, definitions: Path) -> None:
        self.engine = engine
        self._tables = tables
        self._definitions = definitions
        self._commands: tuple[tuple[re.Pattern[str], Callable[..., pa.Table]], ...] = tuple(
            (re.compile(rf"{pattern}\s*;?\s*\Z", re.IGNORECASE | re.DOTALL), command)
            for pattern, command in (
                (rf"CREATE\s+VIEW\s+IF\s+NOT\s+EXISTS\s+{_TABLE}\s+AS\s+(?P<query>.+)", self._create_view),
                (rf"ALTER\s+VIEW\s+{_TABLE}\s+AS\s+(?P<query>.+)", self._replace_view),
                (rf"SHOW\s+CREATE\s+TABLE\s+{_TABLE}", self._show_create),
                (rf"DESC(?:RIBE)?\s+HISTORY\s+{_TABLE}(?:\s+LIMIT\s+(?P<limit>\d+))?", self._history),
                (rf"DESC(?:RIBE)?\s+DETAIL\s+{_TABLE}", self._detail),
                (rf"OPTIMIZE\s+{_TABLE}(?:\s+WHERE\s+(?P<where>.+))?", self._optimize),
                (rf"VACUUM\s+{_TABLE}(?:\s+RETAIN\s+(?P<hours>[\d.]+)\s+HOURS)?", self._vacuum),
                (rf"DROP\s+TABLE\s+(?P<exists>IF\s+EXISTS\s+)?{_TABLE}", self._drop),
                (r"CREATE\s+SCHEMA\s+IF\s+NOT\s+EXISTS\s+[\w.`]+", described.nothing),
                (r"DROP\s+SCHEMA\s+IF\s+EXISTS\s+[\w.`]+\s+CASCADE", self._drop_all),
            )
        )

    def run(self, sql: str, params: Mapping[str, Any]) -> Answer:
        """Raises SqlError."""
        text = _LEADING.sub("", sql)
        try:
            for pattern, command in self._commands:
                if found := pattern.match(text):
                    return Answer(command(**found.groupdict()))
            return self._run(text, params)
        except PortalError as error:
            raise sql_error(error, LIMIT_S) from error

    def _run(self, sql: str, params: Mapping[str, Any]) -> Answer:
        tree = _parsed(sql)
        rows: dict[str, pa.Table] = {}
        if "from_json" in sql.lower():
            tree, rows = taken_out(tree, params)
            sql = tree.sql("databricks")
        _refuse_null_lists(tree, params)
        if isinstance(tree, exp.Query):
            if rows:
                raise SqlError("UNSUPPORTED_FEATURE", "The stand-in takes rows from JSON only in a change.", "0A000")
            return Answer(self.engine.query(sql, params))
        if isinstance(tree, exp.Alter):
            self._refuse_present_columns(tree)
        affected = self.engine.execute(sql, params, rows)
        if isinstance(tree, exp.Create):
            kept.keep(self._definitions, tree)
        if isinstance(tree, exp.Create | exp.Alter):
            return Answer(described.nothing())
        names = _COUNTS.get(tree.key, ("num_affected_rows",))
        return Answer(pa.table({name: [affected] for name in names}), affected)

    def _refuse_present_columns(self, tree: exp.Alter) -> None:
        """Databricks does not overlook a column that is there already."""
        present = {name.lower() for name in self.engine.columns(tree.this.name.lower()).names}
        if again := [c.name for c in tree.find_all(exp.ColumnDef) if c.name.lower() in present]:
            words = f"Cannot add column, because `{again[0]}` already exists in {tree.this.name}."
            raise SqlError("FIELD_ALREADY_EXISTS", words, "42710")

    def _create_view(self, table: str, query: str) -> pa.Table:
        return described.nothing() if self._view(table) else self._replace_view(table, query)

    def _replace_view(self, table: str, query: str) -> pa.Table:
        self.engine.execute(f"CREATE OR REPLACE VIEW {table} AS {query}")
        return described.nothing()

    def _view(self, table: str) -> str | None:
        file = self._tables / "_views" / f"{_bare(table)}.sql"
        return file.read_text() if file.exists() else None

    def _show_create(self, table: str) -> pa.Table:
        if view := self._view(table):
            told = f"CREATE VIEW {NAMESPACE}.{_bare(table)}\nWITH SCHEMA COMPENSATION\nAS {view}\n"
            return pa.table({"createtab_stmt": [told]})
        path = self._path(table)
        told = kept.create_statement(f"{NAMESPACE}.{path.name}", path, self._definitions / path.name)
        return pa.table({"createtab_stmt": [told]})

    def _history(self, table: str, limit: str | None) -> pa.Table:
        return described.history(self._path(table), None if limit is None else int(limit))

    def _detail(self, table: str) -> pa.Table:
        path = self._path(table)
        return described.detail(path, f"{NAMESPACE}.{path.name}")

    def _optimize(self, table: str, where: str | None) -> pa.Table:
        return described.optimize(self._path(table), where)

    def _vacuum(self, table: str, hours: str | None) -> pa.Table:
        return described.vacuum(self._path(table), None if hours is None else float(hours))

    def _drop(self, table: str, exists: str | None) -> pa.Table:
        try:
            kept.drop(self._path(table), self._definitions)
        except PortalError:
            if not exists:
                raise
        return described.nothing()

    def _drop_all(self) -> pa.Table:
        """There is but one schema here, whatever its name."""
        for path in sorted(self._tables.glob("*/_delta_log")):
            kept.drop(path.parent, self._definitions)
        return described.nothing()

    def _path(self, table: str) -> Path:
        """Raises NotFound."""
        self.engine.columns(_bare(table))
        return self._tables / _bare(table)


def _bare(table: str) -> str:
    return table.rpartition(".")[2].strip("`").lower()


def _refuse_null_lists(tree: exp.Expr, params: Mapping[str, Any]) -> None:
    """NULL from a parameter has no type, unless it is given one by CAST."""
    for bare in tree.find_all(exp.Placeholder):
        asked = isinstance(bare.parent, exp.ArrayContains | exp.Anonymous)
        if asked and bare.name in params and params[bare.name] is None:
            words = f"Cannot resolve because of data type mismatch: Null typed values cannot be used: :{bare.name}."
            raise SqlError("DATATYPE_MISMATCH.NULL_TYPE", words, "42K09")


def _parsed(sql: str) -> exp.Expr:
    try:
        return sqlglot.parse_one(sql, read="databricks")
    except SqlglotError as error:
        words = f"Syntax error. {str(error).splitlines()[0]}"
        raise SqlError("PARSE_SYNTAX_ERROR", words, "42601") from error
