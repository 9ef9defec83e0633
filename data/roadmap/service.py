"""The roadmap area: authorise → plan → write → tell → trail. Everybody reads; owners of a platform curate its part."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from data.audit.model import AuditEvent
from data.audit.service import AuditService
from data.errors import Conflict, Invalid, NotFound, PortalError, Reused
from data.notifications.model import Notice
from data.notifications.service import OutboxService
from data.people.model import Actor
from data.people.permissions import Permission, require
from data.roadmap.model import Entry, Item, Link
from data.roadmap.rules import MOVES, added, checked_fields, drifts, edited, facts_of, plan
from data.roadmap.store import RoadmapStore
from data.statements import Statements
from data.tickets.answers import Refused
from data.tickets.ids import is_id, typed_key
from data.tickets.kinds import kind_of
from data.tickets.model import NOTHING, Answers, Ticket
from data.tickets.service import TicketService
from data.tickets.visibility import Viewer, viewer_of

CURATE = Permission.roadmap_item_curate
REPAIRED = timedelta(days=7)
EVENTS = 100
ANYBODY = viewer_of(Actor.job("portal"))
TOLD = {f"roadmap:{move.name}": move for move in MOVES if move.told}


class RoadmapService:
    def __init__(
        self, statements: Statements, audit: AuditService, outbox: OutboxService, tickets: TicketService,
        clock: Callable[[], datetime], zone: ZoneInfo,
    ) -> None:  # fmt: skip
        self._store = RoadmapStore(statements)
        self._audit = audit
        self._outbox = outbox
        self._tickets = tickets
        self._clock = clock
        self._zone = zone

    # reading

    def board(self, viewer: Viewer) -> tuple[Entry, ...]:
        """All that the viewer may see; drafts and what is retired are for the staff of their platform."""
        return self._entries(viewer, [item for item in self._store.items() if viewer.sees(item)])

    def entry(self, actor: Actor, id_: str) -> Entry:
        """Raises NotFound, alike for what does not exist and what may not be known."""
        return self._entries(viewer_of(actor), [self._seen(actor, id_)])[0]

    def history(self, actor: Actor, id_: str) -> tuple[AuditEvent, ...]:
        """Newest first."""
        item = self._seen(actor, id_)
        events = self._audit.events_of("roadmap_item", item.id, EVENTS)
        known = {event.id: event for event in (*events, *filter(None, [item.event]))}
        return tuple(sorted(known.values(), key=lambda event: (event.at, event.id), reverse=True))

    # curating

    def add(self, actor: Actor, id_: str, answers: Answers) -> Item:
        """A draft; once, however often the same form is sent. Raises Refused (by field), Forbidden."""
        if not is_id(id_):
            raise Invalid("This form has no valid id. Please open it again.")
        given = self._accepted(actor, answers)
        item = added(id_, actor, given, self._clock())
        if not self._store.add([item]):
            return _sent_before(self._seen(actor, id_), item)
        self._follow(item)
        return self._seen(actor, id_)

    def edit(self, actor: Actor, id_: str, version: int, answers: Answers) -> Item:
        """Raises Conflict when somebody was faster, Refused (by field), Forbidden."""
        item = self._curated(actor, id_)
        given = self._accepted(actor, answers)
        return self._write(item, edited(_at(item, version), actor, given, self._clock()))

    def move(self, actor: Actor, id_: str, version: int, name: str, answers: Answers = NOTHING) -> Item:
        """Raises Conflict when somebody was faster, Refused (by field), Forbidden."""
        item = self._curated(actor, id_)
        return self._write(item, plan(_at(item, version), name, actor, answers, self._clock()))

    def link(self, actor: Actor, id_: str, ticket: str) -> None:
        """An improvement by id or key. Raises Invalid for what is none, or none that the actor can see."""
        self._link(actor, id_, ticket, "link")

    def unlink(self, actor: Actor, id_: str, ticket: str) -> None:
        self._link(actor, id_, ticket, "unlink")

    def repair(self) -> int:
        """Complete what a killed process left out after it wrote; how many things."""
        ids = self._store.unrecorded(self._clock() - REPAIRED)
        for item in filter(None, map(self._store.find, ids)):
            self._follow(item)
        return len(ids)

    # how

    def _entries(self, viewer: Viewer, items: Iterable[Item]) -> tuple[Entry, ...]:
        listed = {item.id: item for item in items}
        links = [link for link in self._store.links() if link.state == "active" and link.item_id in listed]
        wanted = {link.ticket_id for link in links}
        tickets = {ticket.id: ticket for ticket in self._tickets.lists.of_ids(ANYBODY, wanted)}
        visible = {id_: ticket for id_, ticket in tickets.items() if viewer.sees(ticket)}
        every, seen = _of_items(links, tickets), _of_items(links, visible)
        votes = self._store.voters(visible)
        now = self._clock().astimezone(self._zone)
        return tuple(
            Entry(item, _by_votes(seen.get(id_, ())), votes.get(id_, 0), drifts(item, every.get(id_, ()), now))
            for id_, item in listed.items()
        )

    def _seen(self, actor: Actor, id_: str) -> Item:
        item = self._store.find(id_)
        if item is None or not viewer_of(actor).sees(item):
            raise NotFound("There is no such item on the roadmap that you can see. It may have been retired.")
        return item

    def _curated(self, actor: Actor, id_: str) -> Item:
        item = self._seen(actor, id_)
        require(actor, CURATE, item.platform_id)
        return item

    def _accepted(self, actor: Actor, answers: Answers) -> Mapping[str, object]:
        """The fields, on a platform that is the actor's to curate. Raises Refused, Forbidden."""
        given = checked_fields(answers)
        platform = given["platform_id"]
        require(actor, CURATE, platform)
        if platform is not None and not self._store.has_platform(platform):
            raise Refused({"platform_id": f"Platform: there is none named {platform[:40]}."})
        return given

    def _write(self, before: Item, after: Item) -> Item:
        if not self._store.set(after):
            raise overtaken(self._store.find(after.id) or before)
        moved = before.platform_id != after.platform_id
        known = (self._store.find(after.id) or after) if moved else after
        self._follow(replace(after, members_only=known.members_only), before)
        return replace(after, members_only=known.members_only)

    def _follow(self, item: Item, before: Item | None = None) -> None:
        """What follows from a change, each part once by its id; the trail comes last: what it has is complete."""
        assert item.event is not None, "a stored item keeps its event"
        move = TOLD.get(item.event.action)
        if move is not None and not item.hidden:
            self._outbox.add([self._notice(item, item.event)])
        self._audit.add(filter(None, [before.event if before else None, item.event]))

    def _notice(self, item: Item, event: AuditEvent) -> Notice:
        """To those who vote for or watch what it is made of, and may see the item."""
        ids = [link.ticket_id for link in self._store.links(item.id) if link.state == "active"]
        requests = self._tickets.lists.of_ids(ANYBODY, ids)
        followers = self._tickets.talk.followers(requests)
        people = {person for t in requests for person in followers.of(t, event.actor, "everybody", states=True)}
        told = {
            "title": item.title, "label": item.horizon.capitalize(), "horizon": item.horizon, "quarter": item.quarter,
            "note": event.reason, "kind": "improvements", "path": f"roadmap?id={item.id}",
            "deed": TOLD[event.action].past,
        }  # fmt: skip
        return Notice(
            id=event.id, at=event.at, topic=event.action, object_type="roadmap_item", object_id=item.id,
            platform_id=item.platform_id, actor=event.actor, audience="everybody",
            recipients=tuple(sorted(p for p in people if followers.viewer(p).sees(item))), payload=told,
        )  # fmt: skip

    def _link(self, actor: Actor, id_: str, name: str, deed: str) -> None:
        item = self._curated(actor, id_)
        ticket = self._improvement(actor, name)
        known = {link.ticket_id: link for link in self._store.links(item.id)}
        link, on = known.get(ticket.id) or Link(item.id, ticket.id, "removed", 0), deed == "link"
        if (link.state == "active") is on:
            return
        after = replace(link, state="active" if on else "removed", version=link.version + 1)
        if self._store.set_links([(item, after)], self._clock(), actor.email) != 1:
            raise Conflict("Somebody was faster: the links of this item have changed meanwhile. Please look again.")
        told, event_id = {"improvement": ticket.key}, f"{item.id}:{ticket.id}:{after.version}"
        old, new = ({}, told) if on else (told, {})
        self._audit.record(
            actor, f"roadmap:{deed}", "roadmap_item", item.id, item.platform_id, old, new, id=event_id
        )  # fmt: skip

    def _improvement(self, actor: Actor, name: str) -> Ticket:
        try:
            ticket = self._tickets.lists.detail(actor, typed_key(name)).ticket
        except PortalError as error:
            raise Invalid(f"There is no improvement {name[:40]} that you can see. Please check its id.") from error
        if not kind_of(ticket.kind).own_vote:
            raise Invalid(f"{ticket.key} is no improvement; only what people vote for stands behind the roadmap.")
        return ticket


def _of_items(links: Iterable[Link], tickets: Mapping[str, Ticket]) -> Mapping[str, list[Ticket]]:
    found: defaultdict[str, list[Ticket]] = defaultdict(list)
    for link in links:
        if ticket := tickets.get(link.ticket_id):
            found[link.item_id].append(ticket)
    return found


def _by_votes(requests: Iterable[Ticket]) -> tuple[Ticket, ...]:
    return tuple(sorted(requests, key=lambda ticket: (-ticket.tally.votes, ticket.key)))


def _sent_before(known: Item, again: Item) -> Item:
    """Raises Reused where it was another one; what has been changed since is not compared any more."""
    if known.version == 1 and facts_of(known) != facts_of(again):
        raise Reused("This was sent before with something else in it. Send it under a key of its own.")
    return known


def _at(item: Item, version: int) -> Item:
    if item.version != version:
        raise overtaken(item)
    return item


def faster(item: Item) -> str:
    """`item` as it is now."""
    who = item.updated_by.partition("@")[0]
    return f"Somebody was faster: {who} has changed this item meanwhile. What you wrote stays here."


def overtaken(item: Item) -> Conflict:
    """`item` as it is now."""
    return Conflict(faster(item), item.version)
