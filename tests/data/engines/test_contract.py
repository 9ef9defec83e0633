"""What every engine must do alike. Speaks nothing but the Engine protocol."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pyarrow as pa
import pytest

from data.engines.base import Engine, Upkeep
from data.errors import Invalid, NotFound
from tests.data.engines.tables import AT, COUNTERS, DAY, EVERYTHING, ONE, UTC_TIME, per_day, result, rows, table

# Tables


def test_a_table_is_created_once(engine: Engine) -> None:
    assert engine.execute(EVERYTHING) == engine.execute(EVERYTHING) == 0
    assert engine.columns("everything").names == list(ONE)
    assert engine.columns("everything").field("at").type == UTC_TIME
    assert [field.nullable for field in engine.columns("everything")][:2] == [False, True]
    with pytest.raises(Invalid, match="everything exists"):
        engine.execute(EVERYTHING.replace("IF NOT EXISTS", ""))


def test_rows_older_than_a_column_have_null_there(results: Engine) -> None:
    results.execute("ALTER TABLE results ADD COLUMNS (note STRING COMMENT 'why', tags ARRAY<STRING>)")
    assert rows(results, "SELECT count(*) AS n FROM results WHERE note IS NULL AND tags IS NULL") == [{"n": 12}]
    results.append("results", table(result("90", 0) | {"note": "new", "tags": ["x"]}))
    results.execute("UPDATE results SET note = 'seen' WHERE id = '00'")
    found = rows(results, "SELECT id, note, tags FROM results WHERE note IS NOT NULL ORDER BY id")
    assert found == [{"id": "00", "note": "seen", "tags": None}, {"id": "90", "note": "new", "tags": ["x"]}]
    assert per_day(results) == {0: (5, 5.0), 1: (4, 4.0), 2: (4, 4.0)}


def test_adding_a_column_again_changes_nothing(counters: Engine) -> None:
    added = "ALTER TABLE counters ADD COLUMNS (extra BIGINT, words ARRAY<STRING>, at TIMESTAMP)"
    counters.execute(added)
    counters.execute("UPDATE counters SET extra = 7 WHERE id = 'a'")
    counters.execute(added)
    assert rows(counters, "SELECT extra FROM counters WHERE id = 'a'") == [{"extra": 7}]
    assert counters.columns("counters").names == ["id", "n", "note", "extra", "words", "at"]


def test_of_several_columns_only_the_missing_are_added(counters: Engine) -> None:
    counters.execute("ALTER TABLE counters ADD COLUMNS (note STRING, colour STRING)")
    assert counters.columns("counters").names == ["id", "n", "note", "colour"]


def test_a_column_that_has_another_type_is_refused(counters: Engine) -> None:
    with pytest.raises(Invalid, match="counters has a column note already, of another type"):
        counters.execute("ALTER TABLE counters ADD COLUMNS (colour STRING, note BIGINT)")
    assert "colour" not in counters.columns("counters").names


@pytest.mark.parametrize("name", ["counters", "main.portal.counters", "`main`.`portal`.`counters`", "COUNTERS"])
def test_catalog_schema_and_case_of_a_name_do_not_matter(counters: Engine, name: str) -> None:
    sql = "SELECT counters.n FROM NAME WHERE counters.id = 'b'"
    assert rows(counters, sql.replace("NAME", name)) == [{"n": 2}]


def test_a_cte_hides_the_table_of_its_name(counters: Engine) -> None:
    sql = "WITH counters AS (SELECT id FROM counters WHERE n > 1) SELECT count(*) AS n FROM counters"
    assert rows(counters, sql) == [{"n": 2}]


# Changes


def test_insert_tells_how_many_rows(counters: Engine) -> None:
    assert counters.execute("INSERT INTO counters (n, id) VALUES (:n, 'd'), (5, 'e')", {"n": 4}) == 2
    assert counters.execute("INSERT INTO counters SELECT id || '2', n * 10, note FROM counters WHERE n >= 4") == 2
    found = rows(counters, "SELECT id, n FROM counters WHERE n > 3 ORDER BY n")
    assert [tuple(row.values()) for row in found] == [("d", 4), ("e", 5), ("d2", 40), ("e2", 50)]


def test_an_insert_of_what_is_there_inserts_nothing(counters: Engine) -> None:
    sql = "INSERT INTO counters SELECT :id, 9, NULL WHERE NOT EXISTS (SELECT 1 FROM counters WHERE id = :id)"
    assert [counters.execute(sql, {"id": id_}) for id_ in ("a", "new", "new")] == [0, 1, 0]


def test_append_fills_missing_columns_and_refuses_unknown_ones(counters: Engine) -> None:
    assert counters.append("counters", table({"n": 9, "id": "d"})) == 1
    assert rows(counters, "SELECT * FROM counters WHERE id = 'd'") == [{"id": "d", "n": 9, "note": None}]
    with pytest.raises(Invalid, match="no column colour"):
        counters.append("counters", table({"id": "e", "n": 1, "colour": "red"}))
    with pytest.raises(Invalid, match=r"counters\.n"):
        counters.append("counters", table({"id": "e", "n": "many"}))


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO counters (id) VALUES ('d')",
        "UPDATE counters SET n = NULL WHERE id = 'a'",
        "MERGE INTO counters AS t USING counters AS s ON t.id = s.id WHEN MATCHED THEN UPDATE SET n = NULL",
    ],
)
def test_a_required_column_is_never_null(counters: Engine, sql: str) -> None:
    with pytest.raises(Invalid, match="n"):
        counters.execute(sql)
    assert rows(counters, "SELECT sum(n) AS total, count(*) AS n FROM counters") == [{"total": 6, "n": 3}]


def test_compare_and_set_tells_hit_from_miss(counters: Engine) -> None:
    sql = "UPDATE counters AS c SET c.n = c.n + 1, note = :note WHERE c.id = :id AND c.n = :seen"
    assert counters.execute(sql, {"id": "a", "seen": 1, "note": "ü"}) == 1
    assert counters.execute(sql, {"id": "a", "seen": 1, "note": "late"}) == 0
    assert rows(counters, "SELECT n, note FROM counters WHERE id = 'a'") == [{"n": 2, "note": "ü"}]


def test_update_may_ask_its_own_table(counters: Engine) -> None:
    assert counters.execute("UPDATE counters SET n = (SELECT max(n) FROM counters) + 1 WHERE id <> 'c'") == 2
    assert [row["n"] for row in rows(counters, "SELECT n FROM counters ORDER BY id")] == [4, 4, 3]


def test_delete_tells_how_many_rows(counters: Engine) -> None:
    assert counters.execute("DELETE FROM counters WHERE n > :n", {"n": 1}) == 2
    assert counters.execute("DELETE FROM counters WHERE n > :n", {"n": 1}) == 0
    assert counters.execute("DELETE FROM counters") == 1
    assert rows(counters, "SELECT * FROM counters") == []


MERGE = """MERGE INTO counters AS t USING changes AS s ON t.id = s.id
  WHEN MATCHED AND s.n IS NULL THEN DELETE
  WHEN MATCHED AND t.n <> s.n THEN UPDATE SET t.n = s.n, note = :note
  WHEN NOT MATCHED AND s.n IS NOT NULL THEN INSERT (id, n, note) VALUES (s.id, s.n, :note)"""


def test_merge_counts_the_rows_it_inserts_updates_and_deletes(counters: Engine) -> None:
    changes = table({"id": "a", "n": 1}, {"id": "b", "n": 20}, {"id": "c", "n": None}, {"id": "d", "n": 4})
    assert counters.execute(MERGE, {"note": "m"}, {"changes": changes}) == 3
    found = rows(counters, "SELECT id, n, note FROM counters ORDER BY id")
    assert [tuple(row.values()) for row in found] == [("a", 1, None), ("b", 20, "m"), ("d", 4, "m")]
    assert counters.execute(MERGE, {"note": "again"}, {"changes": changes}) == 0


def test_merge_reaches_rows_that_the_source_does_not_have(counters: Engine) -> None:
    sql = """MERGE INTO counters AS t USING changes AS s ON t.id = s.id
      WHEN NOT MATCHED BY SOURCE AND t.n > 1 THEN UPDATE SET note = 'gone' WHEN NOT MATCHED BY SOURCE THEN DELETE"""
    assert counters.execute(sql, {}, {"changes": table({"id": "c"})}) == 2
    assert [tuple(r.values()) for r in rows(counters, "SELECT id, note FROM counters ORDER BY id")] == [
        ("b", "gone"),
        ("c", None),
    ]


def test_merge_refuses_two_source_rows_for_one_target_row(counters: Engine) -> None:
    with pytest.raises(Invalid):
        counters.execute(MERGE, {"note": ""}, {"changes": table({"id": "a", "n": 5}, {"id": "a", "n": 6})})


@pytest.mark.parametrize(
    ("clause", "left"),
    [
        ("WHEN MATCHED AND s.n = 6 THEN UPDATE SET n = s.n", [("a", 6), ("b", 2), ("c", 3)]),
        ("WHEN MATCHED THEN DELETE", [("b", 2), ("c", 3)]),
    ],
)
def test_merge_takes_two_source_rows_where_one_of_them_decides(counters: Engine, clause: str, left: object) -> None:
    changes = {"changes": table({"id": "a", "n": 5}, {"id": "a", "n": 6})}
    counters.execute(f"MERGE INTO counters AS t USING changes AS s ON t.id = s.id {clause}", {}, changes)
    assert [tuple(row.values()) for row in rows(counters, "SELECT id, n FROM counters ORDER BY id")] == left


def test_rows_exist_for_their_statement_only(counters: Engine) -> None:
    counters.execute("INSERT INTO counters (id, n) SELECT id, n FROM given", {}, {"given": table({"id": "d", "n": 4})})
    with pytest.raises(NotFound, match="given"):
        counters.query("SELECT * FROM given")


# Partitions: what is faster must not be different


@pytest.mark.parametrize(
    ("sql", "affected", "after"),
    [
        ("UPDATE results SET value = 5 WHERE day = :day AND check_id = 'check-1'", 1, {0: (4, 8.0)}),
        ("UPDATE results SET value = 5 WHERE check_id = 'check-1'", 3, dict.fromkeys(range(3), (4, 8.0))),
        (
            "UPDATE results SET value = 5 WHERE day = :day OR check_id = 'check-1'",
            6,
            {0: (4, 20.0), 1: (4, 8.0), 2: (4, 8.0)},
        ),
        ("UPDATE results SET day = :other WHERE day = :day AND check_id = 'check-1'", 1, {0: (3, 3.0), 1: (5, 5.0)}),
        ("UPDATE results SET value = (SELECT count(*) FROM results) WHERE day = :day", 4, {0: (4, 48.0)}),
        ("DELETE FROM results WHERE day < :day", 8, {1: None, 2: None}),
        ("DELETE FROM results WHERE day BETWEEN :other AND :day", 8, {0: None, 1: None}),
        ("DELETE FROM results WHERE day = :day AND check_id <> 'check-1'", 3, {0: (1, 1.0)}),
        ("DELETE FROM results WHERE day = :day AND id IN (SELECT id FROM results WHERE day = :day)", 4, {0: None}),
        ("DELETE FROM results WHERE day = (SELECT max(day) FROM results)", 4, {0: None}),
        ("DELETE FROM results WHERE day > :day", 0, {}),
    ],
)
def test_a_change_touches_only_the_rows_it_names(
    results: Engine, sql: str, affected: int, after: dict[int, tuple[int, float] | None]
) -> None:
    params = {"day": DAY, "other": DAY - timedelta(days=1)}
    assert results.execute(sql, params) == affected
    whole: dict[int, tuple[int, float] | None] = dict.fromkeys(range(3), (4, 4.0))
    assert per_day(results) == {back: found for back, found in (whole | after).items() if found}


UPSERT = """MERGE INTO results AS r USING changes AS s ON r.day = s.day AND r.id = s.id
  WHEN MATCHED THEN UPDATE SET value = s.value
  WHEN NOT MATCHED THEN INSERT (id, check_id, day, value) VALUES (s.id, s.check_id, s.{day}, s.value)"""


def test_merge_by_day_changes_those_days_and_opens_new_ones(results: Engine) -> None:
    changes = table(result("00", 0, 5.0), result("01", 0, 5.0), result("new", 0), result("10", 1, 9.0), result("x", -1))
    assert results.execute(UPSERT.format(day="day"), {}, {"changes": changes}) == 5
    assert per_day(results) == {-1: (1, 1.0), 0: (5, 13.0), 1: (4, 12.0), 2: (4, 4.0)}


def test_merge_may_insert_into_a_day_it_does_not_match_on(results: Engine) -> None:
    elsewhere = result("new", 0) | {"lands_on": DAY - timedelta(days=2)}
    assert results.execute(UPSERT.format(day="lands_on"), {}, {"changes": table(elsewhere)}) == 1
    assert per_day(results) == {0: (4, 4.0), 1: (4, 4.0), 2: (5, 5.0)}


def test_merge_by_source_reaches_all_days_even_if_it_matches_one(results: Engine) -> None:
    sql = """MERGE INTO results AS r USING changes AS s ON r.day = :day AND r.id = s.id
      WHEN NOT MATCHED BY SOURCE THEN DELETE"""
    assert results.execute(sql, {"day": DAY}, {"changes": table(result("00", 0), result("10", 1))}) == 11
    assert per_day(results) == {0: (1, 1.0)}


# Refusals


@pytest.mark.parametrize(
    ("sql", "error", "words"),
    [
        ("SELECT * FROM nowhere", NotFound, "no table nowhere"),
        ("SELECT * FROM information_schema.tables", NotFound, "no table tables"),
        ("SELECT * FROM `/etc/passwd`", NotFound, "no table"),
        ("SELECT * FROM csv.`/etc/passwd`", NotFound, "no table"),
        ("SELECT nothing FROM counters", Invalid, "nothing"),
        ("SELECT n FROM counters WHERE id = :id", Invalid, ":id"),
        ("SELECT n FROM counters WHERE id = ?", Invalid, "names"),
        ("SELECT FROM WHERE", Invalid, "cannot be read"),
        ("", Invalid, "one SQL statement"),
        ("SELECT 1; SELECT 2", Invalid, "one SQL statement"),
        ("SELECT 1; DELETE FROM counters", Invalid, "one SQL statement"),
        ("DELETE FROM counters", Invalid, "Only a SELECT"),
        ("WITH x AS (DELETE FROM counters) SELECT 1", Invalid, "SQL|statement"),
        ("SELECT n INTO elsewhere FROM counters", Invalid, "INTO"),
        ("SELECT * FROM read_csv('/etc/passwd')", Invalid, "read_csv cannot be used as a table"),
        ("SELECT * FROM read_parquet('/x')", Invalid, "read_parquet cannot be used as a table"),
        ("SELECT * FROM read_text('/etc/passwd')", Invalid, "read_text cannot be used as a table"),
        ("SELECT * FROM glob('/*')", Invalid, "SQL|glob"),
        ("SELECT * FROM query('SELECT 1')", Invalid, "query cannot be used as a table"),
        ("SELECT * FROM counters, LATERAL read_text('/etc/passwd')", Invalid, "as a table"),
        ("SELECT getenv('HOME')", Invalid, "getenv"),
        ("SELECT * FROM counters VERSION AS OF 0", Invalid, "Older versions"),
        ("SELECT * FROM (WITH `/etc/hosts` AS (SELECT 1) SELECT 1), `/etc/hosts`", NotFound, "no table"),
        ("ATTACH 'x.db'", Invalid, "SQL|allowed"),
        ("COPY counters TO '/elsewhere/x'", Invalid, "COPY is not allowed"),
        ("PRAGMA database_list", Invalid, "PRAGMA is not allowed"),
        ("SHOW TABLES", Invalid, "not allowed"),
        ("SET memory_limit = '9GB'", Invalid, "SET is not allowed"),
    ],
)
def test_a_query_is_one_select_on_tables(counters: Engine, sql: str, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        counters.query(sql)


@pytest.mark.parametrize(
    "sql",
    ["SELECT 1", "DROP TABLE counters", "TRUNCATE TABLE counters", "CREATE VIEW v AS SELECT 1", "OPTIMIZE counters",
     "ALTER TABLE counters DROP COLUMN n", "INSERT OVERWRITE counters SELECT 'x', 1, NULL",
     "INSERT INTO counters VALUES ('x', 1)", "INSERT INTO counters (id, n) VALUES ('x', 1, 2)",
     "INSERT INTO counters (id, n, colour) VALUES ('x', 1, 2)", "CREATE TABLE x (a STRUCT<b: INT>) USING DELTA"],
)  # fmt: skip
def test_what_the_contract_does_not_know_is_refused(counters: Engine, sql: str) -> None:
    with pytest.raises(Invalid):
        counters.execute(sql)
    assert len(rows(counters, "SELECT * FROM counters")) == 3


def test_a_missing_table_is_named(engine: Engine) -> None:
    asks: list[Callable[[], object]] = [
        lambda: engine.execute("INSERT INTO nowhere VALUES (1)"),
        lambda: engine.execute("DELETE FROM nowhere"),
        lambda: engine.append("nowhere", table({"id": 1})),
        lambda: engine.columns("nowhere"),
        lambda: engine.last_data_change("nowhere"),
        lambda: engine.last_data_change("main.portal.nowhere"),
        lambda: engine.last_data_change("/nowhere/at/all"),
        lambda: engine.maintain("nowhere", Upkeep(), AT),
    ]
    for ask in asks:
        with pytest.raises(NotFound, match="nowhere"):
            ask()


# Many at once


def test_of_eight_racing_writers_exactly_one_wins_each_round(counters: Engine) -> None:
    sql = "UPDATE counters SET n = n + 1 WHERE id = 'a' AND n = :seen"
    with ThreadPoolExecutor(8) as pool:
        for seen in range(1, 5):
            hits = pool.map(lambda _, seen=seen: counters.execute(sql, {"seen": seen}), range(8))
            assert sum(hits) == 1
    assert rows(counters, "SELECT n FROM counters WHERE id = 'a'") == [{"n": 5}]


def test_no_write_is_lost_among_many(counters: Engine) -> None:
    def write(n: int) -> int:
        given = {"changes": table({"id": f"merged-{n}", "n": 1})}
        return (
            counters.append("counters", table({"id": f"appended-{n}", "n": 1}))
            + counters.execute("INSERT INTO counters (id, n) VALUES (:id, 1)", {"id": f"inserted-{n}"})
            + counters.execute(MERGE, {"note": ""}, given)
            + counters.execute("UPDATE counters SET n = n + 1 WHERE id = 'a'")
        )

    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(write, range(6))) == [4] * 6
    assert rows(counters, "SELECT n FROM counters WHERE id = 'a'") == [{"n": 7}]
    assert rows(counters, "SELECT count(DISTINCT id) AS ids, count(*) AS n FROM counters") == [{"ids": 21, "n": 21}]


def test_readers_never_see_half_a_change(counters: Engine) -> None:
    def move(n: int) -> None:
        counters.execute("UPDATE counters SET n = CASE id WHEN 'a' THEN n + 1 WHEN 'b' THEN n - 1 ELSE n END")

    with ThreadPoolExecutor(4) as pool:
        moves = [pool.submit(move, n) for n in range(8)]
        while not all(future.done() for future in moves):
            assert rows(counters, "SELECT sum(n) AS total, count(*) AS n FROM counters") == [{"total": 6, "n": 3}]
    assert [future.result() for future in moves] == [None] * 8


# Upkeep


def test_last_data_change_is_the_newest_commit_that_changed_rows(results: Engine) -> None:
    first = results.last_data_change("results")
    assert first is not None
    results.execute("UPDATE results SET value = 7 WHERE id = '00'")
    changed = results.last_data_change("main.portal.results")
    assert changed is not None
    assert (changed.version > first.version, changed.at >= first.at, changed.operation) == (True, True, "UPDATE")
    results.append("results", table(result("late", 2)))
    appended = results.last_data_change("results")
    results.execute("UPDATE results SET value = 7 WHERE id = 'nobody'")
    results.execute("DELETE FROM results WHERE day > :day", {"day": DAY})
    results.execute("ALTER TABLE results ADD COLUMNS (note STRING)")
    report = results.maintain("results", Upkeep(vacuum_after=timedelta(0)), AT)
    assert report.files_after < report.files_before
    assert results.last_data_change("results") == appended


def test_a_table_that_never_received_rows_has_no_data_change(engine: Engine) -> None:
    engine.execute(COUNTERS)
    engine.append("counters", pa.table({"id": pa.array([], pa.string())}))
    assert engine.last_data_change("counters") is None


def test_maintain_drops_what_is_too_old_and_keeps_the_rest_as_it_is(results: Engine) -> None:
    for n in range(3):
        results.append("results", table(result(f"late-{n}", 1), result(f"now-{n}", 0)))
    everything = "SELECT id, check_id, day, value FROM results WHERE day >= :day ORDER BY id"
    kept = {"day": DAY - timedelta(days=1)}
    before = rows(results, everything, **kept)
    report = results.maintain("results", Upkeep(keep=timedelta(days=1)), AT)
    assert (report.rows_deleted, report.files_before) == (4, 9)
    assert report.files_after < 9
    assert rows(results, everything, **kept) == before
    assert per_day(results).keys() == {0, 1}
    again = results.maintain("results", Upkeep(keep=timedelta(days=1)), AT)
    assert (again.rows_deleted, again.files_before, again.files_after) == (0, report.files_after, report.files_after)


def test_maintain_drops_old_rows_of_a_table_without_partitions(engine: Engine) -> None:
    engine.execute("CREATE TABLE runs (id STRING NOT NULL, day DATE NOT NULL) USING DELTA")
    engine.append("runs", table({"id": "old", "day": DAY - timedelta(days=9)}, {"id": "new", "day": DAY}))
    assert engine.maintain("runs", Upkeep(keep=timedelta(days=8)), AT).rows_deleted == 1
    assert rows(engine, "SELECT id FROM runs") == [{"id": "new"}]
