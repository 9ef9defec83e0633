"""Where people take what the portal tells with them: their notifications, feeds, a calendar."""

from __future__ import annotations

from urllib.parse import urlsplit

import streamlit as st

from components.navigation import NOTIFICATIONS
from data.settings import Settings

ADDRESSES = {
    "Atom: one entry for each incident and maintenance": "api/feeds/history.atom",
    "RSS: one item for each update": "api/feeds/history.rss",
    "Calendar of planned maintenance": "api/feeds/maintenance.ics",
}


def draw_subscribe(settings: Settings) -> None:
    menu = st.popover("Subscribe", icon=":material/rss_feed:", type="tertiary", key="subscribe", on_change="rerun")
    if not menu.open:
        return
    with menu:
        st.page_link(NOTIFICATIONS.path, label="My notifications by mail", icon=":material/notifications:")
        for words, address in addresses(settings.url or origin_of(st.context.url or "")):
            st.caption(words)
            st.code(address, language=None)
        st.caption("Status clients use the same address with api/v2 (Statuspage); Prometheus reads api/metrics.")


def origin_of(url: str) -> str:
    """`https://portal.example.org`, whatever page of it is open."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def addresses(root: str) -> list[tuple[str, str]]:
    """What each is, and where."""
    return [(words, f"{root.rstrip('/')}/{path}") for words, path in ADDRESSES.items()]
