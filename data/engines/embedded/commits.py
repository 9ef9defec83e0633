"""Rows into Delta: every data-changing commit of the embedded engine is made here."""

from __future__ import annotations

import pyarrow as pa
from deltalake import CommitProperties, DeltaTable, PostCommitHookProperties, WriterProperties, write_deltalake

VERB_KEY = "portal.verb"
"""In the commit's info: what was really asked for, where delta-rs only sees a WRITE."""

NOTHING_AFTER = PostCommitHookProperties(create_checkpoint=False, cleanup_expired_logs=False)
"""What follows a commit (checkpoint, cleaning the log) could fail and make a commit look failed. It is done apart."""


SMALLEST_GROUP, LARGEST_GROUP = 2_048, 16_384
"""Rows of a row group."""


def row_group(rows: int) -> int:
    """For so many sorted rows: small enough to find one check's week, or what is open, without reading the rest."""
    return min(max(rows // 8 // SMALLEST_GROUP, 1) * SMALLEST_GROUP, LARGEST_GROUP)


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
        writer_properties=WriterProperties(max_row_group_size=row_group(rows.num_rows), compression="SNAPPY"),
        commit_properties=told(verb),
        post_commithook_properties=NOTHING_AFTER,
    )


def delete(handle: DeltaTable, predicate: str | None) -> int:
    counts = handle.delete(predicate, commit_properties=told("DELETE"), post_commithook_properties=NOTHING_AFTER)
    return int(counts["num_deleted_rows"] or 0)
