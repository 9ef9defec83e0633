"""Many at once, and killed in between: nothing is lost, nothing is twice, one wins and the others are told."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from shutil import copytree

import pytest

from data.portal import Portal, connect
from data.settings import Settings
from data.tickets.ids import new_id
from data.tickets.store import TicketStore
from tests.data.tickets.desk import Desk

ROOT = Path(__file__).parents[3]
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def started(module: str, *arguments: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", f"tests.data.tickets.{module}", *arguments]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


@pytest.fixture
def busy(tmp_path: Path, furnished: Path) -> Desk:
    """On a clock that runs, so that votes have an order."""
    return Desk(connect(Settings(home=copytree(furnished, tmp_path / "home"))))


def test_fifty_people_in_two_processes_at_one_ticket(busy: Desk) -> None:
    ticket = busy.open()
    home = str(busy.portal.settings.home)
    crowds = [started("crowd", home, ticket.id, first) for first in ("0", "25")]
    told = []
    for crowd in crowds:
        out, err = crowd.communicate(timeout=240)
        assert crowd.returncode == 0, err.decode()[-2000:]
        told += json.loads(out)
    assert [one.startswith("won:") for one in told].count(True) == 1
    assert all("Somebody was faster" in one for one in told if not one.startswith("won:"))
    detail = busy.tickets.lists.detail(busy.dana, ticket.id)
    assert Counter(comment.body for comment in detail.comments) == Counter(f"Comment of {n}" for n in range(50))
    voters = {f"person-{n:02}@example.org" for n in range(50) if n % 3}
    assert {vote.person for vote in detail.votes} == voters
    assert (detail.ticket.tally.votes, detail.ticket.tally.comments) == (len(voters), 50)
    winner = next(one for one in told if one.startswith("won:")).removeprefix("won:")
    assert (detail.ticket.updated_by, detail.ticket.version) == (winner, 2)
    assert [event.action for event in detail.events] == ["ticket:open", "ticket:triage"]
    assert busy.tickets.repair() == 0


def recorded(portal: Portal, ticket_id: str) -> list[str]:
    asked = portal.engine.query("SELECT id FROM audit_events WHERE object_id = :id", {"id": ticket_id})
    return sorted(asked.column("id").to_pylist())


DEATHS = [
    ("move", "tickets/add_watchers"), ("move", "notifications/add_outbox"), ("move", "audit/add_events"),
    ("open", "tickets/add_votes"), ("open", "notifications/add_outbox"), ("open", "audit/add_events"),
    ("comment", "tickets/add_watchers"), ("comment", "tickets/set_tallies"), ("comment", "notifications/add_outbox"),
]  # fmt: skip


@pytest.mark.parametrize(("deed", "statement"), DEATHS)
def test_a_process_killed_in_between_is_completed_by_the_next_run(busy: Desk, deed: str, statement: str) -> None:
    portal = busy.portal
    id_ = new_id(portal.clock()) if deed == "open" else busy.open().id
    killed = started("killed", str(portal.settings.home), id_, deed, statement)
    killed.communicate(timeout=60)
    if (deed, statement) != ("move", "tickets/add_watchers"):  # triage gives nobody anything to watch
        assert killed.returncode == -9
        assert busy.tickets.repair() > 0
    assert busy.tickets.repair() == 0
    ticket = TicketStore(portal.statements).find(id_)
    assert ticket
    assert recorded(portal, id_) == [f"{id_}:{n}" for n in range(1, ticket.version + 1)]
    told = [notice.id for notice in portal.outbox.pending(LONG_AGO)]
    assert len(told) == len(set(told)) == ticket.version + (deed == "comment")
    detail = busy.tickets.lists.detail(busy.dana, id_)
    assert detail.ticket.tally.comments == len(detail.comments) == (deed == "comment")
    assert detail.ticket.tally.votes == len(detail.votes) == (deed == "open")
    assert any(watcher.person == "dana@example.org" for watcher in detail.watchers) == (deed != "move")


def test_what_the_next_one_overwrites_is_recorded_by_the_next_one(busy: Desk) -> None:
    ticket = busy.open()
    killed = started("killed", str(busy.portal.settings.home), ticket.id, "move", "audit/add_events")
    killed.communicate(timeout=60)
    busy.move(busy.dana, ticket, "start")
    events = busy.tickets.lists.detail(busy.dana, ticket.id).events
    assert [event.action for event in events] == ["ticket:open", "ticket:triage", "ticket:start"]
