"""The admin area: one part at a time, named in the address; each is offered to those who may use it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from components import feedback, session
from components.admin_audit import draw_audit
from components.admin_checks import draw_checks
from components.admin_people import draw_people
from components.admin_truth import draw_truth
from components.navigation import STATUS
from data.people.model import Actor
from data.people.permissions import Permission
from data.portal import Portal

CLOSED = "It is for admins and service owners. An admin of this portal can give you the role."


@dataclass(frozen=True, slots=True)
class Part:
    name: str
    permission: Permission
    draw: Callable[[Portal, Actor], None]


PARTS = (
    Part("Truth", Permission.status_check_edit, draw_truth),
    Part("Checks", Permission.status_check_edit, draw_checks),
    Part("People", Permission.people_grant_edit, draw_people),
    Part("Audit", Permission.audit_trail_read, draw_audit),
)


def offered(actor: Actor) -> dict[str, Part]:
    return {part.name: part for part in PARTS if actor.may_somewhere(part.permission)}


def draw_admin() -> None:
    portal, actor = session.portal(), session.actor()
    parts = offered(actor)
    if not parts:
        feedback.empty("lock", "This page is not for you", CLOSED)
        st.page_link(STATUS.page(), label="Back to the status", icon=":material/arrow_back:")
        return
    st.html('<div class="head"><h1>Admin</h1></div>')
    name = st.segmented_control(
        "Part", list(parts), default=next(iter(parts)), required=True, key="part", bind="query-params",
        label_visibility="collapsed",
    )  # fmt: skip
    part = parts[str(name)]
    with feedback.panel(part.name):
        part.draw(portal, actor)
