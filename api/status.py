"""What is true now, and what was: the whole, platforms, checks, sources."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Response
from pydantic import AwareDatetime

from api.calls import Caller
from api.paging import Cursor, Listed, Size, cut
from api.wire_status import CheckStatus, Past, PlatformStatus, Source, Status, Turn
from data import cached
from data.cached.reads import Read
from data.errors import NotFound
from data.status.board import Board
from data.status.model import Mode, State, Transition

router = APIRouter(tags=["status"])
Days = Annotated[Literal["1", "7", "30", "90"], Query(description="How far back.")]
States = Annotated[list[State] | None, Query(description="Only those in one of these states.")]
Id = str
AsOf = Annotated[
    AwareDatetime | None,
    Query(
        description="A past moment: the answer is what was true then, to the minute.", examples=["2026-11-23T07:40Z"]
    ),
]


def seen(call: Caller, as_of: AsOf = None) -> Read[Board]:
    """The board of now, or of a past minute."""
    return cached.board_at(call.portal, call.actor, as_of) if as_of else cached.board(call.portal, call.actor)


Seen = Annotated[Read[Board], Depends(seen)]


@router.get("/status", response_model=Status)
def read_status(call: Caller, board: Seen) -> Response:
    """The whole as the caller sees it: the front page in one answer."""
    return call.answer(board, Status.of)


@router.get("/platforms", response_model=Listed[PlatformStatus])
def list_platforms(call: Caller, board: Seen, state: States = None, cursor: Cursor = None, size: Size = 50) -> Response:
    """By id."""
    return call.answer(board, _platforms, tuple(state or ()), cursor, size)


@router.get("/platforms/{platform_id}", response_model=PlatformStatus)
def read_platform(call: Caller, board: Seen, platform_id: Id) -> Response:
    """One platform with its state, uptime, error budget and open incidents."""
    return call.answer(board, _platform, platform_id)


@router.get("/platforms/{platform_id}/transitions", response_model=Listed[Turn])
def list_platform_transitions(call: Caller, platform_id: Id, cursor: Cursor = None, size: Size = 50) -> Response:
    """Changes of state of all its checks within 30 days, newest first."""
    return call.answer(cached.platform_transitions(call.portal, call.actor, platform_id), _turns, cursor, size)


@router.get("/checks", response_model=Listed[CheckStatus])
def list_checks(
    call: Caller, board: Seen, state: States = None, platform: Annotated[list[str] | None, Query()] = None,
    mode: Annotated[list[Mode] | None, Query()] = None, cursor: Cursor = None, size: Size = 50,
) -> Response:  # fmt: skip
    """By id."""
    asked = tuple(state or ()), tuple(platform or ()), tuple(mode or ())
    return call.answer(board, _checks, asked, cursor, size)


@router.get("/checks/{check_id}", response_model=CheckStatus)
def read_check(call: Caller, board: Seen, check_id: Id) -> Response:
    """One check: its settings, its state, and what made it so."""
    return call.answer(board, _check, check_id)


@router.get("/checks/{check_id}/history", response_model=Past)
def read_history(call: Caller, check_id: Id, days: Days = "1") -> Response:
    """What was measured, and how it was judged then."""
    return call.answer(cached.history(call.portal, call.actor, check_id, int(days) * 24), Past.of)


@router.get("/checks/{check_id}/transitions", response_model=Listed[Turn])
def list_transitions(call: Caller, check_id: Id, cursor: Cursor = None, size: Size = 50) -> Response:
    """Changes of state within 30 days, newest first."""
    return call.answer(cached.transitions(call.portal, call.actor, check_id), _turns, cursor, size)


@router.get("/sources", response_model=Listed[Source], tags=["sources"])
def list_sources(call: Caller) -> Response:
    """Whoever looks for the portal: its last run, when it is due next, and what went wrong."""
    return call.answer(cached.board(call.portal, call.actor), _sources)


def _platforms(board: Board, states: tuple[State, ...], cursor: str | None, size: int) -> Listed[PlatformStatus]:
    found = [tile for tile in board.tiles if not states or tile.state in states]
    page, after = cut(found, lambda tile: (tile.platform.id,), cursor, size, "platforms", states)
    return Listed[PlatformStatus](items=[PlatformStatus.of(tile, board.platform_ids) for tile in page], next=after)


def _platform(board: Board, platform_id: str) -> PlatformStatus:
    for tile in board.tiles:
        if tile.platform.id == platform_id:
            return PlatformStatus.of(tile, board.platform_ids)
    raise NotFound(f"There is no platform named {platform_id[:40]}.")


Asked = tuple[tuple[State, ...], tuple[str, ...], tuple[Mode, ...]]


def _checks(board: Board, asked: Asked, cursor: str | None, size: int) -> Listed[CheckStatus]:
    states, platforms, modes = asked
    found = [
        view for tile in board.tiles for view in tile.checks
        if (not states or view.state in states) and (not platforms or tile.platform.id in platforms)
        and (not modes or view.check.mode in modes)
    ]  # fmt: skip
    page, after = cut(found, lambda view: (view.check.id,), cursor, size, "checks", asked)
    return Listed[CheckStatus](items=[CheckStatus.of(view) for view in page], next=after)


def _check(board: Board, check_id: str) -> CheckStatus:
    for view in (view for tile in board.tiles for view in tile.checks):
        if view.check.id == check_id:
            return CheckStatus.of(view)
    raise NotFound(f"There is no check named {check_id[:40]}.")


def _turns(turns: tuple[Transition, ...], cursor: str | None, size: int) -> Listed[Turn]:
    page, after = cut(turns, lambda turn: (-turn.at.timestamp(), turn.id), cursor, size, "transitions")
    return Listed[Turn](items=[Turn.of(turn) for turn in page], next=after)


def _sources(board: Board) -> Listed[Source]:
    return Listed[Source](items=[Source.model_validate(feed) for feed in board.feeds], next=None)
