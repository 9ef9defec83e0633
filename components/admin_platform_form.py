"""The form of one platform, and beside it its history and what only admins do: add, retire, bring back."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import streamlit as st

from components.admin_calendar import calendar_values, draw_calendar
from components.admin_form import EntryForm, Typed, Values, catch_up, draw_deed, draw_send, judged, title
from components.admin_history import draw_history
from components.form_fields import PERSISTENT
from components.markup import counted, esc, section
from components.navigation import ADMIN, DETAILS
from components.platform_details import IMPORTANCE
from data.people.model import Actor
from data.people.permissions import Permission
from data.portal import Portal
from data.status.board import Tile
from data.status.forms import NEW, typed_platform
from data.status.model import Platform
from data.tickets.answers import Question

SEEN_BY = {"everyone": "Everyone", "members": "Only its members and staff"}
NAME = Question("name", "Name", "line")
KIND = Question("kind", "Kind", "line", help="What sort of thing it is: semantic models, gateway, tables.")
OWNER = Question("owner", "Owner", "line", required=False, help="A team or a person: who to ask.")
CONTACT = Question("contact", "Contact", "line", required=False, help="An address or a channel.")
SIGHT = Question("visibility", "Who sees it", "choice", choices=SEEN_BY)
NEEDS = "What it depends on :gray[(optional)]"
STAYS = "Its checks are retired with it. Tickets and history stay, and it can be brought back."
Names = Mapping[str, str]
"""Of the platforms that the actor sees, by id."""


def platform_values(platform: Platform) -> Values:
    """What the fields begin with."""
    return {
        "name": platform.name, "kind": platform.kind, "owner": platform.owner, "contact": platform.contact,
        "criticality": platform.criticality, "visibility": platform.visibility,
        "depends_on": list(platform.depends_on), "slo": platform.slo, "position": platform.position,
        **calendar_values(platform.calendar),
    }  # fmt: skip


def draw_new(portal: Portal, actor: Actor, names: Names) -> None:
    form = EntryForm("platform", NEW)
    st.html(title("New platform", "What people name: a workspace, a report family, a gateway."))
    left, right = st.columns([60, 40], gap="large")
    with left:
        typed = judged(form, typed_platform, draw_fields(form, actor, names))

        def add(reason: str) -> Platform:
            added = portal.status.editor.add(actor, typed_platform(NEW, typed.answers), reason)
            st.query_params.from_dict({"part": "platforms", "platform": added.id})
            return added

        draw_send(form, typed, add, "Add the platform")
    with right:
        st.html(f"{section('How it goes on')}<p class='quiet'>It is watched as soon as it has checks: from a YAML file "
                "(Import and export), which names it by the id that its name makes.</p>")  # fmt: skip


def draw_platform(portal: Portal, actor: Actor, tile: Tile, names: Names) -> None:
    form = EntryForm("platform", tile.platform)
    st.html(title(tile.platform.name, f"{tile.platform.id} · version {tile.platform.version}"))
    left, right = st.columns([60, 40], gap="large")
    with left:
        typed = judged(form, typed_platform, draw_fields(form, actor, names))
        catch_up(form, typed, platform_values)
        draw_send(form, typed, partial(_save, portal, actor, form, typed))
    with right:
        draw_links(tile)
        draw_history(portal, actor, "platform", tile.platform.id)
        if actor.may(Permission.status_platform_admit):
            draw_retire(tile.platform)


def _save(portal: Portal, actor: Actor, form: EntryForm[Platform], typed: Typed[Platform], reason: str) -> Platform:
    return portal.status.editor.edit(actor, typed_platform(form.base, typed.answers), reason)


def draw_fields(form: EntryForm[Platform], actor: Actor, names: Names) -> Values:
    first = platform_values(form.base)
    answers = {}
    for pair in ((NAME, KIND), (OWNER, CONTACT)):
        for column, question in zip(st.columns(2, gap="small"), pair, strict=True):
            with column:
                answers[question.name] = form.ask(question, first[question.name])
    weight = st.segmented_control(
        "How much it weighs", list(IMPORTANCE), default=first["criticality"], key=form.key("criticality"),
        required=True,        format_func=IMPORTANCE.__getitem__, **PERSISTENT,
    )  # fmt: skip
    answers["criticality"] = form.below("criticality", weight)
    if actor.may(Permission.status_platform_admit):
        answers["visibility"] = form.ask(SIGHT, first["visibility"])
    answers["depends_on"] = _needs(form, names)
    answers |= _numbers(form)
    return {**answers, "calendar": draw_calendar(form, form.base.calendar)}


def _needs(form: EntryForm[Platform], names: Names) -> tuple[str, ...]:
    """Those that the actor may not see stay as they are."""
    before = form.base.depends_on
    offered = [id_ for id_ in names if id_ != form.base.id]
    chosen = st.multiselect(
        NEEDS, offered, default=[id_ for id_ in before if id_ in names], key=form.key("depends_on"),
        format_func=lambda id_: names.get(id_, id_), placeholder="Nothing", **PERSISTENT,
    )  # fmt: skip
    kept = [id_ for id_ in before if id_ in chosen or id_ not in names]
    needs = (*kept, *(id_ for id_ in chosen if id_ not in kept))
    form.below("depends_on", needs)
    return needs


def _numbers(form: EntryForm[Platform]) -> Values:
    left, right = st.columns(2, gap="small")
    with left:
        slo = st.number_input(
            "Promised availability over 30 days (%)", value=form.base.slo, step=0.1, format="%g", key=form.key("slo"),
            **PERSISTENT,
        )  # fmt: skip
        form.below("slo", slo)
    with right:
        place = st.number_input(
            "Place among equals", value=form.base.position, step=1, key=form.key("position"),
            help="Smaller numbers come first on the front page.", **PERSISTENT,
        )  # fmt: skip
        form.below("position", place)
    return {"slo": slo, "position": place}


def draw_links(tile: Tile) -> None:
    name, id_ = tile.platform.name, tile.platform.id
    with st.container(key="beside", horizontal=True, gap="small"):
        st.page_link(ADMIN.path, label=counted(len(tile.checks), "check"), icon=":material/tune:",
                     query_params={"part": "checks", "of": name})  # fmt: skip
        st.page_link(DETAILS.path, label="Its page", icon=":material/open_in_new:", query_params={"platform": id_})


def draw_retire(platform: Platform) -> None:
    with st.container(key="retire_box", border=True, gap="small"):
        st.html(f"{section('Retire it')}<p class='quiet'>{esc(STAYS)}</p>")
        id_, version = platform.id, platform.version
        draw_deed(
            f"retire_{id_}", "Retire the platform",
            lambda portal, actor, why: portal.status.editor.retire(actor, id_, version, why), "Retired.",
        )  # fmt: skip


def draw_retired(portal: Portal, actor: Actor, platform: Platform) -> None:
    st.html(title(platform.name, "It is retired: nobody sees it, and nothing of it is watched."))
    left, right = st.columns([60, 40], gap="large")
    id_, version = platform.id, platform.version
    with left, st.container(key="restore_box", border=True, gap="small"):
        st.html(f"{section('Bring it back')}<p class='quiet'>With the checks that were retired with it.</p>")
        draw_deed(
            f"restore_{id_}", "Bring it back",
            lambda portal, actor, why: portal.status.editor.restore(actor, id_, version, why), "It is back.",
        )  # fmt: skip
    with right:
        draw_history(portal, actor, "platform", id_)
