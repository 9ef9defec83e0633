"""Every file of sql/ on a real warehouse (make test-live), on tables with one row of samples each."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pytest
from sqlglot import exp

from data.engines.base import Engine
from data.errors import PortalError
from tests.data.engines.live import live_engine
from tests.test_sql import SAMPLES, STATEMENTS, TABLES, VIEWS, kind_of, parsed, sample_rows

pytestmark = pytest.mark.live


@pytest.fixture(scope="module")
def stocked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with live_engine(tmp_path_factory.mktemp("live")) as engine:
        for table, text in TABLES.items():
            engine.execute(text)
            row = {column.name: SAMPLES[kind_of(column)] for column in parsed(text).find_all(exp.ColumnDef)}
            engine.append(table, pa.Table.from_pylist([row], engine.columns(table)))
        for text in VIEWS.values():
            engine.execute(text)
        yield engine


@pytest.mark.parametrize("name", STATEMENTS)
def test_a_statement_runs_on_a_warehouse(name: str, stocked: Engine) -> None:
    statement = STATEMENTS[name]
    given = {param: SAMPLES[kind] for param, kind in statement.params.items()}
    try:
        if isinstance(parsed(statement.sql), exp.Query):
            stocked.query(statement.sql, given)
        else:
            stocked.execute(statement.sql, given, sample_rows(statement))
    except PortalError as error:
        if not reads_system_tables(name):
            raise
        pytest.skip(f"The test's service principal cannot read the system tables of sql/{name}.sql: {error}")


def reads_system_tables(name: str) -> bool:
    """Tables that the portal does not make; not every workspace lets it read them."""
    return any(table.db for table in parsed(STATEMENTS[name].sql).find_all(exp.Table))
