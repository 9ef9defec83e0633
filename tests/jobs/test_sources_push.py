"""push: silence of a heartbeat is noticed, other checks are left alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from data.portal import Portal
from data.status.model import Outcome, Severity, State
from jobs.ingest import ingest
from jobs.sources.base import Context
from jobs.sources.push import Push
from jobs.supervisor import Supervisor
from tests.portals import NOW, Clock, a_check

BEAT = a_check("nightly", "push", "heartbeat", thresholds={"warn_after": "10m", "error_after": "1h"}, every="5m")


def state_of(portal: Portal, check_id: str) -> State:
    return portal.status.currents()[check_id].state


def test_a_heartbeat_that_falls_silent_becomes_late_then_red(
    portal: Portal, clock: Clock, watch: Callable[..., None]
) -> None:
    watch(BEAT)
    portal.status.report("nightly")
    for minute, state in [(10, State.operational), (11, State.late), (60, State.late), (61, State.degraded)]:
        clock.now = NOW + timedelta(minutes=minute)
        ingest(portal)
        assert state_of(portal, "nightly") is state


def test_a_new_beat_ends_the_silence(portal: Portal, clock: Clock, watch: Callable[..., None]) -> None:
    watch(BEAT)
    portal.status.report("nightly")
    clock.advance(minutes=11)
    ingest(portal)
    assert state_of(portal, "nightly") is State.late
    portal.status.report("nightly")
    clock.advance(seconds=15)
    ingest(portal)
    assert state_of(portal, "nightly") is State.operational


def test_a_check_that_never_beat_is_unknown(portal: Portal, watch: Callable[..., None]) -> None:
    watch(BEAT)
    ingest(portal)
    current = portal.status.currents()["nightly"]
    assert (current.state, current.reason) == (State.unknown, "Never reported")


def test_other_pushed_checks_get_no_reading(portal: Portal, watch: Callable[..., None]) -> None:
    watch(a_check("import", "push"))
    [run] = ingest(portal).runs
    assert (run.state, run.rows) == ("succeeded", 0)
    assert portal.status.currents() == {}


def test_a_beat_that_comes_while_the_round_is_under_way_is_not_forgotten(
    portal: Portal, clock: Clock, watch: Callable[..., None]
) -> None:
    watch(BEAT)
    portal.status.report("nightly")
    clock.advance(minutes=5)
    source, before = Push(), Context(portal, portal.status.currents(), clock(), Supervisor())
    clock.advance(seconds=1)
    portal.status.report("nightly")
    clock.advance(seconds=1)
    portal.status.record(source.readings([BEAT], source.fetch([BEAT], before), clock()), "push")
    assert portal.status.currents()["nightly"].source_event_at == NOW + timedelta(minutes=5, seconds=1)


@pytest.mark.parametrize(
    ("severity", "outcome", "state"),
    [
        (Severity.normal, Outcome.warn, State.degraded),
        (Severity.normal, Outcome.fail, State.degraded),
        (Severity.critical, Outcome.warn, State.degraded),
        (Severity.critical, Outcome.fail, State.major_outage),
    ],
)
def test_what_a_beat_reported_holds_until_the_next_beat(
    portal: Portal, clock: Clock, watch: Callable[..., None], severity: Severity, outcome: Outcome, state: State
) -> None:
    watch(BEAT.model_copy(update={"severity": severity}))
    portal.status.report("nightly")
    clock.advance(minutes=5)
    portal.status.report("nightly", outcome=outcome, message="3 files missing")
    for _ in range(5):
        clock.advance(minutes=5)
        ingest(portal)
        current = portal.status.currents()["nightly"]
        assert (current.state, current.reason) == (state, "3 files missing")
    portal.status.report("nightly")
    assert state_of(portal, "nightly") is State.operational


def test_silence_after_a_failure_gets_worse_all_the_same(
    portal: Portal, clock: Clock, watch: Callable[..., None]
) -> None:
    watch(BEAT.model_copy(update={"severity": Severity.critical}))
    portal.status.report("nightly", outcome=Outcome.warn, message="3 files missing")
    for minutes, state in [(5, State.degraded), (56, State.major_outage), (5, State.major_outage)]:
        clock.advance(minutes=minutes)
        ingest(portal)
        assert state_of(portal, "nightly") is state
    assert portal.status.currents()["nightly"].reason == "Last heard of 1 h 06 ago, promised within 10 min"
