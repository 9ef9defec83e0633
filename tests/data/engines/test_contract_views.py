"""What every engine must make of views. Speaks nothing but the Engine protocol."""

from __future__ import annotations

from typing import Any

import pytest

from data.engines.base import Engine
from data.errors import Invalid, NotFound
from tests.data.engines.tables import per_day, rows, table

SMALL = "CREATE OR REPLACE VIEW small AS SELECT id, n * 10 AS tens FROM counters WHERE n < 3"


@pytest.fixture
def small(counters: Engine) -> Engine:
    counters.execute(SMALL)
    return counters


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("SELECT id, tens FROM small WHERE tens > :n ORDER BY id", [("b", 20)]),
        ("SELECT small.id FROM main.portal.SMALL WHERE small.tens = 10", [("a",)]),
        ("SELECT s.id, c.n FROM small AS s JOIN counters AS c ON c.n = s.tens / :n ORDER BY s.id",
         [("a", 1), ("b", 2)]),
        ("SELECT a.id, b.id AS other FROM small AS a JOIN small AS b ON b.tens > a.tens", [("a", "b")]),
        ("SELECT count(*) AS n FROM counters WHERE id NOT IN (SELECT id FROM small)", [(1,)]),
        ("WITH small AS (SELECT id FROM counters) SELECT count(*) AS n FROM small", [(3,)]),
        ("WITH counters AS (SELECT 'x' AS id) SELECT c.id, s.id AS other FROM counters AS c, small AS s ORDER BY s.id",
         [("x", "a"), ("x", "b")]),
    ],
)  # fmt: skip
def test_a_view_is_asked_like_a_table(small: Engine, sql: str, found: list[tuple[Any, ...]]) -> None:
    assert [tuple(row.values()) for row in rows(small, sql, n=10)] == found


def test_a_view_shows_its_tables_as_they_are_now(small: Engine) -> None:
    small.execute("UPDATE counters SET n = 0 WHERE id = 'c'")
    assert [row["tens"] for row in rows(small, "SELECT tens FROM small ORDER BY tens")] == [0, 10, 20]


def test_a_view_may_be_made_again_and_of_other_views(small: Engine) -> None:
    small.execute(
        "CREATE OR REPLACE VIEW smallest AS WITH s AS (SELECT min(tens) AS tens FROM small) SELECT tens FROM s"
    )
    assert rows(small, "SELECT tens FROM smallest") == [{"tens": 10}]
    small.execute(SMALL)
    small.execute(SMALL.replace("n < 3", "n > 1"))
    assert rows(small, "SELECT tens FROM smallest") == [{"tens": 20}]
    small.execute("CREATE OR REPLACE VIEW small AS SELECT 'x' AS name, 7 AS tens")
    assert rows(small, "SELECT name FROM small") == [{"name": "x"}]
    assert rows(small, "SELECT tens FROM smallest") == [{"tens": 7}]


def test_a_change_may_ask_a_view_of_its_own_table(small: Engine) -> None:
    assert small.execute("INSERT INTO counters (id, n) SELECT id || '2', tens + :n FROM small", {"n": 1}) == 2
    assert small.execute("UPDATE counters SET n = 5 WHERE id IN (SELECT id FROM small WHERE tens > :n)", {"n": 10}) == 1
    merge = "MERGE INTO counters AS t USING small AS s ON t.id = s.id WHEN MATCHED THEN DELETE"
    assert small.execute(merge) == 1
    found = rows(small, "SELECT id, n FROM counters ORDER BY id")
    assert [tuple(row.values()) for row in found] == [("a2", 11), ("b", 5), ("b2", 21), ("c", 3)]


def test_a_change_reaches_the_days_that_a_view_names(results: Engine) -> None:
    results.execute("CREATE OR REPLACE VIEW latest AS SELECT max(day) AS day FROM results")
    assert results.execute("DELETE FROM results WHERE day = (SELECT day FROM latest)") == 4
    assert per_day(results) == {1: (4, 4.0), 2: (4, 4.0)}


@pytest.mark.parametrize(
    "sql",
    ["INSERT INTO small (id, tens) VALUES ('x', 1)", "UPDATE small SET tens = 1", "DELETE FROM small",
     "MERGE INTO small AS t USING counters AS s ON t.id = s.id WHEN MATCHED THEN DELETE",
     "ALTER TABLE small ADD COLUMNS (extra STRING)", "CREATE TABLE small (id STRING) USING DELTA"],
)  # fmt: skip
def test_a_view_is_not_written_to(small: Engine, sql: str) -> None:
    with pytest.raises(Invalid, match=r"view|exists"):
        small.execute(sql)
    with pytest.raises(Invalid, match="view"):
        small.append("small", table({"id": "x", "tens": 1}))
    assert rows(small, "SELECT count(*) AS n FROM small") == [{"n": 2}]


@pytest.mark.parametrize(
    ("sql", "error"),
    [
        ("CREATE OR REPLACE VIEW counters AS SELECT 1 AS n", Invalid),
        ("CREATE OR REPLACE VIEW small AS SELECT id FROM small", Invalid),
        ("CREATE OR REPLACE VIEW small AS SELECT id FROM larger", Invalid),
        ("CREATE OR REPLACE VIEW small AS SELECT id FROM counters WHERE n = :n", Invalid),
        ("CREATE OR REPLACE VIEW small AS SELECT colour FROM counters", Invalid),
        ("CREATE OR REPLACE VIEW small AS SELECT getenv('HOME') AS home", Invalid),
        ("CREATE OR REPLACE VIEW small AS SELECT content FROM read_text('/etc/passwd')", Invalid),
        ("CREATE OR REPLACE VIEW small AS DELETE FROM counters", Invalid),
        ("CREATE OR REPLACE TEMPORARY VIEW small AS SELECT 1 AS n", Invalid),
        ("CREATE VIEW other AS SELECT 1 AS n", Invalid),
        ("DROP VIEW small", Invalid),
        ("CREATE OR REPLACE VIEW small AS SELECT id FROM nowhere", NotFound),
    ],
)
def test_a_view_that_cannot_be_is_refused_and_the_old_one_stays(
    small: Engine, sql: str, error: type[Exception]
) -> None:
    small.execute("CREATE OR REPLACE VIEW larger AS SELECT id FROM small")
    with pytest.raises(error):
        small.execute(sql)
    assert rows(small, "SELECT sum(tens) AS n FROM small") == [{"n": 30}]
    assert len(rows(small, "SELECT * FROM counters")) == 3
