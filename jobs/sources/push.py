"""Checks that others report to. Nothing is fetched: only a missing heartbeat is noticed here, silence being failure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from data.status.model import Check, Current, Mode, Model, Reading
from jobs.sources.base import Context


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
    last_beat = current.source_event_at if current else None
    return Reading(check_id=check.id, observed_at=at, source_event_at=last_beat)
