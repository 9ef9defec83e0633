"""The sources for whoever may ask one to look now: a row each, with the button and what became of it."""

from __future__ import annotations

import streamlit as st

from components import feedback, session
from components.feeds import feed_html, feeds_table
from components.moments import Here
from data import cached
from data.people.model import Actor
from data.portal import Portal
from data.status.board import Feed
from data.status.wishes import PUSHED, RUN

REFRESH_S = 5
EMPTY = "No source has told anything yet"


def draw_feeds(seen: session.Seen) -> None:
    feeds = seen.board.feeds
    if not feeds:
        feedback.empty("sensors_off", EMPTY, "Apply a checks.yaml: then the portal looks.")
    elif seen.actor.may(RUN):
        for feed in feeds:
            draw_feed(feed, seen.here)
    else:
        st.table(feeds_table(feeds, seen.here), border="horizontal", hide_index=True)


def draw_feed(feed: Feed, here: Here) -> None:
    with st.container(key=f"feed_{feed.source}", horizontal=True, vertical_alignment="center", gap="small"):
        st.html(feed_html(feed, here), width="stretch")
        if feed.source != PUSHED:
            st.button(
                "Run now", key=f"run_{feed.source}", icon=":material/play_arrow:", on_click=ask, args=(feed.source,),
                disabled=feed.wanted_at is not None,
            )  # fmt: skip


def ask(source: str) -> None:
    """A callback: the wish is written down; the job that looks honours it."""
    wishes, actor = session.portal().status.wishes, session.actor()
    feedback.act(lambda: wishes.ask(actor, source), cached.drop, "Asked: it runs within the next moments.")


def draw_admin_feeds(_portal: Portal, _actor: Actor) -> None:
    draw_live()


@st.fragment(run_every=REFRESH_S)
def draw_live() -> None:
    if seen := session.look():
        draw_feeds(seen)
