"""What holds for every test: no settings of this machine, no network beyond it, repeatable examples, one Chromium."""

from __future__ import annotations

import os
import shutil
import socket
from typing import Any

import pytest
from hypothesis import settings

from tests import live

for name in [n for n in os.environ if n == "PORT" or n.startswith(("PORTAL_", "DATABRICKS_"))]:
    del os.environ[name]
os.environ["PORTAL_HOME"] = os.devnull + "/give-this-test-a-home-of-its-own"

settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")

_connect = socket.socket.connect


def _connect_here(self: socket.socket, address: Any) -> None:
    if self.family != socket.AF_UNIX and address[0] not in {"127.0.0.1", "::1", "localhost"}:
        raise AssertionError(f"A test tried to reach {address[0]}; tests stay on this machine.")
    _connect(self, address)


def pytest_collection_modifyitems(config: pytest.Config) -> None:
    live.refuse_half_configured(config)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    live.report(terminalreporter)


@pytest.fixture(autouse=True, scope="session")
def stay_on_this_machine() -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", _connect_here)
        yield


@pytest.fixture(autouse=True, scope="session")
def wait_for_new_pages() -> Any:
    """However busy the machine is: viewers would be shown an older page after two seconds."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("data.cached.reads.PATIENCE_S", 60.0)
        yield


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of the system's Chromium. Without one the browser tests are skipped, but fail in CI."""
    names = ("chromium", "chromium-browser", "google-chrome")
    if found := next(filter(None, map(shutil.which, names)), None):
        return found
    return pytest.fail("CI has no Chromium.") if os.environ.get("CI") else pytest.skip("There is no Chromium here.")
