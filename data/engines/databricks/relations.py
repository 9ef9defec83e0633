"""Arrow rows inside a statement: one JSON parameter that Databricks reads back into a relation.

A row set of any size is one string, so nothing is joined into SQL and no limit on the number of parameters is met.
Every value travels as text and is cast on arrival, which keeps integers, times and NULL exact.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any

import pyarrow as pa
from sqlglot import exp

from data.engines.base import Rows
from data.engines.dialect import is_cte, read, table_name
from data.errors import Invalid

Columns = tuple[tuple[str, str], ...]
"""Name and Databricks type."""

_TYPES = {
    pa.string(): "STRING",
    pa.large_string(): "STRING",
    pa.int64(): "BIGINT",
    pa.int32(): "INT",
    pa.float64(): "DOUBLE",
    pa.bool_(): "BOOLEAN",
    pa.date32(): "DATE",
    pa.null(): "STRING",
}


def with_rows(sql: str, rows: Rows) -> tuple[str, dict[str, str]]:
    """The statement with each relation of `rows` in place of its name, and the parameters that carry them."""
    if not rows:
        return sql, {}
    shapes = tuple((name, columns_of(table)) for name, table in sorted(rows.items()))
    return _rendered(sql, shapes), {parameter(name): as_json(table) for name, table in rows.items()}


def parameter(relation: str) -> str:
    return f"rows_{relation}"


def columns_of(table: pa.Table) -> Columns:
    return tuple((field.name, _type(field)) for field in table.schema)


def relation(name: str, columns: Columns) -> exp.Select:
    """A SELECT over the rows in parameter `rows_<name>`."""
    wire = ", ".join(f"`{column}`: {'ARRAY<STRING>' if _is_list(kind) else 'STRING'}" for column, kind in columns)
    shape = exp.Literal.string(f"ARRAY<STRUCT<{wire}>>")
    parsed = exp.Anonymous(this="from_json", expressions=[exp.Placeholder(this=parameter(name)), shape])
    casts = [
        exp.alias_(exp.cast(exp.column(column, "r"), kind, dialect="databricks"), column, quoted=True)
        for column, kind in columns
    ]
    return exp.select(*casts).from_(exp.select(exp.alias_(exp.Explode(this=parsed), "r")).subquery())


def _is_list(kind: str) -> bool:
    return kind.startswith("ARRAY")


def as_json(table: pa.Table) -> str:
    texts = [[_text(value) for value in column.to_pylist()] for column in table.columns]
    names = table.column_names
    return json.dumps([dict(zip(names, values, strict=True)) for values in zip(*texts, strict=True)])


@lru_cache(512)
def _rendered(sql: str, shapes: tuple[tuple[str, Columns], ...]) -> str:
    tree = read(sql).copy()
    for name, columns in shapes:
        for table in list(tree.find_all(exp.Table)):
            if table_name(table) == name and not is_cte(table):
                table.replace(relation(name, columns).subquery(table.alias or name))
    return tree.sql("databricks")


def _type(field: pa.Field) -> str:
    kind = field.type
    if pa.types.is_timestamp(kind):
        return "TIMESTAMP"
    if pa.types.is_list(kind):
        return f"ARRAY<{_type(kind.value_field)}>"
    if kind in _TYPES:
        return _TYPES[kind]
    raise Invalid(f"Rows with {field.name} of type {kind} cannot be sent.")


def _text(value: Any) -> Any:
    say: Callable[[Any], Any] = _TEXTS.get(type(value), str)
    return say(value)


_TEXTS: Mapping[type, Callable[[Any], Any]] = {
    type(None): lambda _: None,
    bool: lambda flag: "true" if flag else "false",
    float: repr,
    datetime: lambda at: at.isoformat(),
    date: lambda day: day.isoformat(),
    list: lambda items: [_text(item) for item in items],
}
