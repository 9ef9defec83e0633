"""What is usual: the time between arrivals, learned from the last six weeks by robust statistics."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from statistics import median
from zoneinfo import ZoneInfo

from data.status.model import Band

MEMORY_DAYS = 42
MIN_SAMPLES = 7
"""Fewer silences than this teach nothing."""
MIN_WEEKS = 4
"""Silences at one hour of one weekday, seen this often, are a rhythm."""
SPREAD = 3 * 1.4826
"""Three standard deviations, estimated from the median absolute deviation of a normal distribution."""
MIN_DEVIATION = 0.05
"""Share of the median; machines on a schedule are more regular than their future."""

Span = tuple[datetime, datetime]
HOUR = timedelta(hours=1)


def learn(arrivals: Sequence[datetime], at: datetime, zone: ZoneInfo, excluded: Sequence[Span] = ()) -> Band | None:
    """How long silence usually lasts in the hour from `at` on; None while too little is known. Learn again every hour.

    Samples are the silences that were open in this hour of this weekday, so that a weekend without loads is usual.
    Before that rhythm is known: in this hour of any day, else all; there the longest silence seen is usual as well.
    `samples` counts all silences known, of which the band's are those of its `basis`.
    Silences that touch an `excluded` span (maintenance, incidents) teach nothing.
    """
    silences = _silences(arrivals, at, excluded)
    if len(silences) < MIN_SAMPLES:
        return None
    local = at.astimezone(zone)
    hours = [(local - timedelta(days=back)).astimezone(UTC) for back in range(1, MEMORY_DAYS + 1)]
    weekly, daily = _open_during(silences, hours[6::7]), _open_during(silences, hours)
    weeks = math.ceil((at - silences[0][0]) / timedelta(weeks=1))
    past = f"{weeks} weeks" if weeks > 1 else "1 week"
    around = f"{local + HOUR / 2:%H:00}"
    if len(weekly) >= MIN_WEEKS:
        return _band(weekly, len(silences), f"{local:%A}s around {around}, {past}")
    if len(daily) >= MIN_SAMPLES:
        return _band(daily, len(silences), f"Every day around {around}, {past}", tolerate=max(daily))
    lengths = [_seconds(silence) for silence in silences]
    return _band(lengths, len(silences), f"All arrivals of {past}", tolerate=max(lengths))


def _silences(arrivals: Sequence[datetime], at: datetime, excluded: Sequence[Span]) -> list[Span]:
    since = at - timedelta(days=MEMORY_DAYS)
    known = sorted({arrival for arrival in arrivals if since <= arrival <= at})
    return [s for s in pairwise(known) if not any(s[0] < end and start < s[1] for start, end in excluded)]


def _open_during(silences: Sequence[Span], hours: Sequence[datetime]) -> list[float]:
    """Seconds of each silence that was open in one of the hours that start at these moments."""
    starts, ends = [start for start, _ in silences], [end for _, end in silences]
    found = {index for hour in hours for index in range(bisect_right(ends, hour), bisect_left(starts, hour + HOUR))}
    return [_seconds(silences[index]) for index in sorted(found)]


def _seconds(silence: Span) -> float:
    return (silence[1] - silence[0]).total_seconds()


def _band(lengths: Sequence[float], samples: int, basis: str, tolerate: float = 0.0) -> Band:
    middle = median(lengths)
    deviation = max(median(abs(length - middle) for length in lengths), MIN_DEVIATION * middle)
    low, high = max(0.0, middle - SPREAD * deviation), max(middle + SPREAD * deviation, tolerate)
    return Band(low_s=low, median_s=middle, high_s=high, samples=samples, basis=basis)
