"""The checks that one may change: a list to search, and one of them at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import streamlit as st

from components import feedback
from components.admin_check_form import draw_check
from components.admin_rows import List, Row, draw_choice, draw_rows, draw_search, leave_list, unit
from components.markup import counted, esc, pill
from components.promise import promises
from components.theme import LOOKS
from data import cached
from data.people.model import Actor
from data.people.permissions import Permission
from data.portal import Portal
from data.status.board import Board, CheckView, Tile

PART = "checks"
LIST = List(PART, PART, "check", ("Name", "Platform", "Mode", "Severity", "Promise", "State", "Version"))


@dataclass(frozen=True, slots=True)
class Seen:
    """A check with the platform it is on."""

    view: CheckView
    tile: Tile

    @property
    def words(self) -> str:
        """What a search looks at, in lower case."""
        check = self.view.check
        return f"{check.name} {check.id} {self.tile.platform.name} {check.owner or ''} {check.source}".lower()


def draw_checks(portal: Portal, actor: Actor) -> None:
    read = cached.board(portal, actor)
    if read.value is None:
        feedback.empty("cloud_off", "The checks cannot be read now", read.error or "", hue="red")
        return
    if read.error:
        feedback.banner("orange", "cloud_off", "This may be old.", read.error)
    chosen = st.query_params.get("check", "")
    mine = editable(read.value, actor)
    if not chosen:
        draw_list(list(mine))
        return
    leave_list()
    found = next((seen for seen in mine if seen.view.check.id == chosen), None)
    if found is None:
        feedback.empty("search_off", f"There is no check {chosen} for you to change", "Its owners and admins can.")
        return
    draw_check(portal, actor, found.view, found.tile.platform)


def editable(board: Board, actor: Actor) -> Iterator[Seen]:
    may = Permission.status_check_edit
    return (Seen(view, tile) for tile in board.tiles if actor.may(may, tile.platform.id) for view in tile.checks)


def draw_list(mine: list[Seen]) -> None:
    if not mine:
        feedback.empty("tune", "There is no check for you to change", "They come from a file that admins import.")
        return
    with st.container(key="admin_filters", horizontal=True, gap="small", vertical_alignment="center"):
        words = draw_search(PART, "Name, id, owner or source")
        platforms = sorted({seen.tile.platform.name for seen in mine}, key=str.lower)
        platform = draw_choice(PART, "Platform", platforms, "All platforms", "of")
        states = [look.word for state, look in LOOKS.items() if any(seen.view.state is state for seen in mine)]
        state = draw_choice(PART, "State", states, "All states", "state")
    found = [
        seen
        for seen in mine
        if (platform in (None, seen.tile.platform.name))
        and (state in (None, LOOKS[seen.view.state].word))
        and words in seen.words
    ]
    if not found:
        feedback.empty("search_off", "No check matches", f"{counted(len(mine), 'check')} are yours to change.")
        return
    by_name = sorted(found, key=lambda seen: (seen.view.check.name.lower(), seen.view.check.id))
    draw_rows(LIST, by_name, _row)


def _row(seen: Seen) -> Row:
    check = seen.view.check
    cells = (
        esc(seen.tile.platform.name), check.mode, check.severity, esc(", ".join(promises(check))),
        pill(seen.view.state), f"{unit('version ')}{check.version}",
    )  # fmt: skip
    return Row(check.id, check.name, cells)
