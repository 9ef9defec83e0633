"""The search over a real store: what charlie never learns, what changes, what fails, and what is remembered of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from data.engines.recording import RecordingEngine
from data.errors import Forbidden, Unavailable
from data.people.model import Actor
from data.portal import Portal
from data.search.log import LATER, LONGEST, Searched, SearchLog
from data.search.model import Found
from data.status.estate import plan, read_estate
from data.tickets.ids import new_id
from data.tickets.model import Ticket
from tests.data.tickets.desk import ESTATE, Desk
from tests.portals import Clock

SECRET = "Zebra crossing"


def sensitive(desk: Desk) -> Ticket:
    return desk.open(title=SECRET, sensitive=True)


def of_members(desk: Desk) -> Ticket:
    return desk.open(title=SECRET, by=desk.erin, platform_id="payroll")


def hidden(desk: Desk) -> Ticket:
    return desk.move(desk.alice, desk.open(title=SECRET), "hide", note="Names a person.")


def request(desk: Desk) -> Ticket:
    fields = {"dataset": SECRET, "access": "read", "purpose": "month-end closing", "duration": "year"}
    return desk.open("request", fields=fields)


def draft_term(desk: Desk) -> None:
    desk.portal.glossary.add(
        Actor.job(), new_id(desk.portal.clock()), {"name": SECRET, "definition": "Stripes on the road."}
    )


def draft_item(desk: Desk) -> None:
    given = {"title": SECRET, "theme": "Roads", "platform_id": "sales", "owner": "alice@example.org"}
    desk.portal.roadmap.add(desk.alice, new_id(desk.portal.clock()), given)


def members_platform(desk: Desk) -> None:
    more = ESTATE.replace("name: Payroll", f"name: {SECRET}")
    desk.portal.status.apply(plan(desk.portal.status.estate(), read_estate(more, "checks.yaml"), False), Actor.job())


def found(desk: Desk, actor: Actor, text: str = "zebra") -> Found:
    desk.portal.search.refreshed()
    return desk.portal.search.find(actor, text)


@pytest.mark.parametrize("make", [sensitive, of_members, hidden, request, draft_term, draft_item, members_platform])
def test_charlie_sees_neither_hit_nor_count_nor_suggestion(desk: Desk, make: Callable[[Desk], object]) -> None:
    made = make(desk)
    for text in ("zebra", "zeb", "Zebra crossing", "zebar", "zebra elephant", getattr(made, "key", "zebra")):
        assert found(desk, desk.charlie, text) == Found(), text
    assert found(desk, desk.dana).total == 1
    assert found(desk, desk.dana, "zebar").meant == "zebra"


def test_an_internal_note_is_not_searched(desk: Desk) -> None:
    ticket = desk.open()
    desk.tickets.talk.comment(desk.dana, ticket.id, "The zebra vendor is at fault.", internal=True)
    assert found(desk, desk.dana).total == 0


def test_the_name_of_a_successor_is_told_only_where_everybody_may_know_it(desk: Desk) -> None:
    glossary, clock = desk.portal.glossary, desk.portal.clock
    new = glossary.add(
        Actor.job(), new_id(clock()), {"name": SECRET, "definition": "What it is called now.", "platform_id": "payroll"}
    )
    glossary.move(Actor.job(), new.id, new.version, "approve")
    old = glossary.add(Actor.job(), new_id(clock()), {"name": "Crosswalk", "definition": "What it was called."})
    old = glossary.move(Actor.job(), old.id, old.version, "approve")
    glossary.move(Actor.job(), old.id, old.version, "deprecate", {"replaced_by": new.id})
    (hit,) = found(desk, desk.charlie, "crosswalk").hits
    assert (hit.faded, hit.context) == (True, "Deprecated")


def test_what_is_changed_is_found_at_the_next_look_and_only_that_is_written(desk: Desk, clock: Clock) -> None:
    search, ticket = desk.portal.search, desk.open(title="Zebra crossing is closed")
    assert found(desk, desk.charlie, ticket.key).hits[0].address == f"incidents?id={ticket.key}"
    index = search.refreshed().index
    clock.advance(minutes=10)
    later = desk.open(title="Giraffe crossing is closed")
    desk.move(desk.dana, ticket, "share", sensitive=True, readers=[])
    assert found(desk, desk.charlie, "giraffe").hits[0].key == f"ticket:{later.id}"
    assert found(desk, desk.charlie).total == 0
    assert search.refreshed().index is index


def test_a_platform_that_becomes_one_for_members_takes_its_tickets_along(desk: Desk) -> None:
    desk.open(title=SECRET)
    assert found(desk, desk.charlie).total == 1
    closed = ESTATE.replace("{id: sales,", "{id: sales, visibility: members,")
    desk.portal.status.apply(plan(desk.portal.status.estate(), read_estate(closed, "checks.yaml"), False), Actor.job())
    assert found(desk, desk.charlie).total == 0


def test_what_was_merged_away_is_not_found(desk: Desk, clock: Clock) -> None:
    whole, part = desk.open(title="Zebra crossing"), desk.open(title="Zebra stripes")
    assert found(desk, desk.bob).total == 2
    clock.advance(minutes=1)
    desk.move(desk.alice, part, "merge", merged_into=whole.key)
    assert [hit.key for hit in found(desk, desk.bob).hits] == [f"ticket:{whole.id}"]


def test_a_store_that_fails_leaves_the_last_good_index(desk: Desk) -> None:
    desk.open(title=SECRET)
    engine = RecordingEngine(desk.portal.engine)
    portal = desk.portal.replace(engine=engine)
    portal.search.refreshed()
    engine.fail(1, Unavailable("The store is away."))
    with pytest.raises(Unavailable):
        portal.search.refreshed()
    assert portal.search.find(desk.charlie, "zebra").total == 1


def test_the_portal_searches_its_own_guides(desk: Desk, portal: Portal) -> None:
    hits = found(desk, desk.charlie, "downtime maintenance window").hits
    assert all(hit.type in ("doc", "message") for hit in hits)
    assert found(desk, desk.charlie, "report a problem").counts["doc"] >= 1


# the log


@pytest.fixture
def log(portal: Portal, clock: Clock) -> SearchLog:
    return portal.search.log


def test_what_was_not_found_is_listed_by_how_often(desk: Desk, log: SearchLog, clock: Clock) -> None:
    for number, (text, hits) in enumerate((("Churn", 0), ("churn ", 0), ("nrr", 0), ("sales", 4))):
        log.note(Searched(str(number), text, hits))
        clock.advance(seconds=1)
    log.write()
    listed = [(missed.text, missed.times) for missed in log.missed(desk.alice)]
    assert listed == [("churn", 2), ("nrr", 1)]
    clock.advance(days=31)
    assert log.missed(desk.alice) == ()
    with pytest.raises(Forbidden):
        log.missed(desk.charlie)


def test_what_is_typed_on_is_one_search(desk: Desk, log: SearchLog, clock: Clock) -> None:
    log.note(Searched("1", "chu", 0))
    log.write()
    clock.advance(seconds=5)
    for text, hits in (("churn", 0), ("churn rate", 2)):
        log.note(Searched("1", text, hits))
    assert log.write() == 1
    assert log.missed(desk.alice) == ()


@pytest.mark.parametrize(
    "text",
    ["", "  ", "alice@example.org", "x" * (LONGEST + 1), "my password is hunter2", "dapi0123456789abcdef",
     "4111111111111111", "a1b2c3d4e5f6a7b8c9d0e1f2"],
)  # fmt: skip
def test_what_looks_private_is_never_written(log: SearchLog, text: str) -> None:
    log.note(Searched("1", text, 0))
    assert log.write() == 0


def test_nobody_stands_in_the_log(desk: Desk, log: SearchLog, portal: Portal) -> None:
    log.note(Searched("1", "main.gold.sales_daily", 3, "ticket", "01H"))
    log.write()
    rows = portal.engine.query("SELECT * FROM search_log").to_pylist()
    told = {"text": "main.gold.sales_daily", "hits": 3, "opened_type": "ticket", "opened_id": "01H"}
    assert [row.keys() - told.keys() for row in rows] == [{"id", "day", "searched_at"}]
    assert rows[0].items() >= told.items()


def test_searches_are_gathered_and_written_behind_the_back(log: SearchLog, portal: Portal, clock: Clock) -> None:
    engine = RecordingEngine(portal.engine)
    log = SearchLog(portal.replace(engine=engine).statements, clock)
    log.note(Searched("1", "churn", 0))
    assert engine.calls == []
    clock.advance(seconds=LATER.total_seconds())
    log.note(Searched("2", "nrr", 0))
    log.close()
    assert [call.verb for call in engine.calls if call.subject == "search_log"] == ["columns", "append"]


def test_a_log_that_cannot_be_written_stops_nobody(portal: Portal, clock: Clock) -> None:
    engine = RecordingEngine(portal.engine)
    engine.fail(1, Unavailable("The store is away."), on="search_log")
    log = SearchLog(portal.replace(engine=engine).statements, clock)
    log.note(Searched("1", "churn", 0))
    clock.advance(seconds=LATER.total_seconds())
    log.note(Searched("2", "nrr", 0))
    log.close()
    log.note(Searched("3", "arr", 0))
    assert log.write() == 1
