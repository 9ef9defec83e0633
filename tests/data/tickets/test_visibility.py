"""What somebody may not know never appears to them: in lists, counts, files, links, notices or by asking for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from data.errors import NotFound, PortalError
from data.portal import Portal
from data.tickets.kinds import KINDS
from data.tickets.model import Query, Ticket
from data.tickets.store import TicketStore
from data.tickets.visibility import Viewer
from tests.data.tickets.desk import Desk

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
SECRET = "Zebra crossing"


def sensitive(desk: Desk) -> Ticket:
    return desk.open(title=SECRET, sensitive=True)


def of_members(desk: Desk) -> Ticket:
    return desk.open(title=SECRET, by=desk.erin, platform_id="payroll")


def hidden(desk: Desk) -> Ticket:
    ticket = desk.open(title=SECRET)
    return desk.move(desk.alice, ticket, "hide", note="Names a person.")


def request(desk: Desk) -> Ticket:
    fields = {"dataset": SECRET, "access": "read", "purpose": "month-end closing", "duration": "year"}
    return desk.open("request", fields=fields)


SECRETS = (sensitive, of_members, hidden, request)
Make = Callable[[Desk], Ticket]


@pytest.mark.parametrize("make", SECRETS)
def test_charlie_never_learns_of_it(desk: Desk, make: Make) -> None:
    ticket, charlie = make(desk), desk.viewer("charlie")
    lists = desk.tickets.lists
    for query in (Query(), Query(search="zebra"), Query(ids=(ticket.id,)), Query(kind=ticket.kind)):
        assert lists.page(charlie, query).tickets == ()
    assert SECRET.encode() not in lists.csv(charlie, Query())
    assert lists.counts(charlie).open == 0
    for name in (ticket.id, ticket.key, ticket.key.lower()):
        with pytest.raises(NotFound, match="no such ticket"):
            lists.detail(desk.charlie, name)
    known = desk.tickets.resembling.refreshed()
    assert known.search(SECRET, charlie) == ()
    assert [match.id for match in known.search(SECRET, desk.viewer("dana"))] == [ticket.id]


@pytest.mark.parametrize("make", SECRETS)
def test_whatever_charlie_tries_is_answered_as_for_what_does_not_exist(desk: Desk, make: Make) -> None:
    ticket, tickets, charlie = make(desk), desk.tickets, desk.charlie
    attachment = tickets.attach(desk.dana, ticket.id, "a.txt", b"secret")
    for attempt in (
        lambda: tickets.move(charlie, ticket.id, ticket.version, "withdraw"),
        lambda: tickets.talk.comment(charlie, ticket.id, "Hello"),
        lambda: tickets.talk.vote(charlie, ticket.id, True),
        lambda: tickets.talk.watch(charlie, ticket.id, True),
        lambda: tickets.attach(charlie, ticket.id, "a.txt", b"x"),
        lambda: tickets.download(charlie, ticket.id, attachment.id),
        lambda: tickets.preview(charlie, [ticket.id], "assign"),
    ):
        with pytest.raises(NotFound):
            attempt()


@pytest.mark.parametrize("make", SECRETS)
def test_links_and_merges_do_not_tell_charlie_of_the_other_side(desk: Desk, make: Make) -> None:
    secret, plain = make(desk), desk.open(title="Everybody may read this")
    desk.tickets.link(desk.dana, plain.id, secret.key, "related")
    seen = desk.tickets.lists.detail(desk.charlie, plain.id)
    assert (seen.links, seen.merged) == ((), ())
    assert len(desk.tickets.lists.detail(desk.dana, plain.id).links) == 1


@pytest.mark.parametrize("make", SECRETS)
def test_charlie_hears_nothing_even_if_charlie_once_watched(desk: Desk, make: Make) -> None:
    ticket = make(desk)
    store = TicketStore(desk.portal.statements)
    row = {"id": "w", "ticket_id": ticket.id, "person": "charlie@example.org", "watches": True, "reason": "asked"}
    store.add_watchers([{**row, "at": desk.portal.clock()}])
    desk.tickets.talk.comment(desk.dana, ticket.id, "@charlie look at this")
    notices = [n for n in desk.portal.outbox.pending(LONG_AGO) if n.object_id == ticket.id]
    assert len(notices) > 1
    assert all("charlie@example.org" not in notice.recipients for notice in notices)


def test_an_internal_note_stays_with_the_team(desk: Desk) -> None:
    ticket = desk.open()
    desk.tickets.talk.watch(desk.charlie, ticket.id, True)
    note = desk.tickets.talk.comment(desk.dana, ticket.id, "The vendor is at fault @charlie @alice", internal=True)
    told = next(n for n in desk.portal.outbox.pending(LONG_AGO) if n.id == note.id)
    assert (told.audience, told.recipients) == ("staff", ("alice@example.org",))
    for outsider in (desk.charlie, desk.bob):
        assert desk.tickets.lists.detail(outsider, ticket.id).comments == ()
    assert len(desk.tickets.lists.detail(desk.alice, ticket.id).comments) == 1
    assert desk.now(ticket).tally.comments == 0


def test_events_that_only_the_trail_needs_are_for_staff(desk: Desk) -> None:
    ticket = desk.open()
    desk.move(desk.dana, ticket, "share", sensitive=True, readers=["charlie@example.org"])
    actions = [event.action for event in desk.tickets.lists.detail(desk.charlie, ticket.id).events]
    assert actions == ["ticket:open"]
    assert len(desk.tickets.lists.detail(desk.dana, ticket.id).events) == 2


def test_the_owner_of_another_platform_is_an_outsider_too(desk: Desk) -> None:
    ticket = of_members(desk)
    with pytest.raises(PortalError):
        desk.tickets.lists.detail(desk.alice, ticket.id)


names = some.sampled_from(["bob@example.org", "charlie@example.org", "group:finance", "owners:sales"])
heads = some.fixed_dictionaries(
    {
        "platform_id": some.sampled_from([None, "sales", "payroll", "gone"]), "restricted": some.booleans(),
        "hidden": some.booleans(), "readers": some.lists(names, max_size=3, unique=True),
    }
)  # fmt: skip
viewers = some.builds(
    Viewer, person=names, everything=some.booleans(), members_of=some.frozensets(some.just("payroll")),
    principals=some.frozensets(names), staff_everywhere=some.booleans(),
    staff_on=some.frozensets(some.sampled_from(["sales", "payroll"])),
)  # fmt: skip


def test_the_statements_and_the_rule_agree(desk: Desk, portal: Portal) -> None:
    """The same tickets, asked for by SQL and by Python, for any viewer."""
    store, base = TicketStore(portal.statements), desk.open()
    columns = {"id": base.id}

    @settings(max_examples=25, suppress_health_check=list(HealthCheck))
    @given(some.lists(heads, min_size=1, max_size=8), some.lists(viewers, min_size=1, max_size=4))
    def agree(wanted: list[dict[str, Any]], people: list[Viewer]) -> None:
        portal.engine.execute("DELETE FROM tickets")
        tickets = []
        for number, head in enumerate(wanted):
            id_ = columns["id"][:-2] + f"{number:02}"
            own = {**head, "readers": tuple(head["readers"])}
            tickets.append(replace(base, id=id_, key=f"INC-{number}", title=f"T{number}", **own))
        for ticket in tickets:
            assert store.add(ticket)
        for viewer in people:
            stored = [store.find(ticket.id) for ticket in tickets]
            expected = {ticket.id for ticket in stored if ticket and viewer.sees(ticket)}
            rows = store.page(viewer, Query(), portal.clock(), 100)
            assert {ticket.id for ticket in rows} == expected
            since = portal.clock() - timedelta(days=7)
            states = [s.name for kind in KINDS.values() for s in kind.workflow.states]
            counted = store.count(viewer, None, states, since, portal.clock())
            assert sum(row["tickets"] for row in counted) == len(expected)

    agree()
