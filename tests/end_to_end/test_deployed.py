"""The app as Databricks Apps runs it: by app.yaml's command, in the platform's environment, ended by SIGTERM."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import yaml
from filelock import FileLock

from data.engines.embedded import EmbeddedEngine
from tests.end_to_end.server import ROOT, START_S, environment, free_port, job
from tests.standins.http_server import http_server
from tests.standins.workspace import Workspace

APP = yaml.safe_load((ROOT / "app.yaml").read_text())
ANA = {"X-Forwarded-Email": "ana@example.org", "X-Forwarded-Preferred-Username": "Ana"}
GRACE_S = 15
"""After SIGTERM the platform waits so long, then it kills."""
ENDED = {0, -signal.SIGTERM, 128 + signal.SIGTERM}


@dataclass
class App:
    process: subprocess.Popen[bytes]
    port: int
    told_at: float = 0

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def terminate(self) -> None:
        self.told_at = time.monotonic()
        self.process.send_signal(signal.SIGTERM)

    def ended(self) -> tuple[float, int]:
        """Seconds it took after SIGTERM, exit code."""
        code = self.process.wait(2 * GRACE_S)
        return time.monotonic() - self.told_at, code


def given_by_the_platform(port: int) -> dict[str, str]:
    return {
        "DATABRICKS_APP_NAME": "status-portal",
        "DATABRICKS_APP_PORT": str(port),
        "STREAMLIT_SERVER_PORT": str(port),
        "STREAMLIT_SERVER_ADDRESS": "0.0.0.0",
        "STREAMLIT_SERVER_HEADLESS": "true",
        "STREAMLIT_SERVER_ENABLE_CORS": "false",
        "STREAMLIT_SERVER_ENABLE_XSRF_PROTECTION": "false",
        "STREAMLIT_BROWSER_GATHER_USAGE_STATS": "false",
    }


@contextmanager
def started(home: Path, answers: str, **more: str) -> Iterator[App]:
    """By app.yaml, on the store in `home`; variables of `more` win, and an empty one is left out."""
    port = free_port()
    command = [{"python": sys.executable, "$DATABRICKS_APP_PORT": str(port)}.get(word, word) for word in APP["command"]]
    own = {entry["name"]: entry["value"] for entry in APP["env"] if "value" in entry}
    env = {k: v for k, v in {**environment(home), **given_by_the_platform(port), **own, **more}.items() if v}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    app = App(subprocess.Popen(command, cwd=ROOT, env=env, **quiet), port)
    try:
        wait_until(lambda: answered(app.address + answers))
        yield app
    finally:
        app.process.kill()
        app.process.wait()


def answered(url: str) -> bool:
    try:
        return httpx.get(url).status_code == 200
    except httpx.TransportError:
        return False


def wait_until(happens: Callable[[], object]) -> None:
    until = time.monotonic() + START_S
    while not happens():
        assert time.monotonic() < until, "It did not happen in time."
        time.sleep(0.02)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    with Workspace(tmp_path_factory.mktemp("workspace")) as workspace:
        yield workspace


@pytest.fixture
def deployed(workspace: Workspace, tmp_path: Path) -> Iterator[App]:
    with started(tmp_path, "/api/healthz", **workspace.environment()) as app:
        yield app


def test_it_listens_for_the_platform_lets_in_whom_the_proxy_names_and_keeps_xsrf_protection(deployed: App) -> None:
    assert httpx.get(deployed.address, headers=ANA).status_code == 200
    assert httpx.get(deployed.address).status_code == 401
    upload = f"{deployed.address}/_stcore/upload_file/somebody/something"
    forged = httpx.put(upload, headers=ANA, files={"file": b"x"})
    assert (forged.status_code, forged.text) == (403, "XSRF token missing or invalid")


def test_a_viewer_who_stays_does_not_keep_it_from_ending(deployed: App) -> None:
    with socket.create_connection(("127.0.0.1", deployed.port)) as viewer:
        wanted = ["GET /_stcore/stream HTTP/1.1", f"Host: 127.0.0.1:{deployed.port}", "Connection: Upgrade"]
        wanted += ["Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg=="]
        wanted += [f"{name}: {value}" for name, value in ANA.items()]
        viewer.sendall("\r\n".join([*wanted, "", ""]).encode())
        assert viewer.recv(12) == b"HTTP/1.1 101"
        deployed.terminate()
        seconds, code = deployed.ended()
    assert seconds < GRACE_S
    assert code in ENDED


def test_a_statement_in_flight_does_not_keep_it_from_ending(deployed: App, workspace: Workspace) -> None:
    sent = len(workspace.statements())
    workspace.faults.delay(3 * GRACE_S)
    with socket.create_connection(("127.0.0.1", deployed.port)) as reader:
        reader.sendall(b"GET /api/readyz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        wait_until(lambda: len(workspace.statements()) > sent)
        deployed.terminate()
        seconds, code = deployed.ended()
    workspace.faults.delay(0)
    assert seconds < GRACE_S
    assert code in ENDED


ESTATE = """
platforms:
  - {{id: shop, name: Shop, kind: service}}
checks:
  - {{id: a, platform: shop, name: A, source: sql_check, mode: success, every: 1s, target: {{query: SELECT 1 AS ok}}}}
  - {{id: b, platform: shop, name: B, source: sql_check, mode: success, every: 1s, target: {{query: SELECT 1 AS ok}}}}
  - {{id: silent, platform: shop, name: Silent, source: http_probe, mode: success, every: 1s,
     target: {{url: "{silent}", timeout_s: 20}}}}
"""


def commits(home: Path, table: str) -> int:
    return len([name for name in os.listdir(home / "tables" / table / "_delta_log") if name.endswith(".json")])


@pytest.mark.parametrize(("written", "held_up"), [("status_results", "current"), ("status_current", "transitions")])
def test_a_round_is_written_to_its_end_before_the_app_ends(tmp_path: Path, written: str, held_up: str) -> None:
    home = tmp_path / "home"
    with http_server() as server:
        (tmp_path / "estate.yaml").write_text(ESTATE.format(silent=f"{server.url}/slow"))
        assert job(home, "migrate").returncode == 0
        assert job(home, "apply", str(tmp_path / "estate.yaml"), "--yes").returncode == 0
        before = commits(home, written)
        local = {"DATABRICKS_APP_NAME": "", "PORTAL_SCHEDULER": "1"}
        with FileLock(home / "locks" / f"status_{held_up}.lock") as lock, started(home, "/api/healthz", **local) as app:
            wait_until(lambda: commits(home, written) > before)
            app.terminate()
            with pytest.raises(subprocess.TimeoutExpired):  # it must wait for what is being written
                app.process.wait(2)
            lock.release()
            seconds, code = app.ended()
    assert seconds < GRACE_S
    assert code in ENDED
    assert_nothing_lost_or_doubled(EmbeddedEngine(home / "tables"))


def assert_nothing_lost_or_doubled(store: EmbeddedEngine) -> None:
    """Each result once; what is current is what the last one said; and the first of each check moved it once."""
    results = store.query("SELECT id, check_id, observed_at FROM status_results").to_pandas()
    current = store.query("SELECT check_id, observed_at FROM status_current").to_pandas()
    moved = store.query("SELECT id, check_id FROM status_transitions").to_pandas()
    newest = results.groupby("check_id")["observed_at"].max().to_dict()
    assert set(newest) >= {"a", "b"}
    assert not results.duplicated(["check_id", "observed_at"]).any()
    assert current.set_index("check_id")["observed_at"].to_dict() == newest
    assert sorted(moved["check_id"]) == sorted(newest)
