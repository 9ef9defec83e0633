"""Whose rights come from where, and the portal as another role sees it."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from components import session
from components.markup import esc, facts, icon, section
from data.errors import PortalError
from data.people.model import Actor, Principal, Role
from data.people.why import Ground, Sight, Why
from data.portal import Portal
from data.status.board import Tile

TRIED = (Role.viewer, Role.contributor, Role.triager, Role.service_owner)
SEES = {
    "everyone": "everybody sees it", "staff": "staff sees every platform", "role": "a role on it",
    "own": "it is theirs", "hidden": "not seen: for members only",
}  # fmt: skip
OLD = "<p>The list of groups is out of date: groups give no more than contributor for now.</p>"
Names = Mapping[str, str]
"""Of platforms, by id."""


def who(principal: Principal) -> str:
    kind, name = principal
    return f"{icon('group' if kind == 'group' else 'person')} {esc(name)}"


def where(platform_id: str | None, names: Names) -> str:
    return "everywhere" if platform_id is None else f"on {esc(names.get(platform_id, platform_id))}"


def draw_why(portal: Portal, actor: Actor, tiles: tuple[Tile, ...], names: Names) -> None:
    with st.container(key="why_role", border=True, gap="small"):
        st.html(section("Why can they do that?"))
        email = st.text_input(
            "Whose rights",
            key="whose",
            bind="query-params",
            placeholder="charlie@example.org",
            label_visibility="collapsed",
        )
        if not email.strip():
            return
        try:
            st.html(why_html(portal.people.why(actor, email, [tile.platform for tile in tiles]), names))
        except PortalError as error:
            st.html(f'<p class="problem" role="alert">{icon("error")}{esc(str(error))}</p>')


def why_html(why: Why, names: Names) -> str:
    grounds = "".join(f"<li>{ground_html(ground, names)}</li>" for ground in why.grounds)
    old = OLD if why.actor.snapshot_old else ""
    seen = facts([(names.get(sight.platform_id, sight.platform_id), sight_html(sight)) for sight in why.sights])
    role = esc(why.actor.everywhere.words.capitalize())
    return f"<p><b>{role}</b> everywhere, because of</p><ul>{grounds}</ul>{old}{seen}"


def ground_html(ground: Ground, names: Names) -> str:
    role = f"{esc(ground.role.words)} {where(ground.platform_id, names)}"
    if ground.source == "signed in":
        return f"{role}: everybody who signs in"
    if ground.source == "setting":
        return f"{role}: named in PORTAL_ADMINS"
    return f"{role}: given to {who(ground.through)}" if ground.through else role


def sight_html(sight: Sight) -> str:
    through = f", through {who(sight.through)}" if sight.through and sight.through[0] == "group" else ""
    return f"{SEES[sight.because]}{through}"


def draw_try() -> None:
    with st.container(key="try_role", border=True, gap="small"):
        st.html(section("See the portal as another role does"))
        st.menu_button(
            "View as", TRIED, format_func=lambda role: role.words.capitalize(), key="view_as",
            icon=":material/visibility:", on_click=_view_as,
        )  # fmt: skip


def _view_as() -> None:
    st.session_state[session.SEEN_AS] = st.session_state["view_as"]


def draw_seen_as(actor: Actor) -> None:
    """On every page, while an admin tries on a role."""
    if session.SEEN_AS not in st.session_state or actor.everywhere is Role.admin:
        return
    with st.container(key="seen_as", horizontal=True, gap="small", vertical_alignment="center"):
        st.html(
            f"{icon('visibility')} You see the portal as a <b>{esc(actor.everywhere.words)}</b> does.",
            width="content",
        )
        st.button(
            "Stop", key="seen_as_stop", type="tertiary", on_click=lambda: st.session_state.pop(session.SEEN_AS, None)
        )
