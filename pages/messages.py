"""Messages: shown now, planned, archive; one of them (`?id=`), a new one (`?new=1`), one to change (`?edit=`)."""

from __future__ import annotations

import streamlit as st

from components import feedback
from components.message_detail import draw_detail
from components.message_form import MessageForm, draw_form, may_write
from components.message_list import Reader, draw_list, reader
from data.cached import messages as cached_messages
from data.messages.model import Message

REFUSED = "Owners write messages for their platforms, admins for everybody. An admin can grant you the role."


def draw() -> None:
    one, params = reader(), st.query_params
    if message_id := params.get("edit"):
        found = cached_messages.detail(one.portal, one.actor, message_id)
        if found.value is None or not found.value.moves:
            feedback.empty("edit_off", "This message cannot be changed", found.error or REFUSED)
        else:
            draw_editor(one, found.value.message)
    elif "new" in params:
        draw_editor(one, None)
    elif message_id := params.get("id"):
        draw_detail(one, message_id)
    else:
        draw_list(one)


def draw_editor(one: Reader, message: Message | None) -> None:
    if may_write(one.actor, one.names):
        draw_form(MessageForm(one.portal, one.actor, one.here, one.names, message))
    else:
        feedback.empty("edit_off", "Writing messages is for owners", REFUSED)


draw()
