"""The simulated checks of the demo: each reads what the story says of this moment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from data.status.model import Check, Mode, Reading
from jobs.demo.behaviour import Behaviour
from jobs.demo.plot import Plot, find_plot
from jobs.sources.base import Context


class Demo:
    name = "demo"
    title = "Example data (simulated)"
    target = Behaviour
    modes = frozenset(Mode)
    timeout = timedelta(seconds=10)

    def fetch(self, checks: Sequence[Check], context: Context) -> Plot | None:
        return find_plot(context.portal)

    def readings(self, checks: Sequence[Check], payload: Plot | None, at: datetime) -> list[Reading]:
        """None before the history is complete: what is read now must come after it."""
        if payload is None or payload.state != "told":
            return []
        story = payload.story
        return [story.reading(check, at) for check in checks]
