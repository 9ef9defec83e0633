"""Who looks, where and when: the portal, the actor, the clock and what this viewer may see, for one rerun."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st

from components import feedback
from components.moments import Here
from data import cached, doorway
from data.errors import PortalError, Unavailable
from data.people.model import Actor, Role
from data.people.permissions import Permission
from data.people.tokens import signed_in
from data.portal import Portal
from data.status.board import Board

SEEN_AS = "seen_as"
"""Session: the role whose view an admin tries on."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What one viewer may see at one moment. `here` stands still when the board is an old one."""

    portal: Portal
    actor: Actor
    board: Board
    here: Here


def portal() -> Portal:
    return doorway.portal()


def actor() -> Actor:
    """Whose rights count: those of who is signed in, or of the role that an admin tries on."""
    real = signed_in_actor()
    role = st.session_state.get(SEEN_AS)
    if role is None or real.everywhere is not Role.admin:
        return real
    return replace(real, everywhere=role, per_platform={}, groups=frozenset())


def administers() -> bool:
    try:
        return actor().may_somewhere(Permission.audit_trail_read)
    except PortalError:
        return False


def signed_in_actor() -> Actor:
    """Looked up on every rerun, so that a changed role counts at once. Raises Forbidden when nobody is signed in."""
    house = portal()
    identity = signed_in(st.context.headers, house.settings)
    read = cached.access(house)
    if read.value is None:
        raise Unavailable(read.error or "Roles cannot be read now.")
    return read.value.actor(identity, house.settings, house.clock())


def zone() -> ZoneInfo:
    """The browser's zone; the portal's where the browser does not tell a known one."""
    try:
        return ZoneInfo(st.context.timezone or "")
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo(portal().settings.timezone)


def look(at: datetime | None = None) -> Seen | None:
    """Reads the board, of now or of a past minute, and says so on the page when the store does not answer.

    None: there is none to show. Raises Invalid for a moment that cannot be shown.
    """
    house, viewer = portal(), actor()
    read = cached.board_at(house, viewer, at) if at else cached.board(house, viewer)
    here = Here(read.value.as_of if at and read.value else house.clock(), zone())
    if read.value is None:
        feedback.empty("cloud_off", "The status cannot be shown now", read.error or "", hue="red")
        return None
    if read.error and not at:
        here = Here(read.at, here.zone)
        feedback.banner("orange", "cloud_off", f"Shown as of {here.clock(here.now)}.", read.error)
    return Seen(house, viewer, read.value, here)


def load_example() -> None:
    """A callback."""
    try:
        doorway.load_example(actor())
        cached.drop()
    except PortalError as error:
        st.toast(str(error), icon=":material/error:", duration="long")
