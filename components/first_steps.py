"""The front page of a portal that watches nothing yet: what is there, what to write, what it will look like."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from components.markup import esc, icon, state_icon
from components.theme import LOOKS
from data.people.model import Actor
from data.people.permissions import Permission
from data.settings import Settings
from data.status.model import State

CHECKS_YAML = """\
platforms:
  - {id: sales, name: Sales mart, kind: databricks, owner: sales-data}
checks:
  - id: orders-fresh
    platform: sales
    name: Orders table is fresh
    source: delta_freshness
    target: {table: /data/orders}
    mode: age
    warn_after: 2h
    error_after: 6h
"""
APPLY = ".venv/bin/python -m jobs apply checks.yaml --yes"
LEGEND = (
    (State.operational, "the promise is kept and we have looked lately"),
    (State.late, "older than promised, or not here by its hour"),
    (State.degraded, "works, but not as it should"),
    (State.major_outage, "does not work, or is far beyond the promise"),
    (State.maintenance, "announced work; a real outage still shows"),
    (State.unknown, "we cannot see it, and say why"),
)


def draw_first_steps(actor: Actor, settings: Settings, load_example: Callable[[], None]) -> None:
    st.html(
        '<h1 class="title">Nothing is watched yet</h1><p class="lead">Four steps to a first honest status. '
        "Until a source has answered once, everything here is grey, never green.</p>"
    )
    left, right = st.columns([1.27, 1], gap="large")
    with left:
        _steps(actor, settings, load_example)
    with right:
        st.html(f'<p class="quiet">This is what one platform will look like</p>{SAMPLE}{_legend()}')


def _steps(actor: Actor, settings: Settings, load_example: Callable[[], None]) -> None:
    stored = f"Its tables are ready in {settings.tables}. You are {actor.name}, {actor.everywhere.words}."
    with st.container(key="steps", gap="xsmall"):
        st.html(_step(icon("check"), "done", "The portal is running", stored))
        st.html(WRITE)
        st.code(CHECKS_YAML, language="yaml")
        st.html(COMPARE)
        st.code(APPLY, language="bash")
        st.html(LOOK)
        if actor.may(Permission.status_estate_apply):
            _offer_example(load_example)


def _offer_example(load_example: Callable[[], None]) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.html('<span class="quiet">Only looking around?</span>', width="content")
        st.button(
            "Load example data",
            key="load_example",
            icon=":material/experiment:",
            type="tertiary",
            on_click=load_example,
        )


def _step(mark: str, css: str, title: str, text: str) -> str:
    said = f"<div><b>{esc(title)}</b><p>{esc(text)}</p></div>"
    return f'<div class="step"><span class="round {css}">{mark}</span>{said}</div>'


WRITE = _step("2", "now", "Say what was promised", "One file, checks.yaml. One check per platform is enough.")
COMPARE = _step("3", "", "Apply it", "The job shows every change first; without --yes it changes nothing.")
LOOK = _step("4", "", "Watch it turn", "Each check is looked at by its own interval; here you see what it found.")
SAMPLE = (
    f'<div class="sample"><b>Your first platform</b><span class="pill gray">{icon("help")}Not watched yet</span>'
    '<div class="sub"><span>what it is · its checks</span></div><div class="pair"><div><span>Updated</span>'
    "<b>when it last truly changed</b></div><div><span>Next expected</span><b>from its calendar</b></div></div>"
    '<div class="g-head"><span>Age of data</span><span>not known</span></div><div class="gauge gray"><div class="bar">'
    '<div class="hatch"></div><div class="tick yellow" style="left:47%"></div>'
    '<div class="tick red" style="left:70%"></div></div>'
    '<div class="limits"><span style="right:53%">late</span><span style="left:70%">down</span></div></div>'
    f'<div class="line">{icon("chat_bubble", "faint")}<span>Why it is so, in one sentence</span></div>'
    '<div class="strip" style="background:var(--hairlines),var(--track)"></div>'
    '<div class="foot"><span>90 days ago</span><b>no history yet</b><span>Today</span></div></div>'
)


def _legend() -> str:
    rows = (f"<div>{state_icon(state)}<b>{LOOKS[state].word}</b> {esc(text)}</div>" for state, text in LEGEND)
    return f'<div class="legend">{"".join(rows)}</div>'
