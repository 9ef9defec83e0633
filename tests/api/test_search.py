"""The search over REST: what the box in the portal finds, for whoever asks."""

from __future__ import annotations

from starlette.testclient import TestClient

from data.portal import Portal
from tests.api import secrets
from tests.api.doors import Person


def test_members_find_what_is_theirs_and_charlie_no_trace_of_it(portal: Portal, door: TestClient) -> None:
    secrets.hide(portal)
    erin, charlie = Person(door, "erin"), Person(door, "charlie")
    for word in secrets.WORDS:
        found, hidden = (person.get(f"/v1/search?q={word}").json() for person in (erin, charlie))
        assert found["hits"], word
        assert sum(found["counts"].values()) >= len(found["hits"])
        assert {hit["type"] for hit in hidden["hits"]} | hidden["counts"].keys() <= {"doc"}, word  # those are for all


def test_marks_of_the_page_are_not_on_the_wire(portal: Portal, door: TestClient) -> None:
    secrets.hide(portal)
    answer = Person(door, "erin").get(f"/v1/search?q={secrets.WORDS[0]}")
    assert answer.status_code == 200
    assert not [
        mark for mark in "\x02\x03" if mark in "".join(hit["title"] + hit["snippet"] for hit in answer.json()["hits"])
    ]


def test_a_query_that_nobody_can_type_is_refused(door: TestClient) -> None:
    assert Person(door, "bob").get(f"/v1/search?q={'x' * 201}").status_code == 422
