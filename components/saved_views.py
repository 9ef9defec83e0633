"""Save what a list shows under a name, for oneself or for everybody; take it away again."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from components import ticket_address as address
from components.form_fields import problem_html
from components.markup import plain
from components.ticket_filters import go
from components.ticket_listing import Place
from components.ticket_views import is_staff
from data.cached import tickets as cached_tickets
from data.errors import PortalError
from data.tickets.views import SavedView

NAME, SHARED, PROBLEM = "view_name", "view_shared", "view_problem"


def draw_save_view(place: Place) -> None:
    opened = st.popover(
        "Save view", icon=":material/bookmark_add:", type="tertiary", key="save_view", on_change="rerun"
    )
    if not opened.open:
        return
    with opened:
        st.text_input("Name of the view", max_chars=40, key=NAME, placeholder="Sales, urgent")
        if is_staff(place.actor):
            st.checkbox("Everybody can use it", key=SHARED)
        if problem := st.session_state.pop(PROBLEM, None):
            st.html(problem_html(problem))
        st.button("Save", key="view_save", type="primary", on_click=save, args=(place,))
        for view in own(place):
            st.button(
                f"Remove {plain(view.name)}", key=f"view_remove_{view.id}", icon=":material/delete:", type="tertiary",
                on_click=remove, args=(place, view.id),
            )  # fmt: skip


def own(place: Place) -> list[SavedView]:
    saved = cached_tickets.views(place.portal, place.actor, place.kind.name).value or ()
    return [view for view in saved if view.owner == place.actor.email]


def save(place: Place) -> None:
    """A callback. The view is written into the address too, so that the bar shows it as chosen."""
    chosen = replace(place.chosen, view=place.view.name)
    try:
        place.portal.tickets.views.save(
            place.actor,
            place.kind.name,
            st.session_state[NAME],
            address.as_text(chosen),
            st.session_state.get(SHARED, False),
        )
    except PortalError as error:
        st.session_state[PROBLEM] = str(error)
        return
    cached_tickets.drop()
    st.session_state[NAME] = ""
    go(chosen)


def remove(place: Place, view_id: str) -> None:
    """A callback."""
    try:
        place.portal.tickets.views.remove(place.actor, place.kind.name, view_id)
    except PortalError as error:
        st.session_state[PROBLEM] = str(error)
    cached_tickets.drop()
