"""The server under the stand-ins: sign-in is checked, requests are counted, and it fails as a test wants it to."""

from __future__ import annotations

import socket
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Self

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from data.portal import utc_now
from data.settings import Settings
from tests.standins.microsoft import entra, fabric, graph, powerbi
from tests.standins.microsoft.estate import Estate

HOUR = timedelta(hours=1)
SCOPES = {"/powerbi/": powerbi.SCOPE, "/fabric/": fabric.SCOPE, "/graph/": graph.SCOPE}
PUBLISHED_LIMITS = {f"{powerbi.ROOT}/admin/capacities/refreshables": 200}
"""Requests per hour, by the beginning of the path."""


@dataclass(frozen=True)
class Seen:
    method: str
    path: str
    query: Mapping[str, str]
    at: datetime
    status: int


@dataclass
class Fault:
    on: str
    status: int = 500
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str | None = None
    slow: bool = False
    times: int = 1


@dataclass
class Faults:
    """Each applies to requests whose path begins so (without the host), for so many times."""

    waiting: list[Fault] = field(default_factory=list)

    def fail(
        self, on: str, status: int = 500, times: int = 1, retry_after: str | None = None, body: str | None = None
    ) -> None:
        self.waiting.append(Fault(on, status, {"Retry-After": retry_after} if retry_after else {}, body, times=times))

    def gone(self, on: str, location: str) -> None:
        self.waiting.append(Fault(on, 410, {"Location": location}))

    def malformed(self, on: str, body: str = '{"value": [', times: int = 1) -> None:
        self.waiting.append(Fault(on, 200, body=body, times=times))

    def slow(self, on: str, times: int = 1) -> None:
        """No answer before the stand-in ends."""
        self.waiting.append(Fault(on, slow=True, times=times))

    def clear(self) -> None:
        self.waiting.clear()

    def next(self, path: str) -> Fault | None:
        fault = next((f for f in self.waiting if path.startswith(f.on) and f.times > 0), None)
        if fault:
            fault.times -= 1
        return fault


class MicrosoftCloud:
    """A context manager: its server runs inside."""

    def __init__(self, clock: Callable[[], datetime] = utc_now) -> None:
        self.clock = clock
        self.estate = Estate()
        self.directory = graph.Directory()
        self.faults = Faults()
        self.tokens = entra.Tokens()
        self.limits: dict[str, int] = dict(PUBLISHED_LIMITS)
        self.page_size = 100
        self.log: list[Seen] = []
        self.closing = threading.Event()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._server = uvicorn.Server(uvicorn.Config(_app(self), log_level="critical", lifespan="off", ws="none"))
        self._thread = threading.Thread(target=self._server.run, args=([self._socket],), daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._server.should_exit = True
        self._thread.join(10)
        self._socket.close()

    def environment(self) -> dict[str, str]:
        """What a process needs to find this cloud and sign in."""
        return {
            "PORTAL_AZURE_TENANT_ID": entra.TENANT,
            "PORTAL_AZURE_CLIENT_ID": entra.CLIENT,
            "PORTAL_AZURE_CLIENT_SECRET": self.tokens.secret,
            "PORTAL_ENTRA_URL": f"{self.url}/entra",
            "PORTAL_POWERBI_URL": f"{self.url}{powerbi.ROOT}",
            "PORTAL_FABRIC_URL": f"{self.url}{fabric.ROOT}",
            "PORTAL_GRAPH_URL": f"{self.url}{graph.ROOT}",
        }

    def settings(self, home: Path, **more: Any) -> Settings:
        named = {name.removeprefix("PORTAL_").lower(): value for name, value in self.environment().items()}
        return Settings(home=home, **(named | more))

    def asked(self, path: str = "/") -> int:
        """Requests whose path begins so."""
        return sum(seen.path.startswith(path) for seen in self.log)

    def per_hour(self, path: str = "/") -> Counter[datetime]:
        """By clock hour."""
        hours = (seen.at.replace(minute=0, second=0, microsecond=0) for seen in self.log if seen.path.startswith(path))
        return Counter(hours)


def _app(cloud: MicrosoftCloud) -> Starlette:
    listed: list[Route] = [route for part in (entra, powerbi, fabric, graph) for route in part.routes(cloud)]
    app = Starlette(routes=listed)

    async def gate(request: Request, call_next: RequestResponseEndpoint) -> Response:
        early = await run_in_threadpool(_stopped, cloud, request)
        answer = early or await call_next(request)
        path, query = request.url.path, dict(request.query_params)
        cloud.log.append(Seen(request.method, path, query, cloud.clock(), answer.status_code))
        return answer

    app.add_middleware(BaseHTTPMiddleware, dispatch=gate)
    return app


def _stopped(cloud: MicrosoftCloud, request: Request) -> Response | None:
    path = request.url.path
    if fault := cloud.faults.next(path):
        if fault.slow:
            cloud.closing.wait(30)
        return Response(fault.body or "{}", fault.status, fault.headers, "application/json")
    scope = next((scope for root, scope in SCOPES.items() if path.startswith(root)), None)
    if scope and not cloud.tokens.opens(request.headers.get("Authorization", ""), scope, cloud.clock()):
        return JSONResponse({"error": {"code": "TokenExpired"}}, 401)
    for begin, limit in cloud.limits.items():
        if path.startswith(begin) and (wait := _wait(cloud, begin, limit)):
            said = (
                f"You have exceeded the amount of requests allowed in the current time frame. Retry in {wait} seconds."
            )
            return JSONResponse({"message": said}, 429, {"Retry-After": str(wait)})
    return None


def _wait(cloud: MicrosoftCloud, begin: str, limit: int) -> int:
    """Seconds until a request would be within the limit again; 0: it is."""
    since = cloud.clock() - HOUR
    counted = sorted(s.at for s in cloud.log if s.path.startswith(begin) and s.at > since and s.status != 429)
    return int((counted[-limit] + HOUR - cloud.clock()).total_seconds()) + 1 if len(counted) >= limit else 0
