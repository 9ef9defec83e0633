"""What the documents promise exists: targets, jobs, settings, sources, links, and examples that are accepted."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from data.settings import Settings
from data.status.estate import read_estate
from jobs.__main__ import JOBS
from jobs.apply import refuse_unknown_targets
from jobs.sources import SOURCES

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
CHECKS = (ROOT / "docs" / "checks.md").read_text()
OPERATIONS = (ROOT / "docs" / "operations.md").read_text()
DOCUMENTS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]


def test_every_make_target_of_the_readme_exists() -> None:
    targets = set(re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"\bmake ([a-z0-9-]+)", README)) - {"and"} <= targets


def test_the_example_of_the_readme_is_accepted() -> None:
    example = re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)[0]
    estate = read_estate(example, "README.md")
    refuse_unknown_targets(estate)
    assert [check.id for check in estate.checks] == ["shop-api", "orders-fresh"]


def test_every_job_is_in_the_operations_guide() -> None:
    told = set(re.findall(r"^\| `([a-z-]+)", OPERATIONS, re.MULTILINE))
    assert JOBS.keys() - {"list"} <= told


def test_every_source_is_in_the_guide_of_checks() -> None:
    told = set(re.findall(r"^\| `([a-z_]+)` \|", CHECKS, re.MULTILINE))
    assert SOURCES.keys() - {"demo"} <= told


def test_every_setting_of_the_operations_guide_exists() -> None:
    told = {name.removeprefix("PORTAL_").lower() for name in re.findall(r"`(PORT(?:AL_[A-Z_]+)?)`", OPERATIONS)}
    assert told <= Settings.model_fields.keys()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_between_documents_leads_somewhere(document: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", document.read_text())
    assert [link for link in links if not (document.parent / link).exists()] == []
