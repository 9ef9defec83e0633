"""Entra's token end point: client credentials, with the errors that people meet."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.standins.microsoft.estate import guid

TENANT, CLIENT, SECRET = guid("tenant"), guid("client"), "the~secret~of~the~portal"
LIFETIME = timedelta(seconds=3599)


@dataclass
class Tokens:
    """Which tokens were issued, and what they open."""

    secret: str = SECRET
    expired: bool = False
    """The client secret."""
    issued: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    """By token: its scope and its end."""
    _number: count[int] = field(default_factory=lambda: count(1))

    def issue(self, scope: str, at: datetime) -> str:
        token = f"token-{next(self._number)}"
        self.issued[token] = scope, at + LIFETIME
        return token

    def opens(self, header: str, scope: str, at: datetime) -> bool:
        granted, ends = self.issued.get(header.removeprefix("Bearer "), ("", at))
        return granted == scope and at < ends

    def withdraw(self) -> None:
        self.issued.clear()


def routes(cloud: Any) -> list[Route]:
    async def token(request: Request) -> Response:
        form = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        problem = _problem(request.path_params["tenant"], form, cloud.tokens)
        if problem:
            return _refusal(*problem)
        access = cloud.tokens.issue(form["scope"], cloud.clock())
        seconds = int(LIFETIME.total_seconds())
        granted = {"token_type": "Bearer", "expires_in": seconds, "ext_expires_in": seconds, "access_token": access}
        return JSONResponse(granted)

    return [Route("/entra/{tenant}/oauth2/v2.0/token", token, methods=["POST"])]


def _problem(tenant: str, form: dict[str, str], tokens: Tokens) -> tuple[int, str, int, str] | None:
    if tenant != TENANT:
        return 400, "invalid_request", 90002, f"Tenant '{tenant}' not found."
    if form.get("grant_type") != "client_credentials" or not form.get("scope", "").endswith("/.default"):
        return 400, "invalid_scope", 1002012, "The provided value for scope is not valid."
    if form.get("client_id") != CLIENT:
        return 400, "unauthorized_client", 700016, "Application was not found in the directory."
    if form.get("client_secret") != tokens.secret:
        return 401, "invalid_client", 7000215, "Invalid client secret provided."
    if tokens.expired:
        return 401, "invalid_client", 7000222, "The provided client secret keys are expired."
    return None


def _refusal(status: int, error: str, number: int, text: str) -> Response:
    said = {
        "error": error,
        "error_description": f"AADSTS{number}: {text} Trace ID: {guid('trace')}",
        "error_codes": [number],
        "timestamp": "2026-11-23 07:30:00Z",
        "trace_id": guid("trace"),
        "correlation_id": guid("correlation"),
    }
    return JSONResponse(said, status)
