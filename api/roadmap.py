"""The roadmap: what is planned, and who asked for it; curating for owners."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response
from pydantic import Field

from api.calls import Caller, Key, Version
from api.paging import Cursor, Listed, Size, cut
from api.wire import Moving, Sent, Wire
from data.cached import roadmap as cache
from data.errors import NotFound
from data.roadmap.model import Drift, Entry, Horizon, Item
from data.roadmap.rules import moves_of

router = APIRouter(prefix="/roadmap", tags=["roadmap"])
Id = Annotated[str, Path(max_length=64)]


class ItemHead(Wire):
    id: str
    version: int = Field(description="For If-Match.")
    platform_id: str | None = Field(description="None: for everybody.")
    theme: str
    title: str
    description: str = Field(description="Markdown.")
    state: str
    horizon: Horizon
    quarter: str | None = Field(examples=["2027-Q1"])
    owner: str
    note: str | None = Field(description="What was said with the last move.")
    shipped_at: datetime | None
    updated_at: datetime
    updated_by: str


class Request(Wire):
    """An improvement that asked for it."""

    key: str
    title: str
    state: str
    votes: int


class RoadmapItem(ItemHead):
    requests: list[Request]
    votes: int = Field(description="Distinct people who vote for any of them.")
    drifts: list[Drift] = Field(description="Where it and what asked for it tell different stories.")
    moves: list[str] = Field(description="What an owner may do with it now.")

    @classmethod
    def of(cls, entry: Entry) -> RoadmapItem:
        requests = [Request(key=t.key, title=t.title, state=t.state, votes=t.tally.votes) for t in entry.requests]
        return cls(
            **dict(ItemHead.model_validate(entry.item)), requests=requests, votes=entry.votes,
            drifts=list(entry.drifts), moves=[move.name for move in moves_of(entry.item)],
        )  # fmt: skip


class Plan(Sent):
    title: str
    theme: str
    owner: str = Field(description="By e-mail address.")
    platform_id: str | None = None
    quarter: str | None = Field(None, examples=["2027-Q1"])
    description: str = ""


@router.get("", response_model=Listed[RoadmapItem])
def list_roadmap(
    call: Caller, horizon: Annotated[list[Horizon] | None, Query(max_length=4)] = None, platform: str | None = None,
    cursor: Cursor = None, size: Size = 50,
) -> Response:  # fmt: skip
    """By horizon, then by what most people want. Drafts and what is retired are for the team of their platform."""
    asked = tuple(horizon or ()), platform
    return call.answer(cache.board(call.portal, call.actor), _listed, asked, cursor, size)


@router.post("", response_model=ItemHead, status_code=201)
def add_item(call: Caller, body: Plan, key: Key = None) -> Response:
    """A draft; `publish` it when its requests are linked."""
    deed = partial(call.portal.roadmap.add, call.actor, call.id_for(key), dict(body))
    item = call.change(deed, cache.drop, body)
    return call.made(ItemHead.model_validate(item), f"roadmap/{item.id}")


@router.get("/{item_id}", response_model=RoadmapItem)
def read_item(call: Caller, item_id: Id) -> Response:
    return call.answer(cache.board(call.portal, call.actor), _found, item_id)


@router.put("/{item_id}", response_model=ItemHead)
def change_item(call: Caller, item_id: Id, version: Version, body: Plan) -> Response:
    deed = partial(call.portal.roadmap.edit, call.actor, item_id, version, dict(body))
    return call.written(_head(call.change(deed, cache.drop, body)))


@router.post("/{item_id}/moves", response_model=ItemHead)
def move_item(call: Caller, item_id: Id, version: Version, body: Moving) -> Response:
    """`publish`, `start`, `plan`, `defer`, `ship`, `reopen`, `retire`, `restore`."""
    deed = partial(call.portal.roadmap.move, call.actor, item_id, version, body.move, body.answers)
    return call.written(_head(call.change(deed, cache.drop, body)))


@router.put("/{item_id}/requests/{key}", status_code=204, response_class=Response)
def link_request(call: Caller, item_id: Id, key: Id) -> Response:
    """An improvement that asked for it."""
    call.change(partial(call.portal.roadmap.link, call.actor, item_id, key), cache.drop)
    return Response(status_code=204)


@router.delete("/{item_id}/requests/{key}", status_code=204, response_class=Response)
def unlink_request(call: Caller, item_id: Id, key: Id) -> Response:
    call.change(partial(call.portal.roadmap.unlink, call.actor, item_id, key), cache.drop)
    return Response(status_code=204)


Asked = tuple[tuple[Horizon, ...], str | None]


def _head(item: Item) -> ItemHead:
    return ItemHead.model_validate(item)


def _listed(board: tuple[Entry, ...], asked: Asked, cursor: str | None, size: int) -> Listed[RoadmapItem]:
    horizons, platform = asked
    found = [
        entry for entry in board
        if (not horizons or entry.item.horizon in horizons) and platform in (None, entry.item.platform_id)
    ]  # fmt: skip
    page, after = cut(found, _place, cursor, size, "roadmap", asked)
    return Listed[RoadmapItem](items=[RoadmapItem.of(entry) for entry in page], next=after)


def _place(entry: Entry) -> tuple[int, int, str]:
    return list(Horizon).index(entry.item.horizon), -entry.votes, entry.item.id


def _found(board: tuple[Entry, ...], item_id: str) -> RoadmapItem:
    for entry in board:
        if entry.item.id == item_id:
            return RoadmapItem.of(entry)
    raise NotFound("There is no such item on the roadmap that you can see. It may have been retired.")
