"""SQL warehouses: do they serve queries. A stopped one does, it starts on demand."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from pydantic import Field

from data.errors import Unavailable
from data.status.model import Check, Model, Outcome, Reading
from jobs.sources.listed import Listed, Told

STATES: Mapping[str, tuple[Outcome, str]] = {
    "RUNNING": (Outcome.ok, "Running"),
    "STARTING": (Outcome.ok, "Starting"),
    "STOPPING": (Outcome.ok, "Stopping; it starts on demand"),
    "STOPPED": (Outcome.ok, "Stopped; it starts on demand"),
    "DELETING": (Outcome.fail, "Being deleted"),
    "DELETED": (Outcome.fail, "Deleted"),
}
HEALTH: Mapping[str, tuple[Outcome, str]] = {
    "DEGRADED": (Outcome.warn, "Degraded"),
    "FAILED": (Outcome.fail, "Failed"),
}
FINE = ("HEALTHY", "STATUS_UNSPECIFIED", "")


class WarehouseTarget(Model):
    warehouse_id: str = Field(min_length=1)


class Why(Told):
    code: str | None = None


class Health(Told):
    status: str | None = None
    failure_reason: Why | None = None


class Warehouse(Told):
    name: str | None = None
    state: str
    health: Health | None = None
    num_clusters: int | None = None
    num_active_sessions: int | None = None


class DatabricksWarehouses(Listed[WarehouseTarget, Warehouse]):
    name = "databricks_warehouses"
    title = "Databricks SQL warehouses: do they serve queries"
    target = WarehouseTarget
    item = Warehouse
    path, key, id = "/api/2.0/sql/warehouses", "warehouses", "id"
    noun, needs = "SQL warehouse", "CAN VIEW or CAN USE on the warehouse"

    def target_id(self, target: WarehouseTarget) -> str:
        return target.warehouse_id

    def reading(self, check: Check, item: Warehouse, at: datetime) -> Reading:
        outcome, message = _judged(item)
        shown = {
            "warehouse": item.name,
            "state": item.state,
            "health": item.health and item.health.status,
            "clusters": item.num_clusters,
            "sessions": item.num_active_sessions,
        }
        evidence = {name: value for name, value in shown.items() if value is not None}
        return Reading(check_id=check.id, observed_at=at, outcome=outcome, message=message, evidence=evidence)


def _judged(warehouse: Warehouse) -> tuple[Outcome, str]:
    if warehouse.state not in STATES:
        raise Unavailable(f"The warehouse is in a state that the portal does not know: {warehouse.state}")
    outcome, message = STATES[warehouse.state]
    health = warehouse.health.status if warehouse.health else None
    if outcome is Outcome.fail or not health or health in FINE:
        return outcome, message
    if health not in HEALTH:
        raise Unavailable(f"The warehouse's health is told in a word that the portal does not know: {health}")
    outcome, message = HEALTH[health]
    why = warehouse.health and warehouse.health.failure_reason
    return outcome, f"{message}: {why.code}" if why and why.code else message
