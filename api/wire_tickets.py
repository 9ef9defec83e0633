"""Tickets on the wire, whatever their kind."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import Field

from api.wire import Wire
from data.audit.model import AuditEvent
from data.tickets.answers import Question
from data.tickets.kinds import kind_of
from data.tickets.model import Detail, Ticket
from data.tickets.request_types import TEMPLATES
from data.tickets.workflow import Move


class TicketHead(Wire):
    key: str = Field(examples=["INC-7K2QF"])
    id: str
    version: int = Field(description="For If-Match.")
    state: str
    title: str
    excerpt: str
    platform_id: str | None
    asset: str | None
    template: str | None
    fields: dict[str, Any]
    impact: str | None
    urgency: str | None
    priority: int | None = Field(description="1 is the highest.")
    requester: str
    assignee: str | None
    team: str | None
    hold_reason: str | None
    hold_until: datetime | None
    on_hold: bool
    reason: str | None = Field(description="Why it ended as it did.")
    response_due_at: datetime | None
    due_at: datetime | None
    first_response_at: datetime | None
    stopped_at: datetime | None
    breached: bool
    next_update_at: datetime | None
    reopened: int
    sensitive: bool
    source: str = Field(description="`person`, or `check:<id>` for what the portal opened itself.")
    cost: float | None
    work_item: str | None
    votes: int
    comments: int
    created_at: datetime
    updated_at: datetime
    updated_by: str
    active_at: datetime = Field(description="When something last happened.")

    @classmethod
    def of(cls, ticket: Ticket) -> TicketHead:
        return TicketHead(**_head(ticket))


def _head(ticket: Ticket) -> dict[str, Any]:
    told = {name: getattr(ticket, name) for name in TicketHead.model_fields if hasattr(ticket, name)}
    return {**told, "fields": dict(ticket.fields), "votes": ticket.tally.votes, "comments": ticket.tally.comments}


class Asked(Wire):
    """A question of a form or a move."""

    name: str
    label: str
    shape: str = Field(description="moment: RFC 3339 with its zone; day: 2026-11-09.")
    required: bool
    choices: dict[str, str] | None = Field(description="Code and words.")
    help: str

    @classmethod
    def all_of(cls, questions: Iterable[Question]) -> list[Self]:
        return [cls.model_validate(question) for question in questions]


class PossibleMove(Wire):
    name: str
    label: str
    to: str | None = Field(description="The state after it; null: it stays.")
    asks: list[Asked]

    @classmethod
    def of(cls, move: Move) -> Self:
        return cls(name=move.name, label=move.label, to=move.to, asks=Asked.all_of(move.asks))


class Said(Wire):
    type: Literal["comment"] = "comment"
    id: str
    at: datetime
    author: str
    body: str
    internal: bool = Field(description="For the team only.")
    by_staff: bool
    state: Literal["shown", "deleted", "hidden"]
    edited: bool
    version: int

    @classmethod
    def of(cls, comment: Any) -> Self:
        told = {name: getattr(comment, name) for name in cls.model_fields if name not in ("type", "at")}
        return cls(**told, at=comment.created_at)


class Done(Wire):
    type: Literal["event"] = "event"
    at: datetime
    actor: str
    move: str
    from_state: str | None
    to_state: str | None
    note: str | None

    @classmethod
    def of(cls, event: AuditEvent) -> Self:
        return cls(
            at=event.at, actor=event.actor, move=event.action.partition(":")[2], note=event.reason,
            from_state=(event.old or {}).get("state"), to_state=(event.new or {}).get("state"),
        )  # fmt: skip


class Linked(Wire):
    kind: str
    key: str
    title: str
    state: str
    outward: bool


class File(Wire):
    id: str
    name: str
    media_type: str
    size: int
    created_at: datetime
    created_by: str
    internal: bool


class Approval(Wire):
    step: int
    steps: int
    approver: str
    delegate: str | None
    state: str
    due_at: datetime | None
    decided_by: str | None
    decided_at: datetime | None
    note: str | None


class TicketDetail(TicketHead):
    body: str = Field(description="Markdown.")
    moves: list[PossibleMove] = Field(description="What the caller may do now.")
    timeline: list[Annotated[Said | Done, Field(discriminator="type")]] = Field(description="Oldest first.")
    watchers: list[str]
    voted: bool = Field(description="By the caller.")
    links: list[Linked]
    merged: list[str] = Field(description="Keys of what was merged into it.")
    files: list[File]
    approvals: list[Approval]

    @classmethod
    def full(cls, detail: Detail, person: str) -> TicketDetail:
        ticket, flow = detail.ticket, kind_of(detail.ticket.kind).workflow
        story: list[Said | Done] = [*map(Said.of, detail.comments), *map(Done.of, detail.events)]
        links = [
            Linked(kind=link.kind, key=link.other.key, title=link.other.title, state=link.other.state,
                   outward=link.outward)
            for link in detail.links
        ]  # fmt: skip
        return cls(
            **_head(ticket), body=ticket.body, moves=[PossibleMove.of(m) for m in flow.open_to(ticket, detail.rights)],
            timeline=sorted(story, key=lambda entry: entry.at), watchers=[one.person for one in detail.watchers],
            voted=any(vote.person == person for vote in detail.votes), links=links,
            merged=[other.key for other in detail.merged], files=[File.model_validate(f) for f in detail.attachments],
            approvals=[Approval.model_validate(one) for one in detail.approvals],
        )  # fmt: skip


class Template(Wire):
    """What can be requested."""

    name: str
    label: str
    line: str
    needs_platform: bool
    target: str
    asks: list[Asked]


class Templates(Wire):
    items: list[Template]

    @classmethod
    def all(cls) -> Self:
        return cls(items=[
            Template(name=one.name, label=one.label, line=one.line, needs_platform=one.needs_platform,
                     target=one.target_words, asks=Asked.all_of(one.questions))
            for one in TEMPLATES.values()
        ])  # fmt: skip
