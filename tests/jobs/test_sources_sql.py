"""sql_check: what the first row means in each mode, and queries that must not run."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from data.status.model import Check, Outcome, Reading
from jobs.sources.base import Context
from jobs.sources.sql_check import SqlCheck
from tests.portals import NOW, a_check

LOADED = datetime(2026, 11, 22, 23, 0, tzinfo=UTC)
PARTS: dict[str, dict[str, Any]] = {
    "age": {"thresholds": {"warn_after": "8h"}},
    "heartbeat": {"thresholds": {"warn_after": "8h"}},
    "deadline": {"deadline": {"by": "07:00"}},
    "threshold": {"thresholds": {"warn_above": 10}},
}


def check_of(mode: str, query: str = "q") -> Check:
    return a_check("query", "sql_check", mode, target={"query": query}, **PARTS.get(mode, {}))


def read(context: Context, mode: str, query: str) -> Reading:
    source, check = SqlCheck(), check_of(mode, query)
    [reading] = source.readings([check], source.fetch([check], context), NOW)
    return reading


def told(mode: str, row: dict[str, Any] | None) -> Reading:
    [reading] = SqlCheck().readings([check_of(mode)], {"query": row}, NOW)
    return reading


@pytest.mark.parametrize(
    ("mode", "row", "outcome", "message"),
    [
        ("success", {"x": None}, Outcome.ok, "The query found rows"),
        ("success", None, Outcome.fail, "The query found no row"),
        ("assertion", {"ok": True}, Outcome.ok, "The assertion holds"),
        ("assertion", {"ok": False}, Outcome.fail, "The assertion does not hold"),
        ("assertion", {"ok": False, "message": "3 orders without customer"}, Outcome.fail, "3 orders without customer"),
        ("assertion", {"verdict": "ok"}, Outcome.ok, "The assertion holds"),
        ("assertion", {"verdict": "warn", "message": "few"}, Outcome.warn, "few"),
        ("assertion", {"verdict": "fail"}, Outcome.fail, "The assertion does not hold"),
    ],
)
def test_the_first_row_tells_the_outcome(mode: str, row: dict[str, Any] | None, outcome: Outcome, message: str) -> None:
    reading = told(mode, row)
    assert (reading.outcome, reading.message) == (outcome, message)


@pytest.mark.parametrize("mode", ["age", "deadline", "heartbeat"])
def test_time_modes_take_event_at(mode: str) -> None:
    assert told(mode, {"event_at": LOADED}).source_event_at == LOADED
    assert told(mode, {"event_at": None}).outcome is Outcome.ok, "the judge says: never loaded"


@pytest.mark.parametrize("value", [3, 3.0])
def test_threshold_takes_value(value: float) -> None:
    assert told("threshold", {"value": value}).value == 3.0


@pytest.mark.parametrize(
    ("mode", "row", "words"),
    [
        ("assertion", None, "The query found no row"),
        ("threshold", None, "The query found no row"),
        ("age", None, "The query found no row"),
        ("assertion", {"ok": None}, "column ok (true or false) or verdict"),
        ("assertion", {"ok": 1}, "column ok (true or false) or verdict"),
        ("assertion", {"verdict": "green"}, "column ok (true or false) or verdict"),
        ("threshold", {"value": "many"}, "column value with a number"),
        ("threshold", {"value": True}, "column value with a number"),
        ("threshold", {"value": float("nan")}, "column value with a number"),
        ("threshold", {"n": 3}, "column value with a number"),
        ("age", {"event_at": "2026-11-22"}, "column event_at with a timestamp"),
        ("age", {"loaded": LOADED}, "column event_at with a timestamp"),
    ],
)
def test_a_row_without_the_needed_column_leaves_us_blind(mode: str, row: dict[str, Any] | None, words: str) -> None:
    reading = told(mode, row)
    assert reading.outcome is Outcome.blind
    assert words in reading.message


def test_a_query_runs_on_the_store(context: Context) -> None:
    query = "SELECT count(*) AS Value, 'seen' AS message FROM settings WHERE key = 'schema_version'"
    reading = read(context, "threshold", query)
    assert (reading.outcome, reading.value, reading.message) == (Outcome.ok, 1.0, "seen")
    assert reading.evidence == {"value": "1", "message": "seen"}


def test_timestamps_of_the_store_are_utc(context: Context) -> None:
    reading = read(context, "age", "SELECT max(updated_at) AS event_at FROM settings")
    assert reading.source_event_at == NOW


@pytest.mark.parametrize(
    "query",
    [
        "DELETE FROM settings",
        "INSERT INTO settings SELECT 'a', 'b', now(), 'c'",
        "DROP TABLE settings",
        "SELECT 1; DELETE FROM settings",
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM no_such_table",
        "SELECT missing_column FROM settings",
        "SELEKT 1",
    ],
)
def test_a_query_that_may_not_or_cannot_run_leaves_us_blind_and_changes_nothing(context: Context, query: str) -> None:
    before = context.portal.statements.one("schema/find_setting", key="schema_version")
    reading = read(context, "success", query)
    assert reading.outcome is Outcome.blind
    assert reading.message
    assert "Traceback" not in reading.message
    assert "should not" not in reading.message, "the engine must say it in words"
    assert context.portal.statements.one("schema/find_setting", key="schema_version") == before
