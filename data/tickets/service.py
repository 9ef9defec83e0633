"""The tickets area: authorise → plan → write → what follows. Reads are in `lists`, what people add in `talk`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cached_property

from data.audit.service import AuditService
from data.errors import Conflict, Invalid, NotFound, PortalError
from data.files.base import Files
from data.notifications.service import OutboxService
from data.people.model import Actor, Identity
from data.people.service import PeopleService
from data.settings import Settings
from data.statements import Statements
from data.tickets.aftermath import Aftermath
from data.tickets.answers import Refused
from data.tickets.approving import approvals_after, approvals_again, approvals_asked, decided_lately
from data.tickets.filing import Filing
from data.tickets.ids import typed_key
from data.tickets.kinds import kind_of
from data.tickets.knobs import Knobs
from data.tickets.limits import Limits
from data.tickets.lists import Lists
from data.tickets.model import (
    NOTHING,
    Answers,
    Approval,
    Attachment,
    Bulk,
    Comment,
    Draft,
    LinkKind,
    Opened,
    Right,
    Skipped,
    Ticket,
)  # fmt: skip
from data.tickets.opening import Opening, Quote
from data.tickets.resembling import Resembling
from data.tickets.rights import rights_of
from data.tickets.rounds import Rounds
from data.tickets.store import TicketStore
from data.tickets.talk import Talk
from data.tickets.timing import Timing
from data.tickets.views import Views
from data.tickets.visibility import viewer_of
from data.tickets.workflow import Change, Move, faster, overtaken, plan

Versions = Mapping[str, int]
BULK_MOST = 200


class TicketService:
    def __init__(
        self, statements: Statements, audit: AuditService, outbox: OutboxService, people: PeopleService,
        files: Callable[[], Files], clock: Callable[[], datetime], settings: Settings,
    ) -> None:  # fmt: skip
        self._store = TicketStore(statements)
        self._people = people
        self._clock = clock
        self._settings = settings
        self._limits = Limits(clock)
        self._files = files
        self._aftermath = Aftermath(self._store, audit, outbox, people, clock, settings)
        self._audit = audit

    @cached_property
    def lists(self) -> Lists:
        return Lists(self._store, self._audit, self._clock)

    @cached_property
    def talk(self) -> Talk:
        return Talk(
            self._store, self._aftermath, self._people, self._limits, self._seen, self._answered, self._clock,
            self._settings,
        )  # fmt: skip

    @cached_property
    def _opening(self) -> Opening:
        return Opening(self._store, self._aftermath, self._limits, self.talk, self._audit, self._clock)

    @cached_property
    def _filing(self) -> Filing:
        return Filing(self._store, self._files, self._limits, self._seen, self._clock)

    @cached_property
    def views(self) -> Views:
        return Views(self._store, self._clock)

    @cached_property
    def resembling(self) -> Resembling:
        return Resembling(self._store, self._clock)

    def knobs(self) -> Knobs:
        return self._store.knobs()

    # opening

    def open(self, actor: Actor, draft: Draft, files: Sequence[tuple[str, bytes]] = ()) -> Opened:
        """One ticket, however often the same form is sent. Raises Refused (by field), Forbidden, Invalid."""
        accepted = self._filing.accepted(files)
        opened = self._opening.open(actor, draft)
        if opened.ticket.id == draft.id:
            self._filing.keep_all(actor, opened.ticket, accepted)
        return opened

    def quote(self, actor: Actor, draft: Draft) -> Quote:
        """What a request would take: approvers, cost, quota, date. Raises Refused as `open` would."""
        return self._opening.quote(actor, draft)

    # moving

    def move(self, actor: Actor, ticket_id: str, version: int, name: str, answers: Answers = NOTHING) -> Ticket:
        """Raises Conflict when somebody was faster, Refused (by field), Forbidden."""
        ticket = self._seen(actor, ticket_id)
        if ticket.version != version:
            raise overtaken(ticket)
        knobs = self._store.knobs()
        approvals = self._caught_up(ticket, knobs)
        change = self._planned(actor, ticket, approvals, name, answers, knobs)
        steps = approvals_after(change.event, ticket, approvals, actor, knobs)
        if self._store.set([change.ticket]) != 1:
            raise overtaken(self._store.find(ticket.id) or ticket)
        self._store.set_approvals([(ticket, steps)], change.event.at, actor.email)
        self._aftermath.of_changes([(change.ticket, ticket)])
        return change.ticket

    def preview(self, actor: Actor, ids: Sequence[str], name: str) -> Bulk:
        """What a move of many would do, before any question is asked."""
        tickets = self._all_seen(actor, ids)
        skipped = [Skipped(t, why) for t in tickets if (why := self._why_not(actor, t, name))]
        kept = {skip.ticket.id for skip in skipped}
        return Bulk(tuple(t for t in tickets if t.id not in kept), tuple(skipped))

    def move_all(self, actor: Actor, versions: Versions, name: str, answers: Answers = NOTHING) -> Bulk:
        """In one commit; what cannot be moved, or was changed meanwhile, is skipped with the reason."""
        changes: list[tuple[Ticket, Change]] = []
        skipped: list[Skipped] = []
        knobs, tickets = self._store.knobs(), self._all_seen(actor, tuple(versions))
        for ticket in tickets:
            old = ticket.version != versions[ticket.id]
            if why := faster(ticket) if old else self._why_not(actor, ticket, name):
                skipped.append(Skipped(ticket, why))
            else:
                changes.append((ticket, self._planned(actor, ticket, (), name, answers, knobs)))
        at, known = self._clock(), self._approvals(*(ticket for ticket, _ in changes))
        steps = {t.id: approvals_after(change.event, t, known[t.id], actor, knobs) for t, change in changes}
        won = self._won([change for _, change in changes])
        done = [(change.ticket, before) for before, change in changes if change.ticket.id in won]
        self._store.set_approvals(((ticket, steps[ticket.id]) for ticket, _ in done), at, actor.email)
        self._aftermath.of_changes(done)
        lost = [Skipped(before, faster(before)) for before, change in changes if change.ticket.id not in won]
        return Bulk(tuple(ticket for ticket, _ in done), (*skipped, *lost))

    def link(self, actor: Actor, ticket_id: str, other: str, kind: LinkKind) -> None:
        """Staff only; both sides show it."""
        self._link(actor, ticket_id, other, kind, "link", "active")

    def unlink(self, actor: Actor, ticket_id: str, other: str, kind: LinkKind) -> None:
        self._link(actor, ticket_id, other, kind, "unlink", "removed")

    def _link(self, actor: Actor, ticket_id: str, other: str, kind: LinkKind, deed: str, state: str) -> None:
        ticket, to = self._seen(actor, ticket_id), self._named(actor, other)
        if self._filing.link(actor, ticket, to, kind, state):
            told = {"kind": kind, "other": to.id}
            self._audit.record(actor, f"ticket:{deed}", "ticket", ticket.id, ticket.platform_id, new=told)

    # files

    def attach(
        self, actor: Actor, ticket_id: str, name: str, content: bytes, comment_id: str | None = None,
        internal: bool = False,
    ) -> Attachment:  # fmt: skip
        return self._filing.attach(actor, ticket_id, name, content, comment_id, internal)

    def download(self, actor: Actor, ticket_id: str, attachment_id: str) -> tuple[Attachment, bytes]:
        return self._filing.download(actor, ticket_id, attachment_id)

    # the clock's part

    @cached_property
    def rounds(self) -> Rounds:
        return Rounds(self._store, self.open, self.move, self._clock)

    def repair(self) -> int:
        """Complete what a killed process left out; how many things. Whoever runs the jobs calls it first."""
        unrecorded, knobs = self._aftermath.unrecorded(), self._store.knobs()
        for ticket in unrecorded:
            if ticket.version == 1:
                approvals = approvals_asked(ticket, knobs) if ticket.on_hold else ()
                self._opening.follow(ticket, approvals)
            else:
                self._caught_up(ticket, knobs)
                self._aftermath.of_changes([(ticket, None)])
        return len(unrecorded) + self.talk.complete()

    def _caught_up(self, ticket: Ticket, knobs: Knobs) -> tuple[Approval, ...]:
        """The approvals of a ticket, which may have been moved by a decision that they do not know yet."""
        approvals = self._approvals(ticket)[ticket.id]
        event = decided_lately(ticket, approvals)
        if event is None:
            return approvals
        actor = self._people.access().actor(Identity(event.actor, event.actor), self._settings, event.at)
        steps = approvals_again(ticket, approvals, event, actor, knobs)
        self._store.set_approvals([(ticket, steps)], event.at, event.actor)
        return tuple({one.id: one for one in (*approvals, *steps)}.values())

    def _seen(self, actor: Actor, name: str) -> Ticket:
        """By id or key. One that may not be known is answered as one that does not exist."""
        ticket = self._store.find(name) or self._store.find(typed_key(name))
        if ticket is None or not (actor.door == "job" or viewer_of(actor).sees(ticket)):
            raise NotFound(f"There is no ticket {name[:40]} that you can see.")
        return ticket

    def _all_seen(self, actor: Actor, ids: Sequence[str]) -> list[Ticket]:
        """In the order asked for. Raises Invalid for too many, NotFound as for one."""
        if len(ids) > BULK_MOST:
            raise Invalid(f"At most {BULK_MOST} tickets can be changed at once.")
        heads, viewer = self._store.heads(ids), viewer_of(actor)
        if missing := [id_ for id_ in ids if id_ not in heads or not viewer.sees(heads[id_])]:
            raise NotFound(f"{len(missing)} of these tickets are not there any more. Please reload the list.")
        return [heads[id_] for id_ in ids]

    def _named(self, actor: Actor, name: str) -> Ticket:
        try:
            return self._seen(actor, name)
        except NotFound as error:
            raise Invalid(f"{error!s} Please check its id.") from error

    def _approvals(self, *tickets: Ticket) -> Mapping[str, tuple[Approval, ...]]:
        """By ticket; nothing is read where nobody ever approves."""
        asked = [t.id for t in tickets if any(Right.approver in m.who for m in kind_of(t.kind).workflow.moves)]
        known = self._store.approvals(asked) if asked else ()
        return {t.id: tuple(one for one in known if one.ticket_id == t.id) for t in tickets}

    def _planned(
        self, actor: Actor, ticket: Ticket, approvals: tuple[Approval, ...], name: str, answers: Answers, knobs: Knobs
    ) -> Change:
        workflow, rights = kind_of(ticket.kind).workflow, rights_of(actor, ticket, approvals)
        known = self._with_targets(actor, ticket, workflow.move(name), answers)
        return plan(workflow, ticket, name, actor, rights, known, self._clock(), Timing(knobs.sla))

    def _with_targets(self, actor: Actor, ticket: Ticket, move: Move, answers: Answers) -> Answers:
        """Tickets that were named by key become ids. Raises Refused where one cannot be the target."""
        known = dict(answers)
        named = [question.name for question in move.asks if question.shape == "ticket"]
        for name in filter(answers.get, named):
            try:
                known[name] = self._target(ticket, self._seen(actor, str(answers[name]))).id
            except PortalError as error:
                raise Refused({name: str(error)}) from error
        return known

    def _target(self, ticket: Ticket, other: Ticket) -> Ticket:
        """What a ticket may be merged into: one of its kind, on one level only. Raises Invalid."""
        if other.id == ticket.id:
            raise Invalid("A ticket cannot be merged into itself.")
        if other.kind != ticket.kind:
            raise Invalid(f"{other.key} is of another kind; link the two instead.")
        if other.merged_into:
            raise Invalid(f"{other.key} is merged itself; merge into the one it points to.")
        if self._store.merged([ticket.id]):
            raise Invalid(f"Others are merged into {ticket.key}; merge those first.")
        return other

    def _why_not(self, actor: Actor, ticket: Ticket, name: str) -> str | None:
        workflow, rights = kind_of(ticket.kind).workflow, rights_of(actor, ticket)
        try:
            obstacle: PortalError | None = workflow.obstacle(workflow.move(name), ticket, rights)
        except Invalid as unknown:
            obstacle = unknown
        return str(obstacle) if obstacle else None

    def _won(self, changes: Sequence[Change]) -> frozenset[str]:
        """Whose change is the stored one."""
        if not changes:
            return frozenset()
        if self._store.set([change.ticket for change in changes]) == len(changes):
            return frozenset(change.ticket.id for change in changes)
        stored = {change.ticket.id: self._store.find(change.ticket.id) for change in changes}
        return frozenset(c.ticket.id for c in changes if (s := stored[c.ticket.id]) and s.event == c.event)

    def _answered(self, ticket: Ticket, comment: Comment) -> None:
        """A word from the requester ends the wait for it."""
        waits = ticket.hold_reason == "requester" and (ticket.hold_since or comment.created_at) <= comment.created_at
        if not waits or comment.internal or comment.author != ticket.requester:
            return
        try:
            self.move(Actor.job("portal"), ticket.id, ticket.version, "resume")
        except Conflict:
            return  # somebody changed it in this very moment, and has seen the comment
