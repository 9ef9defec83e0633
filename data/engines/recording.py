"""An engine that counts what is asked of another one, and fails where a test or benchmark wants it to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import pyarrow as pa

from data.engines.base import NOTHING, DataChange, Engine, Params, Rows, Upkeep, UpkeepReport


class Call(NamedTuple):
    verb: str
    subject: str
    """The SQL, or the table for the verbs that take one."""


@dataclass
class _Fault:
    times: int
    error: Exception
    on: str


class RecordingEngine:
    """`calls` lists statements in the order they were asked, failed ones included."""

    def __init__(self, inner: Engine) -> None:
        self.inner = inner
        self.calls: list[Call] = []
        self._faults: list[_Fault] = []

    def fail(self, times: int, error: Exception, on: str = "") -> None:
        """The next `times` calls whose "verb subject" contains `on` raise `error` and do nothing else."""
        self._faults.append(_Fault(times, error, on))

    def query(self, sql: str, params: Params = NOTHING) -> pa.Table:
        self._note("query", sql)
        return self.inner.query(sql, params)

    def execute(self, sql: str, params: Params = NOTHING, rows: Rows = NOTHING) -> int:
        self._note("execute", sql)
        return self.inner.execute(sql, params, rows)

    def append(self, table: str, rows: pa.Table) -> int:
        self._note("append", table)
        return self.inner.append(table, rows)

    def columns(self, table: str) -> pa.Schema:
        self._note("columns", table)
        return self.inner.columns(table)

    def last_data_change(self, table: str) -> DataChange | None:
        self._note("last_data_change", table)
        return self.inner.last_data_change(table)

    def maintain(self, table: str, upkeep: Upkeep, now: datetime) -> UpkeepReport:
        self._note("maintain", table)
        return self.inner.maintain(table, upkeep, now)

    def close(self) -> None:
        self.inner.close()

    def _note(self, verb: str, subject: str) -> None:
        self.calls.append(Call(verb, subject))
        for fault in self._faults:
            if fault.times and fault.on in f"{verb} {subject}":
                fault.times -= 1
                raise fault.error
