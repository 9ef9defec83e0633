"""The channels that are told: a list, and the form of one of them, named in the address."""

from __future__ import annotations

import streamlit as st

from components import feedback, session
from components.channel_form import NEW, draw_form
from components.channel_marks import Names, channel_html
from components.markup import counted, section
from components.moments import Here
from components.navigation import ADMIN
from data import cached
from data.cached import notifications as cached_notifications
from data.notifications.model import Channel
from data.people.model import Actor
from data.portal import Portal

REFRESH_S = 5
"""Somebody who sent a test card looks at what becomes of it."""
GONE = "The address names no channel. Somebody may have removed it."
NONE = "A channel in Teams, or a program, hears of what everybody who sees a platform may know."


def draw_channels(portal: Portal, actor: Actor) -> None:
    chosen = st.query_params.get("channel", "")
    if not chosen:
        draw_list()
        return
    read = cached_notifications.channels(portal, actor)
    channel = next((one for one in read.value or () if one.id == chosen), None)
    if channel is None and chosen != NEW:
        feedback.empty("search_off", "There is no such channel", read.error or GONE)
        st.page_link(ADMIN.path, label="All channels", query_params={"part": "channels"}, icon=":material/arrow_back:")
        return
    draw_form(portal, actor, channel, platform_names(portal, actor))


@st.fragment(run_every=REFRESH_S)
def draw_list() -> None:
    portal, actor = session.portal(), session.actor()
    with feedback.panel("Channels"):
        read = cached_notifications.channels(portal, actor)
        channels = read.value or ()
        with st.container(key="channels_head", horizontal=True, vertical_alignment="center"):
            st.html(section(counted(len(channels), "channel")), width="stretch")
            link = {"part": "channels", "channel": NEW}
            st.page_link(ADMIN.path, label="Add a channel", query_params=link, icon=":material/add:")
        if read.error:
            feedback.banner("orange", "cloud_off", "The channels cannot be read now.", read.error)
        elif not channels:
            feedback.empty("campaign", "No channel is told yet", NONE)
        draw_rows(portal, actor, channels)


def draw_rows(portal: Portal, actor: Actor, channels: tuple[Channel, ...]) -> None:
    fares = cached_notifications.fares(portal, actor).value or {}
    names, here = platform_names(portal, actor), Here(portal.clock(), session.zone())
    for channel in channels:
        unset = portal.notifications.channels.unset(actor, channel)
        with st.container(key=f"channel_row_{channel.id}", horizontal=True, vertical_alignment="center", gap="small"):
            st.html(channel_html(channel, fares.get(channel.id), unset, names, here), width="stretch")
            st.button(
                "Send a test card", key=f"test_{channel.id}", on_click=send_test, args=(channel.id,),
                disabled=channel.state != "active",
            )  # fmt: skip
            link = {"part": "channels", "channel": channel.id}
            st.page_link(ADMIN.path, label="Change", query_params=link, icon=":material/edit:")


def platform_names(portal: Portal, actor: Actor) -> Names:
    board = cached.board(portal, actor).value
    tiles = sorted(board.tiles, key=lambda tile: tile.platform.name.lower()) if board else ()
    return {tile.platform.id: tile.platform.name for tile in tiles}


def send_test(channel_id: str) -> None:
    """A callback: it is written here; the job `notify` sends it."""
    channels, actor = session.portal().notifications.channels, session.actor()
    feedback.act(lambda: channels.test(actor, channel_id), cached_notifications.drop, "Written: it goes out soon.")
