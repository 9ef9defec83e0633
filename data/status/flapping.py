"""From verdicts to the confirmed state: confirmation against flapping, and blindness written where it began."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from data.status.health import BADNESS
from data.status.model import FRESHNESS_MODES, Check, Current, Outcome, Reading, State, Transition, Verdict
from data.status.verdicts import CLOCK_SKEW, EXACT_MODES, measured
from data.status.words import duration

REMEMBERED = 3
SWITCHED_OFF = "Switched off"
SAME_MOMENT = timedelta(seconds=5)
"""Two processes that look at the same time may report in either order."""
_BLIND_ANYWAY = frozenset({State.unknown, State.disabled})
DWELL = timedelta(minutes=5)
FLAPS, FLAP_SPAN = 4, timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Step:
    """What one reading, or several, made of a check; `transitions` oldest first."""

    current: Current
    transitions: tuple[Transition, ...]

    def after(self, before: Step) -> Step:
        return Step(self.current, before.transitions + self.transitions)


@dataclass(frozen=True, slots=True)
class _Move:
    to: State
    at: datetime
    reason: str
    evidence: str | None = None


def confirm(
    current: Current | None, check: Check, verdict: Verdict, reading: Reading, at: datetime, stale_after: timedelta
) -> Step:
    """The next confirmed state, given the verdict on a reading the portal learned of at `at`.

    A reading older than the newest one changes nothing, unless it brings newer data or a newer beat. `version` rises
    by the number of transitions, at least by one. Each transition carries its own version in its id: a repeated write
    makes the same ids, a later step others.
    """
    seen_at = _moment(current, reading, at)
    if current and seen_at < current.observed_at <= at + CLOCK_SKEW:
        return Step(current, ())
    moves = _gap(current, seen_at, stale_after)
    held = current if current and current.state in BADNESS and not moves else None
    recent = (*(held.recent if held else ()), verdict.state)[-REMEMBERED:]
    reached = _reached(held, check, recent, seen_at)
    if reached is not (moves[-1].to if moves else current.state if current else None):
        moves.append(_Move(reached, seen_at, verdict.reason, reading.evidence_text))
    following, transitions = _followed(current or _unobserved(check, seen_at), check, moves, at)
    observed = {
        "platform_id": check.platform_id,
        "reason": _reason(reached, verdict, recent),
        "observed_at": seen_at,
        "recent": recent,
        "check_version": check.version,
        "version": following.version + (not moves),
        **_measures(following, check, verdict, reading, seen_at),
    }
    return Step(following.model_copy(update=observed), transitions)


def switched_off(current: Current, check: Check, at: datetime) -> Step:
    """From `at` on the check counts nowhere; what it was before stays counted."""
    following, transitions = _followed(current, check, [_Move(State.disabled, at, SWITCHED_OFF)], at)
    return Step(following.model_copy(update={"reason": SWITCHED_OFF, "recent": ()}), transitions)


def _moment(current: Current | None, reading: Reading, at: datetime) -> datetime:
    """When the reading counts from: one out of order that brings news, from the newest look on."""
    seen_at = min(reading.observed_at, at)
    late = current is not None and seen_at < current.observed_at <= at + CLOCK_SKEW
    return current.observed_at if current and late and _brings_news(current, reading, seen_at) else seen_at


def _brings_news(current: Current, reading: Reading, seen_at: datetime) -> bool:
    """Pushed out of order: a beat or data newer than what is known, or a report of the very same moment."""
    told, known = reading.source_event_at, current.source_event_at
    if told and known and told != known:
        return told > known
    return current.observed_at - seen_at <= SAME_MOMENT


def is_flapping(current: Current, at: datetime) -> bool:
    return sum(changed > at - FLAP_SPAN for changed in current.changed_at) >= FLAPS


def as_seen(current: Current | None, check: Check, at: datetime, stale_after: timedelta) -> Verdict:
    """What may be shown at `at`: an answer that is too old is no answer."""
    if check.state != "active":
        return Verdict(state=State.disabled, reason=SWITCHED_OFF)
    if current is None:
        return Verdict(state=State.unknown, reason="Not checked yet")
    if current.state is State.disabled:
        return Verdict(state=State.unknown, reason="Not checked since it was switched on")
    if current.observed_at > at + CLOCK_SKEW:
        return Verdict(state=State.unknown, reason="Last checked in the future: a clock was wrong")
    if at - current.observed_at > stale_after:
        return Verdict(state=State.unknown, reason=_not_checked(at - current.observed_at))
    return Verdict(state=current.state, reason=current.reason)


def _not_checked(silence: timedelta) -> str:
    return f"Not checked for {duration(silence)}"


def _gap(current: Current | None, seen_at: datetime, stale_after: timedelta) -> list[_Move]:
    if current is None or current.state in _BLIND_ANYWAY or seen_at - current.observed_at <= stale_after:
        return []
    return [_Move(State.unknown, current.observed_at + stale_after, _not_checked(seen_at - current.observed_at))]


def _reached(held: Current | None, check: Check, recent: tuple[State, ...], seen_at: datetime) -> State:
    """Enter a worse state when two of the last three verdicts reach it; leave for what the last two both reach.

    Blindness is never smoothed, neither are verdicts from exact times. After blindness (`held` is None) the first
    answer counts.
    """
    newest = recent[-1]
    if held is None or newest not in BADNESS or check.mode in EXACT_MODES:
        return newest
    second_worst = sorted(recent, key=BADNESS.__getitem__)[-2:][0]
    if len(recent) > 1 and BADNESS[second_worst] > BADNESS[held.state]:
        return second_worst
    if _recovering(held.state, recent) and seen_at - held.since >= DWELL:
        return max(recent[-2:], key=BADNESS.__getitem__)
    return held.state


def _recovering(state: State, recent: tuple[State, ...]) -> bool:
    return len(recent) > 1 and all(BADNESS[verdict] < BADNESS[state] for verdict in recent[-2:])


def _reason(state: State, verdict: Verdict, recent: tuple[State, ...]) -> str:
    if state is verdict.state:
        return verdict.reason
    if _recovering(state, recent):
        return f"Better, but watched for {duration(DWELL)} first: {verdict.reason}"
    return f"1 of 2 confirmations: {verdict.reason}"


def _unobserved(check: Check, seen_at: datetime) -> Current:
    """Version 0: nothing is known yet, so that its first move comes from no state."""
    return Current(
        check_id=check.id,
        platform_id=check.platform_id,
        state=State.unknown,
        since=seen_at,
        reason="",
        observed_at=seen_at,
        first_observed_at=seen_at,
        version=0,
    )


def _followed(
    current: Current, check: Check, moves: Iterable[_Move], at: datetime
) -> tuple[Current, tuple[Transition, ...]]:
    transitions: list[Transition] = []
    for move in moves:
        current, transition = _moved(current, check, move, at)
        transitions.append(transition)
    return current, tuple(transitions)


def _moved(current: Current, check: Check, move: _Move, at: datetime) -> tuple[Current, Transition]:
    first = current.version == 0
    transition = Transition(
        id=f"{check.id}:{current.version + 1}",
        check_id=check.id,
        platform_id=check.platform_id,
        from_state=None if first else current.state,
        to_state=move.to,
        at=move.at,
        observed_at=at,
        reason=move.reason,
        evidence=move.evidence,
        source=check.source,
        check_version=check.version,
    )
    changes: dict[str, object] = {"state": move.to, "since": move.at, "version": current.version + 1}
    if not first:
        lately = tuple(changed for changed in current.changed_at if changed > move.at - FLAP_SPAN)
        changes |= {"previous_state": current.state, "previous_since": current.since, "changed_at": (*lately, move.at)}
    return current.model_copy(update=changes), transition


def _measures(
    known: Current, check: Check, verdict: Verdict, reading: Reading, seen_at: datetime
) -> dict[str, datetime | float | str | None]:
    """What was seen. A blind look takes nothing away from what is known of the data."""
    event_at = known.source_event_at if reading.outcome is Outcome.blind else reading.source_event_at
    if check.mode in FRESHNESS_MODES:
        success_at = event_at
    else:
        success_at = (reading.source_event_at or seen_at) if verdict.state is State.operational else None
    return {
        "value": measured(check, reading, seen_at),
        "source_event_at": event_at,
        "last_success_at": success_at or known.last_success_at,
        "evidence": reading.evidence_text,
    }
