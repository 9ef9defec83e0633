"""What the portal says that may not be true: each with the page where it is put right."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from components.feedback import empty
from components.markup import counted, esc, icon, plain, section
from components.moments import Here
from components.navigation import DETAILS, MESSAGES, REPORT, TICKETS, Entry
from components.session import zone
from data import cached
from data.cached import messages
from data.messages.truth import Doubt, doubts
from data.people.model import Actor
from data.portal import Portal
from data.status.truth import Finding, findings
from data.tickets.kinds import INCIDENT_KIND

MARKS = {
    "untold": ("campaign", "red"), "fine_again": ("task_alt", "green"), "blind": ("visibility_off", "gray"),
    "overrun": ("build", "red"), "pinned": ("keep", "orange"),
}  # fmt: skip
FITS = "Faults have an incident, no check is blind, and no message stands longer than it should."


@dataclass(frozen=True, slots=True)
class Way:
    """Where it is put right."""

    label: str
    page: Entry
    query: dict[str, str]


def draw_truth(portal: Portal, actor: Actor) -> None:
    board, here = cached.board(portal, actor).value, Here(portal.clock(), zone())
    if board is None:
        return
    told, over = messages.announced(portal, actor).value or (), messages.archive(portal, actor).value or ()
    seen, said = findings(board.tiles, here.now), doubts(told, over, board.tiles, here.now)
    found = [
        *((finding.kind, sentence(finding, here), way(finding)) for finding in seen),
        *((doubt.kind, of_message(doubt, here), to_message(doubt)) for doubt in said),
    ]
    st.html(section("What is told and what is seen", counted(len(found), "finding")))
    if not found:
        empty("verified", "What is told fits what is seen", FITS)
    for place, (kind, words, there) in enumerate(found):
        with st.container(key=f"finding_{place}", horizontal=True, gap="small", vertical_alignment="center"):
            mark, hue = MARKS[kind]
            st.html(f'<span class="{hue}">{icon(mark, "ink")}</span> {words}', width="stretch")
            st.page_link(there.page.path, label=there.label, query_params=there.query)


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


def way(finding: Finding) -> Way:
    if finding.incident:
        key = finding.incident.key
        return Way(f"Open {plain(key)}", TICKETS[INCIDENT_KIND.name], {"id": key})
    check = {"check": finding.view.check.id} if finding.view else {}
    if finding.kind == "untold":
        return Way("Open an incident", REPORT, {"platform": finding.tile.platform.id, **check})
    return Way("Open the check", DETAILS, check)


def of_message(doubt: Doubt, here: Here) -> str:
    title, since = f"<b>{esc(doubt.message.title)}</b>", here.time(doubt.since)
    if doubt.tile:
        return f"{title} is over since {since}, but {esc(doubt.tile.platform.name)} is still down."
    if doubt.message.ends_at:
        return f"{title} is over since {since} and still pinned."
    return f"{title} is pinned without an end and has not changed since {since}."


def to_message(doubt: Doubt) -> Way:
    return Way("Open the message", MESSAGES, {"id": doubt.message.id})
