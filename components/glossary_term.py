"""The page of one term: what it means, what it is not, how it is computed, where it is used and how that fares now."""

from __future__ import annotations

import streamlit as st

from components import feedback, session
from components.glossary_address import go_to
from components.glossary_marks import acronym, due_pill, state_pill, term_link
from components.glossary_shown import ShownTerm
from components.glossary_side import draw_side
from components.glossary_steps import begin, draw_menu, draw_step
from components.markdown import user_html
from components.markup import esc, icon, pill, plain, section
from components.moments import Here
from components.navigation import DETAILS, GLOSSARY, entitle
from components.page_top import begin_at_top
from components.ticket_listing import platform_names
from data import cached
from data.cached import glossary as cached_glossary
from data.glossary.model import Asset, Term
from data.glossary.rights import may_propose
from data.glossary.rules import is_due, split_definition
from data.people.model import Actor
from data.portal import Portal
from data.status.board import CheckView

GONE = "It may have been archived. Whoever gave you the link can say."
COMPUTED = (("formula", "Formula"), ("grain", "Grain"), ("unit", "Unit"), ("filters", "Filters"))
CODE = ("formula", "filters")
FEW = 6
"""Assets before 'more'."""


def draw_term(portal: Portal, actor: Actor, id_: str) -> None:
    read = cached_glossary.terms(portal, actor)
    term = next((one for one in read.value or () if one.id == id_), None)
    if term is None or read.value is None:
        draw_missing(portal, read.error or "")
        return
    here = Here(portal.clock(), session.zone())
    if read.error:
        here = Here(read.at, here.zone)
        feedback.banner("orange", "cloud_off", f"Shown as of {here.clock(read.at)}.", "Saving waits.")
    board = cached.board(portal, actor).value
    shown = ShownTerm(portal, actor, term, read.value, board, platform_names(portal, actor), here)
    entitle(term.name, portal.settings.name)
    with st.container(key="body"):
        left, right = st.columns([7, 3], gap="large")
        with left, st.container(key="term", gap="small"):
            draw_head(shown)
            draw_state(shown)
            with feedback.panel("The definition"):
                draw_meaning(shown)
            with feedback.panel("Where it is used"):
                draw_uses(shown)
            begin_at_top(term.id)
        with right, feedback.panel("The side column"):
            draw_tools(shown)
            draw_side(shown)
    draw_step(portal, actor, read.value)


def draw_missing(portal: Portal, error: str) -> None:
    """Never says whether a hidden one exists."""
    if cached.store(portal).error:
        feedback.empty("cloud_off", "This term cannot be shown now", error, hue="red")
        return
    feedback.empty("search_off", "There is no such term that you can see", GONE)
    with st.container(horizontal_alignment="center", key="missing"):
        st.page_link(GLOSSARY.path, label="The whole glossary", icon=":material/arrow_back:")


def draw_head(shown: ShownTerm) -> None:
    term = shown.term
    with st.container(key="crumb", horizontal=True, gap=None):
        st.page_link(GLOSSARY.path, label=GLOSSARY.title)
        if term.domain:
            st.page_link(GLOSSARY.path, label=plain(term.domain), query_params={"domain": term.domain})
        st.html(f"<span>{esc(term.name)}</span>", width="content")
    today = shown.here.now.astimezone(shown.here.zone).date()
    due = due_pill(term.review_due) if term.review_due and is_due(term, today) else ""
    st.html(f'<div class="head term"><h1 dir="auto">{esc(term.name)}</h1>{acronym(term)}{state_pill(term)}{due}</div>')


def draw_tools(shown: ShownTerm) -> None:
    """One button is what this reader is most likely to want."""
    term = shown.term
    with st.container(key="term_tools", horizontal=True, gap="small", vertical_alignment="center"):
        if shown.may_curate:
            if term.state == "draft":
                st.button(
                    "Approve", key=f"glossary_approve_{term.id}", type="primary", icon=":material/verified:",
                    on_click=begin, args=(term, "approve"),
                )  # fmt: skip
            draw_menu(term)
        elif may_propose(shown.actor, term.platform_id):
            st.button(
                "Propose a change", key=f"glossary_propose_{term.id}", icon=":material/edit:", on_click=go_to,
                kwargs={"term": term.id, "propose": "1"},
            )  # fmt: skip
        st.page_link(GLOSSARY.path, label="All terms", icon=":material/menu_book:")


def draw_state(shown: ShownTerm) -> None:
    """Why it is not to be used, and what is instead."""
    term, successor = shown.term, shown.successor()
    if term.state not in ("deprecated", "archived"):
        return
    said = f" {esc(term.note)}" if term.note else ""
    with st.container(key="term_gone", horizontal=True, gap="small", vertical_alignment="center"):
        what = "Do not use it any more." if term.state == "deprecated" else "It is archived: readers do not see it."
        st.html(f"<p>{icon('do_not_disturb_on', 'ink')} <b>{what}</b>{said}</p>", width="content")
        if successor:
            term_link(successor, f"Use {successor.name} instead", icon=":material/arrow_forward:", width="content")


def draw_meaning(shown: ShownTerm) -> None:
    term = shown.term
    first, rest = split_definition(term.definition)
    more = "".join(user_html(text) for text in (rest, term.notes) if text)
    st.html(f'<div class="meaning">{user_html(first)}<div class="exceptions">{more}</div></div>')
    draw_confusion(shown)
    computed = [(label, getattr(term, name), name in CODE) for name, label in COMPUTED if getattr(term, name)]
    if computed:
        rows = "".join(
            f"<dt>{label}</dt><dd>{f'<code>{esc(value)}</code>' if code else esc(value)}</dd>"
            for label, value, code in computed
        )
        st.html(f'{section("How it is computed")}<dl class="computed">{rows}</dl>')


def draw_confusion(shown: ShownTerm) -> None:
    others = shown.confused_with()
    if not others and not shown.term.confusion:
        return
    with st.container(key="confusion", horizontal=True, gap=None):
        st.html("<b>Not to be confused with</b>", width="content")
        for other in others:
            if isinstance(other, Term):
                where = f" ({other.domain})" if other.domain and other.domain != shown.term.domain else ""
                term_link(other, f"{other.name}{where}", width="content")
            else:
                st.html(f"<span>{esc(other)}</span>", width="content")
        told = shown.term.confusion or next((o.confusion for o in others if isinstance(o, Term) and o.confusion), "")
        if told:
            st.html(user_html(told))


def draw_uses(shown: ShownTerm) -> None:
    assets = shown.term.assets
    if not assets:
        return
    st.html(f'<div class="section"><h2>Where it is used <span>{len(assets)}</span></h2></div>')
    with st.container(key="uses", gap=None):
        st.html('<div class="use-heads"><span>Asset</span><span>As</span><span>Data up to</span>'
                "<span>Health now</span></div>")  # fmt: skip
        for number, asset in enumerate(assets[:FEW]):
            draw_use(shown, number, asset)
    if more := assets[FEW:]:
        with st.popover(f"{len(more)} more", key="uses_more", type="tertiary"):
            st.html("".join(f"<p>{esc(asset.name)} <span class='faint'>{esc(asset.role)}</span></p>" for asset in more))


def draw_use(shown: ShownTerm, number: int, asset: Asset) -> None:
    view = shown.health(asset)
    with st.container(key=f"use_{number}", horizontal=True, gap="small", vertical_alignment="center", wrap=False):
        mark = "table" if "." in asset.name else "bar_chart"
        if view:
            st.page_link(
                DETAILS.path, label=plain(asset.name), query_params={"check": view.check.id}, width="stretch",
                icon=f":material/{mark}:",
            )  # fmt: skip
        else:
            st.html(f'<p class="use-name">{icon(mark, "faint")} {esc(asset.name)}</p>', width="stretch")
        st.html(f'<p class="use-role">{_role(asset.role)}</p>', width=190)
        st.html(f'<p class="use-data">{_data(shown, view)}</p>', width=140)
        st.html(f'<p class="use-health">{_health(view)}</p>', width=130)


def _role(role: str) -> str:
    """'Measure [Net revenue]': what comes after the first word is its name there."""
    kind, _, name = role.partition(" ")
    return f"{esc(kind)} <code>{esc(name)}</code>" if name else esc(kind)


def _data(shown: ShownTerm, view: CheckView | None) -> str:
    if view is None:
        return '<span class="faint">not watched</span>'
    at = view.source_event_at or view.last_success_at
    return shown.here.time(at) if at else '<span class="faint">not seen yet</span>'


def _health(view: CheckView | None) -> str:
    return pill(view.state) if view else ""
