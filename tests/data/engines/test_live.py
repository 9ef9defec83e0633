"""`make test-live`, by its own command, on the stand-in as if it were a workspace."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.data.engines.test_sql_live import reads_system_tables
from tests.live import NEEDED, SCHEMA
from tests.standins.workspace import Workspace
from tests.test_sql import FILES, STATEMENTS

ROOT = Path(__file__).parents[3]
LEFT = "statements of sql/ that were not executed live"


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace(tmp_path / "workspace") as running:
        yield running


def run_live(selected: str, **variables: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-m", "live", "-p", "no:cacheprovider", "tests/data/engines"]
    environment = {**os.environ, **variables, "COLUMNS": "200"}
    return subprocess.run(
        [*command, "-k", selected], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False
    )


def variables_of(workspace: Workspace, **more: str) -> dict[str, str]:
    return workspace.environment() | {SCHEMA: "main.portal_test"} | more


def left(done: subprocess.CompletedProcess[str]) -> list[str]:
    """What is reported at the end."""
    return [line for line in done.stdout.partition(LEFT)[2].splitlines() if re.fullmatch(r"\w+/\w+", line)]


def schemas(workspace: Workspace, verb: str) -> list[str]:
    return [
        sql.split()[-2 if verb == "DROP" else -1] for sql in workspace.statements() if sql.startswith(f"{verb} SCH")
    ]


def test_every_live_test_has_a_schema_of_its_own_and_leaves_nothing(workspace: Workspace, tmp_path: Path) -> None:
    selected = "a_statement_runs_on_a_warehouse or catalog_schema_and_case or compare_and_set"
    done = run_live(selected, **variables_of(workspace))
    assert done.returncode == 0, done.stdout + done.stderr
    made, dropped = schemas(workspace, "CREATE"), schemas(workspace, "DROP")
    assert made == dropped
    assert len(set(made)) == len(made) == 6
    assert all(name.startswith("`main`.`portal_test_") for name in made)
    assert list((tmp_path / "workspace" / "tables").glob("*/_delta_log")) == []
    changes = [name for name in FILES if name.startswith("changes/")]  # tables are made in their present shape
    assert left(done) == [*changes, *(name for name in STATEMENTS if reads_system_tables(name))]


def test_a_live_test_that_fails_leaves_nothing_either_and_its_statement_is_told(
    workspace: Workspace, tmp_path: Path
) -> None:
    workspace.faults.sql_error("[DIVIDE_BY_ZERO] Division by zero.", "22012", times=9, on="UPDATE role_grants")
    done = run_live("a_statement_runs_on_a_warehouse", **variables_of(workspace))
    assert done.returncode == 1, done.stdout + done.stderr
    assert schemas(workspace, "CREATE") == schemas(workspace, "DROP")
    assert list((tmp_path / "workspace" / "tables").glob("*/_delta_log")) == []
    assert "people/set_grant" in left(done)


@pytest.mark.parametrize("name", [*NEEDED, SCHEMA])
def test_a_half_configured_environment_is_told_in_one_line(workspace: Workspace, name: str) -> None:
    done = run_live("compare_and_set", **variables_of(workspace, **{name: ""}))
    assert done.returncode == 2
    assert f"set {name}." in done.stdout + done.stderr
    assert workspace.statements() == []
