"""The platforms that one looks after: a list to search, and one of them at a time."""

from __future__ import annotations

from collections.abc import Iterator

import streamlit as st

from components import feedback
from components.admin_platform_form import SEEN_BY, draw_new, draw_platform, draw_retired
from components.admin_rows import List, Row, draw_rows, draw_search, leave_list, unit
from components.markup import esc, pill, section
from components.navigation import ADMIN
from components.platform_details import IMPORTANCE
from data import cached
from data.cached import estate
from data.people.model import Actor
from data.people.permissions import Permission
from data.portal import Portal
from data.status.board import Board, Tile
from data.status.model import Platform

PART = "platforms"
LIST = List(PART, PART, "platform", ("Name", "Kind", "Owner", "Weight", "Seen by", "Checks", "State"))
GONE = List("retired", PART, "platform", ("Name", "Kind"))


def draw_platforms(portal: Portal, actor: Actor) -> None:
    read = cached.board(portal, actor)
    if read.value is None:
        feedback.empty("cloud_off", "The platforms cannot be read now", read.error or "", hue="red")
        return
    if read.error:
        feedback.banner("orange", "cloud_off", "This may be old.", read.error)
    admits = actor.may(Permission.status_platform_admit)
    names = {tile.platform.id: tile.platform.name for tile in read.value.tiles}
    mine = {tile.platform.id: tile for tile in editable(read.value, actor)}
    chosen, new = st.query_params.get("platform", ""), admits and bool(st.query_params.get("new"))
    if chosen or new:
        leave_list()
    if new:
        draw_new(portal, actor, names)
    elif chosen in mine:
        draw_platform(portal, actor, mine[chosen], names)
    else:
        gone = (estate.retired(portal, actor).value or ()) if admits else ()
        if chosen:
            draw_gone(portal, actor, gone, chosen)
            return
        draw_list(list(mine.values()), gone, admits)


def draw_gone(portal: Portal, actor: Actor, gone: tuple[Platform, ...], chosen: str) -> None:
    retired = next((platform for platform in gone if platform.id == chosen), None)
    if retired is None:
        feedback.empty("search_off", f"There is no platform {chosen} for you to change", "Its owners and admins can.")
        return
    draw_retired(portal, actor, retired)


def editable(board: Board, actor: Actor) -> Iterator[Tile]:
    """By name."""
    may = Permission.status_platform_edit
    mine = (tile for tile in board.tiles if actor.may(may, tile.platform.id))
    return iter(sorted(mine, key=lambda tile: tile.platform.name.lower()))


def draw_list(tiles: list[Tile], gone: tuple[Platform, ...], admits: bool) -> None:
    with st.container(key="admin_filters", horizontal=True, gap="small", vertical_alignment="center"):
        words = draw_search(PART, "Name, kind or owner")
        st.space("stretch")
        if admits:
            st.page_link(
                ADMIN.path, label="New platform", icon=":material/add:", query_params={"part": PART, "new": "1"}
            )
    found = [tile for tile in tiles if words in _searched(tile.platform)]
    if not found:
        feedback.empty("search_off", "No platform has these words", "Search for less.") if words else feedback.empty(
            "dns", "There is no platform yet", "Add one, or import a file."
        )
    else:
        draw_rows(LIST, found, _row)
    if retired := [platform for platform in gone if words in _searched(platform)]:
        st.html(section("Retired", str(len(retired))))
        draw_rows(GONE, retired, lambda gone: Row(gone.id, gone.name, (esc(gone.kind),)))


def _searched(platform: Platform) -> str:
    return f"{platform.name} {platform.id} {platform.kind} {platform.owner or ''}".lower()


def _row(tile: Tile) -> Row:
    platform = tile.platform
    sight = "Everyone" if platform.visibility == "everyone" else "Members"
    checks = f"{len(tile.checks):,}{unit(' checks')}"
    cells = (
        esc(platform.kind), esc(platform.owner or "nobody yet"), IMPORTANCE[platform.criticality],
        f'<i title="{esc(SEEN_BY[platform.visibility])}">{sight}</i>', checks, pill(tile.state),
    )  # fmt: skip
    return Row(platform.id, platform.name, cells)
