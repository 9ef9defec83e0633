"""The admin area: what can be looked after, and one part of it at a time, named in the address."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import streamlit as st

from components import feedback, session
from components.admin_alarms import ALARMS_FORM as ALARMS
from components.admin_alarms import FOUR_EYES_FORM as FOUR_EYES
from components.admin_audit import draw_audit
from components.admin_checks import draw_checks
from components.admin_people import draw_people
from components.admin_requests import FORM as REQUESTS
from components.admin_retention import FORM as RETENTION
from components.admin_routing import FORM as ROUTING
from components.admin_setting import draw_setting
from components.admin_sla import FORM as SLA
from components.admin_truth import draw_truth
from components.markup import esc, icon, section
from components.navigation import ADMIN, STATUS
from data.people.model import Actor
from data.people.permissions import Permission
from data.portal import Portal

CLOSED = "It is for admins and service owners. An admin of this portal can give you the role."
LINE = "Every change is in the audit trail, with who, when and why."


@dataclass(frozen=True, slots=True)
class Part:
    """`permission`: what somebody must be allowed somewhere to be offered the part."""

    slug: str
    name: str
    group: str
    mark: str
    line: str
    permission: Permission
    draw: Callable[[Portal, Actor], None]


CHECK_EDIT = Permission.status_check_edit
SETTING_EDIT = Permission.portal_setting_edit
PARTS = (
    Part(
        "truth", "Truth", "Status", "fact_check", "What the portal says that may not be true.", CHECK_EDIT, draw_truth
    ),
    Part("checks", "Checks", "Status", "tune", "Limits, severity and rhythm, with a preview.", CHECK_EDIT, draw_checks),
    Part(
        "sla", "Service levels", "Work", "timer", "What is promised by when, and working hours.",
        SETTING_EDIT, partial(draw_setting, SLA),
    ),
    Part(
        "requests", "Requests", "Work", "shopping_cart", "What they may cost, who is asked, how many there may be.",
        SETTING_EDIT, partial(draw_setting, REQUESTS),
    ),
    Part(
        "routing", "Routing", "Work", "alt_route", "Which team gets which ticket, by rules in order.", SETTING_EDIT,
        partial(draw_setting, ROUTING),
    ),
    Part(
        "alarms", "Incidents by the portal", "Work", "notification_important",
        "Which checks open incidents by themselves.", SETTING_EDIT, partial(draw_setting, ALARMS),
    ),
    Part(
        "approvals", "Approvals", "Work", "approval", "Whether two people publish a message, and what waits.",
        SETTING_EDIT, partial(draw_setting, FOUR_EYES),
    ),
    Part(
        "people", "People", "Portal", "group", "Who has which role, why, and the portal as others see it.",
        Permission.people_grant_edit, draw_people,
    ),
    Part(
        "retention", "Retention", "Portal", "auto_delete", "How long results, runs and deliveries are kept.",
        SETTING_EDIT, partial(draw_setting, RETENTION),
    ),
    Part(
        "audit", "Audit", "Portal", "history", "Who changed what, from which value to which, and why.",
        Permission.audit_trail_read, draw_audit,
    ),
)  # fmt: skip


def offered(actor: Actor) -> dict[str, Part]:
    return {part.slug: part for part in PARTS if actor.may_somewhere(part.permission)}


def draw_admin() -> None:
    portal, actor = session.portal(), session.actor()
    parts = offered(actor)
    if not parts:
        feedback.empty("lock", "This page is not for you", CLOSED)
        st.page_link(STATUS.page(), label="Back to the status", icon=":material/arrow_back:")
        return
    part = parts.get(st.query_params.get("part", ""))
    if part is None:
        draw_overview(parts)
        return
    with st.container(key="crumb", horizontal=True, gap=None):
        st.page_link(ADMIN.path, label=ADMIN.title)
        st.html(esc(part.group))
    st.html(f'<div class="head"><h1>{esc(part.name)}</h1></div><p class="sub-head">{esc(part.line)}</p>')
    with feedback.panel(part.name):
        part.draw(portal, actor)


def draw_overview(parts: dict[str, Part]) -> None:
    st.html(f'<div class="head"><h1>Admin</h1></div><p class="sub-head">{LINE}</p>')
    for group in dict.fromkeys(part.group for part in parts.values()):
        st.html(section(group))
        with st.grid(columns=3, min_column_width=280, gap="small", key=f"parts_{group.lower()}"):
            for part in parts.values():
                if part.group == group:
                    draw_tile(part)


def draw_tile(part: Part) -> None:
    with st.container(key=f"pick_{part.slug}", gap=None):
        st.html(f'<span class="pick-icon">{icon(part.mark)}</span>')
        st.page_link(ADMIN.path, label=part.name, query_params={"part": part.slug}, width="stretch")
        st.html(f'<p class="faint">{esc(part.line)}</p>')
