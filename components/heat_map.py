"""When data arrives: weekday by hour, counted over twelve weeks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from components.markup import section
from components.moments import Here
from data.status.calendars import first_owed
from data.status.fields import WEEKDAYS
from data.status.model import Check

MANY = 10
"""From this many arrivals on, a cell is as dark as it gets."""
Cell = tuple[int, int]


def cells(arrivals: Iterable[datetime], here: Here) -> Counter[Cell]:
    """Arrivals by (weekday, hour) in the viewer's zone; Monday is 0."""
    local = (at.astimezone(here.zone) for at in arrivals)
    return Counter((at.weekday(), at.hour) for at in local)


def late_cells(arrivals: Sequence[datetime], check: Check, here: Here) -> set[Cell]:
    """Where most arrivals came after the promise, counted from the arrival before."""
    late = [came for before, came in pairwise(arrivals) if _broke(check, before, came)]
    total, broken = cells(arrivals, here), cells(late, here)
    return {cell for cell, count in broken.items() if count * 2 > total[cell]}


def _broke(check: Check, before: datetime, came: datetime) -> bool:
    grace = check.thresholds.warn_after or timedelta(0)
    if check.deadline is None:
        return bool(check.thresholds.warn_after) and came - before > grace
    owed = first_owed(check.deadline, check.days, before)
    return owed is not None and came > owed.due_at + grace


def heat_map_html(arrivals: Sequence[datetime], check: Check, here: Here) -> str:
    counted, late = cells(arrivals, here), late_cells(arrivals, check, here)
    local = here.now.astimezone(here.zone)
    hours = "".join(f"<span>{hour:02}</span>" for hour in range(0, 24, 3))
    rows = "".join(_row(day, counted, late, (local.weekday(), local.hour)) for day in range(7))
    note = f"last 12 weeks, hour of arrival by weekday, {local.tzname()}"
    return (
        f'{section("When data arrives", note)}<div class="heat" role="img" aria-label="{_alt(counted)}">'
        f'<div class="hours">{hours}</div>{rows}</div>{LEGEND}'
    )


LEGEND = (
    '<div class="heat-legend">Arrivals <i style="--n:18%"></i> 1 <i style="--n:50%"></i> 5 <i style="--n:90%"></i> '
    "10 or more "
    '<i class="after"></i> mostly after the promise <i class="at"></i> now</div>'
)


def _row(day: int, counted: Counter[Cell], late: set[Cell], now: Cell) -> str:
    return f"<b>{WEEKDAYS[day].title()}</b>{''.join(_cell((day, hour), counted, late, now) for hour in range(24))}"


def _cell(cell: Cell, counted: Counter[Cell], late: set[Cell], now: Cell) -> str:
    count = counted[cell]
    css = " ".join(name for name, on in (("after", cell in late), ("at", cell == now)) if on)
    shade = f' style="--n:{10 + 80 * min(count, MANY) / MANY:.0f}%" title="{count} at {cell[1]:02}:00"' if count else ""
    return f"<i{f' class={chr(34)}{css}{chr(34)}' if css else ''}{shade}></i>"


def _alt(counted: Counter[Cell]) -> str:
    if not counted:
        return "No arrival in the last 12 weeks"
    (day, hour), count = counted.most_common(1)[0]
    return f"Arrivals by weekday and hour; most often {WEEKDAYS[day].title()} {hour:02}:00, {count} times"
