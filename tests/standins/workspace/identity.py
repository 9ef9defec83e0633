"""Who calls: OAuth for the service principal, tokens of users as they are told, and /Me."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from datetime import datetime, timedelta
from secrets import token_hex
from urllib.parse import parse_qsl

import jwt
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

TOKEN_PATH = "/oidc/v1/token"
OPEN_PATHS = ("/.well-known/", "/oidc/", "/_standin")


class Identity:
    def __init__(self, host: str, clock: Callable[[], datetime]) -> None:
        self.client_id = token_hex(8)
        self.client_secret = "dose" + token_hex(16)
        self.lifetime = timedelta(hours=1)
        self.users: dict[str, str] = {}
        self._host = host
        self._clock = clock
        self._key = token_hex(32)

    def expire(self) -> None:
        self._key = token_hex(32)

    def caller(self, authorization: str) -> str | None:
        """Client id or e-mail; None when the token is not (or no longer) good."""
        kind, _, token = authorization.partition(" ")
        if kind.lower() != "bearer":
            return None
        if token in self.users:
            return self.users[token]
        try:
            claims = jwt.decode(token, self._key, ["HS256"], options={"verify_exp": False, "verify_iat": False})
        except jwt.InvalidTokenError:
            return None
        return str(claims["sub"]) if claims["exp"] > self._clock().timestamp() else None

    def routes(self) -> list[Route]:
        return [
            Route("/.well-known/databricks-config", self._config),
            Route("/oidc/.well-known/oauth-authorization-server", self._endpoints),
            Route(TOKEN_PATH, self._token, methods=["POST"]),
            Route("/api/2.0/preview/scim/v2/Me", self._me),
        ]

    async def _config(self, _: Request) -> Response:
        told = {"oidc_endpoint": f"{self._host}/oidc", "workspace_id": "1", "account_id": "standin", "cloud": "Azure"}
        return JSONResponse(told)

    async def _endpoints(self, _: Request) -> Response:
        told = {"token_endpoint": f"{self._host}{TOKEN_PATH}", "authorization_endpoint": f"{self._host}/oidc/authorize"}
        return JSONResponse(told)

    async def _token(self, request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode()))
        if _basic(request.headers.get("Authorization", "")) != (self.client_id, self.client_secret):
            words = {"error": "invalid_client", "error_description": "Client authentication failed"}
            return JSONResponse(words, 401)
        if form.get("grant_type") != "client_credentials" or form.get("scope") != "all-apis":
            return JSONResponse({"error": "invalid_request", "error_description": "Unknown grant or scope"}, 400)
        now, seconds = self._clock(), self.lifetime.total_seconds()
        claims = {"iss": f"{self._host}/oidc", "sub": self.client_id, "iat": now, "exp": now + self.lifetime}
        token = jwt.encode(claims, self._key, "HS256")
        return JSONResponse({"access_token": token, "token_type": "Bearer", "expires_in": int(seconds)})

    async def _me(self, request: Request) -> Response:
        name = request.scope["user"]
        return JSONResponse({"id": name, "userName": name, "displayName": name, "active": True, "groups": []})


def _basic(header: str) -> tuple[str, str] | None:
    kind, _, encoded = header.partition(" ")
    try:
        name, _, secret = base64.b64decode(encoded).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return (name, secret) if kind.lower() == "basic" else None
