"""What people add to a ticket: comments, votes, watching. None of it changes the ticket, so nothing collides."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

from data.errors import Conflict, Forbidden, Invalid, NotFound, Reused
from data.notifications.model import Audience
from data.people.model import Actor
from data.people.permissions import Permission, require
from data.people.service import PeopleService
from data.settings import Settings
from data.tickets.aftermath import REPAIRED, Aftermath
from data.tickets.answers import Question, checked
from data.tickets.followers import Followers, may_hear
from data.tickets.ids import new_id
from data.tickets.kinds import kind_of
from data.tickets.limits import Limits
from data.tickets.model import COMMENT_MOST, NOTE_MOST, Comment, Right, Ticket
from data.tickets.rights import rights_of
from data.tickets.rows import newest
from data.tickets.store import TicketStore
from data.tickets.visibility import viewer_of

SILENT_EDIT = timedelta(minutes=15)
"""Later edits are marked."""
DELETE_WITHIN = timedelta(minutes=10)
TEXT = Question("text", "Comment", most=COMMENT_MOST)
IMPACT = Question("note", "What it means for you", "line", required=False, most=200)
FASTER = "Somebody was faster: this comment has changed meanwhile. What you wrote stays here."
WHY = Question("reason", "Reason", "line", most=NOTE_MOST)
_ID = re.compile(r"[\w-]{1,64}", re.ASCII)
"""Without the colon of events, which share the outbox."""
_MENTION = re.compile(r"(?<![\w.@])@([\w.+-]+(?:@[\w-]+(?:\.[\w-]+)+)?)")
Seen = Callable[[Actor, str], Ticket]


class Talk:
    def __init__(
        self, store: TicketStore, aftermath: Aftermath, people: PeopleService, limits: Limits, seen: Seen,
        answered: Callable[[Ticket, Comment], None], clock: Callable[[], datetime], settings: Settings,
    ) -> None:  # fmt: skip
        self._store = store
        self._aftermath = aftermath
        self._people = people
        self._limits = limits
        self._seen = seen
        self._answered = answered
        self._clock = clock
        self._settings = settings

    def comment(
        self, actor: Actor, ticket_id: str, text: str, internal: bool = False, id: str | None = None
    ) -> Comment:
        """Give an `id` that a retry would give again, and the retry adds nothing."""
        require(actor, Permission.tickets_comment_add)
        if id is not None and not _ID.fullmatch(id):
            raise Invalid("This comment has no valid id. Please send it again.")
        ticket = self._seen(actor, ticket_id)
        rights = rights_of(actor, ticket)
        self._must_take_comments(ticket, internal, rights)
        body = checked((TEXT,), {"text": text})["text"]
        self._limits.count(actor, "comment", ticket.platform_id)
        at = self._clock()
        comment = Comment(
            id=id or new_id(at), ticket_id=ticket.id, body=body, author=actor.email, internal=internal,
            by_staff=Right.staff in rights and Right.requester not in rights, state="shown", reason=None, version=1,
            created_at=at, updated_at=at, updated_by=actor.email,
        )  # fmt: skip
        if not self._store.add_comment(comment, ticket.platform_id):
            comment = self._said(ticket, comment)
        self._follow(ticket, comment)
        return comment

    def _said(self, ticket: Ticket, again: Comment) -> Comment:
        """What was sent before under this id. Raises Conflict where that was something else."""
        known = next(c for c in self._store.comments(ticket.id, internal=True) if c.id == again.id)
        if (known.author, known.body, known.internal) != (again.author, again.body, again.internal):
            raise Reused(
                "Something else was sent before with this id. Please send it again; what you wrote stays here."
            )
        return known

    def followers(self, tickets: Iterable[Ticket]) -> Followers:
        """Who hears of changes around these tickets, for areas that build on them."""
        return Followers(self._store, self._people, self._clock, self._settings, tickets)

    def complete(self) -> int:
        """Do what a killed process left out after it wrote; how many things."""
        since = self._clock() - REPAIRED
        untold = self._store.untold(since)
        tickets = self._store.heads({ticket_id for ticket_id, _ in untold})
        for ticket_id, comment_id in untold:
            if ticket := tickets.get(ticket_id):
                written = self._store.comments(ticket_id, internal=True)
                self._follow(ticket, next(c for c in written if c.id == comment_id))
        if uncounted := self._store.uncounted(since):
            self._store.tally(uncounted, self._clock())
        return len(untold) + sum(uncounted.values())

    def _follow(self, ticket: Ticket, comment: Comment) -> None:
        """What a comment brings with it. The notice comes last: by it `complete` knows that all is done."""
        self._answered(ticket, comment)
        self._aftermath.of_comment(ticket, comment, self._mentioned(comment, ticket))

    def edit(self, actor: Actor, ticket_id: str, comment_id: str, version: int, text: str) -> Comment:
        """By its author, until staff has replied to it; staff may edit theirs at any time."""
        ticket, before, later = self._written(actor, ticket_id, comment_id, version)
        if actor.email != before.author:
            raise Forbidden("Only its author can edit a comment.")
        if any(other.by_staff and not other.internal for other in later) and not before.by_staff:
            raise Conflict("The team has replied to this already, so it stays as it is. Please add a new comment.")
        self._must_take_comments(ticket, before.internal, rights_of(actor, ticket))
        body = checked((TEXT,), {"text": text})["text"]
        late = self._clock() - before.created_at > SILENT_EDIT
        return self._next(ticket, replace(before, body=body, edited=before.edited or late), actor)

    def remove(self, actor: Actor, ticket_id: str, comment_id: str, version: int, reason: str | None = None) -> Comment:
        """By its author at first; later only an owner hides it, with a reason. A mark stays in its place."""
        ticket, before, _ = self._written(actor, ticket_id, comment_id, version)
        if actor.email == before.author and self._clock() - before.created_at <= DELETE_WITHIN:
            return self._next(ticket, replace(before, state="deleted"), actor)
        if Right.lead not in rights_of(actor, ticket):
            raise Forbidden("After ten minutes only an owner of the platform can hide a comment. Please ask one.")
        why = checked((WHY,), {"reason": reason})["reason"]
        return self._next(ticket, replace(before, state="hidden", reason=why), actor)

    def history(self, actor: Actor, ticket_id: str, comment_id: str) -> tuple[Comment, ...]:
        """Every version, oldest first; for staff."""
        ticket = self._seen(actor, ticket_id)
        require(actor, Permission.tickets_ticket_work, ticket.platform_id)
        return tuple(c for c in self._store.comments(ticket.id, internal=True) if c.id == comment_id)

    def vote(self, actor: Actor, ticket_id: str, cast: bool, note: str = "") -> None:
        """One per person, however often it is sent. Frozen when the ticket is closed."""
        require(actor, Permission.tickets_vote_cast)
        ticket = self._seen(actor, ticket_id)
        kind = kind_of(ticket.kind)
        if kind.votes is None:
            raise Invalid(f"{kind.plural} take no votes.")
        if kind.workflow.state(ticket.state).phase == "closed" or ticket.merged_into:
            state = "merged into another" if ticket.merged_into else kind.workflow.state(ticket.state).label
            raise Conflict(f"{ticket.key} is {state}, so its votes stay as they are.")
        said = checked((IMPACT,), {"note": note}).get("note")
        self._limits.count(actor, "vote", ticket.platform_id)
        self.give_vote(ticket, actor.email, cast, said, actor.email)

    def give_vote(
        self, ticket: Ticket, person: str, cast: bool, note: str | None, by: str, first: bool = False
    ) -> None:
        """`first`: the vote that comes with the ticket; given again, it changes nothing."""
        id_, at = (f"{ticket.id}:first", ticket.created_at) if first else (uuid4().hex, self._clock())
        row = {
            "id": id_, "ticket_id": ticket.id, "person": person, "counts": cast, "note": note, "at": at,
            "given_by": by,
        }  # fmt: skip
        self._store.add_vote(row)
        words = kind_of(ticket.kind).votes
        if words and words.follows:
            self._watch_with_vote(ticket, person, cast, id_)
        self._store.tally([ticket.id], self._clock())

    def _watch_with_vote(self, ticket: Ticket, person: str, cast: bool, id_: str) -> None:
        """Whoever watches for another reason goes on, with the vote or without it."""
        watcher, watches = self._store.watchers([ticket.id]).get(person, (None, False))
        if (cast and not watches) or (not cast and watches and watcher and watcher.reason == "vote"):
            self._watch(ticket, person, cast, "vote", id_)

    def watch(self, actor: Actor, ticket_id: str, on: bool) -> None:
        self._watch(self._seen(actor, ticket_id), actor.email, on, "asked", uuid4().hex)

    def _watch(self, ticket: Ticket, person: str, on: bool, reason: str, id_: str) -> None:
        row = {
            "id": id_,
            "ticket_id": ticket.id,
            "person": person,
            "watches": on,
            "reason": reason,
            "at": self._clock(),
        }
        self._store.add_watchers([row])

    def _must_take_comments(self, ticket: Ticket, internal: bool, rights: frozenset[Right]) -> None:
        if internal and Right.staff not in rights:
            raise Forbidden("Internal notes are for the team; write a comment instead.")
        closed = kind_of(ticket.kind).workflow.state(ticket.state).phase == "closed"
        if closed and Right.staff not in rights:
            raise Conflict(f"{ticket.key} is closed. Please open a follow-up; what you wrote stays here.")

    def _written(
        self, actor: Actor, ticket_id: str, comment_id: str, version: int
    ) -> tuple[Ticket, Comment, list[Comment]]:
        """The ticket, the comment, and what was written after it."""
        require(actor, Permission.tickets_comment_add)
        ticket = self._seen(actor, ticket_id)
        staff = viewer_of(actor).is_staff(ticket.platform_id)
        comments = newest(self._store.comments(ticket.id, internal=staff))
        found = next((comment for comment in comments if comment.id == comment_id), None)
        if found is None or found.state != "shown":
            raise NotFound("There is no such comment any more.")
        if found.version != version:
            raise Conflict(FASTER, found.version)
        return ticket, found, [comment for comment in comments if comment.created_at > found.created_at]

    def _next(self, ticket: Ticket, comment: Comment, actor: Actor) -> Comment:
        after = replace(comment, version=comment.version + 1, updated_at=self._clock(), updated_by=actor.email)
        if not self._store.add_comment(after, ticket.platform_id):
            raise Conflict(FASTER)
        self._store.tally([ticket.id], self._clock())
        return after

    def _mentioned(self, comment: Comment, ticket: Ticket) -> frozenset[str]:
        """Of the people whose names the text mentions, those who may read it."""
        names = set(_MENTION.findall(comment.body))
        if not names:
            return frozenset()
        around = {ticket.requester, *filter(None, [ticket.assignee]), *self._store.watchers([ticket.id])}
        followers = self.followers(())
        people = _named(names, followers.known | around) - {comment.author}
        audience: Audience = "staff" if comment.internal else "everybody"
        return frozenset(p for p in people if may_hear(followers.viewer(p), ticket, audience))


def _named(names: Iterable[str], people: Iterable[str]) -> set[str]:
    """By whole address or by the part before the @, where that is nobody else's."""
    known = sorted(people)
    found: set[str] = set()
    for name in {name.lower().rstrip(".") for name in names}:
        fitting = [person for person in known if name in {person, person.partition("@")[0]}]
        found.update(fitting if len(fitting) == 1 else ())
    return found
