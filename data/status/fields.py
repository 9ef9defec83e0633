"""The kinds of value that checks as code are written in: durations, times of day, ids, weekdays."""

from __future__ import annotations

import re
from datetime import time, timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_LONGEST = timedelta(days=3650)


def _duration(value: object) -> object:
    """'90s', '5m', '1h30m', '2d' or a number of seconds."""
    if not isinstance(value, str):
        return value
    if not re.fullmatch(r"(\d+[smhd])+", value.strip()):
        raise ValueError(f"'{value}' is not a duration; write for example 90s, 5m, 2h or 1h30m")
    seconds = sum(int(n) * _UNITS[u] for n, u in re.findall(r"(\d+)([smhd])", value))
    return timedelta(seconds=min(seconds, 2 * _LONGEST.total_seconds()))


def _whole_seconds(value: timedelta) -> timedelta:
    if not timedelta(seconds=1) <= value <= _LONGEST or value.microseconds:
        raise ValueError(f"must be a whole number of seconds, at least 1s and at most {_LONGEST.days}d")
    return value


def _time_of_day(value: object) -> object:
    """Only `time`, '07:00' or '07:00:30': a bare number would be read as seconds after midnight."""
    if isinstance(value, time) or (isinstance(value, str) and re.fullmatch(r"\d\d:\d\d(:\d\d)?", value)):
        return value
    raise ValueError(f"'{value}' is not a time of day; write for example \"07:00\"")


def _some(days: tuple[Weekday, ...]) -> tuple[Weekday, ...]:
    if not days:
        raise ValueError("needs at least one day")
    return days


Duration = Annotated[timedelta, BeforeValidator(_duration), AfterValidator(_whole_seconds)]
TimeOfDay = Annotated[time, BeforeValidator(_time_of_day)]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Weekdays = Annotated[tuple[Weekday, ...], AfterValidator(_some)]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
