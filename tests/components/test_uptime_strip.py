"""Ninety days that exaggerate nothing away."""

from __future__ import annotations

import pytest

from components.uptime_strip import percent, sentence, strip_html, told
from data.status.board import Strip, Uptime
from data.status.model import DayRollup
from tests.boards import AT, HOUR, day, strip

TODAY = AT.date()
LAYER = "linear-gradient(to top,"


@pytest.mark.parametrize(
    ("exact", "shown"), [(99.999, "99.99 %"), (100.0, "100.00 %"), (98.719, "98.71 %"), (None, "no history yet")]
)
def test_uptime_is_rounded_down(exact: float | None, shown: str) -> None:
    assert percent(Uptime(exact, 1.0)) == shown


def test_the_sentence_says_how_much_was_watched() -> None:
    assert sentence(Strip((), Uptime(99.5, 1.0), TODAY)) == "Last 90 days: 99.50 % available"
    assert (
        sentence(Strip((), Uptime(99.5, 0.9981), TODAY)) == "Last 90 days: 99.50 % available, watched 99 % of the time"
    )


@pytest.mark.parametrize(
    ("ms", "words"),
    [
        ({}, "No trouble"),
        ({"late_ms": 6_720_000}, "1 h 52 late"),
        ({"late_ms": 60_000, "major_outage_ms": HOUR}, "1 h down, 1 min late"),
        ({"unknown_ms": 5_640_000}, "unknown 1 h 34"),
        ({"unknown_ms": 900}, "No trouble"),
        ({"maintenance_ms": 2 * HOUR}, "maintenance 2 h"),
    ],
)
def test_a_day_in_words(ms: dict[str, int], words: str) -> None:
    assert told(day(0, **ms)) == words
    assert told(None) == "Not watched yet"


def drawn(shown: Strip, hover: bool = False) -> str:
    return strip_html(shown, hover)


def test_a_calm_history_is_one_layer() -> None:
    assert drawn(strip()).count("no-repeat") == 1
    assert drawn(strip(watched=52)).count("no-repeat") == 2


def test_a_short_trouble_is_still_seen_and_a_whole_day_fills_it() -> None:
    assert f"{LAYER}var(--yellow-fill) calc(100% - 1px),var(--surface) 0) 100.000% 100%/1.111% 36%" in drawn(
        strip(d0=("late", 60_000))
    )
    assert "1.111% 100% no-repeat" in drawn(strip(d0=("major_outage", 24 * HOUR)))


def test_the_worst_lies_lowest_and_the_other_above_it() -> None:
    both = Strip((*strip().days[:-1], day(0, major_outage_ms=12 * HOUR, late_ms=6 * HOUR)), Uptime(99.0, 1.0), TODAY)
    html = drawn(both)
    assert html.index("--red-fill") < html.index("--yellow-fill")
    assert "1.111% 50% no-repeat" in html
    assert "1.111% 75% no-repeat" in html


def test_a_day_we_did_not_see_is_hatched_and_never_calm() -> None:
    html = drawn(strip(d3=("unknown", 24 * HOUR)))
    assert "var(--unseen-image) 96.629% 100%/1.111% 100% no-repeat" in html
    assert html.count("no-repeat") == 3, "calm before it, unseen, calm after it"


@pytest.mark.parametrize(
    ("unseen_ms", "height"),
    [(900, None), (60_000, "36%"), (2 * HOUR, "36%"), (118 * HOUR // 10, "49%"), (20 * HOUR, "83%")],
)
def test_a_day_we_saw_in_part_is_hatched_in_proportion(unseen_ms: int, height: str | None) -> None:
    html = drawn(strip(d0=("unknown", unseen_ms)))
    layer = f"var(--unseen-image) 100.000% 100%/1.111% {height} no-repeat"
    assert layer in html if height else "--unseen-image" not in html


def test_the_unseen_part_lies_above_the_trouble() -> None:
    both = (*strip().days[:-1], day(0, major_outage_ms=12 * HOUR, unknown_ms=6 * HOUR))
    html = drawn(Strip(both, Uptime(99.0, 1.0), TODAY))
    assert html.index("--red-fill") < html.index("var(--unseen-image) 100.000% 100%/1.111% 75% no-repeat")


def test_an_hour_old_day_of_which_nothing_was_seen_is_not_calm() -> None:
    blind = DayRollup(day=TODAY, unknown_ms=HOUR)
    html = drawn(Strip((*strip().days[:-1], blind), Uptime(99.0, 1.0), TODAY))
    assert "var(--unseen-image) 100.000% 100%/1.111% 100% no-repeat" in html


def test_maintenance_never_hides_an_outage() -> None:
    html = drawn(
        Strip((*strip().days[:-1], day(0, major_outage_ms=HOUR, maintenance_ms=HOUR)), Uptime(99.0, 1.0), TODAY)
    )
    assert "--red-fill" in html
    assert "--blue-fill" in html


def test_hovering_tells_every_day_and_a_dense_page_none() -> None:
    html = drawn(strip(d4=("late", HOUR), watched=89), hover=True)
    assert html.count("<i ") == 90
    assert '<i data-d="Thu 19 Nov" data-t="1 h late"></i>' in html
    assert 'data-t="Not watched yet"' in html
    assert '<i data-d="Mon 23 Nov"></i></div>' in html
    assert drawn(strip()).count("<i ") == 0
