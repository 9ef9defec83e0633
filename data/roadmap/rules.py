"""What can be done to an item, as a table of moves; quarters; and drift. Nothing here reads or writes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from data.audit.model import Deed, event_of
from data.errors import Conflict, Invalid
from data.people.model import Actor
from data.roadmap.model import Drift, Horizon, Item, ItemState
from data.tickets.answers import Question, Refused, checked
from data.tickets.kinds import kind_of
from data.tickets.model import BODY_MOST, TITLE_MOST, Answers, Ticket

HORIZONS: Mapping[Horizon, tuple[str, str]] = MappingProxyType({
    Horizon.now: ("Now", "In delivery this quarter"), Horizon.next: ("Next", "Decided, starts after Now"),
    Horizon.later: ("Later", "Wanted, not yet decided"), Horizon.shipped: ("Shipped", "Last 90 days"),
})  # fmt: skip
"""A word and a line of meaning."""
STATES: Mapping[ItemState, str] = MappingProxyType({"draft": "Draft", "published": "Published", "retired": "Retired"})
QUARTER = re.compile(r"20\d\d-Q[1-4]", re.ASCII)
QUESTIONS = (
    Question("title", "Title", "line", most=TITLE_MOST, least=4),
    Question("theme", "Theme", "line", most=40, help="What it belongs to, such as Freshness."),
    Question("platform_id", "Platform", "line", required=False, help="None: it is for everybody."),
    Question("quarter", "Target quarter", "line", required=False, help="Such as 2027-Q1."),
    Question("owner", "Owner", "person"),
    Question("description", "What will be better", most=BODY_MOST, required=False, help="Markdown."),
)
"""The order of the form."""
EDITED = tuple(question.name for question in QUESTIONS)
SAID = ("note", "reason")
"""What a move may ask for; it stands with the item and in its trail."""
OPEN = frozenset({Horizon.now, Horizon.next, Horizon.later})


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    name: str
    label: str
    icon: str
    past: str
    """What the history says somebody did: 'shipped it'."""
    states: frozenset[ItemState] = frozenset({"draft", "published"})
    sources: frozenset[Horizon] = frozenset(Horizon)
    to: Horizon | None = None
    """None: the horizon stays."""
    becomes: ItemState | None = None
    asks: tuple[Question, ...] = ()
    told: bool = False
    """To those who wait for what it is made of."""

    def fits(self, item: Item) -> bool:
        return item.state in self.states and item.horizon in self.sources


_SHIPPED = Question("note", "What is better now", help="Everybody who voted reads this.")
_WHY = Question("reason", "Reason")
MOVES = (
    Move(name="publish", label="Publish", icon="visibility", past="published it", states=frozenset({"draft"}),
         becomes="published", told=True),
    Move(name="start", label="Move to Now", icon="play_arrow", past="moved it to Now", to=Horizon.now, told=True,
         sources=frozenset({Horizon.next, Horizon.later})),
    Move(name="plan", label="Move to Next", icon="event", past="moved it to Next", to=Horizon.next, told=True,
         sources=frozenset({Horizon.now, Horizon.later})),
    Move(name="defer", label="Move to Later", icon="schedule", past="moved it to Later", to=Horizon.later,
         sources=frozenset({Horizon.now, Horizon.next})),
    Move(name="ship", label="Ship", icon="rocket_launch", past="shipped it", to=Horizon.shipped, sources=OPEN,
         states=frozenset({"published"}), asks=(_SHIPPED,), told=True),
    Move(name="reopen", label="Take back to Now", icon="undo", past="took it back to Now", to=Horizon.now,
         sources=frozenset({Horizon.shipped}), asks=(_WHY,)),
    Move(name="retire", label="Retire", icon="archive", past="retired it", becomes="retired", asks=(_WHY,)),
    Move(name="restore", label="Restore", icon="unarchive", past="restored it", states=frozenset({"retired"}),
         becomes="published"),
)  # fmt: skip


def move_named(name: str) -> Move:
    """Raises Invalid for a move that is not in the table."""
    for move in MOVES:
        if move.name == name:
            return move
    raise Invalid(f"There is no step named '{name}' on the roadmap.")


def moves_of(item: Item) -> tuple[Move, ...]:
    return tuple(move for move in MOVES if move.fits(item))


def plan(item: Item, name: str, actor: Actor, answers: Answers, at: datetime) -> Item:
    """The next version, with its event. Raises Conflict where the move does not fit, Refused for its answers."""
    move = move_named(name)
    if not move.fits(item):
        where = HORIZONS[item.horizon][0] if item.state == "published" else STATES[item.state]
        raise Conflict(f"This item is {where} now, so this is no longer possible: {move.label.lower()}.")
    said = next(iter(checked(move.asks, answers).values()), None)
    horizon = move.to or item.horizon
    shipped_at = item.shipped_at if horizon is item.horizon else at if horizon is Horizon.shipped else None
    after = replace(item, state=move.becomes or item.state, horizon=horizon, note=said, shipped_at=shipped_at)
    return changed(item, after, move.name, actor, at, said)


def edited(item: Item, actor: Actor, given: Mapping[str, Any], at: datetime) -> Item:
    """The next version with these fields, as `checked_fields` returned them."""
    return changed(item, replace(item, **given), "edit", actor, at)


def added(id_: str, actor: Actor, given: Mapping[str, Any], at: datetime, horizon: Horizon = Horizon.later) -> Item:
    """The first version: a draft, so that it can be linked before anybody hears of it."""
    by = actor.email
    item = Item(id=id_, horizon=horizon, created_at=at, created_by=by, updated_at=at, updated_by=by, **given)
    return replace(item, event=event_of(actor, _deed("add", item, {}, ""), at))


def changed(before: Item, after: Item, name: str, actor: Actor, at: datetime, reason: str | None = None) -> Item:
    numbered = replace(after, version=before.version + 1, updated_at=at, updated_by=actor.email)
    return replace(numbered, event=event_of(actor, _deed(name, numbered, facts_of(before), reason), at))


def _deed(name: str, item: Item, old: Mapping[str, Any], reason: str | None) -> Deed:
    id_ = f"{item.id}:{item.version}"
    return Deed(f"roadmap:{name}", "roadmap_item", item.id, item.platform_id, old, facts_of(item), reason or None, id_)


def facts_of(item: Item) -> dict[str, Any]:
    """What the trail compares."""
    fields = asdict(replace(item, event=None))
    return {name: fields[name] for name in (*EDITED, "state", "horizon")}


def checked_fields(answers: Answers) -> dict[str, Any]:
    """What somebody typed into the form, cleaned. Raises Refused with all problems, by field."""
    problems: dict[str, str] = {}
    try:
        checked(QUESTIONS, answers)
    except Refused as refused:
        problems = refused.at
    quarter = answers.get("quarter")
    if quarter and "quarter" not in problems and not QUARTER.fullmatch(str(quarter)):
        problems["quarter"] = "Target quarter: please write a quarter such as 2027-Q1."
    if problems:
        raise Refused(problems)
    return {"platform_id": None, "quarter": None, "description": ""} | checked(QUESTIONS, answers)


def quarter_of(at: datetime) -> str:
    """'2026-Q4', in the zone of `at`."""
    return f"{at.year}-Q{(at.month + 2) // 3}"


def quarters(at: datetime, number: int = 8) -> tuple[str, ...]:
    """This one and those that follow it."""
    first = at.year * 4 + (at.month - 1) // 3
    return tuple(f"{place // 4}-Q{place % 4 + 1}" for place in range(first, first + number))


def quarter_words(quarter: str) -> str:
    """'Q1 2027'."""
    year, _, part = quarter.partition("-")
    return f"{part} {year}"


def drifts(item: Item, requests: Iterable[Ticket], at: datetime) -> tuple[Drift, ...]:
    """Of what is published and not shipped. What was rejected neither holds an item up nor finishes it."""
    if item.hidden or item.horizon is Horizon.shipped:
        return ()
    return tuple(_drifts(item, list(requests), at))


def _drifts(item: Item, requests: list[Ticket], at: datetime) -> Iterator[Drift]:
    done, waiting = sum(map(is_done, requests)), sum(map(_is_open, requests))
    if done and not waiting:
        yield Drift.done
    elif item.horizon is Horizon.now and not any(map(is_in_delivery, requests)):
        yield Drift.idle
    if item.quarter and item.quarter < quarter_of(at):
        yield Drift.late


def is_done(ticket: Ticket) -> bool:
    state = kind_of(ticket.kind).workflow.state(ticket.state)
    return state.progress == 1 and state.good


def is_in_delivery(ticket: Ticket) -> bool:
    """In the last state before the end."""
    flow = kind_of(ticket.kind).workflow
    return _is_open(ticket) and flow.state(ticket.state).progress == max(
        flow.state(name).progress for name in flow.names("open")
    )


def _is_open(ticket: Ticket) -> bool:
    return kind_of(ticket.kind).workflow.state(ticket.state).phase == "open"
