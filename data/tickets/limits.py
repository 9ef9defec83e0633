"""How much one person may send in an hour. Counted in this process: a brake on accidents, not a wall."""

from __future__ import annotations

import threading
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from data.errors import TooMany
from data.people.model import Actor
from data.people.permissions import Permission

HOUR = timedelta(hours=1)
MOST: Mapping[str, int] = {"ticket": 5, "comment": 20, "vote": 60, "file": 30}
"""In an hour; staff are exempt."""


class Limits:
    def __init__(self, clock: Callable[[], datetime], most: Mapping[str, int] = MOST) -> None:
        self._clock = clock
        self._most = most
        self._sent: defaultdict[tuple[str, str], deque[datetime]] = defaultdict(deque)
        self._lock = threading.Lock()

    def count(self, actor: Actor, thing: str, platform_id: str | None = None) -> None:
        """Raises TooMany, saying when it goes on, where the hour is full."""
        if actor.door == "job" or actor.may(Permission.tickets_ticket_work, platform_id):
            return
        now, most = self._clock(), self._most[thing]
        with self._lock:
            sent = self._sent[thing, actor.email]
            while sent and sent[0] <= now - HOUR:
                sent.popleft()
            if len(sent) >= most:
                again_s = (sent[0] + HOUR - now).total_seconds()
                minutes = max(1, -(-int(again_s) // 60))
                raise TooMany(
                    f"That was {most} {thing}s within an hour, the most for one person. "
                    f"It goes on in {minutes} min; what you wrote stays here.",
                    again_s,
                )
            sent.append(now)
