"""What every request of a program passes first: an id, a rate, a sound body; and one line in the log."""

from __future__ import annotations

import logging
import re
import time
from hashlib import sha256
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.bodies import Unreadable, again, read_body
from api.identity import OPEN_PATHS, refuse_other_sites
from api.problems import problem
from api.rates import Rates
from api.requests_meter import seen
from data.errors import Forbidden
from data.settings import Settings

log = logging.getLogger("api")
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_ID = re.compile(r"[\w.:/+=-]{1,128}", re.ASCII)
_PUSH = re.compile(r"/v\d+/checks/[^/]+/(results|heartbeat)")


class Gate:
    """Around the API. Answers by itself what must not cost a thread: too many, too large, from another site."""

    def __init__(self, app: ASGIApp, settings: Settings, rates: Rates | None = None) -> None:
        self._app = app
        self._settings = settings
        self._rates = rates or Rates()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        headers = Headers(scope=scope)
        scope["request_id"] = self._id(headers)
        told = Told(scope, send)
        try:
            await self._pass(scope, headers, receive, told.send)
        except Exception:
            log.exception("A request failed", extra={"request_id": scope["request_id"], "path": scope["path"]})
            if not told.status:
                raise
        finally:
            told.write()

    async def _pass(self, scope: Scope, headers: Headers, receive: Receive, send: Send) -> None:
        if refusal := self._too_fast(scope):
            return await refusal(scope, receive, send)
        if scope["method"] not in SAFE:
            try:
                refuse_other_sites(headers, self._settings.cors_origins)
                receive = again(await read_body(receive, headers), receive)
            except Forbidden as error:
                return await problem(403, str(error), scope["request_id"])(scope, receive, send)
            except Unreadable as error:
                return await problem(error.status, str(error), scope["request_id"])(scope, receive, send)
        await self._app(scope, receive, send)

    def _too_fast(self, scope: Scope) -> Response | None:
        identity = scope.get("identity")
        if identity is None or scope["path"] in OPEN_PATHS:
            return None
        pushes = scope["method"] == "POST" and bool(_PUSH.search(scope["path"]))
        per_s = self._settings.push_rate if pushes else self._settings.api_rate
        wait = self._rates.wait_s(identity.email, "push" if pushes else "ask", per_s)
        if not wait:
            return None
        words = f"Too many requests: {per_s:g} a second are the most for one person. Go on in a moment."
        return problem(429, words, scope["request_id"], {"Retry-After": str(int(wait) + 1)})

    def _id(self, headers: Headers) -> str:
        """The platform's own, where there is one."""
        given = headers.get("x-request-id", "")
        return given if self._settings.believes_headers and _ID.fullmatch(given) else uuid4().hex


class Told:
    """One answer: given its request id, and remembered for the log."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self._scope = scope
        self._send = send
        self._began = time.perf_counter()
        self.status = 0

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            MutableHeaders(scope=message)["X-Request-Id"] = self._scope["request_id"]
        await self._send(message)

    def write(self) -> None:
        """At full speed, refusals of who is too fast would be most of the log."""
        scope, ms = self._scope, (time.perf_counter() - self._began) * 1000
        person = scope["identity"].email if "identity" in scope else ""
        told = {
            "request_id": scope["request_id"], "method": scope["method"], "route": route_of(scope),
            "status": self.status, "ms": round(ms, 1), "actor": sha256(person.encode()).hexdigest()[:12],
        }  # fmt: skip
        seen(scope["method"], told["route"], self.status, ms / 1000)
        log.log(logging.DEBUG if self.status == 429 else logging.INFO, "request", extra=told)


def route_of(scope: Scope) -> str | None:
    """`/api/v1/checks/{check_id}`: the address without what was asked for; None where there is nothing."""
    if "route" not in scope:
        return None
    path: str = scope["path"]
    for name, value in scope.get("path_params", {}).items():
        path = path.replace(f"/{value}", f"/{{{name}}}")
    return path
