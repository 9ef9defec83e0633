"""The scheduler inside the app: one leader, and jobs that outlive their own failures."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from filelock import FileLock

from data.errors import Unavailable
from data.portal import Portal
from jobs import scheduler
from jobs.scheduler import Scheduler, repeat
from tests.portals import a_check

AT_ONCE = timedelta(0)


@pytest.fixture
def fast(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> Portal:
    monkeypatch.setattr(scheduler, "LEAD_AGAIN", timedelta(milliseconds=10))
    return portal.replace(settings=portal.settings.model_copy(update={"ingest_tick": timedelta(milliseconds=10)}))


@pytest.fixture
def started(fast: Portal) -> Iterator[Callable[[], Scheduler]]:
    all_of_them = []

    def start() -> Scheduler:
        all_of_them.append(Scheduler(fast))
        all_of_them[-1].start()
        return all_of_them[-1]

    yield start
    for one in all_of_them:
        one.stop()


def until(claim: Callable[[], object]) -> bool:
    return any(claim() or threading.Event().wait(0.01) for _ in range(1000))


def observed(portal: Portal) -> bool:
    return "a" in portal.status.currents()


def test_a_started_scheduler_looks_at_what_is_due(
    fast: Portal, watch: Callable[..., None], started: Callable[[], Scheduler]
) -> None:
    watch(a_check("a", target={"query": "SELECT 1 AS ok"}))
    started()
    assert until(lambda: observed(fast))


def test_only_one_of_two_leads_and_the_other_takes_over(
    fast: Portal, watch: Callable[..., None], started: Callable[[], Scheduler]
) -> None:
    watch(a_check("a", target={"query": "SELECT 1 AS ok"}))
    with FileLock(fast.settings.home / "scheduler.lock"):
        started()
        threading.Event().wait(0.1)
        assert not observed(fast), "another process leads"
    assert until(lambda: observed(fast))


def test_a_stopped_scheduler_lets_the_next_one_lead(fast: Portal, started: Callable[[], Scheduler]) -> None:
    lock = FileLock(fast.settings.home / "scheduler.lock")
    first = started()
    assert until(lambda: _taken(lock))
    first.stop()
    assert not _taken(lock)


def _taken(lock: FileLock) -> bool:
    try:
        with lock.acquire(timeout=0):
            return False
    except TimeoutError:
        return True


@pytest.mark.parametrize("error", [Unavailable("The disk is full"), ZeroDivisionError()])
def test_a_job_that_fails_gets_its_next_turn(error: Exception, caplog: pytest.LogCaptureFixture) -> None:
    stop, turns = threading.Event(), []

    def job() -> None:
        turns.append(len(turns))
        if len(turns) == 3:
            stop.set()
        raise error

    repeat("rollup", job, AT_ONCE, timedelta(milliseconds=1), stop)
    assert turns == [0, 1, 2]
    assert "Job rollup failed and is tried again" in caplog.text
