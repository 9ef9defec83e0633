"""What the stand-in saw, and what it does wrong when told to. Faults hold for a number of calls, then it is well."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.standins.workspace.errors import SqlError, timed_out


@dataclass
class Call:
    kind: str
    """A Thrift method ("ExecuteStatement"), "token", or method and path ("GET /api/2.2/jobs/list?limit=24")."""

    text: str = ""
    at: float = 0.0
    """Of the monotonic clock."""

    status: int = 200


@dataclass
class Fault:
    on: str
    times: int
    status: int = 0
    retry_after: int | None = None
    seconds: float = 0.0
    error: SqlError | None = None


@dataclass
class Faults:
    """`on`: of `fail` a Thrift method or the beginning of a path ("" for every call), of the others a piece of SQL."""

    is_down: bool = False
    delay_s: float = 0.0
    on_drop_sessions: Callable[[], None] = lambda: None
    on_expire_tokens: Callable[[], None] = lambda: None
    _failures: list[Fault] = field(default_factory=list)
    _errors: list[Fault] = field(default_factory=list)
    _waits: list[Fault] = field(default_factory=list)
    _held: list[Fault] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def fail(self, status: int, times: int = 1, retry_after: int | None = None, on: str = "ExecuteStatement") -> None:
        self._failures.append(Fault(on, times, status, retry_after))

    def down(self) -> None:
        self.is_down = True

    def up(self) -> None:
        self.is_down = False

    def delay(self, seconds: float) -> None:
        """Added to every statement from now on."""
        self.delay_s = seconds

    def slow(self, seconds: float, times: int = 1, on: str = "") -> None:
        self._waits.append(Fault(on, times, seconds=seconds))

    def sql_error(self, text: str, sqlstate: str, times: int = 1, on: str = "") -> None:
        """`text`: the class and the words, "[DELTA_CONCURRENT_WRITE] Somebody else …"."""
        name, _, words = text.lstrip("[").partition("]")
        self._errors.append(Fault(on, times, error=SqlError(name, words.strip(), sqlstate)))

    def read_timeout(self, times: int = 1, on: str = "") -> None:
        """The statement is carried out, but its answer comes only after the client has given up."""
        self._held.append(Fault(on, times))

    def drop_sessions(self) -> None:
        """As after a restart of the warehouse: all sessions of now are unknown."""
        self.on_drop_sessions()

    def expire_tokens(self) -> None:
        """All tokens given out so far are refused; new ones are good."""
        self.on_expire_tokens()

    def clear(self) -> None:
        self.is_down, self.delay_s = False, 0.0
        for faults in (self._failures, self._errors, self._waits, self._held):
            faults.clear()

    def refusal(self, kind: str, path: str) -> Fault | None:
        if self.is_down:
            return Fault("", 1, 503)
        return self._next(self._failures, lambda on: not on or kind == on or path.startswith(on))

    def holds(self, sql: str) -> bool:
        return self._next(self._held, lambda on: on in sql) is not None

    def before(self, sql: str, limit_s: float, cancelled: threading.Event) -> None:
        """What a statement suffers before it runs. Raises SqlError."""
        wait = self._next(self._waits, lambda on: on in sql)
        seconds = self.delay_s + (wait.seconds if wait else 0.0)
        if seconds:
            cancelled.wait(min(seconds, limit_s))
        if seconds > limit_s:
            raise timed_out(limit_s)
        if (planted := self._next(self._errors, lambda on: on in sql)) and planted.error:
            raise planted.error

    def _next(self, faults: list[Fault], fits: Callable[[str], bool]) -> Fault | None:
        with self._lock:
            found = next((fault for fault in faults if fits(fault.on)), None)
            if found:
                found.times -= 1
                if not found.times:
                    faults.remove(found)
            return found
