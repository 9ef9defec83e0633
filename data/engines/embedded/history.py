"""When did a Delta table's rows last change? Read from its log, newest commit first; works for tables of any writer."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pyarrow as pa
from deltalake import DeltaTable

from data.engines.base import DataChange
from data.engines.embedded.commits import VERB_KEY
from data.engines.embedded.failures import opening
from data.errors import NotFound

Action = Mapping[str, Any]
_ROW_COUNTS = {
    "UPDATE": ("numUpdatedRows", "num_updated_rows"),
    "DELETE": ("numDeletedRows", "num_deleted_rows"),
    "MERGE": (
        "numTargetRowsInserted",
        "numTargetRowsUpdated",
        "numTargetRowsDeleted",
        "num_target_rows_inserted",
        "num_target_rows_updated",
        "num_target_rows_deleted",
    ),
}


def locate(root: Path, table: str) -> Path:
    """A bare or three-part name lies in `root`; a path or file:// address anywhere. Raises NotFound."""
    scheme, _, rest = table.partition("://")
    if rest and scheme != "file":
        raise NotFound(f"{table} cannot be looked at from here: without Databricks only tables on this machine can.")
    path = Path(unquote(urlsplit(table).path)) if rest else Path(table).expanduser()
    named = root / table.rpartition(".")[2].strip("`").lower()
    if not rest and "/" not in table and (named / "_delta_log").is_dir():
        return named
    if not (path / "_delta_log").is_dir():
        raise NotFound(f"There is no table {table}.")
    return path


def last_data_change(path: Path, table: str) -> DataChange | None:
    """None when the table never received rows. Raises Unavailable when the log cannot be read."""
    log = path / "_delta_log"
    with opening(table):
        entries = sorted((name for name in os.listdir(log) if re.fullmatch(r"\d{20}\.json", name)), reverse=True)
        for entry in entries:
            if change := _change_in(log / entry):
                return change
        begins = int(entries[-1][:20]) if entries else None
        return None if begins == 0 else _before_the_log(path)


def _change_in(entry: Path) -> DataChange | None:
    info: Action = {}
    written_ms, changed = 0, False
    for action in _actions(entry):
        info = action.get("commitInfo") or info
        changed = changed or _changes_rows(action)
        written_ms = max(written_ms, (action.get("add") or {}).get("modificationTime") or 0)
    if not changed or _counted_nothing(info):
        return None
    at_ms = info.get("inCommitTimestamp") or info.get("timestamp") or written_ms or entry.stat().st_mtime * 1000
    operation = info.get(VERB_KEY) or info.get("operation") or "WRITE"
    return DataChange(int(entry.stem), datetime.fromtimestamp(at_ms / 1000, UTC), operation)


def _actions(entry: Path) -> Iterator[Action]:
    with entry.open(encoding="utf-8") as lines:
        for line in lines:
            action = json.loads(line)
            if not isinstance(action, dict):
                raise ValueError(f"{entry.name} is damaged")
            yield action


def _changes_rows(action: Action) -> bool:
    if remove := action.get("remove"):
        return bool(remove.get("dataChange", True))
    if add := action.get("add"):
        return bool(add.get("dataChange", True)) and json.loads(add.get("stats") or "{}").get("numRecords") != 0
    return False


def _counted_nothing(info: Action) -> bool:
    """Some writers rewrite files and flag a change although no row met the condition; their metrics tell."""
    metrics = info.get("operationMetrics") or {}
    counts = [int(metrics[name]) for name in _ROW_COUNTS.get(info.get("operation", ""), ()) if name in metrics]
    return bool(counts) and not any(counts)


def _before_the_log(path: Path) -> DataChange | None:
    """All commits still in the log changed nothing: the newest file is the best witness left."""
    handle = DeltaTable(path)
    times = pa.table(handle.get_add_actions(flatten=True))["modification_time"].to_pylist()
    if not times:
        return None
    return DataChange(
        handle.version(), datetime.fromtimestamp(max(times) / 1000, UTC), "a write before the kept history"
    )
