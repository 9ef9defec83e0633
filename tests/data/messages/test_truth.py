"""Messages against what is seen: maintenance that left its platform down, pins that nobody took off."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from data.messages.model import Message
from data.messages.truth import doubts
from data.status.board import Tile
from data.status.model import State
from tests.boards import AT, H, probe, tile

D = timedelta(days=1)


def message(**parts: Any) -> Message:
    return Message(
        **{
            "id": "m", "kind": "maintenance", "severity": "info", "title": "Upgrade", "body": "", "state": "published",
            "platform_ids": ("gateway",), "starts_at": AT - 3 * H, "ends_at": AT - H, "created_at": AT - D,
            "created_by": "alice", "updated_at": AT - D, "updated_by": "alice", **parts,
        }
    )  # fmt: skip


def gateway(state: State, ago: timedelta, id_: str = "gateway") -> Tile:
    view = probe("gateway", "Answers", state, since=AT - ago)
    return tile({"id": id_, "name": "Gateway", "kind": "gateway"}, view, state=state, since=AT - ago)


DOWN = State.major_outage


@pytest.mark.parametrize(
    ("over", "seen", "kinds"),
    [
        (message(), gateway(DOWN, 2 * H), ["overrun"]),
        (message(), gateway(DOWN, H), []),  # it went down when the maintenance was over
        (message(), gateway(DOWN, 4 * H), []),  # it was down before
        (message(), gateway(State.operational, 2 * H), []),
        (message(platform_ids=()), gateway(DOWN, 2 * H), ["overrun"]),
        (message(), gateway(DOWN, 2 * H, "other"), []),
        (message(kind="announcement"), gateway(DOWN, 2 * H), []),
        (message(state="withdrawn"), gateway(DOWN, 2 * H), []),
        (message(starts_at=AT - 10 * D, ends_at=AT - 8 * D), gateway(DOWN, 9 * D), []),
        (message(pinned=True), gateway(State.operational, 2 * H), ["pinned"]),
        (message(pinned=True, ends_at=AT - 8 * D), gateway(State.operational, 2 * H), []),
    ],
)
def test_what_is_over_and_does_not_fit_is_found(over: Message, seen: Tile, kinds: list[str]) -> None:
    assert [doubt.kind for doubt in doubts((), [over], [seen], AT)] == kinds


@pytest.mark.parametrize(
    ("parts", "found"),
    [
        ({"pinned": True, "updated_at": AT - 31 * D}, 1),
        ({"pinned": True, "updated_at": AT - 30 * D}, 0),
        ({"pinned": False, "updated_at": AT - 31 * D}, 0),
        ({"pinned": True, "updated_at": AT - 31 * D, "ends_at": AT + D}, 0),
    ],
)
def test_a_pin_without_end_is_found_after_a_month(parts: dict[str, Any], found: int) -> None:
    told = message(kind="announcement", starts_at=None, **{"ends_at": None, **parts})
    assert len(doubts([told], (), (), AT)) == found
