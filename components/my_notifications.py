"""The choices of one person: for all platforms, and for those that are to be otherwise; each kept at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import streamlit as st

from components import feedback, form_fields, session
from components.markup import counted, esc, section
from data.cached import notifications as cached_notifications
from data.notifications.choices import Choice, MyChoices
from data.notifications.model import KINDS, How, Kind, PlatformName

WORDS: Mapping[How | None, str] = {
    None: "As for all", "followed": "What I follow", "now": "Everything, at once", "daily": "Everything, once a day",
    "none": "Nothing",
}  # fmt: skip
ABOUT: Mapping[Kind, str] = {
    "incidents": "Problems that are reported, and what becomes of them.",
    "improvements": "Ideas, votes and the roadmap.",
    "requests": "Access, new sources and other requests.",
    "messages": "Announcements and maintenance.",
    "status": "When a platform goes down or late, and is fine again.",
}
USUAL: tuple[Kind, ...] = ("incidents", "messages", "status")
LINE = (
    "You follow what you report, work on, watch and vote for. Once a day is one mail at 07:00; "
    "of what you do yourself you never hear."
)
MOST_ROWS = 8
ADD = "hear_add_platform"


def draw_my_notifications() -> None:
    portal, actor = session.portal(), session.actor()
    st.html(f'<div class="head"><h1>Notifications</h1></div><p class="sub-head">{LINE}</p>')
    if not portal.settings.sends_mail:
        feedback.banner("gray", "mail_off", "This portal sends no mail.", "What you choose counts once it does.")
    with feedback.panel("What you hear of"):
        read = cached_notifications.mine(portal, actor)
        if read.error:
            feedback.banner("orange", "cloud_off", "Your choices cannot be read now.", read.error)
        if read.value:
            draw_all(read.value)
            draw_platforms(read.value)


def draw_all(choices: MyChoices) -> None:
    st.html(section("All platforms"))
    with st.container(key="hear_all"), st.container(key="hear_row_all"):
        for cell, kind in zip(st.columns(len(KINDS), gap="small"), KINDS, strict=True):
            with cell:
                draw_choice(choices, None, kind)
                st.html(f'<p class="faint">{ABOUT[kind]}</p>')


def draw_platforms(choices: MyChoices) -> None:
    """Those with a choice of their own, and the one in the address; more than a page holds are found by adding."""
    wanted = st.query_params.get("platform", "")
    own = {one.platform_id for one in choices.chosen if one.platform_id}
    rows = [p for p in choices.platforms if p.id in own or p.id == wanted]
    rows.sort(key=lambda platform: (platform.id != wanted, platform.name.lower()))
    st.html(section("Platforms with choices of their own", counted(len(own), "platform")))
    if wanted and wanted not in {platform.id for platform in rows}:
        feedback.banner("gray", "search_off", "There is no such platform.", "It may have been renamed or retired.")
    if not rows:
        st.html('<p class="quiet">None: every platform is as for all.</p>')
    for platform in rows[:MOST_ROWS]:
        draw_row(choices, platform, chosen=platform.id in own)
    if len(rows) > MOST_ROWS:
        others = ", ".join(esc(platform.name) for platform in rows[MOST_ROWS:])
        st.html(f'<p class="quiet">And {len(rows) - MOST_ROWS} more; choose one below to see it: {others}</p>')
    names = {platform.id: platform.name for platform in choices.platforms}
    st.selectbox(
        "Add a platform", sorted(names, key=lambda id_: names[id_].lower()), index=None, key=ADD, on_change=_add,
        placeholder="Choose a platform", format_func=names.__getitem__, width=360,
    )  # fmt: skip


def draw_row(choices: MyChoices, platform: PlatformName, chosen: bool) -> None:
    with st.container(key=f"hear_row_{platform.id}", gap="small"):
        with st.container(key=f"hear_head_{platform.id}", horizontal=True, vertical_alignment="center"):
            st.html(f"<b>{esc(platform.name)}</b>", width="stretch")
            if chosen:
                st.button(
                    "Remove", key=f"hear_no_{platform.id}", type="tertiary", on_click=_remove, args=(platform.id,)
                )
            else:
                st.button(
                    "Incidents, messages and status at once", key=f"hear_usual_{platform.id}", on_click=_usual,
                    args=(platform.id,), icon=":material/notifications_active:",
                )  # fmt: skip
        for cell, kind in zip(st.columns(len(KINDS), gap="small"), KINDS, strict=True):
            with cell:
                draw_choice(choices, platform, kind)


def draw_choice(choices: MyChoices, platform: PlatformName | None, kind: Kind) -> None:
    id_ = platform.id if platform else None
    options = [how for how in WORDS if platform or how]
    chosen = choices.of(id_, kind) or (None if platform else "followed")
    st.selectbox(
        kind.capitalize(), options, index=options.index(chosen), format_func=WORDS.__getitem__, key=_key(id_, kind),
        on_change=_choose, args=(id_, kind, chosen),
    )  # fmt: skip


def _key(platform_id: str | None, kind: Kind) -> str:
    return f"hear_{platform_id or 'all'}_{kind}"


def _choose(platform_id: str | None, kind: Kind, before: How | None) -> None:
    how: How | None = st.session_state[_key(platform_id, kind)]
    if platform_id and st.query_params.get("platform") != platform_id:
        st.query_params["platform"] = platform_id  # so that the row stays when its last choice is taken back
    if not _keep([(platform_id, kind, how)]):
        st.session_state[_key(platform_id, kind)] = before


def _usual(platform_id: str) -> None:
    """Fields that stay on the page are told their value: forgotten ones would be sent as the browser still has them."""
    if _keep([(platform_id, kind, "now") for kind in USUAL]):
        st.session_state.update({_key(platform_id, kind): "now" for kind in USUAL})


def _remove(platform_id: str) -> None:
    if _keep([(platform_id, kind, None) for kind in KINDS]):
        form_fields.forget(f"hear_{platform_id}_")
        st.query_params.pop("platform", None)


def _add() -> None:
    if chosen := st.session_state[ADD]:
        st.query_params["platform"] = chosen
        st.session_state[ADD] = None


def _keep(choices: Iterable[Choice]) -> bool:
    """Kept at once. What could not be kept is told, and shown again as it was."""
    portal, actor = session.portal(), session.actor()
    deed = portal.notifications.choices.choose
    return feedback.act(lambda: deed(actor, choices), cached_notifications.drop, "Saved.")
