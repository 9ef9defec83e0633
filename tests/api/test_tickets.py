"""Tickets by program: one door for every kind, the same rights, versions and ids as on the pages."""

from __future__ import annotations

from typing import Any

import pytest

from data.tickets.kinds import KINDS, Kind
from tests.api.doors import Person
from tests.data.tickets.desk import Desk
from tests.portals import Clock

SENT: dict[str, dict[str, Any]] = {
    "incidents": {"title": "Sales shows Sunday", "body": "I see Sunday.", "impact": "blocked", "platform_id": "sales"},
    "improvements": {"title": "Refresh every half hour", "body": "Today I wait until eleven.", "platform_id": "sales"},
    "service-requests": {
        "template": "access", "platform_id": "sales",
        "answers": {"dataset": "finance.gl", "access": "read", "purpose": "month-end closing", "duration": "year"},
    },
}  # fmt: skip
EVERY_KIND = pytest.mark.parametrize("path", SENT)


@EVERY_KIND
def test_what_is_opened_is_listed_and_read_by_who_may(path: str, bob: Person, alice: Person) -> None:
    made = bob("POST", f"/v1/{path}", SENT[path], Idempotency_Key="one")
    assert made.status_code == 201, made.text
    key = made.json()["key"]
    assert made.headers["Location"] == f"/api/v1/{path}/{key}"
    assert [item["key"] for item in bob.get(f"/v1/{path}").json()["items"]] == [key]
    detail = alice.get(f"/v1/{path}/{key}").json()
    assert (detail["state"], detail["requester"], detail["version"]) == (made.json()["state"], "bob@example.org", 1)
    assert detail["timeline"][0]["move"] == "open"


@EVERY_KIND
def test_the_same_key_makes_it_once_and_refuses_another_body(path: str, bob: Person, alice: Person) -> None:
    first = bob("POST", f"/v1/{path}", SENT[path], Idempotency_Key="one")
    again = bob("POST", f"/v1/{path}", SENT[path], Idempotency_Key="one")
    assert (again.status_code, again.json()["id"]) == (201, first.json()["id"])
    assert (again.headers["Idempotent-Replayed"], "Idempotent-Replayed" in first.headers) == ("true", False)
    other = bob("POST", f"/v1/{path}", {**SENT[path], "body": "Something else entirely."}, Idempotency_Key="one")
    assert other.status_code == 422
    of_alice = alice("POST", f"/v1/{path}", {**SENT[path], "body": "And mine, of my own."}, Idempotency_Key="one")
    assert of_alice.status_code == 201
    assert of_alice.json()["key"] != first.json()["key"]


def test_the_same_key_refuses_another_body_even_when_the_ticket_has_moved_on(bob: Person, desk: Desk) -> None:
    key = bob("POST", "/v1/incidents", SENT["incidents"], Idempotency_Key="one").json()["key"]
    ticket = desk.tickets.lists.detail(desk.dana, key).ticket
    desk.move(desk.dana, ticket, "triage", priority=2)
    other = {**SENT["incidents"], "title": "Something else"}
    assert bob("POST", "/v1/incidents", other, Idempotency_Key="one").status_code == 422
    assert bob("POST", "/v1/incidents", SENT["incidents"], Idempotency_Key="one").json()["state"] == "triaged"


def test_what_is_wrong_is_told_at_its_place(bob: Person) -> None:
    told = bob("POST", "/v1/incidents", {"title": "No", "impact": "blocked", "platform_id": "nowhere"})
    assert told.status_code == 422
    assert {fault["pointer"] for fault in told.json()["errors"]} >= {"#/title"}
    typed = bob("POST", "/v1/incidents", {"title": 7, "impact": "very", "unknown": 1}).json()["errors"]
    assert {fault["pointer"] for fault in typed} == {"#/title", "#/impact", "#/unknown"}
    asked = bob("POST", "/v1/service-requests", {"template": "access", "platform_id": "sales", "answers": {}}).json()
    assert "#/answers/dataset" in {fault["pointer"] for fault in asked["errors"]}


def test_a_move_needs_the_version_that_was_seen_and_the_right(bob: Person, alice: Person, desk: Desk) -> None:
    key = desk.open().key
    path, body = f"/v1/incidents/{key}/moves", {"move": "triage", "answers": {"priority": 2}}
    assert alice("POST", path, body).status_code == 428
    assert alice("POST", path, body, If_Match="soon").status_code == 400
    assert bob("POST", path, body, If_Match="1").status_code == 403
    moved = alice("POST", path, body, If_Match='"1"')
    assert (moved.status_code, moved.json()["state"], moved.json()["version"]) == (200, "triaged", 2)
    late = alice("POST", path, {"move": "start"}, If_Match="1")
    assert (late.status_code, late.json()["version"]) == (409, 2)
    impossible = alice("POST", path, body, If_Match="2")
    assert (impossible.status_code, "version" in impossible.json()) == (409, False)


def test_what_a_move_asks_for_is_told_by_the_ticket_and_read_with_its_times(alice: Person, desk: Desk) -> None:
    key = desk.open().key
    moves = {move["name"]: move for move in alice.get(f"/v1/incidents/{key}").json()["moves"]}
    assert moves["promise"]["asks"][0]["shape"] == "moment"
    path = f"/v1/incidents/{key}/moves"
    wrong = alice("POST", path, {"move": "promise", "answers": {"next_update_at": "soon"}}, If_Match="1")
    assert wrong.json()["errors"][0]["pointer"] == "#/answers/next_update_at"
    answers = {"next_update_at": "2026-11-23T10:00:00+02:00"}
    done = alice("POST", path, {"move": "promise", "answers": answers}, If_Match="1")
    assert done.json()["next_update_at"] == "2026-11-23T08:00:00Z"


def test_comments_are_added_once_edited_and_removed(bob: Person, alice: Person, desk: Desk) -> None:
    path = f"/v1/incidents/{desk.open().key}/comments"
    said = bob("POST", path, {"text": "Still there."}, Idempotency_Key="a")
    assert said.status_code == 201
    assert bob("POST", path, {"text": "Still there."}, Idempotency_Key="a").json()["id"] == said.json()["id"]
    assert bob("POST", path, {"text": "Gone."}, Idempotency_Key="a").status_code == 422
    one = f"{path}/{said.json()['id']}"
    assert alice("PUT", one, {"text": "No."}, If_Match="1").status_code == 403
    assert bob("PUT", one, {"text": "Still there, and worse."}, If_Match="1").json()["version"] == 2
    assert bob("PUT", one, {"text": "Better."}, If_Match="1").json()["version"] == 2
    assert bob("DELETE", one, If_Match="2").json()["state"] == "deleted"
    assert [(item["state"], item["body"]) for item in bob.get(path).json()["items"]] == [("deleted", "")]


def test_notes_of_the_team_stay_with_the_team(bob: Person, alice: Person, desk: Desk) -> None:
    path = f"/v1/incidents/{desk.open().key}"
    assert alice("POST", f"{path}/comments", {"text": "It is the gateway.", "internal": True}).status_code == 201
    assert bob("POST", f"{path}/comments", {"text": "Psst.", "internal": True}).status_code == 403
    assert "gateway" not in bob.get(path).text + bob.get(f"{path}/comments").text
    assert "gateway" in alice.get(path).text


def test_a_vote_counts_once_and_can_be_taken_back(bob: Person, desk: Desk, clock: Clock) -> None:
    path = f"/v1/incidents/{desk.open().key}"
    for method, votes in (("PUT", 1), ("PUT", 1), ("DELETE", 0)):
        clock.advance(seconds=1)
        assert bob(method, f"{path}/vote").status_code == 204
        told = bob.get(path).json()
        assert (told["votes"], told["voted"]) == (votes, bool(votes))
    assert bob("PUT", f"{path}/watch").status_code == 204
    assert "bob@example.org" in bob.get(path).json()["watchers"]


def test_pages_follow_each_other_and_a_cursor_of_another_list_is_refused(bob: Person, desk: Desk) -> None:
    keys = {desk.open(by=desk.dana, title=f"Number {n} is missing").key for n in range(5)}
    found, cursor = [], ""
    while cursor is not None:
        page = bob.get(f"/v1/incidents?size=2&sort=created{cursor and f'&cursor={cursor}'}").json()
        found, cursor = found + [item["key"] for item in page["items"]], page["next"]
    assert (len(found), set(found)) == (5, keys)
    cursor = bob.get("/v1/incidents?size=2&sort=created").json()["next"]
    assert bob.get(f"/v1/incidents?size=2&sort=votes&cursor={cursor}").status_code == 400
    for broken in ("x", "eyJhIjoxfQ", "W10", cursor[:-2], "%00"):
        assert bob.get(f"/v1/incidents?size=2&sort=created&cursor={broken}").status_code == 400


def test_a_list_is_narrowed_as_on_its_page(bob: Person, alice: Person, desk: Desk) -> None:
    first, second = desk.open(title="Gateway is slow"), desk.open(title="Report is empty")
    desk.move(desk.dana, second, "triage", priority=2)
    for asked, keys in (
        ("q=gateway", [first.key]), ("state=triaged", [second.key]), ("priority=1", []),
        ("open=true&sort=created&requester=bob%40example.org", None), ("platform=payroll", []),
        ("assignee=alice%40example.org", []),
    ):  # fmt: skip
        found = [item["key"] for item in bob.get(f"/v1/incidents?{asked}").json()["items"]]
        assert sorted(found) == sorted(keys if keys is not None else [first.key, second.key])


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_a_ticket_of_another_kind_is_not_found(kind: Kind, alice: Person, desk: Desk) -> None:
    key = desk.open(kind.name).key
    found = {path: alice.get(f"/v1/{path}/{key}").status_code for path in SENT}
    assert sorted(found.values()) == [200, 404, 404]


def test_what_can_be_requested_is_told_with_its_questions(bob: Person) -> None:
    templates = {item["name"]: item for item in bob.get("/v1/service-requests/templates").json()["items"]}
    assert templates["access"]["asks"][0]["name"] == "dataset"


def test_who_sends_too_much_is_told_when_it_goes_on(bob: Person) -> None:
    sent = [
        bob("POST", "/v1/incidents", {**SENT["incidents"], "title": f"Trouble number {n}"}).status_code
        for n in range(6)
    ]
    assert sent == [201] * 5 + [429]
