"""Asking a service that counts requests: only so many an hour over all processes, and none before it said."""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from data.errors import Conflict, Unavailable
from data.portal import Portal
from data.status import words
from jobs.microsoft import SERVICES, ServiceName, Throttled, microsoft

ATTEMPTS = 10
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
Memory = dict[str, Any]
T = TypeVar("T")


class Quota:
    """One round of one source. What was asked is kept by the minute in the source's checkpoint, with `facts` beside it.

    Requests are reserved before they are sent, so that processes at work at the same time share one allowance; what is
    left is given back by `close`. A process that is killed leaves its reservation counted for an hour.
    """

    def __init__(self, portal: Portal, source: str, service: ServiceName, per_hour: int) -> None:
        """Raises Throttled, in words, while the service wants to be left alone."""
        self._portal, self._source, self._service, self._per_hour = portal, source, service, per_hour
        self._microsoft = microsoft(portal)
        self._granted: dict[str, int] = {}
        self._throttled: Throttled | None = None
        self._taking, self._reserving = threading.Lock(), threading.Lock()
        self._memory = portal.status.checkpoint(source)
        self._refuse_before(self._memory.get("not_before"))

    @property
    def facts(self) -> Memory:
        """What the source remembered in an earlier round."""
        found: Memory = self._memory.get("facts", {})
        return found

    def reserve(self, wanted: int, spare: int = 0) -> int:
        """How many of the wanted requests may be sent; `spare` of the hour's are left for others."""
        at = self._portal.clock()

        def take(memory: Memory) -> int:
            asked: dict[str, int] = {minute: n for minute, n in memory.get("asked", {}).items() if _counts(minute, at)}
            granted = max(0, min(wanted, self._per_hour - spare - sum(asked.values())))
            memory["asked"] = _added(asked, _minute(at), granted)
            return granted

        with self._reserving:
            granted = self._change(take) if wanted else 0
            self._granted = _added(self._granted, _minute(at), granted)
        return granted

    def ask(self, path: str, **params: Any) -> Any:
        """As `Microsoft.get`. Raises Unavailable when no request is reserved."""
        with self._taking:
            if self._throttled:
                raise self._throttled
            minute = next((minute for minute, n in self._granted.items() if n), None)
            if minute is None:
                raise Unavailable(self._used_up())
            self._granted[minute] -= 1
        try:
            return self._microsoft.get(self._service, path, **params)
        except Throttled as throttled:
            self._throttled = throttled
            raise

    def close(self, facts: Memory | None = None) -> None:
        """Give back what was not used, and remember: the facts, and the wait that was asked for."""
        unused, self._granted = {minute: n for minute, n in self._granted.items() if n}, {}
        if not unused and not self._throttled and facts in (None, self.facts):
            return

        def settle(memory: Memory) -> None:
            for minute, n in unused.items():
                memory["asked"] = _added(memory.get("asked", {}), minute, -n)
            if self._throttled:
                memory["not_before"] = self._throttled.until.isoformat()
            if facts is not None:
                memory["facts"] = facts

        self._change(settle)

    def _change(self, change: Callable[[Memory], T]) -> T:
        """Compare and set, again from what another process saved meanwhile."""
        for _ in range(ATTEMPTS):
            memory = copy.deepcopy(self._memory)
            result = change(memory)
            try:
                self._portal.status.save_checkpoint(self._source, memory, was=self._memory)
            except Conflict:
                self._memory = self._portal.status.checkpoint(self._source)
            else:
                self._memory = memory
                return result
        raise Conflict(f"Too many processes look at {self._source} at the same time")

    def _refuse_before(self, not_before: str | None) -> None:
        at = self._portal.clock()
        if not_before and (until := datetime.fromisoformat(not_before)) > at:
            raise Throttled(f"{self._title} asks to wait until {words.clock(until, self._zone, at)}", until)

    def _used_up(self) -> str:
        return f"The {self._per_hour} requests an hour that the portal allows itself at {self._title} are used up"

    @property
    def _title(self) -> str:
        return SERVICES[self._service].title

    @property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self._portal.settings.timezone)


def _minute(at: datetime) -> str:
    return at.replace(second=0, microsecond=0).isoformat()


def _counts(minute: str, at: datetime) -> bool:
    """The minute's last second is not an hour ago yet."""
    return datetime.fromisoformat(minute) + MINUTE + HOUR > at


def _added(asked: dict[str, int], minute: str, n: int) -> dict[str, int]:
    total = {**asked, minute: asked.get(minute, 0) + n}
    return {minute: n for minute, n in total.items() if n > 0}
