"""How much the portal asks of its store, since the process began: counted here, told by whoever wants to."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Meter:
    """Deeds of one kind: how many, how long they took together, how many failed."""

    total: int = 0
    seconds: float = 0.0
    failed: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def count(self) -> None:
        with self._lock:
            self.total += 1

    @contextmanager
    def timed(self) -> Iterator[None]:
        began, failed = time.perf_counter(), 1
        try:
            yield
            failed = 0
        finally:
            with self._lock:
                self.total, self.failed = self.total + 1, self.failed + failed
                self.seconds += time.perf_counter() - began


STATEMENTS = {verb: Meter() for verb in ("query", "execute", "append")}
LOOKS, ASKED = Meter(), Meter()
"""Cached reads that somebody wanted, and those for which the store was asked."""
