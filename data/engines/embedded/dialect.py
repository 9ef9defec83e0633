"""Renders the portal's SQL for DuckDB, with every table still to be pinned to a version."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from secrets import token_hex

from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.errors import ErrorLevel

from data.engines.dialect import CHANGES, is_cte, question, table_name

_PIN = f"pin_{token_hex(6)}_"
"""Stands for a table or view in rendered SQL until its version or query is known; nobody can write it."""


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


@dataclass(frozen=True)
class Rendered:
    """DuckDB SQL whose tables are still to be pinned to a version."""

    text: str
    tables: frozenset[str]
    params: frozenset[str]
    names: frozenset[str] | None
    """Every name in it, in lower case: what a table needs to show it. None: all of its columns."""

    def pinned(self, relation: Callable[[str], str]) -> str:
        return _filled(self.text, self.tables, relation)

    def unfolded(self, views: Mapping[str, Rendered]) -> Rendered:
        """With the query of each view in place of its name."""
        tables = self.tables.union(*(view.tables for view in views.values())) - views.keys()
        text = _filled(self.text, views, lambda view: views[view].text)
        return replace(self, text=text, tables=tables, names=_joined([self.names, *(v.names for v in views.values())]))


def _joined(names: Iterable[frozenset[str] | None]) -> frozenset[str] | None:
    found: set[str] = set()
    for some in names:
        if some is None:
            return None
        found |= some
    return frozenset(found)


def _names(tree: exp.Expr) -> frozenset[str] | None:
    for star in tree.find_all(exp.Star):
        if not isinstance(star.parent, exp.Count):
            return None
    if any(join.args.get("method") for join in tree.find_all(exp.Join)):
        return None  # NATURAL: by whatever columns both have
    return frozenset(name.name.lower() for name in tree.find_all(exp.Identifier))


def _filled(text: str, names: Iterable[str], relation: Callable[[str], str]) -> str:
    for name in names:
        text = text.replace(quoted(_PIN + name), f"({relation(name)})")
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
    for call in tree.find_all(exp.JSONExtractScalar):
        # to Databricks, what is no JSON just has no fields
        call.set("this", exp.TryCast(this=call.this, to=exp.DataType.build("JSON")))
    params = frozenset(p.name for p in tree.find_all(exp.Placeholder))
    text = tree.sql(DuckDB, identify=True, unsupported_level=ErrorLevel.IGNORE)
    return Rendered(text, frozenset(tables), params, _names(tree))
