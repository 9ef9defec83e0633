"""Results that others push: many at once, each stored before it is acknowledged, none twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pandas as pd
import pytest
from deltalake import DeltaTable

from data.errors import Conflict, Forbidden, Invalid, NotFound, Unavailable
from data.people.model import Actor, Role
from data.portal import Portal
from data.status.estate import Estate, plan
from data.status.model import Outcome, Platform, Severity, State
from data.status.pushing import MOST, Report
from tests.portals import Clock, a_check

Watch = Callable[..., None]
LOADER = Actor("loader@example.org", "loader", Role.contributor, {"shop": Role.service_owner})
BOB = Actor("bob@example.org", "bob", Role.contributor, platforms=frozenset({"shop"}))
CHARLIE = Actor("charlie@example.org", "charlie", Role.contributor, {"other": Role.service_owner})


def stored(portal: Portal, table: str = "status_results") -> pd.DataFrame:
    """As any other Delta reader sees it."""
    return DeltaTable(str(portal.settings.tables / table)).to_pandas()


@pytest.fixture
def orders(watch: Watch) -> None:
    watch(a_check("orders", "push", severity=Severity.critical), a_check("rows", "push", "threshold", **LIMITS))


LIMITS = {"thresholds": {"warn_above": 10, "error_above": 20}}


@pytest.mark.usefixtures("orders")
def test_a_batch_is_answered_in_its_order_and_judged_oldest_first(portal: Portal, clock: Clock) -> None:
    ages = (1, 20, 10)
    batch = [Report(key=str(age), value=age, observed_at=clock() - timedelta(minutes=age)) for age in ages]
    answers = portal.status.pushing.push(LOADER, "rows", batch)
    assert [answer.value for answer in answers] == [1, 20, 10]
    assert portal.status.currents()["rows"].observed_at == clock() - timedelta(minutes=1)


@pytest.mark.usefixtures("orders")
def test_many_at_once_share_their_commits_and_none_is_lost(portal: Portal) -> None:
    def push(n: int) -> str:
        return portal.status.pushing.push(LOADER, "orders", [Report(key=f"run-{n % 150}")])[0].id

    with ThreadPoolExecutor(30) as callers:
        ids = set(callers.map(push, range(200)))
    rows = stored(portal)
    assert set(rows["id"]) == ids
    assert len(rows) == len(ids) == 150
    assert DeltaTable(str(portal.settings.tables / "status_results")).version() < 40


def test_who_may_not_push_is_told_and_an_outsider_learns_nothing(portal: Portal) -> None:
    secret = Platform(id="shop", name="Shop", kind="service", visibility="members")
    wanted = Estate(platforms=(secret,), checks=(a_check("orders", "push"),))
    portal.status.apply(plan(portal.status.estate(), wanted), Actor.job())
    with pytest.raises(Forbidden):
        portal.status.pushing.push(BOB, "orders", [Report()])
    told = []
    for check_id in ("orders", "ghost"):
        with pytest.raises(NotFound) as refused:
            portal.status.pushing.push(CHARLIE, check_id, [Report()])
        told.append(str(refused.value).replace(check_id, "it"))
    assert told[0] == told[1]
    assert portal.status.currents() == {}


def test_of_those_who_push_together_one_that_is_refused_costs_no_other(portal: Portal, watch: Watch) -> None:
    off = a_check("off", "push").model_copy(update={"state": "disabled"})
    watch(a_check("orders", "push"), a_check("probe", "http_probe"), off)
    refused = {"ghost": NotFound, "probe": Invalid, "off": Conflict}
    waiting = {id_: portal.status.pushing.submit(LOADER, id_, [Report()]) for id_ in ("orders", *refused)}
    for id_, error in refused.items():
        assert isinstance(waiting[id_].exception(10), error)
    assert waiting["orders"].result(10)[0].state is State.operational


@pytest.mark.usefixtures("orders")
@pytest.mark.parametrize(
    ("off", "told"),
    [(timedelta(hours=2), "2 h in the future"), (timedelta(days=-2), "2 d ago; results are taken for 1 d")],
)
def test_a_wrong_clock_is_told_in_words(portal: Portal, clock: Clock, off: timedelta, told: str) -> None:
    with pytest.raises(Invalid, match=told):
        portal.status.pushing.push(LOADER, "orders", [Report(observed_at=clock() + off)])
    assert portal.status.currents() == {}


@pytest.mark.usefixtures("orders")
def test_a_clock_a_little_ahead_is_taken_as_now(portal: Portal, clock: Clock) -> None:
    [pushed] = portal.status.pushing.push(LOADER, "orders", [Report(observed_at=clock() + timedelta(minutes=2))])
    assert pushed.observed_at == clock()


@pytest.mark.usefixtures("orders")
@pytest.mark.parametrize("number", [0, MOST + 1])
def test_a_batch_has_a_size(portal: Portal, number: int) -> None:
    with pytest.raises(Invalid, match="1 to 1,000 results"):
        portal.status.pushing.push(LOADER, "orders", [Report()] * number)


@pytest.mark.usefixtures("orders")
def test_sent_again_after_a_crash_between_two_commits_a_result_still_turns_its_check(recording: Portal) -> None:
    recording.engine.fail(1, Unavailable("killed here"), on="MERGE INTO status_current")
    fail = [Report(key="run-7", outcome=Outcome.fail, message="No files")]
    with pytest.raises(Unavailable):
        recording.status.pushing.push(LOADER, "orders", fail)
    [answer] = recording.status.pushing.push(LOADER, "orders", fail)
    assert answer.again
    assert recording.status.currents()["orders"].state is State.major_outage
    assert len(stored(recording)) == 1


def test_what_was_acknowledged_before_a_kill_is_there(portal: Portal, watch: Watch) -> None:
    watch(*(a_check(f"check-{n}", "push") for n in range(4)))
    command = [sys.executable, "-m", "tests.data.status.pushed", str(portal.settings.home)]
    with subprocess.Popen(command, cwd=Path(__file__).parents[3], stdout=subprocess.PIPE, text=True) as pusher:
        assert pusher.stdout is not None
        acknowledged = {pusher.stdout.readline().strip() for _ in range(24)}
        os.kill(pusher.pid, signal.SIGKILL)
        acknowledged |= {line.strip() for line in pusher.stdout if line.endswith("\n")}
    rows = stored(portal)
    assert acknowledged <= set(rows["id"])
    assert rows["id"].is_unique
    portal.status.repair()
    trail = stored(portal, "status_transitions")
    assert set(trail["check_id"]) == set(portal.status.currents())
