"""Power BI's REST as the portal reads it: refreshables of capacities, and the history of one model."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.standins.microsoft.estate import Dataset, Estate, zulu

ROOT = "/powerbi/v1.0/myorg"
SCOPE = "https://analysis.windows.net/powerbi/api/.default"
WEEK = timedelta(days=7)
MOST = 60


def routes(cloud: Any) -> list[Route]:
    def refreshables(request: Request) -> Response:
        if not cloud.estate.admin_apis:
            return refusal(401, "PowerBINotAuthorizedException")
        query = request.query_params
        if "$top" not in query:
            return refusal(400, "InvalidRequest")
        skip, top = int(query.get("$skip", 0)), int(query["$top"])
        expand = set(query.get("$expand", "").split(","))
        listed = [_refreshable(cloud.estate, d, expand, cloud.clock()) for d in _listed(cloud.estate, cloud.clock())]
        return JSONResponse({"value": listed[skip : skip + top]})

    def history(request: Request) -> Response:
        estate, workspace = cloud.estate, request.path_params["workspace"]
        dataset = estate.datasets.get(request.path_params["dataset"])
        if estate.member_of is not None and workspace not in estate.member_of:
            return refusal(401, "PowerBINotAuthorizedException")
        if dataset is None or dataset.workspace_id != workspace:
            return refusal(404, "PowerBIEntityNotFound")
        top = int(request.query_params.get("$top", MOST))
        return JSONResponse({"value": estate.refreshes[dataset.id][: min(top, MOST)]})

    return [
        Route(f"{ROOT}/admin/capacities/refreshables", refreshables),
        Route(f"{ROOT}/groups/{{workspace}}/datasets/{{dataset}}/refreshes", history),
    ]


def refusal(status: int, code: str) -> Response:
    return JSONResponse({"error": {"code": code, "pbi.error": {"code": code, "details": []}}}, status)


def _listed(estate: Estate, at: datetime) -> list[Dataset]:
    """On a capacity, and refreshed within a week."""
    since = zulu(at - WEEK)
    on_capacity = (d for d in estate.datasets.values() if d.capacity_id)
    return [d for d in on_capacity if any(r["startTime"] >= since for r in estate.refreshes[d.id])]


def _refreshable(estate: Estate, dataset: Dataset, expand: set[str], at: datetime) -> dict[str, Any]:
    refreshes = estate.refreshes[dataset.id]
    last = {k: v for k, v in refreshes[0].items() if k not in {"id", "serviceExceptionJson", "refreshAttempts"}}
    listed: dict[str, Any] = {
        "id": dataset.id,
        "name": dataset.name,
        "kind": "Dataset",
        "startTime": zulu(at - WEEK),
        "endTime": zulu(at),
        "refreshCount": len(refreshes),
        "refreshFailures": sum(r["status"] == "Failed" for r in refreshes),
        "averageDuration": 289.3814,
        "medianDuration": 268.6245,
        "refreshesPerDay": 11,
        "lastRefresh": last,
        "refreshSchedule": dataset.schedule,
        "configuredBy": ["john@contoso.com"],
    }
    if "capacity" in expand:
        listed["capacity"] = estate.capacities[str(dataset.capacity_id)]
    if "group" in expand:
        listed["group"] = {"id": dataset.workspace_id, "name": "Sales"}
    return listed
