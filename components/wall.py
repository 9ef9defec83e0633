"""The wall screen (`?wall=1`): one screen, no scrolling, no clicks; it says itself when it is out of date."""

from __future__ import annotations

from collections import Counter

from components.gauge import gauge_html
from components.markup import counted, esc, icon, state_icon
from components.moments import Here, long_day
from components.status_tiles import Fact, expected, said, tile_gauge, updated
from components.theme import LOOKS
from components.uptime_strip import strip_html
from components.verdict import ORDER, badness, ground, sentence, stale_since
from data.status.board import Board, Tile
from data.status.model import State

ROOM = 12
QUIET = frozenset({State.operational, State.maintenance, State.unknown, State.disabled})


def wall_html(board: Board, here: Here, stale_factor: float) -> str:
    tiles, rest = fitting(board)
    across = 4 if len(tiles) + bool(rest) > 9 else 3
    cards = "".join(_card(tile, here, stale_factor) for tile in tiles) + (_rest(rest) if rest else "")
    middle = f'<main class="across-{across}">{cards}</main>'
    return f'<div class="wall">{_head(board, here, stale_factor)}{middle}{_foot(board, here)}</div>'


def fitting(board: Board) -> tuple[list[Tile], list[Tile]]:
    """What is drawn, and the rest that becomes one tile; of too many, the worst are drawn."""
    if len(board.tiles) <= ROOM:
        return list(board.tiles), []
    worst_first = sorted(board.tiles, key=lambda tile: badness(tile.state))
    return worst_first[: ROOM - 1], worst_first[ROOM - 1 :]


def _head(board: Board, here: Here, stale_factor: float) -> str:
    look = LOOKS[ground(board)]
    counts = " · ".join(f"{n} {LOOKS[s].word.lower()}" for s in ORDER if (n := board.counts.get(s, 0)))
    local = here.now.astimezone(here.zone)
    old = stale_since(board, here, stale_factor)
    under = f"not checked since {here.clock(old)}" if old else f"{long_day(local.date())} · {local.tzname()}"
    checked = f" · checked {here.ago(board.checked_at)}" if board.checked_at else ""
    return (
        f'<header><div class="disc {look.hue}">{icon(look.mark)}</div><div><h1>{esc(sentence(board, here)[0])}</h1>'
        f"<p>{counts}{checked}</p></div>"
        f'<div class="now{" stale" if old else ""}"><b>{local:%H:%M}</b>{esc(under)}</div></header>'
    )


def _card(tile: Tile, here: Here, stale_factor: float) -> str:
    look = LOOKS[tile.state]
    last, coming = updated(tile.lead, here), expected(tile.lead, here)
    gauge = gauge_html(tile_gauge(tile, tile.lead, here, stale_factor)) if tile.lead else ""
    alert = "" if tile.state in QUIET else " alert"
    return (
        f'<article class="{look.hue}{alert}"><div class="name"><span>{esc(tile.platform.name)}</span>'
        f'<span class="ink">{icon(look.icon)}{look.word}</span></div>'
        f'<div class="when">{_when(last)}{_when(coming)}</div>'
        f'{gauge}<div class="said"><span>{esc(said(tile, here))}</span></div>'
        f"{strip_html(tile.strip, hover=False)}</article>"
    )


def _when(fact: Fact) -> str:
    return f"<span>{fact.word} <b>{fact.value}</b></span>"


def _rest(tiles: list[Tile]) -> str:
    """In the colour of the worst among them, which it counts."""
    number = Counter(tile.state for tile in tiles)
    worst = min(number, key=lambda state: (badness(state), state is State.operational))
    look, alert = LOOKS[worst], "" if worst in QUIET else " alert"
    if worst is State.operational:
        words = "more, all fine"
    else:
        trouble = f"{icon(look.icon)} {number[worst]} {look.word.lower()}"
        words = f'more, {number[State.operational] or "none"} of them fine<span class="ink">{trouble}</span>'
    return f'<article class="{look.hue}{alert} rest"><b>{len(tiles)}</b>{words}</article>'


def _foot(board: Board, here: Here) -> str:
    """The newest changes of the last 24 hours, as far as one line carries."""
    news = "".join(
        f"<span>{state_icon(c.to_state)}<b>{here.clock(c.at)} {esc(c.platform.name)}</b> {esc(c.reason)}</span>"
        for c in board.changes[:4]
    )
    quiet = f"<span>Nothing changed in the last 24 hours on {counted(len(board.tiles), 'platform')}.</span>"
    return f"<footer>{news or quiet}</footer>"
