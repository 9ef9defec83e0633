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
from components.admin_channels import draw_channels
from components.admin_checks import draw_checks
from components.admin_estate import draw_estate
from components.admin_missed import draw_missed
from components.admin_people import draw_people
from components.admin_platforms import draw_platforms
from components.admin_requests import FORM as REQUESTS
from components.admin_retention import FORM as RETENTION
from components.admin_routing import FORM as ROUTING
from components.admin_setting import draw_setting
from components.admin_sla import FORM as SLA
from components.admin_truth import draw_truth
from components.admin_undelivered import draw_undelivered
from components.admin_undelivered import told as undelivered
from components.feed_rows import draw_admin_feeds
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
    opened: tuple[str, ...] = ()
    """What in the address names one thing of it; that is drawn with a title of its own."""
    news: Callable[[Portal, Actor], str] = lambda _portal, _actor: ""
    """What there is to look at now, in a few words; empty when there is nothing."""


CHECK_EDIT = Permission.status_check_edit
SETTING_EDIT = Permission.portal_setting_edit
PARTS = (
    Part(
        "truth", "Truth", "Status", "fact_check", "What the portal says that may not be true.", CHECK_EDIT, draw_truth
    ),
    Part(
        "platforms", "Platforms", "Status", "dns", "Owner, weight, calendar, who sees them.",
        Permission.status_platform_edit, draw_platforms, ("platform", "new"),
    ),
    Part(
        "checks", "Checks", "Status", "tune", "Limits, rhythm and owner, with a preview.", CHECK_EDIT,
        draw_checks, ("check",),
    ),
    Part(
        "estate", "Import and export", "Status", "swap_vert", "Platforms and checks as one YAML file.",
        Permission.status_estate_apply, draw_estate,
    ),
    Part(
        "feeds", "Feeds", "Status", "sensors", "Every source, its last run, and running it now.",
        Permission.status_estate_apply, draw_admin_feeds,
    ),
    Part(
        "sla", "Service levels", "Work", "timer", "Times to reply and resolve, working hours.",
        SETTING_EDIT, partial(draw_setting, SLA),
    ),
    Part(
        "requests", "Requests", "Work", "shopping_cart", "Cost, approvals, how many there may be.",
        SETTING_EDIT, partial(draw_setting, REQUESTS),
    ),
    Part(
        "routing", "Routing", "Work", "alt_route", "Which team gets which ticket, by rules in order.", SETTING_EDIT,
        partial(draw_setting, ROUTING),
    ),
    Part(
        "alarms", "Incidents by the portal", "Work", "notification_important",
        "Which checks open one, and when it ends.", SETTING_EDIT, partial(draw_setting, ALARMS),
    ),
    Part(
        "approvals", "Approvals", "Communication", "approval", "Whether two people publish a message.",
        SETTING_EDIT, partial(draw_setting, FOUR_EYES),
    ),
    Part(
        "channels", "Channels", "Communication", "campaign", "Teams channels and programs that are told.",
        Permission.notifications_channel_edit, draw_channels,
    ),
    Part(
        "undelivered", "Undelivered", "Communication", "unsubscribe", "What could not be told, and why.",
        Permission.notifications_delivery_mend, draw_undelivered, news=undelivered,
    ),
    Part(
        "missed", "Not found", "Knowledge", "search_off", "What people looked for, and nothing was there.",
        Permission.search_log_read, draw_missed,
    ),
    Part(
        "people", "People", "Portal", "group", "Who may what, why, and what others see.",
        Permission.people_grant_edit, draw_people,
    ),
    Part(
        "retention", "Retention", "Portal", "auto_delete", "How long results, runs and deliveries are kept.",
        SETTING_EDIT, partial(draw_setting, RETENTION),
    ),
    Part(
        "audit", "Audit", "Portal", "history", "Who changed what, when and why.",
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
        opened = any(st.query_params.get(name) for name in part.opened)
        if opened:
            st.page_link(ADMIN.path, label=part.name, query_params={"part": part.slug})
        st.html(f"<span>{'New' if 'new' in st.query_params else 'Edit' if opened else esc(part.group)}</span>")
    if not opened:
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
        news = part.news(session.portal(), session.actor())
        told = f' <b class="orange ink">{esc(news)}</b>' if news else ""
        st.html(f'<p class="faint">{esc(part.line)}{told}</p>')
