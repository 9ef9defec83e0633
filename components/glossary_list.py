"""All terms from A to Z, with search and filters in the address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

import streamlit as st

from components import feedback, session
from components import glossary_address as address
from components.glossary_address import WORDS, Chosen, follow, go_to, letter_of, ordered
from components.glossary_marks import acronym, due_pill, state_pill, term_link
from components.markup import chip, counted, esc, icon, plain
from components.moments import Here
from components.navigation import GLOSSARY
from components.ticket_listing import Names, platform_names
from components.ticket_marks import avatar, person_name
from data.cached import glossary as cached_glossary
from data.glossary.model import Proposal, Term
from data.glossary.proposing import decidable
from data.glossary.rights import curates_something, may_propose
from data.glossary.rules import is_due, short
from data.people.model import Actor
from data.portal import Portal

MOST = 60
"""Rows before 'more'."""
SHOWN = "glossary_pages"
"""Session: how many pages of rows are open."""
NOBODY = "No word has been explained yet. Write the first one, or bring a whole glossary from a file."


@dataclass(frozen=True, slots=True)
class Shown:
    portal: Portal
    actor: Actor
    terms: Sequence[Term]
    """All that this viewer may see."""
    chosen: Chosen
    names: Names
    today: date


def draw_glossary() -> None:
    portal, actor = session.portal(), session.actor()
    read, here = cached_glossary.terms(portal, actor), Here(portal.clock(), session.zone())
    if read.value is None:
        feedback.empty("cloud_off", "The glossary cannot be shown now", read.error or "", hue="red")
        return
    if read.error:
        here = Here(read.at, here.zone)
        feedback.banner("orange", "cloud_off", f"Shown as of {here.clock(read.at)}.", read.error)
    today = here.now.astimezone(here.zone).date()
    chosen = address.read(st.query_params)
    shown = Shown(portal, actor, read.value, chosen, platform_names(portal, actor), today)
    draw_head(shown)
    if not shown.terms:
        feedback.empty("menu_book", "The glossary is empty", NOBODY, hue="blue")
        return
    draw_filters(shown)
    matching = ordered([term for term in shown.terms if chosen.takes(term, today)], chosen.q)
    draw_letters(matching, chosen)
    draw_rows(shown, [term for term in matching if not chosen.letter or letter_of(term) == chosen.letter])


def draw_head(shown: Shown) -> None:
    waiting = sum(decidable(shown.actor, one) for one in _proposals(shown))
    with st.container(key="glossary_head", horizontal=True, vertical_alignment="bottom", gap="small"):
        st.html(f'<div class="head"><h1>Glossary</h1></div><p class="sub-head">{_counts(shown)}</p>', width="stretch")
        if _proposals(shown):
            label = f"Proposals · {waiting}" if waiting else "Proposals"
            st.page_link(GLOSSARY.path, label=label, query_params={"part": "proposals"}, icon=":material/rate_review:")
        st.page_link(GLOSSARY.path, label="Files", query_params={"part": "files"}, icon=":material/import_export:")
        if curates_something(shown.actor):
            st.button("Add a term", key="glossary_new", icon=":material/add:", on_click=go_to, kwargs={"new": "1"})
        elif may_propose(shown.actor, None):
            new = {"new": "1", "propose": "1"}
            st.button("Propose a term", key="glossary_propose", icon=":material/add:", on_click=go_to, kwargs=new)


def _proposals(shown: Shown) -> Sequence[Proposal]:
    return cached_glossary.proposals(shown.portal, shown.actor).value or ()


def _counts(shown: Shown) -> str:
    """'128 terms · 12 drafts · 3 reviews due'."""
    present = [term for term in shown.terms if term.state != "archived"]
    drafts = sum(term.state == "draft" for term in present)
    due = sum(is_due(term, shown.today) for term in present)
    parts = [counted(len(present), "term")]
    if drafts:
        parts.append(counted(drafts, "draft"))
    if due:
        parts.append(f"<b>{counted(due, 'review')} due</b>")
    return " · ".join((*parts, "what our words mean, and who answers for them"))


def draw_filters(shown: Shown) -> None:
    chosen = shown.chosen
    in_use = {term.domain for term in shown.terms if term.domain}
    domains = {"": "All domains"} | {name: plain(name) for name in sorted({*in_use, chosen.domain} - {""})}
    stewards = sorted({term.steward for term in shown.terms if term.steward} | {chosen.steward} - {""})
    people = {"": "All stewards"} | {one: plain(person_name(one) if "@" in one else one) for one in stewards}
    with st.container(key="glossary_filters", horizontal=True, vertical_alignment="center", gap="small"):
        st.session_state["glossary_q"] = chosen.q
        st.text_input(
            "Search", key="glossary_q", placeholder="A word, an acronym, a part of a definition", width=320,
            icon=":material/search:", label_visibility="collapsed", on_change=follow, args=("glossary_q", "q"),
        )  # fmt: skip
        _choose("domain", domains, chosen.domain, "category")
        _choose("state", WORDS, chosen.state, "verified")
        _choose("steward", people, chosen.steward, "person")
        if any(is_due(term, shown.today) for term in shown.terms) or chosen.due:
            st.session_state["glossary_due"] = bool(chosen.due)
            st.toggle("Review due", key="glossary_due", on_change=follow, args=("glossary_due", "due"))


def _choose(part: str, words: Mapping[str, str], on: str, mark: str) -> None:
    key = f"glossary_{part}"
    st.menu_button(
        words.get(on, words[""]), list(words), key=key, format_func=words.__getitem__, icon=f":material/{mark}:",
        type="tertiary", on_click=follow, args=(key, part),
    )  # fmt: skip


def draw_letters(terms: Sequence[Term], chosen: Chosen) -> None:
    """Those that begin something."""
    letters = sorted({letter_of(term) for term in terms} | ({chosen.letter} - {""}), key=lambda one: (one == "#", one))
    if len(terms) <= 12 and not chosen.letter:
        return
    words = {"": "A-Z"} | {letter: letter for letter in letters}
    st.session_state["glossary_letter"] = chosen.letter
    st.pills(
        "Letter", list(words), key="glossary_letter", format_func=words.__getitem__, required=True,
        label_visibility="collapsed", on_change=follow, args=("glossary_letter", "letter"),
    )  # fmt: skip


def draw_rows(shown: Shown, terms: Sequence[Term]) -> None:
    if not terms:
        draw_empty(shown)
        return
    most = MOST * st.session_state.get(SHOWN, 1)
    searched = bool(shown.chosen.q)
    with st.container(key="glossary_rows", gap=None):
        for letter, group in groupby(terms[:most], key=lambda term: "" if searched else letter_of(term)):
            if letter:
                st.html(f'<h2 class="letter">{esc(letter)}</h2>')
            for term in group:
                draw_row(shown, term)
    more = len(terms) - most
    if more > 0:
        st.button(f"{min(more, MOST)} more of {more:,}", key="glossary_more", type="tertiary", on_click=_more)


def draw_row(shown: Shown, term: Term) -> None:
    with st.container(key=f"term_row_{term.id}", horizontal=True, gap="small", vertical_alignment="center"):
        with st.container(key=f"term_name_{term.id}", horizontal=True, gap="small", width=280):
            term_link(term)
            if term.acronym:
                st.html(acronym(term), width="content")
        st.html(f'<p class="gist" dir="auto">{esc(short(term))}</p>', width="stretch")
        st.html(f'<div class="term-marks">{_marks(shown, term)}</div>', width="content")


def _marks(shown: Shown, term: Term) -> str:
    where = term.domain or shown.names.get(term.platform_id or "", "")
    state = "" if term.state == "approved" else state_pill(term)
    due = due_pill(term.review_due) if term.review_due and is_due(term, shown.today) else ""
    steward = f'<span title="Steward: {esc(term.steward)}">{avatar(term.steward)}</span>' if term.steward else ""
    return f"{due or state}{chip(where) if where else ''}{steward or icon('person_off', 'faint')}"


def draw_empty(shown: Shown) -> None:
    q = shown.chosen.q
    said = f"No term says “{q[:40]}”" if q else "No term matches"
    feedback.empty("search_off", said, "Other words may find it, or it waits to be explained.")
    with st.container(horizontal=True, horizontal_alignment="center", gap="small", key="glossary_none"):
        st.button("Clear filters", key="glossary_clear", on_click=go_to)
        if may_propose(shown.actor, None):
            st.button(
                "Propose this term", key="glossary_ask", type="tertiary", icon=":material/add:", on_click=go_to,
                kwargs={"new": "1", "propose": "1"},
            )  # fmt: skip


def _more() -> None:
    st.session_state[SHOWN] = st.session_state.get(SHOWN, 1) + 1
