"""From a form to a ticket: checked by field, prioritised, routed, promised; once, however often it is sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from data.audit.service import AuditService
from data.errors import Invalid, Reused
from data.people.model import Actor
from data.people.permissions import Permission, require
from data.tickets.aftermath import Aftermath
from data.tickets.answers import LINE_MOST, Question, Refused, checked
from data.tickets.approving import approvals_asked, steps_asked
from data.tickets.effects import APPROVAL_HOLD
from data.tickets.ids import KEY_LENGTH, RANDOM_LENGTH, is_id, key_of
from data.tickets.kinds import Kind, kind_of, priority_of
from data.tickets.knobs import Knobs
from data.tickets.limits import Limits
from data.tickets.model import Approval, Draft, Opened, Query, Ticket
from data.tickets.quota import Used, check_quota, month_of
from data.tickets.request_costs import Estimate
from data.tickets.request_forms import Step, Template, answers_of, estimate_of, is_person, title_of
from data.tickets.request_types import template_of
from data.tickets.routing import team_of
from data.tickets.rows import excerpt
from data.tickets.sla import Target
from data.tickets.store import TWINS, TicketStore
from data.tickets.talk import Talk
from data.tickets.timing import Timing, timed
from data.tickets.visibility import Viewer, viewer_of
from data.tickets.workflow import changed

_NO_ID = "This form has no valid id. Please open it again."
EVENTS = 500
"""Of one ticket."""
ASSET = Question("asset", "What is affected", "asset", required=False)


@dataclass(frozen=True, slots=True)
class Quote:
    """What a request would take."""

    steps: tuple[Step, ...]
    estimate: Estimate
    used: Used
    quota_count: int | None
    quota_cost: float
    due_at: datetime | None
    """Counted from now, as if approved at once."""


@dataclass(frozen=True, slots=True)
class _Request:
    """What the template makes of the answers."""

    template: Template
    quote: Quote
    approvals: tuple[Approval, ...]


class Opening:
    def __init__(
        self, store: TicketStore, aftermath: Aftermath, limits: Limits, talk: Talk, audit: AuditService,
        clock: Callable[[], datetime],
    ) -> None:  # fmt: skip
        self._store = store
        self._aftermath = aftermath
        self._limits = limits
        self._talk = talk
        self._audit = audit
        self._clock = clock

    def open(self, actor: Actor, draft: Draft) -> Opened:
        require(actor, Permission.tickets_ticket_open)
        if not is_id(draft.id):
            raise Invalid(_NO_ID)
        if known := self._store.find(draft.id):
            self._must_be_same(known, draft.digest)
            return _again(actor, known)
        kind, knobs = kind_of(draft.kind), self._store.knobs()
        ticket, promise = self._drafted(actor, kind, draft, knobs), None
        approvals: tuple[Approval, ...] = ()
        if kind.from_template:
            request = self._requested(ticket, knobs)
            ticket, approvals = _as_requested(ticket, request), request.approvals
            promise = Target(resolution=request.template.target)
        self._limits.count(actor, "ticket", ticket.platform_id)
        phase, digest = kind.workflow.state(ticket.state).phase, {"digest": draft.digest} if draft.digest else {}
        ticket = timed(ticket, None, phase, Timing(knobs.sla, promise), ticket.created_at)
        opened = self._added(actor, changed("open", None, ticket, digest, actor).ticket, kind)
        if opened.is_new:
            self.follow(opened.ticket, approvals)
        return opened

    def _must_be_same(self, known: Ticket, digest: str | None) -> None:
        """What was sent first is told by the event that opened the ticket. Raises Reused."""
        events = () if digest is None else self._audit.events_of("ticket", known.id, EVENTS)
        by_id = {event.id: event for event in (*events, *filter(None, [known.event]))}
        first = by_id.get(f"{known.id}:1")
        if digest and first and (first.new or {}).get("digest") != digest:
            raise Reused("This was sent before with something else in it. Send it under a key of its own.")

    def quote(self, actor: Actor, draft: Draft) -> Quote:
        kind, knobs = kind_of(draft.kind), self._store.knobs()
        ticket = self._drafted(actor, kind, draft, knobs)
        return self._requested(ticket, knobs).quote

    def _drafted(self, actor: Actor, kind: Kind, draft: Draft, knobs: Knobs) -> Ticket:
        """The ticket as the form says. Raises Refused with all problems at once."""
        platforms, answers = self._store.platforms(), self._answers(kind, draft)
        on_behalf = (draft.requester or "").strip().lower() or actor.email
        if problems := _problems(actor, draft, on_behalf, platforms):
            raise Refused(problems)
        at = self._clock()
        impact, urgency = answers.pop("impact", None), answers.pop("urgency", None)
        ticket = Ticket(
            id=draft.id, key=key_of(kind.prefix, draft.id), kind=kind.name, state=kind.workflow.first,
            title=answers.pop("title"), body=(body := answers.pop("body", "")), excerpt=excerpt(body),
            platform_id=draft.platform_id, asset=answers.pop("asset", None), template=draft.template, fields=answers,
            impact=impact, urgency=urgency, priority=priority_of(impact, urgency) if kind.prioritised else None,
            requester=on_behalf, sensitive=draft.sensitive, restricted=draft.sensitive or kind.private,
            readers=(on_behalf,) if draft.sensitive or kind.private else (), created_at=at, created_by=actor.email,
            updated_at=at, updated_by=actor.email, source=draft.source if actor.door == "job" else "person",
            members_only=bool(draft.platform_id) and platforms[str(draft.platform_id)]["visibility"] != "everyone",
        )  # fmt: skip
        owner = platforms[draft.platform_id]["owner"] if draft.platform_id else None
        return replace(ticket, team=team_of(ticket, knobs.routing, owner))

    def _answers(self, kind: Kind, draft: Draft) -> dict[str, Any]:
        written = {"title": draft.title, "body": draft.body, "asset": draft.asset}
        if not kind.from_template:
            given = {"impact": draft.impact, "urgency": draft.urgency, **draft.fields, **written}
            return checked((kind.title_question, kind.body_question, ASSET, *kind.questions), given)
        template = template_of(draft.template)
        answers = answers_of(template, draft.fields)
        own = checked((kind.body_question, ASSET), written)
        return {**answers, **own, "title": title_of(template, answers)}

    def _requested(self, ticket: Ticket, knobs: Knobs) -> _Request:
        """Raises Refused over quota, or where somebody would approve their own request."""
        template, policy, at = template_of(ticket.template), knobs.requests, ticket.created_at
        calendar, estimate = knobs.sla.calendar, estimate_of(template, ticket.fields, policy)
        used = self._used(ticket, template, month_of(at, calendar)[0])
        check_quota(used, template, estimate, policy, at, calendar)
        priced = replace(ticket, cost=estimate.per_month)
        due_at = calendar.add(at, template.target.total_seconds())
        limits = (template.quota_by(policy), policy.quota_cost_per_month)
        quote = Quote(steps_asked(priced, knobs), estimate, used, *limits, due_at)
        return _Request(template, quote, approvals_asked(priced, knobs))

    def _used(self, ticket: Ticket, template: Template, since: datetime) -> Used:
        workflow = kind_of(ticket.kind).workflow
        gone = [state.name for state in workflow.states if not state.good]
        return Used.of(template, self._store.used_quota(ticket.requester, ticket.kind, since, gone))

    def _added(self, actor: Actor, ticket: Ticket, kind: Kind) -> Opened:
        for length in range(KEY_LENGTH, RANDOM_LENGTH):
            named = replace(ticket, key=key_of(kind.prefix, ticket.id, length))
            if self._store.add(named):
                return Opened(named, is_new=True)
            if known := self._store.find(ticket.id) or self._twin(actor, ticket):
                return _again(actor, known)
        raise Invalid(_NO_ID)

    def _twin(self, actor: Actor, ticket: Ticket) -> Ticket | None:
        query = Query(kind=ticket.kind, requester=ticket.requester, sort="created")
        rows = self._store.page(viewer_of(actor), query, ticket.created_at, 20)
        mark = (ticket.title.lower(), ticket.created_by, ticket.source, None)
        alike = (t for t in rows if (t.title.lower(), t.created_by, t.source, t.stopped_at) == mark)
        return next((t for t in alike if ticket.created_at - t.created_at < TWINS), None)

    def follow(self, ticket: Ticket, approvals: tuple[Approval, ...]) -> None:
        """What a new ticket brings with it; may be done again."""
        self._store.set_approvals([(ticket, approvals)], ticket.created_at, ticket.created_by)
        if kind_of(ticket.kind).own_vote:
            self._talk.give_vote(ticket, ticket.requester, True, None, ticket.created_by, first=True)
        self._aftermath.of_changes([(ticket, None)])


def _again(actor: Actor, known: Ticket) -> Opened:
    """Raises Invalid for a ticket of somebody else: an id that was seen somewhere opens nothing."""
    if known.created_by != actor.email:
        raise Invalid(_NO_ID)
    return Opened(known, is_new=False)


def _as_requested(ticket: Ticket, request: _Request) -> Ticket:
    """In the state in which its template puts it, known to those who approve."""
    approvals, template = request.approvals, request.template
    fields = {**ticket.fields, "steps_left": len(approvals)}
    readers = (*ticket.readers, *(approval.approver for approval in approvals))
    after = replace(ticket, fields=fields, readers=readers, cost=request.quote.estimate.per_month)
    if approvals:
        return replace(after, state="awaiting_approval", hold_since=ticket.created_at, hold_reason=APPROVAL_HOLD)
    return after if template.staff_decide else replace(after, state="approved")


def _problems(actor: Actor, draft: Draft, on_behalf: str, platforms: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    problems = {}
    if draft.platform_id is not None and not _may_choose(platforms.get(draft.platform_id), viewer_of(actor)):
        problems["platform_id"] = "What is affected: please choose a platform from the list."
    if on_behalf == actor.email:
        return problems
    if not actor.may(Permission.tickets_ticket_work, draft.platform_id):
        problems["requester"] = "Only the team can open a ticket for somebody else."
    elif not is_person(on_behalf) or len(on_behalf) > LINE_MOST:
        problems["requester"] = "For whom: please write one e-mail address."
    return problems


def _may_choose(platform: Mapping[str, Any] | None, viewer: Viewer) -> bool:
    if platform is None:
        return False
    return platform["visibility"] == "everyone" or viewer.everything or platform["id"] in viewer.members_of
