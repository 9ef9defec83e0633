"""The bundle is in order, and the check of it finds each kind of mistake."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from jobs.sources import SOURCES
from tests.bundle import BIGGEST, ROOT, Bundle, findings

DATABRICKS_YML = """
bundle: {name: sample}
variables:
  warehouse: {description: Which one}
resources:
  apps:
    portal:
      name: portal-${bundle.target}
      source_code_path: .
      resources:
        - {name: sql-warehouse, sql_warehouse: {id: "${var.warehouse}", permission: CAN_USE}}
      config: {env: [{name: DATABRICKS_WAREHOUSE_ID, value_from: sql-warehouse}]}
  jobs:
    rollup:
      name: roll-up
      environments:
        - environment_key: own
          spec: {environment_version: "4", dependencies: ["-r ${workspace.file_path}/needs.txt"]}
      tasks:
        - task_key: rollup
          environment_key: own
          spark_python_task:
            python_file: ./jobs/serverless.py
            parameters: ["${workspace.file_path}", "PORTAL_CATALOG=main", rollup]
        - {task_key: look, notebook_task: {notebook_path: ./notebook.py}}
targets:
  prod: {mode: production}
"""
APP_YAML = """
command: [python, -m, streamlit, run, app.py, --server.port, $DATABRICKS_APP_PORT]
env: [{name: DATABRICKS_WAREHOUSE_ID, valueFrom: sql-warehouse}]
"""


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    (tmp_path / "jobs").mkdir()
    (tmp_path / "databricks.yml").write_text(DATABRICKS_YML)
    (tmp_path / "app.yaml").write_text(APP_YAML)
    (tmp_path / "needs.txt").touch()
    (tmp_path / "jobs/serverless.py").write_text("import sys\n")
    (tmp_path / "notebook.py").write_text("# Databricks notebook source\n")
    return tmp_path


def test_the_bundle_of_the_portal_is_in_order() -> None:
    assert findings(ROOT) == []


def test_a_bundle_without_mistakes_is_in_order(sample: Path) -> None:
    assert findings(sample) == []


MISTAKES = [
    ("databricks.yml", "resources:\n", "resourcess: {}\nresources:\n", "'resourcess' is no key of a bundle"),
    ("databricks.yml", "name: roll-up", "nam: roll-up", r"jobs\.rollup: .*nam"),
    ("databricks.yml", "permission: CAN_USE", "permission: CAN_LOOK", r"apps\.portal: .*CAN_LOOK"),
    ("databricks.yml", "      name: portal-${bundle.target}\n", "", r"apps\.portal: .*name"),
    ("databricks.yml", "name: portal-", "name: Portal_", "'Portal_prod' is no name of an app"),
    ("databricks.yml", "  apps:", "  clusterz: {}\n  apps:", r"resources\.clusterz is a kind"),
    ("databricks.yml", "${var.warehouse}", "${var.warehous}", "variable warehous is used but not declared"),
    ("databricks.yml", "${var.warehouse}", "1a2b", "variable warehouse is declared but not used"),
    ("databricks.yml", "name: roll-up", 'name: "${resources.schemas.gone.name}"', r"no resource schemas\.gone"),
    ("databricks.yml", "serverless.py", "gone.py", r"task rollup: jobs/gone\.py is not among the uploaded files"),
    ("databricks.yml", "./jobs/serverless.py", "./notebook.py", "must not begin with"),
    ("databricks.yml", "./notebook.py", "./jobs/serverless.py", "must begin with"),
    (
        "databricks.yml",
        "targets:",
        "sync: {exclude: [notebook.py]}\ntargets:",
        r"notebook\.py is not among the uploaded",
    ),
    ("databricks.yml", "environment_key: own\n", "environment_key: other\n", "needs one of the job's environments"),
    ("databricks.yml", "{task_key: look,", "{task_key: look, environment_key: own,", "refuses an environment"),
    ("databricks.yml", "needs.txt", "need.txt", r"need\.txt does not exist"),
    ("databricks.yml", '"PORTAL_CATALOG=main", rollup', "rolup", "invalid choice: 'rolup'"),
    ("databricks.yml", "rollup]", "rollup, --weeks, 2]", "unrecognized arguments: --weeks 2"),
    ("databricks.yml", "PORTAL_CATALOG=", "PORTAL_KATALOG=", "PORTAL_KATALOG is no setting"),
    ("databricks.yml", '"${workspace.file_path}", "PORTAL', '"PORTAL', "first parameter of"),
    ("databricks.yml", "targets:", "targets: [", "cannot be read"),
    ("app.yaml", "valueFrom: sql-warehouse", "valueFrom: warehouse", "'warehouse', which is none of its resources"),
    ("app.yaml", "$DATABRICKS_APP_PORT", "$PORT", r"\$PORT is not replaced"),
    ("app.yaml", "command: [", "commands: [", "without a command"),
    ("app.yaml", "env: [", "env: [{name: PORTAL_DEMO, value: '0'}, ", "PORTAL_DEMO is set in only one of"),
    ("app.yaml", "DATABRICKS_WAREHOUSE_ID", "WAREHOUSE", "WAREHOUSE is no setting of the portal"),
]


@pytest.mark.parametrize(("file", "right", "wrong", "found"), MISTAKES, ids=[mistake[3] for mistake in MISTAKES])
def test_each_mistake_is_found(sample: Path, file: str, right: str, wrong: str, found: str) -> None:
    text = (sample / file).read_text()
    assert right in text
    (sample / file).write_text(text.replace(right, wrong, 1))
    assert re.search(found, "\n".join(findings(sample)))


LOSSES: list[tuple[Callable[[Path], object], str]] = [
    (lambda root: (root / "databricks.yml").unlink(), r"cannot be read: .*databricks\.yml"),
    (lambda root: (root / "app.yaml").unlink(), r"app\.yaml: missing"),
    (lambda root: (root / "big.parquet").write_bytes(b"x" * BIGGEST), r"big\.parquet has 10 MB"),
]


@pytest.mark.parametrize(("happens", "found"), LOSSES, ids=[loss[1] for loss in LOSSES])
def test_missing_and_oversized_files_are_found(sample: Path, happens: Callable[[Path], object], found: str) -> None:
    happens(sample)
    assert re.search(found, "\n".join(findings(sample)))


def test_the_schema_of_the_cli_is_asked_when_it_is_there(sample: Path, tmp_path: Path) -> None:
    named = {"type": "object", "properties": {"name": {"type": "string", "pattern": r"^[\p{L}\p{N}-]+$"}}}
    schema = {"properties": {"bundle": {"oneOf": [named, {"type": "string", "pattern": r"\$\{var\."}]}}}
    (tmp_path / "schema.json").write_text(json.dumps(schema))
    assert findings(sample, tmp_path / "schema.json") == []
    (sample / "databricks.yml").write_text(DATABRICKS_YML.replace("{name: sample}", '{name: "not a name"}'))
    assert re.search("bundle.name: 'not a name' does not match", "\n".join(findings(sample, tmp_path / "schema.json")))


def test_every_source_is_looked_at_by_exactly_one_job() -> None:
    words = [task["spark_python_task"]["parameters"] for _, task, _ in Bundle(ROOT).tasks()]
    named = [name for given in words if "--source" in given for name in given[given.index("--source") + 1 :]]
    assert sorted(named) == sorted(SOURCES.keys() - {"demo"})
