"""The front page at a past moment is what it was in that moment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from data import cached
from data.errors import Invalid
from data.people.model import Actor, Role, Scope
from data.portal import Portal
from data.status.board import Board
from data.status.estate import Estate, plan
from data.status.model import Outcome, Platform, Severity, State
from data.status.pushing import Report
from tests.data.messages.newsroom import Newsroom
from tests.data.tickets.desk import Desk
from tests.portals import Clock, a_check

Watch = Callable[..., None]
EVERYTHING = Scope(everything=True)
OK, WARN, FAIL = Outcome.ok, Outcome.warn, Outcome.fail
STORY = (OK, OK, FAIL, FAIL, FAIL, WARN, OK, OK, OK, FAIL, OK, OK)


def live(portal: Portal) -> Board:
    return portal.status.board(portal.status.snapshot(), EVERYTHING)


def at(portal: Portal, moment: Any) -> Board:
    return portal.status.board(portal.status.snapshot_at(moment), EVERYTHING)


def told(board: Board) -> list[Any]:
    """What somebody reads, without what only a look tells: values, and when the next one is due."""
    return [
        (
            board.state, tile.platform.id, tile.state, [(v.check.id, v.state, v.since) for v in tile.checks],
            tile.strip.uptime, tile.strip.days[-2:], tile.budget,
        )
        for tile in board.tiles
    ]  # fmt: skip


def without_counting(board: Board) -> list[Any]:
    """`updated_at` says when a day was counted."""
    return [
        (*rest, [day and day._replace(updated_at=None) for day in days], budget) for *rest, days, budget in told(board)
    ]


def test_each_moment_of_a_day_is_shown_as_it_was(portal: Portal, watch: Watch, clock: Clock) -> None:
    watch(a_check("orders", "push", severity=Severity.critical), a_check("rows", "push", severity=Severity.info))
    clock.advance(hours=-9)
    pages = {}
    for n, outcome in enumerate(STORY * 2):
        clock.advance(minutes=5)
        for check_id, said in (("orders", outcome), ("rows", STORY[-1 - n % len(STORY)])):
            portal.status.report(check_id, outcome=said, message=f"It is {said}")
        pages[clock()] = live(portal)
    clock.advance(hours=30)
    portal.status.report("orders")
    for moment, page in pages.items():
        then = at(portal, moment)
        assert without_counting(then) == without_counting(page)
        assert [(c.at, c.check.id, c.to_state) for c in then.changes] == [
            (c.at, c.check.id, c.to_state) for c in page.changes
        ]


def test_what_nobody_looked_at_was_unknown_even_if_it_still_is(portal: Portal, watch: Watch, clock: Clock) -> None:
    watch(a_check("orders", "push"))
    portal.status.report("orders")
    seen = clock()
    clock.advance(hours=2)
    assert at(portal, seen + timedelta(minutes=9)).tiles[0].state is State.operational
    assert at(portal, seen + timedelta(minutes=11)).tiles[0].state is State.unknown


def test_a_check_counts_from_its_first_look_until_it_is_off_or_retired(
    portal: Portal, watch: Watch, clock: Clock
) -> None:
    watch(a_check("orders", "push"), a_check("rows", "push"))
    before = clock()
    clock.advance(minutes=5)
    for check_id in ("orders", "rows"):
        portal.status.report(check_id)
    both = clock()
    clock.advance(minutes=5)
    watch(a_check("orders", "push").model_copy(update={"state": "disabled"}))
    clock.advance(minutes=5)
    assert at(portal, before).tiles == ()
    assert [view.state for view in at(portal, both).tiles[0].checks] == [State.operational] * 2
    assert State.operational not in {view.state for tile in at(portal, clock()).tiles for view in tile.checks}


def test_maintenance_and_incidents_of_then_are_shown(portal: Portal, clock: Clock) -> None:
    newsroom, desk = Newsroom(portal), Desk(portal)
    portal.status.report("orders")
    quiet = clock()
    clock.advance(minutes=1)
    newsroom.write(kind="maintenance", title="Sales moves")
    ticket = desk.open()
    clock.advance(minutes=70)
    portal.status.report("orders")
    busy = clock()
    clock.advance(hours=5)
    desk.move(desk.dana, ticket, "triage", priority=2)
    desk.move(desk.dana, ticket, "start")
    desk.move(desk.dana, ticket, "resolve", reason="fixed", note="Reloaded.")
    sales = {tile.platform.id: tile for tile in at(portal, busy).tiles}["sales"]
    assert (sales.state, [i.key for i in sales.incidents]) == (State.maintenance, [ticket.key])
    assert at(portal, quiet).tiles[0].state is State.operational
    assert at(portal, quiet).tiles[0].incidents == at(portal, clock()).tiles[0].incidents == ()


def test_the_future_is_not_shown(portal: Portal, clock: Clock) -> None:
    with pytest.raises(Invalid, match="future"):
        portal.status.snapshot_at(clock() + timedelta(minutes=1))


def test_an_outsider_sees_nothing_of_the_past_of_others(portal: Portal, clock: Clock) -> None:
    secret = Platform(id="shop", name="Shop", kind="service", visibility="members")
    wanted = Estate(platforms=(secret,), checks=(a_check("orders", "push"),))
    portal.status.apply(plan(portal.status.estate(), wanted), Actor.job())
    portal.status.pushing.push(Actor.job(), "orders", [Report()])
    charlie = Actor("charlie@example.org", "charlie", Role.contributor)
    erin = Actor("erin@example.org", "erin", Role.contributor, platforms=frozenset({"shop"}))
    cached.drop()
    seen = [cached.board_at(portal, actor, clock()).value for actor in (charlie, erin)]
    assert [len(board.tiles) for board in seen if board] == [0, 1]
