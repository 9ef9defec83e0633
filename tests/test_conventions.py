"""The house rules, executed on the tree; each rule is also shown a planted violation that it must find."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conventions import PACKAGES, RULES, Source, findings, suppressions

ROOT = Path(__file__).parent.parent
SUPPRESSIONS = 0
"""Warnings switched off and tests skipped, in the whole tree. Lower it when one goes; never raise it."""

PLANTED = [
    ("functions_are_short", "data/a.py", "def long():\n" + "    x = 1\n" * 30),
    ("modules_are_short", "data/a.py", "x = 1\n" * 301),
    ("modules_are_short", "pages/status.py", "x = 1\n" * 121),
    ("modules_are_short", "jobs/notebooks/rollup.py", "x = 1\n" * 16),
    ("modules_say_what_they_are", "data/a.py", "x = 1"),
    ("names_say_what_things_do", "data/status/utils.py", ""),
    ("names_say_what_things_do", "data/date_helpers.py", ""),
    ("names_say_what_things_do", "jobs/a.py", "def handle_result(): ..."),
    ("names_say_what_things_do", "jobs/a.py", "class ResultManager: ..."),
    ("imports_keep_their_side", "app.py", "from components import theme"),
    ("imports_keep_their_side", "ui.py", "import data.statements"),
    ("imports_keep_their_side", "ui.py", "from data import engines"),
    ("imports_keep_their_side", "components/charts.py", "import streamlit as st"),
    ("sql_lives_in_sql_files", "data/status/a.py", "q = 'SELECT id FROM platforms'"),
    ("sql_lives_in_sql_files", "jobs/a.py", "q = f'delete from {table}'"),
    ("sql_lives_in_sql_files", "api/a.py", "q = '''\n  MERGE INTO t USING s'''"),
    ("only_settings_read_the_environment", "data/a.py", "import os\nhome = os.environ['HOME']"),
    ("only_settings_read_the_environment", "jobs/a.py", "from os import getenv"),
    ("only_cached_caches", "components/a.py", "@st.cache_data(ttl=5)\ndef read(): ..."),
    ("errors_are_not_swallowed", "api/a.py", "try:\n    x()\nexcept Exception:\n    pass"),
    ("errors_are_not_swallowed", "api/a.py", "while x():\n    try:\n        x()\n    except:\n        continue"),
    ("the_clock_is_passed_in", "data/a.py", "at = datetime.now(UTC)"),
    ("the_clock_is_passed_in", "tests/test_a.py", "day = datetime.date.today()"),
    ("text_is_never_html", "components/a.py", "st.markdown(text, unsafe_allow_html=True)"),
    ("permissions_are_asked_for", "pages/a.py", "if actor.role == 'admin': ..."),
    ("permissions_are_asked_for", "pages/a.py", "if role in ('admin', 'triager'): ..."),
    ("widgets_have_keys", "pages/a.py", "st.button('Save')"),
    ("sleeps_are_short", "tests/test_a.py", "time.sleep(1)"),
]
SUPPRESSED = ["x = 1  # " + "noqa: E501", "x = y  # type" + ": ignore", "@pytest.mark" + ".skip\ndef test_a(): ..."]


@pytest.mark.parametrize("name", RULES)
def test_the_tree_keeps_the_rule(name: str) -> None:
    found = findings(RULES[name], ROOT)
    assert not found, "\n".join(["", *found])


@pytest.mark.parametrize(("name", "path", "text"), PLANTED)
def test_each_rule_finds_what_was_planted(name: str, path: str, text: str, tmp_path: Path) -> None:
    (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / path).write_text(text + "\n")
    found = findings(RULES[name], tmp_path)
    assert len(found) == 1
    assert found[0].startswith(f"{path}:")


def test_every_rule_has_a_planted_violation() -> None:
    assert {name for name, _, _ in PLANTED} == RULES.keys()


def test_suppressions_do_not_grow() -> None:
    found = findings(suppressions, ROOT)
    assert len(found) <= SUPPRESSIONS, "\n".join(["", *found])


@pytest.mark.parametrize("text", SUPPRESSED)
def test_each_suppression_is_counted(text: str) -> None:
    assert len(list(suppressions(Source("data/a.py", text)))) == 1


def lint_imports(folder: Path) -> str:
    program = "import sys; sys.path.insert(0, ''); from importlinter.cli import lint_imports_command as run; run()"
    command = [sys.executable, "-c", program, "--no-cache", "--no-logo"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False).stdout


def test_imports_follow_the_architecture() -> None:
    report = lint_imports(ROOT)
    assert ", 0 broken." in report, report


def test_every_import_contract_can_break(tmp_path: Path) -> None:
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / "pages/planted.py").write_text("import data.statements, pages.planted_too\n")
    (tmp_path / "pages/planted_too.py").touch()
    (tmp_path / "api/planted.py").write_text("import components, streamlit\n")
    (tmp_path / "data/errors.py").write_text("import data.portal, fastapi, duckdb\n")
    (tmp_path / "data/status/model.py").write_text("import httpx\n")
    report = lint_imports(tmp_path)
    assert "Contracts: 0 kept" in report, report
