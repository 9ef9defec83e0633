"""What the documents promise exists: targets, jobs, settings, sources, links, and examples that are accepted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from api.server import api
from data.messages import model as messages
from data.messages.workflow import STATES
from data.settings import Settings
from data.status.estate import read_estate
from data.tickets.attachments import MOST_BYTES, MOST_FILES
from data.tickets.kinds import KINDS, Kind
from data.tickets.limits import MOST
from data.tickets.model import BODY_MOST, COMMENT_MOST, TITLE_MOST
from data.tickets.rounds import NO_ANSWER, NUDGES, SILENCE
from data.tickets.sla import DAY, Policy
from data.tickets.workflow import WHO, Move, Workflow
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


GUIDE = "\n".join(path.read_text() for path in sorted((ROOT / "docs" / "guide").glob("*.md")))


def test_the_guides_name_every_state_of_every_kind_of_ticket() -> None:
    labels = {state.label for kind in KINDS.values() for state in kind.workflow.states}
    assert {label for label in labels if label not in GUIDE} == set()


def test_the_guides_tell_the_limits_and_targets_as_they_are() -> None:
    plain = " ".join(GUIDE.split())
    told = ", ".join(f"{number} {thing}s" for thing, number in MOST.items())
    assert told.replace(", 30 files", " and 30 files") in plain
    assert (
        f"Titles have at most {TITLE_MOST} characters, descriptions {BODY_MOST:,}, comments {COMMENT_MOST:,}" in plain
    )
    assert f"at most {MOST_FILES}, each at most {MOST_BYTES // 2**20} MB" in plain
    assert "| P1 | 30 min | 4 h, around the clock |" in plain
    policy = Policy()
    assert (policy.target(1).response, policy.target(1).resolution) == (timedelta(minutes=30), timedelta(hours=4))
    assert [policy.target(n).resolution for n in (2, 3, 4)] == [DAY, 3 * DAY, 10 * DAY]
    assert (SILENCE, NUDGES, NO_ANSWER) == (5 * DAY, (3 * DAY, 7 * DAY), 10 * DAY)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_between_documents_leads_somewhere(document: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", document.read_text())
    assert [link for link in links if not (document.parent / link).exists()] == []


def moves_of(kind: Kind) -> str:
    """The table that belongs into docs/guide/moves.md."""
    flow = kind.workflow
    rows = [
        f"| {move.label} | {_from(move, flow)} | {flow.state(move.to).label if move.to else '·'} | "
        f"{', '.join(sorted(WHO[right] for right in move.who))} | {', '.join(_asked(move)) or '·'} |"
        for move in flow.moves
    ]
    return "\n".join(["| move | from | to | who | has to be said |", "| --- | --- | --- | --- | --- |", *rows])


def _from(move: Move, flow: Workflow) -> str:
    sources = [state for state in flow.states if state.name in move.sources]
    if len(sources) == len(flow.states):
        return "any"
    all_open = {state.name for state in sources} == set(flow.names("open")) and len(sources) > 1
    return "any open" if all_open else ", ".join(state.label for state in sources)


def _asked(move: Move) -> Iterator[str]:
    return (question.label.rstrip("?").lower() for question in move.asks if question.required)


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_the_table_of_moves_in_the_guide_is_that_of_the_code(kind: Kind) -> None:
    assert moves_of(kind) in (ROOT / "docs" / "guide" / "moves.md").read_text()


def test_the_guide_of_messages_tells_kinds_states_and_limits_as_they_are() -> None:
    guide = " ".join((ROOT / "docs" / "guide" / "messages.md").read_text().split())
    assert [name for name in (*messages.KINDS.values(), *STATES.values()) if name not in guide] == []
    assert f"at most {messages.TITLE_MOST} characters, texts {messages.BODY_MOST:,}" in guide
    assert f"from {messages.AHEAD // timedelta(hours=1)} hours before" in guide


def test_every_address_of_the_api_guide_exists() -> None:
    told = set(re.findall(r"`/api(/v1/[^\s`?…]+)`", (ROOT / "docs" / "api.md").read_text()))
    assert told - set(api.openapi()["paths"]) == set()
    assert len(told) > 10
