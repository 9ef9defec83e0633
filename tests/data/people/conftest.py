"""A store with two platforms: sales, for everyone, and finance, for members."""

from __future__ import annotations

import pytest

from data.engines.embedded import EmbeddedEngine
from data.statements import SQL, Statements
from data.status.estate import platform_row
from tests.data.people.house import FINANCE, NOW, SALES, House

TABLES = ("role_grants", "user_platform_map", "group_members", "platforms", "audit_events")


@pytest.fixture
def house(request: pytest.FixtureRequest) -> House:
    """On the embedded engine, or on the store that the test is parametrized with."""
    store = getattr(request, "param", "embedded")
    statements = request.getfixturevalue("warehouse").statements if store == "warehouse" else _embedded(request)
    statements.run("status/set_platforms", [platform_row(SALES), platform_row(FINANCE)], at=NOW, by="test")
    return House(statements)


def _embedded(request: pytest.FixtureRequest) -> Statements:
    engine = EmbeddedEngine(request.getfixturevalue("tmp_path"))
    request.addfinalizer(engine.close)
    for table in TABLES:
        engine.execute((SQL / "tables" / f"{table}.sql").read_text())
    return Statements(engine)
