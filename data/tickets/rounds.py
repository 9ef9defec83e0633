"""What the clock does to tickets: follows alarms, ends silence, reminds, escalates, expires; all may be repeated."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from data.errors import PortalError
from data.people.model import Actor
from data.tickets.alarms import REOPEN_WITHIN, Alarm, drafted, plan_alarms
from data.tickets.approvals import due
from data.tickets.effects import APPROVAL_HOLD
from data.tickets.ids import id_from
from data.tickets.kinds import KINDS, kind_of
from data.tickets.knobs import Knobs
from data.tickets.model import Answers, Approval, Draft, Opened, Query, Ticket
from data.tickets.sla import DAY
from data.tickets.store import MOST, TicketStore
from data.tickets.visibility import viewer_of

log = logging.getLogger(__name__)
SILENCE = 5 * DAY
"""Business time after which nobody objects any more to what was resolved."""
NUDGES = (3 * DAY, 7 * DAY)
NO_ANSWER = 10 * DAY
PORTAL = Actor.job("portal")
Move = Callable[[Actor, str, int, str, Answers], Ticket]


class Rounds:
    def __init__(
        self, store: TicketStore, open_: Callable[[Actor, Draft], Opened], move: Move, clock: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._open = open_
        self._move = move
        self._clock = clock

    def follow(self, alarms: Iterable[Alarm]) -> list[str]:
        """Opens, reopens and resolves incidents as critical checks turn; what was done, in words."""
        now, policy = self._clock(), self._store.knobs().alarms
        plan = plan_alarms(alarms, self._store.alarm_tickets(now - REOPEN_WITHIN), policy, now)
        done = [self._opened(alarm) for alarm in plan.to_open]
        for ticket, alarm in plan.to_reopen:
            done.append(self._moved(ticket, "reopen", {"note": f"Red again: {alarm.reason}"}))
        for ticket, alarm in plan.to_resolve:
            note = f"Green again: {alarm.reason}"
            done.append(self._moved(ticket, "recover", {"note": note, "evidence": alarm.evidence}))
        return [line for line in done if line]

    def tend(self) -> list[str]:
        """Everything that falls due by itself; what was done, in words."""
        now, knobs = self._clock(), self._store.knobs()
        ended = tuple({name for kind in KINDS.values() for name in kind.workflow.names("ended")})
        viewer = viewer_of(PORTAL)
        waiting = self._store.page(viewer, Query(on_hold=True, sort="created"), now, MOST)
        resting = self._store.page(viewer, Query(states=ended, sort="created"), now, MOST)
        approvals = self._store.approvals(None, waiting=True)
        done = []
        for ticket in (*waiting, *resting):
            own = tuple(approval for approval in approvals if approval.ticket_id == ticket.id)
            if (name := due_move(ticket, own, knobs, now)) is not None:
                done.append(self._moved(ticket, name, {}))
        return [line for line in done if line]

    def _opened(self, alarm: Alarm) -> str | None:
        try:
            opened = self._open(PORTAL, drafted(alarm, id_from(alarm.since, alarm.check_id)))
        except PortalError as error:
            log.error("No incident could be opened for %s: %s", alarm.check_id, error)
            return None
        return f"{opened.ticket.key} opened: {opened.ticket.title}" if opened.is_new else None

    def _moved(self, ticket: Ticket, name: str, answers: dict[str, Any]) -> str | None:
        """Somebody who is faster is right: the next round looks again."""
        try:
            moved = self._move(PORTAL, ticket.id, ticket.version, name, answers)
        except PortalError as error:
            log.info("%s was left as it is (%s): %s", ticket.key, name, error)
            return None
        return f"{moved.key}: {name}"


def due_move(ticket: Ticket, approvals: tuple[Approval, ...], knobs: Knobs, now: datetime) -> str | None:
    """The move of the portal that is due; None: nothing is."""
    calendar = knobs.sla.calendar
    if kind_of(ticket.kind).workflow.state(ticket.state).phase == "ended":
        since = max(filter(None, (ticket.stopped_at, ticket.tally.last_comment_at)))
        return "settle" if calendar.between(since, now) >= SILENCE.total_seconds() else None
    if ticket.hold_reason == APPROVAL_HOLD:
        return due(approvals, now, knobs.requests, calendar)
    if ticket.hold_until is not None and ticket.hold_until <= now:
        return "resume"
    if ticket.hold_reason != "requester" or ticket.hold_since is None:
        return None
    waited = timedelta(seconds=calendar.between(ticket.hold_since, now))
    nudged = int(ticket.fields.get("nudges", 0))
    if waited >= NO_ANSWER:
        return "give_up"
    return "nudge" if nudged < len(NUDGES) and waited >= NUDGES[nudged] else None
