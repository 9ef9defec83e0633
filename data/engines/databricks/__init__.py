"""The engine for Azure Databricks, over a SQL warehouse's connections."""

from __future__ import annotations

from data.engines.databricks.engine import DatabricksEngine
from data.engines.databricks.sign_in import address
from data.engines.databricks.warehouse import Warehouse

__all__ = ["DatabricksEngine", "Warehouse", "address"]
