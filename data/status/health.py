"""The state of a group from the states of its members: checks make a platform, platforms make the whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from data.status.model import OUTAGES, WORSE_TO_BETTER, Severity, State

BADNESS = {state: badness for badness, state in enumerate(reversed(WORSE_TO_BETTER))}
"""0 is operational. States that are not in here say nothing about how the thing is."""

Colour = Literal["green", "yellow", "red", "grey", "blue"]
_COLOURS: dict[State, Colour] = {
    State.operational: "green",
    State.late: "yellow",
    State.degraded: "yellow",
    State.partial_outage: "red",
    State.major_outage: "red",
    State.maintenance: "blue",
    State.unknown: "grey",
    State.disabled: "grey",
}


class Weight(NamedTuple):
    weight: int
    critical: bool


_BY_SEVERITY = {Severity.critical: Weight(4, True), Severity.normal: Weight(1, False), Severity.info: Weight(0, False)}
_BY_CRITICALITY = {1: Weight(4, True), 2: Weight(2, False), 3: Weight(1, False)}


@dataclass(frozen=True, slots=True)
class Member:
    state: State
    weight: int
    critical: bool = False

    @classmethod
    def check(cls, state: State, severity: Severity) -> Member:
        return cls(state, *_BY_SEVERITY[severity])

    @classmethod
    def platform(cls, state: State, criticality: int) -> Member:
        return cls(state, *_BY_CRITICALITY[criticality])


def check_weight(severity: Severity) -> Weight:
    return _BY_SEVERITY[severity]


def combine(members: Sequence[Member]) -> State:
    """Members of weight 0 (info) never matter, unless there are no others: then they can at most degrade the group."""
    watched = [m for m in members if m.state is not State.disabled]
    if members and not watched:
        return State.disabled
    if any(m.weight for m in watched):
        return _combine([m for m in watched if m.weight])
    state = _combine([replace(m, weight=1, critical=False) for m in watched])
    return State.degraded if state in OUTAGES else state


def _combine(members: Sequence[Member]) -> State:
    unseen = [m for m in members if m.state is State.unknown]
    unseen_weight = sum(m.weight for m in unseen)
    known = _known([m for m in members if m.state is not State.unknown])
    if known in OUTAGES:
        return known
    mostly_unseen = unseen_weight * 10 > sum(m.weight for m in members) * 3
    if mostly_unseen or (known is State.operational and any(m.critical for m in unseen)):
        return State.unknown
    return known


def _known(members: Sequence[Member]) -> State:
    if not members:
        return State.unknown
    weight = sum(m.weight for m in members)
    down = sum(m.weight for m in members if m.state is State.major_outage)
    hurt = sum(m.weight for m in members if m.state in OUTAGES)
    if 2 * down >= weight:
        return State.major_outage
    if 2 * hurt >= weight or any(m.critical and m.state is State.major_outage for m in members):
        return State.partial_outage
    worst = max(BADNESS.get(m.state, 0) for m in members)
    return WORSE_TO_BETTER[-1 - min(worst, BADNESS[State.degraded])]


def lead(members: Sequence[Member]) -> int | None:
    """Index of the member that made the group what it is: the worst, of these the heaviest; None when all is fine."""
    group = combine(members)
    if group is State.operational:
        return None
    light = all(m.weight == 0 for m in members if m.state is not State.disabled)
    suspects = [(i, m) for i, m in enumerate(members) if (m.weight or light) and _troubles(m.state, group)]
    return max(suspects, key=lambda s: (BADNESS.get(s[1].state, 0), s[1].weight, -s[0]))[0] if suspects else None


def _troubles(state: State, group: State) -> bool:
    return state is State.unknown if group is State.unknown else BADNESS.get(state, 0) > 0


def overlay(state: State, in_window: bool) -> State:
    """Announced maintenance covers trouble and blindness, never an outage. What is switched off stays so."""
    return State.maintenance if in_window and state not in OUTAGES and state is not State.disabled else state


def colour(state: State) -> Colour:
    return _COLOURS[state]
