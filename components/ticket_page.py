"""The page of one kind of ticket: one of them (`?id=`), a new one (`?new=1`), else the list."""

from __future__ import annotations

import streamlit as st

from components import session
from components.catalogue import draw_catalogue
from components.ticket_detail import draw_detail
from components.ticket_form import draw_form
from components.ticket_list import draw_list
from components.vote_list import VIEWS, draw_vote_list
from data.tickets.kinds import kind_of


def ticket_page(name: str) -> None:
    """A kind with templates opens with its catalogue, one that people vote for with cards."""
    kind, params = kind_of(name), st.query_params
    if key := params.get("id"):
        draw_detail(session.portal(), session.actor(), kind, key)
    elif "new" in params:
        draw_form(kind)
    elif kind.from_template and "view" not in params:
        draw_catalogue(kind)
    elif kind.own_vote and params.get("view", "") in VIEWS:
        draw_vote_list(kind)
    else:
        draw_list(kind)
