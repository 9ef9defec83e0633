"""Which part of the roadmap an address shows."""

from __future__ import annotations

import streamlit as st

from components import session
from components.roadmap_board import draw_roadmap
from components.roadmap_form import draw_form
from components.roadmap_item import draw_item


def roadmap_page() -> None:
    params = st.query_params
    if "new" in params or ("edit" in params and "id" in params):
        draw_form(session.portal(), session.actor(), params.get("id"))
    elif key := params.get("id"):
        draw_item(session.portal(), session.actor(), key)
    else:
        draw_roadmap()
