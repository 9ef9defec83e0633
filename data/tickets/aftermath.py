"""What follows from a change: watchers, approvals, links, counts, what people are told, and last the trail.

Each part is recognised by its id, so that it can be done again. The trail comes last: what it holds is complete, and
what it lacks (somebody was killed in between) is done again by `repair`, from the event that the head row keeps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from data.audit.service import AuditService
from data.notifications.model import Audience, Notice
from data.notifications.service import OutboxService
from data.people.service import PeopleService
from data.settings import Settings
from data.statements import Row
from data.tickets.followers import Followers
from data.tickets.kinds import kind_of
from data.tickets.model import Comment, Ticket
from data.tickets.store import TicketStore

REPAIRED = timedelta(days=7)
OPENED, OPENED_IT = "ticket:open", "opened it"


class Aftermath:
    def __init__(
        self, store: TicketStore, audit: AuditService, outbox: OutboxService, people: PeopleService,
        clock: Callable[[], datetime], settings: Settings,
    ) -> None:  # fmt: skip
        self._store = store
        self._audit = audit
        self._outbox = outbox
        self._people = people
        self._clock = clock
        self._settings = settings

    def of_changes(self, changes: Iterable[tuple[Ticket, Ticket | None]]) -> None:
        """Tickets as they are now, each with what it was before: the event of that is overwritten in the head."""
        listed = list(changes)
        if not listed:
            return
        tickets = [ticket for ticket, _ in listed]
        overwritten = [before for _, before in listed if before and before.event]
        self._store.add_watchers(row for ticket in tickets for row in watching(ticket))
        for ticket in tickets:
            self._bind(ticket)
        followers = self._followers(tickets)
        lately = [before for before in overwritten if before.updated_at >= self._clock() - REPAIRED]
        self._outbox.add(_of_change(ticket, followers) for ticket in (*lately, *tickets))
        self._audit.add({t.event.id: t.event for t in (*overwritten, *tickets) if t.event}.values())

    def of_comment(self, ticket: Ticket, comment: Comment, mentioned: Iterable[str] = ()) -> None:
        at, reasons = comment.created_at, {comment.author: "comment", **dict.fromkeys(mentioned, "mention")}
        self._store.add_watchers(
            _watching(f"{comment.id}:{person}", ticket.id, person, why, at) for person, why in reasons.items()
        )
        self._store.tally([ticket.id], self._clock())
        audience: Audience = "staff" if comment.internal else "everybody"
        recipients = self._followers([ticket]).of(ticket, comment.author, audience, states=False)
        told = _shown(ticket) | {"comment": comment.id, "mentioned": sorted(mentioned), "deed": "wrote a comment"}
        self._outbox.add(
            [_notice(ticket, comment.id, at, "ticket:comment", comment.author, audience, recipients, told)]
        )

    def unrecorded(self) -> list[Ticket]:
        """Whose last change the trail does not know, of the last days."""
        ids = self._store.unrecorded(self._clock() - REPAIRED)
        return list(self._store.heads(ids).values())

    def _followers(self, tickets: Iterable[Ticket]) -> Followers:
        return Followers(self._store, self._people, self._clock, self._settings, tickets)

    def _bind(self, ticket: Ticket) -> None:
        """A merge is a link and a count on both sides; undone, it leaves neither."""
        event = ticket.event
        old, new = dict(event.old or {}) if event else {}, dict(event.new or {}) if event else {}
        if event is None or "merged_into" not in new or old.get("merged_into") == new["merged_into"]:
            return
        sides = {"active": new["merged_into"], "removed": old.get("merged_into")}
        for state, other_id in sides.items():
            if other_id and (other := self._store.find(other_id)):
                self._store.set_link("duplicate", ticket, other, state, event.at, event.actor)
                self._store.tally([other.id, ticket.id], self._clock())


def _of_change(ticket: Ticket, followers: Followers) -> Notice:
    event = ticket.event
    assert event is not None, "a stored ticket keeps its event"
    name = event.action.removeprefix("ticket:")
    move = next((move for move in kind_of(ticket.kind).workflow.moves if move.name == name), None)
    quiet = move is not None and move.quiet
    audience: Audience = "staff" if ticket.hidden or quiet else "everybody"
    recipients = () if quiet else followers.of(ticket, event.actor, audience, states=True)
    told = _shown(ticket) | {
        "state": ticket.state,
        "team": ticket.team,
        "note": event.reason,
        "deed": move.past if move else OPENED_IT,
    }
    return _notice(ticket, event.id, event.at, event.action, event.actor, audience, recipients, told)


def _shown(ticket: Ticket) -> Row:
    """What every card of the ticket says."""
    kind = kind_of(ticket.kind)
    path, label = f"{kind.path}?id={ticket.key}", kind.workflow.state(ticket.state).label
    return {"title": ticket.title, "key": ticket.key, "kind": kind.path, "path": path, "label": label}


def watching(ticket: Ticket) -> list[Row]:
    """Who begins to watch because of the ticket's last change."""
    event = ticket.event
    if event is None:
        return []
    new = dict(event.new or {})
    reasons: dict[str, str] = {person: "named" for person in new.get("readers") or () if "@" in person}
    if new.get("assignee"):
        reasons[str(new["assignee"])] = "assignee"
    if event.action == OPENED and ticket.source == "person":
        reasons[ticket.requester] = "requester"
    return [_watching(f"{event.id}:{person}", ticket.id, person, why, event.at) for person, why in reasons.items()]


def _watching(id_: str, ticket_id: str, person: str, reason: str, at: datetime) -> Row:
    return {"id": id_, "ticket_id": ticket_id, "person": person, "watches": True, "reason": reason, "at": at}


def _notice(
    ticket: Ticket, id_: str, at: datetime, topic: str, actor: str, audience: Audience, recipients: tuple[str, ...],
    payload: Row,
) -> Notice:  # fmt: skip
    return Notice(
        id=id_, at=at, topic=topic, object_type="ticket", object_id=ticket.id, platform_id=ticket.platform_id,
        actor=actor, audience=audience, recipients=recipients, payload=payload,
    )  # fmt: skip
