"""CREATE TABLE, ALTER TABLE … ADD COLUMNS and CREATE OR REPLACE VIEW, read into Delta's words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from deltalake import Field, Schema
from deltalake.schema import ArrayType, PrimitiveType
from sqlglot import exp

from data.engines.dialect import table_name
from data.errors import Invalid

CLUSTER_KEY = "portal.clusterBy"
"""Metadata of a column: its place in the order in which rows are sorted when they are written again."""
SORT_PROPERTY = "portal.sortBy"
"""TBLPROPERTIES: columns to sort by before all others. What is asked for most then lies together."""

_TYPES = {
    exp.DType.TEXT: "string",
    exp.DType.BIGINT: "long",
    exp.DType.INT: "integer",
    exp.DType.DOUBLE: "double",
    exp.DType.BOOLEAN: "boolean",
    exp.DType.DATE: "date",
    exp.DType.TIMESTAMPTZ: "timestamp",
}
_CONFIGURATION = {"delta.checkpointInterval": "10", "delta.logRetentionDuration": "interval 1 days"}
"""For other writers, too: a short log opens fast."""


@dataclass(frozen=True)
class TableDefinition:
    table: str
    fields: list[Field]
    partition_by: list[str]
    key: list[str]
    """What makes a row unique; empty when the table does not say."""
    configuration: dict[str, str]
    if_not_exists: bool

    @property
    def schema(self) -> pa.Schema:
        return pa.schema([pa.field(f.name, f.type, f.nullable) for f in pa.schema(Schema(self.fields))])


def table_definition(tree: exp.Create) -> TableDefinition:
    """Raises Invalid for anything but CREATE TABLE [IF NOT EXISTS] with columns."""
    columns = tree.this
    if tree.kind != "TABLE" or tree.args.get("replace") or not isinstance(columns, exp.Schema) or tree.expression:
        raise Invalid("Only CREATE TABLE [IF NOT EXISTS] with a list of columns is supported.")
    partition_by = [c.name for found in tree.find_all(exp.PartitionedByProperty) for c in found.this.expressions]
    places = {name: place for place, name in enumerate(_sort_order(tree, partition_by))}
    definitions = [c for c in columns.expressions if isinstance(c, exp.ColumnDef)]
    fields = [_field(d, {CLUSTER_KEY: str(places[d.name])} if d.name in places else {}) for d in definitions]
    if unknown := {*partition_by, *places} - {d.name for d in definitions}:
        raise Invalid(f"{columns.this.name} has no column {', '.join(sorted(unknown))}.")
    asked = {p.name: p.text("value") for p in tree.find_all(exp.Property) if p.name.startswith("delta.")}
    return TableDefinition(
        table_name(columns.this),
        fields,
        partition_by,
        _key(tree),
        {**_CONFIGURATION, **asked},
        bool(tree.args.get("exists")),
    )


def added_columns(tree: exp.Alter) -> tuple[str, list[Field]]:
    """The table and its new columns. Raises Invalid for any other ALTER, and for NOT NULL (old rows have no value)."""
    actions = tree.args.get("actions") or []
    definitions = [definition for action in actions for definition in action.find_all(exp.ColumnDef)]
    if not definitions or not all(isinstance(action, exp.Schema | exp.ColumnDef) for action in actions):
        raise Invalid("Only ALTER TABLE … ADD COLUMNS is supported.")
    fields = [_field(definition, {}) for definition in definitions]
    if required := [field.name for field in fields if not field.nullable]:
        raise Invalid(f"New columns must allow NULL, because older rows have no value: {', '.join(required)}.")
    return table_name(tree.this), fields


def view_definition(tree: exp.Create) -> tuple[str, str]:
    """The view's name and its query. Raises Invalid for anything but CREATE OR REPLACE VIEW … AS SELECT."""
    plain = set(filter(tree.args.get, tree.args)) == {"this", "kind", "replace", "expression"}
    if not plain or not isinstance(tree.this, exp.Table) or not isinstance(tree.expression, exp.Query):
        raise Invalid("Only CREATE OR REPLACE VIEW … AS SELECT is supported, without anything in between.")
    return table_name(tree.this), tree.expression.sql("databricks")


def missing(table: str, wanted: Sequence[Field], present: Iterable[Field]) -> list[Field]:
    """Adding what is there already is no error, so that a change may run again. Raises Invalid for another type."""
    types = {field.name: field.type for field in present}
    if clashing := [field.name for field in wanted if types.get(field.name, field.type) != field.type]:
        raise Invalid(f"{table} has a column {', '.join(clashing)} already, of another type.")
    return [field for field in wanted if field.name not in types]


def _key(tree: exp.Create) -> list[str]:
    return [column.name for key in tree.find_all(exp.PrimaryKey) for column in key.expressions]


def _sort_order(tree: exp.Create, partition_by: list[str]) -> Iterable[str]:
    """What a row belongs to (its foreign keys) before what it is (its primary key): one owner's rows lie together."""
    asked = [p.text("value").split(",") for p in tree.find_all(exp.Property) if p.name == SORT_PROPERTY]
    names = [name.strip() for names in asked for name in names] + [
        column.name
        for kind in (exp.ForeignKey, exp.PrimaryKey)
        for key in tree.find_all(kind)
        for column in key.expressions
    ]
    return dict.fromkeys(name for name in names if name not in partition_by)


def _field(definition: exp.ColumnDef, metadata: dict[str, Any]) -> Field:
    constraints = [constraint.kind for constraint in definition.constraints]
    comments = [c.this.name for c in constraints if isinstance(c, exp.CommentColumnConstraint)]
    required = any(isinstance(c, exp.NotNullColumnConstraint) for c in constraints)
    if comments:
        metadata = {**metadata, "comment": comments[0]}
    return Field(definition.name, _type(definition), nullable=not required, metadata=metadata)


def _type(definition: exp.ColumnDef) -> PrimitiveType | ArrayType:
    kind = definition.args.get("kind")
    if isinstance(kind, exp.DataType):
        if kind.this in _TYPES:
            return PrimitiveType(_TYPES[kind.this])
        if kind.this == exp.DType.ARRAY and (item := kind.expressions[0]).this in _TYPES:
            return ArrayType(PrimitiveType(_TYPES[item.this]), contains_null=True)
    raise Invalid(f"The type of {definition.sql('databricks')} is not supported.")
