"""The workspace's REST routes over an estate that tests and `make run-standin` fill; shapes as the real API's."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.standins.workspace import scim

Json = dict[str, Any]
RUNS_PAGE = 25
ACTIVE = frozenset({"PENDING", "QUEUED", "RUNNING", "TERMINATING", "BLOCKED", "WAITING_FOR_RETRY"})


@dataclass
class Estate:
    """What the workspace has. Items are the API's own objects: spoil them to see what malformed ones do."""

    jobs: dict[int, str] = field(default_factory=dict)
    """Names by id."""
    hidden: set[int] = field(default_factory=set)
    """Jobs that the caller may not see."""
    runs: list[Any] = field(default_factory=list)
    warehouses: list[Any] = field(default_factory=list)
    pipelines: list[Any] = field(default_factory=list)
    people: scim.Directory = field(default_factory=scim.Directory)
    files: dict[str, bytes] = field(default_factory=dict)
    me: str = "status-portal"
    instead: dict[str, str] = field(default_factory=dict)
    """Bodies to answer with, by path, whatever was asked."""

    def clear(self) -> None:
        for things in (
            self.jobs,
            self.hidden,
            self.runs,
            self.warehouses,
            self.pipelines,
            self.people,
            self.files,
            self.instead,
        ):
            things.clear()

    def run(
        self, job_id: int, run_id: int, start: datetime, took: timedelta | None = None, result: str = "SUCCESS",
        type_: str = "", code: str = "", model: str = "both", **more: Any,
    ) -> Json:  # fmt: skip
        """Add a run, without `took` a running one, in the API's older model (`state`), its newer (`status`) or both."""
        self.jobs.setdefault(job_id, f"job-{job_id}")
        over = took is not None
        legacy = {"life_cycle_state": "TERMINATED", "result_state": result} if over else {"life_cycle_state": "RUNNING"}
        guessed = "SUCCESS" if result.startswith("SUCCESS") else "CLIENT_ERROR"
        details = {"code": code or result, "type": type_ or guessed, "message": "told by the stand-in"}
        newer = {"state": "TERMINATED", "termination_details": details} if over else {"state": "RUNNING"}
        run = {
            "job_id": job_id,
            "run_id": run_id,
            "run_name": self.jobs[job_id],
            "run_type": "JOB_RUN",
            "trigger": "PERIODIC",
            "creator_user_name": "ana@example.org",
            "start_time": millis(start),
            "end_time": millis(start + took) if took is not None else 0,
            "run_duration": took // timedelta(milliseconds=1) if took is not None else 0,
            "run_page_url": f"https://standin/#job/{job_id}/run/{run_id}",
            **({"state": legacy} if model != "status" else {}),
            **({"status": newer} if model != "state" else {}),
            **more,
        }
        self.runs.append(run)
        return run

    def warehouse(self, id_: str, state: str = "RUNNING", health: str = "HEALTHY", why: str = "", **more: Any) -> Json:
        reason = {"failure_reason": {"code": why, "type": "CLIENT_ERROR", "parameters": {}}} if why else {}
        warehouse = {
            "id": id_, "name": f"Warehouse {id_}", "cluster_size": "Small", "warehouse_type": "PRO", "state": state,
            "num_clusters": 1 if state == "RUNNING" else 0, "num_active_sessions": 0, "auto_stop_mins": 10,
            "health": {"status": health, **reason}, **more,
        }  # fmt: skip
        self.warehouses.append(warehouse)
        return warehouse

    def pipeline(self, id_: str, *updates: str, state: str = "IDLE", health: str = "HEALTHY", **more: Any) -> Json:
        """`updates`: their states, the newest first."""
        latest = [
            {"update_id": f"{id_}-{n}", "state": told, "creation_time": f"2026-11-23T0{n}:00:00.000Z"}
            for n, told in zip(range(len(updates), 0, -1), updates, strict=True)
        ]
        pipeline = {
            "pipeline_id": id_, "name": f"Pipeline {id_}", "state": state, "health": health,
            "creator_user_name": "ana@example.org", "run_as_user_name": "ana@example.org", "latest_updates": latest,
            **more,
        }  # fmt: skip
        self.pipelines.append(pipeline)
        return pipeline


def millis(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def routes(estate: Estate) -> list[Route]:
    return [
        Route("/api/2.2/jobs/runs/list", _answers(estate, lambda r: list_runs(estate, r))),
        Route("/api/2.2/jobs/runs/get", _answers(estate, lambda r: get_run(estate, r))),
        Route("/api/2.2/jobs/list", _answers(estate, lambda r: list_jobs(estate, r))),
        Route("/api/2.2/jobs/get", _answers(estate, lambda r: get_job(estate, r))),
        Route(
            "/api/2.0/sql/warehouses", _answers(estate, lambda r: page(estate.warehouses, r, "warehouses", "page_size"))
        ),
        Route("/api/2.0/sql/warehouses/{id}", _answers(estate, lambda r: one(estate.warehouses, "id", r))),
        Route("/api/2.0/pipelines", _answers(estate, lambda r: list_pipelines(estate, r))),
        Route("/api/2.0/pipelines/{id}", _answers(estate, lambda r: one(estate.pipelines, "pipeline_id", r))),
        Route("/api/2.0/pipelines/{id}/updates", _answers(estate, lambda r: list_updates(estate, r))),
        *scim.routes(estate.people),
        Route(f"{scim.ROOT}/Me", _answers(estate, lambda r: who_am_i(estate, r))),
        Route("/api/2.0/fs/files/{path:path}", _files(estate), methods=["GET", "HEAD", "PUT", "DELETE"]),
    ]


class Refused(Exception):
    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.answer = JSONResponse({"error_code": code, "message": message}, status)


def _answers(estate: Estate, told: Callable[[Request], Json]) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        if request.url.path in estate.instead:
            return Response(estate.instead[request.url.path], media_type="application/json")
        try:
            return JSONResponse(told(request))
        except Refused as refused:
            return refused.answer

    return endpoint


def _number(request: Request, name: str, default: int) -> int:
    told = request.query_params.get(name)
    if told is not None and not re.fullmatch(r"\d{1,18}", told):
        raise Refused(400, "INVALID_PARAMETER_VALUE", f"{name} must be a number.")
    return default if told is None else int(told)


def page(items: list[Any], request: Request, key: str, size_name: str, size: int = 100) -> Json:
    start, size = _number(request, "page_token", 0), _number(request, size_name, size) or size
    answer: Json = {key: items[start : start + size]} if items else {}
    return answer | ({"next_page_token": str(start + size)} if start + size < len(items) else {})


def one(items: list[Any], id_name: str, request: Request) -> Json:
    wanted = request.path_params["id"]
    found = next((item for item in items if isinstance(item, dict) and item.get(id_name) == wanted), None)
    if found is None:
        raise Refused(404, "RESOURCE_DOES_NOT_EXIST", f"{wanted} does not exist.")
    return dict(found)


# jobs


def list_runs(estate: Estate, request: Request) -> Json:
    """Without a job: all that the caller may see, newest start first. An unknown job has no runs."""
    job_id = _number(request, "job_id", 0)
    if _number(request, "limit", 20) >= RUNS_PAGE:
        raise Refused(400, "INVALID_PARAMETER_VALUE", "limit must be less than 25.")
    if job_id in estate.hidden:
        raise Refused(403, "PERMISSION_DENIED", f"User {estate.me} does not have View permissions on job {job_id}.")
    wanted = [run for run in estate.runs if not isinstance(run, dict) or _is_wanted(estate, run, request, job_id)]
    wanted.sort(key=lambda run: _start(run), reverse=True)
    answer = page(wanted, request, "runs", "limit", 20)
    return answer | {"has_more": "next_page_token" in answer}


def _is_wanted(estate: Estate, run: Json, request: Request, job_id: int) -> bool:
    active = _is_active(run)
    asked = request.query_params
    return (
        run.get("job_id") not in estate.hidden
        and job_id in (0, run.get("job_id"))
        and _start(run) >= _number(request, "start_time_from", 0)
        and not (asked.get("completed_only") == "true" and active)
        and not (asked.get("active_only") == "true" and not active)
    )


def _start(run: Any) -> int:
    told = run.get("start_time") if isinstance(run, dict) else None
    return told if isinstance(told, int) else 2**60


def _is_active(run: Json) -> bool:
    phases = (("status", "state"), ("state", "life_cycle_state"))
    told = {run[model].get(key) for model, key in phases if isinstance(run.get(model), dict)}
    return bool(ACTIVE & told)


def get_run(estate: Estate, request: Request) -> Json:
    run_id = _number(request, "run_id", 0)
    for run in estate.runs:
        if isinstance(run, dict) and run.get("run_id") == run_id:
            if run.get("job_id") in estate.hidden:
                raise Refused(403, "PERMISSION_DENIED", f"User {estate.me} may not view run {run_id}.")
            return run
    raise Refused(400, "INVALID_PARAMETER_VALUE", f"Run {run_id} does not exist.")


def list_jobs(estate: Estate, request: Request) -> Json:
    seen = [_job(estate, job_id) for job_id in estate.jobs if job_id not in estate.hidden]
    return page(seen, request, "jobs", "limit", 20)


def get_job(estate: Estate, request: Request) -> Json:
    job_id = _number(request, "job_id", 0)
    if job_id in estate.hidden:
        raise Refused(403, "PERMISSION_DENIED", f"User {estate.me} does not have View permissions on job {job_id}.")
    if job_id not in estate.jobs:
        raise Refused(400, "INVALID_PARAMETER_VALUE", f"Job {job_id} does not exist.")
    return _job(estate, job_id)


def _job(estate: Estate, job_id: int) -> Json:
    return {"job_id": job_id, "creator_user_name": "ana@example.org", "settings": {"name": estate.jobs[job_id]}}


# pipelines


def list_pipelines(estate: Estate, request: Request) -> Json:
    if _number(request, "max_results", 25) > 100:
        raise Refused(400, "INVALID_PARAMETER_VALUE", "max_results must not be greater than 100.")
    return page(estate.pipelines, request, "statuses", "max_results", 25)


def list_updates(estate: Estate, request: Request) -> Json:
    return {"updates": one(estate.pipelines, "pipeline_id", request).get("latest_updates", [])}


# people


def who_am_i(estate: Estate, request: Request) -> Json:
    """Whose token it is, as the app around these routes found out (`scope["user"]`)."""
    email = request.scope.get("user") or estate.me
    known = next((user for user in estate.people.users.values() if user["userName"] == email), None)
    me = known or {"id": "0", "userName": email, "active": True}
    groups = [g for g in estate.people.groups.values() if me["id"] in {m["value"] for m in g.get("members", [])}]
    direct = [{"value": group["id"], "display": group["displayName"], "type": "direct"} for group in groups]
    return me | {"displayName": email, "groups": direct}


# files


def _files(estate: Estate) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        path, body = "/" + request.path_params["path"].lstrip("/"), await request.body()
        match request.method:
            case "PUT" if path in estate.files and request.query_params.get("overwrite") != "true":
                return Refused(409, "ALREADY_EXISTS", f"The file {path} exists already.").answer
            case "PUT":
                estate.files[path] = body
                return Response(status_code=204)
            case _ if path not in estate.files:
                return Refused(404, "NOT_FOUND", f"The file {path} does not exist.").answer
            case "DELETE":
                del estate.files[path]
                return Response(status_code=204)
        return Response(estate.files[path], media_type="application/octet-stream")

    return endpoint
