"""Durations, clocks and numbers in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from data.status.words import clock, duration, number, stamp
from tests.data.status.samples import BERLIN, NOON, berlin


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-5, "0 s"), (0, "0 s"), (40.9, "40 s"), (60, "1 min"), (2479, "41 min"), (3600, "1 h"), (3900, "1 h 05"),
        (33_120, "9 h 12"), (86_399, "23 h 59"), (86_400, "1 d"), (273_700, "3 d 4 h"),
    ],
)  # fmt: skip
def test_a_duration_names_its_two_largest_units(seconds: float, words: str) -> None:
    assert duration(seconds) == duration(timedelta(seconds=seconds)) == words


@pytest.mark.parametrize(
    ("at", "words"),
    [
        ("2026-11-23 08:40", "08:40"), ("2026-11-22 23:02", "Sun 23:02"), ("2026-11-29 07:00", "Sun 07:00"),
        ("2026-11-17 07:00", "Tue 07:00"), ("2026-11-16 07:00", "16 Nov 07:00"), ("2026-11-09 23:02", "9 Nov 23:02"),
    ],
)  # fmt: skip
def test_a_clock_says_no_more_of_the_day_than_is_needed(at: str, words: str) -> None:
    assert clock(berlin(at), BERLIN, NOON) == words


def test_today_is_the_day_of_the_viewer_not_of_utc() -> None:
    quarter_to_one = datetime(2026, 11, 22, 23, 45, tzinfo=UTC)
    assert clock(berlin("2026-11-23 00:30"), BERLIN, quarter_to_one) == "00:30"


def test_a_stamp_is_readable_on_any_later_day() -> None:
    assert stamp(berlin("2026-11-22 23:00"), BERLIN) == "Sun 22 Nov 23:00"


@pytest.mark.parametrize(
    ("value", "words"), [(12.4, "12.4"), (10.0, "10"), (1234567.0, "1,234,567"), (0.1 + 0.2, "0.3"), (10.004, "10.004")]
)
def test_a_number_never_hides_the_digit_that_breaks_the_bound(value: float, words: str) -> None:
    assert number(value) == words
