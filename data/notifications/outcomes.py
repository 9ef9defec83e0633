"""What becomes of a delivery after it was tried. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from data.notifications.model import Delivery

TRIES = 5
PAUSES = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1))
"""After each try but the last."""
LONGEST_PAUSE = timedelta(hours=6)
ERROR_MOST = 300


@dataclass(frozen=True, slots=True)
class Outcome:
    """`postponed` was not tried; `refused` will never work; `unseen`: whoever it is for may not know any more;
    `outdated`: what it tells is no longer so."""

    result: Literal["sent", "failed", "postponed", "refused", "unseen", "outdated"]
    why: str | None = None
    not_before: datetime | None = None
    """As the receiver asked."""


SENT = Outcome("sent")
UNSEEN = Outcome("unseen", "Whoever it is for may not see this any more.")

OUTDATED = Outcome("outdated", "It changed before it was told.")


def after(delivery: Delivery, outcome: Outcome, now: datetime) -> Delivery:
    tried = replace(delivery, attempts=delivery.attempts + 1, last_error=(outcome.why or "")[:ERROR_MOST] or None)
    match outcome.result:
        case "sent":
            return replace(tried, state="sent", sent_at=now)
        case "refused":
            return replace(tried, state="dead")
        case "unseen" | "outdated":
            return replace(tried, state="dropped", attempts=delivery.attempts)
        case "postponed":
            return replace(delivery, due_at=_until(outcome, now, PAUSES[0]))
    if tried.attempts >= TRIES:
        return replace(tried, state="dead")
    return replace(tried, due_at=_until(outcome, now, PAUSES[tried.attempts - 1]))


def _until(outcome: Outcome, now: datetime, pause: timedelta) -> datetime:
    """A receiver may ask for more patience than we would have, within reason."""
    return min(max(outcome.not_before or now, now + pause), now + LONGEST_PAUSE)
