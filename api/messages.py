"""Messages: banners, maintenance and the archive; writing for those who may publish."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from functools import partial
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Response
from pydantic import Field

from api.calls import Caller, Key, Version
from api.paging import Cursor, Listed, Size, cut
from api.wire import Moment, Moving, Sent, Wire, one_of
from data import cached
from data.cached import messages as cache
from data.messages import model
from data.messages.model import KINDS, SEVERITIES
from data.messages.workflow import MOVES

router = APIRouter(prefix="/messages", tags=["messages"])
Id = Annotated[str, Path(max_length=64)]
Which = Annotated[
    Literal["announced", "archive", "unpublished"],
    Query(description="What is published and not over; what is; or drafts, for those who may publish them."),
]
_WRITING = tuple(move.name for move in MOVES if move.writes)


class MessageHead(Wire):
    id: str
    version: int = Field(description="For If-Match.")
    kind: str
    severity: str
    title: str
    body: str = Field(description="Markdown.")
    platform_ids: list[str] = Field(description="Empty: it is for everybody.")
    starts_at: datetime | None
    ends_at: datetime | None
    zone: str = Field(description="In which its times were written.")
    pinned: bool
    dismissible: bool
    state: str = Field(description="At this moment.", examples=["published"])
    reason: str | None
    revision: int
    updated_at: datetime
    updated_by: str

    @classmethod
    def of(cls, message: model.Message, at: datetime, seen: Collection[str] | None = None) -> MessageHead:
        """`seen`: the platforms that the caller may know of; None: all of its."""
        told = {name: getattr(message, name) for name in MessageHead.model_fields}
        places = [id_ for id_ in message.platform_ids if seen is None or id_ in seen]
        return MessageHead(**{**told, "platform_ids": places, "state": message.state_at(at)})


class MessageDetail(MessageHead):
    moves: list[str] = Field(description="What the caller may do now.")
    revisions: list[MessageHead] = Field(description="Every text since it was published, newest first.")

    @classmethod
    def full(cls, detail: model.Detail, at: datetime) -> MessageDetail:
        return cls(
            **dict(MessageHead.of(detail.message, at, detail.places)), moves=list(detail.moves),
            revisions=[MessageHead.of(text, at, detail.places) for text in detail.revisions],
        )  # fmt: skip


class Text(Sent):
    move: Annotated[str, one_of(_WRITING)] = Field(description="`save` keeps a draft.")
    title: str
    body: str = ""
    kind: Annotated[str, one_of(KINDS)] = "announcement"
    severity: Annotated[str, one_of(SEVERITIES)] = "info"
    platform_ids: tuple[str, ...] = ()
    starts_at: Moment | None = Field(None, description="None: as soon as it is published.")
    ends_at: Moment | None = Field(None, description="None: until somebody ends it.")
    zone: str = Field("UTC", description="In which people read its times.", examples=["Europe/Berlin"])
    pinned: bool = False
    dismissible: bool = True

    def draft(self, id_: str) -> model.Draft:
        given = {name: value for name, value in dict(self).items() if name != "move"}
        return model.Draft(**{**given, "id": id_})


@router.get("", response_model=Listed[MessageHead])
def list_messages(
    call: Caller, which: Which = "announced", q: Annotated[str, Query(max_length=100)] = "", cursor: Cursor = None,
    size: Size = 50,
) -> Response:  # fmt: skip
    """Newest first."""
    reads: dict[str, Any] = {
        "announced": cache.announced, "unpublished": cache.unpublished, "archive": partial(cache.archive, search=q),
    }  # fmt: skip
    read, board = reads[which](call.portal, call.actor), cached.board(call.portal, call.actor).get()
    return call.answer(read, _listed, read.at, board.platform_ids, (which, q), cursor, size)


@router.post("", response_model=MessageHead, status_code=201)
def write_message(call: Caller, body: Text, key: Key = None) -> Response:
    """A new one: kept as a draft, published, or submitted for approval."""
    deed = partial(call.portal.messages.write, call.actor, body.move, body.draft(call.id_for(key)))
    made = call.change(deed, cache.drop, body)
    return call.made(MessageHead.of(made, call.portal.clock()), f"messages/{made.id}")


@router.get("/{message_id}", response_model=MessageDetail)
def read_message(call: Caller, message_id: Id) -> Response:
    """With every text that it had since it was published."""
    read = cache.detail(call.portal, call.actor, message_id)
    return call.answer(read, MessageDetail.full, read.at)


@router.put("/{message_id}", response_model=MessageHead)
def change_message(call: Caller, message_id: Id, version: Version, body: Text) -> Response:
    """Another text in place of this one."""
    deed = partial(call.portal.messages.write, call.actor, body.move, body.draft(message_id), version)
    return call.written(MessageHead.of(call.change(deed, cache.drop, body), call.portal.clock()))


@router.post("/{message_id}/moves", response_model=MessageHead)
def move_message(call: Caller, message_id: Id, version: Version, body: Moving) -> Response:
    """`approve`, `return`, `pin`, `unpin`, `end`, `withdraw` or `discard`: `moves` of the message tells."""
    deed = partial(call.portal.messages.move, call.actor, message_id, version, body.move, body.answers)
    return call.written(MessageHead.of(call.change(deed, cache.drop, body), call.portal.clock()))


@router.put("/{message_id}/dismissed", status_code=204, response_class=Response)
def dismiss_message(call: Caller, message_id: Id) -> Response:
    """For the caller, until its text changes."""
    call.change(partial(call.portal.messages.dismiss, call.actor, message_id), cache.drop)
    return Response(status_code=204)


Asked = tuple[str, str]


def _listed(
    messages: tuple[model.Message, ...], at: datetime, seen: frozenset[str], asked: Asked, cursor: str | None, size: int
) -> Listed[MessageHead]:
    found = [message for message in messages if asked[1].lower() in f"{message.title} {message.body}".lower()]
    shown = messages if asked[0] == "archive" else found
    page, after = cut(shown, _place, cursor, size, "messages", asked)
    return Listed[MessageHead](items=[MessageHead.of(message, at, seen) for message in page], next=after)


def _place(message: model.Message) -> tuple[float, str]:
    return -(message.starts_at or message.updated_at).timestamp(), message.id
