"""Times in words for one viewer: clocks in the text, the exact moment with its zone in the title."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from components.markup import esc
from data.status import words


@dataclass(frozen=True, slots=True)
class Here:
    """The viewer's now and zone. When the page shows old data, `now` is its moment: all times stand still."""

    now: datetime
    zone: ZoneInfo

    def clock(self, at: datetime) -> str:
        """'08:40' today, 'Sun 23:02' near, '9 Nov 23:02' else."""
        return words.clock(at, self.zone, self.now)

    def time(self, at: datetime) -> str:
        """The clock as HTML, with the exact moment in its title."""
        return f'<time datetime="{at.isoformat()}" title="{esc(self.exact(at))}">{esc(self.clock(at))}</time>'

    def exact(self, at: datetime) -> str:
        local = at.astimezone(self.zone)
        offset = local.strftime("%z")
        return f"{long_day(local.date())} {local:%Y, %H:%M:%S} {local.tzname()} (UTC{offset[:3]}:{offset[3:]})"

    def ago(self, at: datetime) -> str:
        return f"{words.duration(self.since(at))} ago"

    def until(self, at: datetime) -> str:
        return f"in {words.duration((at - self.now).total_seconds())}"

    def since(self, at: datetime) -> float:
        """Seconds, never negative: clocks of sources may run ahead of ours."""
        return max(0.0, (self.now - at).total_seconds())


def long_day(day: date) -> str:
    """'Thu 19 Nov'."""
    return f"{day:%a} {day.day} {day:%b}"
