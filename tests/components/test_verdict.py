"""The sentence on the front page says what is true, and names what made it so."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from components.verdict import counts, ground, proportions, sentence
from data.status.board import Board, Tile
from data.status.model import State
from tests.boards import (
    AT,
    HERE,
    HONOLULU,
    H,
    M,
    aged,
    board,
    calm,
    empty,
    gateway,
    green,
    nine,
    probe,
    sales,
    sap,
    strip,
    tile,
)


def fine(name: str = "Finance", **more: object) -> Tile:
    return calm(name.lower(), name, "Model", 5 * M, H, 2 * H, 30 * M, history=strip(), **more)


def service(name: str, state: State = State.operational, **more: object) -> Tile:
    return tile({"id": name.lower(), "name": name, "kind": "Service"}, probe(name.lower(), "Answers", state), **more)


@pytest.mark.parametrize(
    ("shown", "headline"),
    [
        (nine(), "Gateway EU-2 is down. 2 of 11 data products are late."),
        (green(), "All 11 data products are current."),
        (board(fine(), sales()), "1 of 5 data products is late."),
        (board(fine()), "The data product is current."),
        (board(service("Shop"), service("Cart")), "All 2 platforms are fine."),
        (board(service("Shop")), "The platform is fine."),
        (board(fine(), service("Shop", State.major_outage)), "Shop is down."),
        (board(service("Shop", State.major_outage), service("Cart", State.major_outage)), "Shop and Cart are down."),
        (board(*[service(n, State.degraded) for n in ("A", "B", "C")]), "A and 2 more are degraded."),
        (board(service("Shop", State.partial_outage)), "Shop is partly down."),
        (board(service("Shop", State.late)), "Shop is late."),
        (board(fine(), sap(), state=State.unknown), "We cannot see 1 of 2 platforms."),
        (board(sales(), sap(), state=State.unknown), "1 of 5 data products is late. We cannot see 1 of 2 platforms."),
        (board(service("Shop", state=State.maintenance)), "Shop is in maintenance, all else is fine."),
    ],
)
def test_the_headline(shown: Board, headline: str) -> None:
    assert sentence(shown, HERE)[0] == headline


def test_a_product_we_cannot_see_is_not_called_current() -> None:
    half_blind = tile(
        {"id": "mix", "name": "Mix", "kind": "Model"},
        aged("mix", "Seen", M, H, 2 * H),
        aged("mix", "Unseen", M, H, 2 * H, state=State.unknown),
    )
    assert sentence(board(half_blind), HERE)[0] == "1 of 2 data products are current, we cannot see the rest."


@pytest.mark.parametrize(
    ("states", "headline"),
    [
        ((State.operational, State.disabled), "The data product is current."),
        (
            (State.operational, State.unknown, State.disabled),
            "1 of 2 data products are current, we cannot see the rest.",
        ),
        ((State.disabled, State.disabled), "The platform is fine."),
    ],
)
def test_a_product_that_is_switched_off_is_not_counted(states: tuple[State, ...], headline: str) -> None:
    products = [aged("mix", f"Table {n}", M, H, 2 * H, state=state) for n, state in enumerate(states)]
    mix = tile({"id": "mix", "name": "Mix", "kind": "Model"}, *products, state=State.operational)
    assert sentence(board(mix), HERE)[0] == headline


def test_what_is_mine_comes_first_and_only_if_something_is() -> None:
    assert sentence(nine(), HERE)[1] == "Your platforms: 1 of 2 fine."
    assert sentence(board(fine(mine=True)), HERE)[1] == "Your platform is fine."
    assert sentence(board(fine()), HERE)[1] == ""


def test_the_detail_names_the_worst_and_when_it_heals() -> None:
    assert sentence(board(fine(), sales(), gateway()), HERE)[2].startswith("Gateway EU-2: Host offline")
    assert sentence(board(fine(), sales()), HERE)[2].endswith("failed at 05:41; new data expected 08:40.")


def test_when_all_is_well_it_tells_the_last_trouble() -> None:
    older = replace(fine("Old"), strip=strip(d9=("late", 3_600_000)))
    newer = replace(fine("New"), strip=strip(d4=("late", 6_720_000), d30=("major_outage", 9)))
    assert sentence(board(older, newer), HERE)[2] == "Last trouble: Thu 19 Nov, New, 1 h 52 late."
    assert sentence(board(fine()), HERE)[2] == "No trouble in the last 90 days."


def test_the_last_trouble_is_dated_as_the_portal_cut_its_days() -> None:
    sunday, today = strip(d1=("late", 3_600_000)), strip(d0=("late", 3_600_000))
    assert sentence(board(replace(fine(), strip=sunday)), HONOLULU)[2] == "Last trouble: Sun 22 Nov, Finance, 1 h late."
    assert sentence(board(replace(fine(), strip=today)), HONOLULU)[2] == "Last trouble: today, Finance, 1 h late."


def test_late_products_are_never_told_on_green_ground() -> None:
    assert ground(board(fine(), sales())) is State.late
    assert ground(board(fine())) is State.operational
    assert ground(empty()) is State.unknown
    assert ground(nine()) is State.major_outage


def test_the_numbers_count_every_check_and_say_it_in_words_too() -> None:
    drawn = proportions(nine())
    assert 'aria-label="Checks: 13 operational, 1 late, 1 major outage, 1 unknown"' in drawn
    assert drawn.count("<i ") == 4
    assert "<b>13</b> operational" in counts(nine())
    assert "<b>0</b> operational" in counts(board(service("Shop", State.late)))


def test_an_expected_time_that_has_passed_is_not_promised() -> None:
    lead = replace(sales().checks[0], next_at=AT - timedelta(minutes=1))
    overdue = replace(sales(), lead=lead)
    assert "expected" not in sentence(board(overdue), HERE)[2]
