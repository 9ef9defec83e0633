"""Runs one query of an owner; its first row carries the verdict, in the columns that the check's mode asks for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from pydantic import Field

from data.errors import Invalid
from data.status.model import Check, Mode, Model, Outcome, Reading
from jobs.sources.base import Context, EachTarget

Row = Mapping[str, Any]
Facts = dict[str, Any]
VERDICTS = {"ok": Outcome.ok, "warn": Outcome.warn, "fail": Outcome.fail}
NO_ROW = "The query found no row"
SHOWN_COLUMNS, SHOWN_LENGTH = 12, 200


class QueryTarget(Model):
    query: str = Field(min_length=1)
    """One statement that only reads; the engine refuses anything else."""


class SqlCheck(EachTarget[QueryTarget, Row | None]):
    name = "sql_check"
    title = "Queries: what the data itself says"
    target = QueryTarget
    modes = frozenset(Mode)

    def look(self, target: QueryTarget, context: Context) -> Row | None:
        rows = context.portal.engine.query(target.query).slice(0, 1).to_pylist()
        return {name.lower(): value for name, value in rows[0].items()} if rows else None

    def reading(self, check: Check, target: QueryTarget, seen: Row | None, at: datetime) -> Reading:
        facts = _facts(check.mode, seen)
        if seen and isinstance(seen.get("message"), str):
            facts["message"] = seen["message"]
        return Reading(check_id=check.id, observed_at=at, evidence=_evidence(seen or {}), **facts)


def _facts(mode: Mode, row: Row | None) -> Facts:
    if mode is Mode.success:
        return {"message": "The query found rows"} if row else {"outcome": Outcome.fail, "message": NO_ROW}
    if row is None:
        raise Invalid(NO_ROW)
    match mode:
        case Mode.assertion:
            return _verdict(row)
        case Mode.threshold:
            return {"value": _number(row)}
        case _:
            return {"source_event_at": _time(row)}


def _verdict(row: Row) -> Facts:
    match row:
        case {"verdict": str(word)} if word in VERDICTS:
            outcome = VERDICTS[word]
        case {"ok": bool(holds)}:
            outcome = Outcome.ok if holds else Outcome.fail
        case _:
            raise Invalid("The query must return a column ok (true or false) or verdict ('ok', 'warn' or 'fail')")
    return {"outcome": outcome, "message": f"The assertion {'holds' if outcome is Outcome.ok else 'does not hold'}"}


def _number(row: Row) -> float:
    match row:
        case {"value": int() | float() | Decimal() as value} if not isinstance(value, bool) and value == value:
            return float(value)
        case _:
            raise Invalid("The query must return a column value with a number")


def _time(row: Row) -> datetime | None:
    """None (SQL's NULL) means that no data ever came."""
    match row:
        case {"event_at": datetime() | None as event_at}:
            return event_at
        case _:
            raise Invalid("The query must return a column event_at with a timestamp")


def _evidence(row: Row) -> dict[str, str]:
    return {name: str(value)[:SHOWN_LENGTH] for name, value in list(row.items())[:SHOWN_COLUMNS]}
