"""What is read once is read for everybody, a failing store costs nobody the last good page, and scopes never mix."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from data import cached
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
    for hours in range(1, cached.KEPT + 2):
        assert cached.history(orders, ALICE, "orders", hours).error is None
    orders.engine.fail(9, Unavailable("The store does not answer"))
    cached.drop()
    assert cached.board(orders, ALICE).value is not None
    assert cached.history(orders, ALICE, "orders", 1).value is None
    assert cached.history(orders, ALICE, "orders", cached.KEPT + 1).value is not None
