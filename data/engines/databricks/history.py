"""When did a table's rows last change? Read from the entries of DESCRIBE HISTORY, newest first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from data.engines.base import DataChange

_ROWS = {
    "WRITE": ("numOutputRows", "numDeletedRows"),
    "STREAMING UPDATE": ("numOutputRows",),
    "COPY INTO": ("numOutputRows",),
    "UPDATE": ("numUpdatedRows",),
    "DELETE": ("numDeletedRows",),
    "MERGE": ("numTargetRowsInserted", "numTargetRowsUpdated", "numTargetRowsDeleted"),
    "RESTORE": (),
    "TRUNCATE": (),
    "CREATE TABLE AS SELECT": (),
    "REPLACE TABLE AS SELECT": (),
    "CREATE OR REPLACE TABLE AS SELECT": (),
}
"""The operations that change rows, and the metrics that count them. All others (OPTIMIZE, VACUUM, ..) change none."""


def newest_data_change(entries: Iterable[Mapping[str, Any]]) -> DataChange | None:
    newest = max(filter(_changed_rows, entries), key=lambda entry: int(entry["version"]), default=None)
    return DataChange(int(newest["version"]), newest["timestamp"], str(newest["operation"])) if newest else None


def _changed_rows(entry: Mapping[str, Any]) -> bool:
    """Metrics are missing where the writer kept none; then the operation's name decides."""
    if entry["operation"] not in _ROWS:
        return False
    metrics = dict(entry.get("operationMetrics") or {})
    counts = [int(metrics[name]) for name in _ROWS[entry["operation"]] if metrics.get(name) is not None]
    return not counts or any(counts)
