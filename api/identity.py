"""Nobody gets in without an identity: plain ASGI, so that it guards pages, API and websockets alike."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from html import escape
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from api.problems import problem
from data.errors import Forbidden
from data.people.model import Identity
from data.people.tokens import TOKEN_HEADER, signed_in
from data.settings import Settings

OPEN_PATHS = frozenset({"/api/healthz", "/api/readyz", "/_stcore/health"})


class RequireIdentity:
    """401 with the reason in words: a page for people, problem+json under /api, a refused handshake for websockets."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"} or scope["path"] in OPEN_PATHS:
            return await self._app(scope, receive, send)
        if scope["path"].startswith("/api/") and not scope["path"].isprintable():
            return await problem(404, "There is nothing at this address.")(scope, receive, send)  # nor a page of the UI
        headers = Headers(scope=scope)
        try:
            if scope["type"] == "websocket" and self._settings.in_databricks:
                refuse_other_sites(headers)
            scope["identity"] = await self._identity(headers)
        except Forbidden as error:
            return await _deny(str(error), scope, receive, send)
        await self._app(scope, receive, send)

    async def _identity(self, headers: Headers) -> Identity:
        """Only the owner of a token has to be asked for."""
        if TOKEN_HEADER in headers:
            return await asyncio.to_thread(signed_in, headers, self._settings)
        return signed_in(headers, self._settings)


def refuse_other_sites(headers: Headers, others: Collection[str] = ()) -> None:
    """Raises Forbidden, unless the page is of the portal itself or of one of these origins.

    The platform switches off Streamlit's own check, and a browser sends its cookies wherever it connects.
    """
    given = headers.get("origin", "")
    own = {headers.get("host"), headers.get("x-forwarded-host")}
    if given and given not in others and urlsplit(given).netloc not in own:
        raise Forbidden("This connection was opened by a page of another site.")


async def _deny(reason: str, scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "http":
        await _answer(reason, scope["path"])(scope, receive, send)
        return
    await receive()
    if "websocket.http.response" in scope.get("extensions", {}):
        await send({"type": "websocket.http.response.start", "status": 401, "headers": []})
        await send({"type": "websocket.http.response.body", "body": b""})
    else:
        await send({"type": "websocket.close", "code": 1008})


def _answer(reason: str, path: str) -> Response:
    if path.startswith("/api/"):
        return problem(401, reason)
    page = (
        f"<!doctype html><html lang=en><title>Not signed in</title><h1>Not signed in</h1><p>{escape(reason)}</p></html>"
    )
    return HTMLResponse(page, 401)
