"""What a channel is: it sends parcels, and says in words why one could not be sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Protocol

from data.errors import PortalError
from data.notifications.model import Card, Channel, Delivery
from data.settings import Settings


class Refused(PortalError):
    """It will never work like this: no further try."""


class Failed(PortalError):
    """It may work later. `not_before`: as the receiver asked."""

    def __init__(self, message: str, not_before: datetime | None = None) -> None:
        super().__init__(message)
        self.not_before = not_before


class Postponed(Failed):
    """Not tried, because the receiver asked to wait."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """What goes out in one message. `deliveries`: of one channel, target and thread, oldest first."""

    deliveries: tuple[Delivery, ...]

    @property
    def cards(self) -> tuple[Card, ...]:
        return tuple(one.card for one in self.deliveries)

    @property
    def target(self) -> str:
        return self.deliveries[0].target

    @property
    def thread(self) -> str:
        return self.deliveries[0].thread

    @property
    def key(self) -> str:
        """The same whenever the same deliveries are sent: a receiver can tell that it has this one already."""
        return sha256("\n".join(sorted(one.id for one in self.deliveries)).encode()).hexdigest()[:32]


@dataclass(frozen=True)
class Office:
    """What senders work with, for one run."""

    settings: Settings
    channels: Mapping[str, Channel]
    clock: Callable[[], datetime]


class Sender(Protocol):
    def send(self, parcel: Parcel) -> None:
        """From several threads at once. Raises Refused, Failed, Postponed, all in words that hold no secret."""
        ...

    def close(self) -> None: ...
