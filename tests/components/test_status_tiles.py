"""A tile says when, how old, why, and never more than is known."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from components.details import strip_block
from components.status_filters import ALL, ATTENTION, YOURS, Filter, shown
from components.status_tiles import Fact, expected, label, said, tile_html, updated
from data.status.board import Tile
from data.status.model import State
from tests.boards import (
    AT,
    HERE,
    HONOLULU,
    HOUR,
    H,
    M,
    aged,
    board,
    calm,
    databricks,
    fabric,
    nine,
    probe,
    sales,
    sap,
    strip,
    tile,
    view,
)

STALE_FACTOR = 2.0
A = {"id": "a", "name": "A", "kind": "K"}
NAUGHTY = '<img src=x onerror="alert(1)">'


def drawn(shown: Tile) -> str:
    return tile_html(shown, HERE, STALE_FACTOR, hover=True)


def test_data_is_dated_by_the_source_and_a_probe_by_its_last_good_answer() -> None:
    late, shop = sales().checks[0], probe("shop", "Answers", last_success_at=AT - 3 * M)
    assert (updated(late, HERE).word, updated(late, HERE).relative) == ("Updated", "9 h 12 ago")
    assert ">Sun 23:00</time>" in updated(late, HERE).value
    assert (updated(shop, HERE).word, updated(shop, HERE).relative) == ("Answered", "3 min ago")


def test_the_exact_moment_with_its_zone_is_in_the_title() -> None:
    assert 'title="Sun 22 Nov 2026, 23:00:00 CET (UTC+01:00)"' in updated(sales().checks[0], HERE).value


@pytest.mark.parametrize(
    ("seen", "fact"),
    [
        (aged("a", "A", M, H, 2 * H), Fact("Next", "expected", "No estimate")),
        (aged("a", "A", M, H, 2 * H, state=State.unknown, next_in=H), Fact("Next", "expected", "Not known")),
        (probe("a", "A", next_at=None), Fact("Next look", "", "Due now")),
        (probe("a", "A", next_at=AT - M), Fact("Next look", "", "Due now")),
        (None, Fact("Next", "expected", "Not known")),
    ],
)
def test_what_comes_next_is_words_when_nobody_can_know(seen: object, fact: Fact) -> None:
    assert expected(seen, HERE) == fact


def test_what_comes_next_is_a_time_when_it_is_known() -> None:
    coming, missed = aged("a", "A", M, H, 2 * H, next_in=28 * M), aged("a", "A", M, H, 2 * H, next_in=-72 * M)
    assert (expected(coming, HERE).relative, ">08:40</time>" in expected(coming, HERE).value) == ("in 28 min", True)
    assert (expected(missed, HERE).word, expected(missed, HERE).relative) == ("Was due", "1 h 12 ago")


@pytest.mark.parametrize(
    ("shown", "words"),
    [
        (calm("a", "A", "Model", M, H, 2 * H, M), "Its check is fine"),
        (databricks(), "All 4 checks are fine"),
        (fabric(), "Planned until 09:00: Fabric capacity F64 upgrade"),
        (sap(), "No answer since 06:40: source throttled"),
        (replace(sales(), state=State.operational), "3 of 4 checks fine"),
        (tile(A, probe("a", "On"), probe("a", "Off", State.disabled)), "Its check is fine"),
        (tile({"id": "new", "name": "New", "kind": "Model"}), "No check watches it yet"),
    ],
)
def test_one_sentence_says_why(shown: Tile, words: str) -> None:
    assert said(shown, HERE) == words


def test_unknown_is_hatched_grey_and_never_green() -> None:
    html = drawn(sap())
    assert "Unknown" in html
    assert "hatch" in html
    assert "not known" in html
    assert "green" not in html


def test_a_demo_tile_says_so() -> None:
    assert ">Demo<" in drawn(replace(sales(), demo=True))
    assert ">Demo<" not in drawn(sales())


def test_whatever_people_wrote_is_shown_as_text() -> None:
    bad = {"id": "bad", "name": NAUGHTY, "kind": NAUGHTY[:40]}
    rude = tile(bad, view(aged("bad", "A", M, H, 2 * H).check.model_dump(), State.late, reason=NAUGHTY))
    assert "<img" not in drawn(rude)
    assert "&lt;img" in drawn(rude)
    assert label(rude).startswith(r"\<img src=x onerror=")


def test_markdown_in_a_name_stays_a_name() -> None:
    starred = tile({"id": "a", "name": "Sales *new* [x](y) :red[z]", "kind": "K"})
    assert label(starred) == r"Sales \*new\* \[x\]\(y\) \:red\[z\]:small[, unknown]"


def test_days_are_labelled_as_the_portal_cut_them_wherever_the_viewer_is() -> None:
    shown = replace(sales(), strip=strip(d4=("late", HOUR), watched=80))
    html = tile_html(shown, HONOLULU, STALE_FACTOR, hover=True)
    assert '<i data-d="Thu 19 Nov" data-t="1 h late"></i>' in html
    assert re.findall('data-d="([^"]+)"', html)[:: len(shown.strip.days) - 1] == ["Wed 26 Aug", "Mon 23 Nov"]
    assert '<i data-d="Thu 19 Nov" data-t="1 h late"></i>' in strip_block("Last 90 days", shown.strip)


def test_every_tile_has_the_same_skeleton() -> None:
    parts = ("pill", "sub", "pair", "g-head", "gauge", "line", "strip", "foot")
    for one in (*nine().tiles, tile({"id": "new", "name": "New", "kind": "K"})):
        assert all(f'class="{part}' in drawn(one) for part in parts), one.platform.name


@pytest.mark.parametrize(
    ("chosen", "names"),
    [
        (Filter(ALL), 9),
        (Filter(YOURS), ["Power BI Sales", "Power BI Finance"]),
        (Filter(ATTENTION), ["Power BI Sales", "Gateway EU-2", "SAP extracts"]),
        (Filter(search="POWER bi crm"), ["Power BI CRM"]),
        (Filter(search="warehouse 2"), ["Databricks prod"]),
        (Filter(kind="Gateway"), ["Gateway EU-2"]),
        (Filter(ATTENTION, search="crm"), []),
    ],
)
def test_filters(chosen: Filter, names: list[str] | int) -> None:
    found = [t.platform.name for t in shown(nine().tiles, chosen, [])]
    assert found == names if isinstance(names, list) else len(found) == names


def test_a_refresh_keeps_the_order_of_the_full_load() -> None:
    one, two, three = (calm(n, n, "K", M, H, 2 * H, M) for n in ("one", "two", "three"))
    refreshed = board(three, two, one)
    assert [t.platform.id for t in shown(refreshed.tiles, Filter(), ["one", "two"])] == ["one", "two", "three"]


def test_the_age_goes_on_between_two_looks() -> None:
    later = replace(HERE, now=AT + timedelta(minutes=5))
    assert updated(sales().checks[0], later).relative == "9 h 17 ago"
