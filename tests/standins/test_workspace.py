"""The stand-in workspace, seen through the real databricks-sql-connector and the real databricks-sdk."""

from __future__ import annotations

import json
import ssl
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

import httpx
import pyarrow as pa
import pytest
from databricks import sql
from databricks.sdk import WorkspaceClient
from databricks.sdk.core import Config
from databricks.sdk.errors import NotFound, PermissionDenied
from databricks.sql import exc
from databricks.sql.client import Connection
from databricks.sql.parameters import native
from deltalake import DeltaTable
from urllib3.exceptions import MaxRetryError

from data.portal import utc_now
from tests.standins.workspace import Workspace

AT = datetime(2026, 11, 23, 7, 30, 0, 123456, UTC)
SESSION = {"STATEMENT_TIMEOUT": "60", "TIMEZONE": "UTC", "ANSI_MODE": "true"}
ROWS = """(
  SELECT CAST(r.`id` AS STRING) AS `id`, CAST(r.`n` AS BIGINT) AS `n`, CAST(r.`times` AS ARRAY<TIMESTAMP>) AS `times`
  FROM (
    SELECT explode(from_json(:rows, 'ARRAY<STRUCT<`id`: STRING, `n`: STRING, `times`: ARRAY<STRING>>>')) AS r
  )
)"""
"""As the engine sends many rows."""
MERGE = """MERGE INTO counters AS t USING ROWS AS s ON t.id = s.id
  WHEN MATCHED THEN UPDATE SET n = s.n WHEN NOT MATCHED THEN INSERT (id, n) VALUES (s.id, s.n)"""


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    with Workspace(tmp_path_factory.mktemp("workspace")) as standin, pytest.MonkeyPatch.context() as patch:
        patch.setenv("REQUESTS_CA_BUNDLE", str(standin.ca_file))
        yield standin


@pytest.fixture
def standin(workspace: Workspace) -> Iterator[Workspace]:
    workspace.log.clear()
    yield workspace
    workspace.faults.clear()
    workspace.token_lifetime = timedelta(hours=1)


def config(standin: Workspace, secret: str | None = None) -> Config:
    return Config(
        host=standin.host,
        client_id=standin.client_id,
        client_secret=secret or standin.client_secret,
        http_timeout_seconds=20,
        retry_timeout_seconds=30,
    )


def connect(standin: Workspace, **more: Any) -> Connection:
    """As the production code does it."""
    if "access_token" not in more and "credentials_provider" not in more:
        signed_in = config(standin)
        more["credentials_provider"] = lambda: signed_in.authenticate
    told = {
        "server_hostname": "localhost",
        "_port": urlsplit(standin.host).port,
        "http_path": f"/sql/1.0/warehouses/{standin.warehouse_id}",
        "session_configuration": SESSION,
        "catalog": "main",
        "schema": "portal",
        "user_agent_entry": "portal/test",
        "enable_telemetry": False,
        "use_cloud_fetch": False,
        "_tls_trusted_ca_file": str(standin.ca_file),
        "_socket_timeout": 90,
        "_retry_stop_after_attempts_count": 5,
        "_retry_stop_after_attempts_duration": 120,
        "_retry_delay_min": 1,
        "_retry_delay_max": 5,
    }
    return sql.connect(**(told | more))


@pytest.fixture
def connection(standin: Workspace) -> Iterator[Connection]:
    with connect(standin) as connection:
        yield connection


@pytest.fixture
def counters(connection: Connection) -> Connection:
    run(connection, "DROP TABLE IF EXISTS counters")
    run(connection, "CREATE TABLE counters (id STRING NOT NULL COMMENT 'key', n BIGINT NOT NULL, day DATE) USING DELTA")
    run(connection, "INSERT INTO counters (id, n) VALUES ('a', 1), ('b', 2), ('c', 3)")
    return connection


def run(connection: Connection, text: str, params: dict[str, Any] | list[Any] | None = None) -> int:
    with connection.cursor() as cursor:
        cursor.execute(text, params)
        return int(cursor.rowcount)


def ask(connection: Connection, text: str, params: dict[str, Any] | list[Any] | None = None) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(text, params)
        return cursor.fetchall_arrow().to_pylist()


def kinds(standin: Workspace) -> list[str]:
    return [call.kind for call in standin.log]


# Signing in


def test_a_service_principal_gets_one_token_and_a_session(standin: Workspace) -> None:
    with connect(standin) as connection:
        assert ask(connection, "SELECT 1 AS one") == [{"one": 1}]
    told = [kind for kind in kinds(standin) if "/.well-known/" not in kind]
    assert told == ["token", "OpenSession", "ExecuteStatement", "CloseOperation", "CloseSession"]


def test_a_wrong_secret_gets_no_token(standin: Workspace) -> None:
    signed_in = config(standin, "wrong")
    with pytest.raises(exc.RequestError, match="invalid_client"):
        connect(standin, credentials_provider=lambda: signed_in.authenticate)
    assert "OpenSession" not in kinds(standin)


def test_tokens_that_end_soon_are_renewed_in_between(standin: Workspace) -> None:
    standin.token_lifetime = timedelta(seconds=20)
    with connect(standin) as connection:
        assert [ask(connection, "SELECT 1 AS one") for _ in range(2)] == [[{"one": 1}]] * 2
    assert kinds(standin).count("token") > 1


def test_a_token_that_is_no_longer_good_is_refused(standin: Workspace, connection: Connection) -> None:
    standin.faults.expire_tokens()
    with pytest.raises(exc.RequestError, match="Invalid access token"):
        ask(connection, "SELECT 1 AS one")
    assert standin.statements() == []


def test_a_token_past_its_time_is_refused(standin: Workspace) -> None:
    standin.token_lifetime = timedelta(seconds=-1)
    with pytest.raises(exc.RequestError, match="Invalid access token"):
        connect(standin)


def test_a_user_s_own_token_opens_a_session_and_says_who_it_is(standin: Workspace) -> None:
    standin.user_tokens["token-of-ana"] = "ana@example.org"
    with connect(standin, access_token="token-of-ana") as connection:
        assert ask(connection, "SELECT 1 AS one") == [{"one": 1}]
    with pytest.raises(exc.RequestError, match="Invalid access token"):
        connect(standin, access_token="token-of-nobody")
    client = WorkspaceClient(host=standin.host, token="token-of-ana")
    assert client.current_user.me().user_name == "ana@example.org"


def test_the_sdk_hears_of_unknown_addresses_and_refused_tokens(standin: Workspace) -> None:
    client = WorkspaceClient(config=config(standin))
    assert client.current_user.me().user_name == standin.client_id
    with pytest.raises(NotFound, match="No API found"):
        client.api_client.do("GET", "/api/2.0/nowhere", query={"limit": 1})
    assert "GET /api/2.0/nowhere?limit=1" in kinds(standin)
    with pytest.raises(PermissionDenied):
        WorkspaceClient(host=standin.host, token="nobody").current_user.me()


# Values

TABLE = """CREATE TABLE everything (id STRING NOT NULL, big BIGINT, small INT, real DOUBLE, flag BOOLEAN, day DATE,
  at TIMESTAMP, words ARRAY<STRING>, times ARRAY<TIMESTAMP>, CONSTRAINT everything_key PRIMARY KEY (id)) USING DELTA"""
ONE = {
    "id": "ä 日本 'quoted' \"too\" :no_parameter",
    "big": 2**53 + 1,
    "small": -7,
    "real": 0.1,
    "flag": False,
    "day": date(2026, 11, 23),
    "at": AT,
    "words": ["ü", None, ""],
    "times": [AT, AT + timedelta(days=1)],
}


def test_every_type_comes_back_as_it_went_in(standin: Workspace, connection: Connection) -> None:
    run(connection, "DROP TABLE IF EXISTS everything")
    assert run(connection, TABLE) == -1
    insert = "INSERT INTO everything VALUES (:id, :big, :small, :real, :flag, :day, :at, :words, :times)"
    nothing = dict.fromkeys(ONE) | {"id": "x"}
    assert run(connection, insert, ONE) == run(connection, insert, nothing) == 1
    assert ask(connection, "SELECT * FROM everything ORDER BY small NULLS LAST") == [ONE, nothing]
    stored = DeltaTable(standin.ca_file.parent / "tables" / "everything")
    assert stored.to_pyarrow_table().num_rows == 2


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (native.TinyIntParameter(-128, "p"), -128),
        (native.SmallIntParameter(300, "p"), 300),
        (native.IntegerParameter(7, "p"), 7),
        (native.BigIntegerParameter(2**60, "p"), 2**60),
        (native.DoubleParameter(0.1, "p"), 0.1),
        (native.FloatParameter(0.1, "p"), 0.10000000149011612),
        (native.DecimalParameter(Decimal("1.50"), "p"), Decimal("1.50")),
        (native.BooleanParameter(True, "p"), True),
        (native.DateParameter(date(2026, 11, 23), "p"), date(2026, 11, 23)),
        (native.TimestampParameter(AT, "p"), AT),
        (native.VoidParameter(None, "p"), None),
        (native.ArrayParameter([["a"], ["b", None]], "p"), [["a"], ["b", None]]),
    ],
    ids=lambda given: type(given).__name__ if hasattr(given, "name") else "",
)
def test_a_parameter_arrives_as_its_type(connection: Connection, given: Any, expected: Any) -> None:
    assert ask(connection, "SELECT :p AS p", [given]) == [{"p": expected}]


@pytest.mark.parametrize(
    ("given", "error"),
    [
        (native.TimestampParameter(AT.replace(tzinfo=None), "p"), "CAST_INVALID_INPUT"),
        (native.TinyIntParameter(300, "p"), "CAST_INVALID_INPUT"),
        (native.TimestampNTZParameter(AT, "p"), "UNSUPPORTED_DATATYPE"),
        (native.IntegerParameter(1, "other"), "UNBOUND_SQL_PARAMETER"),
    ],
)
def test_a_parameter_that_cannot_be_bound_is_refused(connection: Connection, given: Any, error: str) -> None:
    with pytest.raises(exc.ServerOperationError, match=error):
        ask(connection, "SELECT :p AS p", [given])


def test_many_rows_come_in_pages(standin: Workspace, counters: Connection) -> None:
    given = [{"id": f"many-{n}", "n": str(n)} for n in range(5_000)]
    insert = "INSERT INTO counters (id, n) SELECT s.id, s.n FROM ROWS AS s"
    assert run(counters, insert.replace("ROWS", ROWS), {"rows": json.dumps(given)}) == 5_000
    standin.log.clear()
    with counters.cursor(arraysize=1_000) as cursor:
        cursor.execute("SELECT n, TIMESTAMP '2026-11-23 07:30:00' AS at FROM counters WHERE id > 'many' ORDER BY n")
        found = cursor.fetchall_arrow()
    assert found["n"].to_pylist() == list(range(5_000))
    assert found.schema.field("at").type == pa.timestamp("us", tz="UTC")
    assert kinds(standin).count("FetchResults") == 4


# Changes


@pytest.mark.parametrize(
    ("text", "affected"),
    [
        ("UPDATE counters SET n = 9 WHERE id = 'nobody'", 0),
        ("UPDATE counters SET n = 9 WHERE id = 'a'", 1),
        ("DELETE FROM counters WHERE n > 1", 2),
        ("DELETE FROM counters WHERE n > 5", 0),
        ("INSERT INTO counters (id, n) VALUES ('x', 1), ('y', 1)", 2),
        ("INSERT INTO counters (id, n) SELECT id, n FROM counters WHERE n > 5", 0),
        (MERGE, 2),
    ],
)
def test_the_rows_truly_affected_are_counted(counters: Connection, text: str, affected: int) -> None:
    params = {"rows": '[{"id": "a", "n": "5", "times": []}, {"id": "z", "n": 6}]'} if "ROWS" in text else None
    assert run(counters, text.replace("ROWS", ROWS), params) == affected


def test_rows_from_json_keep_null_times_and_what_is_missing(counters: Connection) -> None:
    run(counters, "DROP TABLE IF EXISTS timed")
    run(counters, "CREATE TABLE timed (id STRING, n BIGINT, times ARRAY<TIMESTAMP>) USING DELTA")
    given = [{"id": "a", "n": None, "times": [AT.isoformat(), None]}, {"id": "b", "n": "7", "times": []}, {}]
    insert = "INSERT INTO timed (id, n, times) SELECT id, n, times FROM ROWS".replace("ROWS", ROWS)
    assert run(counters, insert, {"rows": json.dumps(given)}) == 3
    expected = [(None, None, None), ("a", None, [AT, None]), ("b", 7, [])]
    assert [tuple(row.values()) for row in ask(counters, "SELECT * FROM timed ORDER BY id NULLS FIRST")] == expected
    with pytest.raises(exc.ServerOperationError, match="CAST_INVALID_INPUT"):
        run(counters, insert, {"rows": '[{"n": "seven"}]'})


# What tables tell about themselves


def test_a_table_tells_how_it_was_made_and_what_was_added(counters: Connection) -> None:
    run(counters, "DROP TABLE IF EXISTS runs")
    run(
        counters,
        "CREATE TABLE runs (id STRING NOT NULL COMMENT 'it\\'s', day DATE NOT NULL,"
        " CONSTRAINT runs_key PRIMARY KEY (id)) USING DELTA PARTITIONED BY (day)"
        " TBLPROPERTIES ('delta.deletedFileRetentionDuration' = 'interval 9 days')",
    )
    run(counters, "ALTER TABLE runs ADD COLUMNS (times ARRAY<TIMESTAMP> COMMENT 'new')")
    told = ask(counters, "SHOW CREATE TABLE `main`.`portal`.`runs`")[0]["createtab_stmt"]
    assert told.startswith(
        "CREATE TABLE main.portal.runs (\n  id STRING NOT NULL COMMENT 'it\\'s',\n  day DATE NOT NULL,\n"
        "  times ARRAY<TIMESTAMP> COMMENT 'new',\n  CONSTRAINT runs_key PRIMARY KEY (id))\n"
        "USING delta\nPARTITIONED BY (day)\n"
    )
    run(counters, "DROP TABLE runs")
    assert run(counters, told) == -1
    assert ask(counters, "SHOW CREATE TABLE runs")[0]["createtab_stmt"] == told


def test_a_table_tells_its_history_and_its_size(counters: Connection) -> None:
    for n in range(3):
        run(counters, "INSERT INTO counters (id, n, day) VALUES (:id, 1, DATE '2026-11-23')", {"id": f"more-{n}"})
    run(counters, "UPDATE counters SET n = 9 WHERE id = 'a'")
    (newest,) = ask(counters, "DESCRIBE HISTORY counters LIMIT 1")
    assert (newest["version"], newest["operation"]) == (5, "UPDATE")
    assert abs(newest["timestamp"] - utc_now()) < timedelta(minutes=5)
    told = ask(counters, "DESCRIBE HISTORY counters")
    assert [row["operation"] for row in told] == ["UPDATE", "WRITE", "WRITE", "WRITE", "WRITE", "CREATE TABLE"]
    assert dict(told[-2]["operationMetrics"])["numOutputRows"] == "3"
    (detail,) = ask(counters, "DESCRIBE DETAIL counters")
    assert (detail["format"], detail["numFiles"], detail["name"]) == ("delta", 1, "main.portal.counters")


def test_optimize_merges_files_and_vacuum_keeps_a_week(counters: Connection) -> None:
    run(counters, "INSERT INTO counters (id, n) VALUES ('d', 4)")
    (optimized,) = ask(counters, "OPTIMIZE counters")
    assert (optimized["metrics"]["numFilesRemoved"], optimized["metrics"]["numFilesAdded"]) == (2, 1)
    assert ask(counters, "DESCRIBE DETAIL counters")[0]["numFiles"] == 1
    assert ask(counters, "SELECT count(*) AS n FROM counters") == [{"n": 4}]
    with pytest.raises(exc.ServerOperationError, match="DELTA_VACUUM_RETENTION_PERIOD_TOO_SHORT"):
        run(counters, "VACUUM counters RETAIN 24 HOURS")
    (vacuumed,) = ask(counters, "VACUUM counters RETAIN 168 HOURS")
    assert vacuumed["path"].endswith("counters")


# Errors


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("SELECT * FROM nowhere", r"TABLE_OR_VIEW_NOT_FOUND\].*`nowhere`.*SQLSTATE: 42P01"),
        ("SHOW CREATE TABLE nowhere", r"TABLE_OR_VIEW_NOT_FOUND\].*SQLSTATE: 42P01"),
        ("CREATE TABLE counters (id STRING) USING DELTA", r"TABLE_OR_VIEW_ALREADY_EXISTS\].*SQLSTATE: 42P07"),
        ("SELEC 1", r"PARSE_SYNTAX_ERROR\].*SQLSTATE: 42601"),
        ("SELECT nothing FROM counters", r"UNRESOLVED_COLUMN.WITH_SUGGESTION\].*SQLSTATE: 42703"),
        ("UPDATE counters SET nothing = 1", r"UNRESOLVED_COLUMN.WITH_SUGGESTION\].*SQLSTATE: 42703"),
        ("INSERT INTO counters (id, n) VALUES ('x', NULL)", r"DELTA_NOT_NULL_CONSTRAINT_VIOLATED\].*SQLSTATE: 23502"),
        ("UPDATE counters SET n = NULL WHERE id = 'a'", r"DELTA_NOT_NULL_CONSTRAINT_VIOLATED\].*SQLSTATE: 23502"),
        ("SELECT CAST('x' AS BIGINT) AS n", r"CAST_INVALID_INPUT\].*SQLSTATE: 22018"),
        ("INSERT INTO counters (id, n) VALUES ('x', 'y')", r"CAST_INVALID_INPUT\].*SQLSTATE: 22018"),
        ("SELECT :gone AS n", r"UNBOUND_SQL_PARAMETER\].*SQLSTATE: 42P02"),
        ("ALTER TABLE counters ADD COLUMNS (n BIGINT)", r"FIELD_ALREADY_EXISTS\].*SQLSTATE: 42710"),
        (
            "MERGE INTO counters AS t USING (SELECT 'a' AS id UNION ALL SELECT 'a') AS s ON t.id = s.id"
            " WHEN MATCHED THEN UPDATE SET n = 1",
            r"DELTA_MULTIPLE_SOURCE_ROW_MATCHING_TARGET_ROW_IN_MERGE\].*SQLSTATE: 21506",
        ),
    ],
)
def test_errors_carry_the_class_and_state_of_databricks(counters: Connection, text: str, told: str) -> None:
    with pytest.raises(exc.ServerOperationError, match=told):
        run(counters, text)


def test_null_without_a_type_is_no_list(counters: Connection) -> None:
    nothing = [native.VoidParameter(None, "ids")]
    for call in ("array_contains(:ids, id)", "arrays_overlap(array(id), :ids)"):
        with pytest.raises(exc.ServerOperationError, match=r"DATATYPE_MISMATCH.NULL_TYPE\].*SQLSTATE: 42K09"):
            ask(counters, "SELECT id FROM counters WHERE CALL".replace("CALL", call), nothing)
    typed = "SELECT id FROM counters WHERE array_contains(CAST(:ids AS ARRAY<STRING>), id)"
    assert ask(counters, typed, nothing) == []


# Faults


def test_a_dropped_session_is_an_invalid_handle(standin: Workspace) -> None:
    connection = connect(standin)
    standin.faults.drop_sessions()
    with pytest.raises(exc.DatabaseError, match="Invalid SessionHandle"):
        run(connection, "SELECT 1")
    assert standin.log[-1].kind == "ExecuteStatement"
    connection.close()


@pytest.mark.parametrize(("status", "statements"), [(429, 1), (503, 1), (500, 0)])
def test_a_refused_statement_is_tried_again_when_it_cannot_have_run(
    standin: Workspace, connection: Connection, status: int, statements: int
) -> None:
    connection.session.backend._transport.retry_policy.delay_max = 0.01
    standin.faults.fail(status, retry_after=None)
    try:
        ask(connection, "SELECT 1 AS one")
    except exc.RequestError:
        assert statements == 0
    assert len(standin.statements()) == statements
    assert [call.status for call in standin.log if call.kind == "ExecuteStatement"] == [status] + [200] * statements


def test_a_fault_on_a_path_meets_only_that_path(standin: Workspace, connection: Connection) -> None:
    standin.faults.fail(403, on="/api/2.0/preview")
    with pytest.raises(PermissionDenied):
        WorkspaceClient(config=config(standin)).current_user.me()
    assert ask(connection, "SELECT 1 AS one") == [{"one": 1}]


def test_a_warehouse_that_is_down_refuses_until_it_is_up(standin: Workspace) -> None:
    standin.faults.down()
    signed_in = {"Authorization": "Bearer x"}
    with pytest.raises((exc.RequestError, MaxRetryError)):
        connect(standin, credentials_provider=lambda: lambda: signed_in, _retry_stop_after_attempts_duration=1)
    standin.faults.up()
    with connect(standin) as connection:
        assert ask(connection, "SELECT 1 AS one") == [{"one": 1}]


@pytest.mark.parametrize(("reads", "executed"), [(0, 1), (None, 2)])
def test_a_read_timeout_happens_after_the_statement_ran(
    standin: Workspace, counters: Connection, reads: int | None, executed: int
) -> None:
    """Without `read = 0` the connector sends the statement again, and it runs twice."""
    with connect(standin, _socket_timeout=1, _retry_stop_after_attempts_count=1) as hasty:
        if reads is not None:
            hasty.session.backend._transport.retry_policy.read = reads
        standin.faults.read_timeout(on="'late'")
        standin.log.clear()
        if reads is None:
            run(hasty, "INSERT INTO counters (id, n) VALUES ('late', 1)")
        else:
            with pytest.raises(MaxRetryError):
                run(hasty, "INSERT INTO counters (id, n) VALUES ('late', 1)")
        assert len(standin.statements()) == executed
    assert ask(counters, "SELECT count(*) AS n FROM counters WHERE id = 'late'") == [{"n": executed}]


def test_a_slow_statement_ends_with_its_time_limit(standin: Workspace) -> None:
    with connect(standin, session_configuration=SESSION | {"STATEMENT_TIMEOUT": "1"}) as connection:
        standin.faults.slow(20, on="SELECT 2")
        assert ask(connection, "SELECT 1 AS one") == [{"one": 1}]
        with pytest.raises(exc.ServerOperationError, match=r"TIMEOUT_EXCEEDED\].*\(1s\)"):
            ask(connection, "SELECT 2 AS two")


def test_a_planted_sql_error_is_told_once(standin: Workspace, counters: Connection) -> None:
    standin.faults.sql_error("[DELTA_CONCURRENT_APPEND] Somebody else was first.", "2D521", on="UPDATE")
    with pytest.raises(exc.ServerOperationError, match=r"\[DELTA_CONCURRENT_APPEND\].*SQLSTATE: 2D521"):
        run(counters, "UPDATE counters SET n = 5 WHERE id = 'a'")
    assert run(counters, "UPDATE counters SET n = 5 WHERE id = 'a'") == 1


def test_a_running_statement_can_be_cancelled(standin: Workspace, connection: Connection) -> None:
    standin.faults.slow(20)
    with connection.cursor() as cursor:
        cursor.execute_async("SELECT 1 AS one")
        assert cursor.is_query_pending()
        cursor.cancel()
        assert cursor.get_query_state().name == "CANCELLED"


def test_faults_are_switched_over_http_too(standin: Workspace, connection: Connection) -> None:
    trusting = ssl.create_default_context(cafile=str(standin.ca_file))
    with httpx.Client(base_url=standin.host, verify=trusting) as browser:
        assert browser.post("/_standin/fault?name=fail&number=500").status_code == 303
        with pytest.raises(exc.RequestError):
            ask(connection, "SELECT '<b>' AS bold")
        assert ask(connection, "SELECT '<b>' AS bold") == [{"bold": "<b>"}]
        browser.post("/_standin/fault?name=down")
        assert "Stand-in workspace: down" in browser.get("/_standin").text
        browser.post("/_standin/fault?name=clear")
        assert "&lt;b&gt;" in browser.get("/_standin").text
        assert browser.post("/_standin/fault?name=unheard-of").status_code == 404
