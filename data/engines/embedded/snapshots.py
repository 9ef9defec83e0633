"""One version of a Delta table, pinned: its files and the DuckDB relation that reads exactly those."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq
from deltalake import DeltaTable

from data.engines.ddl import CLUSTER_KEY
from data.engines.embedded.dialect import quoted
from data.engines.embedded.failures import opening
from data.engines.shapes import conform
from data.errors import NotFound, Unavailable

_REFUSED_FEATURES = {"deletionVectors", "columnMapping"}
_DUCK_TYPES = {
    pa.string(): "VARCHAR",
    pa.binary(): "BLOB",
    pa.bool_(): "BOOLEAN",
    pa.int8(): "TINYINT",
    pa.int16(): "SMALLINT",
    pa.int32(): "INTEGER",
    pa.int64(): "BIGINT",
    pa.float32(): "FLOAT",
    pa.float64(): "DOUBLE",
    pa.date32(): "DATE",
}


def duck_type(kind: pa.DataType) -> str:
    if pa.types.is_list(kind):
        return duck_type(kind.value_type) + "[]"
    if pa.types.is_timestamp(kind):
        return "TIMESTAMPTZ" if kind.tz else "TIMESTAMP"
    if pa.types.is_decimal(kind):
        return f"DECIMAL({kind.precision}, {kind.scale})"
    if pa.types.is_struct(kind):
        return f"STRUCT({', '.join(f'{quoted(f.name)} {duck_type(f.type)}' for f in kind)})"
    if pa.types.is_map(kind):
        return f"MAP({duck_type(kind.key_type)}, {duck_type(kind.item_type)})"
    return _DUCK_TYPES[kind]


class File(NamedTuple):
    path: str
    rows: int
    written_ms: int
    partition: Any
    """Value of the only partition column; None without one."""


@dataclass(frozen=True)
class Snapshot:
    table: str
    version: int
    schema: pa.Schema
    partitions: tuple[str, ...]
    files: tuple[File, ...]
    log_entry: Path
    stamp: tuple[int, int] | None
    cluster_by: tuple[str, ...]

    @property
    def partition(self) -> str | None:
        return self.partitions[0] if len(self.partitions) == 1 else None

    @property
    def prunable(self) -> str | None:
        """The partition column, if its values can be named in a predicate."""
        kind = self.schema.field(self.partition).type if self.partition else None
        return self.partition if kind in (pa.date32(), pa.string(), pa.int32(), pa.int64()) else None

    def conform(self, rows: pa.Table) -> pa.Table:
        return conform(self.table, self.schema, rows)

    @property
    def root(self) -> Path:
        return self.log_entry.parent.parent

    def is_newest(self) -> bool:
        """Two looks at the disk; the log's entries are numbered and never rewritten."""
        return self.stamp == _stamp(self.log_entry) and not os.path.exists(self._following)

    @cached_property
    def _following(self) -> str:
        return str(self.log_entry.with_name(f"{self.version + 1:020}.json"))

    @cached_property
    def order(self) -> str:
        """How rows are sorted when they are written again, as DuckDB text."""
        return f" ORDER BY {', '.join(f'{quoted(c)} NULLS FIRST' for c in self.cluster_by)}" if self.cluster_by else ""

    @property
    def parameter(self) -> str:
        return f"files_of_{self.table}"

    @cached_property
    def paths(self) -> list[str]:
        return [file.path for file in self.files]

    def relation(self, names: frozenset[str] | None = None) -> str:
        """DuckDB text whose parameter `parameter` takes the files (all of them, or those of some partitions).

        It shows the columns with these names in lower case, all without: each that is shown costs time to plan.
        """
        shown = [f for f in self.schema if names is None or f.name.lower() in names] or [self.schema[0]]
        columns = ", ".join(f"CAST({quoted(f.name)} AS {duck_type(f.type)}) AS {quoted(f.name)}" for f in shown)
        nothing = ", ".join(f"CAST(NULL AS {duck_type(f.type)}) AS {quoted(f.name)}" for f in shown)
        if not self.files:
            return f"SELECT {nothing} WHERE len(${self.parameter}) > 0"
        hive = ", ".join(f"{quoted(c)}: {duck_type(self.schema.field(c).type)}" for c in self.partitions)
        reader = f"read_parquet(${self.parameter}{f', hive_partitioning=true, hive_types={{{hive}}}' if hive else ''}"
        if not self._has_grown:
            return f"FROM {reader}) SELECT {columns}"
        older = f"FROM {reader}, union_by_name=true) UNION ALL BY NAME SELECT {nothing} WHERE false"
        return f"FROM ({older}) SELECT {columns}"

    @cached_property
    def _has_grown(self) -> bool:
        """Files older than the newest column lack it. Columns are only ever added, so the oldest file tells."""
        oldest = min(self.files, key=lambda file: file.written_ms).path
        with opening(self.table):
            return not set(self.schema.names) <= _columns_of(oldest) | set(self.partitions)


@lru_cache(4096)
def _columns_of(path: str) -> set[str]:
    return set(pq.read_schema(path).names)


def _stamp(log_entry: Path) -> tuple[int, int] | None:
    """None once the entry was cleaned up; a table made anew has another one."""
    try:
        status = os.stat(log_entry)
    except OSError:
        return None
    return status.st_ino, status.st_mtime_ns


def snapshot_of(name: str, path: Path, table: DeltaTable) -> Snapshot:
    """Raises Unavailable when plain Parquet reading would show wrong rows (deletion vectors, mapped columns)."""
    metadata, version = table.metadata(), table.version()
    features = set(table.protocol().reader_features or ())
    if metadata.configuration.get("delta.columnMapping.mode", "none") != "none":
        features.add("columnMapping")
    if refused := features & _REFUSED_FEATURES:
        raise Unavailable(f"Cannot read {name}: it uses {' and '.join(sorted(refused))}, which needs Databricks.")
    schema = pa.schema(table.schema())
    partitions = tuple(metadata.partition_columns)
    entry = path / "_delta_log" / f"{version:020}.json"
    ordered = sorted((f for f in schema if _cluster_place(f) is not None), key=lambda f: _cluster_place(f) or 0)
    return Snapshot(
        name,
        version,
        pa.schema([pa.field(f.name, f.type, f.nullable) for f in schema]),
        partitions,
        tuple(_files(table, partitions)),
        entry,
        _stamp(entry),
        tuple(f.name for f in ordered),
    )


def _cluster_place(field: pa.Field) -> int | None:
    place = (field.metadata or {}).get(CLUSTER_KEY.encode())
    return None if place is None else int(place)


def _files(table: DeltaTable, partitions: tuple[str, ...]) -> Iterable[File]:
    adds = pa.table(table.get_add_actions(flatten=True))
    paths = table.file_uris()
    values = adds[f"partition.{partitions[0]}"].to_pylist() if len(partitions) == 1 else [None] * len(paths)
    names = ("num_records", "modification_time")
    counts, times = (adds[n].to_pylist() if n in adds.column_names else [None] * len(paths) for n in names)
    for path, rows, written, value in zip(paths, counts, times, values, strict=True):
        yield File(path, pq.read_metadata(path).num_rows if rows is None else rows, written, value)


class Snapshots:
    """The newest version of each table under `root`, kept until the log moves on."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._newest: dict[str, Snapshot] = {}
        self._handles: dict[str, DeltaTable] = {}
        self._lock = threading.Lock()

    def __getitem__(self, table: str) -> Snapshot:
        known = self._newest.get(table)
        if known is not None and known.is_newest():
            return known
        return self.keep(table, self.open(table))

    def open(self, table: str) -> DeltaTable:
        """A handle of one's own, at the newest version. Raises NotFound, Unavailable."""
        if not self.exists(table):
            raise NotFound(f"There is no table {table}.")
        with opening(table):
            return DeltaTable(self.root / table)

    def borrow(self, table: str) -> DeltaTable:
        """For the only writer of a table: the handle of the last write, unless somebody else wrote since.

        Whoever fails does not give it back, so nothing is built on what a failure left in it; nor does who made a
        checkpoint, since a handle carries all commits since the checkpoint it was opened at.
        """
        handle, known = self._handles.pop(table, None), self._newest.get(table)
        if handle is not None and known is not None and known.version == handle.version() and known.is_newest():
            return handle
        return self.open(table)

    def give_back(self, table: str, handle: DeltaTable) -> None:
        self._handles[table] = handle

    def exists(self, table: str) -> bool:
        """A log without entries is what a killed CREATE TABLE leaves behind: nothing."""
        if not table.isidentifier():
            return False
        try:
            with os.scandir(self.root / table / "_delta_log") as entries:
                return any(entry.name.endswith(".json") for entry in entries)
        except FileNotFoundError:
            return False
        except NotADirectoryError:
            if self.root.is_dir():
                return False
            raise Unavailable(f"Cannot read {table}: {self.root} is not a folder.") from None
        except OSError as error:
            raise Unavailable(f"Cannot read {table}: {error.strerror or error}") from error

    def keep(self, table: str, handle: DeltaTable) -> Snapshot:
        with opening(table):
            snapshot = snapshot_of(table, self.root / table, handle)
        with self._lock:
            known = self._newest.get(table)
            if known is None or known.version < snapshot.version or not known.is_newest():
                self._newest[table] = snapshot
        return snapshot
