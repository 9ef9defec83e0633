"""Fabric's REST as the portal reads it: the job instances of one item, in pages."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.standins.microsoft.estate import guid

ROOT = "/fabric/v1"
SCOPE = "https://api.fabric.microsoft.com/.default"


def routes(cloud: Any) -> list[Route]:
    def instances(request: Request) -> Response:
        workspace, id_ = request.path_params["workspace"], request.path_params["item"]
        item = cloud.estate.items.get(id_)
        if not cloud.estate.fabric_apis:
            return refusal(403, "InsufficientPrivileges")
        if item is None or item["workspaceId"] != workspace:
            return refusal(404, "ItemNotFound")
        return JSONResponse(_page(cloud, request, cloud.estate.instances[id_]))

    return [Route(f"{ROOT}/workspaces/{{workspace}}/items/{{item}}/jobs/instances", instances)]


def refusal(status: int, code: str) -> Response:
    said = {"errorCode": code, "message": "Not for people.", "requestId": guid("request"), "isRetriable": False}
    return JSONResponse(said, status)


def _page(cloud: Any, request: Request, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The keys of the continuation are absent at the end."""
    begin = int(request.query_params.get("continuationToken", 0))
    end = begin + cloud.page_size
    if end >= len(rows):
        return {"value": rows[begin:]}
    link = f"{cloud.url}{request.url.path}?continuationToken={end}"
    return {"value": rows[begin:end], "continuationToken": str(end), "continuationUri": link}
