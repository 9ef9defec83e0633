"""Reads the portal's SQL (Databricks dialect) and refuses what the contract does not allow, on every engine alike."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from functools import lru_cache

import sqlglot
from sqlglot import exp
from sqlglot.dialects.databricks import Databricks  # loaded here: by name it is half ready while a thread loads it
from sqlglot.errors import ParseError, SqlglotError

from data.errors import Invalid

logging.getLogger("sqlglot").setLevel(logging.ERROR)  # it warns of statements that are then refused anyway

CHANGES = (exp.Insert, exp.Update, exp.Delete, exp.Merge)
_DEFINITIONS = (exp.Create, exp.Alter)
_ROW_MAKERS = (exp.Explode, exp.Posexplode, exp.Unnest, exp.Inline, exp.Query)
BY_NAME = frozenset({"arrays_overlap"})
"""Functions of Databricks that the parser does not know; the embedded engine defines each of them."""


def table_name(table: exp.Table) -> str:
    """Catalog and schema belong to the connection, so only the last part counts; case does not."""
    return table.name.lower()


@lru_cache(512)
def read(sql: str) -> exp.Expr:
    """The one statement in `sql`; it is shared, so never change it. Raises Invalid."""
    try:
        trees = [tree for tree in sqlglot.parse(sql, read=Databricks) if tree is not None]
    except SqlglotError as error:
        raise Invalid(f"This SQL cannot be read{_place(error)}.") from error
    if len(trees) != 1:
        raise Invalid(f"Exactly one SQL statement is expected, not {len(trees)}.")
    tree = trees[0]
    if not isinstance(tree, (exp.Query, *CHANGES, *_DEFINITIONS)):
        verb = tree.name if isinstance(tree, exp.Command) else tree.key
        raise Invalid(f"{verb.upper()} is not allowed; only SELECT, INSERT, UPDATE, DELETE, MERGE and DDL of tables.")
    for node in tree.walk():
        _guard(node, tree)
    return _unqualified(tree)


@lru_cache(512)
def question(sql: str) -> exp.Query:
    tree = read(sql)
    if not isinstance(tree, exp.Query):
        raise Invalid("Only a SELECT can be run here.")
    return tree


def _guard(node: exp.Expr, root: exp.Expr) -> None:
    """Allow-list for everything that could reach past the tables: files, functions, other statements."""
    match node:
        case exp.Table() if not isinstance(node.this, exp.Identifier):
            raise Invalid(f"{_called(node.this)} cannot be used as a table; only tables by their name.")
        case exp.Table() if node.args.get("version") or node.args.get("when"):
            raise Invalid("Older versions of a table cannot be asked for.")
        case exp.Lateral() if not isinstance(node.this, _ROW_MAKERS):
            raise Invalid(f"{_called(node.this)} cannot be used as a table; only tables by their name.")
        case exp.Anonymous() if node.name.lower() in BY_NAME:
            pass
        case exp.Anonymous() | exp.ReadCSV() | exp.ReadParquet() | exp.Command() | exp.AnonymousAggFunc():
            raise Invalid(f"{_called(node)} is not one of the functions the portal knows.")
        case exp.Placeholder() if not node.name or node.name == "?":
            raise Invalid("Parameters need names; write :name.")
        case exp.Into():
            raise Invalid("SELECT INTO is not allowed here.")
        case exp.Insert() | exp.Update() | exp.Delete() | exp.Merge() | exp.Create() | exp.Alter() | exp.Drop():
            if node is not root and not isinstance(node.parent, exp.When):
                raise Invalid("A statement that changes data cannot be part of another one.")


def _place(error: SqlglotError) -> str:
    for place in error.errors if isinstance(error, ParseError) else ():
        if place.get("highlight"):
            return f"; look at line {place['line']} near '{place['highlight']}'"
    return ""


def _called(node: exp.Expr) -> str:
    return (
        node.sql_name() if isinstance(node, exp.Func) and not isinstance(node, exp.Anonymous) else node.name
    ).lower()


def _unqualified(tree: exp.Expr) -> exp.Expr:
    """DuckDB wants `SET state = …` where Databricks also takes `SET t.state = …`."""
    for update in tree.find_all(exp.Update):
        for assignment in update.expressions:
            if isinstance(assignment, exp.EQ) and isinstance(assignment.this, exp.Column):
                assignment.this.set("table", None)
    return tree


def is_cte(table: exp.Table) -> bool:
    return not table.db and table_name(table) in _ctes_in_sight(table)


def _ctes_in_sight(table: exp.Table) -> Iterator[str]:
    node: exp.Expr = table
    while (parent := node.parent) is not None:
        if isinstance(parent, exp.With):
            known = parent.expressions.index(node) + bool(parent.args.get("recursive"))
            yield from (cte.alias.lower() for cte in parent.expressions[:known])
        elif (with_ := parent.args.get("with_")) is not None and with_ is not node:
            yield from (cte.alias.lower() for cte in with_.expressions)
        node = parent
