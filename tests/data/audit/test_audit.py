"""The trail keeps what differed, by whom and through which door, once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from data.audit.model import Deed, difference
from data.audit.service import AuditService
from data.engines.embedded import EmbeddedEngine
from data.people.model import Actor, Role
from data.statements import SQL, Statements
from tests.portals import STORES

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
ALICE = Actor("alice@example.org", "Alice", Role.admin, door="api")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({"a": 1, "b": 2}, {"a": 1, "b": 3}, ({"b": 2}, {"b": 3})),
        ({"a": 1}, {"a": 1}, ({}, {})),
        ({"a": 1}, {"b": 1}, ({"a": 1, "b": None}, {"a": None, "b": 1})),
        (None, {"a": 1, "b": None}, (None, {"a": 1})),
        ({"a": 1}, None, ({"a": 1}, None)),
        (None, None, (None, None)),
        ({"at": NOW}, {"at": str(NOW)}, ({}, {})),
        ({"days": ("mon",)}, {"days": ["mon"]}, ({}, {})),
    ],
    ids=("change", "no change", "renamed", "added", "removed", "no fields", "as stored: time", "as stored: list"),
)
def test_only_fields_that_differ_are_kept(old: Any, new: Any, expected: tuple[Any, Any]) -> None:
    assert difference(old, new) == expected


class Trail:
    def __init__(self, statements: Statements) -> None:
        self.now = NOW
        self.audit = AuditService(statements, lambda: self.now)


@pytest.fixture(params=STORES)
def trail(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Trail]:
    if request.param == "warehouse":
        yield Trail(request.getfixturevalue("warehouse").statements)
        return
    engine = EmbeddedEngine(tmp_path)
    engine.execute((SQL / "tables" / "audit_events.sql").read_text())
    yield Trail(Statements(engine))
    engine.close()


def test_an_event_is_read_as_it_was_recorded(trail: Trail) -> None:
    recorded = trail.audit.record(
        ALICE,
        "change",
        "check",
        "orders",
        "sales",
        {"warn": 1, "name": "Größe"},
        {"warn": 2, "name": "Größe"},
        "too early",
    )
    assert trail.audit.events_of("check", "orders") == (recorded,)
    assert (recorded.actor, recorded.door, recorded.at, recorded.old) == (ALICE.email, "api", NOW, {"warn": 1})


def test_a_retry_with_the_same_id_is_recorded_once(trail: Trail) -> None:
    for _ in range(2):
        trail.audit.record(ALICE, "change", "check", "orders", new={"v": 2}, id="check:orders:2")
        trail.audit.record_all(ALICE, [Deed("change", "check", "orders", new={"v": n}, id=f"{n}") for n in (2, 3)])
    assert sorted(event.id for event in trail.audit.events_of("check", "orders")) == ["2", "3", "check:orders:2"]


def test_events_without_an_id_are_all_kept(trail: Trail) -> None:
    ids = {trail.audit.record(ALICE, "look", "check", "orders").id for _ in range(2)}
    assert {event.id for event in trail.audit.events_of("check", "orders")} == ids


def test_the_newest_events_of_one_object_come_first(trail: Trail) -> None:
    for minute in range(3):
        trail.now = NOW + timedelta(minutes=minute)
        trail.audit.record(ALICE, f"{minute}", "check", "orders")
    trail.audit.record(ALICE, "other", "check", "stock")
    trail.audit.record(ALICE, "other", "platform", "orders")
    assert [event.action for event in trail.audit.events_of("check", "orders", limit=2)] == ["2", "1"]


def test_recording_nothing_is_fine(trail: Trail) -> None:
    assert trail.audit.record_all(ALICE, []) == ()
