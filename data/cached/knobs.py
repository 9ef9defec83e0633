"""The cached read of a setting: kept for each person's role, since only some may see it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import TypeVar

from data.cached.reads import DETAILS_TURN, Read, cached, fresh, read
from data.knobs import Knob, Turned
from data.people.model import Actor, Role
from data.portal import Portal

T = TypeVar("T")
ROWS_TURN = timedelta(minutes=10)


@cached("knobs", 64)
def _turned(_portal: Portal, home: str, role: Role, key: str, _actor: Actor, _knob: Knob[T]) -> Read[Turned[T]]:
    return read(_portal, DETAILS_TURN, ("knobs", role, key), partial(_portal.knobs.read, _actor, _knob))


@cached("knobs", 4)
def _rows(_portal: Portal, home: str) -> Read[Mapping[str, int]]:
    return read(_portal, ROWS_TURN, ("knobs", "rows"), _portal.retention.rows)


def rows(portal: Portal) -> Read[Mapping[str, int]]:
    """How many there are of what is kept for a while only, by table."""
    return fresh(portal, _rows, 2 * ROWS_TURN)


def turned(portal: Portal, actor: Actor, knob: Knob[T]) -> Read[Turned[T]]:
    """As it stands, with who made it so."""
    return fresh(portal, _turned, 2 * DETAILS_TURN, actor.everywhere, knob.key, actor, knob)
