"""MERGE from a question: it is answered once, and nothing of it changes its type on the way."""

from __future__ import annotations

from data.engines.base import Engine
from tests.data.engines.tables import rows, table

NOTED = """MERGE INTO counters AS t USING (SELECT c.id, :note AS note FROM changes AS c) AS s ON t.id = s.id
WHEN MATCHED AND coalesce(t.note <> s.note, TRUE) THEN UPDATE SET note = s.note"""
RAISED = """MERGE INTO results AS t
USING (SELECT r.day, r.id, r.value + c.n AS value FROM results AS r JOIN changes AS c ON c.id = r.id) AS s
ON t.day = s.day AND t.id = s.id WHEN MATCHED THEN UPDATE SET value = s.value"""


def test_a_parameter_that_a_merged_question_shows_may_be_null(counters: Engine) -> None:
    before = rows(counters, "SELECT id, note FROM counters ORDER BY id")
    changes = {"changes": table(*({"id": row["id"]} for row in before))}
    assert counters.execute(NOTED, {"note": "not a number"}, changes) == len(before) > 0
    assert counters.execute(NOTED, {"note": None}, changes) == len(before)
    assert {row["note"] for row in rows(counters, "SELECT note FROM counters")} == {None}


def test_a_merged_question_sees_its_target_as_it_was_before(results: Engine) -> None:
    before = rows(results, "SELECT id, value FROM results ORDER BY id")
    changes = {"changes": table({"id": before[0]["id"], "n": 5}, {"id": before[-1]["id"], "n": 7})}
    assert results.execute(RAISED, {}, changes) == 2
    after = {row["id"]: row["value"] for row in rows(results, "SELECT id, value FROM results")}
    raised = {before[0]["id"]: 5, before[-1]["id"]: 7}
    assert after == {row["id"]: row["value"] + raised.get(row["id"], 0) for row in before}
