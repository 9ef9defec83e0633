"""What is true now by program: the same numbers as on the pages, and nothing that is not for the caller."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from data import cached
from data.errors import Unavailable
from data.portal import Portal
from data.status.model import Outcome, Reading
from tests.api.doors import Person, opened
from tests.portals import Clock


@pytest.fixture
def looked(recording: Portal, clock: Clock) -> Portal:
    """The gateway went down a minute ago."""
    for outcome in (Outcome.ok, Outcome.fail, Outcome.fail):
        reading = Reading(check_id="gateway", observed_at=clock(), outcome=outcome, message="No answer", value=1.5)
        recording.replace(clock=clock).status.record([reading], "push")
        clock.advance(minutes=1)
    return recording


@pytest.fixture
def door(looked: Portal) -> Iterator[TestClient]:
    with opened(looked) as client:
        yield client


def test_the_whole_names_what_made_it_so(bob: Person) -> None:
    told = bob.get("/v1/status").json()
    assert (told["state"], told["colour"], told["reason"]) == ("major_outage", "red", "Sales: No answer")
    assert [platform["id"] for platform in told["platforms"]] == ["sales"]
    assert told["checks"] == {"major_outage": 1}
    assert told["as_of"].endswith("Z")


def test_what_is_for_members_is_there_for_members_only(bob: Person, door: TestClient) -> None:
    erin = Person(door, "erin")
    assert {item["id"] for item in erin.get("/v1/platforms").json()["items"]} == {"sales", "payroll"}
    assert [item["id"] for item in bob.get("/v1/platforms").json()["items"]] == ["sales"]
    hidden, missing = bob.get("/v1/platforms/payroll"), bob.get("/v1/platforms/nowhere")
    assert (hidden.status_code, missing.status_code) == (404, 404)
    assert hidden.json()["detail"].replace("payroll", "nowhere") == missing.json()["detail"]
    assert erin.get("/v1/platforms/payroll").json()["state"] == "unknown"


def test_a_check_tells_its_state_its_past_and_its_changes(bob: Person) -> None:
    check = bob.get("/v1/checks/gateway").json()
    assert (check["state"], check["reason"], check["version"]) == ("major_outage", "No answer", 1)
    assert bob.get("/v1/checks/gateway/history?days=7").json()["points"][-1]["state"] == "major_outage"
    turns = bob.get("/v1/checks/gateway/transitions").json()["items"]
    assert [turn["to_state"] for turn in turns] == ["major_outage", "operational"]
    assert bob.get("/v1/platforms/sales/transitions").json()["items"] == turns
    assert bob.get("/v1/checks?state=major_outage&platform=sales&mode=success").json()["items"] == [check]
    assert bob.get("/v1/checks?state=late").json()["items"] == []


@pytest.mark.parametrize("path", ["", "/history", "/transitions"])
def test_a_check_that_is_not_there_is_not_found(path: str, bob: Person) -> None:
    assert bob.get(f"/v1/checks/nowhere{path}").status_code == 404


def test_sources_tell_their_last_run(bob: Person) -> None:
    assert [source["source"] for source in bob.get("/v1/sources").json()["items"]] == ["push"]


def test_warm_reads_ask_the_store_nothing(bob: Person, looked: Portal) -> None:
    first = bob.get("/v1/status")
    asked = len(looked.engine.calls)
    assert bob.get("/v1/status").json() == first.json()
    assert bob.get("/v1/status", If_None_Match=first.headers["ETag"]).status_code == 304
    assert len(looked.engine.calls) == asked


def test_while_the_store_is_down_the_last_good_answer_is_given_and_said_to_be_old(
    bob: Person, looked: Portal, clock: Clock
) -> None:
    before = bob.get("/v1/status")
    looked.engine.fail(99, Unavailable("The store does not answer"))
    cached.drop()
    clock.advance(minutes=5)
    after = bob.get("/v1/status")
    assert (after.status_code, after.json()) == (200, before.json())
    assert after.headers["X-Stale"] == "The store does not answer"
    assert after.headers["X-As-Of"] == before.headers["X-As-Of"]
    down = bob.get("/v1/checks/gateway/history")
    assert (down.status_code, down.headers["Retry-After"]) == (503, "10")
    assert down.json()["as_of"].endswith("Z")
