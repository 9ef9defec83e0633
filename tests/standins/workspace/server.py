"""The stand-in as a server: TLS on a loopback port, and in front of every route the log, the faults and the token."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from time import monotonic
from typing import Any, Self

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from data.engines.embedded import EmbeddedEngine
from data.portal import utc_now
from data.settings import Settings
from tests.standins.workspace import control, thrift
from tests.standins.workspace.certificate import certify
from tests.standins.workspace.doorkeeper import Doorkeeper, refused
from tests.standins.workspace.faults import Call, Faults
from tests.standins.workspace.identity import Identity
from tests.standins.workspace.warehouse import Warehouse

LONGEST_HOLD_S = 30.0
"""For a client that never gives up waiting for an answer held back."""


class _Server(uvicorn.Server):
    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Clients keep their connections; a polite goodbye over TLS would wait for each of them."""
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        await super().shutdown(sockets)


class Workspace:
    """One warehouse, catalog `main`, schema `portal`. `root`: for tables and certificate."""

    warehouse_id = "standin"
    catalog = "main"
    schema_name = "portal"

    def __init__(self, root: Path, extra_routes: Sequence[BaseRoute] = ()) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=128)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # asyncio forgets it here: 40 ms a call
        self.host = f"https://localhost:{self._socket.getsockname()[1]}"
        self.ca_file, self._key_file = certify(root, utc_now)
        self.engine = EmbeddedEngine(root / "tables")
        self.log: list[Call] = []
        self._identity = Identity(self.host, utc_now)
        self.client_id, self.client_secret = self._identity.client_id, self._identity.client_secret
        self.user_tokens = self._identity.users
        warehouse = Warehouse(self.engine, root / "tables", root / "definitions")
        self.faults = Faults(on_expire_tokens=self._identity.expire)
        self._sessions = thrift.Sessions(warehouse.run, self.faults.before)
        self.faults.on_drop_sessions = self._sessions.drop
        self._closing = threading.Event()
        self._server = _Server(self._config(extra_routes))
        run = {"sockets": [self._socket]}
        self._thread = threading.Thread(target=self._server.run, kwargs=run, name="standin-workspace", daemon=True)

    def _config(self, extra_routes: Sequence[BaseRoute]) -> uvicorn.Config:
        warehouse = Route(f"/sql/1.0/warehouses/{self.warehouse_id}", self._thrift, methods=["POST"])
        own = [*self._identity.routes(), *control.routes(self.faults, self.log), warehouse]
        inside = Starlette(routes=[*extra_routes, *own], exception_handlers={404: _unknown, 405: _unknown})
        app = Doorkeeper(inside, self._identity, self.faults, self.log)
        return uvicorn.Config(
            app,
            ssl_certfile=self.ca_file,
            ssl_keyfile=self._key_file,
            lifespan="off",
            loop="asyncio",
            timeout_keep_alive=75,
            log_config=None,
        )

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._server.should_exit = True
        self._sessions.close()
        self._thread.join()
        self._socket.close()
        self.engine.close()

    @property
    def token_lifetime(self) -> timedelta:
        return self._identity.lifetime

    @token_lifetime.setter
    def token_lifetime(self, lifetime: timedelta) -> None:
        self._identity.lifetime = lifetime

    def statements(self) -> list[str]:
        """Those that reached the warehouse; a statement refused with 429, 500 or 503 is in `log` only."""
        return [call.text for call in self.log if call.kind == "ExecuteStatement" and call.status == 200]

    def settings(self, home: Path, **more: Any) -> Settings:
        told = {
            "home": home,
            "databricks_host": self.host,
            "databricks_client_id": self.client_id,
            "databricks_client_secret": self.client_secret,
            "warehouse_id": self.warehouse_id,
            "catalog": self.catalog,
            "schema_name": self.schema_name,
            "ca_file": self.ca_file,
        }
        return Settings(**(told | more))

    def environment(self) -> dict[str, str]:
        """For subprocesses: the same, and the certificate for whatever else talks HTTPS."""
        certificate = str(self.ca_file)
        return {
            "DATABRICKS_HOST": self.host,
            "DATABRICKS_CLIENT_ID": self.client_id,
            "DATABRICKS_CLIENT_SECRET": self.client_secret,
            "DATABRICKS_WAREHOUSE_ID": self.warehouse_id,
            "PORTAL_CATALOG": self.catalog,
            "PORTAL_SCHEMA": self.schema_name,
            "PORTAL_CA_FILE": certificate,
            "REQUESTS_CA_BUNDLE": certificate,
            "SSL_CERT_FILE": certificate,
        }

    async def _thrift(self, request: Request) -> Response:
        asked = request.scope["thrift"]
        if asked is None:
            return refused(400, "This is not a Thrift call.")
        answer = await run_in_threadpool(thrift.reply, self._sessions, asked)
        if asked.statement and self.faults.holds(asked.statement):
            await self._hold(request)
        return Response(answer, media_type="application/x-thrift")

    async def _hold(self, request: Request) -> None:
        until = monotonic() + LONGEST_HOLD_S
        while monotonic() < until and not self._closing.is_set() and not await request.is_disconnected():
            await asyncio.sleep(0.02)


async def _unknown(request: Request, _: Exception) -> Response:
    return refused(404, f"No API found for '{request.method} {request.url.path}'")
