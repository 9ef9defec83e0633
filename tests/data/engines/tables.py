"""The tables that the contract is tried on, and how it looks into them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pyarrow as pa

from data.engines.base import Engine

AT = datetime(2026, 11, 23, 7, 30, 0, 123456, UTC)
DAY = date(2026, 11, 23)
UTC_TIME = pa.timestamp("us", tz="UTC")
EVERYTHING = """CREATE TABLE IF NOT EXISTS everything (
  id STRING NOT NULL COMMENT 'key', big BIGINT, small INT, real DOUBLE, flag BOOLEAN, day DATE, at TIMESTAMP,
  words ARRAY<STRING>, times ARRAY<TIMESTAMP>, CONSTRAINT everything_key PRIMARY KEY (id)) USING DELTA"""
ONE = {
    "id": "ä 日本 'quoted' \"too\" :no_parameter",
    "big": 2**53 + 1,
    "small": -7,
    "real": 0.1,
    "flag": False,
    "day": DAY,
    "at": AT,
    "words": ["ü", ""],
    "times": [AT, AT + timedelta(days=1)],
}
COUNTERS = "CREATE TABLE counters (id STRING NOT NULL, n BIGINT NOT NULL, note STRING) USING DELTA"
RESULTS = """CREATE TABLE results (
  id STRING NOT NULL, check_id STRING NOT NULL, day DATE NOT NULL, value DOUBLE,
  CONSTRAINT results_key PRIMARY KEY (id)) USING DELTA PARTITIONED BY (day)"""


def rows(engine: Engine, sql: str, **params: Any) -> list[dict[str, Any]]:
    return engine.query(sql, params).to_pylist()


def table(*given: dict[str, Any]) -> pa.Table:
    return pa.Table.from_pylist(list(given))


def result(id_: str, days_back: int, value: float = 1.0) -> dict[str, Any]:
    return {"id": id_, "check_id": f"check-{id_[-1]}", "day": DAY - timedelta(days=days_back), "value": value}


def per_day(engine: Engine) -> dict[int, tuple[int, float]]:
    found = rows(engine, "SELECT day, count(*) AS n, sum(value) AS total FROM results GROUP BY day")
    return {(DAY - row["day"]).days: (row["n"], row["total"]) for row in found}
