"""What could not be delivered: by channel, each with why, to be tried again or dropped with a reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

import streamlit as st

from components import feedback, session
from components.admin_channels import REFRESH_S
from components.channel_marks import TYPES, said
from components.markup import counted, esc, section
from components.moments import Here
from data.cached import notifications as cached_notifications
from data.notifications.model import MAIL, Delivery
from data.notifications.upkeep import DEAD_MOST, REASON_MOST, Troubles
from data.people.model import Actor
from data.portal import Portal

PAGE = 20
SHOWN = "letters_shown"
"""Session: how many are shown."""
Way = tuple[str, str | None]
"""Mail to anybody, or one channel: type, and its id."""


def draw_undelivered(portal: Portal, actor: Actor) -> None:
    draw_letters()


def told(portal: Portal, actor: Actor) -> str:
    """For the overview: '3 given up, 1 late.', or nothing."""
    troubles = cached_notifications.troubles(portal).value or Troubles(0, 0)
    parts = [f"{number:,} {word}" for number, word in ((troubles.dead, "given up"), (troubles.late, "late")) if number]
    return f"{', '.join(parts)}." if parts else ""


@st.fragment(run_every=4 * REFRESH_S)
def draw_letters() -> None:
    portal, actor = session.portal(), session.actor()
    with feedback.panel("Undelivered"):
        read, troubles = cached_notifications.dead(portal, actor), cached_notifications.troubles(portal).value
        letters, here = read.value or (), Here(portal.clock(), session.zone())
        if troubles and troubles.late:
            late = f"{counted(troubles.late, 'card')} on the way for more than 30 minutes."
            feedback.banner(
                "orange", "hourglass_bottom", late, "The job notify may not be running, or a receiver is busy."
            )
        if read.error:
            feedback.banner("orange", "cloud_off", "This list cannot be read now.", read.error)
        elif not letters:
            feedback.empty(
                "mark_email_read", "Everything was delivered", "What is given up after five tries stands here."
            )
        draw_groups(letters, channel_names(portal, actor), here)


def channel_names(portal: Portal, actor: Actor) -> Mapping[str, str]:
    return {one.id: one.name for one in cached_notifications.channels(portal, actor).value or ()}


def draw_groups(letters: Sequence[Delivery], names: Mapping[str, str], here: Here) -> None:
    shown = st.session_state.get(SHOWN, PAGE)
    whole = sorted(letters, key=lambda one: str(way_of(one)))
    numbers = {way: len(list(those)) for way, those in groupby(whole, key=way_of)}
    page = sorted(letters[:shown], key=lambda one: str(way_of(one)))
    for way, those in groupby(page, key=way_of):
        draw_head(way, name_of(way, names), numbers[way])
        for letter in those:
            draw_letter(letter, here)
    if len(letters) > shown:
        left = f"Show more ({len(letters) - shown:,} left)"
        st.button(left, key="letters_more", type="tertiary", on_click=_more)
    if len(letters) == DEAD_MOST:
        st.html(f'<p class="faint">These are the newest {DEAD_MOST}; older ones follow as these are dealt with.</p>')


def draw_head(way: Way, name: str, number: int) -> None:
    key = way[1] or way[0]
    with st.container(key=f"letters_{key}", horizontal=True, vertical_alignment="center", gap="small"):
        st.html(section(name, f"{number:,} given up"), width="stretch")
        st.button("Retry all", key=f"retry_all_{key}", icon=":material/refresh:", on_click=_retry_all, args=(way,))


def draw_letter(letter: Delivery, here: Here) -> None:
    with st.container(key=f"letter_{letter.id}", horizontal=True, vertical_alignment="center", gap="small"):
        st.html(letter_html(letter, here), width="stretch")
        st.button("Retry", key=f"retry_{letter.id}", on_click=_retry, args=(letter,))
        with st.popover("Drop", key=f"drop_{letter.id}"):
            key = f"drop_why_{letter.id}"
            st.text_input("Why need it not be delivered?", key=key, max_chars=REASON_MOST)
            st.button("Drop it", key=f"dropped_{letter.id}", on_click=_drop, args=(letter, key))


def letter_html(letter: Delivery, here: Here) -> str:
    to = f"to {esc(letter.target)} · " if letter.channel == MAIL else ""
    return (
        f'<div class="letter"><p><b>{esc(letter.card.title)}</b></p>'
        f'<p class="faint">{to}{here.time(letter.card.at)} · {counted(letter.attempts, "attempt")}</p>'
        f"{said('error', 'red', letter.last_error or 'No reason was kept.')}</div>"
    )


def way_of(letter: Delivery) -> Way:
    return letter.channel, None if letter.channel == MAIL else letter.target


def name_of(way: Way, names: Mapping[str, str]) -> str:
    channel, target = way
    if target is None:
        return "Mail"
    word = next((word for name, (word, _) in TYPES.items() if name == channel), channel)
    return f"{names.get(target, 'A channel that was removed')} ({word})"


def _more() -> None:
    st.session_state[SHOWN] = st.session_state.get(SHOWN, PAGE) + PAGE


def _retry(letter: Delivery) -> None:
    upkeep, actor = session.portal().notifications.upkeep, session.actor()
    feedback.act(
        lambda: upkeep.retry(actor, letter.id, letter.version), cached_notifications.drop, "It is tried again."
    )


def _retry_all(way: Way) -> None:
    upkeep, actor = session.portal().notifications.upkeep, session.actor()
    feedback.act(lambda: upkeep.retry_all(actor, *way), cached_notifications.drop, "They are tried again.")


def _drop(letter: Delivery, key: str) -> None:
    upkeep, actor, reason = session.portal().notifications.upkeep, session.actor(), st.session_state[key]
    feedback.act(lambda: upkeep.drop(actor, letter.id, letter.version, reason), cached_notifications.drop, "Dropped.")
