"""Messages by program: written, published, changed and ended by who may, read by who may see them."""

from __future__ import annotations

from data.messages.model import Draft
from data.people.model import Actor
from tests.api.doors import Person
from tests.data.tickets.desk import Desk

TEXT = {
    "move": "publish", "title": "Gateway moves on Monday", "body": "It will be **short**.", "platform_ids": ["sales"],
}  # fmt: skip


def test_a_message_is_published_once_and_shown(alice: Person, bob: Person) -> None:
    made = alice("POST", "/v1/messages", TEXT, Idempotency_Key="one")
    assert (made.status_code, made.json()["state"]) == (201, "published")
    assert alice("POST", "/v1/messages", TEXT, Idempotency_Key="one").json()["id"] == made.json()["id"]
    assert alice("POST", "/v1/messages", {**TEXT, "title": "Another"}, Idempotency_Key="one").status_code == 422
    assert [item["title"] for item in bob.get("/v1/messages").json()["items"]] == [TEXT["title"]]
    assert bob.get("/v1/messages?q=nothing").json()["items"] == []
    assert bob.get(made.headers["Location"].removeprefix("/api")).json()["moves"] == []


def test_who_may_not_publish_is_told_so(bob: Person) -> None:
    assert bob("POST", "/v1/messages", TEXT).status_code == 403


def test_a_message_is_changed_on_what_was_seen_and_ended_with_a_reason(alice: Person, bob: Person) -> None:
    path = f"/v1/messages/{alice('POST', '/v1/messages', TEXT).json()['id']}"
    changed = {**TEXT, "move": "revise", "title": "Gateway moves on Tuesday"}
    assert alice("PUT", path, changed, If_Match="1").json()["revision"] == 2
    late = alice("PUT", path, changed, If_Match="1")
    assert (late.status_code, late.json()["version"]) == (409, 2)
    assert [text["title"] for text in bob.get(path).json()["revisions"]] == [changed["title"], TEXT["title"]]
    gone = alice("POST", f"{path}/moves", {"move": "withdraw", "answers": {}}, If_Match="2")
    assert gone.json()["errors"][0]["pointer"] == "#/answers/reason"
    done = alice("POST", f"{path}/moves", {"move": "withdraw", "answers": {"reason": "Not this year."}}, If_Match="2")
    assert done.json()["state"] == "withdrawn"
    assert bob.get("/v1/messages").json()["items"] == []
    assert [item["state"] for item in bob.get("/v1/messages?which=archive").json()["items"]] == ["withdrawn"]


def test_drafts_are_for_those_who_may_publish_them(alice: Person, bob: Person) -> None:
    path = f"/v1/messages/{alice('POST', '/v1/messages', {**TEXT, 'move': 'save'}).json()['id']}"
    assert bob.get(path).status_code == 404
    assert bob.get("/v1/messages?which=unpublished").json()["items"] == []
    assert len(alice.get("/v1/messages?which=unpublished").json()["items"]) == 1


def test_a_message_about_two_platforms_names_only_what_the_caller_may_know(bob: Person, desk: Desk) -> None:
    draft = Draft(id="0" * 26, title="Both are slow", platform_ids=("sales", "payroll"))
    desk.portal.messages.write(Actor.job(), "publish", draft)
    assert bob.get("/v1/messages").json()["items"][0]["platform_ids"] == ["sales"]
    detail = bob.get(f"/v1/messages/{draft.id}").json()
    assert detail["platform_ids"] == detail["revisions"][0]["platform_ids"] == ["sales"]


def test_a_message_is_dismissed_for_the_caller(alice: Person, bob: Person) -> None:
    path = f"/v1/messages/{alice('POST', '/v1/messages', TEXT).json()['id']}"
    assert bob("PUT", f"{path}/dismissed").status_code == 204
    stays = f"/v1/messages/{alice('POST', '/v1/messages', {**TEXT, 'dismissible': False}).json()['id']}"
    assert bob("PUT", f"{stays}/dismissed").status_code == 422


def test_times_need_their_zone(alice: Person) -> None:
    told = alice("POST", "/v1/messages", {**TEXT, "ends_at": "2026-12-01T08:00:00"})
    assert told.json()["errors"][0]["pointer"] == "#/ends_at"
    made = alice("POST", "/v1/messages", {**TEXT, "ends_at": "2026-12-01T08:00:00+01:00"})
    assert made.json()["ends_at"] == "2026-12-01T07:00:00Z"
