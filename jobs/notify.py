"""Delivers what the outbox holds: plans, claims a batch, sends it several at once, keeps what became of each."""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from functools import partial
from time import perf_counter
from uuid import uuid4

from data.notifications.model import MAIL, Delivery
from data.notifications.outcomes import SENT, Outcome
from data.portal import Portal
from jobs.channels import CHANNELS
from jobs.channels.base import Failed, Office, Parcel, Postponed, Refused, Sender
from jobs.supervisor import Overdue, Supervisor

log = logging.getLogger(__name__)

EVERY = timedelta(minutes=1)
BATCH = 500
AT_ONCE = 16
BATCH_WITHIN = timedelta(minutes=2)
"""Well inside the lease of a claim: what has not begun by then goes back."""
ENDS_AFTER_S = 240.0
"""No further batch is begun then: the next run goes on."""
LOST = Outcome("failed", "The portal failed in a way it should not; its log has the details.")
WORDS = {
    "sent": "delivered", "failed": "to be tried again", "postponed": "postponed as the receiver asked",
    "refused": "refused, see dead letters", "unseen": "dropped, because nobody may see them any more",
    "outdated": "dropped, because it changed before it was told",
}  # fmt: skip


def notify(portal: Portal) -> list[str]:
    """What was done, in words."""
    began, post, counted = perf_counter(), portal.notifications.post, Counter[str]()
    planned = post.plan()
    supervisor, office = Supervisor(), Office(portal.settings, post.channels(), portal.clock)
    senders = {name: sender(office) for name, sender in CHANNELS.items()}
    try:
        while batch := post.claim(uuid4().hex, BATCH) if perf_counter() - began < ENDS_AFTER_S else []:
            outcomes = deliver(portal, batch, senders, supervisor)
            if lost := post.settle(outcomes):
                log.warning("%s deliveries were settled by another run meanwhile", lost)
            counted.update(told.result for _, told in outcomes)
    finally:
        for sender in senders.values():
            sender.close()
    told = [f"{counted[result]} {words}" for result, words in WORDS.items() if counted[result]]
    return [f"{planned} deliveries planned; {', '.join(told) or 'nothing was due'}."]


def deliver(
    portal: Portal, batch: Sequence[Delivery], senders: Mapping[str, Sender], supervisor: Supervisor
) -> list[tuple[Delivery, Outcome]]:
    """What became of each, in any order."""
    stopped = portal.notifications.post.stopped(batch)
    parcels = {parcel.key: parcel for parcel in packed([one for one in batch if one.id not in stopped])}
    calls = {key: partial(_send, senders[parcel.deliveries[0].channel], parcel) for key, parcel in parcels.items()}
    answers = supervisor.run(calls, BATCH_WITHIN, AT_ONCE) if calls else {}
    not_begun = Outcome("postponed", "There was no time for it in this round.")
    sent = [
        (delivery, _outcome(answers[key]) if key in answers else not_begun)
        for key, parcel in parcels.items()
        for delivery in parcel.deliveries
    ]
    return [*sent, *((one, stopped[one.id]) for one in batch if one.id in stopped)]


def packed(deliveries: Sequence[Delivery]) -> Iterator[Parcel]:
    """Mails of one thread to one person together; everything else alone."""
    together: dict[tuple[str, ...], list[Delivery]] = defaultdict(list)
    for one in deliveries:
        key = (one.channel, one.target, one.thread) if one.channel == MAIL else (one.id,)
        together[key].append(one)
    return (Parcel(tuple(sorted(parts, key=lambda one: (one.card.at, one.id)))) for parts in together.values())


def _send(sender: Sender, parcel: Parcel) -> Outcome:
    try:
        sender.send(parcel)
    except Postponed as told:
        return Outcome("postponed", str(told), told.not_before)
    except Failed as told:
        return Outcome("failed", str(told), told.not_before)
    except Refused as told:
        return Outcome("refused", str(told))
    return SENT


def _outcome(answer: Outcome | Exception) -> Outcome:
    if isinstance(answer, Overdue):
        return Outcome("failed", f"Sending {answer}.")
    if isinstance(answer, Exception):
        log.error("A channel failed in a way it should not: %s", type(answer).__name__)
        return LOST
    return answer
