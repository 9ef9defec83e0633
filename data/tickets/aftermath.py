"""What follows from a change: watchers, approvals, links, counts, what people are told, and last the trail.

Each part is recognised by its id, so that it can be done again. The trail comes last: what it holds is complete, and
what it lacks (somebody was killed in between) is done again by `repair`, from the event that the head row keeps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from data.audit.model import AuditEvent
from data.audit.service import AuditService
from data.notifications.model import Audience, Notice
from data.notifications.service import OutboxService
from data.people.model import Identity
from data.people.service import PeopleService
from data.settings import Settings
from data.statements import Row
from data.tickets.kinds import kind_of
from data.tickets.model import Comment, Ticket
from data.tickets.store import TicketStore
from data.tickets.visibility import viewer_of

REPAIRED = timedelta(days=7)
OPENED = "ticket:open"


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

    def of_changes(self, changes: Iterable[tuple[Ticket, AuditEvent | None]]) -> None:
        """Tickets as they are now, each with the event before its own: the next writer overwrites it in the head."""
        listed = list(changes)
        self._store.add_watchers(row for ticket, _ in listed for row in watching(ticket))
        for ticket, _ in listed:
            self._bind(ticket)
        self._outbox.add(notice for ticket, _ in listed if (notice := self._notice(ticket)))
        events = {event.id: event for ticket, before in listed for event in (before, ticket.event) if event}
        self._audit.add(events.values())

    def of_comment(self, ticket: Ticket, comment: Comment, mentioned: Iterable[str] = ()) -> None:
        at, reasons = comment.created_at, {comment.author: "comment", **dict.fromkeys(mentioned, "mention")}
        self._store.add_watchers(
            _watching(f"{comment.id}:{person}", ticket.id, person, why, at) for person, why in reasons.items()
        )
        self._store.tally([ticket.id], self._clock())
        told = {"comment": comment.id, "title": ticket.title, "key": ticket.key, "mentioned": sorted(mentioned)}
        audience: Audience = "staff" if comment.internal else "everybody"
        recipients = self._recipients(ticket, comment.author, audience, states_only=False)
        self._outbox.add(
            [_notice(ticket, comment.id, at, "ticket:comment", comment.author, audience, recipients, told)]
        )

    def repair(self) -> int:
        """Do again what a killed process left out, of the last days; how many things."""
        since = self._clock() - REPAIRED
        unrecorded = [ticket for id_ in self._store.unrecorded(since) if (ticket := self._store.find(id_))]
        self.of_changes((ticket, None) for ticket in unrecorded)
        untold = self._store.untold(since)
        for ticket_id, comment_id in untold:
            if ticket := self._store.find(ticket_id):
                written = self._store.comments(ticket_id, internal=True)
                self.of_comment(ticket, next(c for c in written if c.id == comment_id))
        uncounted = self._store.uncounted(since)
        if uncounted:
            self._store.tally(uncounted, self._clock())
        return len(unrecorded) + len(untold) + len(uncounted)

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

    def _notice(self, ticket: Ticket) -> Notice | None:
        event = ticket.event
        assert event is not None, "a stored ticket keeps its event"
        name = event.action.removeprefix("ticket:")
        quiet = any(move.quiet for move in kind_of(ticket.kind).workflow.moves if move.name == name)
        audience: Audience = "staff" if ticket.hidden or quiet else "everybody"
        recipients = () if quiet else self._recipients(ticket, event.actor, audience, states_only=True)
        told = {
            "title": ticket.title,
            "key": ticket.key,
            "state": ticket.state,
            "team": ticket.team,
            "note": event.reason,
        }
        return _notice(ticket, event.id, event.at, event.action, event.actor, audience, recipients, told)

    def _recipients(self, ticket: Ticket, actor: str, audience: Audience, states_only: bool) -> tuple[str, ...]:
        """Who watches and may see it, without the actor. Voters hear of states only; a merge is heard on both sides."""
        ids = [row["id"] for row in self._store.merged([ticket.id, *filter(None, [ticket.merged_into])])] or [ticket.id]
        wishes = self._store.watchers(ids)
        voters = {vote.person for vote in self._store.votes(ids)} if states_only else set()
        people = {person for person, (_, watches) in wishes.items() if watches}
        people |= {voter for voter in voters if voter not in wishes} | {*filter(None, [ticket.assignee])}
        access, at = self._people.access(), self._clock()
        viewers = ((p, viewer_of(access.actor(Identity(p, p), self._settings, at))) for p in people - {actor})
        wanted = [
            p for p, v in viewers if v.sees(ticket) and (audience == "everybody" or v.is_staff(ticket.platform_id))
        ]
        return tuple(sorted(wanted))


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
