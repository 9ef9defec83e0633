"""DESCRIBE HISTORY, DESCRIBE DETAIL, OPTIMIZE and VACUUM on a real Delta table, answering as Databricks does."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import Any

import pyarrow as pa
from deltalake import DeltaTable

from data.engines.embedded.commits import VERB_KEY
from tests.standins.workspace.errors import SqlError

SHORTEST_RETENTION_H = 168.0
_AT = pa.timestamp("us", tz="UTC")
_TEXTS = pa.map_(pa.string(), pa.string())
_HISTORY = pa.schema(
    {
        "version": pa.int64(),
        "timestamp": _AT,
        "userId": pa.string(),
        "userName": pa.string(),
        "operation": pa.string(),
        "operationParameters": _TEXTS,
        "clusterId": pa.string(),
        "readVersion": pa.int64(),
        "isolationLevel": pa.string(),
        "isBlindAppend": pa.bool_(),
        "operationMetrics": _TEXTS,
        "userMetadata": pa.string(),
        "engineInfo": pa.string(),
    }
)
_DETAIL = pa.schema(
    {
        "format": pa.string(),
        "id": pa.string(),
        "name": pa.string(),
        "description": pa.string(),
        "location": pa.string(),
        "createdAt": _AT,
        "lastModified": _AT,
        "partitionColumns": pa.list_(pa.string()),
        "clusteringColumns": pa.list_(pa.string()),
        "numFiles": pa.int64(),
        "sizeInBytes": pa.int64(),
        "properties": _TEXTS,
        "minReaderVersion": pa.int32(),
        "minWriterVersion": pa.int32(),
    }
)
_METRICS = {
    "num_added_rows": "numOutputRows",
    "num_added_files": "numFiles",
    "num_removed_files": "numRemovedFiles",
    "num_deleted_rows": "numDeletedRows",
}
"""delta-rs's names and those of Databricks. What Databricks counts besides (numUpdatedRows, …) is not known here."""


def nothing(**_: str | None) -> pa.Table:
    return pa.table({})


def history(path: Path, limit: int | None) -> pa.Table:
    return pa.Table.from_pylist([_entry(commit) for commit in DeltaTable(path).history(limit)], _HISTORY)


def _entry(commit: dict[str, Any]) -> dict[str, Any]:
    verb = commit.get(VERB_KEY, commit["operation"])
    metrics = {_METRICS.get(name, name): _text(of) for name, of in (commit.get("operationMetrics") or {}).items()}
    return {
        "version": commit["version"],
        "timestamp": commit["timestamp"] * 1000,
        "operation": "WRITE" if verb == "INSERT" else verb,
        "operationParameters": {name: _text(of) for name, of in (commit.get("operationParameters") or {}).items()},
        "readVersion": commit["version"] - 1 if commit["version"] else None,
        "isBlindAppend": verb == "INSERT",
        "operationMetrics": metrics,
        "engineInfo": commit.get("engineInfo"),
    }


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def detail(path: Path, name: str) -> pa.Table:
    table = DeltaTable(path)
    metadata, protocol = table.metadata(), table.protocol()
    files = pa.table(table.get_add_actions(flatten=True))
    row = {
        "format": "delta",
        "id": str(metadata.id),
        "name": name,
        "location": str(path),
        "createdAt": (metadata.created_time or 0) * 1000,
        "lastModified": table.history(1)[0]["timestamp"] * 1000,
        "partitionColumns": metadata.partition_columns,
        "clusteringColumns": [],
        "numFiles": files.num_rows,
        "sizeInBytes": sum(files["size_bytes"].to_pylist()),
        "properties": dict(metadata.configuration),
        "minReaderVersion": protocol.min_reader_version,
        "minWriterVersion": protocol.min_writer_version,
    }
    return pa.Table.from_pylist([row], _DETAIL)


def optimize(path: Path, where: str | None) -> pa.Table:
    """Every file is small here, so all of a partition become one. `where`: one comparison of the partition column."""
    metrics = DeltaTable(path).optimize.compact(partition_filters=[_filter(path, where)] if where else None)
    counts = {name: metrics[name] for name in ("numFilesAdded", "numFilesRemoved", "partitionsOptimized")}
    return pa.table({"path": [str(path)], "metrics": [counts]})


def _filter(path: Path, where: str) -> tuple[str, str, str]:
    found = re.fullmatch(r"`?(\w+)`?\s*(<=|>=|<|>|=)\s*(?:DATE\s*)?'([^']*)'\s*", where, re.IGNORECASE)
    if not found or found[1] not in DeltaTable(path).metadata().partition_columns:
        words = f"Predicate references non-partition column. Found: {where}"
        raise SqlError("DELTA_UNSUPPORTED_OPTIMIZE_PREDICATE", words, "0AKDC")
    return found[1], found[2], found[3]


def vacuum(path: Path, hours: float | None) -> pa.Table:
    table = DeltaTable(path)
    shortest = _retention_h(table.metadata().configuration)
    wanted = shortest if hours is None else hours
    if wanted < shortest:
        words = f"The retention period {wanted:g} hours is shorter than the {shortest:g} hours that are safe."
        raise SqlError("DELTA_VACUUM_RETENTION_PERIOD_TOO_SHORT", words, "22003")
    table.vacuum(math.ceil(wanted), dry_run=False, enforce_retention_duration=False, full=True)
    return pa.table({"path": [str(path)]})


def _retention_h(properties: dict[str, str]) -> float:
    """Of `delta.deletedFileRetentionDuration`: the table's own word on what is too short."""
    told = re.fullmatch(
        r"(?:interval )?(\d+) (hour|day|week)s?", properties.get("delta.deletedFileRetentionDuration", "").lower()
    )
    return int(told[1]) * {"hour": 1.0, "day": 24.0, "week": 168.0}[told[2]] if told else SHORTEST_RETENTION_H
