"""What was promised and what is left of it, in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time

import pytest

from components.details import find, verdict_card
from components.promise import budget_html, contact_html, promise_html, promises
from components.uptime_strip import percent
from data.audit.model import AuditEvent
from data.status.board import Budget, Strip, Tile
from data.status.model import Calendar, Check, Deadline, Mode, Platform, State, Thresholds
from data.status.uptime import budget, uptime
from tests.boards import AT, HERE, HOUR, H, M, identity, nine, probe, sales, strip

WORKING = Calendar(weekdays=("mon", "tue", "wed", "thu", "fri"))


def a_check(mode: Mode, **parts: object) -> Check:
    return Check.model_validate(identity("a", "A", "x") | {"mode": mode} | parts)


@pytest.mark.parametrize(
    ("check", "words"),
    [
        (sales().checks[0].check, ["late after 8 h", "down after 10 h"]),
        (probe("a", "A").check, ["it answers"]),
        (
            a_check(Mode.deadline, deadline=Deadline(by=time(7)), calendar=WORKING),
            ["ready by 07:00 Europe/Berlin, working days"],
        ),
        (
            a_check(
                Mode.deadline, deadline=Deadline(by=time(7)), calendar=Calendar(holidays=(date(2026, 12, 25),)),
                thresholds=Thresholds(warn_after=5 * M, error_after=H),
            ),
            ["ready by 07:00 Europe/Berlin, every day but 1 holiday", "late 5 min after that", "down 1 h after that"],
        ),
        (a_check(Mode.threshold, thresholds=Thresholds(error_above=0.5)), ["outage above 0.5"]),
    ],
)  # fmt: skip
def test_a_promise_in_words(check: Check, words: list[str]) -> None:
    assert promises(check) == words


def test_the_last_edit_says_who_when_and_why() -> None:
    edit = AuditEvent(
        id="1", at=AT - 24 * H, actor="bob@example.org", door="page", action="edit", object_type="check",
        object_id="a", platform_id=None, old=None, new=None, reason="10 h was <too> tight",
    )  # fmt: skip
    html = promise_html(sales().checks[0].check, [edit], HERE)
    assert "bob@example.org" in html
    assert "“10 h was &lt;too&gt; tight”" in html
    assert "Last edit" not in promise_html(sales().checks[0].check, [], HERE)


@pytest.mark.parametrize(
    ("history", "spent", "words"),
    [
        (strip(d3=("major_outage", HOUR)), (0.62, 8_035_200, 0.4), ["99.86 %", "2 h 13 left, burning 0.4×", "green"]),
        (strip(d3=("partial_outage", 31 * HOUR)), (-1.57, -20_340_000, 2.6), ["5 h 39 over, burning 2.6×", "red"]),
        (strip(), (0.1, 1_296_000, 1.8), ["100.00 %</b> of 99.50 %", "21 min left", "yellow"]),
        (
            strip(None, watched=0), (None, 12_960_000, None),
            ["not watched yet; promised 99.5 %", "3 h 36 of outage allowed"],
        ),
    ],
)  # fmt: skip
def test_the_month_against_its_promise(
    history: Strip, spent: tuple[float | None, int, float | None], words: list[str]
) -> None:
    html = budget_html(month_of(history, Budget(99.5, *spent)))
    assert [word for word in words if word not in html] == []


def month_of(history: Strip, budget: Budget) -> Tile:
    return replace(sales(), strip=history, budget=budget)


def test_availability_means_the_same_in_the_month_as_in_the_strip() -> None:
    """Watched for one day, half of it down: time before it was watched was neither up nor down."""
    half = strip(watched=1, d0=("major_outage", 12 * HOUR))
    known = [day for day in half.days if day]
    html = budget_html(month_of(half, budget(99.5, known)))
    assert percent(uptime(known)) == "50.00 %"
    assert "<b>50.00 %</b> of 99.50 %" in html


def test_what_is_older_than_the_month_does_not_count_in_it() -> None:
    html = budget_html(month_of(strip(d30=("major_outage", 24 * HOUR)), Budget(99.5, 1.0, 12_960_000, 0.0)))
    assert "<b>100.00 %</b>" in html


@pytest.mark.parametrize(
    ("contact", "link"),
    [("data@example.org", True), ("Teams: Data Sales", False), ("javascript:alert(1)@x", False), ("a @ b", False)],
)
def test_only_an_address_becomes_a_link(contact: str, link: bool) -> None:
    html = contact_html(Platform(id="a", name="A", kind="K", contact=contact))
    assert ("<a href=" in html) is link
    assert "nobody named yet" in html


def test_a_check_is_found_by_its_own_id_and_nothing_by_any_other() -> None:
    tile, view = find(nine(), "", "sales-table-2") or pytest.fail("not found")
    assert (tile.platform.id, view and view.check.name) == ("sales", "Table 2")
    assert find(nine(), "sales", "") == (nine().tiles[0], None)
    assert find(nine(), "sales", "no-such-check") is None
    assert find(nine(), "", "") is None


def test_the_verdict_card_is_one_sentence() -> None:
    html = verdict_card(State.late, "Data is <old>.", ["told by demo", ""])
    assert "Late.</b> Data is &lt;old&gt;.</p><span>told by demo</span>" in html
