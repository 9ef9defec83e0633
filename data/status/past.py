"""The front page as it was at a past moment: from the trail, the roll-ups before that day and what was planned. Pure.

What the trail knows today is told: blindness is dated back to when it began, so the past may know more than people did.
Names, limits and platforms are today's; a check counts from its first observation until it was switched off.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from data.errors import Invalid
from data.status.board import OpenIncident
from data.status.health import Weight, check_weight
from data.status.model import Current, DayRollup, State, Window
from data.status.rows import PlatformStanding, Standing, Turn
from data.status.uptime import Segment, day_bounds, platform_timeline, rollup, timeline, total_ms
from data.status.view import RECENTLY, Rules, Snapshot

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Past:
    """What the store tells of a moment."""

    at: datetime
    platforms: Sequence[PlatformStanding]
    """As they are now, with the checks that were retired since."""
    turns: Mapping[str, Sequence[Turn]]
    """By check, oldest first: from its newest one at `at` back to `since`."""
    days: Mapping[str, Mapping[date, DayRollup]]
    """By platform; what is of the day of `at`, or later, is not used."""
    windows: Sequence[Window]
    incidents: Mapping[str, Sequence[OpenIncident]]


def past_minute(at: datetime, now: datetime) -> datetime:
    """The beginning of that minute. Raises Invalid for a moment that cannot be shown."""
    if at.tzinfo is None:
        raise Invalid("This moment has no time zone; write for example 2026-11-24T08:40:00+01:00.")
    if not EARLIEST <= at <= now:
        raise Invalid("This moment lies in the future." if at > now else "Nothing was watched so long ago.")
    return at.astimezone(UTC).replace(second=0, microsecond=0)


def since_of(at: datetime, zone: ZoneInfo) -> datetime:
    """From when on the turns are needed: a day of changes, and the whole local day of `at`."""
    return min(at - RECENTLY, day_bounds(at.astimezone(zone).date(), zone)[0])


def snapshot_of(past: Past, rules: Rules) -> Snapshot:
    """Of the platforms that were watched."""
    placed = (_place(place, past) for place in past.platforms)
    platforms = tuple(place for place in placed if place.standings)
    days = {place.platform.id: _days(place, past, rules) for place in platforms}
    return Snapshot(past.at, platforms, days, past=True)


def _place(place: PlatformStanding, past: Past) -> PlatformStanding:
    standings = [_standing(s, past.turns[s.check.id], past.at) for s in place.standings if s.check.id in past.turns]
    windows = [w for w in past.windows if w.platform_id == place.platform.id and w.ends_at > past.at]
    incidents = tuple(past.incidents.get(place.platform.id, ()))
    first = min(windows, key=lambda window: window.starts_at, default=None)
    return PlatformStanding(place.platform, tuple(standings), first, incidents, len(incidents))


def _standing(now: Standing, turns: Sequence[Turn], at: datetime) -> Standing:
    """As if it had been looked at in that very moment, unless nobody has looked since: then it goes blind."""
    seen_at = min(at, now.current.observed_at) if now.current else at
    last, before = turns[-1], turns[-2] if len(turns) > 1 else None
    off = last.to_state is State.disabled
    current = Current.model_construct(
        check_id=now.check.id, platform_id=now.check.platform_id, state=last.to_state, since=last.at,
        reason=last.reason, observed_at=max(seen_at, last.at), first_observed_at=turns[0].at,
        previous_state=last.from_state, previous_since=before.at if before else None,
        changed_at=tuple(turn.at for turn in turns),
    )  # fmt: skip
    check = now.check.model_copy(update={"state": "disabled" if off else "active"})
    return Standing(check, current, None, None, tuple(turn for turn in turns if turn.at >= at - RECENTLY))


def _days(place: PlatformStanding, past: Past, rules: Rules) -> dict[date, DayRollup]:
    """The days before, and the part of that day that had passed."""
    today = past.at.astimezone(rules.zone).date()
    windows = [window for window in past.windows if window.platform_id == place.platform.id]
    segments = platform_timeline(list(_members(place.standings, past, rules)))
    part = rollup(segments, windows, today, rules.zone, past.at)._replace(updated_at=past.at)
    before = {day: known for day, known in past.days.get(place.platform.id, {}).items() if day < today}
    return {**before, today: part} if total_ms(part) else before


def _members(standings: Iterable[Standing], past: Past, rules: Rules) -> Iterator[tuple[list[Segment], Weight]]:
    start = since_of(past.at, rules.zone)
    for standing in standings:
        turns, patience = past.turns[standing.check.id], rules.stale_after(standing.check)
        segments = timeline(turns, standing.current, start, past.at, patience)
        yield segments, check_weight(standing.check.severity)
