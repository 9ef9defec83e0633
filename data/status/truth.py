"""Where what is told and what is seen do not fit together: for those who keep the portal true."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from data.status.board import CheckView, OpenIncident, Tile
from data.status.model import OUTAGES, Severity, State

UNTOLD_AFTER = timedelta(minutes=15)
"""A fault may be this old before somebody has told it."""
FINE_AFTER = timedelta(hours=1)
"""An incident may stay open this long after all is fine again."""
BLIND_AFTER = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Finding:
    kind: Literal["untold", "fine_again", "blind"]
    tile: Tile
    since: datetime
    view: CheckView | None = None
    incident: OpenIncident | None = None


def findings(tiles: tuple[Tile, ...], at: datetime) -> tuple[Finding, ...]:
    """The oldest first."""
    found = (finding for tile in tiles for finding in (*_untold(tile, at), *_fine_again(tile, at), *_blind(tile, at)))
    return tuple(sorted(found, key=lambda finding: finding.since))


def _untold(tile: Tile, at: datetime) -> Iterator[Finding]:
    """Down, and no open incident says so, neither of the check nor of its whole platform."""
    told = {incident.asset for incident in tile.incidents}
    if None in told or tile.state is State.maintenance:
        return
    for view in tile.checks:
        down = view.state in OUTAGES and view.check.severity is not Severity.info
        if down and view.check.id not in told and view.since and at - view.since > UNTOLD_AFTER:
            yield Finding("untold", tile, view.since, view)


def _fine_again(tile: Tile, at: datetime) -> Iterator[Finding]:
    """Open, while what it is about has been fine for long."""
    views = {view.check.id: view for view in tile.checks}
    for incident in tile.incidents:
        view = views.get(incident.asset or "")
        state, since = (view.state, view.since) if view else (tile.state, tile.since)
        if state is State.operational and at - max(filter(None, (since, incident.since))) > FINE_AFTER:
            yield Finding("fine_again", tile, incident.since, view, incident)


def _blind(tile: Tile, at: datetime) -> Iterator[Finding]:
    for view in tile.checks:
        if view.state is State.unknown and view.since and at - view.since > BLIND_AFTER:
            yield Finding("blind", tile, view.since, view)
