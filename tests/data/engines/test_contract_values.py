"""What every engine must make of values and functions. Speaks nothing but the Engine protocol."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest

from data.engines.base import Engine
from data.errors import Invalid
from tests.data.engines.tables import AT, DAY, EVERYTHING, ONE, UTC_TIME, rows, table


def test_every_type_comes_back_as_it_went_in(engine: Engine) -> None:
    engine.execute(EVERYTHING)
    engine.execute(
        "INSERT INTO everything (id, big, small, real, flag, day, at, words, times)"
        " VALUES (:id, :big, :small, :real, :flag, :day, :at, :words, :times)",
        ONE,
    )
    assert rows(engine, "SELECT * FROM everything") == [ONE]


def test_null_is_possible_in_every_type(engine: Engine) -> None:
    engine.execute(EVERYTHING)
    nothing = dict.fromkeys(ONE) | {"id": "x"}
    engine.execute("INSERT INTO everything VALUES (:id,:big,:small,:real,:flag,:day,:at,:words,:times)", nothing)
    engine.append("everything", table({"id": "y"}))
    assert rows(engine, "SELECT * FROM everything ORDER BY id") == [nothing, nothing | {"id": "y"}]


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("SELECT count(*) AS n FROM everything", [{"n": 1}]),
        ("SELECT 1 AS one FROM everything", [{"one": 1}]),
        ("SELECT e.* FROM everything AS e", [ONE]),
        ("SELECT count(*) AS n FROM (SELECT * FROM everything) AS e WHERE e.big > 0", [{"n": 1}]),
        ("WITH e AS (SELECT * FROM everything) SELECT small FROM e", [{"small": ONE["small"]}]),
        ("SELECT BIG AS found FROM Everything WHERE Small IS NOT NULL", [{"found": ONE["big"]}]),
        ("SELECT a.big FROM everything AS a JOIN everything AS b USING (id, day)", [{"big": ONE["big"]}]),
        ("SELECT count(*) AS n FROM everything AS a NATURAL JOIN (SELECT 'none' AS id) AS b", [{"n": 0}]),
        ("SELECT count(*) AS n FROM everything GROUP BY real ORDER BY max(at) LIMIT 3", [{"n": 1}]),
    ],
)
def test_a_question_sees_every_column_it_needs(engine: Engine, sql: str, found: list[dict[str, object]]) -> None:
    engine.execute(EVERYTHING)
    engine.append("everything", table(ONE))
    assert rows(engine, sql) == found


@pytest.mark.parametrize("name", [name for name in ONE if name not in {"words", "times"}])
def test_a_row_is_found_by_a_parameter_of_its_type(engine: Engine, name: str) -> None:
    engine.execute(EVERYTHING)
    engine.append("everything", table(ONE))
    sql = "SELECT id FROM everything WHERE NAME = :wanted AND (:nothing IS NULL OR id = :nothing)"
    assert len(rows(engine, sql.replace("NAME", name), wanted=ONE[name], nothing=None)) == 1


def test_a_row_is_found_by_a_list_of_values(counters: Engine) -> None:
    sql = "SELECT id FROM counters WHERE array_contains(:wanted, id) ORDER BY id"
    assert rows(counters, sql, wanted=["a", "c", "z"]) == [{"id": "a"}, {"id": "c"}]
    assert rows(counters, sql, wanted=[]) == []
    optional = (
        "SELECT count(*) AS n FROM counters WHERE :wanted IS NULL OR array_contains(CAST(:wanted AS ARRAY<STRING>), id)"
    )
    assert [rows(counters, optional, wanted=wanted)[0]["n"] for wanted in (None, [], ["b"])] == [3, 0, 1]


OVERLAP = "SELECT id FROM everything WHERE arrays_overlap(words, CAST(:wanted AS ARRAY<STRING>)) ORDER BY id"


@pytest.mark.parametrize(
    ("wanted", "found"),
    [(["ü", "a"], ["two", "ü"]), (["a", "b"], ["two"]), (["z"], []), ([], []), (None, [])],
)
def test_lists_overlap_when_they_share_a_value(engine: Engine, wanted: list[str] | None, found: list[str]) -> None:
    engine.execute(EVERYTHING)
    lists: dict[str, list[str] | None] = {"ü": ["ü", ""], "two": ["a", "ü"], "empty": [], "unknown": None}
    engine.append("everything", table(*({"id": id_, "words": words} for id_, words in lists.items())))
    assert [row["id"] for row in rows(engine, OVERLAP, wanted=wanted)] == found
    never = "SELECT count(*) AS n FROM everything WHERE NOT arrays_overlap(words, :wanted)"
    assert rows(engine, never, wanted=["z"]) == [{"n": 3}]


@pytest.mark.parametrize(
    ("condition", "sought", "found"),
    [
        ("contains(lower(id), :sought)", "50%", ["Only 50% off"]),
        ("contains(lower(id), :sought)", "c:\\new", ["C:\\new_file"]),
        ("contains(lower(id), :sought)", "", ["C:\\new_file", "Only 50% off", "line\nbreak"]),
        ("id ILIKE :sought ESCAPE '!'", "%new!_%", ["C:\\new_file"]),
        ("id ILIKE :sought ESCAPE '!'", "c:\\%", ["C:\\new_file"]),
        ("id LIKE :sought ESCAPE '!'", "c:%", []),
        ("id LIKE :sought ESCAPE '!'", "%50!%%", ["Only 50% off"]),
        ("id LIKE :sought ESCAPE '!'", "line_break", ["line\nbreak"]),
        ("id LIKE :sought ESCAPE '!'", None, []),
    ],
)
def test_text_is_found_by_a_part_of_it(engine: Engine, condition: str, sought: str | None, found: list[str]) -> None:
    engine.execute(EVERYTHING)
    engine.append("everything", table(*({"id": id_} for id_ in ("C:\\new_file", "Only 50% off", "line\nbreak"))))
    sql = "SELECT id FROM everything WHERE CONDITION ORDER BY id".replace("CONDITION", condition)
    assert [row["id"] for row in rows(engine, sql, sought=sought)] == found


@pytest.mark.parametrize(
    ("json", "text"),
    [('{"field": "ü \\"q\\""}', 'ü "q"'), ('{"field": 4.0}', "4.0"), ('{"field": true}', "true"),
     ('{"field": null}', None), ('{"other": 1}', None), ("{}", None), ("no json", None)],
)  # fmt: skip
def test_a_field_of_json_comes_as_text(engine: Engine, json: str, text: str | None) -> None:
    engine.execute(EVERYTHING)
    engine.append("everything", table({"id": json}))
    assert rows(engine, "SELECT get_json_object(id, '$.field') AS field FROM everything") == [{"field": text}]
    same = "SELECT count(*) AS n FROM everything WHERE get_json_object(id, '$.field') = :text AND :text IS NOT NULL"
    assert rows(engine, same, text=text) == [{"n": int(text is not None)}]


def test_a_field_of_json_becomes_a_time_or_nothing(engine: Engine) -> None:
    engine.execute(EVERYTHING)
    engine.append("everything", table({"id": '{"field": "2026-11-23T08:30:00.123456+01:00"}'}))
    sql = """SELECT TRY_CAST(get_json_object(id, '$.field') AS TIMESTAMP) AS at,
      TRY_CAST(get_json_object(id, '$.field') AS DATE) AS day, TRY_CAST(get_json_object(id, '$.field') AS BIGINT) AS n
      FROM everything"""
    assert rows(engine, sql) == [{"at": AT, "day": DAY, "n": None}]


def test_times_are_utc_whatever_zone_they_were_given_in(engine: Engine) -> None:
    engine.execute(EVERYTHING)
    berlin = AT.astimezone(ZoneInfo("Europe/Berlin"))
    engine.execute("INSERT INTO everything (id, at) VALUES ('x', :at)", {"at": berlin})
    found = engine.query("SELECT at, date_trunc('HOUR', at) AS hour FROM everything")
    assert found.schema.types == [UTC_TIME, UTC_TIME]
    assert found.to_pylist() == [{"at": AT, "hour": AT.replace(minute=0, second=0, microsecond=0)}]


def test_a_week_begins_on_monday(engine: Engine) -> None:
    sql = "SELECT CAST(trunc(:day, 'WEEK') AS DATE) AS week"
    for day, monday in ((date(2026, 11, 22), date(2026, 11, 16)), (date(2026, 11, 23), date(2026, 11, 23))):
        assert rows(engine, sql, day=day) == [{"week": monday}]


def test_a_time_without_zone_is_refused(engine: Engine) -> None:
    with pytest.raises(Invalid, match="no time zone"):
        engine.query("SELECT :at AS at", {"at": AT.replace(tzinfo=None)})


def test_sums_of_integers_are_integers(counters: Engine) -> None:
    assert counters.query("SELECT sum(n) AS total, count(*) AS rows FROM counters").schema.types == [pa.int64()] * 2


def test_an_empty_answer_has_its_types(engine: Engine) -> None:
    engine.execute(EVERYTHING)
    sql = "SELECT id, big, small, real, flag, day, at FROM everything"
    for found in (engine.query(sql), engine.query(sql + " WHERE id = 'nobody'")):
        expected = [pa.string(), pa.int64(), pa.int32(), pa.float64(), pa.bool_(), pa.date32(), UTC_TIME]
        assert (found.num_rows, found.schema.types) == (0, expected)
