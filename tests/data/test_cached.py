"""What is read once is read for everybody, a failing store costs nobody the last good page, and scopes never mix."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pytest

from data import cached
from data.cached import reads
from data.engines.base import NOTHING
from data.engines.recording import RecordingEngine
from data.errors import Unavailable
from data.people.model import Actor, Role
from data.portal import Portal
from data.status.model import Platform, Reading
from tests.portals import Clock, a_check

ALICE = Actor("alice@example.org", "alice", Role.admin)
CHARLIE = Actor("charlie@example.org", "charlie", Role.contributor)


@pytest.fixture(autouse=True)
def cold() -> Iterator[None]:
    cached.drop()
    yield
    cached.drop()


@pytest.fixture
def orders(recording: Portal, clock: Clock, watch: Callable[..., None]) -> Portal:
    watch(a_check("orders"))
    recording.status.record([Reading(check_id="orders", observed_at=clock(), message="fine")], "push")
    recording.engine.calls.clear()
    return recording


def test_a_cold_front_page_is_three_statements_and_a_warm_one_none(orders: Portal) -> None:
    for viewer in (ALICE, CHARLIE, ALICE):
        cached.access(orders)
        cached.board(orders, viewer)
    assert len(orders.engine.calls) == 3


def test_a_failing_store_leaves_the_last_good_page_with_its_time_and_the_reason(orders: Portal, clock: Clock) -> None:
    before = cached.board(orders, ALICE)
    orders.engine.fail(9, Unavailable("The store does not answer"))
    cached.drop()
    clock.advance(minutes=30)
    after = cached.board(orders, ALICE)
    assert (after.error, after.at) == ("The store does not answer", before.at)
    assert after.value is not None
    assert after.value.as_of == before.at


def test_a_page_older_than_a_minute_is_read_again_rather_than_shown(orders: Portal, clock: Clock) -> None:
    cached.board(orders, ALICE)
    clock.advance(seconds=61)
    assert cached.board(orders, ALICE).at == clock()


class Held(RecordingEngine):
    """Answers when it is let go."""

    def __init__(self, inner: Any) -> None:
        super().__init__(inner)
        self.go = threading.Event()

    def query(self, sql: str, params: Any = NOTHING) -> pa.Table:
        assert self.go.wait(20)
        return super().query(sql, params)


def test_a_store_that_takes_long_keeps_nobody_waiting_who_has_a_page_to_see(
    orders: Portal, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = cached.board(orders, ALICE)
    monkeypatch.setattr(reads, "PATIENCE_S", 0.01)
    held = orders.replace(engine=Held(orders.engine))
    clock.advance(seconds=61)
    for _ in range(2):
        meanwhile = cached.board(held, ALICE)
        assert (meanwhile.at, meanwhile.error) == (before.at, "The store takes long to answer.")
    held.engine.go.set()
    monkeypatch.setattr(reads, "PATIENCE_S", 20)
    cached._snapshot.clear()
    assert (cached.board(held, ALICE).at, cached.board(held, ALICE).error) == (clock(), None)
    assert len(orders.engine.calls) == 4


def test_in_one_turn_of_the_clock_the_store_is_asked_once_however_often_streamlit_refreshes(
    orders: Portal, clock: Clock
) -> None:
    for seconds, statements in ((0, 2), (1, 2), (reads.TURN.total_seconds(), 4), (5, 4)):
        clock.advance(seconds=seconds)
        cached._snapshot.clear()
        cached.board(orders, ALICE)
        assert len(orders.engine.calls) == statements


def test_of_many_who_come_back_at_once_one_asks_the_store(orders: Portal, clock: Clock) -> None:
    cached.board(orders, ALICE)
    orders.engine.calls.clear()
    clock.advance(hours=1)
    with ThreadPoolExecutor(8) as pool:
        reads = list(pool.map(lambda _: cached.board(orders, ALICE), range(8)))
    assert {read.at for read in reads} == {clock()}
    assert len(orders.engine.calls) == 2


class WrittenWhileReading(RecordingEngine):
    def query(self, *asked: Any) -> pa.Table:
        cached.drop()
        return super().query(*asked)


def test_what_was_being_read_while_somebody_wrote_is_read_again(orders: Portal) -> None:
    cached.access(orders.replace(engine=WrittenWhileReading(orders.engine)))
    orders.engine.calls.clear()
    cached._access.clear()
    cached.access(orders)
    assert len(orders.engine.calls) == 1


def test_a_store_that_fails_is_asked_again_in_the_next_turn_not_at_every_look(orders: Portal, clock: Clock) -> None:
    orders.engine.fail(9, Unavailable("The store does not answer"))
    for statements in (1, 1, 2):
        cached._access.clear()
        assert cached.access(orders).error == "The store does not answer"
        assert len(orders.engine.calls) == statements
        clock.advance(seconds=reads.TURN.total_seconds() / 2)


def test_a_check_that_a_viewer_may_not_see_has_no_details(recording: Portal, watch: Callable[..., None]) -> None:
    watch(a_check("orders"))
    hidden = Platform(id="shop", name="Shop", kind="service", visibility="members", version=2)
    recording.statements.run(
        "status/set_platforms", [{**hidden.model_dump(), "calendar": hidden.calendar.model_dump_json()}],
        at=recording.clock(), by="alice",
    )  # fmt: skip
    assert cached.transitions(recording, ALICE, "orders").value == ()
    refused = cached.transitions(recording, CHARLIE, "orders")
    missing = cached.transitions(recording, CHARLIE, "ghost")
    assert (refused.value, refused.error) == (None, "There is no check named orders.")
    assert missing.error == "There is no check named ghost."


def test_after_a_write_the_board_is_drawn_again_even_within_the_same_moment(orders: Portal) -> None:
    before = cached.board(orders, ALICE).value
    assert cached.board(orders, ALICE).value is before
    cached.drop()
    assert cached.board(orders, ALICE).value is not before


def test_boards_of_viewers_long_gone_are_let_go(orders: Portal) -> None:
    first = cached.board(orders, ALICE).value
    for n in range(32):
        cached.board(orders, replace(ALICE, platforms=frozenset({f"platform-{n}"})))
    assert cached.board(orders, ALICE).value is not first


def test_many_details_push_out_the_oldest_of_their_kind_but_never_the_front_page(orders: Portal) -> None:
    for hours in range(1, reads.KEPT + 2):
        assert cached.history(orders, ALICE, "orders", hours).error is None
    orders.engine.fail(9, Unavailable("The store does not answer"))
    cached.drop()
    assert cached.board(orders, ALICE).value is not None
    assert cached.history(orders, ALICE, "orders", 1).value is None
    assert cached.history(orders, ALICE, "orders", reads.KEPT + 1).value is not None
