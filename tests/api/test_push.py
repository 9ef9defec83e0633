"""Pushing results over the wire."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from data.people.model import Actor
from data.portal import Portal
from data.status.estate import plan
from tests.api.doors import Person
from tests.data.tickets.desk import Desk
from tests.portals import Clock, a_check

PATH = "/v1/checks/gateway/results"


def states(portal: Portal) -> list[str]:
    return list(portal.status.history.results("gateway")["state"])


@pytest.mark.usefixtures("desk")
def test_a_pushed_failure_turns_the_tile_at_once(alice: Person, portal: Portal) -> None:
    assert alice.get("/v2/status.json").json()["status"]["x_state"] == "unknown"
    answer = alice("POST", PATH, {"outcome": "fail", "message": "No answer", "evidence": {"run": 7}})
    assert answer.status_code == 201
    [result] = answer.json()["results"]
    assert (result["state"], result["reason"]) == ("major_outage", "No answer")
    assert alice.get("/v2/status.json").json()["status"]["indicator"] == "critical"
    assert states(portal) == ["major_outage"]


@pytest.mark.usefixtures("desk")
def test_a_request_without_a_body_is_a_heartbeat(alice: Person, portal: Portal) -> None:
    assert alice("POST", PATH).json()["results"][0]["state"] == "operational"
    assert states(portal) == ["operational"]


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize("body", [{"key": "run-1"}, [{}, {"outcome": "warn"}], {}])
def test_what_is_sent_again_is_answered_alike_and_stored_once(alice: Person, portal: Portal, body: Any) -> None:
    first, again = (alice("POST", PATH, body, Idempotency_Key="nightly-4711") for _ in range(2))
    assert first.json() == again.json()
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert len(states(portal)) == (len(body) if isinstance(body, list) else 1)


@pytest.mark.usefixtures("desk")
def test_a_batch_is_stored_as_a_whole_or_not_at_all(alice: Person, portal: Portal, clock: Clock) -> None:
    times = [(clock() - timedelta(minutes=n)).isoformat() for n in range(3)]
    good = [{"observed_at": at, "value": n} for n, at in enumerate(times)]
    assert [one["value"] for one in alice("POST", PATH, good).json()["results"]] == [0, 1, 2]
    for bad in ({"observed_at": "2020-01-01T00:00:00Z"}, {"outcome": "brilliant"}):
        assert alice("POST", PATH, [*good, bad]).status_code == 422
    assert len(states(portal)) == 3


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"outcome": "superb"}, "outcome"), ({"value": "much"}, "value"), ({"surprise": 1}, "surprise"),
        ({"message": "x" * 1_001}, "message"), ({"key": ""}, "key"), ({"observed_at": "soon"}, "observed_at"),
        ({"evidence": {"log": "x" * 9_000}}, "evidence"), ([], ""), ([{}] * 1_001, ""), ("beat", ""), (7, ""),
    ],
)  # fmt: skip
def test_nonsense_is_refused_in_words(alice: Person, portal: Portal, body: Any, told: str) -> None:
    answer = alice("POST", PATH, body)
    assert answer.status_code == 422
    assert told in answer.text
    assert states(portal) == []


@pytest.mark.usefixtures("desk")
def test_a_wrong_clock_is_told(alice: Person, clock: Clock) -> None:
    answer = alice("POST", PATH, {"observed_at": (clock() + timedelta(hours=2)).isoformat()})
    assert (answer.status_code, "2 h in the future" in answer.json()["detail"]) == (422, True)
    answer = alice("POST", PATH, {"observed_at": clock().replace(tzinfo=None).isoformat()})
    assert (answer.status_code, "no time zone" in answer.text) == (422, True)


@pytest.mark.usefixtures("desk")
def test_who_may_not_report_is_told_so_and_an_unknown_check_is_not_there(bob: Person, alice: Person) -> None:
    assert bob("POST", PATH).status_code == 403
    assert alice("POST", "/v1/checks/ghost/results").status_code == 404
    assert alice("POST", "/v1/checks/..%2f..%2fetc/results").status_code == 404


@pytest.mark.usefixtures("desk")
def test_outsiders_cannot_tell_a_secret_check_from_none(charlie: Person, portal: Portal) -> None:
    wages = a_check("wages", "push").model_copy(update={"platform_id": "payroll"})
    estate = portal.status.estate()
    portal.status.apply(plan(estate, estate.model_copy(update={"checks": (*estate.checks, wages)})), Actor.job())
    told = [charlie("POST", f"/v1/checks/{id_}/results") for id_ in ("wages", "ghost")]
    assert [answer.status_code for answer in told] == [404, 404]
    assert told[0].json()["detail"].replace("wages", "ghost") == told[1].json()["detail"]


def test_many_push_at_the_same_time(desk: Desk, alice: Person, portal: Portal) -> None:
    with ThreadPoolExecutor(8) as callers:
        answers = list(callers.map(lambda n: alice("POST", PATH, {"key": f"run-{n % 20}"}), range(40)))
    ids = {answer.json()["results"][0]["id"] for answer in answers}
    assert {answer.status_code for answer in answers} == {201}
    assert len(ids) == len(states(portal)) == 20
