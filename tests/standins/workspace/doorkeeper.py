"""Stands before every route: writes down the call, lets a fault answer it, asks for the token."""

from __future__ import annotations

from time import monotonic

from starlette.datastructures import Headers
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tests.standins.workspace import thrift
from tests.standins.workspace.faults import Call, Faults
from tests.standins.workspace.identity import OPEN_PATHS, TOKEN_PATH, Identity

ERROR_CODES = {
    400: "BAD_REQUEST",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "ENDPOINT_NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL_ERROR",
    503: "TEMPORARILY_UNAVAILABLE",
}


class Doorkeeper:
    def __init__(self, app: ASGIApp, identity: Identity, faults: Faults, log: list[Call]) -> None:
        self._app = app
        self._identity = identity
        self._faults = faults
        self._log = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith("/_standin"):
            return await self._app(scope, receive, send)
        if scope["path"].startswith("/sql/"):
            receive = await _with_thrift(scope, receive)
        call = self._noted(scope)
        refusal = self._refusal(scope, call)
        if refusal:
            call.status = refusal.status_code
            return await refusal(scope, receive, send)

        async def watched(message: Message) -> None:
            if message["type"] == "http.response.start":
                call.status = message["status"]
            await send(message)

        await self._app(scope, receive, watched)

    def _noted(self, scope: Scope) -> Call:
        asked = scope.get("thrift")
        query = scope["query_string"].decode()
        kind = f"{scope['method']} {scope['path']}" + (f"?{query}" if query else "")
        if scope["path"] == TOKEN_PATH:
            kind = "token"
        call = Call(asked.method, asked.statement, monotonic()) if asked else Call(kind, "", monotonic())
        self._log.append(call)
        return call

    def _refusal(self, scope: Scope, call: Call) -> Response | None:
        if fault := self._faults.refusal(call.kind, scope["path"]):
            headers = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
            return refused(fault.status, "The stand-in was told to fail.", headers)
        if scope["path"].startswith(OPEN_PATHS):
            return None
        authorization = Headers(scope=scope).get("Authorization", "")
        scope["user"] = self._identity.caller(authorization)
        if not authorization:
            return refused(401, "Credential was not sent or was of an unsupported type for this API.")
        return None if scope["user"] else refused(403, "Invalid access token.")


def refused(status: int, words: str, headers: dict[str, str] | None = None) -> Response:
    """As the REST API says it, and in the headers where the connector looks for it."""
    told = {"error_code": ERROR_CODES.get(status, "UNKNOWN"), "message": words}
    return JSONResponse(told, status, {"X-Databricks-Reason-Phrase": words, **(headers or {})})


async def _with_thrift(scope: Scope, receive: Receive) -> Receive:
    """Reads the request to know what it asks, and lets it be read again."""
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message.get("body", b""), message.get("more_body", False)
    try:
        scope["thrift"] = thrift.message(body)
    except ValueError:
        scope["thrift"] = None
    return receive
