"""What there is in the stand-in's clouds; tests change it as they go."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID, uuid5

NAMES = UUID("5e1f0000-0000-4000-8000-000000000000")
EVERY_DAY = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


def guid(name: str) -> str:
    """The same for the same name, so that tests can say names."""
    return str(uuid5(NAMES, name))


def zulu(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def seven_decimals(at: datetime) -> str:
    """As Fabric writes UTC: ticks, and no zone."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f") + "4"


@dataclass
class Dataset:
    id: str
    name: str
    workspace_id: str
    capacity_id: str | None = None
    """None: on shared capacity, which refreshables leave out."""
    schedule: dict[str, Any] | None = None


@dataclass
class Estate:
    datasets: dict[str, Dataset] = field(default_factory=dict)
    refreshes: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    """By dataset, newest first."""
    capacities: dict[str, dict[str, Any]] = field(default_factory=dict)
    items: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Of Fabric."""
    instances: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    """By Fabric item, newest first."""
    groups: dict[str, Any] = field(default_factory=dict)
    """Of Entra."""
    member_of: set[str] | None = None
    """Workspaces that let the portal in; None: all."""
    admin_apis: bool = True
    """The tenant setting for read-only admin APIs."""
    fabric_apis: bool = True
    _number: count[int] = field(default_factory=lambda: count(1))

    def dataset(self, name: str, *, shared: bool = False, enabled: bool = True) -> Dataset:
        capacity = None if shared else guid("capacity")
        if capacity:
            self.capacities.setdefault(capacity, {"id": capacity, "displayName": "Main", "sku": "F64"})
        schedule = {"days": EVERY_DAY, "times": ["05:00"], "enabled": enabled, "localTimeZoneId": "UTC"}
        schedule["notifyOption"] = "MailOnFailure"
        made = Dataset(guid(name), name, guid("workspace"), capacity, schedule)
        self.datasets[made.id] = made
        self.refreshes.setdefault(made.id, [])
        return made

    def refresh(
        self,
        dataset: Dataset,
        status: str,
        start: datetime,
        minutes: float | None = 6,
        error: str | None = None,
        **more: Any,
    ) -> dict[str, Any]:
        """Add the newest refresh; `minutes` None: no end time. `error` is an error code."""
        number = next(self._number)
        made = {
            "requestId": guid(f"request {number}"),
            "id": 1_277_491_000 + number,
            "refreshType": "Scheduled",
            "startTime": zulu(start),
            "status": status,
        }
        if minutes is not None:
            made["endTime"] = zulu(start + timedelta(minutes=minutes))
        if error is not None:
            made["serviceExceptionJson"] = json.dumps({"errorCode": error})
        made |= more
        self.refreshes[dataset.id].insert(0, made)
        return made

    def item(self, name: str, type_: str = "DataPipeline") -> str:
        self.items[guid(name)] = {
            "id": guid(name), "displayName": name, "description": "", "type": type_, "workspaceId": guid("workspace"),
        }  # fmt: skip
        self.instances.setdefault(guid(name), [])
        return guid(name)

    def instance(
        self,
        item_id: str,
        status: str,
        start: datetime,
        minutes: float | None = 6,
        error: str | None = None,
        **more: Any,
    ) -> dict[str, Any]:
        """Add the newest run of a Fabric item."""
        ended = seven_decimals(start + timedelta(minutes=minutes)) if minutes is not None else None
        reason = {"errorCode": error, "message": "Not for people.", "requestId": guid("r"), "isRetriable": False}
        made = {
            "id": guid(f"instance {next(self._number)}"),
            "itemId": item_id,
            "jobType": "Pipeline",
            "invokeType": "Scheduled",
            "status": status,
            "rootActivityId": guid("activity"),
            "startTimeUtc": seven_decimals(start),
            "endTimeUtc": ended,
            "failureReason": reason if error else None,
        } | more
        self.instances[item_id].insert(0, made)
        return made
