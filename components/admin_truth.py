"""What the portal says that may not be true: each with the page where it is put right."""

from __future__ import annotations

import streamlit as st

from components.feedback import empty
from components.markup import counted, esc, icon, plain, section
from components.moments import Here
from components.navigation import DETAILS, REPORT, TICKETS
from components.session import zone
from data import cached
from data.people.model import Actor
from data.portal import Portal
from data.status.truth import Finding, findings
from data.tickets.kinds import INCIDENT_KIND

MARKS = {"untold": ("campaign", "red"), "fine_again": ("task_alt", "green"), "blind": ("visibility_off", "gray")}


def draw_truth(portal: Portal, actor: Actor) -> None:
    board, here = cached.board(portal, actor).value, Here(portal.clock(), zone())
    found = findings(board.tiles, here.now) if board else ()
    st.html(section("What is told and what is seen", counted(len(found), "finding")))
    if not found:
        empty("verified", "What is told fits what is seen", "Faults have an incident, and no check is blind.")
    for place, finding in enumerate(found):
        with st.container(key=f"finding_{place}", horizontal=True, gap="small", vertical_alignment="center"):
            mark, hue = MARKS[finding.kind]
            st.html(f'<span class="{hue}">{icon(mark, "ink")}</span> {sentence(finding, here)}', width="stretch")
            _link(finding)


def sentence(finding: Finding, here: Here) -> str:
    """'Gateway answers (Gateway EU-2) is down since 06:58, and no incident says so.', as HTML."""
    platform, since = esc(finding.tile.platform.name), here.time(finding.since)
    name = f"<b>{esc(finding.view.check.name)}</b> ({platform})" if finding.view else f"<b>{platform}</b>"
    if finding.kind == "untold":
        return f"{name} is down since {since}, and no incident says so."
    if finding.kind == "blind":
        return f"{name} is unknown since {since}: its source is silent."
    key = finding.incident.key if finding.incident else ""
    return f"{esc(key)} is open since {since}, but {name} has been fine for more than an hour."


def _link(finding: Finding) -> None:
    if finding.incident:
        page = TICKETS[INCIDENT_KIND.name]
        st.page_link(page.path, label=f"Open {plain(finding.incident.key)}", query_params={"id": finding.incident.key})
    elif finding.view and finding.kind == "untold":
        place = {"platform": finding.tile.platform.id, "check": finding.view.check.id}
        st.page_link(REPORT.path, label="Open an incident", query_params=place)
    elif finding.view:
        st.page_link(DETAILS.path, label="Open the check", query_params={"check": finding.view.check.id})
