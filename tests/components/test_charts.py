"""The history chart: a line, its limits, and what broke them."""

from __future__ import annotations

from datetime import timedelta

import pandas as pd
import pytest

from components.charts import history_figure, limits, reads
from components.theme import palette
from data.status.board import CheckView
from data.status.model import Mode, Severity
from tests.boards import AT, BERLIN, H, M, aged, identity, probe, view

ORDERS = aged("sales", "Orders", 9 * H, 8 * H, 10 * H, usual=(70, 124))
COLOURS = palette(dark=False)


def history(hours: list[float], state: list[str], spread: float = 0.0) -> pd.DataFrame:
    at = pd.to_datetime([AT - timedelta(hours=len(hours) - n) for n in range(len(hours))], utc=True)
    value = pd.Series(hours) * 3600
    return pd.DataFrame({"at": at, "low": value - spread, "high": value, "value": value, "state": state})


def draw(frame: pd.DataFrame, seen: CheckView = ORDERS) -> dict[str, list[dict[str, object]]]:
    figure: dict[str, list[dict[str, object]]] = history_figure(
        frame, seen.check, seen.band, BERLIN, COLOURS
    ).to_plotly_json()
    return figure


def test_times_are_the_viewers() -> None:
    line = draw(history([1.0], ["operational"]))["data"][0]
    assert str(line["x"][0]).startswith("2026-11-23T07:12")


def test_what_broke_the_promise_is_drawn_again_in_its_colour_from_the_point_before() -> None:
    states = ["operational", "operational", "late", "late", "operational", "major_outage"]
    _, late, down = draw(history([1, 7, 9, 9.5, 1, 11], states))["data"]
    assert (late["line"]["color"], [v / 3600 for v in late["y"]]) == (COLOURS["yellow-fill"], [7, 9, 9.5])
    assert (down["line"]["color"], [v / 3600 for v in down["y"]]) == (COLOURS["red-fill"], [1, 11])


def test_unknown_is_no_breach() -> None:
    assert len(draw(history([1, 2], ["operational", "unknown"]))["data"]) == 1


def test_every_limit_is_on_the_chart_with_its_words() -> None:
    layout = draw(history([1.0], ["operational"]))["layout"]
    assert [a["text"] for a in layout["annotations"]] == ["late after 8 h", "down after 10 h"]
    assert layout["yaxis"]["range"][1] > 36_000
    assert list(layout["yaxis"]["ticktext"]) == ["0", "4 h", "8 h"]


def test_buckets_that_hold_several_values_show_their_range() -> None:
    assert len(draw(history([1, 2], ["operational"] * 2, spread=600))["data"]) == 3


def test_the_usual_band_is_drawn_where_it_was_learned() -> None:
    shapes = draw(history([1.0], ["operational"]))["layout"]["shapes"]
    assert (70 * 60, 124 * 60) in [(s["y0"], s["y1"]) for s in shapes]


@pytest.mark.parametrize(
    ("seen", "value", "words"),
    [
        (ORDERS, 33_120, "9 h 12"),
        (probe("shop", "Answers"), 0.048, "48 ms"),
        (probe("shop", "Answers"), 12.0, "12 s"),
        (view(identity("a", "A", "x") | {"mode": Mode.threshold, "thresholds": {"warn_above": 1}}), 12.5, "12.5"),
    ],
)
def test_values_read_as_what_they_are(seen: CheckView, value: float, words: str) -> None:
    assert reads(seen.check)(value) == words


def test_limits_speak_of_the_severity() -> None:
    normal = aged("a", "A", M, H, 2 * H, severity=Severity.normal).check
    assert [(words, hue) for _, words, hue in limits(normal)] == [
        ("late after 1 h", "yellow"), ("degraded after 2 h", "orange"),
    ]  # fmt: skip
