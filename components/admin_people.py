"""Roles: who has which, giving and taking them."""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby

import streamlit as st

from components import session
from components.admin_rights import Names, draw_try, draw_why, where, who
from components.feedback import empty
from components.markup import esc, icon, section
from data import cached
from data.errors import PortalError
from data.people.model import Actor, Grant, PrincipalType, Role
from data.portal import Portal

EVERYWHERE = "Everywhere"
REFUSED = "role_refused"
"""Session: why the role could not be given."""


def draw_people(portal: Portal, actor: Actor) -> None:
    board = cached.board(portal, actor).value
    tiles = board.tiles if board else ()
    names = {tile.platform.id: tile.platform.name for tile in tiles}
    left, right = st.columns([6, 4], gap="large")
    with left:
        draw_grants(portal.people.grants(actor), names)
    with right:
        draw_form(names)
        draw_why(portal, actor, tiles, names)
        draw_try()


def draw_grants(grants: tuple[Grant, ...], names: Names) -> None:
    st.html(section("Roles given", str(len(grants))))
    if not grants:
        empty("group", "Nobody has been given a role yet", "Everybody who signs in has the usual one.")
    for principal, those in groupby(grants, key=lambda grant: (grant.principal_type, grant.principal)):
        st.html(f'<p class="principal">{who(principal)}</p>')
        for grant in those:
            with st.container(key=f"grant_{grant.id}", horizontal=True, gap="small", vertical_alignment="center"):
                role = esc(grant.role.words.capitalize())
                st.html(f"{role} {where(grant.platform_id, names)}", width="stretch")
                st.button("Revoke", key=f"revoke_{grant.id}", type="tertiary", on_click=_revoke, args=(grant,))


def draw_form(names: Names) -> None:
    with st.container(key="give_role", border=True, gap="small"):
        st.html(section("Give a role"))
        st.segmented_control("To a", ("Person", "Group"), default="Person", required=True, key="role_kind")
        st.text_input("Who", key="role_who", placeholder="bob@example.org, or the name of a group")
        st.selectbox("Role", list(Role)[1:], key="role_role", format_func=lambda role: role.words.capitalize())
        st.selectbox(
            "Where", [None, *names], key="role_where", format_func=lambda id_: names[id_] if id_ else EVERYWHERE
        )
        st.text_input("Why", key="role_why", placeholder="For the trail (optional)")
        if problem := st.session_state.get(REFUSED):
            st.html(f'<p class="problem" role="alert">{icon("error")}{esc(problem)}</p>')
        st.button("Give the role", key="role_give", type="primary", on_click=_give)


def _give() -> None:
    state = st.session_state
    kind: PrincipalType = "group" if state["role_kind"] == "Group" else "user"

    def deed(portal: Portal, actor: Actor) -> None:
        reason = state["role_why"].strip() or None
        portal.people.grant(actor, kind, state["role_who"], state["role_role"], state["role_where"], reason)
        state["role_who"] = state["role_why"] = ""

    _do(deed, "Given. It counts at once.")


def _revoke(grant: Grant) -> None:
    _do(lambda portal, actor: portal.people.revoke(actor, grant.id, grant.version), "Revoked.")


def _do(deed: Callable[[Portal, Actor], object], done: str) -> None:
    """A callback's part: what was refused is told above the button, and nothing typed is lost."""
    st.session_state.pop(REFUSED, None)
    try:
        deed(session.portal(), session.actor())
    except PortalError as error:
        st.session_state[REFUSED] = str(error)
        st.toast(str(error), icon=":material/error:", duration="long")
        return
    cached.drop()
    st.toast(done, icon=":material/check:")
