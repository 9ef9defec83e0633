"""What people looked for and did not find: what to write next, for those who look after docs and glossary."""

from __future__ import annotations

from urllib.parse import urlencode

import streamlit as st

from components import session
from components.feedback import banner, empty
from components.markup import esc, table
from components.moments import Here
from data.cached import search as cached_search
from data.people.model import Actor
from data.portal import Portal

NOBODY = "Whatever was searched for within 30 days was found."
WHOSE = "Who searched is not written down. What looks like a secret, an address or a number of somebody is left out."


def draw_missed(portal: Portal, actor: Actor) -> None:
    read, here = cached_search.missed(portal, actor), Here(portal.clock(), session.zone())
    if read.error:
        banner("orange", "cloud_off", "This may be out of date.", read.error)
    if not read.value:
        empty("search_check", "Nothing was looked for in vain", NOBODY, hue="green")
        return
    rows = [(esc(one.text), f"{one.times:,}", here.time(one.last_at), _again(one.text)) for one in read.value]
    st.html(table(("Searched for", "Times", "Last", ""), rows) + f'<p class="faint">{WHOSE}</p>')


def _again(text: str) -> str:
    return f'<a href="search?{esc(urlencode({"q": text}))}">Search again</a>'
