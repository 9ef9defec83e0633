"""What a source is: `fetch` looks (network, disk, store), `readings` only maps what was seen."""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Generic, Protocol, TypeVar

from data.errors import PortalError
from data.portal import Portal
from data.status.model import Check, Current, Mode, Model, Outcome, Reading
from jobs.sources.targets import read_target
from jobs.supervisor import Overdue, Supervisor

log = logging.getLogger(__name__)

TO_LOOK = 0.8
"""Share of a source's timeout after which it stops and hands over what it has."""

Target = TypeVar("Target", bound=Model)
Seen = TypeVar("Seen")


@dataclass(frozen=True)
class Context:
    """What a source may use while it looks."""

    portal: Portal
    currents: Mapping[str, Current]
    at: datetime
    """When `currents` were true."""
    supervisor: Supervisor


class Source(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def title(self) -> str: ...

    @property
    def target(self) -> type[Model]:
        """The shape of `check.target`."""
        ...

    @property
    def modes(self) -> frozenset[Mode]:
        """The modes that its readings can serve."""
        ...

    @property
    def timeout(self) -> timedelta:
        """For the whole fetch. A source that is late is left behind, and its checks are unknown."""
        ...

    def fetch(self, checks: Sequence[Check], context: Context) -> Any:
        """Look at the targets. An exception leaves all `checks` unknown: catch what concerns one target only."""
        ...

    def readings(self, checks: Sequence[Check], payload: Any, at: datetime) -> list[Reading]:
        """Pure. A check without a reading stays as it is."""
        ...


class EachTarget(ABC, Generic[Target, Seen]):
    """A source that looks at one target at a time, several at once; a broken one never stops the others."""

    name: str
    title: str
    target: type[Target]
    modes: frozenset[Mode]
    timeout = timedelta(seconds=30)
    at_once = 4

    @abstractmethod
    def look(self, target: Target, context: Context) -> Seen:
        """Raises PortalError, in words, when it cannot look."""

    @abstractmethod
    def reading(self, check: Check, target: Target, seen: Seen, at: datetime) -> Reading:
        """Pure. Raises PortalError, in words, when what was seen tells nothing."""

    def fetch(self, checks: Sequence[Check], context: Context) -> dict[str, Seen | Exception]:
        keys = {f"{self.name}/{check.id}": check for check in longest_unseen_first(checks, context)}
        calls = {key: partial(self._look, check, context) for key, check in keys.items()}
        seen = context.supervisor.run(calls, self.timeout * TO_LOOK, self.at_once)
        return {keys[key].id: found for key, found in seen.items()}

    def readings(self, checks: Sequence[Check], payload: Mapping[str, Seen | Exception], at: datetime) -> list[Reading]:
        return [self._reading(check, payload[check.id], at) for check in checks if check.id in payload]

    def _look(self, check: Check, context: Context) -> Seen:
        return self.look(read_target(self.target, check.target), context)

    def _reading(self, check: Check, seen: Seen | Exception, at: datetime) -> Reading:
        if isinstance(seen, Exception):
            return blind(check, seen, at)
        try:
            return self.reading(check, read_target(self.target, check.target), seen, at)
        except PortalError as error:
            return blind(check, error, at)


def longest_unseen_first(checks: Sequence[Check], context: Context) -> list[Check]:
    """Those that a slow round does not get to are the first of the next one."""
    seen = {id_: current.observed_at.timestamp() for id_, current in context.currents.items()}
    return sorted(checks, key=lambda check: seen.get(check.id, 0.0))


def blind(check: Check, error: Exception, at: datetime) -> Reading:
    return Reading(check_id=check.id, observed_at=at, outcome=Outcome.blind, message=in_words(error))


def in_words(error: Exception) -> str:
    if isinstance(error, Overdue):
        return f"Looking {error}"
    if isinstance(error, PortalError):
        return " ".join(str(error).split("\n"))
    log.error("A source failed in a way it should not", exc_info=error)
    return f"Looking failed in a way it should not ({type(error).__name__}); the portal's log has the details"
