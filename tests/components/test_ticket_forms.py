"""What the forms say before and after they are sent."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from components.catalogue import meets, tile_html
from components.known_incident import known_html, seen_html
from components.report import Affected, filled_in_html, place_named, places
from components.request_form import halves, review_html, steps_html
from components.request_side import quota_bar
from components.ticket_draft import Typed, without_prompt
from components.ticket_sent import by_words, length_words, promise_words
from data.status.board import OpenIncident, Tile
from data.tickets.kinds import INCIDENT_KIND
from data.tickets.request_costs import RequestPolicy
from data.tickets.request_types import TEMPLATES
from data.tickets.sla import Policy
from tests.boards import AT, HERE, gateway, nine, sales

ORDERS = "sales-orders-in-the-sales-model"
H = timedelta(hours=1)


def incident(key: str = "INC-7K2QF", asset: str | None = ORDERS, **parts: object) -> OpenIncident:
    fields = {
        "id": key, "title": "Sales report shows Sunday's numbers", "state": "in_progress",
        "assignee": "bob@example.org", "since": AT - H, "next_update_at": AT + H, "affected": 14,
    }  # fmt: skip
    return OpenIncident(key=key, asset=asset, **(fields | parts))


def hit(*incidents: OpenIncident) -> Tile:
    return replace(sales(), incidents=incidents)


def test_a_known_incident_says_since_when_why_who_until_and_how_many() -> None:
    said = known_html(Affected(hit(incident())), incident(), HERE)
    for words in (
        "Already known since", ">07:12<", "Next update", ">09:12<", "Sunday&#x27;s numbers.",
        "job load_orders failed at 05:41.", "bob is on it; expected 08:40.", "14 people are affected.",
    ):  # fmt: skip
        assert words in said


@pytest.mark.parametrize(
    ("parts", "there", "missing"),
    [
        ({"affected": 1}, "1 person is affected.", "people"),
        ({"affected": 0}, "bob is on it", "affected"),
        ({"assignee": None}, "Nobody has taken it yet", "bob"),
        ({"next_update_at": None}, "Already known", "Next update"),
        ({"next_update_at": AT - H}, "Already known", "Next update"),
        ({"asset": "sales-table-1"}, "Sunday", "load_orders"),
        ({"asset": None}, "Sunday", "expected 08:40"),
        ({"title": "<script>x</script>"}, "&lt;script&gt;", "<script>"),
    ],
)
def test_a_known_incident_says_only_what_is_so(parts: dict[str, object], there: str, missing: str) -> None:
    one = incident(**parts)
    said = known_html(Affected(hit(one)), one, HERE)
    assert there in said
    assert missing not in said


def test_incidents_of_the_asset_come_first_then_of_the_trouble_then_of_most_people() -> None:
    other, table = incident("A", None, affected=90), incident("B", "sales-table-1", affected=1)
    late, few = incident("C", ORDERS, affected=2), incident("D", "gone", affected=3)
    tile = hit(few, other, table, late)
    view = next(view for view in tile.checks if view.check.id == "sales-table-1")
    assert [one.key for one in Affected(tile).incidents] == ["C", "A", "D", "B"]
    assert [one.key for one in Affected(tile, view).incidents] == ["B", "A", "D", "C"]
    assert Affected().incidents == ()


def test_a_check_that_is_fine_shows_no_trouble_though_its_platform_has_some() -> None:
    tile = gateway()
    assert Affected(tile).trouble is tile.checks[0]
    assert Affected(tile, tile.checks[1]).trouble is None
    assert "Refreshes is major outage since" in seen_html(tile.checks[0], HERE)


def test_every_platform_and_check_can_be_chosen_mine_first() -> None:
    board = nine()
    codes = list(places(board.tiles))
    assert codes[:2] == ["sales", f"sales/{ORDERS}"]
    assert len(codes) == sum(1 + len(tile.checks) for tile in board.tiles)
    assert place_named(board.tiles, {"check": ORDERS}) == f"sales/{ORDERS}"
    assert place_named(board.tiles, {}) is None


def test_what_is_filled_in_names_the_owner_the_data_and_what_is_red_upstream() -> None:
    said = filled_in_html(Affected(sales()), nine().tiles, HERE)
    for words in ("Team Ingestion", "Sun 23:00", "job load_orders failed", "Gateway EU-2: major outage"):
        assert words in said
    assert filled_in_html(Affected(), nine().tiles, HERE) == ""


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        (INCIDENT_KIND.prompt, ""),
        ("I expected …\nI see Saturday\nSince …", "I see Saturday"),
        ("  Since …  \n\nAll of it", "All of it"),
        ("I expected … 12", "I expected … 12"),
    ],
)
def test_lines_of_the_skeleton_are_not_sent(typed: str, sent: str) -> None:
    assert without_prompt(typed, INCIDENT_KIND.prompt) == sent


@pytest.mark.parametrize(
    ("priority", "words"),
    [
        (1, "First answer within 30 minutes, by 08:42 today"),
        (2, "First answer within 2 business hours, by 11:00 today"),
        (3, "First answer within 1 working day, by 17:00 today"),
        (4, "First answer within 2 working days, by 17:00 tomorrow"),
    ],
)
def test_the_promise_is_said_before_sending(priority: int, words: str) -> None:
    assert promise_words(Policy(), priority, HERE) == words


def test_a_day_is_named_as_people_name_it() -> None:
    assert by_words(AT + timedelta(days=3), HERE) == "Thu 26 Nov, 08:12"
    assert length_words(timedelta(hours=4), always=True) == "4 hours"
    assert length_words(timedelta(hours=24), always=False) == "3 working days"


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_question_of_a_request_is_asked_once_and_its_subject_first(name: str) -> None:
    template = TEMPLATES[name]
    first, options = halves(template)
    assert first[0] is template.questions[0]
    assert sorted(q.name for q in (*first, *options)) == sorted(q.name for q in template.questions)


def test_the_review_shows_what_was_answered_as_it_was_written() -> None:
    typed = Typed(answers={"dataset": "<b>gl</b>", "access": "export", "purpose": "", "duration": None})
    said = review_html(TEMPLATES["access"], typed)
    assert "&lt;b&gt;gl&lt;/b&gt;" in said
    assert "Read and export" in said
    assert "Why do you need it" not in said


def test_the_steps_say_where_one_is() -> None:
    first, second, third = steps_html(1).split("<li ")[1:]
    assert 'class="done"' in first
    assert 'aria-current="step"' in second
    assert "class" not in third.partition(">")[0]


@pytest.mark.parametrize(("share", "width"), [(-0.2, "0%"), (0.42, "42%"), (1.7, "100%")])
def test_a_bar_never_leaves_its_track(share: float, width: str) -> None:
    assert f"width:{width}" in quota_bar("Quota", "words", share)


@pytest.mark.parametrize(
    ("wanted", "name", "found"),
    [
        ("", "other", True), ("NOTEBOOK query", "notebook", True), ("sql", "check", True),
        ("notebook", "retire", False), ("budget", "workspace", True), ("readers unicorn", "retire", False),
    ],
)  # fmt: skip
def test_a_template_is_found_by_what_it_says_and_asks(wanted: str, name: str, found: bool) -> None:
    assert meets(TEMPLATES[name], wanted) is found


def test_a_tile_says_how_long_and_who_approves() -> None:
    said = tile_html(TEMPLATES["cadence"], RequestPolicy())
    assert "usually 3 working days" in said
    assert "Approval above € 100 a month" in said
