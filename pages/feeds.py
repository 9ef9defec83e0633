"""Whether the portal itself can see: every source that tells it something, its last run and its next."""

from __future__ import annotations

import streamlit as st

from components import feedback, session
from components.feeds import feeds_table, summary

REFRESH_S = 15


@st.fragment(run_every=REFRESH_S)
def live() -> None:
    seen = session.look()
    if seen is None:
        return
    feeds = seen.board.feeds
    st.html(f'<div class="head"><h1>Feeds</h1></div><p class="lead">{summary(feeds)}</p>')
    if feeds:
        st.table(feeds_table(feeds, seen.here), border="horizontal", hide_index=True)
    else:
        feedback.empty("sensors_off", "No source has told anything yet", "Apply a checks.yaml: then the portal looks.")


live()
