"""What the code imports is asked for by name, within bounds that were tried."""

from __future__ import annotations

import re
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.conventions import PACKAGES, sources

ROOT = Path(__file__).parent.parent
CORES = {"starlette": "fastapi", "pydantic-core": "pydantic", "numpy": "pandas", "uvicorn": "streamlit"}
CORES |= {"thrift": "databricks-sql-connector", "urllib3": "databricks-sql-connector", "requests": "databricks-sdk"}
"""Whoever asks for the second gets the first with it, in a version that fits."""

SHARED = {"databricks": {"sdk": "databricks-sdk", "sql": "databricks-sql-connector", "bundles": "databricks-bundles"}}
"""Packages that several distributions put their modules into."""


def required(name: str) -> dict[str, str]:
    """Distribution → its bounds."""
    lines = (ROOT / name).read_text().splitlines()
    asked = (re.fullmatch(r"([\w.-]+)(?:\[[\w,]+\])?(.*)", line) for line in lines if not line.startswith(("#", "-r")))
    return {canonical(match[1]): match[2] for match in asked if match}


def canonical(name: str) -> str:
    name = re.sub(r"[-_.]+", "-", name).lower()
    return CORES.get(name, name)


def imported(*places: str) -> dict[str, str]:
    """Distribution → one line that imports it."""
    known = packages_distributions()
    ours = {*PACKAGES, "app", "ui", "tests", *sys.stdlib_module_names}
    return {
        canonical(SHARED[module][part] if module in SHARED else known[module][0]): f"{source.path}:{line}"
        for source in sources(ROOT)
        if source.within(*places)
        for line, name in source.imports()
        for module, part in [[*name.split("."), ""][:2]]
        if module not in ours and module in known
    }


def test_what_the_app_imports_is_required() -> None:
    used = imported("app.py", "ui.py", "pages/", "components/", "api/", "data/", "jobs/")
    assert {name: used[name] for name in used.keys() - required("requirements.txt").keys()} == {}


def test_what_tests_and_benchmarks_import_is_required() -> None:
    used = imported("tests/", "benchmarks/")
    asked = required("requirements.txt") | required("requirements-dev.txt")
    assert {name: used[name] for name in used.keys() - asked.keys()} == {}


def test_what_jobs_import_is_required_in_a_workspace_and_nothing_else() -> None:
    used = imported("jobs/", "data/").keys() - {"streamlit"}  # for the cached reads of pages
    assert required("jobs/requirements.txt").keys() == used
    assert required("jobs/requirements.txt").items() <= required("requirements.txt").items()


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt", "jobs/requirements.txt"])
def test_every_requirement_has_an_upper_bound(name: str) -> None:
    assert [wanted for wanted, bounds in required(name).items() if not re.search("<|==", bounds)] == []
