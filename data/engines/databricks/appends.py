"""INSERT of rows whose key is not there yet: a write whose answer got lost may be repeated without twins."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from sqlglot import exp

from data.engines.databricks import relations
from data.engines.ddl import TableDefinition

GIVEN = "given"
TARGET, SOURCE = "t", "s"


def append_statement(table: TableDefinition, rows: pa.Table) -> tuple[str, dict[str, Any]]:
    columns = relations.columns_of(rows)
    source = exp.select(*(exp.column(name, SOURCE, quoted=True) for name, _ in columns))
    source = source.from_(relations.relation(GIVEN, columns).subquery(SOURCE))
    reach, params = _reach(table, rows)
    if table.key:
        same = [
            _column(name, TARGET).eq(_column(name, SOURCE)) for name in dict.fromkeys((*table.partition_by, *table.key))
        ]
        known = exp.select("1").from_(exp.to_table(table.table).as_(TARGET)).where(*reach, *same)
        source = source.where(exp.Exists(this=known).not_())
    filled = [exp.to_identifier(name, quoted=True) for name, _ in columns]
    insert = exp.insert(source, exp.to_table(table.table), columns=filled)
    return insert.sql("databricks"), params | {relations.parameter(GIVEN): relations.as_json(rows)}


def _reach(table: TableDefinition, rows: pa.Table) -> tuple[list[exp.Expr], dict[str, Any]]:
    """Only the partitions that the rows can be in are searched for their keys."""
    if not table.key or len(table.partition_by) != 1:
        return [], {}
    (name,) = table.partition_by
    ends = pc.min_max(rows.column(name)).as_py()
    between = _column(name, TARGET).between(exp.Placeholder(this="first"), exp.Placeholder(this="last"))
    return [between], {"first": ends["min"], "last": ends["max"]}


def _column(name: str, table: str) -> exp.Column:
    return exp.column(name, table, quoted=True)
