"""The form of a channel, new or changed. Each problem stands at its field, and nothing that was typed is lost."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from uuid import uuid4

import streamlit as st

from components import feedback, form_fields, session
from components.admin_history import draw_history
from components.channel_marks import ALL, TYPES, Names, said
from components.markup import section
from components.navigation import ADMIN
from data.cached import notifications as cached_notifications
from data.errors import Conflict, PortalError, Refused
from data.notifications.model import CHANNEL_TYPES, KINDS, Channel, ChannelState
from data.people.model import Actor
from data.portal import Portal
from data.settings import SECRET_NAME

NEW = "new"
PREFIX = "channel_form_"
BASE, PROBLEMS = f"{PREFIX}base", f"{PREFIX}problems"
"""Session: the channel that the form began with, and what is wrong, by field."""
SECRET = "The address and the key are secrets: set them where the portal and its jobs run, and name the variables here."


@dataclass(frozen=True, slots=True)
class Form:
    base: Channel
    """As it was when the form was opened."""

    def key(self, name: str) -> str:
        """With the version: over another one they are other fields, which do not keep what the browser still has."""
        return f"{PREFIX}{self.base.id}_{self.base.version}_{name}"

    def typed(self) -> Channel:
        names = ("name", "type", "platform_id", "kinds", "url_variable", "secret_variable")
        given = {name: st.session_state.get(self.key(name), getattr(self.base, name)) for name in names}
        key = (given["secret_variable"] or "").strip() if given["type"] == "webhook" else ""
        address = given["url_variable"].strip()
        return in_order(replace(self.base, **given | {"url_variable": address, "secret_variable": key or None}))

    @property
    def changed(self) -> bool:
        return self.typed() != self.base


def draw_form(portal: Portal, actor: Actor, channel: Channel | None, names: Names) -> None:
    """None: a new one."""
    form = opened(channel)
    left, right = st.columns([55, 45], gap="large")
    with left, st.container(key="channel_form", gap="small"):
        st.html(section(channel.name if channel else "A new channel"))
        if channel and channel.version != form.base.version:
            feedback.banner(
                "blue", "sync_problem", "Somebody changed this channel meanwhile.", "What you typed is kept."
            )
            st.button("Take what is there now", key="channel_reload", on_click=form_fields.forget, args=(PREFIX,))
        draw_fields(portal, actor, form, names)
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            st.button(
                "Save" if channel else "Add the channel", key="channel_save", type="primary", on_click=_save,
                args=(form,), disabled=not form.changed,
            )  # fmt: skip
            st.page_link(ADMIN.path, label="All channels", query_params={"part": "channels"})
    with right:
        if channel:
            draw_state(channel)
            draw_history(portal, actor, "channel", channel.id)


def opened(channel: Channel | None) -> Form:
    """The form under way; begun anew for another channel, or when nothing typed would be lost."""
    base = st.session_state.get(BASE)
    if isinstance(base, Channel) and (base.id == channel.id if channel else base.version == 0):
        form = Form(base)
        if channel is None or channel.version == base.version or form.changed:
            return form
    form_fields.forget(PREFIX)
    form = Form(in_order(channel or blank()))
    st.session_state[BASE] = form.base
    return form


def in_order(channel: Channel) -> Channel:
    """Its kinds as the form has them, so that only what somebody changes is a change."""
    return replace(channel, kinds=tuple(kind for kind in KINDS if kind in channel.kinds))


def blank() -> Channel:
    """Its id is made here, so that a form sent twice makes one channel."""
    return Channel(
        id=uuid4().hex, name="", type="teams", platform_id=None, kinds=("incidents", "messages", "status"),
        url_variable="",
    )  # fmt: skip


def draw_fields(portal: Portal, actor: Actor, form: Form, names: Names) -> None:
    base, problems = form.base, st.session_state.get(PROBLEMS, {})
    platforms = [None, *names]
    st.text_input("Name", base.name, key=form.key("name"), placeholder="Team Sales")
    tell(problems, "name", "Name")
    with st.container(horizontal=True, gap="medium"):
        kind = st.segmented_control(
            "Type", CHANNEL_TYPES, default=base.type, required=True, key=form.key("type"),
            format_func=lambda type_: TYPES[type_][0],
        )  # fmt: skip
        st.selectbox(
            "Platform", platforms, index=platforms.index(base.platform_id) if base.platform_id in names else 0,
            key=form.key("platform_id"), format_func=lambda id_: names[id_] if id_ else ALL,
            help="All platforms: those that everybody may see.",
        )  # fmt: skip
    tell(problems, "platform_id", "Platform")
    st.pills(
        "Hears of", KINDS, selection_mode="multi", default=base.kinds, key=form.key("kinds"),
        format_func=str.capitalize,
    )  # fmt: skip
    tell(problems, "kinds", "Kinds")
    draw_variable(portal, actor, form, "url_variable", "Address", "PORTAL_SECRET_SALES_URL")
    if kind == "webhook":
        draw_variable(portal, actor, form, "secret_variable", "Key", "PORTAL_SECRET_SALES_KEY")
    st.html(f'<p class="faint">{SECRET}</p>')


def draw_variable(portal: Portal, actor: Actor, form: Form, name: str, label: str, example: str) -> None:
    typed = st.text_input(
        f"{label}: name of the environment variable", getattr(form.base, name) or "", key=form.key(name),
        placeholder=example,
    ).strip()  # fmt: skip
    tell(st.session_state.get(PROBLEMS, {}), name, label)
    if not re.fullmatch(SECRET_NAME, typed):
        return
    asked = replace(form.base, url_variable=typed, secret_variable=None)
    if portal.notifications.channels.unset(actor, asked):
        st.html(said("warning", "orange", f"{typed} is not set in this process."))
    else:
        st.html(said("check_circle", "green", f"{typed} is set in this process."))


def tell(problems: dict[str, str], name: str, label: str) -> None:
    if name in problems:
        st.html(form_fields.problem_html(problems[name], label))


def draw_state(channel: Channel) -> None:
    paused = channel.state == "paused"
    st.html(section("State", "paused" if paused else "active"))
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Resume" if paused else "Pause", key="channel_pause", on_click=_turn,
            args=(channel, "active" if paused else "paused"),
            icon=":material/play_arrow:" if paused else ":material/pause:",
        )  # fmt: skip
        with st.popover("Remove", icon=":material/delete:", key="channel_remove"):
            st.html("<p>It is told nothing any more. What it was told stays in the trail.</p>")
            st.button("Remove the channel", key="channel_removed", on_click=_turn, args=(channel, "removed"))


def _save(form: Form) -> None:
    """A callback. What is wrong is told at the fields; the form stays as it is."""
    portal, actor = session.portal(), session.actor()
    st.session_state[PROBLEMS] = {}
    try:
        saved = portal.notifications.channels.save(actor, form.typed())
    except PortalError as error:
        st.session_state[PROBLEMS] = error.at if isinstance(error, Refused) else {}
        if isinstance(error, Conflict):
            cached_notifications.drop()
        if not isinstance(error, Refused):
            st.toast(str(error), icon=":material/error:", duration="long")
        return
    _close(f"{saved.name} is saved.")


def _turn(channel: Channel, state: ChannelState) -> None:
    """A callback: pause, resume, remove, as it is stored and whatever is typed."""
    channels, actor = session.portal().notifications.channels, session.actor()
    done = feedback.act(lambda: channels.save(actor, replace(channel, state=state)), cached_notifications.drop)
    if done and state == "removed":
        _close(f"{channel.name} is removed.")


def _close(told: str) -> None:
    cached_notifications.drop()
    form_fields.forget(PREFIX)
    st.query_params.pop("channel", None)
    st.toast(told, icon=":material/check:")
