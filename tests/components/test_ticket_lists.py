"""What a list of tickets says before anybody opens one: bands, views, filters, and what many can take at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from components.markup import plain
from components.ticket_address import Chosen
from components.ticket_bulk import MANY, canonical, offers, told
from components.ticket_filters import priorities_told, sorts_of, state_filter, value_css
from components.ticket_filters import told as values_told
from components.ticket_rows import HEADS, by_band, cells_html, head_html, label
from components.ticket_views import View, default_view, lit, saved_views, view_of, views_of
from components.vote_list import ago_words, backed_words
from data.people.model import Actor, Role
from data.tickets.kinds import IMPROVEMENT_KIND, INCIDENT_KIND, KINDS, REQUEST_KIND, Kind
from data.tickets.lists import Counts
from data.tickets.model import Query, Tally, Ticket
from data.tickets.views import SavedView
from tests.boards import AT, HERE, H, M
from tests.components.test_ticket_marks import D, a_ticket

BOB = Actor(email="bob@example.org", name="bob", everywhere=Role.triager, groups=frozenset({"Ingestion"}))
CHARLIE = Actor(email="charlie@example.org", name="charlie", everywhere=Role.contributor)
COUNTS = Counts(
    by_state={}, by_platform={"sales": 7, None: 2}, by_team={"Ingestion": 12, "Finance": 1}, open=31, overdue=3,
    on_hold=2, unassigned=4, mine=7, reported=2, ended_lately=18,
)  # fmt: skip
REPLIED = Tally(first_response_at=AT)


def row(id_: str, **parts: Any) -> Ticket:
    return a_ticket(**{"id": id_, "key": f"INC-{id_}", "tally": REPLIED, **parts})


BANDS = {
    "past its end": (row("1", due_at=AT - M), "Overdue"),
    "the first reply is late, the end is not": (
        row("1", tally=Tally(), response_due_at=AT - M, due_at=AT + D), "Overdue",
    ),
    "replied in time": (row("1", response_due_at=AT - M, due_at=AT + D), "Later"),
    "in two hours": (row("1", due_at=AT + 2 * H), "Due today"),
    "after midnight in the viewer's zone": (row("1", due_at=AT + 16 * H), "Later"),
    "promised nothing": (row("1"), "Without a date"),
    "on hold": (row("1", due_at=AT - M, hold_since=AT - H, hold_reason="vendor"), "Paused"),
    "ended": (row("1", due_at=AT - M, stopped_at=AT - H), "Done"),
}  # fmt: skip


@pytest.mark.parametrize("case", BANDS)
def test_a_row_stands_where_it_hurts(case: str) -> None:
    ticket, band = BANDS[case]
    ((found, _),) = by_band([ticket], HERE)
    assert found is not None
    assert found.label == band


def test_each_band_comes_once_and_keeps_the_order_it_was_read_in() -> None:
    tickets = [row("1", due_at=AT + H), row("2", due_at=AT + 2 * H), row("3"), row("4", due_at=AT - M)]
    bands = [(band.label if band else "", [t.id for t in those]) for band, those in by_band(tickets, HERE)]
    assert bands == [("Overdue", ["4"]), ("Due today", ["1", "2"]), ("Without a date", ["3"])]


def test_head_and_row_have_the_same_cells() -> None:
    cells = cells_html(row("7K2QF", platform_id="sales", due_at=AT - M, priority=1), HERE, {"sales": "Sales"})
    for name in HEADS[2:]:
        assert f'class="c-{name.lower()}"' in cells
        assert f'class="c-{name.lower()}"' in head_html()
    for said in ("INC-7K2QF", ">Sales<", "Overdue 1 min", 'aria-label="Priority 1"', "Unassigned"):
        assert said in cells


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "[x](javascript:alert(1))", "*a* `b` :red[c] $d$", "مرحبا 🙂"]
)
def test_what_people_wrote_is_only_text(text: str) -> None:
    ticket = row("1", title=text, assignee=f"{text}@example.org", platform_id="p")
    assert "<script" not in cells_html(ticket, HERE, {"p": text})
    assert label(ticket) == f"{plain(text)}:small[, New]"


@pytest.mark.parametrize(
    ("kind", "actor", "names"),
    [
        (INCIDENT_KIND, BOB, ["queue", "team-Ingestion", "triage", "open", "overdue", "week"]),
        (INCIDENT_KIND, CHARLIE, ["mine", "open", "week"]),
        (IMPROVEMENT_KIND, BOB, ["queue", "team-Ingestion", "triage", "open", "week"]),
        (REQUEST_KIND, CHARLIE, ["mine", "open", "week"]),
    ],
)
def test_staff_and_people_have_their_own_views(kind: Kind, actor: Actor, names: list[str]) -> None:
    assert [view.name for view in views(kind, actor)] == names


def views(kind: Kind = INCIDENT_KIND, actor: Actor = BOB, counts: Counts = COUNTS) -> tuple[View, ...]:
    return views_of(kind, actor, counts, ("Finance", "Ingestion"), AT)


def test_every_view_asks_for_what_its_number_counts() -> None:
    by_name = {view.name: view for view in views()}
    open_ = INCIDENT_KIND.workflow.names("open")
    base = Query(kind="incident", states=open_, sort="due")
    week = replace(base, states=("resolved", "closed"), sort="updated", ended_since=AT.replace(minute=0) - 7 * D)
    assert {name: (view.words, view.query) for name, view in by_name.items()} == {
        "queue": ("My queue 7", replace(base, assignee=BOB.email)),
        "team-Ingestion": ("Team Ingestion 12", replace(base, team="Ingestion")),
        "triage": ("Unassigned 4", replace(base, unassigned=True)),
        "open": ("All open 31", base),
        "overdue": ("Overdue 3", replace(base, overdue=True)),
        "week": ("Resolved this week 18", week),
    }
    mine = next(view for view in views(actor=CHARLIE) if view.name == "mine")
    assert mine.query == Query(kind="incident", states=open_, requester=CHARLIE.email)


@pytest.mark.parametrize(
    ("kind", "actor", "mine", "first"),
    [
        (INCIDENT_KIND, BOB, 7, "queue"),
        (INCIDENT_KIND, BOB, 0, "open"),
        (INCIDENT_KIND, CHARLIE, 0, "open"),
        (REQUEST_KIND, CHARLIE, 0, "mine"),
    ],
)
def test_a_list_opens_where_something_waits(kind: Kind, actor: Actor, mine: int, first: str) -> None:
    offered = views(kind, actor, replace(COUNTS, mine=mine))
    assert default_view(kind, offered).name == first
    assert view_of(offered, Chosen(view="nonsense"), default_view(kind, offered)).name == first


def test_a_saved_view_is_lit_only_when_the_address_says_exactly_that() -> None:
    saved = SavedView("1", "incident", "Sales, *urgent*", "view=open&platform=sales&priority=1", BOB.email, False, 1)
    built_in = views()
    offered = (*built_in, *saved_views(INCIDENT_KIND, built_in[0], [saved]))
    assert offered[-1].words == r"Sales, \*urgent\*"
    same = Chosen(view="open", platform=("sales",), priority=(1,))
    assert lit(offered, same, built_in[3]).name == "saved-1"
    assert lit(offered, replace(same, q="late"), built_in[3]).name == "open"


@pytest.mark.parametrize(
    ("priorities", "words"),
    [((), "all"), ((2,), "P2"), ((3, 1, 2), "P1\N{EN DASH}P3"), ((4, 1), "P1, P4"), ((1, 2, 4), "3 chosen")],
)
def test_a_filter_says_what_it_lets_through(priorities: Sequence[int], words: str) -> None:
    assert priorities_told(priorities) == words


def test_the_state_filter_says_what_the_view_shows() -> None:
    by_name = {view.name: view.query for view in views()}
    assert state_filter(INCIDENT_KIND, Chosen(), by_name["open"]).told == "open"
    assert state_filter(INCIDENT_KIND, Chosen(), by_name["week"]).told == "ended"
    assert state_filter(INCIDENT_KIND, Chosen(state=("new", "triaged")), by_name["open"]).told == "New, Triaged"
    assert values_told(["a", "b", "c"], "all") == "3 chosen"


def test_a_name_cannot_leave_the_style_that_shows_it() -> None:
    evil = state_filter(INCIDENT_KIND, Chosen(), Query())
    css = value_css(replace(evil, told='x"}</style><script>'))
    assert "</style>" not in css
    assert r"\"" in css


@pytest.mark.parametrize(
    ("kind", "sorts"),
    [
        (INCIDENT_KIND, ["due", "updated", "created", "priority", "votes"]),
        (IMPROVEMENT_KIND, ["updated", "created", "votes"]),
        (REQUEST_KIND, ["due", "updated", "created"]),
    ],
)
def test_only_orders_that_mean_something_are_offered(kind: Kind, sorts: list[str]) -> None:
    assert list(sorts_of(kind)) == sorts


def test_many_are_offered_what_at_least_one_can_take() -> None:
    picked = [
        row("1", state="triaged"), row("2", state="in_progress"), row("3", state="triaged", hold_since=AT),
        row("4", state="closed"),
    ]  # fmt: skip
    found = {offer.move.name: (len(offer.able), offer.skipped) for offer in offers(INCIDENT_KIND, BOB, picked)}
    assert found == {
        "assign": (3, 1), "prioritise": (3, 1), "hold": (2, 2), "resume": (1, 3), "close": (2, 2), "merge": (4, 0),
    }  # fmt: skip
    assert offers(INCIDENT_KIND, CHARLIE, picked) == []


def test_the_bar_says_how_many_and_who_is_skipped() -> None:
    picked = [row("1", state="triaged"), row("2", state="in_progress")]
    said = told(2, offers(INCIDENT_KIND, BOB, picked))
    assert 'role="status"' in said
    assert "<b>2 selected</b><span> · 1 skipped by Close</span>" in said
    assert "skipped" not in told(1, offers(INCIDENT_KIND, BOB, picked[:1]))


def test_every_move_for_many_is_one_that_some_kind_has() -> None:
    assert MANY.keys() <= {move.name for kind in KINDS.values() for move in kind.workflow.moves}


def test_others_merge_into_the_one_that_most_people_know() -> None:
    old, loud, talked = (
        row("1", created_at=AT - D), row("2", tally=Tally(votes=3)), row("3", tally=Tally(comments=9)),
    )  # fmt: skip
    assert canonical([talked, old, loud]) is loud
    assert canonical([old, talked]) is talked
    assert canonical([row("4"), old]) is old


def test_the_side_column_counts_what_became_of_the_ideas_one_backed() -> None:
    tickets = [a_ticket("improvement", state) for state in ("planned", "done", "planned")]
    assert backed_words(IMPROVEMENT_KIND, tickets) == "You backed 3 ideas: 2 Planned, 1 Done."


@pytest.mark.parametrize(
    ("age", "words"), [(timedelta(0), "now"), (5 * M, "5 min ago"), (3 * D, "3 d ago"), (40 * D, "14 Oct")]
)
def test_the_age_of_an_idea_reads_as_one_unit(age: timedelta, words: str) -> None:
    assert ago_words(AT - age, HERE) == words
