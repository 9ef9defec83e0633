"""The description of the API: every operation with all its errors, and a page to try them that needs no other site."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.openapi.utils import get_openapi
from starlette.responses import HTMLResponse
from starlette.staticfiles import StaticFiles

from api.problems import MEDIA_TYPE, Problem

INTRODUCTION = """\
Everything that people see and do in the portal, for programs: the same services, rights and trail.

* **Who asks** is told by the sign-in of the platform; there are no keys of the portal's own.
* **Lists** come in pages: `next` of one page is `cursor` of the next.
* **Reads** have an `ETag`; send it as `If-None-Match` and get 304 while nothing has changed. `X-As-Of` says when the
  store was read, `X-Stale` why it could not be read again.
* **Changes** carry `If-Match: <version>`; 409 names the current one. Creating takes an `Idempotency-Key`.
* **Errors** are `application/problem+json`. What you may not know of is answered as what does not exist.
* Times are UTC (RFC 3339). `unknown` means that nobody can see it now; it is never turned into something else.
"""
TAGS = {
    "me": "Who asks.", "status": "What is true now, and what was.", "sources": "Whoever looks for the portal.",
    "messages": "Banners, maintenance, release notes, and their archive.",
    "roadmap": "What is planned, and who asked for it.", "glossary": "What words mean here.",
    "search": "One box over everything.",
    "incidents": "What is wrong.", "improvements": "What would be better; people vote.",
    "service-requests": "What people ask for from the catalogue; somebody approves.",
    "health": "For probes; without a sign-in.",
}  # fmt: skip
_ALWAYS = {
    400: "Cannot be read",
    401: "Not signed in",
    403: "Not yours to do",
    404: "Not there, or not for you",
    422: "Not valid",
    429: "Too many requests",
    500: "A fault of the portal",
    503: "The store does not answer",
}
_CHANGES = {408: "The body came too slowly", 409: "Somebody was faster, or not possible now", 413: "Too large",
            415: "No JSON", 428: "If-Match is missing"}  # fmt: skip
_READS = {304: "You have it already"}


class Described(FastAPI):
    def openapi(self) -> dict[str, Any]:
        self.openapi_schema = self.openapi_schema or described(self)
        return self.openapi_schema


def install(api: FastAPI) -> None:
    api.mount("/docs/assets", StaticFiles(packages=[("fastapi_swagger", "resources")]))
    api.add_api_route("/docs", _page, include_in_schema=False)


async def _page() -> HTMLResponse:
    return get_swagger_ui_html(
        openapi_url="openapi.json", title="REST API",
        swagger_js_url="docs/assets/swagger-ui-bundle.js", swagger_css_url="docs/assets/swagger-ui.css",
        swagger_favicon_url="docs/assets/favicon-32x32.png",
        swagger_ui_parameters={"displayRequestDuration": True, "filter": True, "validatorUrl": None},
    )  # fmt: skip


def described(api: FastAPI) -> dict[str, Any]:
    tags = [{"name": name, "description": words} for name, words in TAGS.items()]
    schema = get_openapi(
        title=api.title, version=api.version, description=INTRODUCTION, routes=api.routes, tags=tags,
        servers=[{"url": "/api"}],
    )  # fmt: skip
    schemas = schema.setdefault("components", {}).setdefault("schemas", {})
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(problem.pop("$defs", {}), Problem=problem)
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    for method, operation in _operations(schema):
        _add_errors(operation, {**_ALWAYS, **(_READS if method == "get" else _CHANGES)})
    return schema


def _operations(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path in schema["paths"].values():
        yield from path.items()


def _add_errors(operation: dict[str, Any], errors: dict[int, str]) -> None:
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for status, words in errors.items():
        described = {"description": words} if status == 304 else {"description": words, "content": content}
        operation["responses"][str(status)] = described
