"""The cached reads of pages and API: status here, tickets in `tickets`; how they work is told in `reads`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

import pandas as pd

from data.audit.model import AuditEvent
from data.cached.reads import DETAILS_TURN, STORE_TURN, TURN, Read, cached, derived, forget, fresh, home, read
from data.errors import NotFound
from data.people.access import Access
from data.people.model import Actor, Scope
from data.portal import Portal
from data.status import uptime
from data.status.board import Board, Strip
from data.status.model import Check, DayRollup, Transition
from data.status.past import past_minute
from data.status.replay import Look
from data.status.view import Snapshot


@cached("store", 16)
def _store(_portal: Portal, home: str) -> Read[bool]:
    def answers() -> bool:
        _portal.schema.check()
        return True

    return read(_portal, STORE_TURN, ("store",), answers)


@cached("access", 16)
def _access(_portal: Portal, home: str) -> Read[Access]:
    return read(_portal, _front_turn(_portal), ("access",), _portal.people.access)


@cached("snapshot", 16)
def _snapshot(_portal: Portal, home: str) -> Read[Snapshot]:
    return read(_portal, _front_turn(_portal), ("snapshot",), _portal.status.snapshot)


@cached("past", 64)
def _snapshot_at(_portal: Portal, home: str, minute: datetime) -> Read[Snapshot]:
    return read(_portal, DETAILS_TURN, ("past", minute), partial(_portal.status.snapshot_at, minute))


@derived("snapshot", 32)
def _board(_portal: Portal, _snapshot: Snapshot, home: str, at: datetime, scope: Scope, mine: frozenset[str]) -> Board:
    return _portal.status.board(_snapshot, scope, mine)


@cached("detail", 2048)
def _detail(_portal: Portal, home: str, name: str, check_id: str, hours: int) -> Read[Any]:
    history = _portal.status.history
    loads: dict[str, Callable[[], Any]] = {
        "values": lambda: history.values(check_id, hours),
        "arrivals": lambda: history.arrivals(check_id),
        "transitions": lambda: history.transitions(check_id=check_id),
        "results": lambda: history.results(check_id),
        "days": lambda: history.days(check_id),
        "looks": lambda: history.looks(check_id),
        "edits": lambda: _portal.audit.events_of("check", check_id),
    }
    return read(_portal, DETAILS_TURN, (name, check_id, hours), loads[name])


@cached("transitions", 256)
def _platform_transitions(_portal: Portal, home: str, platform_id: str) -> Read[tuple[Transition, ...]]:
    load = partial(_portal.status.history.transitions, platform_id=platform_id)
    return read(_portal, DETAILS_TURN, ("platform_transitions", platform_id), load)


def _front_turn(portal: Portal) -> timedelta:
    return min(TURN, portal.settings.front_page_max_age)


def store(portal: Portal) -> Read[bool]:
    """Whether the store answers; with an error and a value, it did before."""
    found: Read[bool] = _store(portal, home(portal))
    return found


def access(portal: Portal) -> Read[Access]:
    return fresh(portal, _access, portal.settings.front_page_max_age)


def snapshot(portal: Portal) -> Read[Snapshot]:
    """Of everything: to be narrowed to what a viewer may see before anything of it is shown."""
    return fresh(portal, _snapshot, portal.settings.front_page_max_age)


def board(portal: Portal, actor: Actor) -> Read[Board]:
    """The front page for this viewer, never older than `front_page_max_age` unless the store is down."""
    found = snapshot(portal)
    if found.value is None:
        return Read(None, found.at, found.error)
    seen = _board(portal, found.value, home(portal), found.at, actor.scope, actor.platforms)
    return Read(seen, found.at, found.error)


def board_at(portal: Portal, actor: Actor, at: datetime) -> Read[Board]:
    """The front page as it was at the beginning of that minute, for what this viewer may see today.

    Raises Invalid for a moment that cannot be shown.
    """
    minute = past_minute(at, portal.clock())
    found: Read[Snapshot] = fresh(portal, _snapshot_at, 2 * DETAILS_TURN, minute)
    if found.value is None:
        return Read(None, found.at, found.error)
    seen = _board(portal, found.value, home(portal), minute, actor.scope, actor.platforms)
    return Read(seen, found.at, found.error)


def _of_check(portal: Portal, actor: Actor, name: str, check_id: str, hours: int = 0) -> Read[Any]:
    """A check outside the viewer's board is answered as one that does not exist."""
    seen = board(portal, actor)
    if seen.value is None or not any(view.check.id == check_id for tile in seen.value.tiles for view in tile.checks):
        return _absent(seen, f"There is no check named {check_id}.")
    return fresh(portal, _detail, 2 * DETAILS_TURN, name, check_id, hours)


def _absent(seen: Read[Board], words: str) -> Read[Any]:
    return Read(None, seen.at, words, NotFound) if seen.value else Read(None, seen.at, seen.error)


def history(portal: Portal, actor: Actor, check_id: str, hours: int) -> Read[pd.DataFrame]:
    """Columns at, low, high, value, state: at most 700 buckets."""
    return _of_check(portal, actor, "values", check_id, hours)


def arrivals(portal: Portal, actor: Actor, check_id: str) -> Read[tuple[datetime, ...]]:
    return _of_check(portal, actor, "arrivals", check_id)


def transitions(portal: Portal, actor: Actor, check_id: str) -> Read[tuple[Transition, ...]]:
    return _of_check(portal, actor, "transitions", check_id)


def platform_transitions(portal: Portal, actor: Actor, platform_id: str) -> Read[tuple[Transition, ...]]:
    """Of all checks of a platform; one outside the viewer's board is answered as one that does not exist."""
    seen = board(portal, actor)
    if seen.value is None or not any(tile.platform.id == platform_id for tile in seen.value.tiles):
        return _absent(seen, f"There is no platform named {platform_id}.")
    return fresh(portal, _platform_transitions, 2 * DETAILS_TURN, platform_id)


def results(portal: Portal, actor: Actor, check_id: str) -> Read[pd.DataFrame]:
    return _of_check(portal, actor, "results", check_id)


def looks(portal: Portal, actor: Actor, check_id: str) -> Read[tuple[Look, ...]]:
    return _of_check(portal, actor, "looks", check_id)


def strip(portal: Portal, actor: Actor, check: Check) -> Read[Strip]:
    days: Read[Mapping[date, DayRollup]] = _of_check(portal, actor, "days", check.id)
    if days.value is None:
        return Read(None, days.at, days.error, days.wrong)
    rules = portal.status.rules
    return Read(uptime.strip(days.value, days.at, rules.zone, rules.stale_after(check)), days.at, days.error)


def edits(portal: Portal, actor: Actor, check_id: str) -> Read[tuple[AuditEvent, ...]]:
    return _of_check(portal, actor, "edits", check_id)


def forget_board() -> None:
    """After results that changed a state."""
    forget("snapshot")


def drop() -> None:
    """After a write that may have changed anything."""
    forget()
