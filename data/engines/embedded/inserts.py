"""INSERT, as a question to DuckDB (its VALUES or SELECT) and the columns that the answer fills."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import pyarrow as pa
from sqlglot import exp

from data.engines.dialect import read, table_name
from data.engines.embedded.dialect import Rendered, render
from data.engines.embedded.snapshots import Snapshot
from data.errors import Invalid


@dataclass(frozen=True)
class InsertPlan:
    table: str
    columns: tuple[str, ...]
    """Empty: all of the table's, in its order."""
    source: Rendered

    def named(self, found: pa.Table, target: Snapshot) -> pa.Table:
        """Raises Invalid when the answer does not have as many columns as are to be filled."""
        names = list(self.columns or target.schema.names)
        if len(names) != found.num_columns:
            raise Invalid(f"{self.table}: {found.num_columns} values are given for {len(names)} columns.")
        return found.rename_columns(names)


@lru_cache(512)
def insert_plan(sql: str, given: frozenset[str]) -> InsertPlan:
    tree = read(sql)
    if tree.args.get("overwrite") or not isinstance(tree.expression, exp.Query | exp.Values):
        raise Invalid("Only INSERT INTO … VALUES and INSERT INTO … SELECT are supported.")
    source = tree.expression.copy()
    if with_ := tree.args.get("with_"):
        source.set("with_", with_.copy())
    into = tree.this
    columns = tuple(column.name for column in into.expressions) if isinstance(into, exp.Schema) else ()
    table = into.this if isinstance(into, exp.Schema) else into
    return InsertPlan(table_name(table), columns, render(source, given))
