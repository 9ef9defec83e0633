"""A report starts from what is affected: where it comes from, what is known of it already, what we fill in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from components.form_fields import PERSISTENT
from components.markup import esc, facts, pill
from components.moments import Here
from components.theme import LOOKS
from data.status.board import CheckView, OpenIncident, Tile
from data.status.model import OUTAGES, State

QUIET = frozenset({State.operational, State.maintenance, State.disabled, State.unknown})


@dataclass(frozen=True, slots=True)
class Affected:
    """A platform, a check on it, or (both None) what the reporter does not know."""

    tile: Tile | None = None
    view: CheckView | None = None

    @property
    def platform_id(self) -> str | None:
        return self.tile.platform.id if self.tile else None

    @property
    def asset(self) -> str | None:
        return self.view.check.id if self.view else None

    @property
    def trouble(self) -> CheckView | None:
        """The check that shows it: the one chosen, else the one that made the platform so."""
        view = self.view or (self.tile and self.tile.lead)
        return view if view and view.state not in QUIET else None

    @property
    def incidents(self) -> tuple[OpenIncident, ...]:
        """Those about the very asset first, then those about what shows the trouble, then what hits most people."""
        if self.tile is None:
            return ()
        shows = self.trouble.check.id if self.trouble else None
        order = [name for name in (self.asset, shows) if name]
        return tuple(sorted(self.tile.incidents, key=lambda i: (_place_of(i.asset, order), -i.affected)))


def _place_of(asset: str | None, order: Sequence[str]) -> int:
    return order.index(asset) if asset in order else len(order)


def places(tiles: Sequence[Tile]) -> dict[str, Affected]:
    """What can be chosen, by the code that stands for it; mine first, as on the board."""
    found: dict[str, Affected] = {}
    for tile in tiles:
        found[place(tile.platform.id)] = Affected(tile)
        found |= {place(tile.platform.id, view.check.id): Affected(tile, view) for view in tile.checks}
    return found


def place(platform_id: str, check_id: str = "") -> str:
    return f"{platform_id}/{check_id}" if check_id else platform_id


def place_named(tiles: Sequence[Tile], query: Mapping[str, str]) -> str | None:
    """The place that an address means (`?platform=` or `?check=`), if the viewer may see it."""
    platform_id, check_id = query.get("platform", ""), query.get("check", "")
    for code, one in places(tiles).items():
        if (check_id and one.asset == check_id) or (not check_id and code == platform_id):
            return code
    return None


def choose_affected(label: str, tiles: Sequence[Tile], key: str) -> Affected:
    found = places(tiles)
    chosen = st.selectbox(
        label, list(found), index=None, format_func=lambda code: place_words(found[code]), key=key,
        placeholder="I do not know", **PERSISTENT,
    )  # fmt: skip
    return found.get(chosen or "", Affected())


def place_words(one: Affected) -> str:
    if one.tile is None:
        return "I do not know"
    return f"{one.view.check.name} · {one.tile.platform.name}" if one.view else one.tile.platform.name


def filled_in_html(one: Affected, tiles: Sequence[Tile], here: Here) -> str:
    """What the ticket knows without being told."""
    if one.tile is None:
        return ""
    view, platform = one.view or one.tile.lead, one.tile.platform
    owner = (one.view and one.view.check.owner) or platform.owner
    state = one.view.state if one.view else one.tile.state
    told: list[tuple[str, str]] = [("Now", pill(state))]
    if owner:
        told.insert(0, ("Owner", esc(owner)))
    if view and view.source_event_at:
        told.append(("Data up to", here.time(view.source_event_at)))
    elif view and view.last_success_at:
        told.append(("Last good", here.time(view.last_success_at)))
    if view and view.state not in QUIET:
        told.append(("We see", f'<span dir="auto">{esc(view.reason)}</span>'))
    red = [t for t in tiles if t.platform.id in platform.depends_on and t.state in OUTAGES]
    told += [("Upstream", f"{pill(t.state, f'{t.platform.name}: {LOOKS[t.state].word.lower()}')}") for t in red]
    return f"<h2>Filled in for you</h2>{facts(told)}"
