"""The script Streamlit reruns for every viewer: who looks, which page, the shell around it."""

from __future__ import annotations

import streamlit as st

from components import feedback, session
from components.admin_rights import draw_seen_as
from components.banners import draw_banners
from components.navigation import AS_OF, CALM, choose_page, draw_tools, dress, entitle, keep_address
from components.search_dialog import draw_search, draw_tool
from components.search_hits import note_opened
from data import cached

wall = st.query_params.get("wall") == "1"
page = choose_page(wall, session.administers())
keep_address(page)
dress()
with feedback.panel("The portal"):
    portal = session.portal()
    entitle(page.title, portal.settings.name)
    actor = session.actor()
    if not wall:
        draw_tools(actor, cached.board(portal, actor).value, draw_tool)
        note_opened(portal, page)
        draw_seen_as(actor)
        draw_banners(calm=page.url_path in CALM or AS_OF in st.query_params)
    page.run()
    if not wall:
        draw_search(page)
