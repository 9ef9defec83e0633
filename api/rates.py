"""How fast one person may ask: a bucket each that refills at a steady rate, kept in this process."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable

MOST = 10_000
"""Buckets kept; who asked longest ago is forgotten first, and by then has a full one."""
BURST_S = 2.0
"""How many seconds' worth may come at once."""


class Rates:
    """For one event loop: nothing here waits."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._full_at: OrderedDict[tuple[str, str], float] = OrderedDict()
        """When each bucket is full again."""

    def wait_s(self, person: str, what: str, per_s: float) -> float:
        """0: go on, one is taken. Else how many seconds until there is one."""
        now = self._clock()
        full_at = max(now, self._full_at.pop((person, what), now))
        wait = round(full_at + 1 / per_s - now - BURST_S, 6)
        self._full_at[person, what] = full_at if wait > 0 else full_at + 1 / per_s
        if len(self._full_at) > MOST:
            self._full_at.popitem(last=False)
        return max(0.0, wait)
