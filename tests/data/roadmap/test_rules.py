"""Moves, quarters and drift, without a store."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from data.errors import Conflict, Invalid
from data.people.model import Actor
from data.roadmap.model import Drift, Horizon, Item
from data.roadmap.rules import (
    HORIZONS,
    MOVES,
    STATES,
    added,
    checked_fields,
    drifts,
    moves_of,
    plan,
    quarter_of,
    quarter_words,
    quarters,
)
from data.tickets.answers import Refused
from data.tickets.kinds import kind_of
from data.tickets.model import Ticket
from tests.data.roadmap.plans import FIELDS
from tests.portals import NOW

BOB = "bob@example.org"
ALICE = Actor.job("alice@example.org")
EVERY = {"note": "It is there.", "reason": "It was too early."}
OFFERED = {
    ("draft", "now"): "publish plan defer retire",
    ("draft", "next"): "publish start defer retire",
    ("draft", "later"): "publish start plan retire",
    ("draft", "shipped"): "publish reopen retire",
    ("published", "now"): "plan defer ship retire",
    ("published", "next"): "start defer ship retire",
    ("published", "later"): "start plan ship retire",
    ("published", "shipped"): "reopen retire",
    **{("retired", horizon): "restore" for horizon in Horizon},
}


def an_item(state: Any = "published", horizon: str = "now", **parts: Any) -> Item:
    item = added("x", ALICE, FIELDS, NOW)
    given = {"state": state, "horizon": Horizon(horizon), **parts}
    return Item(**{**{name: getattr(item, name) for name in item.__slots__}, **given})


def idea(state: str) -> Ticket:
    return Ticket(
        id=state, key=state, kind="improvement", state=state, title="x", requester=BOB, created_at=NOW, created_by=BOB,
        updated_at=NOW, updated_by=BOB,
    )  # fmt: skip


@pytest.mark.parametrize(("state", "horizon"), OFFERED)
def test_each_item_offers_the_moves_of_the_table(state: str, horizon: str) -> None:
    assert " ".join(move.name for move in moves_of(an_item(state, horizon))) == OFFERED[state, horizon]


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("horizon", HORIZONS)
@pytest.mark.parametrize("move", MOVES, ids=lambda move: move.name)
def test_a_move_leads_where_the_table_says_or_is_refused(move: Any, state: str, horizon: Horizon) -> None:
    item = an_item(state, horizon)
    if not move.fits(item):
        with pytest.raises(Conflict, match="no longer possible"):
            plan(item, move.name, ALICE, EVERY, NOW)
        return
    after = plan(item, move.name, ALICE, EVERY, NOW)
    assert (after.horizon, after.state, after.version) == (move.to or horizon, move.becomes or state, 2)
    assert after.event is not None
    assert (after.event.id, after.event.action) == ("x:2", f"roadmap:{move.name}")
    assert (after.shipped_at is not None) is (move.to is Horizon.shipped)


@pytest.mark.parametrize(("name", "asks"), [("ship", "note"), ("reopen", "reason"), ("retire", "reason")])
def test_what_ends_or_comes_back_needs_a_word(name: str, asks: str) -> None:
    item = an_item(horizon="shipped" if name == "reopen" else "now")
    with pytest.raises(Refused) as refused:
        plan(item, name, ALICE, {asks: "  "}, NOW)
    assert set(refused.value.at) == {asks}


def test_a_move_that_is_not_in_the_table_is_refused() -> None:
    with pytest.raises(Invalid, match="no step named 'fly'"):
        plan(an_item(), "fly", ALICE, {}, NOW)


REFUSED: tuple[tuple[dict[str, Any], str], ...] = (
    ({"title": ""}, "title"), ({"title": "a"}, "title"), ({"title": "a" * 101}, "title"), ({"theme": None}, "theme"),
    ({"theme": "t" * 41}, "theme"), ({"owner": "alice"}, "owner"), ({"owner": ""}, "owner"),
    ({"quarter": "Q1 2027"}, "quarter"), ({"quarter": "2027-Q5"}, "quarter"), ({"quarter": "2027-Q\u0661"}, "quarter"),
    ({"description": "x" * 10_001}, "description"),
)  # fmt: skip


@pytest.mark.parametrize(("wrong", "at"), REFUSED)
def test_each_problem_is_told_at_its_field(wrong: dict[str, Any], at: str) -> None:
    with pytest.raises(Refused) as refused:
        checked_fields({**FIELDS, **wrong})
    assert set(refused.value.at) == {at}


def test_all_problems_are_told_at_once() -> None:
    with pytest.raises(Refused) as refused:
        checked_fields({"quarter": "soon"})
    assert set(refused.value.at) == {"title", "theme", "owner", "quarter"}


def test_what_is_not_answered_is_nothing() -> None:
    given = checked_fields({name: FIELDS[name] for name in ("title", "theme", "owner")})
    assert (given["platform_id"], given["quarter"], given["description"]) == (None, None, "")


@pytest.mark.parametrize(
    ("month", "quarter"), [(1, "2026-Q1"), (3, "2026-Q1"), (4, "2026-Q2"), (9, "2026-Q3"), (12, "2026-Q4")]
)
def test_a_quarter_has_three_months(month: int, quarter: str) -> None:
    at = datetime(2026, month, 28, tzinfo=UTC)
    assert quarter_of(at) == quarter == quarters(at)[0]


def test_quarters_follow_each_other_over_the_year() -> None:
    assert quarters(NOW, 3) == ("2026-Q4", "2027-Q1", "2027-Q2")
    assert quarter_words("2027-Q1") == "Q1 2027"


DRIFT: tuple[tuple[dict[str, Any], tuple[str, ...], tuple[Drift, ...]], ...] = (
    ({"horizon": "now"}, ("in_delivery",), ()),
    ({"horizon": "now"}, ("planned", "done"), (Drift.idle,)),
    ({"horizon": "now"}, (), (Drift.idle,)),
    ({"horizon": "now"}, ("done", "done"), (Drift.done,)),
    ({"horizon": "now"}, ("done", "rejected"), (Drift.done,)),
    ({"horizon": "now"}, ("rejected",), (Drift.idle,)),
    ({"horizon": "next"}, ("planned",), ()),
    ({"horizon": "next"}, ("done",), (Drift.done,)),
    ({"horizon": "next"}, ("rejected",), ()),
    ({"horizon": "later", "quarter": "2026-Q3"}, ("new",), (Drift.late,)),
    ({"horizon": "later", "quarter": "2026-Q4"}, ("new",), ()),
    ({"horizon": "now", "quarter": "2026-Q3"}, ("done",), (Drift.done, Drift.late)),
    ({"horizon": "now", "quarter": None}, ("in_delivery",), ()),
    ({"horizon": "shipped", "quarter": "2026-Q3"}, ("done",), ()),
    ({"state": "draft", "horizon": "now", "quarter": "2026-Q3"}, (), ()),
    ({"state": "retired", "horizon": "now", "quarter": "2026-Q3"}, ("done",), ()),
)


@pytest.mark.parametrize(("parts", "states", "expected"), DRIFT)
def test_drift_is_where_item_and_requests_disagree(
    parts: dict[str, Any], states: tuple[str, ...], expected: tuple[Drift, ...]
) -> None:
    assert drifts(an_item(**parts), map(idea, states), NOW) == expected


def test_every_state_of_an_improvement_has_been_thought_of() -> None:
    known = {state for _, states, _ in DRIFT for state in states}
    assert known | {"under_review"} == {state.name for state in kind_of("improvement").workflow.states}
