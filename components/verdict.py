"""The first thing people read: one sentence that is true, and the numbers beside it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import streamlit as st

from components.markup import counted, esc, icon, listed, state_icon
from components.moments import Here, long_day
from components.theme import LOOKS
from components.uptime_strip import WORDS, trouble
from data.status import words
from data.status.board import Board, CheckView
from data.status.health import colour
from data.status.model import FRESHNESS_MODES, State

TROUBLED = ((State.major_outage, "down"), (State.partial_outage, "partly down"), (State.degraded, "degraded"))
FINE = frozenset({State.operational, State.maintenance, State.disabled})
ORDER = (
    State.operational,
    State.late,
    State.degraded,
    State.partial_outage,
    State.major_outage,
    State.maintenance,
    State.unknown,
)


def sentence(board: Board, here: Here) -> tuple[str, str, str]:
    """(headline, what concerns the viewer, the detail): the first names what made the board so."""
    return " ".join(_headline(board)), _yours(board), _detail(board, here)


def ground(board: Board) -> State:
    """The state whose colour lies under the headline. The whole is green, yellow, red or grey: an outage is red however
    partial, and late products are never on green.
    """
    if colour(board.state) == "red":
        return State.major_outage
    if board.state is State.operational and board.products_late:
        return State.late
    return board.state


def stale_since(board: Board, here: Here, stale_factor: float) -> datetime | None:
    """The newest look at anything, when it is older than two of the shortest intervals; None: all is well."""
    intervals = [view.check.every for tile in board.tiles for view in tile.checks]
    if board.checked_at is None or not intervals:
        return None
    limit = max(min(intervals) * stale_factor, timedelta(minutes=1))
    return board.checked_at if here.now - board.checked_at > limit else None


def _headline(board: Board) -> list[str]:
    said = [f"{listed(names)} {_verb(names)} {word}." for state, word in TROUBLED if (names := _names(board, state))]
    if late := board.products_late:
        said.append(f"{late} of {counted(board.products, 'data product')} {'is' if late == 1 else 'are'} late.")
    elif names := _names(board, State.late):
        said.append(f"{listed(names)} {_verb(names)} late.")
    unseen = len(_names(board, State.unknown))
    if unseen and (not said or board.state is State.unknown):
        said.append(f"We cannot see {unseen} of {counted(len(board.tiles), 'platform')}.")
    if not said:
        said.append(_all_well(board))
    return said[:2]


def _all_well(board: Board) -> str:
    current = sum(view.state in FINE for view in _products(board))
    if names := _names(board, State.maintenance):
        return f"{listed(names)} {_verb(names)} in maintenance, all else is fine."
    if not board.products:
        return f"All {len(board.tiles)} platforms are fine." if len(board.tiles) > 1 else "The platform is fine."
    if current == board.products:
        return f"All {current} data products are current." if current > 1 else "The data product is current."
    return f"{current} of {counted(board.products, 'data product')} are current, we cannot see the rest."


def _yours(board: Board) -> str:
    mine = [tile for tile in board.tiles if tile.mine]
    if not mine:
        return ""
    fine = sum(tile.state is State.operational for tile in mine)
    if fine == len(mine):
        return "Your platform is fine." if fine == 1 else f"Your {fine} platforms are all fine."
    return f"Your platforms: {fine} of {len(mine)} fine."


def _detail(board: Board, here: Here) -> str:
    worst = next(
        (tile for tile in sorted(board.tiles, key=lambda tile: badness(tile.state)) if tile.state not in FINE), None
    )
    if worst is None:
        return _last_trouble(board)
    heals = worst.lead.next_at if worst.lead and worst.lead.check.mode in FRESHNESS_MODES else None
    expected = f"; new data expected {here.clock(heals)}" if heals and heals > here.now else ""
    return f"{worst.platform.name}: {worst.reason.rstrip('. ') or LOOKS[worst.state].word}{expected}."


def _last_trouble(board: Board) -> str:
    """From the strips: the newest day on which anything stood still."""
    newest = max(_bad_days(board), default=None)
    if newest is None:
        return "No trouble in the last 90 days."
    day, ms, state, name = newest
    when = "today" if day == max(tile.strip.today for tile in board.tiles) else long_day(day)
    return f"Last trouble: {when}, {name}, {words.duration(ms / 1000)} {WORDS[state]}."


def _bad_days(board: Board) -> Iterator[tuple[date, int, str, str]]:
    for tile in board.tiles:
        for day in reversed(tile.strip.days):
            if day is not None and (bad := trouble(day)):
                yield day.day, bad[0][2], bad[0][0], tile.platform.name
                break


def badness(state: State) -> int:
    """For sorting: the worst first; what is fine, planned or off comes last."""
    order = [*(state for state, _ in TROUBLED), State.late, State.unknown]
    return order.index(state) if state in order else len(order)


def _products(board: Board) -> list[CheckView]:
    """As `board.products` counts them: without those that are switched off."""
    views = (view for tile in board.tiles for view in tile.checks if view.state is not State.disabled)
    return [view for view in views if view.check.mode in FRESHNESS_MODES]


def _names(board: Board, state: State) -> list[str]:
    return [tile.platform.name for tile in board.tiles if tile.state is state]


def _verb(names: list[str]) -> str:
    return "is" if len(names) == 1 else "are"


def draw_verdict(board: Board, here: Here, checked: str) -> None:
    """`checked`: how long ago, which ticks and therefore stays outside the live region."""
    state = ground(board)
    headline, yours, detail = sentence(board, here)
    with st.container(key="verdict", horizontal=True, gap="medium", vertical_alignment="center"):
        st.html(
            f'<div class="disc {LOOKS[state].hue}">{icon(LOOKS[state].mark)}</div>'
            '<div role="status" aria-live="polite">'
            f'<h1 class="headline">{esc(headline)}</h1><p class="second"><b>{esc(yours)}</b> {esc(detail)}</p></div>'
        )
        with st.container(key="numbers", width=404, gap="xxsmall"):
            st.html(proportions(board))
            with st.container(key="counts", horizontal=True, gap=None):
                st.html(counts(board))
                with st.popover(f":gray[{checked} ·\u00a0]how computed", type="tertiary", key="how_computed"):
                    st.markdown(HOW_COMPUTED)


def proportions(board: Board) -> str:
    parts = [(state, board.counts.get(state, 0)) for state in ORDER]
    bars = "".join(f'<i class="{LOOKS[s].hue} {s}" style="flex-grow:{n}"></i>' for s, n in parts if n)
    said = ", ".join(f"{n} {LOOKS[s].word.lower()}" for s, n in parts if n) or "nothing is checked yet"
    return f'<div class="proportions" role="img" aria-label="Checks: {said}">{bars}</div>'


def counts(board: Board) -> str:
    """The checks by state; operational is always told, even when it is none."""
    told = [(s, n) for s in ORDER if (n := board.counts.get(s, 0)) or s is State.operational]
    return "".join(f'<span class="count">{state_icon(s)}<b>{n}</b> {LOOKS[s].word.lower()}</span>' for s, n in told)


HOW_COMPUTED = """\
**Uptime** is time, not a count of checks: the time a platform was operational, late or degraded, divided by all
watched time. A partial outage costs 30 % of its duration, a major one all of it. Announced maintenance and time we
could not see leave both sides. Always rounded down.

**A platform** is as bad as its checks, weighted by severity: a critical check that fails makes it at least degraded;
a check marked *info* never changes it. Platforms weigh by their criticality in the same way.

**Unknown** means that *we* cannot see: the last look is older than twice its interval, or the source did not answer.
It is grey with its reason, never green. More than 30 % unknown makes the whole unknown.
"""
