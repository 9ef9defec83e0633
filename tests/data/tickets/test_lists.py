"""Lists, counts, files for spreadsheets, saved views, links: what viewers read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import get_args

import pytest

from data.errors import Forbidden, Invalid
from data.tickets.model import Query, Sort, Ticket
from data.tickets.store import TicketStore
from tests.data.tickets.desk import Desk
from tests.portals import ON_EVERY_STORE, Clock


def several(desk: Desk, number: int = 23) -> list[Ticket]:
    return [
        desk.open(by=desk.dana, title=f"Problem {n:02}", impact="blocked" if n % 2 else "question")
        for n in range(number)
    ]


SORTS: tuple[Sort, ...] = get_args(Sort)


def test_pages_follow_each_other_without_gap_or_twin(desk: Desk, clock: Clock) -> None:
    tickets = several(desk, 11)
    desk.tickets.talk.vote(desk.bob, tickets[7].id, True)
    for sort in SORTS:
        seen = [ticket.id for page in pages(desk, sort) for ticket in page]
        assert sorted(seen) == sorted(ticket.id for ticket in tickets)
        whole = desk.tickets.lists.page(desk.viewer("bob"), Query(sort=sort)).tickets
        assert [ticket.id for ticket in whole] == seen


@pytest.mark.parametrize("sort", ["updated", "created"])
def test_what_nobody_touches_is_on_one_page_while_others_come_and_change(desk: Desk, clock: Clock, sort: Sort) -> None:
    tickets = several(desk, 9)
    touched, shown = [], []
    for page in pages(desk, sort):
        shown += [ticket.id for ticket in page]
        clock.advance(minutes=1)
        touched += [desk.open(by=desk.dana, title=f"New after {len(shown)}").id, page[0].id]
        desk.move(desk.dana, page[0], "assign", assignee="alice@example.org")
    assert len(shown) == len(set(shown))
    assert {ticket.id for ticket in tickets} <= set(shown)
    assert not {id_ for id_ in touched if id_ not in {t.id for t in tickets}} & set(shown)


def pages(desk: Desk, sort: Sort) -> Iterator[tuple[Ticket, ...]]:
    after: str | None = ""
    while after is not None:
        page = desk.tickets.lists.page(desk.viewer("bob"), Query(sort=sort, size=3, after=after))
        yield page.tickets
        after = page.after


def test_every_filter_narrows_to_what_it_says(desk: Desk, clock: Clock) -> None:
    one, two = desk.open(title="Sales is late", asset="gateway"), desk.open("improvement")
    three = desk.open(by=desk.charlie, title="Wrong region", platform_id=None, impact="question")
    desk.move(desk.dana, one, "triage", priority=1, team="platform")
    desk.move(desk.dana, one, "assign", assignee="dana@example.org", team="platform")
    desk.move(desk.dana, one, "hold", hold_reason="vendor", note="They look.")
    desk.move(desk.dana, three, "close", reason="spam", note="No.")
    all_of = {"one": one.id, "two": two.id, "three": three.id}
    cases = (
        (Query(kind="incident"), "one three"), (Query(states=("new",)), "two"),
        (Query(platforms=("sales",)), "one two"),
        (Query(priorities=(1, 2)), "one"), (Query(assignee="dana@example.org"), "one"),
        (Query(unassigned=True), "two three"), (Query(team="platform"), "one"),
        (Query(requester="charlie@example.org"), "three"), (Query(asset="gateway"), "one"),
        (Query(on_hold=True), "one"),
        (Query(ended_since=clock() - timedelta(days=1)), "three"), (Query(search="LATE sales"), "one"),
        (Query(search=one.key.lower()), "one"), (Query(search="charlie"), "three"), (Query(search="100%_"), ""),
        (Query(ids=(two.id,)), "two"), (Query(ids=()), ""), (Query(overdue=True), ""),
    )  # fmt: skip
    for query, expected in cases:
        found = {t.id for t in desk.tickets.lists.page(desk.viewer("dana"), query).tickets}
        assert found == {all_of[name] for name in expected.split()}, query
    clock.advance(days=30)
    assert [t.id for t in desk.tickets.lists.page(desk.viewer("dana"), Query(overdue=True)).tickets] == []


def test_counts_are_those_of_the_lists(desk: Desk, clock: Clock) -> None:
    tickets = several(desk, 7)
    desk.move(desk.dana, tickets[0], "assign", assignee="dana@example.org")
    desk.move(desk.dana, tickets[1], "close", reason="spam", note="No.")
    clock.advance(days=5)
    viewer = desk.viewer("dana")
    counts = desk.tickets.lists.counts(viewer, "incident")
    overdue = desk.tickets.lists.page(viewer, Query(overdue=True)).tickets
    assert (counts.open, counts.mine, counts.unassigned, counts.ended_lately) == (6, 1, 5, 1)
    assert counts.overdue == len(overdue) > 0
    assert counts.by_platform == {"sales": 6}


@pytest.mark.parametrize("after", ["x", "1.5:a", ":"])
def test_a_damaged_cursor_is_refused_in_words(desk: Desk, after: str) -> None:
    with pytest.raises(Invalid, match="open the list again"):
        desk.tickets.lists.page(desk.viewer("bob"), Query(after=after))


@pytest.mark.parametrize("title", ["=1+1 formula", "+49 call me", "-2 days", "@SUM of it", "\uff1dcmd calc"])
def test_a_spreadsheet_reads_no_formula(desk: Desk, title: str) -> None:
    desk.open(title=title)
    line = desk.tickets.lists.csv(desk.viewer("dana"), Query()).decode("utf-8-sig").splitlines()[1]
    assert f"'{title}" in line


def test_views_are_ones_own_or_shared_by_staff(desk: Desk) -> None:
    views = desk.tickets.views
    views.save(desk.bob, "incident", "Mine", "state=new", shared=False)
    views.save(desk.bob, "incident", "Mine", "state=triaged", shared=False)
    with pytest.raises(Forbidden):
        views.save(desk.bob, "incident", "For all", "", shared=True)
    shared = views.save(desk.dana, "incident", "Team", "team=x", shared=True)
    assert [(v.name, v.query) for v in views.of(desk.bob, "incident")] == [
        ("Mine", "state=triaged"),
        ("Team", "team=x"),
    ]
    assert [v.name for v in views.of(desk.charlie, "incident")] == ["Team"]
    with pytest.raises(Forbidden):
        views.remove(desk.charlie, "incident", shared.id)
    views.remove(desk.dana, "incident", shared.id)
    assert views.of(desk.charlie, "incident") == ()


def test_a_link_is_seen_from_both_sides_and_can_be_removed(desk: Desk) -> None:
    incident, idea = desk.open(), desk.open("improvement")
    desk.tickets.link(desk.dana, idea.id, incident.key, "would_avoid")
    for ticket, other, outward in ((idea, incident, True), (incident, idea, False)):
        (link,) = desk.tickets.lists.detail(desk.bob, ticket.id).links
        assert (link.kind, link.other.id, link.outward) == ("would_avoid", other.id, outward)
    with pytest.raises(Forbidden):
        desk.tickets.unlink(desk.bob, idea.id, incident.key, "would_avoid")
    desk.tickets.unlink(desk.dana, idea.id, incident.key, "would_avoid")
    assert desk.tickets.lists.detail(desk.bob, idea.id).links == ()


@ON_EVERY_STORE
def test_of_many_open_incidents_the_board_shows_some_of_each_asset_and_counts_all(
    desk: Desk, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("data.status.service.MOST_INCIDENTS", 3)
    told = [desk.open(by=desk.dana, title=f"Orders {n}", asset="orders") for n in range(4)]
    other = desk.open(title="Of the whole platform")
    desk.open(title="Secret", sensitive=True)
    desk.tickets.talk.vote(desk.charlie, told[1].id, True)
    (sales,) = [p for p in desk.portal.status.snapshot().platforms if p.platform.id == "sales"]
    assert sales.open_incidents == 5
    assert {incident.id for incident in sales.incidents} >= {told[1].id, other.id}
    assert [incident.affected for incident in sales.incidents if incident.id == told[1].id] == [1]
    assert len(sales.incidents) == 3


@ON_EVERY_STORE
def test_a_view_for_analysts_leaves_out_what_is_secret(desk: Desk) -> None:
    desk.open(title="Everybody's")
    desk.open(title="Secret", sensitive=True)
    rows = desk.portal.engine.query("SELECT title, environment FROM incidents").to_pylist()
    assert [row["title"] for row in rows] == ["Everybody's"]
    assert TicketStore(desk.portal.statements).platforms().keys() == {"sales", "payroll"}
