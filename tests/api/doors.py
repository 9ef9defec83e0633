"""The API as app.py mounts it, called by people of the desk; `X-Forwarded-Email` says who."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx2
from starlette.applications import Starlette
from starlette.testclient import TestClient

from api.server import guards, mount
from data import cached, doorway
from data.portal import Portal
from data.settings import Settings


@contextmanager
def opened(portal: Portal, settings: Settings | None = None) -> Iterator[TestClient]:
    """A client over the whole of the API, as behind a proxy that tells who is there."""
    chosen = settings or portal.settings.model_copy(update={"trust_proxy": True, "api_rate": 10_000.0})
    doorway.enter(portal.replace(settings=chosen))
    cached.drop()
    app = Starlette(routes=[mount(chosen)], middleware=guards(chosen))
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client
    doorway.enter(None)
    cached.drop()


class Person:
    """Somebody who calls the API."""

    def __init__(self, client: TestClient, name: str) -> None:
        self._client = client
        self._headers = {"X-Forwarded-Email": f"{name}@example.org"}

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> httpx2.Response:
        content = None if body is None else json.dumps(body)
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        kind = {} if body is None else {"Content-Type": "application/json"}
        return self._client.request(method, f"/api{path}", content=content, headers={**self._headers, **kind, **sent})

    def get(self, path: str, **headers: str) -> httpx2.Response:
        return self("GET", path, **headers)
