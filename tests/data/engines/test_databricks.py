"""The Databricks engine when things go wrong: the real connector over TLS, against the stand-in workspace."""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from datetime import UTC, date, datetime, timedelta
from functools import partial
from math import inf, isnan, nan
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pyarrow as pa
import pytest
from databricks.sql.backend import thrift_backend
from tenacity import wait_none

from data.engines.base import NOTHING, Upkeep
from data.engines.databricks import DatabricksEngine, Warehouse, address
from data.engines.databricks.engine import Answer
from data.errors import Conflict, Invalid, NotFound, PortalError, Unavailable
from jobs import logs
from tests.standins.workspace import Workspace

AT = datetime(2026, 11, 23, 7, 30, 0, 123456, UTC)
QUICK = {"_retry_delay_min": 0.01, "_retry_delay_max": 0.01}
TABLES = {
    "counters": "CREATE TABLE counters (id STRING NOT NULL, n BIGINT) USING DELTA",
    "runs": """CREATE TABLE runs (id STRING NOT NULL, n BIGINT, small INT, real DOUBLE, flag BOOLEAN, day DATE,
      at TIMESTAMP, words ARRAY<STRING>, times ARRAY<TIMESTAMP>, CONSTRAINT runs_key PRIMARY KEY (id)) USING DELTA""",
}
ADD = "INSERT INTO counters (id, n) VALUES (:id, 1)"
Make = Callable[..., DatabricksEngine]


@pytest.fixture(scope="module", autouse=True)
def quick() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for option in QUICK:  # the connector itself allows no wait below these
            kind, default, _, most = thrift_backend._retry_policy[option]
            patch.setitem(thrift_backend._retry_policy, option, (kind, default, 0, most))
        patch.setattr("data.engines.databricks.engine.wait_random_exponential", lambda **_: wait_none())
        yield


@pytest.fixture
def standin(workspace: Workspace) -> Iterator[Workspace]:
    yield workspace
    workspace.faults.clear()
    workspace.token_lifetime = timedelta(hours=1)


@pytest.fixture
def make(standin: Workspace, tmp_path: Path) -> Iterator[Make]:
    made: list[DatabricksEngine] = []

    def engine(settings: Mapping[str, Any] = NOTHING, connections: int = 4, **options: Any) -> DatabricksEngine:
        where = address(standin.settings(tmp_path, **settings))
        made.append(DatabricksEngine(Warehouse(where, connections, QUICK | options)))
        return made[-1]

    yield engine
    for each in made:
        each.close()


@pytest.fixture
def engine(make: Make, standin: Workspace, tmp_path: Path) -> DatabricksEngine:
    """On two empty tables, with one connection open."""
    warehouse = Warehouse(address(standin.settings(tmp_path)), options=QUICK)
    for table, sql in TABLES.items():
        warehouse.run(f"DROP TABLE IF EXISTS {table}", {})
        warehouse.run(sql, {})
    warehouse.close()
    engine = make()
    assert ids(engine) == []
    standin.log.clear()
    return engine


def ids(engine: DatabricksEngine, table: str = "counters") -> list[str]:
    return engine.query("SELECT id FROM counters ORDER BY id".replace("counters", table))["id"].to_pylist()


def add(engine: DatabricksEngine, id_: str = "a") -> int:
    return engine.execute(ADD, {"id": id_})


def kinds(standin: Workspace) -> list[str]:
    return [call.kind for call in standin.log if call.kind != "CloseOperation"]


def several(engine: DatabricksEngine, standin: Workspace, statements: int) -> None:
    """At the same time, so that as many connections are open afterwards as the pool allows."""
    standin.faults.delay(0.7)
    with ThreadPoolExecutor(statements) as pool:
        list(pool.map(engine.query, ["SELECT 1 AS one"] * statements))
    standin.faults.delay(0)


def most_at_once(standin: Workspace) -> int:
    steps = {"ExecuteStatement": 1, "CloseOperation": -1}
    running = [0]
    for call in list(standin.log):
        running.append(running[-1] + steps.get(call.kind, 0))
    return max(running)


# Answers that do not come


def test_a_write_whose_answer_is_late_is_made_once_and_may_have_been_made(
    engine: DatabricksEngine, make: Make, standin: Workspace
) -> None:
    hasty = make(_socket_timeout=1)
    standin.faults.read_timeout(on="INSERT")
    with pytest.raises(Unavailable, match=r"did not answer in time. A change may have been made"):
        add(hasty)
    assert len(standin.statements()) == 1
    assert ids(engine) == ["a"]


def test_rows_whose_answer_got_lost_can_be_appended_again(
    engine: DatabricksEngine, make: Make, standin: Workspace
) -> None:
    hasty, rows = make(_socket_timeout=1), pa.table({"id": ["a", "b"]})
    hasty.columns("runs")
    standin.faults.read_timeout(on="INSERT")
    with pytest.raises(Unavailable):
        hasty.append("runs", rows)
    assert hasty.append("runs", rows) == 0
    assert hasty.append("runs", pa.table({"id": ["b", "c"]})) == 1
    assert ids(engine, "runs") == ["a", "b", "c"]


def test_a_connection_in_trouble_serves_no_other_statement(engine: DatabricksEngine, standin: Workspace) -> None:
    standin.faults.fail(500)
    with pytest.raises(Unavailable):
        add(engine)
    assert add(engine) == 1
    opened = kinds(standin).index("OpenSession")
    assert kinds(standin)[:2] == ["ExecuteStatement", "CloseSession"]
    assert kinds(standin)[opened:] == ["OpenSession", "ExecuteStatement"]


@pytest.mark.parametrize(
    ("status", "times", "sent", "written"),
    [(429, 2, 3, 1), (503, 2, 3, 1), (429, 99, 6, 0), (503, 99, 6, 0), (500, 1, 1, 0)],
)
def test_a_refused_write_is_sent_again_only_when_it_was_not_made_and_not_for_ever(
    engine: DatabricksEngine, standin: Workspace, status: int, times: int, sent: int, written: int
) -> None:
    standin.faults.fail(status, times)
    refused = pytest.raises(Unavailable, match=r"^The SQL warehouse cannot be reached.$")
    with nullcontext() if written else refused:
        add(engine)
    assert kinds(standin).count("ExecuteStatement") == sent
    assert len(standin.statements()) == written
    standin.faults.clear()
    assert len(ids(engine)) == written


def test_nobody_waits_longer_than_allowed_for_a_throttling_warehouse(
    engine: DatabricksEngine, make: Make, standin: Workspace
) -> None:
    patient = make(_retry_stop_after_attempts_duration=1)
    standin.faults.fail(429, 99, retry_after=3600)
    with pytest.raises(Unavailable):
        add(patient)
    assert [call.status for call in standin.log if call.kind == "ExecuteStatement"] == [429]


def test_a_warehouse_that_is_down_says_so_and_all_is_well_when_it_is_back(
    engine: DatabricksEngine, standin: Workspace
) -> None:
    standin.faults.down()
    with pytest.raises(Unavailable, match=r"^The SQL warehouse cannot be reached.$"):
        ids(engine)
    standin.faults.up()
    assert ids(engine) == []


def test_a_slow_statement_is_stopped_at_its_time_limit(make: Make, standin: Workspace) -> None:
    hasty = make({"statement_timeout": timedelta(seconds=1)})
    standin.faults.slow(20)
    with pytest.raises(Unavailable, match="took too long"):
        hasty.query("SELECT 1 AS one")


# Sessions and tokens


def test_after_a_restart_of_the_warehouse_no_old_session_is_tried_twice(
    engine: DatabricksEngine, standin: Workspace
) -> None:
    several(engine, standin, 3)
    standin.log.clear()
    standin.faults.drop_sessions()
    assert add(engine) == 1
    assert kinds(standin).count("ExecuteStatement") == 2
    assert ids(engine) == ["a"]
    assert kinds(standin).count("OpenSession") == 1


def test_a_warehouse_that_drops_every_session_is_given_up(
    engine: DatabricksEngine, standin: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def drop(kind: str, _: str) -> None:
        if kind == "ExecuteStatement":
            standin.faults.drop_sessions()

    with monkeypatch.context() as patch:
        patch.setattr(standin.faults, "refusal", drop)
        with pytest.raises(Unavailable, match="drops the portal's session each time"):
            add(engine)
    assert kinds(standin).count("ExecuteStatement") == 2
    assert ids(engine) == []


def test_a_token_that_ended_is_replaced_and_nobody_notices(engine: DatabricksEngine, standin: Workspace) -> None:
    standin.faults.expire_tokens()
    assert add(engine) == 1
    assert kinds(standin).count("token") == 1
    assert ids(engine) == ["a"]


def test_tokens_are_renewed_before_they_end(make: Make, standin: Workspace) -> None:
    standin.token_lifetime = timedelta(seconds=20)
    engine = make()
    standin.log.clear()
    assert [engine.query("SELECT 1 AS one").num_rows for _ in range(2)] == [1, 1]
    assert kinds(standin).count("token") > 1
    assert {call.status for call in standin.log} == {200}


def test_a_wrong_secret_is_told_in_words(make: Make, standin: Workspace, caplog: pytest.LogCaptureFixture) -> None:
    engine = make({"databricks_client_secret": "dose-wrong"})
    standin.log.clear()
    with pytest.raises(Unavailable, match=r"refused the portal's sign-in. Check its client id and secret") as refused:
        engine.query("SELECT 1 AS one")
    assert "OpenSession" not in kinds(standin)
    assert "dose-wrong" not in str(refused.value) + caplog.text


# The pool


def test_at_most_four_statements_run_at_once_and_their_connections_are_kept(
    engine: DatabricksEngine, standin: Workspace
) -> None:
    several(engine, standin, 8)
    assert most_at_once(standin) == 4
    assert kinds(standin).count("OpenSession") == 3


def test_a_connection_idle_for_long_is_not_trusted(
    engine: DatabricksEngine, standin: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ids(engine) == []
    assert "OpenSession" not in kinds(standin)
    monkeypatch.setattr("data.engines.databricks.warehouse.IDLE_S", 0.0)
    assert ids(engine) == []
    assert kinds(standin).count("OpenSession") == kinds(standin).count("CloseSession") == 1


def test_closing_the_engine_ends_its_sessions(engine: DatabricksEngine, standin: Workspace) -> None:
    several(engine, standin, 3)
    engine.close()
    assert kinds(standin).count("CloseSession") == 3


# What the warehouse says


@pytest.mark.parametrize("lost", [1, 7])
def test_a_write_that_lost_its_race_is_made_once(engine: DatabricksEngine, standin: Workspace, lost: int) -> None:
    standin.faults.sql_error("[DELTA_CONCURRENT_APPEND.WITH_PARTITION_HINT] Files were added.", "2D521", times=lost)
    assert add(engine) == 1
    assert len(standin.statements()) == lost + 1
    assert ids(engine) == ["a"]


def test_a_write_that_loses_every_race_is_a_conflict(engine: DatabricksEngine, standin: Workspace) -> None:
    standin.faults.sql_error("[DELTA_CONCURRENT_WRITE] A concurrent transaction.", "2D521", times=99)
    with pytest.raises(Conflict, match="try again"):
        add(engine)
    standin.faults.clear()
    assert ids(engine) == []


@pytest.mark.parametrize(
    ("told", "sqlstate", "kind", "words"),
    [
        (
            "[INSUFFICIENT_PERMISSIONS] User does not have permission MODIFY on Table 'counters'.", "42501",
            Unavailable, "Databricks does not let the portal do this: User does not have permission MODIFY "
            "on Table 'counters'. Ask for the missing grant.",
        ),
        ("[NO_SUCH_GRANT] No USE SCHEMA.", "42501", Unavailable, "let the portal do this: No USE SCHEMA. Ask for the"),
        ("[PERMISSION_DENIED] Not allowed.", "XX000", Unavailable, "Databricks does not let the portal do this: Not"),
        ("[TABLE_OR_VIEW_NOT_FOUND] The table or view `a`.`x` cannot be found.", "42P01", NotFound, "no table x."),
        ("[DELTA_TABLE_NOT_FOUND] Gone.", "42P01", NotFound, "There is no table of that name."),
        ("[CAST_INVALID_INPUT] The value 'x' cannot be cast.", "22018", Invalid, "The value 'x' cannot be cast."),
        ("[QUERY_EXECUTION_TIMEOUT_EXCEEDED] Cancelled.", "57KD0", Unavailable, "took too long and was stopped"),
        ("[INTERNAL_ERROR] Out of memory.", "XX000", Unavailable, "could not run a statement: Out of memory."),
        ("[NEVER_HEARD_OF.SUCH_A_CLASS] Hm.", "ZZ999", Unavailable, "could not run a statement: Hm."),
    ],
)  # fmt: skip
def test_errors_come_in_the_portal_s_words(
    engine: DatabricksEngine, standin: Workspace, told: str, sqlstate: str, kind: type[PortalError], words: str
) -> None:
    standin.faults.sql_error(told, sqlstate)
    with pytest.raises(kind) as error:
        add(engine)
    assert words in str(error.value)
    assert not any(word in str(error.value) for word in ("[", "SQLSTATE", ".."))
    assert len(standin.statements()) == 1


# Rows

HARD = {
    "id": 'O\'Brien "too" \\ :id {x} 👩🏽‍💻 \x01\n\t\u2028',
    "n": -(2**63),
    "small": 2**31 - 1,
    "real": -0.0,
    "flag": True,
    "day": date(1, 1, 1),
    "at": datetime(1969, 12, 31, 23, 59, 59, 999999, UTC),
    "words": ["", "a,b", "'", None],
    "times": [AT, None],
}


def test_difficult_values_arrive_as_they_are(engine: DatabricksEngine) -> None:
    nothing = dict.fromkeys(HARD) | {"id": "", "words": []}
    schema = engine.columns("runs")
    assert engine.append("runs", pa.Table.from_pylist([HARD, nothing], schema)) == 2
    assert engine.query("SELECT * FROM runs ORDER BY id").to_pylist() == [nothing, HARD]
    engine.execute("UPDATE runs SET words = :words WHERE id = :id", {"words": HARD["words"], "id": HARD["id"]})
    found = engine.query("SELECT words FROM runs WHERE id = :id", HARD).to_pylist()
    assert found == [{"words": HARD["words"]}]


def test_numbers_that_are_none_stay_what_they_are(engine: DatabricksEngine) -> None:
    engine.append("runs", pa.table({"id": ["1", "2", "3", "4"], "real": [nan, inf, -inf, 1e-320]}))
    found = engine.query("SELECT real FROM runs ORDER BY id")["real"].to_pylist()
    assert isnan(found[0])
    assert found[1:] == [inf, -inf, 1e-320]


@pytest.mark.parametrize("table", TABLES)
def test_many_rows_go_in_a_few_statements_and_none_is_lost_or_sent_twice_between_them(
    engine: DatabricksEngine, standin: Workspace, table: str
) -> None:
    rows = pa.table({"id": [f"{n:05}" for n in range(10_001)], "n": range(10_001)})
    assert engine.append(table, rows) == 10_001
    assert sum("INSERT" in text for text in standin.statements()) == 2
    assert ids(engine, table) == rows["id"].to_pylist()


def test_a_table_without_a_key_takes_the_same_rows_twice(engine: DatabricksEngine) -> None:
    rows = pa.table({"id": ["a"], "n": [1]})
    assert [engine.append("counters", rows) for _ in range(2)] == [1, 1]
    assert ids(engine) == ["a", "a"]


def test_nothing_to_append_is_no_statement(engine: DatabricksEngine, standin: Workspace) -> None:
    assert engine.append("runs", engine.columns("runs").empty_table()) == 0
    assert [text.split()[0] for text in standin.statements()] == ["SHOW"]


def test_a_table_is_asked_for_its_shape_once_and_again_after_a_change(
    engine: DatabricksEngine, standin: Workspace
) -> None:
    for _ in range(2):
        assert "note" not in engine.columns("runs").names
    engine.execute("ALTER TABLE runs ADD COLUMNS (note STRING)")
    engine.execute("ALTER TABLE runs ADD COLUMNS (note STRING)")
    assert engine.append("runs", pa.table({"id": ["a"], "note": ["new"]})) == 1
    assert sum(text.startswith("SHOW CREATE") for text in standin.statements()) == 2


NO_NAMES = ("", "x; DROP TABLE t", "x`; DROP TABLE t; --", "a.b.c.d", "/Volumes/a/b", "delta.`/a`", "../x")


@pytest.mark.parametrize("name", NO_NAMES)
def test_what_is_no_name_of_a_table_never_reaches_the_warehouse(
    engine: DatabricksEngine, standin: Workspace, name: str
) -> None:
    for ask in (
        engine.columns,
        engine.last_data_change,
        partial(engine.append, rows=pa.table({"id": ["a"]})),
        partial(engine.maintain, upkeep=Upkeep(), now=AT),
    ):
        with pytest.raises(NotFound, match="There is no table"):
            ask(name)
    assert standin.log == []


@pytest.mark.parametrize(("counted", "expected"), [(-1, 3), (5, 5), (0, 0)])
def test_where_the_connector_counts_nothing_the_answer_does(counted: int, expected: int) -> None:
    assert Answer.of(pa.table({"num_affected_rows": [3]}), counted).affected == expected


def test_times_of_another_zone_are_told_in_utc() -> None:
    berlin = pa.table({"at": pa.array([AT], pa.timestamp("ms", "Europe/Berlin"))})
    found = Answer.of(berlin).rows
    assert found.schema.field("at").type == pa.timestamp("us", "UTC")
    assert found["at"].to_pylist() == [AT.replace(microsecond=123000)]


# What leaves the portal


def test_the_workspace_is_asked_for_tokens_and_statements_and_nobody_for_anything_else(
    make: Make, standin: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    called, connect = set(), socket.socket.connect
    monkeypatch.setattr(socket.socket, "connect", lambda self, to: called.add(to[1]) or connect(self, to))
    standin.log.clear()
    engine = make()
    several(engine, standin, 2)
    engine.close()
    assert called == {urlsplit(standin.host).port}
    asked = {kind for kind in kinds(standin) if "/.well-known/" not in kind}
    assert asked == {"token", "OpenSession", "ExecuteStatement", "CloseSession"}


def test_no_secret_token_or_value_is_logged_even_when_everything_is(
    engine: DatabricksEngine, standin: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.configure(logging.DEBUG)
    logging.getLogger("data").debug("everything")
    add(engine, "what-ana-wrote")
    engine.append("runs", pa.table({"id": ["what-ana-wrote"]}))
    standin.faults.expire_tokens()
    add(engine, "what-ana-wrote")
    standin.faults.fail(500)
    with pytest.raises(Unavailable):
        add(engine, "what-ana-wrote")
    logged = capsys.readouterr().err
    assert "everything" in logged
    assert [word for word in (standin.client_secret, "eyJ", "what-ana-wrote") if word in logged] == []
