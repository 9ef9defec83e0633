"""The roadmap by program: everybody reads, owners curate."""

from __future__ import annotations

from tests.api.doors import Person
from tests.data.tickets.desk import Desk

PLAN = {
    "title": "Fresher sales data", "theme": "Freshness", "platform_id": "sales", "owner": "alice@example.org",
    "quarter": "2027-Q1",
}  # fmt: skip


def test_an_item_is_drafted_once_linked_published_and_read(alice: Person, bob: Person, desk: Desk) -> None:
    made = alice("POST", "/v1/roadmap", PLAN, Idempotency_Key="one")
    path = made.headers["Location"].removeprefix("/api")
    assert alice("POST", "/v1/roadmap", PLAN, Idempotency_Key="one").json()["id"] == made.json()["id"]
    assert alice("POST", "/v1/roadmap", {**PLAN, "title": "Other"}, Idempotency_Key="one").status_code == 422
    assert bob.get(path).status_code == 404
    idea = desk.open("improvement").key
    assert alice("PUT", f"{path}/requests/{idea}").status_code == 204
    assert alice("POST", f"{path}/moves", {"move": "publish"}, If_Match="1").json()["state"] == "published"
    read = bob.get(path).json()
    assert ([one["key"] for one in read["requests"]], read["votes"], read["horizon"]) == ([idea], 1, "later")
    assert [item["id"] for item in bob.get("/v1/roadmap?horizon=later&platform=sales").json()["items"]] == [read["id"]]
    assert bob.get("/v1/roadmap?horizon=now").json()["items"] == []
    assert alice("DELETE", f"{path}/requests/{idea}").status_code == 204
    assert bob.get(path).json()["requests"] == []


def test_only_owners_curate_and_on_what_they_have_seen(alice: Person, bob: Person) -> None:
    assert bob("POST", "/v1/roadmap", PLAN).status_code == 403
    path = f"/v1/roadmap/{alice('POST', '/v1/roadmap', PLAN).json()['id']}"
    edited = alice("PUT", path, {**PLAN, "theme": "Speed"}, If_Match="1")
    assert (edited.json()["theme"], edited.json()["version"]) == ("Speed", 2)
    late = alice("PUT", path, PLAN, If_Match="1")
    assert (late.status_code, late.json()["version"]) == (409, 2)
    wrong = alice("PUT", path, {**PLAN, "quarter": "soon"}, If_Match="2")
    assert wrong.json()["errors"][0]["pointer"] == "#/quarter"
    assert alice("POST", f"{path}/moves", {"move": "fly"}, If_Match="2").status_code == 422
