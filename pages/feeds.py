"""Whether the portal itself can see: every source that tells it something, its last run and its next."""

from __future__ import annotations

import streamlit as st

from components import session
from components.feed_rows import draw_feeds
from components.feeds import summary

REFRESH_S = 15


@st.fragment(run_every=REFRESH_S)
def live() -> None:
    seen = session.look()
    if seen is None:
        return
    st.html(f'<div class="head"><h1>Feeds</h1></div><p class="lead">{summary(seen.board.feeds)}</p>')
    draw_feeds(seen)


live()
