"""Settings as people type them: each knob as texts and back, with what is wrong told at its field. No I/O."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from typing import Any, TypeVar

from pydantic import ValidationError

from data.errors import Invalid, Refused
from data.tickets.alarms import AlarmPolicy
from data.tickets.sla import ALWAYS, DAY, WEEKDAYS, BusinessCalendar, Policy, Target, Weekday

T = TypeVar("T")
Typed = Mapping[str, Any]
PRIORITIES = (1, 2, 3, 4)
FULL_DAY = timedelta(days=1)
LONGEST = timedelta(days=366)
LINE_MOST, HOLIDAYS_MOST = 200, 20_000
"""Characters."""
_LENGTH = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(days?|d|hours?|h|minutes?|mins?|m|seconds?|s)\b", re.IGNORECASE)
_UNITS = {"h": timedelta(hours=1), "m": timedelta(minutes=1), "s": timedelta(seconds=1)}


@dataclass(slots=True)
class Reader:
    """Collects what is wrong, so that everything is told at once."""

    typed: Typed
    problems: dict[str, str] = field(default_factory=dict)

    def take(self, name: str, read: Callable[[Any], T], otherwise: T) -> T:
        with self.at(name):
            return read(self.typed.get(name))
        return otherwise

    @contextmanager
    def at(self, name: str) -> Iterator[None]:
        """What is wrong inside is wrong at this field."""
        try:
            yield
        except ValidationError as error:
            self.problems.setdefault(name, said(error))
        except Invalid as error:
            self.problems.setdefault(name, str(error))

    def done(self) -> None:
        """Raises Refused."""
        if self.problems:
            raise Refused(self.problems)


def said(error: ValidationError) -> str:
    words = error.errors(include_url=False)[0]["msg"].removeprefix("Value error, ")
    return f"{words[:1].upper()}{words[1:].rstrip('.')}."


def length_text(length: timedelta | None, day: timedelta = DAY) -> str:
    """'3 days', '1 h 30 min'; of a promise in working time a day is eight hours."""
    left, parts = length or timedelta(0), []
    for unit, name in ((day, "day"), (_UNITS["h"], "h"), (_UNITS["m"], "min"), (_UNITS["s"], "s")):
        number, left = divmod(left, unit)
        if number:
            parts.append(f"{number} {name}{'s' if name == 'day' and number > 1 else ''}")
    return " ".join(parts)


def _short(text: str) -> str:
    """Raises Invalid for what nobody would type."""
    if len(text) > LINE_MOST:
        raise Invalid(f"Please write at most {LINE_MOST} characters.")
    return text


def read_length(text: str | None, day: timedelta = DAY) -> timedelta | None:
    """None: nothing was typed. Raises Invalid."""
    words = _short(text or "").strip()
    found, rest = _LENGTH.findall(words), _LENGTH.sub("", words).strip(" ,")
    if rest or (words and not found):
        raise Invalid(f"'{words[:40]}' is no length of time; write for example 30 min, 4 h or 2 days.")
    if not words:
        return None
    units = {**_UNITS, "d": day}
    try:
        length = sum((float(number) * units[unit[0].lower()] for number, unit in found), timedelta(0))
    except OverflowError:
        length = LONGEST * 2
    if not timedelta(0) < length <= LONGEST:
        raise Invalid("Please write more than nothing and at most 366 days.")
    return length


# service levels


def typed_sla(policy: Policy) -> dict[str, Any]:
    typed: dict[str, Any] = {}
    for priority in PRIORITIES:
        target = policy.target(priority)
        day = FULL_DAY if target.always else DAY
        typed |= {
            f"p{priority}_first_reply": length_text(target.response, day),
            f"p{priority}_resolution": length_text(target.resolution, day),
            f"p{priority}_around_the_clock": target.always,
        }  # fmt: skip
    calendar = policy.calendar
    typed |= {f"hours_{day}": ", ".join(calendar.hours.get(day, ())) for day in WEEKDAYS}
    holidays = "\n".join(f"{day:%Y-%m-%d}" for day in sorted(calendar.holidays))
    warn_at, warn_before = round(policy.warn_at * 100, 4), length_text(policy.warn_before)
    return {**typed, "zone": calendar.zone, "holidays": holidays, "warn_at": warn_at, "warn_before": warn_before}


def sla_of(typed: Typed) -> Policy:
    """Raises Refused."""
    reader = Reader(typed)
    targets = {priority: _target(reader, priority) for priority in PRIORITIES}
    calendar = _calendar(reader)
    warn_at = reader.take("warn_at", _share, 0.75)
    warn_before = reader.take("warn_before", read_length, None) or timedelta(0)
    reader.done()
    return Policy(calendar=calendar, targets=targets, warn_at=warn_at, warn_before=warn_before)


def _target(reader: Reader, priority: int) -> Target:
    always = bool(reader.typed.get(f"p{priority}_around_the_clock"))

    def read(text: str | None) -> timedelta | None:
        return read_length(text, FULL_DAY if always else DAY)

    response = reader.take(f"p{priority}_first_reply", read, None)
    resolution = reader.take(f"p{priority}_resolution", read, None)
    if response and resolution and resolution < response:
        reader.problems[f"p{priority}_resolution"] = "This is sooner than the first reply."
    return Target(response=response, resolution=resolution, always=always)


def _share(percent: float | None) -> float:
    if percent is None or not 0 < percent <= 100:
        raise Invalid("Please write more than 0 and at most 100 %.")
    return round(percent / 100, 6)


def _calendar(reader: Reader) -> BusinessCalendar:
    free: tuple[str, ...] = ()
    hours = {day: reader.take(f"hours_{day}", partial(_spans, day), free) for day in WEEKDAYS}
    none: frozenset[date] = frozenset()
    holidays = reader.take("holidays", _holidays, none)
    zone = str(reader.typed.get("zone") or "")
    with reader.at("zone"):
        BusinessCalendar(zone=zone)
    if not any(hours.values()) and not any(name.startswith("hours_") for name in reader.problems):
        reader.problems["hours"] = "Please give at least one day working hours."
    return (
        ALWAYS
        if reader.problems
        else BusinessCalendar(zone=zone, hours={d: s for d, s in hours.items() if s}, holidays=holidays)
    )


def _spans(day: Weekday, text: str | None) -> tuple[str, ...]:
    """'08:00-12:00, 13:00-17:00'; a dash of any length will do."""
    plain = re.sub(r"\s*[\u2010-\u2015]\s*|\s+-\s+", "-", _short(text or ""))
    spans = tuple(part for part in re.split(r"[,;\s]+", plain) if part)
    if spans:
        BusinessCalendar(hours={day: spans})
    return spans


def _holidays(text: str | None) -> frozenset[date]:
    found: set[date] = set()
    if len(text or "") > HOLIDAYS_MOST:
        raise Invalid("There can be 1,000 holidays at most.")
    for number, line in enumerate((text or "").splitlines(), 1):
        if not line.strip():
            continue
        try:
            found.add(date.fromisoformat(line.strip()))
        except ValueError:
            raise Invalid(f"Line {number}, '{line.strip()[:30]}', is no day; write for example 2026-12-25.") from None
    if len(found) > 1000:
        raise Invalid("There can be 1,000 holidays at most.")
    return frozenset(found)


# incidents by the portal


def typed_alarms(policy: AlarmPolicy) -> dict[str, Any]:
    return {"on": policy.on, "green_for": length_text(policy.green_for, FULL_DAY), "quiet": sorted(policy.quiet)}


def alarms_of(typed: Typed) -> AlarmPolicy:
    """Raises Refused."""
    reader = Reader(typed)
    green_for = reader.take("green_for", lambda text: read_length(text, FULL_DAY), None) or timedelta(0)
    reader.done()
    return AlarmPolicy(on=bool(typed["on"]), green_for=green_for, quiet=frozenset(typed["quiet"] or ()))
