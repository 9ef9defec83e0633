"""A store with two platforms: sales, for everyone, and finance, for members."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from data.engines.embedded import EmbeddedEngine
from data.statements import SQL, Statements
from data.status.estate import platform_row
from tests.data.people.house import FINANCE, NOW, SALES, House

TABLES = ("role_grants", "user_platform_map", "group_members", "platforms", "audit_events")


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    engine = EmbeddedEngine(tmp_path)
    for table in TABLES:
        engine.execute((SQL / "tables" / f"{table}.sql").read_text())
    house = House(Statements(engine))
    house.statements.run("status/set_platforms", [platform_row(SALES), platform_row(FINANCE)], at=NOW, by="test")
    yield house
    engine.close()
