"""How durations, times and numbers read, the same in reasons, tiles and feeds."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

_NEAR = timedelta(days=6)


def duration(length: float | timedelta) -> str:
    """'40 s', '41 min', '9 h 12', '3 d 4 h'; rounded down, never negative. Numbers are seconds."""
    seconds = max(0, int(length.total_seconds() if isinstance(length, timedelta) else length))
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86400
    if days:
        return f"{days} d {hours % 24} h" if hours % 24 else f"{days} d"
    if hours:
        return f"{hours} h {minutes % 60:02}" if minutes % 60 else f"{hours} h"
    return f"{minutes} min" if minutes else f"{seconds} s"


def clock(at: datetime, zone: ZoneInfo, now: datetime) -> str:
    """'08:40' today, 'Sun 23:02' within six days, '9 Nov 23:02' otherwise."""
    local, today = at.astimezone(zone), now.astimezone(zone).date()
    if local.date() == today:
        return f"{local:%H:%M}"
    return f"{local:%a %H:%M}" if abs(local.date() - today) <= _NEAR else f"{local.day} {local:%b %H:%M}"


def stamp(at: datetime, zone: ZoneInfo) -> str:
    """'Sun 22 Nov 23:00': readable on any later day, for reasons that are kept."""
    local = at.astimezone(zone)
    return f"{local:%a} {local.day} {local:%b %H:%M}"


def number(value: float) -> str:
    return f"{value:,.10g}"
