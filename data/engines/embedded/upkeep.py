"""Retention, compaction, vacuum. Readers see no difference, except for the rows past their time."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from pathlib import Path
from uuid import uuid4

from deltalake import DeltaTable
from deltalake.transaction import AddAction, RemoveAction
from duckdb import DuckDBPyConnection

from data.engines.embedded.commits import NOTHING_AFTER, delete, row_group, told
from data.engines.embedded.dialect import quoted
from data.engines.embedded.failures import reading
from data.engines.embedded.snapshots import File, Snapshot
from data.errors import Unavailable

DAY = "day"
CROWDED = 50
"""More files than this, read at once, make reading slow."""
FEWEST = 3
CHECKPOINT_EVERY = 10
"""Commits. Opening a table must cost the same after thousands of them."""
SMALL_ROWS = 50_000
"""Files beyond this are left to `maintain`: while writing goes on, no row is merged more than a few times."""
SHORTEST_VACUUM = timedelta(hours=1)
"""Running queries may still read files that were replaced a moment ago."""


def expire(handle: DeltaTable, snapshot: Snapshot, keep: timedelta | None, now: datetime) -> int:
    """Drop the rows whose `day` is older than `keep`; the number of rows dropped."""
    if keep is None or DAY not in snapshot.schema.names or not snapshot.files:
        return 0
    return delete(handle, f"{quoted(DAY)} < '{(now - keep).astimezone(UTC).date()}'")


def is_due_for_checkpoint(before: Snapshot, after: Snapshot) -> bool:
    return after.version // CHECKPOINT_EVERY > before.version // CHECKPOINT_EVERY


def crowds(snapshot: Snapshot) -> list[Sequence[File]]:
    """Small files worth merging at once, in the middle of writing; merged ones grow out of it."""
    allowed = _allowed(snapshot)
    return [group for group in _by_folder(f for f in snapshot.files if f.rows < SMALL_ROWS) if len(group) > allowed]


def _allowed(snapshot: Snapshot) -> int:
    """Small files in one folder. Of days few are read at once, but buckets are read all together."""
    if snapshot.partition in (None, DAY):
        return CROWDED
    return max(FEWEST, CROWDED // len({file.partition for file in snapshot.files} or {None}))


def leftovers(snapshot: Snapshot, today: date) -> list[Sequence[File]]:
    """Files worth merging once a day: all those of a day that is over, elsewhere only crowds."""

    def allowed(file: File) -> int:
        return 1 if snapshot.partition == DAY and file.partition < today else CROWDED

    return [group for group in _by_folder(snapshot.files) if len(group) > allowed(group[0])]


def _by_folder(files: Iterable[File]) -> list[Sequence[File]]:
    def folder(file: File) -> str:
        return file.path.rpartition("/")[0]

    return [list(group) for _, group in groupby(sorted(files, key=folder), folder)]


def merge(handle: DeltaTable, snapshot: Snapshot, cursor: DuckDBPyConnection, files: Sequence[File]) -> int:
    """Write `files` again as one sorted file, in a commit that says that no data changed; the number of rows.

    Nothing happens if one of them was replaced meanwhile: its rows must not come back.
    """
    if not set(files) <= set(snapshot.files):
        return 0
    merged = Path(files[0].path).with_name(f"part-{uuid4()}.parquet")
    rows = sum(file.rows for file in files)
    paths = {snapshot.parameter: [file.path for file in files]}
    with reading([snapshot.table]):
        row = cursor.execute(_copy(snapshot, merged, rows), paths).fetchone()
    written = int(row[0]) if row else 0
    if written != rows:
        raise Unavailable(f"{snapshot.table} was not compacted: its files do not hold the rows that its log promises.")
    value = files[0].partition
    place = {column: None if value is None else str(value) for column in snapshot.partitions}
    status, root = merged.stat(), snapshot.root
    at_ms, stats = int(status.st_mtime * 1000), json.dumps({"numRecords": written})
    new = AddAction(str(merged.relative_to(root)), status.st_size, place, at_ms, False, stats)
    old = [RemoveAction(str(Path(f.path).relative_to(root)), False, at_ms, None, place) for f in files]
    handle.create_write_transaction(
        [new, *old],
        "append",
        handle.schema(),
        list(snapshot.partitions),
        commit_properties=told("OPTIMIZE"),
        post_commithook_properties=NOTHING_AFTER,
    )
    return written


def _copy(snapshot: Snapshot, merged: Path, rows: int) -> str:
    columns = ", ".join(quoted(name) for name in snapshot.schema.names if name not in snapshot.partitions)
    source = f"FROM ({snapshot.relation()}) SELECT {columns}{snapshot.order}"
    target = str(merged).replace("'", "''")
    return f"COPY ({source}) TO '{target}' (ROW_GROUP_SIZE {row_group(rows)})"


def vacuum(handle: DeltaTable, after: timedelta) -> int:
    """Delete files out of use for `after` (an hour at least), and the part of the log nobody needs."""
    hours = math.ceil(max(after, SHORTEST_VACUUM) / timedelta(hours=1))
    gone = handle.vacuum(hours, dry_run=True, enforce_retention_duration=False, full=True)
    if gone:
        handle.vacuum(
            hours, dry_run=False, enforce_retention_duration=False, full=True, post_commithook_properties=NOTHING_AFTER
        )
    handle.create_checkpoint()
    handle.cleanup_metadata()
    return len(gone)
