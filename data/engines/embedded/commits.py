"""Rows into Delta: every data-changing commit of the embedded engine is made here."""

from __future__ import annotations

import pyarrow as pa
from deltalake import CommitProperties, DeltaTable, PostCommitHookProperties, write_deltalake

from data.engines.embedded.snapshots import Snapshot
from data.errors import Invalid

VERB_KEY = "portal.verb"
"""In the commit's info: what was really asked for, where delta-rs only sees a WRITE."""

NOTHING_AFTER = PostCommitHookProperties(create_checkpoint=False, cleanup_expired_logs=False)
"""What follows a commit (checkpoint, cleaning the log) could fail and make a commit look failed. It is done apart."""


def told(verb: str) -> CommitProperties:
    return CommitProperties(custom_metadata={VERB_KEY: verb})


def append(handle: DeltaTable, rows: pa.Table) -> int:
    """No rows, no commit."""
    if rows.num_rows:
        write_deltalake(
            handle,
            rows,
            mode="append",
            commit_properties=told("INSERT"),
            post_commithook_properties=NOTHING_AFTER,
        )
    return int(rows.num_rows)


def overwrite(handle: DeltaTable, rows: pa.Table, predicate: str | None, verb: str) -> None:
    """Replace the rows that meet `predicate` (all of them without one), if nobody else changed them since."""
    write_deltalake(
        handle,
        rows,
        mode="overwrite",
        predicate=predicate,
        commit_properties=told(verb),
        post_commithook_properties=NOTHING_AFTER,
    )


def delete(handle: DeltaTable, predicate: str | None) -> int:
    counts = handle.delete(predicate, commit_properties=told("DELETE"), post_commithook_properties=NOTHING_AFTER)
    return int(counts["num_deleted_rows"] or 0)


def conform(target: Snapshot, rows: pa.Table) -> pa.Table:
    """Columns by name, in the table's order and types; missing ones become NULL. Raises Invalid."""
    if unknown := sorted(set(rows.column_names) - set(target.schema.names)):
        raise Invalid(f"{target.table} has no column {', '.join(unknown)}.")
    columns = [_column(target.table, field, rows) for field in target.schema]
    return pa.Table.from_arrays(columns, schema=target.schema)


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
