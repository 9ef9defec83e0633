"""Every file of sql/ means the same on Databricks and on the embedded engine, and runs there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import chain
from statistics import median
from typing import Any

import pyarrow as pa
import pytest
import sqlglot
from sqlglot import exp

from data import statements
from data.engines.dialect import BY_NAME
from data.engines.embedded import EmbeddedEngine
from data.statements import SQL, Statement, as_table

FILES = {f"{f.parent.name}/{f.stem}": f.read_text() for f in sorted(SQL.glob("*/*.sql"))}
TABLES = {name.removeprefix("tables/"): text for name, text in FILES.items() if name.startswith("tables/")}
VIEWS = {name.removeprefix("views/"): text for name, text in FILES.items() if name.startswith("views/")}
STATEMENTS = statements.load()

VERBS = {"list": exp.Query, "find": exp.Query, "count": exp.Query, "add": exp.DML, "set": exp.DML, "remove": exp.DML}
FUNCTIONS: dict[str, tuple[type[exp.Func], ...]] = {
    "logic": (exp.And, exp.Or, exp.Exists, exp.Case, exp.If, exp.Coalesce, exp.Nullif, exp.Greatest, exp.Least),
    "numbers": (exp.Cast, exp.TryCast, exp.Floor, exp.Ceil, exp.Round, exp.Abs),
    "text": (exp.Lower, exp.Upper, exp.Trim, exp.Length, exp.ConcatWs, exp.Contains, exp.JSONExtractScalar),
    "aggregates": (exp.Count, exp.CountIf, exp.Sum, exp.Avg, exp.Min, exp.Max, exp.ArgMin, exp.ArgMax, exp.AnyValue),
    "windows": (exp.RowNumber, exp.Rank, exp.Lag, exp.Lead),
    "time": (exp.TimestampTrunc, exp.DateTrunc, exp.DateDiff, exp.TimestampDiff),
    "lists": (exp.Array, exp.ArrayAgg, exp.ArrayContains, exp.ArrayToString, exp.ArraySize, exp.Explode, exp.Struct),
}
"""Seen to give the same on both engines. Look a new one up, try it, and add it with a test of what it returns."""

NOT_THE_SAME: dict[type[exp.Expression], str] = {
    exp.Bracket: "an index beyond the end is an error on Databricks, NULL here; test the size and use another way",
    exp.Lateral: "LATERAL VIEW has no fixed order; use explode in the select list",
    exp.Version: "time travel belongs to the engine",
    exp.Concat: "concat() and 'it''s' are read differently; use || and bind text as a parameter",
    exp.CurrentDate: "pass the time in as a parameter",
    exp.CurrentTimestamp: "pass the time in as a parameter",
}
LIST_QUESTIONS = (exp.ArrayContains, exp.Anonymous)
OUTSIDE = {
    "job_run_timeline": """-- one row per run of a job and clock hour
        CREATE TABLE IF NOT EXISTS job_run_timeline (
            workspace_id STRING, job_id STRING, run_id STRING, trigger_type STRING, result_state STRING,
            termination_code STRING, termination_type STRING, run_duration_seconds BIGINT,
            period_start_time TIMESTAMP, period_end_time TIMESTAMP
        )"""
}
"""Databricks' own tables, of which we read these columns. They alone are named with their catalog, `system`."""

RECORD_COLUMNS = {"id", "platform_id", "state", "created_at", "created_by", "updated_at", "updated_by", "version"}
NOT_RECORDS = {
    *("audit_events", "group_members", "ingestion_runs", "outbox", "search_log", "settings"),
    *("message_dismissals", "ticket_tallies", "votes", "watchers"),
    *("status_bands", "status_current", "status_results", "status_rollups", "status_transitions"),
}
"""Logs, snapshots and what is computed; everything else is a record that people change."""

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)
SAMPLES: dict[str, Any] = {
    **{"STRING": "x", "BIGINT": 7, "INT": 7, "DOUBLE": 0.5, "BOOLEAN": True, "DATE": date(2026, 11, 23)},
    **{"TIMESTAMP": NOON, "ARRAY<STRING>": ["x"], "ARRAY<TIMESTAMP>": [NOON]},
}


def parsed(text: str) -> exp.Expression:
    (tree,) = sqlglot.parse(text, read="databricks")
    assert tree is not None
    return tree


def differences(tree: exp.Expression) -> Iterator[str]:
    """Why the statement would fail on one engine, or mean something else there."""
    optional = {asked.this.name for asked in tree.find_all(exp.Is) if isinstance(asked.this, exp.Placeholder)}
    for node in tree.walk():
        if why := NOT_THE_SAME.get(type(node)):
            yield why
        elif isinstance(node, exp.Anonymous) and node.name.lower() in BY_NAME:
            continue
        elif isinstance(node, exp.Func) and not isinstance(node, tuple(chain.from_iterable(FUNCTIONS.values()))):
            yield f"{node.name if isinstance(node, exp.Anonymous) else node.sql_name()} is not on the list of functions"
        elif isinstance(node, exp.Div) and not isinstance(node.expression, exp.Nullif | exp.Literal):
            yield "x / 0 is an error on Databricks, infinite here; divide by nullif(.., 0)"
        elif isinstance(node, exp.ArraySize) and not isinstance(node.parent, exp.Coalesce):
            yield "size(NULL) depends on a setting; write coalesce(size(..), 0)"
        elif isinstance(node, exp.DateTrunc) and not isinstance(node.parent, exp.Cast):
            yield "trunc(day, ..) is a TIMESTAMP here; write CAST(trunc(..) AS DATE)"
        elif isinstance(node, exp.Interval) and re.search(r"\b(\w+_)?day\b", str(node.parent)):
            yield "a DATE and an INTERVAL make a TIMESTAMP here; pass the day as a parameter"
        elif isinstance(node, exp.Like | exp.ILike) and not is_escaped(node):
            yield "only Databricks escapes by a backslash; write LIKE .. ESCAPE '!', or contains(text, part)"
        elif isinstance(node, exp.Placeholder) and node.name in optional and isinstance(node.parent, LIST_QUESTIONS):
            yield f"NULL without a type is no list on Databricks; write CAST(:{node.name} AS ARRAY<STRING>)"
        elif isinstance(node, exp.Star) and not isinstance(node.parent, exp.Count):
            yield "name the columns instead of *"
        elif isinstance(node, exp.Table) and node.db and not (node.catalog == "system" and node.name in OUTSIDE):
            yield f"{node.sql()}: catalog and schema belong to the connection"


def is_escaped(like: exp.Like | exp.ILike) -> bool:
    return isinstance(like.parent, exp.Escape) or (like.expression.is_string and "\\" not in like.expression.name)


def used_tables(tree: exp.Expression) -> set[str]:
    return {table.name for table in tree.find_all(exp.Table)} - {cte.alias for cte in tree.find_all(exp.CTE)}


def declared_tables(text: str) -> set[str]:
    return set(re.findall(r"\w+", " ".join(re.findall(r"^-- (?:reads|writes):(.*)", text, re.MULTILINE))))


@pytest.mark.parametrize("name", [*STATEMENTS, *(f"views/{view}" for view in VIEWS)])
def test_a_statement_means_the_same_on_both_engines(name: str) -> None:
    assert list(differences(parsed(FILES[name]))) == []


DIFFERENT = (
    "SELECT unix_timestamp() AS x",
    "SELECT window(at, '1 hour') FROM t",
    "SELECT from_json(a, 'b INT') FROM t",
    "SELECT a FROM IDENTIFIER(:t)",
    "SELECT a FROM t VERSION AS OF 3",
    "SELECT length(uuid())",
    "SELECT extract(DAYOFWEEK_ISO FROM day) FROM t",
    "SELECT dayofweek(day) FROM t",
    "SELECT weekday(day) FROM t",
    "SELECT a / b FROM t",
    "SELECT date_add(day, 1) FROM t",
    "SELECT date_sub(day, 1) FROM t",
    "SELECT dateadd(DAY, 1, day) FROM t",
    "SELECT current_date() - INTERVAL 1 DAY",
    "SELECT day - INTERVAL 1 DAY FROM t",
    "SELECT trunc(day, 'WEEK') FROM t",
    "SELECT now()",
    "SELECT element_at(a, 9) FROM t",
    "SELECT a[9] FROM t",
    "SELECT 'it''s'",
    "SELECT percentile_approx(a, 0.5) FROM t",
    "SELECT size(a) FROM t",
    "SELECT x FROM t LATERAL VIEW explode(a) AS x",
    "SELECT a FROM t WHERE a LIKE :a",
    "SELECT a FROM t WHERE a ILIKE :a",
    "SELECT a FROM t WHERE :a IS NULL OR array_contains(:a, b)",
    "SELECT a FROM t WHERE arrays_overlap(b, :a) OR :a IS NULL",
    "SELECT * FROM t",
    "SELECT t.* FROM t",
    "SELECT a FROM main.portal.t",
    "SELECT a FROM system.access.audit",
    "SELECT a FROM main.portal.job_run_timeline",
    "SELECT no_such_function(a) FROM t",
)


@pytest.mark.parametrize("sql", DIFFERENT)
def test_what_differs_is_found(sql: str) -> None:
    assert list(differences(parsed(sql)))


@pytest.mark.parametrize("name", STATEMENTS)
def test_a_statement_does_what_its_verb_says(name: str) -> None:
    verb = name.split("/")[1].split("_")[0]
    tree = parsed(FILES[name])
    assert isinstance(tree, VERBS[verb]), f"sql/{name}.sql: a {type(tree).__name__} is not what '{verb}' promises"
    assert verb != "list" or tree.args.get("limit"), f"sql/{name}.sql: lists have a LIMIT"


@pytest.mark.parametrize("name", STATEMENTS)
def test_the_header_names_the_tables_that_are_used(name: str) -> None:
    used = used_tables(parsed(FILES[name])) - {STATEMENTS[name].rowset}
    assert used == declared_tables(FILES[name])
    assert used <= TABLES.keys() | OUTSIDE.keys() | VIEWS.keys()


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_file_makes_the_view_it_is_named_after(view: str) -> None:
    tree = parsed(VIEWS[view])
    assert isinstance(tree, exp.Create)
    assert tree.this.name == view
    assert used_tables(tree.expression) == declared_tables(VIEWS[view])
    assert "-- purpose: " in VIEWS[view]


def test_statements_are_short() -> None:
    lines = {name: text.rstrip().count("\n") + 1 for name, text in FILES.items()}
    assert {name: count for name, count in lines.items() if count > 60} == {}
    assert median(lines[name] for name in STATEMENTS) < 20


def kind_of(column: exp.ColumnDef) -> str:
    return column.kind.sql("databricks") if column.kind else ""


@pytest.mark.parametrize("table", TABLES)
def test_a_table_file_creates_the_table_it_is_named_after(table: str) -> None:
    tree = parsed(TABLES[table])
    columns = {column.name: column for column in tree.find_all(exp.ColumnDef)}
    assert isinstance(tree, exp.Create)
    assert tree.find(exp.Table).name == table
    assert tree.args["exists"], "CREATE TABLE IF NOT EXISTS, so that it can be repeated"
    assert tree.find(exp.PrimaryKey), "name what makes a row unique"
    assert table in NOT_RECORDS or columns.keys() >= RECORD_COLUMNS
    times = [name for name, column in columns.items() if kind_of(column) == "TIMESTAMP"]
    assert times == [name for name in times if re.search(r"(^|_)(at|since|until)$", name)]
    assert TABLES[table].startswith("-- "), "say in a first line what a row is"


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedEngine]:
    """Every table of sql/tables, with one row of samples in it, and every view."""
    engine = EmbeddedEngine(tmp_path_factory.mktemp("tables"))
    for table, text in (TABLES | OUTSIDE).items():
        engine.execute(text)
        row = {column.name: SAMPLES[kind_of(column)] for column in parsed(text).find_all(exp.ColumnDef)}
        engine.append(table, pa.Table.from_pylist([row], engine.columns(table)))
    for text in VIEWS.values():
        engine.execute(text)
    yield engine
    engine.close()


@pytest.mark.parametrize("name", STATEMENTS)
def test_a_statement_runs_on_the_embedded_engine(name: str, engine: EmbeddedEngine) -> None:
    statement = STATEMENTS[name]
    given = {param: SAMPLES[kind] for param, kind in statement.params.items()}
    without_filters = {param: None for param in given if f":{param} IS NULL" in statement.sql}
    for params in (given, {**given, **without_filters}):
        if isinstance(parsed(statement.sql), exp.Query):
            engine.query(statement.sql, params)
        else:
            engine.execute(statement.sql, params, sample_rows(statement))


def ticket(key: str, kind: str, fields: str = "{}", **more: Any) -> dict[str, Any]:
    columns = {column.name: SAMPLES[kind_of(column)] for column in parsed(TABLES["tickets"]).find_all(exp.ColumnDef)}
    shown = {"sensitive": False, "hidden": False, "restricted": kind == "request"}
    return columns | shown | {"id": key, "key": key, "kind": kind, "fields": fields} | more


@pytest.fixture(scope="module")
def filed(engine: EmbeddedEngine) -> EmbeddedEngine:
    """One ticket of each kind that analysts may see, and some that they may not."""
    about = (
        '{"environment": "test", "noticed_at": "2026-11-23T13:00:00+01:00", "wrong_from": "2026-11-23", "steps": "ä"}'
    )
    rows = [
        ticket("INC-1", "incident", about, bucket=1, responded_at=None),
        ticket("INC-2", "incident", '{"noticed_at": "lately"}', platform_id=None),
        ticket("IMP-1", "improvement", '{"category": "access", "value": "an hour"}'),
        ticket("REQ-1", "request", '{"dataset": "sales"}'),
        *(
            ticket(f"X-{kind}-{why}", kind, **{why: True})
            for kind in ("incident", "improvement", "request")
            for why in ("hidden", "sensitive")
        ),
    ]
    engine.append("tickets", pa.Table.from_pylist(rows, engine.columns("tickets")))
    tally = {
        "ticket_id": "INC-1",
        "bucket": 1,
        "votes": 3,
        "comments": 2,
        "first_response_at": LATER,
        "counted_at": NOON,
    }
    engine.append("ticket_tallies", pa.Table.from_pylist([tally]))
    return engine


VIEWED = (
    (
        "incidents",
        "environment, steps, affected, comments",
        [("INC-1", "test", "ä", 3, 2), ("INC-2", None, None, 0, 0)],
    ),
    (
        "incidents",
        "noticed_at, wrong_from, wrong_to",
        [("INC-1", NOON, NOON.date(), None), ("INC-2", None, None, None)],
    ),
    ("incidents", "state, priority, due_at, breached", [(f"INC-{n}", "x", 7, NOON, True) for n in (1, 2)]),
    ("incidents", "first_response_at", [("INC-1", LATER), ("INC-2", NOON)]),
    ("requests", "category, value, votes", [("IMP-1", "access", "an hour", 0)]),
    ("platform_requests", "template, answers, cost, work_item", [("REQ-1", "x", '{"dataset": "sales"}', 0.5, "x")]),
)


@pytest.mark.parametrize(("view", "columns", "rows"), VIEWED)
def test_analysts_see_typed_columns_of_what_they_may_see(
    filed: EmbeddedEngine, view: str, columns: str, rows: list[tuple[Any, ...]]
) -> None:
    sql = exp.select("key", *columns.split(", ")).from_(view).order_by("key").sql("databricks")
    assert [tuple(row.values()) for row in filed.query(sql).to_pylist()] == rows


def sample_rows(statement: Statement) -> dict[str, pa.Table]:
    row = {column: SAMPLES[kind] for column, kind in statement.row_columns.items()}
    return {statement.rowset: as_table([row], statement.row_columns)} if statement.rowset else {}


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_one_statement(name: str) -> None:
    assert not isinstance(parsed(FILES[name]), exp.Command)
