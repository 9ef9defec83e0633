"""Messages that do not fit what is seen, or stand longer than they should: for those who keep the portal true."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from data.messages.model import Message
from data.status.board import Tile
from data.status.model import OUTAGES

LATELY = timedelta(days=7)
"""What ended before is no longer looked at."""
PINNED_LONG = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Doubt:
    """`overrun`: maintenance is over and the platform is still down. `pinned`: it stands first for no reason."""

    kind: Literal["overrun", "pinned"]
    message: Message
    since: datetime
    tile: Tile | None = None


def doubts(
    announced: Iterable[Message], archive: Iterable[Message], tiles: Sequence[Tile], at: datetime
) -> tuple[Doubt, ...]:
    """Those of the viewer's messages and tiles, the oldest first."""
    over = [m for m in archive if m.state_at(at) == "expired" and m.ends_at and at - m.ends_at <= LATELY]
    found = [*_overrun(over, tiles), *(_pinned_over(over)), *_pinned_long(announced, at)]
    return tuple(sorted(found, key=lambda doubt: doubt.since))


def _overrun(over: Iterable[Message], tiles: Sequence[Tile]) -> Iterator[Doubt]:
    """Down since a time within the window: that is what the maintenance left behind."""
    for message in over:
        for tile in tiles if message.kind == "maintenance" else ():
            began, starts_at, ends_at = tile.since, message.starts_at, message.ends_at
            down = tile.state in OUTAGES and message.is_of(tile.platform.id)
            if down and began and starts_at and ends_at and starts_at <= began < ends_at:
                yield Doubt("overrun", message, ends_at, tile)


def _pinned_over(over: Iterable[Message]) -> Iterator[Doubt]:
    return (Doubt("pinned", message, message.ends_at) for message in over if message.pinned and message.ends_at)


def _pinned_long(announced: Iterable[Message], at: datetime) -> Iterator[Doubt]:
    endless = (m for m in announced if m.pinned and m.ends_at is None and at - m.updated_at > PINNED_LONG)
    return (Doubt("pinned", message, message.updated_at) for message in endless)
