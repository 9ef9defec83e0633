"""One screen that is read from across the room, and admits when it is out of date."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from components.feeds import due, feeds_table, summary
from components.status_rail import feeds, last_day, planned
from components.verdict import stale_since
from components.wall import fitting, wall_html
from data.status.board import Tile
from data.status.model import State
from tests.boards import AT, HERE, H, M, board, calm, empty, green, many, nine


def test_up_to_twelve_platforms_are_all_drawn() -> None:
    assert [len(part) for part in fitting(many(12))] == [12, 0]
    assert wall_html(nine(), HERE, 2.0).count("<article") == 9
    assert 'class="across-3"' in wall_html(nine(), HERE, 2.0)
    assert 'class="across-4"' in wall_html(many(12), HERE, 2.0)


def test_of_too_many_the_worst_are_drawn_and_the_rest_counted() -> None:
    drawn, rest = fitting(many(40))
    assert (len(drawn), len(rest)) == (11, 29)
    assert {tile.state for tile in drawn[:5]} == {State.major_outage}
    fine = board(*[calm(f"p{n}", f"P{n}", "K", M, H, 2 * H, M) for n in range(14)])
    assert "<b>3</b>more, all fine" in wall_html(fine, HERE, 2.0)
    assert "more, all fine" not in wall_html(many(40), HERE, 2.0)


@pytest.mark.parametrize(
    ("states", "drawn"),
    [
        ((State.operational,) * 3, ['<article class="green rest"><b>3</b>more, all fine</article>']),
        (
            (State.operational, State.unknown, State.unknown),
            ['<article class="gray rest"><b>3</b>more, 1 of them fine<span class="ink">', "2 unknown</span></article>"],
        ),
        (
            (State.unknown, State.late, State.major_outage),
            ['<article class="red alert rest"><b>3</b>more, none of them fine', "1 major outage</span>"],
        ),
        ((State.operational, State.maintenance, State.operational), ['"blue rest"', "1 maintenance</span>"]),
    ],
)
def test_the_rest_has_the_colour_and_the_word_of_the_worst_in_it(states: tuple[State, ...], drawn: list[str]) -> None:
    down = [a_tile(f"d{n}", State.major_outage) for n in range(11)]
    html = wall_html(board(*down, *[a_tile(f"r{n}", state) for n, state in enumerate(states)]), HERE, 2.0)
    assert [part for part in drawn if part not in html] == []


def a_tile(name: str, state: State) -> Tile:
    return replace(calm(name, name, "K", M, H, 2 * H, M), state=state)


@pytest.mark.parametrize(("age_s", "stale"), [(40, False), (600, False), (601, True)])
def test_the_clock_turns_amber_after_two_intervals(age_s: float, stale: bool) -> None:
    """The shortest interval of this board is five minutes."""
    shown = board(calm("a", "A", "K", M, H, 2 * H, M), checked_at=AT - timedelta(seconds=age_s))
    assert (stale_since(shown, HERE, 2.0) is not None) is stale
    assert ("not checked since" in wall_html(shown, HERE, 2.0)) is stale


def test_a_portal_that_never_looked_is_not_called_stale() -> None:
    assert stale_since(empty(), HERE, 2.0) is None


def test_the_foot_tells_what_changed() -> None:
    assert "<b>07:41 Power BI Sales</b> load_orders failed" in wall_html(nine(), HERE, 2.0)
    assert "Nothing changed in the last 24 hours on 9 platforms." in wall_html(green(), HERE, 2.0)


def test_the_rail_tells_plans_changes_and_feeds() -> None:
    assert "now, until 09:00" in planned(nine(), HERE)
    assert "Sat 06:12, for 2 h" in planned(nine(), HERE)
    assert "Orders in the Sales model late: load_orders failed" in last_day(nine(), HERE)
    assert "Nothing changed." in last_day(green(), HERE)
    assert "sources.json was not found" in feeds(nine(), HERE)
    assert "nothing here can be green" in feeds(empty(), HERE)


def test_feeds_say_when_they_ran_and_when_they_will() -> None:
    rows = feeds_table(nine().feeds, HERE)
    assert [row["State"].partition(":material")[0] for row in rows] == [
        ":green-badge[", ":orange-badge[", ":red-badge[", ":gray-badge[",
    ]  # fmt: skip
    assert [due(feed, HERE) for feed in nine().feeds] == [
        "due in 4 min",
        "due in 20 s",
        "was due 1 h ago",
        "not planned",
    ]
    assert rows[3]["Last run"] == "none yet"
    assert summary(nine().feeds).startswith("1 of 4 sources working.")


def test_times_stand_still_on_an_old_board() -> None:
    old = replace(HERE, now=AT - H)
    assert "<b>07:12</b>" in wall_html(nine(), old, 2.0)
