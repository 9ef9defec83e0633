"""What every simulated check reads at any moment, past or to come. Pure: seed, anchor, check and moment decide."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from hashlib import blake2b
from itertools import chain
from math import pi, sin
from struct import unpack
from typing import Any
from zoneinfo import ZoneInfo

from data.status.calendars import first_owed
from data.status.model import Check, Mode, Outcome, Reading
from data.status.uptime import day_bounds
from data.status.verdicts import EXACT_MODES
from jobs.demo.behaviour import Behaviour
from jobs.demo.scene import CALM, D, H, M, Trouble, staged

ZONE = ZoneInfo("Europe/Berlin")
"""Where the imaginary company works."""
Arrivals = Callable[[Check, date], Sequence[datetime]]

WEEK = 7 * D
HISTORY_DAYS = 90
RECENT = 2 * D
"""So long before the anchor the history is complete; what is older is thinned, but not in trouble."""
THINNED = 3 * H
SILENCE_DAYS = 30


class Story:
    """The same seed and anchor tell the same story in every process, so that history and live readings are one."""

    def __init__(self, seed: int, anchor: datetime) -> None:
        self.seed = seed
        self.anchor = anchor
        self._behaviours: dict[str, Behaviour] = {}
        self._staged: dict[str, list[Trouble]] = {}
        self._weeks: dict[tuple[str, int], list[Trouble]] = {}
        self._days: dict[tuple[str, date], list[datetime]] = {}

    def reading(self, check: Check, at: datetime) -> Reading:
        trouble = next(iter(self.troubles(check, at, at)), None)
        evidence = {"simulated": True, "cause": trouble.says} if trouble else {}
        seen: dict[str, Any] = {"check_id": check.id, "observed_at": at, "evidence": evidence}
        if trouble and trouble.effect == "blind":
            return Reading(**seen, outcome=Outcome.blind, message=trouble.says)
        if check.mode in EXACT_MODES:
            return Reading(**seen, source_event_at=self._newest(check, at, self._arrivals))
        return Reading(**seen, **self._sampled(check, at, trouble))

    def troubles(self, check: Check, start: datetime, end: datetime) -> list[Trouble]:
        """Those that touch the time from `start` to `end`, the staged ones first."""
        weeks = range((start - self.anchor) // WEEK - 1, (end - self.anchor) // WEEK + 1)
        told = chain(self._scene(check), *(self._week(check, week) for week in weeks))
        return [trouble for trouble in told if trouble.start <= end and start < trouble.end]

    def moments(self, check: Check) -> list[datetime]:
        """When the check was looked at up to the anchor, oldest first."""
        start = self.watched_from(check)
        newest = self.anchor - check.every * self._dice(check.id, "phase")[0]
        total = (newest - start) // check.every
        looks = {*range(min(total, RECENT // check.every)), *range(0, total, self.stride(check)), total}
        for trouble in self.troubles(check, start, self.anchor):
            first, last = (newest - trouble.end - 30 * M) // check.every, (newest - trouble.start) // check.every + 3
            looks.update(range(max(0, first), min(total, last)))
        looks.update(look for look in self._around_arrivals(check, newest) if 0 <= look <= total)
        return [newest - check.every * back for back in sorted(looks, reverse=True)]

    def _around_arrivals(self, check: Check, newest: datetime) -> Iterator[int]:
        """The last look before each arrival and the first one after it: the age of data rises evenly in between."""
        arrives, today = self.behaviour(check).arrives, self.anchor.astimezone(ZONE).date()
        visible = isinstance(arrives, timedelta) and arrives >= H
        for back in range(self.behaviour(check).watched_days if visible else 0):
            for arrival in self._arrivals(check, today - D * back):
                yield from ((newest - arrival) // check.every, (newest - arrival) // check.every + 1)

    def stride(self, check: Check) -> int:
        """Every how manieth look the thinned history keeps: none that would miss an arrival."""
        arrives = self.behaviour(check).arrives
        return max(1, (min(arrives, THINNED) if isinstance(arrives, timedelta) else THINNED) // check.every)

    def watched_from(self, check: Check) -> datetime:
        first = self.anchor.astimezone(ZONE).date() - D * (self.behaviour(check).watched_days - 1)
        return day_bounds(first, ZONE)[0]

    def behaviour(self, check: Check) -> Behaviour:
        if check.id not in self._behaviours:
            self._behaviours[check.id] = Behaviour.model_validate(check.target)
        return self._behaviours[check.id]

    def _sampled(self, check: Check, at: datetime, trouble: Trouble | None) -> dict[str, Any]:
        behaviour = self.behaviour(check)
        broken = trouble is not None and trouble.hits(at, check.every)
        if check.mode is Mode.threshold:
            return {"value": self._number(check, at, broken)}
        if not broken:
            return {"message": behaviour.fine, "value": self._number(check, at, False)}
        return {"message": trouble and trouble.says, "outcome": Outcome.warn if behaviour.warns else Outcome.fail}

    def _number(self, check: Check, at: datetime, broken: bool) -> float | None:
        behaviour = self.behaviour(check)
        if behaviour.usual is None:
            return None
        chance = 2 * self._dice(check.id, at)[0] - 1
        if broken and behaviour.bad is not None:
            number = behaviour.bad * (1 + 0.05 * chance * bool(behaviour.spread))
        else:
            number = behaviour.usual * (1 + behaviour.spread * (0.7 * (2 * _busy(at) - 1) + 0.3 * chance))
        return float(round(number)) if behaviour.whole else round(number, 2)

    def _scene(self, check: Check) -> list[Trouble]:
        if check.id not in self._staged:
            self._staged[check.id] = staged(check.id, self.anchor, self.behaviour(check).trouble)
        return self._staged[check.id]

    def _week(self, check: Check, week: int) -> list[Trouble]:
        """At most one unstaged trouble begins in a week."""
        key = (check.id, week)
        if key not in self._weeks:
            trouble = self._mishap(check, week)
            self._weeks[key] = [trouble] if trouble and self._fits(check, trouble) else []
        return self._weeks[key]

    def _mishap(self, check: Check, week: int) -> Trouble | None:
        behaviour = self.behaviour(check)
        happens, when, length, kind = self._dice(check.id, week)
        if happens > behaviour.a_month * WEEK / (30 * D):
            return None
        start = self.anchor + WEEK * (week + when)
        lasts = 10 * M * 24**length
        if kind < 0.1:
            return Trouble(start, start + lasts, "blind", "Source throttled")
        if check.mode not in EXACT_MODES:
            return Trouble(start, start + lasts, "flapping" if kind < 0.2 else "broken", behaviour.trouble)
        last = self._newest(check, start, self._planned)
        return Trouble(last, _missed_at(check, last) + lasts, "broken", behaviour.trouble) if last else None

    def _fits(self, check: Check, trouble: Trouble) -> bool:
        calm_from, calm_to = (self.anchor + edge for edge in CALM)
        return trouble.start > self.watched_from(check) and (trouble.end < calm_from or trouble.start > calm_to)

    def _newest(self, check: Check, at: datetime, arrivals: Arrivals) -> datetime | None:
        day = at.astimezone(ZONE).date()
        for back in range(SILENCE_DAYS):
            times = arrivals(check, day - D * back)
            if index := bisect_right(times, at):
                return times[index - 1]
        return None

    def _arrivals(self, check: Check, day: date) -> list[datetime]:
        """Of a local day, after what troubles made of it."""
        key = (check.id, day)
        if key not in self._days:
            start, end = day_bounds(day, ZONE)
            stops = [t for t in self.troubles(check, start, end) if t.effect == "broken"]
            kept = {a for a in self._planned(check, day) if not any(t.start < a < t.end for t in stops)}
            edges = {edge for t in stops for edge in (t.start, t.end) if start <= edge < end}
            self._days[key] = sorted(kept | edges)
        return self._days[key]

    def _planned(self, check: Check, day: date) -> list[datetime]:
        behaviour = self.behaviour(check)
        if not behaviour.arrives or not check.days.works_on(day):
            return []
        start, end = day_bounds(day, ZONE)
        if isinstance(behaviour.arrives, timedelta):
            first = start + behaviour.arrives * self._dice(check.id, "phase")[1] / 2
            times = [first + behaviour.arrives * n for n in range((end - first) // behaviour.arrives + 1)]
        else:
            times = [datetime.combine(day, local, ZONE) for local in behaviour.arrives]
        return sorted(time + behaviour.jitter * self._dice(check.id, day, n)[0] for n, time in enumerate(times))

    def _dice(self, *key: object) -> tuple[float, ...]:
        """Four numbers from 0 to 1."""
        digest = blake2b(repr((self.seed, key)).encode(), digest_size=16).digest()
        return tuple(number / 2**32 for number in unpack("4I", digest))


def _missed_at(check: Check, event_at: datetime) -> datetime:
    """When data newer than `event_at` is missed."""
    if check.deadline:
        owed = first_owed(check.deadline, check.days, event_at)
        return owed.due_at if owed else event_at
    return event_at + (check.thresholds.warn_after or check.thresholds.error_after or D)


def _busy(at: datetime) -> float:
    """0 at night to 1 at noon of a working day."""
    local = at.astimezone(ZONE)
    daylight = max(0.0, sin(pi * (local.hour + local.minute / 60 - 6) / 14))
    return daylight if local.weekday() < 5 else daylight / 4
