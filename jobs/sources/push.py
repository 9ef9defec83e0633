"""Checks that others report to. Nothing is fetched: only a missing heartbeat is noticed here, silence being failure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from data.status.model import Check, Current, Mode, Model, Outcome, Reading, State
from data.status.verdicts import judge
from jobs.sources.base import Context

REPORTED = {
    State.degraded: Outcome.warn,
    State.major_outage: Outcome.fail,
    State.unknown: Outcome.blind,
    State.disabled: Outcome.blind,
}
"""Which outcome leads to a state that silence does not explain."""


class NoTarget(Model):
    pass


class Push:
    name = "push"
    title = "Pushed results and heartbeats"
    target = NoTarget
    modes = frozenset(Mode)
    timeout = timedelta(seconds=10)

    def fetch(self, checks: Sequence[Check], context: Context) -> Context:
        return context

    def readings(self, checks: Sequence[Check], payload: Context, at: datetime) -> list[Reading]:
        """Dated when the last beats were read: a beat that came since is newer and wins.

        Other modes get no reading, so that they become unknown by themselves when nobody reports.
        """
        beats = [check for check in checks if check.mode is Mode.heartbeat]
        return [_silence(check, payload.currents.get(check.id), payload.at) for check in beats]


def _silence(check: Check, current: Current | None, at: datetime) -> Reading:
    """Silence by itself; what the last beat reported beyond it holds until the next beat."""
    last_beat = current.source_event_at if current else None
    silence = Reading(check_id=check.id, observed_at=at, source_event_at=last_beat)
    if current is None or current.last_success_at == last_beat or _explains(silence, check, current):
        return silence
    reported = REPORTED.get(current.state, Outcome.ok)
    return silence.model_copy(update={"outcome": reported, "message": current.reason})


def _explains(silence: Reading, check: Check, current: Current) -> bool:
    return judge(check, silence, current.observed_at).state is current.state
