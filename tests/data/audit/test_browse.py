"""Reading the trail of everything: filters, who may, and the file of it."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest

from data.audit.model import TrailQuery
from data.errors import Forbidden
from data.people.model import Actor, Role
from data.portal import Portal
from tests.portals import NOW, ON_EVERY_STORE, Clock

ADMIN = Actor("root@example.org", "root", Role.admin)
ALICE = Actor("alice@example.org", "alice", Role.contributor, {"sales": Role.service_owner, "gateway": Role.triager})
CHARLIE = Actor("charlie@example.org", "charlie", Role.contributor)


@pytest.fixture
def told(portal: Portal, clock: Clock) -> Portal:
    for person, kind, id_, platform in (
        ("alice", "check", "orders", "sales"),
        ("bob", "check", "answers", "gateway"),
        ("root", "grant", "user:bob@example.org", None),
        ("alice", "platform", "sales", "sales"),
    ):
        actor = Actor(f"{person}@example.org", person, Role.admin)
        portal.audit.record(actor, "change", kind, id_, platform, {"n": 1}, {"n": 2}, f"=because {id_}")
        clock.advance(hours=1)
    return portal


@ON_EVERY_STORE
@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, ["sales", "user:bob@example.org", "answers", "orders"]),
        ({"person": "ALICE"}, ["sales", "orders"]),
        ({"object_type": "check"}, ["answers", "orders"]),
        ({"object_type": "check", "object_id": "orders"}, ["orders"]),
        ({"platform_id": "gateway"}, ["answers"]),
        ({"since": NOW + timedelta(minutes=90)}, ["sales", "user:bob@example.org"]),
        ({"person": "nobody"}, []),
    ],
)
def test_the_trail_is_narrowed_newest_first(told: Portal, asked: dict[str, Any], found: list[str]) -> None:
    assert [event.object_id for event in told.audit.browse(ADMIN, TrailQuery(**asked))] == found


def test_an_owner_reads_the_trail_of_their_platforms_only(told: Portal) -> None:
    assert [event.object_id for event in told.audit.browse(ALICE, TrailQuery())] == ["sales", "orders"]
    assert told.audit.browse(ALICE, TrailQuery(platform_id="gateway")) == ()


def test_charlie_reads_nothing_of_it(told: Portal) -> None:
    for read in (told.audit.browse, told.audit.csv):
        with pytest.raises(Forbidden, match="service owner"):
            read(CHARLIE, TrailQuery())


def test_pages_follow_each_other_without_gap_or_twin(told: Portal) -> None:
    whole = told.audit.browse(ADMIN, TrailQuery())
    seen, last = [], None
    while page := told.audit.browse(ADMIN, TrailQuery(), limit=1, after=last):
        last = page[-1]
        seen += page
    assert tuple(seen) == whole


def test_the_file_is_safe_to_open_and_in_words(told: Portal) -> None:
    rows = list(csv.DictReader(io.StringIO(told.audit.csv(ALICE, TrailQuery()).decode("utf-8-sig"))))
    assert [(row["Who"], row["Of"], row["Reason"]) for row in rows] == [
        ("alice@example.org", "sales", "'=because sales"),
        ("alice@example.org", "orders", "'=because orders"),
    ]
    assert rows[1]["When (UTC)"] == f"{NOW:%Y-%m-%d %H:%M}"
    assert rows[1]["After"] == '{"n": 2}'
