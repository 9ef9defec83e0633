"""Two short settings: which checks open incidents, and whether two people publish a message."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from components.admin_setting import Form, Sheet
from components.form_fields import PERSISTENT
from components.markup import counted, esc, plain, section
from components.navigation import MESSAGES
from data import cached
from data.cached import messages as cached_messages
from data.messages.store import FOUR_EYES
from data.status import words
from data.status.board import CheckView
from data.status.model import OUTAGES, Severity
from data.tickets.alarms import REOPEN_WITHIN, AlarmPolicy
from data.tickets.knobs import ALARMS
from data.tickets.typed import alarms_of, typed_alarms

SHOWN = 10
Views = Mapping[str, CheckView]


def draw_alarms(sheet: Sheet[AlarmPolicy]) -> None:
    views = critical(sheet)
    sheet.switch("on", "Critical checks open incidents")
    sheet.text(
        "green_for", "Resolved once it is fine for", placeholder="At once", width=220,
        help="Such as 10 min. Empty: at once. Nothing is resolved that somebody has taken over.",
    )  # fmt: skip
    quiet = sheet.typed["quiet"]
    st.multiselect(
        "Checks that open none", list(dict.fromkeys((*views, *quiet))), default=quiet or None, key=sheet.key("quiet"),
        format_func=lambda id_: plain(views[id_].check.name) if id_ in views else plain(f"{id_} (not critical now)"),
        placeholder="All critical checks open incidents", **PERSISTENT,
    )  # fmt: skip


def critical(sheet: Sheet[AlarmPolicy]) -> Views:
    board = cached.board(sheet.portal, sheet.actor).value
    views = (view for tile in (board.tiles if board else ()) for view in tile.checks)
    return {view.check.id: view for view in views if view.check.severity is Severity.critical}


def draw_alarms_beside(sheet: Sheet[AlarmPolicy]) -> None:
    policy, views = sheet.value, critical(sheet)
    heard = [view for id_, view in views.items() if policy.on and id_ not in policy.quiet]
    silent = [view for view in views.values() if view not in heard]
    red = [view for view in views.values() if view.state in OUTAGES]
    st.html(section("What that means"))
    names = "".join(f"<li>{esc(view.check.name)}</li>" for view in silent[:SHOWN])
    names += f"<li>and {len(silent) - SHOWN} more</li>" if len(silent) > SHOWN else ""
    fine = f"after {words.duration(policy.green_for)}" if policy.green_for else "at once"
    st.html(
        f'<div class="means"><p><b>{len(heard)}</b> of {counted(len(views), "critical check")} open an incident when '
        f"they are down. Down now: <b>{len(red)}</b>.</p><p>Fine again, an incident is resolved {fine}. Red again "
        f"within {words.duration(REOPEN_WITHIN)}, the same incident goes on.</p></div>"
        + (f'<p class="of">Silent</p><ul class="silent">{names}</ul>' if names else "")
    )


def draw_four_eyes(sheet: Sheet[bool]) -> None:
    sheet.switch("on", "Another person approves what is published")
    st.html(
        '<p class="quiet">On: whoever writes a message submits it; another person who may publish it approves it or '
        "sends it back. Changes of what is published wait, too. Off: owners and admins publish at once.</p>"
    )


def draw_waiting(sheet: Sheet[bool]) -> None:
    found = cached_messages.unpublished(sheet.portal, sheet.actor).value or ()
    waiting = [message for message in found if message.state == "waiting"]
    st.html(section("Waiting for approval", str(len(waiting))))
    told = "".join(f"<li><b>{esc(one.title)}</b> by {esc(one.updated_by)}</li>" for one in waiting[:5])
    st.html(f'<ul class="waiting">{told}</ul>' if told else '<p class="quiet">Nothing waits now.</p>')
    if waiting and not sheet.value:
        st.html('<p class="faint">What waits still needs another person, or goes back to draft.</p>')
    st.page_link(MESSAGES.path, label="Messages", icon=":material/arrow_forward:")


ALARMS_FORM = Form("alarms", ALARMS, typed_alarms, alarms_of, draw_alarms, draw_alarms_beside)
FOUR_EYES_FORM = Form(
    "approvals", FOUR_EYES, lambda on: {"on": on}, lambda typed: bool(typed["on"]), draw_four_eyes, draw_waiting
)
