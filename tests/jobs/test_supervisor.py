"""Calls under a deadline."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest

from jobs.supervisor import Overdue, Supervisor

SHORT = timedelta(seconds=0.1)
LONG = timedelta(seconds=10)


@pytest.fixture
def released() -> Iterator[threading.Event]:
    event = threading.Event()
    yield event
    event.set()


def test_what_a_call_returns_or_raises_is_its_result() -> None:
    error = ValueError("broken")

    def breaks() -> str:
        raise error

    assert Supervisor().run({"good": lambda: "fine", "bad": breaks}, LONG, at_once=2) == {"good": "fine", "bad": error}


def test_a_hanging_call_is_left_behind_while_the_others_answer(released: threading.Event) -> None:
    results = Supervisor().run({"hangs": released.wait, "quick": lambda: True}, SHORT, at_once=2)
    assert results["quick"] is True
    assert str(results["hangs"]) == "did not finish within 0 s"


def test_a_hanging_call_is_not_started_again_until_it_has_ended(released: threading.Event) -> None:
    supervisor, starts, ended = Supervisor(), [], threading.Event()

    def hang() -> bool:
        starts.append("started")
        released.wait()
        ended.set()
        return True

    supervisor.run({"hangs": hang}, SHORT)
    again = supervisor.run({"hangs": hang}, SHORT)["hangs"]
    assert isinstance(again, Overdue)
    assert "since an earlier round" in str(again)
    assert len(starts) == 1
    released.set()
    assert ended.wait(1)
    assert [supervisor.run({"hangs": hang}, LONG)["hangs"] for _ in range(2)][-1] is True


def test_a_call_whose_turn_did_not_come_in_time_is_never_started(released: threading.Event) -> None:
    started = threading.Event()
    results = Supervisor().run({"hangs": released.wait, "next": started.set}, SHORT, at_once=1)
    released.set()
    assert set(results) == {"hangs"}, "of what was never asked nothing is said"
    assert not started.wait(0.1)


def test_no_more_calls_run_at_once_than_allowed() -> None:
    lock, running, most = threading.Lock(), set(), []

    def call(key: int) -> None:
        with lock:
            running.add(key)
            most.append(len(running))
        threading.Event().wait(0.005)
        with lock:
            running.discard(key)

    Supervisor().run({str(n): lambda n=n: call(n) for n in range(20)}, LONG, at_once=3)
    assert max(most) == 3
    assert len(most) == 20
