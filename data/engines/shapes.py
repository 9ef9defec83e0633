"""Rows in the shape of the table they go to, and answers in the shape of the contract."""

from __future__ import annotations

import pyarrow as pa

from data.errors import Invalid

UTC_MICROSECONDS = pa.timestamp("us", tz="UTC")


def in_utc(rows: pa.Table) -> pa.Table:
    """Every time as microseconds in UTC, whatever the store made of it."""
    for place, field in enumerate(rows.schema):
        if pa.types.is_timestamp(field.type) and field.type != UTC_MICROSECONDS:
            rows = rows.set_column(place, field.name, rows.column(place).cast(UTC_MICROSECONDS))
    return rows


def conform(table: str, schema: pa.Schema, rows: pa.Table) -> pa.Table:
    """Columns by name, in the table's order and types; missing ones become NULL. Raises Invalid."""
    if unknown := sorted(set(rows.column_names) - set(schema.names)):
        raise Invalid(f"{table} has no column {', '.join(unknown)}.")
    columns = [_column(table, field, rows) for field in schema]
    return pa.Table.from_arrays(columns, schema=schema)


def _column(table: str, field: pa.Field, rows: pa.Table) -> pa.ChunkedArray | pa.Array:
    given = rows.column(field.name) if field.name in rows.column_names else None
    empty = rows.num_rows if given is None else given.null_count
    if empty and not field.nullable:
        raise Invalid(f"{table}.{field.name} must not be NULL.")
    if given is None or empty == rows.num_rows:
        return pa.nulls(rows.num_rows, field.type)
    try:
        return given.cast(field.type)
    except pa.ArrowException as error:
        raise Invalid(f"{table}.{field.name} takes {field.type}, not {given.type}: {error}") from error
