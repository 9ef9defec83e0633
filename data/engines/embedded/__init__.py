"""The engine that needs no Databricks: real Delta tables on the local disk."""

from data.engines.embedded.engine import EmbeddedEngine

__all__ = ["EmbeddedEngine"]
