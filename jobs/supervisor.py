"""Runs calls in daemon threads under a deadline; a call that outlives it is left behind and not started twice."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from datetime import timedelta
from queue import Empty, SimpleQueue
from typing import TypeVar

from data.errors import PortalError
from data.status import words

T = TypeVar("T")
Calls = Mapping[str, Callable[[], T]]


class Overdue(PortalError):
    """The call did not finish in time, or still has not finished since an earlier round."""


class Supervisor:
    """Remembers which calls hang: Python cannot stop a thread from outside, so a hanging one must not multiply."""

    def __init__(self) -> None:
        self._running: set[str] = set()
        self._lock = threading.Lock()

    def run(self, calls: Calls[T], timeout: timedelta, at_once: int = 1) -> dict[str, T | Exception]:
        """By key, what each call returned or raised; Overdue for those not finished when `timeout` is over for all.

        A call whose turn did not come by then is not started, and its key is missing.
        """
        ends = time.monotonic() + timeout.total_seconds()
        late = Overdue(f"did not finish within {words.duration(timeout)}")
        results: dict[str, T | Exception] = dict.fromkeys(calls, late)
        waiting = deque(calls)
        answers: SimpleQueue[tuple[str, T | Exception]] = SimpleQueue()

        def work(key: str | None) -> None:
            while key is not None:
                answers.put((key, self._attempt(key, calls[key])))
                key = _pop(waiting)

        for _ in range(at_once):
            threading.Thread(target=work, args=(_pop(waiting),), daemon=True).start()
        for _ in calls:
            try:
                key, answer = answers.get(timeout=max(0.0, ends - time.monotonic()))
            except Empty:
                while (unstarted := _pop(waiting)) is not None:
                    del results[unstarted]
                break
            results[key] = answer
        return results

    def _attempt(self, key: str, call: Callable[[], T]) -> T | Exception:
        with self._lock:
            if key in self._running:
                return Overdue("has not finished since an earlier round")
            self._running.add(key)
        try:
            return call()
        except Exception as error:
            return error
        finally:
            with self._lock:
                self._running.discard(key)


def _pop(waiting: deque[str]) -> str | None:
    try:
        return waiting.popleft()
    except IndexError:
        return None
