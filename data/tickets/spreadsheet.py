"""Tickets as CSV, in the words of the pages."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import pyarrow as pa

from data.spreadsheet import csv_of
from data.tickets.kinds import Kind

COLUMNS = {
    "key": "Id", "kind": "Kind", "title": "Title", "state": "State", "priority": "Priority", "platform_id": "Platform",
    "asset": "Asset", "requester": "Requester", "assignee": "Assignee", "team": "Team", "votes": "Votes",
    "comments": "Comments", "reason": "Ended as", "created_at": "Created (UTC)", "due_at": "Due (UTC)",
    "stopped_at": "Ended (UTC)", "updated_at": "Updated (UTC)", "excerpt": "Text",
}  # fmt: skip


def as_csv(table: pa.Table, kinds: Mapping[str, Kind]) -> bytes:
    frame: pd.DataFrame = table.select(list(COLUMNS)).to_pandas()
    labels = {(kind.name, state.name): state.label for kind in kinds.values() for state in kind.workflow.states}
    frame["state"] = [labels.get(pair, pair[1]) for pair in zip(frame["kind"], frame["state"], strict=True)]
    frame["kind"] = frame["kind"].map({kind.name: kind.label for kind in kinds.values()})
    for name in ("created_at", "due_at", "stopped_at", "updated_at"):
        frame[name] = pd.to_datetime(frame[name])
    frame["priority"] = frame["priority"].astype("Int64")
    return csv_of(frame.rename(columns=COLUMNS))
