"""The glossary as a file: taken out in four formats, and put in after a look at what every row would do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

import streamlit as st

from components import feedback
from components.admin_audit import short
from components.glossary_side import difference_html
from components.markup import counted, esc, icon, section, table
from components.navigation import GLOSSARY
from data.cached import glossary as cached_glossary
from data.errors import Conflict, Invalid, PortalError
from data.glossary.formats import FORMATS
from data.glossary.rights import curates_something
from data.glossary.verdicts import OUTCOMES, Outcome, Plan, Verdict
from data.people.model import Actor
from data.portal import Portal
from data.tickets.visibility import viewer_of

LOOKED = "glossary_looked"
"""Session: what came of the last look."""
LOOKS: dict[Outcome, tuple[str, str, str]] = {
    "new": ("New", "add", "green"), "changed": ("Changed", "edit", "blue"),
    "unchanged": ("Unchanged", "check", "gray"), "refused": ("Refused", "block", "red"),
}  # fmt: skip
MOST = 200
TYPES = ("csv", "yaml", "yml", "txt")
GUIDE = (
    "CSV of this portal, of OpenMetadata or of Purview, or YAML of DataHub: found out by its first row. A column that "
    "is not there leaves its field alone; an empty cell clears it; approved terms never fall back to draft."
)
EXPORT = "What you may see, with everything that is known of it. The portal's own file loses nothing on the way back."


@dataclass(frozen=True, slots=True)
class Looked:
    """A plan, or why there is none."""

    name: str
    plan: Plan | None = None
    refused: str = ""
    news: str = ""


def draw_files(portal: Portal, actor: Actor) -> None:
    with st.container(key="crumb", horizontal=True, gap=None):
        st.page_link(GLOSSARY.path, label=GLOSSARY.title)
        st.html("<span>Files</span>", width="content")
    st.html('<div class="head"><h1>Import and export</h1></div>')
    left, right = st.columns([68, 32], gap="large")
    with left:
        if curates_something(actor):
            draw_import(portal, actor)
        else:
            said = "An import needs the role service owner on some platform. Exports are for everybody."
            feedback.empty("lock", "Files are read in for those who curate the glossary", said)
    with right, st.container(key="export_box", border=True, gap="small"):
        draw_export(portal, actor)


def draw_export(portal: Portal, actor: Actor) -> None:
    st.html(f"{section('Export')}<p class='quiet'>{esc(EXPORT)}</p>")
    for name, format in FORMATS.items():
        label = "This portal" if format.own else format.label
        st.download_button(
            f"{label} · {format.suffix.upper()}", partial(portal.glossary_files.export, viewer_of(actor), name),
            f"glossary-{name}.{format.suffix}", format.mime, key=f"glossary_export_{name}",
            icon=":material/download:", on_click="ignore", type="secondary" if format.own else "tertiary",
        )  # fmt: skip
    st.html("<p class='faint'>The same with <code>python -m jobs glossary export</code>.</p>")


def draw_import(portal: Portal, actor: Actor) -> None:
    st.html(f"{section('Import', 'at most 10 MB and 20,000 rows')}<p class='quiet'>{esc(GUIDE)}</p>")
    given = st.file_uploader(
        "A file", TYPES, key="glossary_file", on_change=forget, label_visibility="collapsed", max_upload_size=10
    )
    if given is None:
        return
    looked = st.session_state.get(LOOKED)
    if not isinstance(looked, Looked):
        looked = st.session_state[LOOKED] = look(portal, actor, given.name, given.getvalue())
    draw_looked(portal, actor, looked, given.getvalue())


def forget() -> None:
    """A callback: what was looked at is not what is there now."""
    st.session_state.pop(LOOKED, None)


def look(portal: Portal, actor: Actor, name: str, given: bytes, news: str = "") -> Looked:
    try:
        return Looked(name, portal.glossary_files.plan(actor, given), news=news)
    except PortalError as error:
        return Looked(name, refused=str(error))


def draw_looked(portal: Portal, actor: Actor, looked: Looked, given: bytes) -> None:
    if looked.news:
        feedback.banner("orange", "sync_problem", "Looked at again.", looked.news)
    if looked.plan is None:
        st.html(f'<div class="problems" role="alert"><p>{icon("error")} {esc(looked.refused)}</p></div>')
        return
    plan = looked.plan
    for remark in plan.remarks:
        feedback.banner("blue", "info", "", remark)
    counts = "".join(_count(outcome, plan.counts[outcome]) for outcome in OUTCOMES)
    st.html(
        f'{section("What it would do", f"read as {plan.document.format.label}")}<div class="outcomes">{counts}</div>'
    )
    if not plan.writes and not plan.counts["refused"]:
        feedback.empty("task_alt", "All is as the file says", f"{plan.counts['unchanged']:,} unchanged.", hue="green")
        return
    if plan.writes and st.button(_effect(plan), key="glossary_apply", type="primary", icon=":material/check:"):
        apply(portal, actor, looked, given)
    told = [verdict for verdict in plan.verdicts if verdict.outcome != "unchanged"]
    st.html(verdicts_html(sorted(told, key=lambda one: one.outcome != "refused")[:MOST]))
    if len(told) > MOST:
        st.html(f'<p class="quiet">And {len(told) - MOST:,} more rows.</p>')


def _effect(plan: Plan) -> str:
    """'Add 12 terms, change 3'."""
    new, changed = plan.counts["new"], plan.counts["changed"]
    parts = [f"add {counted(new, 'term')}"] if new else []
    parts += [f"change {changed:,}" if new else f"change {counted(changed, 'term')}"] if changed else []
    return ", ".join(parts).capitalize()


def _count(outcome: Outcome, number: int) -> str:
    word, mark, hue = LOOKS[outcome]
    return f'<span class="{hue if number else "gray"}">{icon(mark, "ink")}<b>{number:,}</b> {word.lower()}</span>'


def verdicts_html(verdicts: Iterable[Verdict]) -> str:
    return table(("Line", "", "Term", "What"), map(_row, verdicts))


def _row(verdict: Verdict) -> tuple[str, ...]:
    word, mark, hue = LOOKS[verdict.outcome]
    changes = "<br>".join(
        f"<span class='faint'>{esc(field)}</span> {difference_html(_text(old), _text(new))}"
        for field, old, new in verdict.differences()
    )
    said = f"<p>{esc(verdict.said)}</p>" if verdict.said else ""
    outcome = f'<span class="{hue} ink">{icon(mark, "ink")} {word}</span>'
    return str(verdict.line), outcome, f"<b>{esc(short(verdict.name))}</b>", said + changes


def _text(value: object) -> str:
    if isinstance(value, list):
        return "; ".join(" ".join(one) if isinstance(one, list) else str(one) for one in value)
    if isinstance(value, dict):
        return "; ".join(f"{key}: {told}" for key, told in value.items())
    return "" if value is None else str(value)


def apply(portal: Portal, actor: Actor, looked: Looked, given: bytes) -> None:
    assert looked.plan is not None, "there is no button without a plan"
    try:
        done = portal.glossary_files.apply(actor, looked.plan)
    except Conflict as conflict:
        st.session_state[LOOKED] = look(portal, actor, looked.name, given, str(conflict))
    except (Invalid, PortalError) as error:
        st.session_state[LOOKED] = Looked(looked.name, refused=str(error))
    else:
        st.session_state[LOOKED] = look(portal, actor, looked.name, given)
        st.toast(f"{counted(done, 'term')} written.", icon=":material/check:")
    cached_glossary.drop()
    st.rerun()
