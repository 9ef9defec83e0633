"""Every engine of the house, each on a store of its own. A new engine is one more entry."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from data.engines.base import Engine
from data.engines.embedded import EmbeddedEngine
from data.engines.recording import RecordingEngine

ENGINES: dict[str, Callable[[Path], Engine]] = {
    "embedded": EmbeddedEngine,
    "recording": lambda root: RecordingEngine(EmbeddedEngine(root)),
}


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    engine = ENGINES[request.param](tmp_path / "tables")
    yield engine
    engine.close()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "tables"


@pytest.fixture
def embedded(root: Path) -> Iterator[EmbeddedEngine]:
    engine = EmbeddedEngine(root)
    yield engine
    engine.close()
