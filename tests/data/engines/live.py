"""The engine of a real warehouse, in a schema that is made for a test and dropped after it, whatever happens."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from secrets import token_hex
from typing import TypeVar

import pyarrow as pa
import pytest

from data.engines.base import NOTHING, DataChange, Engine, Params, Rows, Upkeep, UpkeepReport
from data.engines.databricks import DatabricksEngine, Warehouse, address
from data.settings import Settings
from tests import live

OF_THE_CONTRACT = re.compile(r"(`?)\bmain\1\.(`?)portal\2(?=\.)")
T = TypeVar("T")


class LiveEngine:
    """Knows the schema that the contract calls main.portal, and keeps what was carried out."""

    def __init__(self, inner: Engine, schema: str) -> None:
        self._inner, self._schema = inner, schema

    def query(self, sql: str, params: Params = NOTHING) -> pa.Table:
        return self._kept(sql, lambda text: self._inner.query(text, params))

    def execute(self, sql: str, params: Params = NOTHING, rows: Rows = NOTHING) -> int:
        return self._kept(sql, lambda text: self._inner.execute(text, params, rows))

    def append(self, table: str, rows: pa.Table) -> int:
        return self._inner.append(table, rows)

    def columns(self, table: str) -> pa.Schema:
        return self._inner.columns(table)

    def last_data_change(self, table: str) -> DataChange | None:
        return self._inner.last_data_change(self._here(table))

    def maintain(self, table: str, upkeep: Upkeep, now: datetime) -> UpkeepReport:
        return self._inner.maintain(table, upkeep, now)

    def close(self) -> None:
        self._inner.close()

    def _kept(self, sql: str, run: Callable[[str], T]) -> T:
        answer = run(self._here(sql))
        live.executed.add(sql)
        return answer

    def _here(self, text: str) -> str:
        return OF_THE_CONTRACT.sub(self._schema, text)


@contextmanager
def live_engine(home: Path) -> Iterator[Engine]:
    catalog, _, prefix = live.GIVEN[live.SCHEMA].partition(".")
    schema = f"{prefix}_{token_hex(4)}"
    where = address(_settings(home, catalog, schema))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", live.connect)
        if live.GIVEN["PORTAL_CA_FILE"]:
            patch.setenv("REQUESTS_CA_BUNDLE", live.GIVEN["PORTAL_CA_FILE"])
        around = Warehouse(replace(where, schema="information_schema"))
        engine = DatabricksEngine(Warehouse(where))
        try:
            around.run(f"CREATE SCHEMA IF NOT EXISTS `{catalog}`.`{schema}`", {})
            yield LiveEngine(engine, f"`{catalog}`.`{schema}`")
        finally:
            engine.close()
            around.run(f"DROP SCHEMA IF EXISTS `{catalog}`.`{schema}` CASCADE", {})
            around.close()


def _settings(home: Path, catalog: str, schema: str) -> Settings:
    given = live.GIVEN
    return Settings(
        home=home,
        databricks_host=given["DATABRICKS_HOST"],
        databricks_client_id=given["DATABRICKS_CLIENT_ID"],
        databricks_client_secret=given["DATABRICKS_CLIENT_SECRET"],
        warehouse_id=given["DATABRICKS_WAREHOUSE_ID"],
        ca_file=given["PORTAL_CA_FILE"] or None,
        catalog=catalog,
        schema_name=schema,
    )
