"""Renders the portal's SQL for DuckDB, with every table still to be pinned to a version."""

from __future__ import annotations

from collections.abc import Callable, Container
from dataclasses import dataclass
from functools import lru_cache
from secrets import token_hex

from sqlglot import exp
from sqlglot.errors import ErrorLevel

from data.engines.dialect import CHANGES, is_cte, question, table_name

_PIN = f"pin_{token_hex(6)}_"
"""Stands for a table in rendered SQL until its version is known; nobody can write it."""


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


@dataclass(frozen=True)
class Rendered:
    """DuckDB SQL whose tables are still to be pinned to a version."""

    text: str
    tables: frozenset[str]
    params: frozenset[str]

    def pinned(self, relation: Callable[[str], str]) -> str:
        text = self.text
        for table in self.tables:
            text = text.replace(quoted(_PIN + table), f"({relation(table)})")
        return text


@lru_cache(512)
def select(sql: str) -> Rendered:
    return render(question(sql))


def render(tree: exp.Expr, given: Container[str] = ()) -> Rendered:
    """The target of a change keeps its bare name, as do the relations in `given`; all other tables are to be pinned."""
    tree = tree.copy()
    target = tree.this if isinstance(tree, CHANGES) else None
    tables = set()
    for table in list(tree.find_all(exp.Table)):
        name = table_name(table)
        if table is not target:
            if name in given or is_cte(table):
                continue
            if not table.alias:
                table.set("alias", exp.TableAlias(this=exp.to_identifier(table.name)))
            tables.add(name)
            name = _PIN + name
        for part, value in (("this", exp.to_identifier(name)), ("db", None), ("catalog", None)):
            table.set(part, value)
    params = frozenset(p.name for p in tree.find_all(exp.Placeholder))
    return Rendered(tree.sql("duckdb", identify=True, unsupported_level=ErrorLevel.IGNORE), frozenset(tables), params)
