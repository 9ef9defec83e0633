"""Rounds: who is due, what stays local when a source breaks, and what is written about it."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, wait
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from data.engines.recording import RecordingEngine
from data.errors import Unavailable
from data.portal import Portal
from data.status.model import Check, Mode, Model, Reading, State
from jobs.ingest import Rounds, ingest, run_forever
from jobs.sources import SOURCES
from jobs.sources.base import Context
from tests.portals import NOW, Clock, a_check

ROOT = Path(__file__).parents[2]
FINE = {"query": "SELECT 1 AS ok"}


class Anything(Model):
    pass


class Steady:
    """A source that is always fine, counts its looks, and can be made to hang or break."""

    title = "Test"
    target = Anything
    modes = frozenset(Mode)

    def __init__(self, name: str, timeout: float = 5) -> None:
        self.name = name
        self.timeout = timedelta(seconds=timeout)
        self.looks: list[str] = []
        self.wait_for: threading.Event | None = None
        self.error: Exception | None = None

    def fetch(self, checks: Sequence[Check], context: Context) -> None:
        self.looks += [check.id for check in checks]
        if self.wait_for:
            self.wait_for.wait()
        if self.error:
            raise self.error

    def readings(self, checks: Sequence[Check], payload: None, at: datetime) -> list[Reading]:
        return [Reading(check_id=check.id, observed_at=at) for check in checks]


@pytest.fixture
def hang() -> Iterator[threading.Event]:
    event = threading.Event()
    yield event
    event.set()


def states(portal: Portal) -> dict[str, State]:
    return {id_: current.state for id_, current in portal.status.currents().items()}


def runs(portal: Portal) -> list[dict[str, Any]]:
    return portal.engine.query("SELECT source, state, rows, error, next_due_at FROM ingestion_runs").to_pylist()


def test_a_round_records_every_check_and_one_run_for_each_source(portal: Portal, watch: Callable[..., None]) -> None:
    watch(a_check("a", target=FINE), a_check("b", target=FINE), a_check("beat", "push"))
    report = ingest(portal)
    assert states(portal) == {"a": State.operational, "b": State.operational}
    assert sorted(report.lines()) == ["push: succeeded, 0 results", "sql_check: succeeded, 2 results"]
    assert {run["next_due_at"] for run in runs(portal)} == {NOW + timedelta(minutes=5)}


def test_one_broken_check_makes_the_run_partial_and_stops_no_other(portal: Portal, watch: Callable[..., None]) -> None:
    watch(a_check("a", target=FINE), a_check("b", target={"query": "SELECT 1 FROM nowhere"}), a_check("c", target={}))
    ingest(portal)
    assert states(portal) == {"a": State.operational, "b": State.unknown, "c": State.unknown}
    [run] = runs(portal)
    assert (run["state"], run["rows"]) == ("partial", 3)
    assert run["error"] == "2 of 3 checks could not be looked at", "feeds are shown to those who may not know of b"
    assert "target.query: is missing" in portal.status.currents()["c"].reason


def test_a_source_that_nobody_knows_leaves_only_its_checks_unknown(portal: Portal, watch: Callable[..., None]) -> None:
    watch(a_check("a", target=FINE), a_check("b", "carrier_pigeon"))
    ingest(portal)
    assert states(portal) == {"a": State.operational, "b": State.unknown}
    assert portal.status.currents()["b"].reason.startswith("There is no source carrier_pigeon; the portal knows")
    assert {run["source"]: run["state"] for run in runs(portal)} == {
        "sql_check": "succeeded",
        "carrier_pigeon": "failed",
    }


def test_a_source_that_hangs_leaves_only_its_checks_unknown(
    portal: Portal, watch: Callable[..., None], hang: threading.Event
) -> None:
    slow, quick = Steady("slow", timeout=0.1), Steady("quick")
    slow.wait_for = hang
    watch(a_check("a", "slow"), a_check("b", "quick"))
    ingest(portal, sources={"slow": slow, "quick": quick})
    assert states(portal) == {"a": State.unknown, "b": State.operational}
    assert portal.status.currents()["a"].reason == "Source slow did not finish within 0 s"
    assert {run["source"]: run["state"] for run in runs(portal)} == {"slow": "failed", "quick": "succeeded"}


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (Unavailable("Throttled, again after 08:00"), "Throttled, again after 08:00"),
        (
            ZeroDivisionError("secret"),
            "Looking failed in a way it should not (ZeroDivisionError); the portal's log has the details",
        ),
    ],
)
def test_a_source_that_raises_leaves_its_checks_unknown_with_the_reason(
    portal: Portal, watch: Callable[..., None], error: Exception, reason: str
) -> None:
    bad = Steady("bad")
    bad.error = error
    watch(a_check("a", "bad"))
    ingest(portal, sources={"bad": bad})
    assert states(portal) == {"a": State.unknown}
    assert portal.status.currents()["a"].reason == reason
    assert runs(portal)[0]["error"] == reason


def test_a_source_that_still_hangs_is_not_started_again(
    portal: Portal, clock: Clock, watch: Callable[..., None], hang: threading.Event
) -> None:
    slow = Steady("slow", timeout=0.05)
    slow.wait_for = hang
    watch(a_check("a", "slow"))
    rounds = Rounds(portal, {"slow": slow})
    for _ in range(3):
        for run in rounds.start(only_due=False):
            run.result(5)
        clock.advance(minutes=5)
    assert slow.looks == ["a"]
    assert portal.status.currents()["a"].reason == "Source slow has not finished since an earlier round"


def test_quick_sources_are_recorded_while_a_slow_one_is_still_looking(
    portal: Portal, watch: Callable[..., None], hang: threading.Event
) -> None:
    slow, quick = Steady("slow", timeout=30), Steady("quick")
    slow.wait_for = hang
    watch(a_check("a", "slow"), a_check("b", "quick"))
    rounds = Rounds(portal, {"slow": slow, "quick": quick})
    under_way = rounds.start(only_due=True)
    first, _ = wait(under_way, 5, FIRST_COMPLETED)
    assert [run.result().source for run in first] == ["quick"]
    assert states(portal) == {"b": State.operational}
    assert len(rounds.start(only_due=False)) == 1, "the quick source may go again, the slow one is still at work"
    hang.set()
    assert {run.result(5).state for run in under_way} == {"succeeded"}
    assert states(portal)["a"] is State.operational


def test_only_checks_that_are_due_are_looked_at(portal: Portal, clock: Clock, watch: Callable[..., None]) -> None:
    steady = Steady("steady")
    watch(a_check("often", "steady", every="1m"), a_check("seldom", "steady", every="1h"))
    seconds = [0, 30, 54.5, 61, 114.5, 3600]
    looks = []
    for second in seconds:
        clock.now = NOW + timedelta(seconds=second)
        before = len(steady.looks)
        ingest(portal, only_due=True, sources={"steady": steady})
        looks.append(sorted(steady.looks[before:]))
    assert looks == [["often", "seldom"], [], ["often"], [], ["often"], ["often", "seldom"]]


def test_what_falls_due_before_a_clock_calls_again_is_looked_at_now(
    portal: Portal, clock: Clock, watch: Callable[..., None]
) -> None:
    """A clock of five minutes whose starts drift by half a minute; each check keeps its own interval."""
    steady = Steady("steady")
    watch(a_check("often", "steady", every="5m"), a_check("seldom", "steady", every="1h"))
    for call, drift in enumerate([30, 0, 30, 5, 20, 0, 10, 0, 30, 0, 10, 0, 5]):
        clock.now = NOW + timedelta(minutes=5 * call, seconds=drift)
        ingest(portal, only_due=True, sources={"steady": steady}, every=timedelta(minutes=5))
    assert Counter(steady.looks) == {"often": 13, "seldom": 2}


def test_a_store_that_refuses_results_does_not_make_us_ask_more_often(
    portal: Portal, clock: Clock, watch: Callable[..., None], tmp_path: Path
) -> None:
    steady = Steady("steady")
    watch(a_check("a", "steady", every="5m"))
    rounds = Rounds(portal, {"steady": steady})
    gone = portal.settings.tables / "status_results"
    gone.rename(tmp_path / "elsewhere")
    for _ in range(4):
        for run in rounds.start(only_due=True):
            assert run.exception(5) is not None
        clock.advance(seconds=15)
    assert steady.looks == ["a"]


def test_rounds_go_on_until_told_to_stop(portal: Portal, watch: Callable[..., None]) -> None:
    steady, stop = Steady("steady"), threading.Event()
    watch(a_check("a", "steady", every="1s"))
    settings = portal.settings.model_copy(update={"ingest_tick": timedelta(milliseconds=10)})
    loop = threading.Thread(target=run_forever, args=(portal.replace(settings=settings), stop, {"steady": steady}))
    loop.start()
    for _ in range(500):
        if runs(portal):
            break
        stop.wait(0.01)
    stop.set()
    loop.join(5)
    assert not loop.is_alive()
    assert states(portal) == {"a": State.operational}


@pytest.mark.parametrize("error", [Unavailable("The disk is full"), ZeroDivisionError()])
def test_rounds_go_on_whatever_the_store_does(
    recording: Portal, watch: Callable[..., None], caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    assert isinstance(recording.engine, RecordingEngine)
    steady, stop = Steady("steady"), threading.Event()
    watch(a_check("a", "steady", every="1s"))
    recording.engine.fail(3, error, on="query")
    settings = recording.settings.model_copy(update={"ingest_tick": timedelta(milliseconds=10)})
    loop = threading.Thread(target=run_forever, args=(recording.replace(settings=settings), stop, {"steady": steady}))
    loop.start()
    for _ in range(500):
        if steady.looks:
            break
        stop.wait(0.01)
    stop.set()
    loop.join(5)
    assert steady.looks
    assert "What a killed process left out could not be added" in caplog.text
    assert caplog.text.count("The round could not start") == 2


@pytest.mark.parametrize("error", [Unavailable("The disk is full"), ZeroDivisionError()])
def test_results_that_cannot_be_recorded_make_a_failed_run(
    recording: Portal, watch: Callable[..., None], error: Exception
) -> None:
    assert isinstance(recording.engine, RecordingEngine)
    watch(a_check("a", "steady"))
    recording.engine.fail(1, error, on="append status_results")
    with pytest.raises(type(error)):
        ingest(recording, sources={"steady": Steady("steady")})
    [run] = runs(recording)
    assert (run["source"], run["state"], run["rows"]) == ("steady", "failed", 0)
    assert run["error"].startswith("What steady saw could not be recorded: ")


def test_a_store_that_refuses_the_failed_run_too_ends_nothing(recording: Portal, watch: Callable[..., None]) -> None:
    assert isinstance(recording.engine, RecordingEngine)
    watch(a_check("a", "steady"))
    rounds = Rounds(recording, {"steady": Steady("steady")})
    recording.engine.fail(2, Unavailable("The disk is full"), on="append")
    [run] = rounds.start(only_due=False)
    assert str(run.exception(5)) == "The disk is full"
    [again] = rounds.start(only_due=False)
    assert again.result(5).state == "succeeded"


def test_two_processes_at_once_lose_no_result_and_double_no_transition(
    portal: Portal, watch: Callable[..., None]
) -> None:
    watch(*(a_check(f"c{n}", target=FINE) for n in range(5)))
    home = str(portal.settings.home)
    command = [sys.executable, "-m", "jobs", "ingest", "--once"]
    both = [subprocess.Popen(command, env={"PORTAL_HOME": home}, cwd=ROOT) for _ in range(2)]
    assert [process.wait(60) for process in both] == [0, 0]
    results = Counter(portal.engine.query("SELECT check_id FROM status_results")["check_id"].to_pylist())
    transitions = portal.engine.query("SELECT id FROM status_transitions")["id"].to_pylist()
    assert results == dict.fromkeys((f"c{n}" for n in range(5)), 2)
    assert sorted(transitions) == [f"c{n}:1" for n in range(5)]
    assert set(states(portal).values()) == {State.operational}


def test_every_source_has_words_and_a_name_of_its_own() -> None:
    assert all(name == source.name and source.title and source.modes for name, source in SOURCES.items())
