"""Every engine of the house, each on a store of its own. A new engine is one more entry."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from data.engines.base import Engine
from data.engines.databricks import DatabricksEngine, Warehouse, address
from data.engines.embedded import EmbeddedEngine
from data.engines.recording import RecordingEngine
from data.engines.spark import spark_engine
from tests import live
from tests.data.engines.live import live_engine
from tests.data.engines.tables import COUNTERS, RESULTS, result, table
from tests.standins.spark import SparkSession
from tests.standins.workspace import Workspace


@contextmanager
def _databricks(root: Path) -> Iterator[Engine]:
    """The real connector, over TLS, against the stand-in workspace."""
    with Workspace(root.parent / "workspace") as workspace, pytest.MonkeyPatch.context() as patch:
        patch.setenv("REQUESTS_CA_BUNDLE", str(workspace.ca_file))
        engine = DatabricksEngine(Warehouse(address(workspace.settings(root.parent / "home"))))
        yield engine
        engine.close()


@contextmanager
def _spark(root: Path) -> Iterator[Engine]:
    yield spark_engine(SparkSession(root.parent), "main", "portal")


@contextmanager
def _embedded(root: Path) -> Iterator[Engine]:
    engine = EmbeddedEngine(root)
    yield engine
    engine.close()


@contextmanager
def _recording(root: Path) -> Iterator[Engine]:
    with _embedded(root) as engine:
        yield RecordingEngine(engine)


ENGINES: dict[str, Callable[[Path], AbstractContextManager[Engine]]] = {
    "embedded": _embedded,
    "recording": _recording,
    "databricks": _databricks,
    "spark": _spark,
}


if not live.MISSING:
    ENGINES["live"] = live_engine
collect_ignore = ["test_sql_live.py"] if live.MISSING else []


@pytest.fixture(params=[pytest.param(name, marks=[pytest.mark.live] * (name == "live")) for name in ENGINES])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    with ENGINES[request.param](tmp_path / "tables") as engine:
        yield engine


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "tables"


@pytest.fixture
def embedded(root: Path) -> Iterator[EmbeddedEngine]:
    engine = EmbeddedEngine(root)
    yield engine
    engine.close()


@pytest.fixture
def counters(engine: Engine) -> Engine:
    engine.execute(COUNTERS)
    engine.append("counters", table({"id": "a", "n": 1}, {"id": "b", "n": 2}, {"id": "c", "n": 3}))
    return engine


@pytest.fixture
def results(engine: Engine) -> Engine:
    """Three days with four rows each."""
    engine.execute(RESULTS)
    engine.append("results", table(*(result(f"{back}{n}", back) for back in range(3) for n in range(4))))
    return engine
