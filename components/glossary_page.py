"""Which part of the glossary an address shows."""

from __future__ import annotations

import streamlit as st

from components import session
from components.glossary_files import draw_files
from components.glossary_form import draw_form
from components.glossary_list import draw_glossary
from components.glossary_proposals import draw_proposals
from components.glossary_term import draw_term


def glossary_page() -> None:
    params = st.query_params
    portal, actor = session.portal(), session.actor()
    if {"new", "edit", "propose"} & set(params):
        draw_form(portal, actor, params.get("term"), proposes="propose" in params)
    elif key := params.get("term"):
        draw_term(portal, actor, key)
    elif params.get("part") == "files":
        draw_files(portal, actor)
    elif params.get("part") == "proposals" or "proposal" in params:
        draw_proposals(portal, actor, params.get("proposal"))
    else:
        draw_glossary()
