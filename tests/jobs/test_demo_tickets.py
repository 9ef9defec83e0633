"""The demo's tickets: true to the workflow, complete after any interruption, told to nobody."""

from __future__ import annotations

import json
import shutil
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from deltalake import DeltaTable

from data.engines.recording import RecordingEngine
from data.errors import Unavailable
from data.people.model import Actor, Role
from data.portal import Portal, connect
from data.settings import Settings
from data.status.estate import plan
from data.status.model import Outcome, Reading
from data.tickets.ids import new_id
from data.tickets.kinds import KINDS, kind_of
from data.tickets.model import Draft, Query, Ticket
from data.tickets.sla import BusinessCalendar
from data.tickets.visibility import viewer_of
from jobs.demo.estates import demo_estate
from jobs.demo.threads import TABLES, appoint, tell, withdraw
from jobs.tend_tickets import tend_tickets
from tests.portals import NOW, Clock

ME = Actor("dev@localhost", "dev", Role.admin, local=True)
BOB = Actor("bob@example.org", "bob", Role.contributor)
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The platforms and people, before anybody wrote anything."""
    portal = at_home(tmp_path_factory.mktemp("stage") / "home")
    portal.schema.migrate()
    portal.status.apply(plan(portal.status.estate(), demo_estate(), prune=False), Actor.job("demo"))
    appoint(portal, [platform.id for platform in demo_estate().platforms])
    return portal.settings.home


@pytest.fixture(scope="module")
def told(stage: Path, tmp_path_factory: pytest.TempPathFactory) -> Portal:
    portal = at_home(shutil.copytree(stage, tmp_path_factory.mktemp("told") / "home"))
    tell(portal, NOW)
    return portal


@pytest.fixture
def empty(stage: Path, tmp_path: Path) -> Callable[..., Portal]:
    return lambda: at_home(shutil.copytree(stage, tmp_path / "home"))


def at_home(home: Path) -> Portal:
    return connect(Settings(home=home)).replace(clock=Clock())


def frame(portal: Portal, table: str) -> pd.DataFrame:
    """Straight from the files, past the engine."""
    read: pd.DataFrame = DeltaTable(str(portal.settings.tables / table)).to_pyarrow_table().to_pandas()
    return read


def trail(portal: Portal) -> pd.DataFrame:
    return frame(portal, "audit_events").query("object_type == 'ticket'")


def tickets(portal: Portal, actor: Actor = ME, **asked: Any) -> tuple[Ticket, ...]:
    return portal.tickets.lists.page(viewer_of(actor), Query(size=200, sort="created", **asked)).tickets


def counts(portal: Portal) -> dict[str, int]:
    return {name: len(frame(portal, name)) for name in TABLES}


@pytest.mark.parametrize("kind", KINDS)
def test_every_state_of_every_kind_is_there(told: Portal, kind: str) -> None:
    assert {ticket.state for ticket in tickets(told, kind=kind)} == {
        state.name for state in KINDS[kind].workflow.states
    }


def test_each_trail_is_a_way_through_the_workflow(told: Portal) -> None:
    """From the files: every version has its event, each begins where the one before it ended, by a move that exists."""
    trails: defaultdict[str, list[Any]] = defaultdict(list)
    for event in trail(told).itertuples():
        if event.id.startswith(f"{event.object_id}:"):  # links are told beside the versions
            trails[str(event.object_id)].append(event)
    heads = frame(told, "tickets").set_index("id")
    assert set(trails) == set(heads.index)
    for id_, events in trails.items():
        head = heads.loc[id_]
        events.sort(key=lambda event: int(event.id.rpartition(":")[2]))
        assert [event.id for event in events] == [f"{id_}:{version}" for version in range(1, head.version + 1)]
        assert [event.at for event in events] == sorted(event.at for event in events)
        state = json.loads(events[0].new)["state"]
        moves = {f"ticket:{move.name}": move for move in kind_of(head.kind).workflow.moves}
        for event in events[1:]:
            assert state in moves[event.action].sources
            state = json.loads(event.new).get("state", state)
        assert state == head.state


def test_nothing_happens_after_the_anchor_or_before_ninety_days(told: Portal) -> None:
    times = {table: frame(told, table)["at"] for table in ("votes", "watchers", "outbox")}
    times |= {table: frame(told, table).created_at for table in ("comments", "approvals", "attachments", "tickets")}
    times["audit_events"] = trail(told)["at"]
    for table, at in times.items():
        assert at.min() > NOW - 90 * DAY, table
        assert at.max() < NOW, table


@pytest.mark.parametrize(
    "anchor", [NOW + timedelta(days=n, hours=5 * n) for n in range(7)], ids=lambda at: f"{at:%a-%H}"
)
def test_it_can_be_told_on_any_day_at_any_hour(empty: Callable[..., Portal], anchor: datetime) -> None:
    portal = empty()
    tell(portal, anchor)
    events, office = trail(portal), BusinessCalendar()
    assert events["at"].max() < pd.Timestamp(anchor)
    opened = events.query("action == 'ticket:open'")["at"]
    older = [at.to_pydatetime() for at in opened if at < pd.Timestamp(anchor - timedelta(hours=4))]
    assert [at for at in older if office.between(at, at + timedelta(minutes=1)) == 0] == []
    assert f"Sales report shows {(anchor - DAY):%A}'s numbers" in {ticket.title for ticket in tickets(portal)}


def test_nobody_is_told_of_it_later(told: Portal) -> None:
    assert set(frame(told, "outbox").state) == {"delivered"}
    assert told.outbox.pending(NOW - 90 * DAY) == ()


def test_there_is_nothing_to_repair(told: Portal) -> None:
    assert told.tickets.repair() == 0


def test_an_independent_reader_counts_the_same_votes_and_comments(told: Portal) -> None:
    heads, votes = frame(told, "tickets"), frame(told, "votes")
    whole = heads.set_index("id").merged_into.dropna().to_dict()
    voters: defaultdict[str, set[str]] = defaultdict(set)
    for vote in votes.itertuples():
        for id_ in {vote.ticket_id, whole.get(vote.ticket_id, vote.ticket_id)}:
            voters[id_].add(vote.person)
    public = frame(told, "comments").query("not internal").groupby("ticket_id").size()
    tallies = {row.ticket_id: (row.votes, row.comments) for row in frame(told, "ticket_tallies").itertuples()}
    assert tallies == {id_: (len(voters[id_]), public.get(id_, 0)) for id_ in heads.id}
    assert max(map(len, voters.values())) == 214


def test_all_people_are_invented(told: Portal) -> None:
    people = {
        *frame(told, "votes").person, *frame(told, "watchers").person, *frame(told, "comments").created_by,
        *frame(told, "tickets").requester, *frame(told, "tickets").assignee.dropna(),
    }  # fmt: skip
    assert {person for person in people if not person.endswith("@example.org")} == {ME.email, "portal"}


def test_whoever_looks_at_the_demo_has_something_of_their_own(told: Portal) -> None:
    assert {ticket.kind for ticket in tickets(told, requester=ME.email)} == set(KINDS)
    assert len(tickets(told, assignee=ME.email)) >= 2
    assert len(told.tickets.lists.voted(ME.email)) >= 3
    waiting = {ticket.template for ticket in told.tickets.lists.waiting(ME)}
    assert {"access", "workspace"} <= waiting


def test_the_sensitive_one_is_not_for_everybody(told: Portal) -> None:
    hidden = {ticket.title for ticket in tickets(told)} - {ticket.title for ticket in tickets(told, BOB)}
    assert "Duplicate rows in finance.gl_entries" in hidden


def test_the_file_of_a_thread_can_be_downloaded(told: Portal) -> None:
    row = frame(told, "attachments").iloc[0]
    _, content = told.tickets.download(BOB, row.ticket_id, row.id)
    assert content.decode().splitlines()[1] == "Nordics,0,Sunday"


def test_the_portal_finds_its_own_incident_again(told: Portal, empty: Callable[..., Portal]) -> None:
    """The job that follows critical checks would open a twin if it did not know the one of the demo."""
    (known,) = (ticket for ticket in tickets(told) if ticket.source == "check:gateway-answers")
    portal = empty()
    tell(portal, NOW)
    check = next(check for check in portal.status.checks() if check.id == known.asset)
    for minutes in (15, 10, 5, 0):
        at = NOW - timedelta(minutes=minutes)
        portal.status.record([Reading(check_id=check.id, observed_at=at, outcome=Outcome.fail)], check.source)
    assert [line for line in tend_tickets(portal) if "opened" in line] == []


def test_killed_at_any_table_the_next_run_completes_it(told: Portal, empty: Callable[..., Portal]) -> None:
    """Each run gets one table further than the one before it."""
    portal = empty()
    for number, table in enumerate(TABLES):
        engine = RecordingEngine(portal.engine)
        engine.fail(1, Unavailable("Power cut"), on=f"append {table}")
        with pytest.raises(Unavailable):
            tell(portal.replace(engine=engine), NOW)
        assert len(tickets(portal)) == 0
        assert {name for name in TABLES[1:] if len(frame(portal, name))} == set(TABLES[1:number])
    engine = RecordingEngine(portal.engine)
    engine.fail(1, Unavailable("Power cut"), on="ticket_tallies")
    with pytest.raises(Unavailable):
        tell(portal.replace(engine=engine), NOW)
    tell(portal, NOW)
    assert counts(portal) == counts(told)
    assert [(t.key, t.state, t.tally) for t in tickets(portal)] == [(t.key, t.state, t.tally) for t in tickets(told)]


def test_removed_it_is_hidden_and_its_people_have_no_roles(empty: Callable[..., Portal]) -> None:
    portal = empty()
    tell(portal, NOW)
    mine = portal.tickets.open(BOB, Draft(id=new_id(NOW), kind="incident", title="Mine", platform_id="fabric-f64",
                                          impact="question")).ticket  # fmt: skip
    assert len(tickets(portal, BOB)) > 50
    assert withdraw(portal, [platform.id for platform in demo_estate().platforms], NOW) > 60
    assert [ticket.id for ticket in tickets(portal, BOB)] == [mine.id]
    assert portal.people.access().grants == ()
    assert withdraw(portal, [platform.id for platform in demo_estate().platforms], NOW) == 0
