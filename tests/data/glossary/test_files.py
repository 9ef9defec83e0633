"""Files on real tables: in few statements, by those who may, and never over what others changed meanwhile."""

from __future__ import annotations

from dataclasses import replace

import pytest

from data.engines.recording import RecordingEngine
from data.errors import Conflict, Forbidden
from data.portal import Portal
from tests.data.glossary.test_formats import sheet
from tests.data.glossary.words import FIELDS, Words
from tests.portals import ON_EVERY_STORE

MANY = sheet(*({"name": f"Term {n}", "definition": f"Words {n}.", "platform": "sales"} for n in range(300)))


@ON_EVERY_STORE
def test_many_terms_are_written_at_once_with_a_trail(words: Words) -> None:
    house = words.desk.portal.replace(engine=RecordingEngine(words.desk.portal.engine))
    plan = house.glossary_files.plan(words.desk.alice, MANY)
    assert house.glossary_files.apply(words.desk.alice, plan) == 300
    assert len(house.engine.calls) <= 5
    assert len(words.glossary.board(words.desk.viewer("alice"))) == 300
    assert words.glossary.repair() == 0
    again = house.glossary_files.plan(words.desk.alice, MANY.replace(b"Words", b"New words"))
    assert (again.counts["changed"], house.glossary_files.apply(words.desk.alice, again)) == (300, 300)
    term = words.glossary.store.terms()[0]
    assert [event.action for event in words.glossary.history(words.desk.alice, term.id)] == [
        "glossary:import", "glossary:add"
    ]  # fmt: skip


def test_a_plan_does_not_overwrite_what_was_changed_since(words: Words, portal: Portal) -> None:
    one, other = words.approved(name="One"), words.approved(name="Two")
    file = sheet(*({"name": name, "definition": "From the file."} for name in ("One", "Two")))
    plan = portal.glossary_files.plan(words.desk.alice, file)
    words.glossary.edit(words.desk.alice, one.id, one.version, {**FIELDS, "name": "One", "definition": "By hand, now."})
    with pytest.raises(Conflict, match="1 of 2 terms have changed since you looked"):
        portal.glossary_files.apply(words.desk.alice, plan)
    assert (words.now(one).definition, words.now(other).definition) == ("By hand, now.", "From the file.")
    assert words.glossary.history(words.desk.alice, one.id)[0].action == "glossary:edit"


def test_charlie_can_plan_nothing_that_is_written(words: Words, portal: Portal) -> None:
    words.approved()
    plan = portal.glossary_files.plan(words.desk.charlie, MANY)
    assert plan.counts["refused"] == 300
    assert portal.glossary_files.apply(words.desk.charlie, plan) == 0
    stolen = portal.glossary_files.plan(words.desk.alice, MANY)
    with pytest.raises(Forbidden):
        portal.glossary_files.apply(words.desk.charlie, stolen)
    changed = portal.glossary_files.plan(words.desk.alice, sheet({"name": "Net revenue", "definition": "x"}))
    with pytest.raises(Forbidden):
        portal.glossary_files.apply(words.desk.charlie, replace(changed))


def test_an_export_holds_what_its_reader_may_see(words: Words, portal: Portal) -> None:
    words.approved(name="For all")
    words.approved(name="Salary", platform_id="payroll")
    words.draft(name="A draft")
    for name, seen in (("charlie", {"For all"}), ("erin", {"For all", "Salary"}), ("alice", {"For all", "A draft"})):
        text = portal.glossary_files.export(words.desk.viewer(name)).decode()
        assert {word for word in ("For all", "Salary", "A draft") if word in text} == seen
