"""The choices of one person: platforms down, kinds across, each with how to hear of it."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from components import feedback, session
from components.markup import plain
from data.errors import PortalError
from data.notifications.choices import MyChoices
from data.notifications.model import KINDS, How, Kind, PlatformName

WORDS: Mapping[How | None, str] = {
    None: "As for all", "followed": "What I follow", "now": "Everything, at once", "daily": "Everything, once a day",
    "none": "Nothing",
}  # fmt: skip
LINE = (
    "You follow what you report, work on, watch and vote for. Once a day is one mail at 07:00; "
    "of what you do yourself you never hear."
)
WIDTHS = [1.6, *(1 for _ in KINDS)]


def draw_my_notifications() -> None:
    portal, actor = session.portal(), session.actor()
    st.html(f'<div class="head"><h1>Notifications</h1></div><p class="sub-head">{LINE}</p>')
    if not portal.settings.sends_mail:
        feedback.banner("gray", "mail_off", "This portal sends no mail.", "What you choose counts once it does.")
    with feedback.panel("What you hear of"):
        choices = portal.notifications.choices.of(actor)
        draw_row(choices, None)
        for platform in choices.platforms:
            draw_row(choices, platform)


def draw_row(choices: MyChoices, platform: PlatformName | None) -> None:
    first, *cells = st.columns(WIDTHS, vertical_alignment="center")
    name = platform.name if platform else "All platforms"
    first.markdown(plain(name) if platform else f"**{name}**")
    for cell, kind in zip(cells, KINDS, strict=True):
        with cell:
            draw_choice(choices, platform, kind)


def draw_choice(choices: MyChoices, platform: PlatformName | None, kind: Kind) -> None:
    id_ = platform.id if platform else None
    options = [how for how in WORDS if platform or how]
    chosen = choices.of(id_, kind) or (None if platform else "followed")
    key = f"hear_{id_ or 'all'}_{kind}"
    st.selectbox(
        kind.capitalize(), options, index=options.index(chosen), format_func=WORDS.__getitem__, key=key,
        on_change=choose, args=(id_, kind, key),
    )  # fmt: skip


def choose(platform_id: str | None, kind: Kind, key: str) -> None:
    """A callback: kept at once. What could not be kept is shown again as it was."""
    how: How | None = st.session_state[key]
    try:
        session.portal().notifications.choices.choose(session.actor(), [(platform_id, kind, how)])
    except PortalError as error:
        del st.session_state[key]
        st.toast(plain(str(error)), icon=":material/error:", duration="long")
        return
    st.toast("Saved.", icon=":material/check:")
