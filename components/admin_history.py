"""Beside a form: who changed what it is about, when and why."""

from __future__ import annotations

import streamlit as st

from components import session
from components.admin_audit import changes, deed
from components.markup import esc, section
from components.moments import Here
from data.audit.model import AuditEvent, TrailQuery
from data.cached import audit
from data.cached.reads import Read
from data.people.model import Actor
from data.portal import Portal

NEWEST = 6
NOBODY = "Nobody has changed it here yet."


def draw_history(portal: Portal, actor: Actor, object_type: str, object_id: str | None = None) -> None:
    """`object_id` None: of everything of this type."""
    told = edits_of(portal, actor, object_type, object_id)
    here = Here(portal.clock(), session.zone())
    lines = "".join(line(event, here, named=object_id is None) for event in told.value or ())
    said = f'<ol class="changes">{lines}</ol>' if lines else f'<p class="quiet">{esc(told.error or NOBODY)}</p>'
    st.html(f"{section('Who changed what')}{said}")


def edits_of(
    portal: Portal, actor: Actor, object_type: str, object_id: str | None = None
) -> Read[tuple[AuditEvent, ...]]:
    """The newest first."""
    return audit.trail(portal, actor, TrailQuery(object_type=object_type, object_id=object_id), NEWEST)


def line(event: AuditEvent, here: Here, named: bool) -> str:
    """`named`: says of which thing."""
    what = f" <code>{esc(event.object_id)}</code>" if named else ""
    why = f"<q>{esc(event.reason)}</q>" if event.reason else ""
    how = f"<p>{changes(event, here)}</p>" if event.old and event.new else ""
    return f"<li><p><b>{esc(event.actor)}</b> · {esc(deed(event))}{what} · {here.time(event.at)}</p>{how}{why}</li>"
