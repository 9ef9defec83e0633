"""What is announced, above every page: pinned and severe first, two at most, each with a way to read it."""

from __future__ import annotations

import streamlit as st

from components import feedback, session
from components.message_marks import notice_html
from components.moments import Here
from components.navigation import MESSAGES
from data.cached import messages as cached_messages
from data.errors import PortalError
from data.messages.model import Message, urgency
from data.people.model import Actor
from data.portal import Portal

REFRESH_S = 15
MOST = 2
DISMISSED = "dismissed_messages"
"""Session: (id, revision) of what was dismissed here, until the store tells it."""


@st.fragment(run_every=REFRESH_S)
def draw_banners(calm: bool) -> None:
    """`calm`: only what is critical."""
    with feedback.panel("The messages"):
        portal, actor = session.portal(), session.actor()
        here = Here(portal.clock(), session.zone())
        shown = [m for m in banners_for(portal, actor, here) if not calm or m.severity == "critical"]
        for message in shown[:MOST]:
            _draw_banner(message, here)
        if len(shown) > MOST:
            with st.container(key="more_banners"):
                st.page_link(MESSAGES.path, label=f"{len(shown) - MOST} more", icon=":material/expand_more:")


def banners_for(portal: Portal, actor: Actor, here: Here) -> list[Message]:
    """In the order of their weight, without those that this person dismissed."""
    announced = cached_messages.announced(portal, actor).value or ()
    here_gone = st.session_state.get(DISMISSED, frozenset())
    gone = {m.id for m in announced if actor.email in m.dismissed_by or (m.id, m.revision) in here_gone}
    shown = [m for m in announced if m.is_shown(here.now) and not (m.dismissible and m.id in gone)]
    return sorted(shown, key=lambda message: urgency(message, here.now))


def _draw_banner(message: Message, here: Here) -> None:
    with st.container(key=f"banner_{message.id}", horizontal=True, vertical_alignment="center", gap="small"):
        st.html(notice_html(message, here))
        st.page_link(MESSAGES.path, label="Read", query_params={"id": message.id})
        if message.dismissible:
            st.button(
                "Dismiss", key=f"dismiss_{message.id}", icon=":material/close:", type="tertiary", help="Only for you",
                on_click=_dismiss, args=(message,),
            )  # fmt: skip


def _dismiss(message: Message) -> None:
    """Hidden here at once, in the other sessions of this person with the next read: no other viewer pays for it."""
    try:
        session.portal().messages.dismiss(session.actor(), message.id)
    except PortalError as error:
        st.toast(str(error), icon=":material/error:", duration="long")
        return
    st.session_state[DISMISSED] = st.session_state.get(DISMISSED, frozenset()) | {(message.id, message.revision)}
