"""Ninety days in one line: every day is a layer of one background; hovering is a second, transparent layer."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import timedelta
from functools import lru_cache
from itertools import groupby

from components.markup import esc
from components.moments import long_day
from data.status import words
from data.status.board import STRIP_DAYS, Strip, Uptime
from data.status.model import DayRollup
from data.status.uptime import total_ms

DAY_MS = 86_400_000
SEEN_FROM = 0.36
"""Height of the smallest mark: less cannot be seen at three pixels of width."""
FULL_FROM = 0.95
BLIND_FROM_MS = 60_000
"""Between two looks a moment is always unseen; less than this says nothing."""
TROUBLE = (("major_outage", "red"), ("partial_outage", "orange"), ("degraded", "orange"), ("late", "yellow"))
WORDS = {"major_outage": "down", "partial_outage": "partly down", "degraded": "degraded", "late": "late"}


def percent(uptime: Uptime) -> str:
    """Floored to two decimals, so that a day with an outage never reads 100."""
    return "no history yet" if uptime.percent is None else f"{math.floor(uptime.percent * 100) / 100:.2f} %"


def sentence(strip: Strip) -> str:
    if strip.uptime.percent is None:
        return "Last 90 days: nothing was watched yet"
    watched = "" if strip.uptime.coverage >= 1 else f", watched {math.floor(strip.uptime.coverage * 100)} % of the time"
    return f"Last 90 days: {percent(strip.uptime)} available{watched}"


@lru_cache(1024)
def strip_html(strip: Strip, hover: bool) -> str:
    """Bottom to top per day: calm ground, trouble (the worst lowest), the unseen, a blue foot for maintenance."""
    layers = ",".join(("var(--hairlines)", *_layers(strip.days)))
    cells = _cells(strip) if hover else ""
    said = esc(sentence(strip))
    return f'<div class="strip" role="img" aria-label="{said}" style="background:{layers}">{cells}</div>'


def trouble(day: DayRollup) -> list[tuple[str, str, int]]:
    """(state, hue, milliseconds) of what went wrong, worst first."""
    return [(state, hue, ms) for state, hue in TROUBLE if (ms := getattr(day, f"{state}_ms"))]


def told(day: DayRollup | None) -> str:
    if day is None:
        return "Not watched yet"
    parts = [f"{words.duration(ms / 1000)} {WORDS[state]}" for state, _, ms in trouble(day)]
    if day.unknown_ms >= BLIND_FROM_MS:
        parts.append(f"unknown {words.duration(day.unknown_ms / 1000)}")
    if day.maintenance_ms:
        parts.append(f"maintenance {words.duration(day.maintenance_ms / 1000)}")
    return ", ".join(parts) or "No trouble"


def _ground(day: DayRollup | None) -> str:
    if day is None:
        return "track"
    return "unseen" if _blind(day) else "calm"


def _blind(day: DayRollup) -> bool:
    """Nothing worth telling was seen of the day, as far as it has gone."""
    return day.unknown_ms > 0 and day.unknown_ms >= FULL_FROM * total_ms(day)


def _layers(days: tuple[DayRollup | None, ...]) -> Iterator[str]:
    for i, day in enumerate(days):
        if day is not None:
            yield from _marks(i, day)
    start = 0
    for ground, group in groupby(days, _ground):
        length = len(list(group))
        yield _layer(f"var(--{ground}-image)", start, length)
        start += length


def _marks(i: int, day: DayRollup) -> Iterator[str]:
    """Listed first = painted on top."""
    if day.maintenance_ms:
        yield _layer("linear-gradient(to top,var(--blue-fill) 6px,var(--surface) 0)", i, height="7.5px")
    parts = [(_fill(hue), ms) for _, hue, ms in trouble(day)]
    if day.unknown_ms >= BLIND_FROM_MS and not _blind(day):
        parts.append(("var(--unseen-image)", day.unknown_ms))
    top = 0.0
    for image, ms in parts:
        top = min(1.0, top + max(ms / DAY_MS, 0.12 if top else SEEN_FROM))
        yield _layer(image, i, height="100%" if top >= FULL_FROM else f"{top:.0%}")


def _fill(hue: str) -> str:
    return f"linear-gradient(to top,var(--{hue}-fill) calc(100% - 1px),var(--surface) 0)"


def _layer(image: str, start: int, length: int = 1, height: str = "100%") -> str:
    rest = STRIP_DAYS - length
    left = 0 if rest == 0 else start / rest
    return f"{image} {left:.3%} 100%/{length / STRIP_DAYS:.3%} {height} no-repeat"


def _cells(strip: Strip) -> str:
    first = strip.today - timedelta(days=len(strip.days) - 1)
    return "".join(_cell(long_day(first + timedelta(days=i)), told(day)) for i, day in enumerate(strip.days))


def _cell(day: str, said: str) -> str:
    """A fine day says so by the stylesheet, which keeps ninety cells small."""
    said = "" if said == "No trouble" else f' data-t="{said}"'
    return f'<i data-d="{day}"{said}></i>'
