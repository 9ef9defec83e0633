"""What people are told of the state of platforms: one notice for each change of a platform, whatever its checks did.

Our own blindness is no news: what is unknown counts as it was before. Neither is the first sight of a check, what is
for information only, and what happens in announced maintenance.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from data.notifications.model import Notice, PlatformName
from data.notifications.planning import Hearing, of_platform
from data.status import words
from data.status.flapping import is_flapping
from data.status.health import BADNESS, Member, combine, lead
from data.status.model import OUTAGES, Current, Severity, State, Transition
from data.status.rows import PlatformStanding, Standing
from data.status.view import Rules

SAID = {
    State.operational: "is fine again", State.late: "is late", State.degraded: "is degraded",
    State.partial_outage: "is partly down", State.major_outage: "is down",
}  # fmt: skip
CALM = timedelta(minutes=10)
"""A check that keeps changing is told of when it has been so for this long."""
TOGETHER = timedelta(minutes=10)
"""Trouble that begins this soon before that of what it depends on has the same cause."""
MOST_NAMED = 3
Look = Callable[[Standing], State | None]
Turns = Mapping[str, Sequence[Transition]]
"""By check, oldest first."""


@dataclass(frozen=True, slots=True)
class Change:
    """One platform and what its checks made of it."""

    place: PlatformStanding
    turned: tuple[tuple[Standing, Transition], ...]
    """Checks that went down or came back, with the last step; all that changed, if the platform itself did."""
    ids: frozenset[str]
    before: State
    after: State

    @property
    def last(self) -> Transition:
        return max((turn for _, turn in self.turned), key=lambda turn: (BADNESS.get(turn.to_state, 0), turn.at))


def notices_of(
    transitions: Iterable[Transition], places: Sequence[PlatformStanding], rules: Rules, at: datetime
) -> list[Notice]:
    """`places`: as they were when the transitions were planned, or later. What is repeated makes the same ids."""
    turns: dict[str, list[Transition]] = {}
    for transition in transitions:
        turns.setdefault(transition.check_id, []).append(transition)
    changes = [change for place in places if (change := _change(place, turns)) and not _in_window(place, at)]
    return [_notice(change, places, turns, rules, at) for change in changes]


def known_state(standing: Standing) -> State | None:
    """What is known of it, if only from before it went blind."""
    current = standing.current
    if current is None:
        return None
    return current.previous_state if current.state is State.unknown else current.state


def state_of(place: PlatformStanding, look: Look = known_state) -> State:
    """Unknown when nothing is known of any of its checks."""
    return combine([member for _, member in _members(place, look)])


def _members(place: PlatformStanding, look: Look) -> list[tuple[Standing, Member]]:
    active = [(s, look(s)) for s in place.standings if s.check.state == "active"]
    return [(s, Member.check(state, s.check.severity)) for s, state in active if state]


def hearing_of(place: PlatformStanding) -> Hearing:
    platform = place.platform
    shown = PlatformName(platform.id, platform.name, platform.visibility)
    return replace(of_platform(shown, platform.id), edition=state_of(place).value)


def _change(place: PlatformStanding, turns: Turns) -> Change | None:
    mine = [(s, turns[s.check.id]) for s in place.standings if s.check.id in turns]
    if not mine:
        return None
    before, after = (state_of(place, look) for look in _looks(turns))
    moved = before is not after and {before, after} <= BADNESS.keys()
    turned = [(s, of_it[-1]) for s, of_it in mine if moved or _went_or_came(s, turns)]
    ids = frozenset(turn.id for _, of_it in mine for turn in of_it)
    return Change(place, tuple(turned), ids, before, after) if turned else None


def _looks(turns: Turns) -> tuple[Look, Look]:
    """Before and after."""

    def before(standing: Standing) -> State | None:
        of_it = turns.get(standing.check.id)
        first = of_it[0].from_state if of_it else State.unknown
        return known_state(standing) if first is State.unknown else first

    def after(standing: Standing) -> State | None:
        of_it = turns.get(standing.check.id, ())
        return next((t.to_state for t in reversed(of_it) if t.to_state is not State.unknown), before(standing))

    return before, after


def _went_or_came(standing: Standing, turns: Turns) -> bool:
    """Into an outage or out of it."""
    was, now = (look(standing) for look in _looks(turns))
    told = was in BADNESS and now in BADNESS and standing.check.severity is not Severity.info
    return told and (was in OUTAGES) is not (now in OUTAGES)


def _in_window(place: PlatformStanding, at: datetime) -> bool:
    return place.window is not None and place.window.starts_at <= at < place.window.ends_at


def _notice(
    change: Change, places: Sequence[PlatformStanding], turns: Turns, rules: Rules, at: datetime
) -> Notice:  # fmt: skip
    platform = change.place.platform
    flapping = any(s.current and is_flapping(s.current, at) for s, _ in change.turned)
    held = {"not_before": (at + CALM).isoformat(), "edition": change.after.value} if flapping else {}
    return Notice(
        id=f"status:{min(change.ids)}", at=at, topic=f"status:{change.after.value}", object_type="platform",
        object_id=platform.id, platform_id=platform.id, actor="portal", audience="everybody", recipients=(),
        payload={
            "kind": "status", "title": _title(change), "path": f"platform?platform={platform.id}",
            "note": " ".join(_sentences(change, places, turns, rules, at)),
            "within": _causes(change, places, turns, at), **held,
        },
    )  # fmt: skip


def _title(change: Change) -> str:
    name = change.place.platform.name
    if change.before is not change.after:
        return f"{name} {SAID[change.after]}"
    if len(change.turned) > 1:
        return f"{name}: {len(change.turned)} checks changed"
    ((standing, turn),) = change.turned
    return f"{name}: {standing.check.name} {_said(turn.to_state)}"


def _sentences(
    change: Change, places: Sequence[PlatformStanding], turns: Turns, rules: Rules, at: datetime
) -> Iterator[str]:  # fmt: skip
    platform = change.place.platform
    since = words.clock(change.last.at, rules.zone, at)
    if change.before is change.after:
        yield "; ".join(f"{s.check.name} {_said(t.to_state)} since {since}{_why(t)}" for s, t in change.turned) + "."
    elif change.after is State.operational:
        began = min((began for s, _ in change.turned if (began := _began(s))), default=change.last.at)
        yield f"{platform.name} is fine again since {since}, after {words.duration(change.last.at - began)}."
    else:
        yield f"{platform.name} {SAID[change.after]} since {since}: {_reason(change, turns)}."
    dependents = [p.platform.name for p in places if platform.id in p.platform.depends_on and _is_public(p)]
    if change.after in OUTAGES and dependents:
        more = len(dependents) - MOST_NAMED
        named = ", ".join(dependents[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
        yield f"{named} {'depends' if len(dependents) == 1 else 'depend'} on it."


def _said(state: State) -> str:
    return SAID.get(state, f"is {state.value}")


def _why(turn: Transition) -> str:
    return f": {turn.reason}" if turn.to_state is not State.operational and turn.reason else ""


def _reason(change: Change, turns: Turns) -> str:
    """Of the check that makes the platform what it is now."""
    members = _members(change.place, _looks(turns)[1])
    guilty = lead([member for _, member in members])
    standing = members[guilty][0] if guilty is not None else None
    turn = next((turn for s, turn in change.turned if s is standing), None)
    told = turn.reason if turn else standing.current.reason if standing and standing.current else change.last.reason
    return told.rstrip(".")


def _is_public(place: PlatformStanding) -> bool:
    return place.platform.visibility == "everyone"


def _causes(
    change: Change, places: Sequence[PlatformStanding], turns: Turns, at: datetime
) -> list[str]:  # fmt: skip
    """Down as well, and what this one depends on: who hears of that needs not hear of this."""
    platform = change.place.platform
    worse = BADNESS.get(change.after, 0) > BADNESS.get(change.before, 0) or change.last.to_state in OUTAGES
    began = at if worse else min((b for s, _ in change.turned if (b := _began(s))), default=at)
    after = _looks(turns)[1]
    return [
        p.platform.id
        for p in places
        if p.platform.id in platform.depends_on and platform.id not in p.platform.depends_on
        and (state_of(p, after) in OUTAGES if worse else _was_down(p, began))
    ]  # fmt: skip


def _began(standing: Standing) -> datetime | None:
    """When the trouble that it was in began, or is over since."""
    current = standing.current
    if current is None:
        return None
    return current.since if BADNESS.get(current.state, 0) else current.previous_since


def _was_down(place: PlatformStanding, moment: datetime) -> bool:
    return any(
        _covers(s.current, moment) for s in place.standings if s.current and s.check.severity is not Severity.info
    )


def _covers(current: Current, moment: datetime) -> bool:
    """Whether it was in an outage then, or went into one soon after."""
    if current.state in OUTAGES:
        return current.since - TOGETHER <= moment
    began = current.previous_since if current.previous_state in OUTAGES else None
    return began is not None and began - TOGETHER <= moment <= current.since
