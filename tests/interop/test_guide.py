"""The guide for programs does what it says, as it is written."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.end_to_end.server import ROOT, environment, job, running
from tests.portals import workspace
from tests.standins.workspace import Workspace

__all__ = ["workspace"]
pytestmark = pytest.mark.interop
GUIDE = (ROOT / "docs" / "programs.md").read_text()
CHECKS = re.search(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)
SESSION = re.search(r"```sh\n(.*?)```", GUIDE, re.DOTALL)
PYTHON = re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL)
HEARD_S = 150


def test_a_session_from_red_to_resolved(tmp_path: Path, workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    assert CHECKS
    assert SESSION
    home, checks = tmp_path / "home", tmp_path / "checks.yaml"
    checks.write_text(CHECKS[1])
    assert job(home, "migrate").returncode == 0
    assert job(home, "apply", str(checks), "--yes").returncode == 0
    with running(home, PORTAL_DEMO="0") as address:
        session = subprocess.run(
            ["bash", "-eo", "pipefail", "-c", SESSION[1]], env=environment(home, PORTAL=address), text=True,
            capture_output=True, timeout=HEARD_S, check=False,
        )  # fmt: skip
        assert session.returncode == 0, session.stdout + session.stderr
        monkeypatch.setenv("PORTAL", address)
        exec(compile(PYTHON[0], "docs/programs.md", "exec"), {})
        settings = workspace.settings(tmp_path)
        secrets = {"client_id": settings.databricks_client_id, "client_secret": settings.databricks_client_secret}
        told = {"client_id": secrets["client_id"], "client_secret": secrets["client_secret"].get_secret_value()}
        notebook = {
            "HOST": settings.databricks_host, "PORTAL": os.environ["PORTAL"],
            "dbutils": SimpleNamespace(secrets=SimpleNamespace(get=lambda scope, name: told[name])),
        }  # fmt: skip
        exec(compile(PYTHON[1], "docs/programs.md", "exec"), notebook)
        assert notebook["answer"].json()["results"][0]["state"] == "operational"
