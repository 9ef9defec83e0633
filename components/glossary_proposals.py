"""What is proposed: for those who decide, with what differs; for those who asked, with the answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import streamlit as st

from components import feedback, form_fields, session
from components.glossary_marks import term_link
from components.glossary_side import difference_html, told
from components.markup import counted, esc, icon
from components.moments import Here
from components.navigation import GLOSSARY
from components.ticket_marks import person_html, person_name
from data.cached import glossary as cached_glossary
from data.errors import PortalError
from data.glossary.model import Proposal, Term
from data.glossary.proposals import ANSWER
from data.glossary.proposing import Proposals, decidable
from data.glossary.rules import LABELS
from data.people.model import Actor
from data.portal import Portal
from data.tickets.answers import Refused

LOOKS = {
    "open": ("blue", "hourglass_empty", "Open"), "accepted": ("green", "check", "Accepted"),
    "declined": ("gray", "close", "Declined"), "withdrawn": ("gray", "undo", "Taken back"),
}  # fmt: skip
DECLINING = "glossary_declining"
"""Session: the proposal whose answer is being written, and what is wrong with it."""
MOST = 50


@dataclass(frozen=True, slots=True)
class Shown:
    actor: Actor
    terms: Mapping[str, Term]
    here: Here


def draw_proposals(portal: Portal, actor: Actor, id_: str | None) -> None:
    read = cached_glossary.proposals(portal, actor)
    if read.value is None:
        feedback.empty("cloud_off", "The proposals cannot be shown now", read.error or "", hue="red")
        return
    found = [one for one in read.value if id_ in (None, one.id)]
    waiting = sum(decidable(actor, one) for one in read.value)
    with st.container(key="crumb", horizontal=True, gap=None):
        st.page_link(GLOSSARY.path, label=GLOSSARY.title)
        st.html("<span>Proposals</span>", width="content")
    line = f"{counted(waiting, 'proposal')} for you to decide" if waiting else "Nothing waits for you"
    st.html(f'<div class="head"><h1>Proposals</h1></div><p class="sub-head">{line}</p>')
    terms = {term.id: term for term in cached_glossary.terms(portal, actor).value or ()}
    shown = Shown(actor, terms, Here(portal.clock(), session.zone()))
    if not found:
        feedback.empty("rate_review", "No proposal is here for you", "On the page of a term you can propose a change.")
    for proposal in found[:MOST]:
        draw_proposal(shown, proposal)
    if id_ is not None:
        st.page_link(GLOSSARY.path, label="All proposals", query_params={"part": "proposals"})


def draw_proposal(shown: Shown, proposal: Proposal) -> None:
    hue, mark, word = LOOKS[proposal.state]
    with st.container(key=f"proposal_{proposal.id}", border=True, gap="small"):
        with st.container(
            key=f"proposal_head_{proposal.id}", horizontal=True, vertical_alignment="center", gap="small"
        ):
            term = shown.terms.get(proposal.term_id or proposal.id)
            if term:
                term_link(term, width="content")
            else:
                st.html(f'<b dir="auto">{esc(proposal.title)}</b>', width="content")
            kind = "A change" if proposal.term_id else "A new term"
            st.html(f'<span class="pill {hue}">{icon(mark)}{word}</span>', width="content")
            when = shown.here.time(proposal.created_at)
            st.html(f'<span class="faint">{kind}, by</span> {person_html(proposal.created_by)} '
                    f'<span class="faint">· {when}</span>', width="stretch")  # fmt: skip
        st.html(f'<p class="why">{esc(proposal.reason)}</p>{_differences(shown, proposal)}')
        if proposal.answer:
            said = f"{person_name(proposal.updated_by)}: {proposal.answer}"
            st.html(f'<p class="answer">{icon("reply")} {esc(said)}</p>')
        draw_deeds(shown, proposal)


def _differences(shown: Shown, proposal: Proposal) -> str:
    rows = "".join(
        f"<dt>{esc(LABELS.get(name, name))}</dt><dd>"
        f"{difference_html(told(shown.terms, name, proposal.old.get(name)), told(shown.terms, name, new))}</dd>"
        for name, new in proposal.new.items()
        if new not in (None, "", [], {}) or proposal.old.get(name)
    )
    return f'<dl class="differences">{rows}</dl>'


def draw_deeds(shown: Shown, proposal: Proposal) -> None:
    if decidable(shown.actor, proposal):
        draw_decision(proposal)
    elif proposal.state == "open" and proposal.created_by == shown.actor.email:
        st.button(
            "Take it back", key=f"withdraw_{proposal.id}", type="tertiary", icon=":material/undo:", on_click=_act,
            args=(lambda area, actor: area.withdraw(actor, proposal.id, proposal.version), "Taken back"),
        )  # fmt: skip


def draw_decision(proposal: Proposal) -> None:
    declining = st.session_state.get(DECLINING, ("", ""))
    if declining[0] == proposal.id:
        draw_answer(proposal, declining[1])
        return
    with st.container(key=f"decide_{proposal.id}", horizontal=True, gap="small"):
        label = "Accept this change" if proposal.term_id else "Accept as approved term"
        st.button(
            label, key=f"accept_{proposal.id}", type="primary", icon=":material/check:", on_click=_act,
            args=(lambda area, actor: area.accept(actor, proposal.id, proposal.version), f"{proposal.title}: accepted"),
        )  # fmt: skip
        st.button(
            "Decline…", key=f"decline_{proposal.id}", on_click=st.session_state.__setitem__,
            args=(DECLINING, (proposal.id, "")),
        )  # fmt: skip


def draw_answer(proposal: Proposal, problem: str) -> None:
    key = f"answer_{proposal.id}"
    form_fields.ask(ANSWER, key, None, problem)
    with st.container(key=f"declining_{proposal.id}", horizontal=True, gap="small"):
        st.button("Decline", key=f"really_{proposal.id}", type="primary", on_click=_decline, args=(proposal, key))
        st.button("Cancel", key=f"keep_{proposal.id}", type="tertiary", on_click=_stop)


def _decline(proposal: Proposal, key: str) -> None:
    said = {ANSWER.name: st.session_state.get(key)}
    try:
        session.portal().proposals.decline(session.actor(), proposal.id, proposal.version, said)
    except Refused as refused:
        st.session_state[DECLINING] = (proposal.id, refused.at[ANSWER.name])
        return
    except PortalError as error:
        st.toast(str(error), icon=":material/error:", duration="long")
    cached_glossary.drop()
    _stop()


def _stop() -> None:
    st.session_state.pop(DECLINING, None)


def _act(deed: Callable[[Proposals, Actor], object], done: str) -> None:
    feedback.act(lambda: deed(session.portal().proposals, session.actor()), cached_glossary.drop, done)
