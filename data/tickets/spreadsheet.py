"""Tickets as CSV, safe to open: a text that a spreadsheet would run as a formula is only text."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import pyarrow as pa

from data.tickets.kinds import Kind

COLUMNS = {
    "key": "Id", "kind": "Kind", "title": "Title", "state": "State", "priority": "Priority", "platform_id": "Platform",
    "asset": "Asset", "requester": "Requester", "assignee": "Assignee", "team": "Team", "votes": "Votes",
    "comments": "Comments", "reason": "Ended as", "created_at": "Created (UTC)", "due_at": "Due (UTC)",
    "stopped_at": "Ended (UTC)", "updated_at": "Updated (UTC)", "excerpt": "Text",
}  # fmt: skip
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""The last four: full-width, which spreadsheets in East Asian settings read alike."""
BOM = "\ufeff".encode()
"""Without it Excel reads UTF-8 as something else."""


def as_csv(table: pa.Table, kinds: Mapping[str, Kind]) -> bytes:
    frame: pd.DataFrame = table.select(list(COLUMNS)).to_pandas()
    labels = {(kind.name, state.name): state.label for kind in kinds.values() for state in kind.workflow.states}
    frame["state"] = [labels.get(pair, pair[1]) for pair in zip(frame["kind"], frame["state"], strict=True)]
    frame["kind"] = frame["kind"].map({kind.name: kind.label for kind in kinds.values()})
    for name in ("created_at", "due_at", "stopped_at", "updated_at"):
        frame[name] = pd.to_datetime(frame[name]).dt.strftime("%Y-%m-%d %H:%M").fillna("")
    for name in frame.columns:
        if not pd.api.types.is_numeric_dtype(frame[name]):
            frame[name] = frame[name].map(harmless)
    frame["priority"] = frame["priority"].astype("Int64")
    return BOM + frame.rename(columns=COLUMNS).to_csv(index=False, lineterminator="\r\n").encode()


def harmless(value: object) -> object:
    """A leading apostrophe is what spreadsheets read as: this is text."""
    return f"'{value}" if isinstance(value, str) and value.lstrip(" ").startswith(FORMULA) else value
