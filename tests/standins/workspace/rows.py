"""Many rows in one parameter: the sub-select over explode(from_json(:rows, …)) read into an Arrow table."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pyarrow as pa
from sqlglot import exp

from tests.standins.workspace.errors import SqlError
from tests.standins.workspace.values import value

_ARROW = {
    "STRING": pa.string(),
    "BIGINT": pa.int64(),
    "INT": pa.int32(),
    "DOUBLE": pa.float64(),
    "BOOLEAN": pa.bool_(),
    "DATE": pa.date32(),
    "TIMESTAMP": pa.timestamp("us", tz="UTC"),
}


def taken_out(tree: exp.Expr, params: Mapping[str, Any]) -> tuple[exp.Expr, dict[str, pa.Table]]:
    """The statement with each sub-select over JSON replaced by a name, and the rows of each name. Raises SqlError."""
    tree, rows = tree.copy(), {}
    for call in list(tree.find_all(exp.FromJson)):
        source = _source_around(call)
        name = f"rows_from_json_{len(rows)}"
        rows[name] = _read(source.this, *_arguments(call, params))
        source.replace(exp.to_table(name, alias=source.alias or None))
    return tree, rows


def _source_around(call: exp.FromJson) -> exp.Subquery:
    """(SELECT CAST(r.id AS …) AS id … FROM (SELECT explode(from_json(…)) AS r)), where a relation stands."""
    inner = call.find_ancestor(exp.Select)
    outer = inner.find_ancestor(exp.Select) if inner and isinstance(call.parent, exp.Explode) else None
    source = outer and outer.parent
    if not isinstance(source, exp.Subquery) or set(filter(outer.args.get, outer.args)) != {"expressions", "from_"}:
        raise _refused("The stand-in knows from_json only as a source of rows.")
    return source


def _arguments(call: exp.FromJson, params: Mapping[str, Any]) -> tuple[list[Any], dict[str, str]]:
    if call.this.name not in params:
        raise SqlError("UNBOUND_SQL_PARAMETER", f"Found the unbound parameter: {call.this.name}.", "42P02")
    kind = exp.DataType.build(call.expression.name, dialect="databricks")
    fields = {field.name: field.args["kind"].sql("databricks") for field in kind.expressions[0].expressions}
    if unknown := set(fields.values()) - {"STRING", "ARRAY<STRING>"}:
        raise _refused(f"The stand-in reads JSON as text, not as {', '.join(unknown)}.")
    return json.loads(params[call.this.name] or "[]"), fields


def _read(select: exp.Select, items: list[Any], fields: Mapping[str, str]) -> pa.Table:
    columns = {}
    for column in select.expressions:
        cast = column.unalias()
        if not isinstance(cast, exp.Cast):
            raise _refused("The stand-in wants each column of rows from JSON to be CAST.")
        field, kind = cast.this.name, cast.to.sql("databricks")
        if field not in fields:
            raise SqlError("FIELD_NOT_FOUND", f"No such struct field `{field}` in `{'`, `'.join(fields)}`.", "42704")
        columns[column.alias] = _column([item.get(field) for item in items], kind)
    return pa.table(columns)


def _column(given: list[Any], kind: str) -> pa.Array:
    if kind.startswith("ARRAY<"):
        item = kind[len("ARRAY<") : -1]
        listed = [None if texts is None else [value(item, _text(text)) for text in texts] for texts in given]
        return pa.array(listed, pa.list_(_ARROW[item]))
    if kind not in _ARROW:
        raise _refused(f"The stand-in has no column of type {kind}.")
    return pa.array([value(kind, _text(text)) for text in given], _ARROW[kind])


def _text(given: Any) -> str | None:
    """A number or a truth value in a field declared STRING becomes its JSON text, as in Spark."""
    return given if given is None or isinstance(given, str) else json.dumps(given)


def _refused(words: str) -> SqlError:
    return SqlError("UNSUPPORTED_FEATURE", words, "0A000")
