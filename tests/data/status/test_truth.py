"""What is told against what is seen: each rule at its limit, and silence where both fit."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from data.status.board import CheckView, OpenIncident, Tile
from data.status.model import Severity, State
from data.status.truth import findings
from tests.boards import AT, H, M, probe, tile

GATEWAY = {"id": "gateway", "name": "Gateway", "kind": "gateway"}
DOWN, FINE, GONE = State.major_outage, State.operational, State.unknown


def seen(state: State, ago: timedelta, **more: Any) -> CheckView:
    view = probe("gateway", "Answers", state, since=AT - ago)
    return replace(view, check=view.check.model_copy(update=more))


def incident(asset: str | None = "gateway-answers", ago: timedelta = 3 * H) -> OpenIncident:
    return OpenIncident(
        id="1", key="INC-1", title="Down", state="new", asset=asset, assignee=None, since=AT - ago, next_update_at=None,
        affected=0,
    )  # fmt: skip


def shown(view: CheckView, *incidents: OpenIncident, **more: Any) -> Tile:
    return tile(GATEWAY, view, incidents=incidents, **more)


@pytest.mark.parametrize(
    ("one", "kinds"),
    [
        (shown(seen(DOWN, 16 * M)), ["untold"]),
        (shown(seen(DOWN, 15 * M)), []),
        (shown(seen(DOWN, 2 * H), incident()), []),
        (shown(seen(DOWN, 2 * H), incident(None)), []),
        (shown(seen(DOWN, 2 * H), incident("gateway-other")), ["untold"]),
        (shown(seen(DOWN, 2 * H, severity=Severity.info)), []),
        (shown(seen(DOWN, 2 * H), state=State.maintenance), []),
        (shown(seen(State.late, 2 * H)), []),
        (shown(seen(FINE, 2 * H)), []),
        (shown(seen(FINE, 61 * M), incident()), ["fine_again"]),
        (shown(seen(FINE, 60 * M), incident()), []),
        (shown(seen(FINE, 2 * H), incident(ago=30 * M)), []),
        (shown(seen(FINE, 2 * H), incident(None)), ["fine_again"]),
        (shown(seen(State.late, 2 * H), incident()), []),
        (shown(seen(GONE, 61 * M)), ["blind"]),
        (shown(seen(GONE, 60 * M)), []),
    ],
)
def test_what_does_not_fit_is_found(one: Tile, kinds: list[str]) -> None:
    assert [finding.kind for finding in findings((one,), AT)] == kinds


def test_the_oldest_comes_first() -> None:
    tiles = (shown(seen(DOWN, 2 * H)), shown(seen(GONE, 5 * H)), shown(seen(FINE, 4 * H), incident()))
    assert [finding.kind for finding in findings(tiles, AT)] == ["blind", "fine_again", "untold"]
