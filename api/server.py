"""The FastAPI application that app.py mounts under /api."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import Mount
from starlette.types import ASGIApp, Receive, Scope, Send

from api import (
    badges,
    checks_push,
    describe,
    export,
    feeds,
    glossary,
    health,
    me,
    messages,
    metrics,
    problems,
    roadmap,
    search,
    status,
    statuspage_v2,
    tickets,
)  # fmt: skip
from api.gate import Gate
from api.identity import RequireIdentity
from data.settings import Settings

api = describe.Described(
    title="Support & Status Portal", version="1", docs_url=None, redoc_url=None, openapi_url="/openapi.json",
    swagger_ui_oauth2_redirect_url=None, redirect_slashes=False,
)  # fmt: skip
problems.install(api)
describe.install(api)
v1 = APIRouter(prefix="/v1")
v1.include_router(me.router)
v1.include_router(checks_push.router)
v1.include_router(status.router)
v1.include_router(messages.router)
v1.include_router(roadmap.router)
v1.include_router(glossary.router)
v1.include_router(search.router)
for router in tickets.routers():
    v1.include_router(router)
api.include_router(v1)
for area in (statuspage_v2, feeds, badges, export, metrics, health):
    api.include_router(area.router)


def mount(settings: Settings) -> Mount:
    return Mount("/api", app=Gate(api, settings))


def guards(settings: Settings) -> list[Middleware]:
    """Outermost first. A preflight carries no sign-in, so it is answered before anybody is asked for one."""
    others = [Middleware(CrossOrigin, settings=settings)] if settings.cors_origins else []
    return [*others, Middleware(RequireIdentity, settings=settings)]


class CrossOrigin:
    """Lets pages of the named sites call the API, and nothing else of the portal."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._open = CORSMiddleware(
            app, settings.cors_origins, allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"], allow_credentials=True,
            allow_headers=["Authorization", "Content-Type", "Idempotency-Key", "If-Match", "If-None-Match"],
            expose_headers=["ETag", "Link", "Location", "Retry-After", "X-As-Of", "X-Request-Id", "X-Stale"],
        )  # fmt: skip

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        inside = scope["type"] == "http" and scope["path"].startswith("/api/")
        await (self._open if inside else self._app)(scope, receive, send)
