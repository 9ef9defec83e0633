"""One platform in a few letters: for shields.io, or as a picture of our own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from xml.sax.saxutils import escape, quoteattr

from fastapi import APIRouter, Response
from pydantic import BaseModel

from api.calls import Call, Caller
from api.feed_formats import clean
from api.statuspage_v2 import FOR_A_MOMENT
from data import cached
from data.errors import NotFound
from data.status import words
from data.status.board import Board, Tile
from data.status.model import FRESHNESS_MODES, State

router = APIRouter(prefix="/badges", tags=["badges"])
LOOKS: Mapping[State, tuple[str, str, str]] = {
    State.operational: ("fine", "brightgreen", "#1a7f37"), State.late: ("late", "yellow", "#8a6100"),
    State.degraded: ("degraded", "yellow", "#8a6100"), State.partial_outage: ("partly down", "orange", "#b3470b"),
    State.major_outage: ("down", "red", "#c4231f"), State.maintenance: ("maintenance", "blue", "#0a62c4"),
    State.unknown: ("unknown", "lightgrey", "#63676c"), State.disabled: ("switched off", "lightgrey", "#63676c"),
}  # fmt: skip
"""Word, colour of shields, and one of our own that white letters can be read on."""


class Badge(BaseModel):
    """What shields.io asks of an endpoint."""

    schemaVersion: Literal[1] = 1
    label: str
    message: str
    color: str
    isError: bool
    cacheSeconds: int = 300


@router.get("/{platform_id}.json", response_model=Badge)
def shields(call: Caller, platform_id: str) -> Response:
    """For `https://img.shields.io/endpoint?url=...`, or any renderer of that format."""
    return call.reply(badge_of(_tile(call, platform_id)).model_dump_json().encode(), FOR_A_MOMENT)


@router.get("/{platform_id}.svg", response_class=Response)
def picture(call: Caller, platform_id: str) -> Response:
    """The same as a picture."""
    tile = _tile(call, platform_id)
    badge = badge_of(tile)
    drawn = drawing(badge.label, badge.message, LOOKS[tile.state][2])
    return call.reply(drawn.encode(), FOR_A_MOMENT, "image/svg+xml")


def badge_of(tile: Tile) -> Badge:
    word, colour, _ = LOOKS[tile.state]
    return Badge(
        label=clean(tile.platform.name), message=word + _age(tile), color=colour,
        isError=tile.state in {State.major_outage, State.partial_outage},
    )  # fmt: skip


def _age(tile: Tile) -> str:
    """Of data that is not as it should be, as it was when it was looked at."""
    lead = tile.lead
    if lead is None or lead.check.mode not in FRESHNESS_MODES or not lead.source_event_at or not lead.observed_at:
        return ""
    return f", data {words.duration(lead.observed_at - lead.source_event_at)} old"


def _tile(call: Call, platform_id: str) -> Tile:
    board: Board = cached.board(call.portal, call.actor).get()
    for tile in board.tiles:
        if tile.platform.id == platform_id:
            return tile
    raise NotFound(f"There is no platform named {platform_id[:80]}.")


@dataclass(frozen=True, slots=True)
class _Half:
    text: str
    left: float
    ground: str

    @property
    def width(self) -> float:
        return 12 + 6.6 * len(self.text)


def drawing(label: str, message: str, colour: str) -> str:
    left = _Half(label, 0, "#3d4148")
    right = _Half(message, left.width, colour)
    width, said = left.width + right.width, quoteattr(f"{label}: {message}")
    halves = "".join(map(_drawn, (left, right)))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="20" role="img" aria-label={said}>'
        f"<title>{escape(f'{label}: {message}')}</title>"
        f'<clipPath id="r"><rect width="{width:.0f}" height="20" rx="4"/></clipPath>'
        f'<g clip-path="url(#r)" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11" fill="#fff">'
        f"{halves}</g></svg>"
    )


def _drawn(half: _Half) -> str:
    """`textLength` keeps the letters inside whatever font is there."""
    return (
        f'<rect x="{half.left:.0f}" width="{half.width + 1:.0f}" height="20" fill="{half.ground}"/>'
        f'<text x="{half.left + 6:.0f}" y="14" textLength="{half.width - 12:.0f}">{escape(half.text)}</text>'
    )
