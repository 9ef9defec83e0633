"""A SparkSession to run the engine of notebooks on: the stand-in warehouse's SQL, without the wire."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa

from data.engines.embedded import EmbeddedEngine
from tests.standins.workspace.warehouse import Warehouse


@dataclass(frozen=True)
class Frame:
    rows: pa.Table

    def toArrow(self) -> pa.Table:
        return self.rows


@dataclass
class SparkSession:
    """`settings`: the SET and USE statements of this session; another one does not see them."""

    root: Path
    settings: list[str] = field(default_factory=list)

    @cached_property
    def warehouse(self) -> Warehouse:
        return Warehouse(EmbeddedEngine(self.root / "tables"), self.root / "tables", self.root / "definitions")

    def newSession(self) -> SparkSession:
        return SparkSession(self.root)

    def sql(self, sqlQuery: str, args: Mapping[str, Any] | None = None) -> Frame:
        if re.match(r"(SET|USE)\s", sqlQuery):
            self.settings.append(sqlQuery)
            return Frame(pa.table({}))
        return Frame(self.warehouse.run(sqlQuery, args or {}).rows)
