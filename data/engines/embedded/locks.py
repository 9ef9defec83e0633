"""One writer per table at a time, over threads and processes; a lost race is run again."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from deltalake.exceptions import CommitFailedError
from filelock import FileLock, Timeout
from tenacity import RetryError, Retrying, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from data.errors import Conflict, Unavailable

T = TypeVar("T")
PATIENCE_S = 60.0


class WriteLocks:
    """Lock files live beside the tables, so that nothing foreign lies in a Delta folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._locks: dict[str, tuple[threading.Lock, FileLock]] = {}
        self._guard = threading.Lock()

    @contextmanager
    def held(self, table: str) -> Iterator[None]:
        """Raises Conflict when others keep the table for longer than a minute."""
        thread_lock, file_lock = self._of(table)
        if not thread_lock.acquire(timeout=PATIENCE_S):
            raise Conflict(f"{table} is being changed by others; try again.")
        try:
            self._acquire(table, file_lock)
            try:
                yield
            finally:
                file_lock.release()
        finally:
            thread_lock.release()

    def _acquire(self, table: str, lock: FileLock) -> None:
        try:
            lock.acquire(timeout=PATIENCE_S, poll_interval=0.005)
        except Timeout as error:
            raise Conflict(f"{table} is being changed by another process; try again.") from error
        except OSError as error:
            raise Unavailable(f"Cannot write to {self._folder}: {error.strerror or error}") from error

    def _of(self, table: str) -> tuple[threading.Lock, FileLock]:
        with self._guard:
            if table not in self._locks:
                try:
                    self._folder.mkdir(parents=True, exist_ok=True)
                except OSError as error:
                    raise Unavailable(f"Cannot write to {self._folder}: {error.strerror or error}") from error
                self._locks[table] = (threading.Lock(), FileLock(self._folder / f"{table}.lock", thread_local=False))
            return self._locks[table]


def persistently(table: str, attempt: Callable[[], T]) -> T:
    """Our own writers wait for the lock; only a writer who ignores it makes a commit fail. Raises Conflict at last."""
    waits = wait_random_exponential(multiplier=0.01, max=0.5)
    retrying = Retrying(stop=stop_after_attempt(6), wait=waits, retry=retry_if_exception_type(CommitFailedError))
    try:
        return retrying(attempt)
    except RetryError as error:
        raise Conflict(f"Somebody else changed {table} at the same time; try again.") from error
