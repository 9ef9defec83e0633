"""What time does to tickets: incidents of critical checks, silence, holds, approvals, and what a killed job left."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Literal

from data.people.model import Scope
from data.portal import Portal
from data.status.board import Board, CheckView
from data.status.model import Severity, State
from data.tickets.alarms import Alarm

EVERY = timedelta(minutes=1)
Look = Literal["red", "fine", "other"]
LOOKS: dict[State, Look] = {
    State.major_outage: "red", State.partial_outage: "red", State.operational: "fine"
}  # fmt: skip


def tend_tickets(portal: Portal) -> list[str]:
    """What was done, in words."""
    tickets = portal.tickets
    tended = (tickets, portal.roadmap, portal.messages, portal.knobs, portal.glossary, portal.proposals)
    completed = sum(area.repair() for area in tended)
    board = portal.status.board(portal.status.snapshot(), Scope(everything=True))
    done = [*tickets.rounds.follow(alarms(board)), *tickets.rounds.tend()]
    portal.glossary.remind()
    repaired = [f"{completed} things completed that a process left out."] if completed else []
    return [*repaired, *done] or ["Nothing was due."]


def alarms(board: Board) -> Iterator[Alarm]:
    """Every critical check that is watched, as it is now."""
    for tile in board.tiles:
        for view in tile.checks:
            if view.check.severity is Severity.critical and view.since is not None:
                yield alarm(view, tile.platform.criticality)


def alarm(view: CheckView, criticality: int) -> Alarm:
    assert view.since is not None, "a check that was never seen rings no alarm"
    return Alarm(
        check_id=view.check.id, check_name=view.check.name, platform_id=view.check.platform_id,
        criticality=criticality, look=LOOKS.get(view.state, "other"), since=view.since,
        reason=view.reason or "No reason", evidence=view.evidence,
    )  # fmt: skip
