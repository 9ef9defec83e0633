"""Statements through a SparkSession: the engine of notebooks and jobs inside Databricks."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any, Protocol

import pyarrow as pa

from data.engines.base import Params
from data.engines.databricks.engine import Answer, DatabricksEngine
from data.engines.databricks.failures import SessionGone, translated
from data.errors import Unavailable
from data.settings import Settings, require


class Frame(Protocol):
    def toArrow(self) -> pa.Table: ...


class SparkSession(Protocol):
    """As much of `pyspark.sql.SparkSession` (4.0, or Databricks Runtime 16) as is needed."""

    def sql(self, sqlQuery: str, args: Mapping[str, Any] | None = None) -> Frame: ...


def notebook_engine(settings: Settings) -> DatabricksEngine:
    """On the session of this notebook or job. Raises Invalid naming what is not set."""
    require({"PORTAL_CATALOG": settings.catalog, "PORTAL_SCHEMA": settings.schema_name})
    pyspark = import_module("pyspark.sql")  # part of the runtime, not of our requirements
    return spark_engine(pyspark.SparkSession.builder.getOrCreate(), str(settings.catalog), str(settings.schema_name))


def spark_engine(spark: SparkSession, catalog: str, schema: str) -> DatabricksEngine:
    """An engine of its own session, so that its time zone and schema are nobody else's."""
    own = spark.newSession() if hasattr(spark, "newSession") else spark
    own.sql("SET TIME ZONE 'UTC'")
    own.sql(f"USE `{catalog}`.`{schema}`")
    return DatabricksEngine(Session(own))


class Session:
    def __init__(self, spark: SparkSession) -> None:
        self._spark = spark

    def run(self, sql: str, params: Params) -> Answer:
        try:
            rows = self._spark.sql(sql, args=dict(params)).toArrow()
        except Exception as error:  # pyspark is not installed everywhere, so its errors cannot be named
            found = translated(str(error))
            raise Unavailable(str(found)) if isinstance(found, SessionGone) else found from error
        return Answer.of(rows)

    def close(self) -> None:
        """The session belongs to the notebook."""
