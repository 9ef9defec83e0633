"""A scheduled task as the bundle starts it: a script, parameters, secrets of a scope; no environment of its own."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from tests.standins.workspace import Workspace

ROOT = Path(__file__).parents[2]
SECRETS = {"PORTAL_TIMEZONE": "Europe/Nowhere", "webhook": "not-for-us"}


async def _list(request: Request) -> JSONResponse:
    if request.query_params["scope"] != "portal":
        return JSONResponse({"error_code": "PERMISSION_DENIED", "message": "internal words"}, 403)
    return JSONResponse({"secrets": [{"key": key, "last_updated_timestamp": 1} for key in SECRETS]})


async def _get(request: Request) -> JSONResponse:
    assert request.query_params["key"] != "webhook", "nobody asked for that one"
    value = base64.b64encode(SECRETS[request.query_params["key"]].encode()).decode()
    return JSONResponse({"key": request.query_params["key"], "value": value})


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    routes = [Route("/api/2.0/secrets/list", _list), Route("/api/2.0/secrets/get", _get)]
    with Workspace(tmp_path_factory.mktemp("workspace"), routes) as workspace:
        yield workspace


def task(home: Path, workspace: Workspace, *parameters: str) -> subprocess.CompletedProcess[str]:
    """From a folder that is not the bundle's, with the sign-in that a task has by itself."""
    own = {name: value for name, value in workspace.environment().items() if name not in {"PORTAL_CATALOG"}}
    return subprocess.run(
        [sys.executable, ROOT / "jobs/serverless.py", ROOT, f"PORTAL_HOME={home}", *parameters],
        cwd=home.parent,
        env={"PATH": os.environ["PATH"], **own},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_task_runs_the_job_that_its_parameters_name(tmp_path: Path, workspace: Workspace) -> None:
    done = task(tmp_path / "home", workspace, "PORTAL_CATALOG=main", "PORTAL_SECRET_SCOPE=", "migrate")
    assert (done.returncode, "table status_checks applied." in done.stdout) == (0, True), done.stderr


def test_a_task_takes_settings_from_its_secret_scope(tmp_path: Path, workspace: Workspace) -> None:
    done = task(tmp_path / "home", workspace, "PORTAL_SECRET_SCOPE=portal", "migrate")
    assert done.returncode != 0, "the portal's own words on what the scope holds:"
    assert "'Europe/Nowhere' is not a time zone" in done.stderr
    assert "not-for-us" not in done.stderr


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        (
            ("PORTAL_SECRET_SCOPE=others", "migrate"),
            "may not see the secret scope others (403): give its .* READ on it",
        ),
        (("PORTAL_CATALOG=main", "ingest", "--once", "--source", "crystal_ball"), "invalid choice: 'crystal_ball'"),
    ],
)
def test_a_task_that_could_not_work_fails_with_words(
    tmp_path: Path, workspace: Workspace, parameters: tuple[str, ...], words: str
) -> None:
    done = task(tmp_path / "home", workspace, *parameters)
    assert done.returncode != 0
    assert "internal words" not in done.stderr
    assert words.split(".*")[0] in done.stderr
