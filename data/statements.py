"""Loads the files of `sql/`, checks each header against its body, binds parameters and rows.

A file holds one statement under a header:

    -- purpose: what it is for, in one line
    -- params: check_id STRING, since TIMESTAMP
    -- rows: changes(check_id STRING, state STRING)      only if it takes a set of rows
    -- reads: status_current                             (and/or `-- writes:`)
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from data.engines.base import Engine
from data.errors import Invalid
from data.meters import STATEMENTS

SQL = Path(__file__).parent.parent / "sql"
Row = dict[str, Any]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

ARROW_TYPES: Mapping[str, pa.DataType] = {
    "STRING": pa.string(),
    "BIGINT": pa.int64(),
    "INT": pa.int32(),
    "DOUBLE": pa.float64(),
    "BOOLEAN": pa.bool_(),
    "DATE": pa.date32(),
    "TIMESTAMP": pa.timestamp("us", tz="UTC"),
    "ARRAY<STRING>": pa.list_(pa.string()),
    "ARRAY<TIMESTAMP>": pa.list_(pa.timestamp("us", tz="UTC")),
}
_HEADER = re.compile(r"^--\s*(purpose|params|rows|reads|writes):\s*(.*)$")
_COLUMN = re.compile(r"(\w+)\s+([A-Z]+(?:<[A-Z]+>)?)")
_ROWSET = re.compile(r"(\w+)\s*\((.*)\)\s*$")
_NOISE = re.compile(r"--[^\n]*|'[^']*'|`[^`]*`")
_USED = re.compile(r"(?<![:\w]):([a-z_]\w*)")


@dataclass(frozen=True)
class Statement:
    name: str
    sql: str
    purpose: str
    params: Mapping[str, str] = field(default_factory=dict)
    rowset: str | None = None
    row_columns: Mapping[str, str] = field(default_factory=dict)


def parse(name: str, text: str) -> Statement:
    """Raises Invalid, naming the file, when the header and the body disagree."""
    header = {m[1]: m[2] for line in text.splitlines() if (m := _HEADER.match(line))}
    if not header.get("purpose") or not ({"reads", "writes"} & header.keys()):
        raise Invalid(f"sql/{name}.sql: the header needs `-- purpose:` and `-- reads:` or `-- writes:`.")
    params = dict(_COLUMN.findall(header.get("params", "")))
    used = set(_USED.findall(_NOISE.sub("", text)))
    if used != params.keys():
        raise Invalid(f"sql/{name}.sql: declared and used parameters differ: {sorted(used ^ params.keys())}.")
    rowset = _ROWSET.match(header.get("rows", ""))
    body = "\n".join(line for line in text.splitlines() if not line.startswith("--")).strip().rstrip(";")
    if rowset is None:
        return Statement(name, body, header["purpose"], params)
    return Statement(name, body, header["purpose"], params, rowset[1], dict(_COLUMN.findall(rowset[2])))


@lru_cache(1)
def load(folder: Path = SQL) -> Mapping[str, Statement]:
    """All statements by `area/verb_noun` (tables, changes and views belong to `schema`)."""
    files = [f for f in sorted(folder.glob("*/*.sql")) if f.parent.name not in {"tables", "changes", "views"}]
    return {name: parse(name, f.read_text()) for f in files if (name := f"{f.parent.name}/{f.stem}")}


class Statements:
    """The only way from an area to its engine: by the name of a file in `sql/`."""

    def __init__(self, engine: Engine, folder: Path = SQL) -> None:
        self.engine = engine
        self._all = load(folder)

    def table(self, name: str, /, **params: Any) -> pa.Table:
        statement = self._all[name]
        bound = self._bound(statement, params)
        with STATEMENTS["query"].timed():
            return self.engine.query(statement.sql, bound)

    def rows(self, name: str, /, **params: Any) -> list[Row]:
        return rows_of(self.table(name, **params))

    def one(self, name: str, /, **params: Any) -> Row | None:
        return next(iter(self.rows(name, **params)), None)

    def frame(self, name: str, /, **params: Any) -> pd.DataFrame:
        frame: pd.DataFrame = self.table(name, **params).to_pandas()
        return frame

    def run(self, name: str, /, rows: Iterable[Row] | None = None, **params: Any) -> int:
        """Execute a writing statement; the number of rows affected."""
        statement = self._all[name]
        sets = {} if rows is None else {str(statement.rowset): as_table(rows, statement.row_columns)}
        bound = self._bound(statement, params)
        with STATEMENTS["execute"].timed():
            return self.engine.execute(statement.sql, bound, sets)

    def append(self, table: str, rows: Iterable[Row]) -> int:
        listed = list(rows)
        if not listed:
            return 0
        known = self.engine.columns(table)
        names = listed[0].keys()
        made = pa.Table.from_pylist(listed, pa.schema([known.field(n) for n in names]))
        with STATEMENTS["append"].timed():
            return self.engine.append(table, made)

    @staticmethod
    def _bound(statement: Statement, params: Mapping[str, Any]) -> Mapping[str, Any]:
        if params.keys() != statement.params.keys():
            raise TypeError(f"{statement.name} takes {sorted(statement.params)}, got {sorted(params)}")
        return params


def rows_of(table: pa.Table) -> list[Row]:
    """As `to_pylist`, which takes ten times as long for a time and fifty times for a date."""
    names, columns = table.column_names, [values_of(column) for column in table.columns]
    return [dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)]


def values_of(column: pa.ChunkedArray) -> list[Any]:
    if column.type == ARROW_TYPES["TIMESTAMP"]:
        return [None if us is None else EPOCH + timedelta(0, 0, us) for us in column.cast(pa.int64()).to_pylist()]
    values: list[Any] = column.to_numpy().tolist() if column.type == ARROW_TYPES["DATE"] else column.to_pylist()
    return values


def as_table(rows: Iterable[Row], columns: Mapping[str, str]) -> pa.Table:
    """Rows as Arrow in the declared columns; surplus keys are dropped, missing ones become NULL."""
    schema = pa.schema([(name, ARROW_TYPES[kind]) for name, kind in columns.items()])
    return pa.Table.from_pylist([{n: row.get(n) for n in columns} for row in rows], schema)
