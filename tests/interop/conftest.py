"""The API on a socket, with an estate behind it; and the npm packages of others, installed once."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.types import ASGIApp, Receive, Scope, Send

from api.server import guards, mount
from data import cached, doorway
from data.portal import Portal
from tests.api.estate import furnish
from tests.data.tickets.desk import Desk
from tests.data.tickets.desk import furnish as open_house
from tests.portals import clock, portal

__all__ = ["clock", "portal"]
NPM = ("statuspage.io@3.3.8", "badge-maker@4.1.0")


@pytest.fixture
def busy(portal: Portal) -> Portal:
    open_house(portal)
    return furnish(Desk(portal))


@pytest.fixture
def desk(busy: Portal) -> Desk:
    return Desk(busy)


@pytest.fixture
def address(busy: Portal) -> Iterator[str]:
    """Of the portal; who calls is the outsider."""
    settings = busy.settings.model_copy(update={"trust_proxy": True})
    doorway.enter(busy.replace(settings=settings))
    cached.drop()
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        app = Starlette(routes=[mount(settings)], middleware=guards(settings))
        server = uvicorn.Server(uvicorn.Config(_as_charlie(app), log_level="critical", lifespan="off"))
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        thread.join()
    doorway.enter(None)
    cached.drop()


def _as_charlie(app: ASGIApp) -> ASGIApp:
    """What the platform's proxy does with a bearer token: it tells whose it is."""

    async def signed_in(scope: Scope, receive: Receive, send: Send) -> None:
        told = [(b"x-forwarded-email", b"charlie@example.org")]
        await app({**scope, "headers": [*scope.get("headers", ()), *told]}, receive, send)

    return signed_in


@pytest.fixture(scope="session")
def npm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the packages. Without Node the tests are skipped, but fail in CI."""
    if not (shutil.which("node") and shutil.which("npm")):
        return pytest.fail("CI has no Node.") if os.environ.get("CI") else pytest.skip("There is no Node here.")
    folder = tmp_path_factory.mktemp("npm")
    command = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", *NPM]
    installed = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=180, check=False)
    if installed.returncode:
        words = f"npm could not install the clients: {installed.stderr[-500:]}"
        return pytest.fail(words) if os.environ.get("CI") else pytest.skip(words)
    return folder
