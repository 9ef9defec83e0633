"""Small marks of terms as HTML: state, acronym, chips, people; and terms as links."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import streamlit as st

from components.markup import chip, esc, icon, plain
from components.navigation import GLOSSARY
from components.ticket_marks import person_html
from data.glossary.model import Term, TermState
from data.glossary.rules import STATES

LOOKS: Mapping[TermState, tuple[str, str]] = {
    "draft": ("yellow", "edit_note"), "approved": ("green", "verified"),
    "deprecated": ("orange", "do_not_disturb_on"), "archived": ("gray", "archive"),
}  # fmt: skip
"""Hue and icon of each state."""


def state_pill(term: Term) -> str:
    hue, mark = LOOKS[term.state]
    return f'<span class="pill {hue}">{icon(mark)}{STATES[term.state]}</span>'


def due_pill(due: date) -> str:
    return f'<span class="pill yellow">{icon("event_busy")}Review due {day(due)}</span>'


def acronym(term: Term) -> str:
    return f'<span class="chip acronym">{esc(term.acronym)}</span>' if term.acronym else ""


def day(at: date) -> str:
    """'2 Mar 2027': reviews lie months away."""
    return f"{at.day} {at:%b %Y}"


def who(name: str | None) -> str:
    """A person with an avatar; a team by its name."""
    if name and "@" not in name:
        return f'<span class="who">{icon("group")} {esc(name)}</span>'
    return person_html(name, "nobody yet")


def chips(words: tuple[str, ...]) -> str:
    return f'<span class="chips">{"".join(map(chip, words))}</span>' if words else ""


def term_link(term: Term, label: str = "", **layout: Any) -> None:
    """A link that keeps the session."""
    st.page_link(GLOSSARY.path, label=plain(label or term.name), query_params={"term": term.id}, **layout)
