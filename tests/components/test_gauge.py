"""The gauge shows the reading against its limits, whatever is measured."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any

import pytest

from components.gauge import Gauge, gauge_html, gauge_of
from data.status.board import CheckView
from data.status.model import Deadline, Mode, Severity, State
from tests.boards import AT, HERE, H, M, aged, identity, probe, sap, view


def of(seen: CheckView) -> Gauge:
    return gauge_of(seen, HERE, 2.0)


def threshold(value: float | None, severity: Severity = Severity.normal, **bounds: float) -> CheckView:
    check = identity("shop", "Queue", "sql_check") | {"mode": Mode.threshold, "thresholds": bounds}
    return view(check | {"severity": severity}, State.degraded, value=value)


def deadline(arrived: timedelta | None, by: time = time(7), **more: Any) -> CheckView:
    """`arrived`: how long ago; Monday 23 November, 08:12 in Berlin."""
    check = identity("shop", "Orders", "sql_check") | {"mode": Mode.deadline, "deadline": Deadline(by=by), **more}
    return view(check, State.late, source_event_at=AT - arrived if arrived is not None else None)


def test_age_stands_between_its_limits_with_room_for_their_words() -> None:
    gauge = of(aged("sales", "Orders", 9 * H, 8 * H, 10 * H))
    assert (gauge.label, gauge.reading) == ("Age of data", "9 h")
    assert [(t.word, t.limit, round(t.at, 3)) for t in gauge.ticks] == [
        ("late", "8 h", 0.563), ("down", "10 h", 0.704),
    ]  # fmt: skip
    assert gauge.fill == pytest.approx(9 / 14.2)


def test_an_age_far_beyond_its_limits_stays_on_the_scale() -> None:
    gauge = of(aged("sales", "Orders", 900 * H, 8 * H, 10 * H))
    assert gauge.fill == pytest.approx(1 / 1.06)
    assert max(t.at for t in gauge.ticks) < 0.02


def test_only_a_critical_check_goes_down() -> None:
    assert [t.word for t in of(aged("a", "A", M, H, 2 * H, severity=Severity.normal)).ticks] == ["late", "degraded"]


def test_what_we_cannot_see_has_no_reading() -> None:
    gauge = of(sap().checks[0])
    assert (gauge.fill, gauge.reading) == (None, "not known")
    assert "hatch" in gauge_html(gauge)
    assert "aria-valuenow" not in gauge_html(gauge)


def test_a_probe_counts_towards_not_knowing() -> None:
    gauge = of(probe("shop", "Answers"))
    assert (gauge.label, gauge.reading) == ("Last look", "40 s")
    assert [(t.word, t.limit) for t in gauge.ticks] == [("unknown after", "2 min")]


def test_a_number_stands_between_its_bounds() -> None:
    gauge = of(threshold(26, warn_above=12, error_above=60))
    assert [(t.word, t.limit) for t in gauge.ticks] == [("warns above", "12"), ("outage above", "60")]
    assert gauge.fill == pytest.approx(26 / (60 * 1.42))
    assert [t.word for t in of(threshold(1, warn_below=2, error_below=1)).ticks] == ["outage below", "warns below"]
    assert of(threshold(None, warn_above=1)).reading == "not known"


@pytest.mark.parametrize(
    ("seen", "label", "reading"),
    [
        (deadline(24 * H), "Data for Mon 23 Nov", "1 h 12 late"),
        (deadline(2 * H), "Data for Mon 23 Nov", "arrived 06:12"),
        (deadline(24 * H, by=time(9)), "Data for Mon 23 Nov", "due in 48 min"),
        (deadline(80 * H), "Data for Sat 21 Nov", "2 d 1 h late"),
        (deadline(None), "Data for Mon 23 Nov", "1 h 12 late"),
    ],
)
def test_a_deadline_is_the_way_to_the_promised_hour(seen: CheckView, label: str, reading: str) -> None:
    assert (of(seen).label, of(seen).reading) == (label, reading)


def test_a_deadline_on_a_free_day_owes_nothing() -> None:
    free = deadline(None, calendar={"holidays": [AT.date() + timedelta(days=n) for n in range(-450, 10)]})
    assert of(free).reading == "nothing is owed"


def test_words_of_two_limits_never_meet() -> None:
    apart = gauge_html(of(aged("a", "A", M, 8 * H, 10 * H)))
    crowded = gauge_html(of(aged("a", "A", 90 * H, H, 2 * H)))
    assert 'style="right:' in apart
    assert "late 1 h · down 2 h" in crowded


def test_the_gauge_is_a_meter_that_speaks() -> None:
    html = gauge_html(of(aged("a", "A", 9 * H, 8 * H, 10 * H)))
    assert 'role="meter"' in html
    assert 'aria-valuetext="Age of data: 9 h; limits: late 8 h, down 10 h"' in html


def test_what_is_usual_is_drawn_and_explained() -> None:
    html = gauge_html(of(aged("a", "A", H, 8 * H, 10 * H, usual=(60, 120))), large=True)
    assert "Usual: 1 h to 2 h. Learned from Mondays around 08:00, 6 weeks" in html
    assert "1 h now" in html
