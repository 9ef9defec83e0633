"""Platforms and checks as a file: taken out, and put in after a look at what it would change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

import streamlit as st

from components import feedback
from components.admin_audit import short
from components.form_fields import PERSISTENT
from components.markup import counted, esc, icon, section, table
from components.promise import promises
from data import cached, doorway
from data.errors import Conflict, Invalid, PortalError
from data.people.model import Actor
from data.portal import Portal
from data.status.estate import Change, Plan, differences, read_estate
from data.status.model import Check

MOST_BYTES = 1_000_000
MOST_SHOWN = 200
PASTED = "the text"
LOOKED = "estate_looked"
"""Session: what came of the last look."""
MARKS = {"add": ("Add", "add", "green"), "change": ("Change", "edit", "blue"), "retire": ("Retire", "archive", "red")}
EXPORT = (
    "As stored now, without what was retired; put in again, it changes nothing. "
    "It holds no secrets: targets name only environment variables."
)
PRUNE = "Retire what the file does not name"


@dataclass(frozen=True, slots=True)
class Looked:
    """A plan, or why there is none."""

    origin: str
    plan: Plan | None = None
    refused: str = ""
    problems: tuple[str, ...] = ()
    news: str = ""


def draw_estate(portal: Portal, actor: Actor) -> None:
    left, right = st.columns([64, 36], gap="large")
    with left:
        draw_import(portal, actor)
    with right, st.container(key="export_box", border=True, gap="small"):
        st.html(f"{section('Export')}<p class='quiet'>{esc(EXPORT)}</p>")
        st.download_button(
            "Download checks.yaml", partial(portal.status.editor.export, actor), "checks.yaml", "application/yaml",
            key="estate_export", icon=":material/download:", on_click="ignore",
        )  # fmt: skip
        st.html("<p class='faint'>The same with <code>python -m jobs export</code>.</p>")


def draw_import(portal: Portal, actor: Actor) -> None:
    st.html(section("Import", "one YAML file, at most 1 MB"))
    given = st.file_uploader(
        "A file", ("yaml", "yml"), key="estate_file", on_change=forget, label_visibility="collapsed", max_upload_size=1
    )
    pasted = st.text_area(
        "Or the text of one", key="estate_text", height=180, on_change=forget, placeholder="platforms:\n- id: shop",
        disabled=given is not None, **PERSISTENT,
    )  # fmt: skip
    prune = st.checkbox(
        PRUNE, key="estate_prune", on_change=forget, help="Its history stays. Off: what is not named stays as it is."
    )
    origin = given.name if given else PASTED
    source = given if given else pasted.strip()
    looked: Looked | None = st.session_state.get(LOOKED)
    pressed = st.button(
        "Show what would change",
        key="estate_look",
        type="primary" if looked is None else "secondary",
        disabled=not source,
    )
    if pressed:
        st.session_state[LOOKED] = look(portal, actor, origin, _bytes(source), prune)
        st.rerun()
    if looked and source:
        draw_looked(portal, actor, looked, partial(look, portal, actor, origin, _bytes(source), prune))


def _bytes(source: Any) -> bytes:
    found: bytes = source.encode() if isinstance(source, str) else source.getvalue()
    return found


def forget() -> None:
    """A callback: what was looked at is not what is there now."""
    st.session_state.pop(LOOKED, None)


def look(portal: Portal, actor: Actor, origin: str, found: bytes, prune: bool) -> Looked:
    if len(found) > MOST_BYTES:
        return Looked(origin, refused=f"{origin} has {len(found) / 1e6:.1f} MB; at most 1 MB fits.")
    try:
        wanted = read_estate(found.decode("utf-8-sig"), origin)
        doorway.refuse_unknown(wanted)
        return Looked(origin, portal.status.editor.plan(actor, wanted, prune))
    except UnicodeDecodeError:
        return Looked(origin, refused=f"{origin} is not text in UTF-8.")
    except Invalid as error:
        return Looked(origin, refused=str(error).splitlines()[0], problems=error.problems)
    except PortalError as error:
        return Looked(origin, refused=str(error))


def draw_looked(portal: Portal, actor: Actor, looked: Looked, again: Any) -> None:
    if looked.news:
        feedback.banner("orange", "sync_problem", "Planned again.", looked.news)
    if looked.plan is None:
        lines = "".join(f"<li>{esc(problem)}</li>" for problem in looked.problems[:MOST_SHOWN])
        st.html(
            f'<div class="problems" role="alert"><p>{icon("error")} {esc(looked.refused)}</p><ul>{lines}</ul></div>'
        )
        return
    changes = looked.plan.changes
    if not changes:
        feedback.empty("task_alt", "All is as the file says", f"{looked.plan.unchanged:,} unchanged.", hue="green")
        return
    kinds: Counter[str] = Counter(change.kind for change in changes)
    told = ", ".join(f"{kinds[kind]:,} to {kind}" for kind in MARKS if kinds[kind])
    st.html(section("What would change", f"{told}, {looked.plan.unchanged:,} unchanged"))
    st.html(changes_html(changes[:MOST_SHOWN]))
    if len(changes) > MOST_SHOWN:
        st.html(f'<p class="quiet">And {len(changes) - MOST_SHOWN:,} more.</p>')
    if st.button(f"Apply {counted(len(changes), 'change')}", key="estate_apply", type="primary"):
        apply(portal, actor, looked, again)


def apply(portal: Portal, actor: Actor, looked: Looked, again: Any) -> None:
    assert looked.plan is not None, "there is no button without a plan"
    try:
        done = portal.status.editor.apply(looked.plan, actor, f"Imported from {looked.origin}")
    except Conflict as conflict:
        looked = again()
        st.session_state[LOOKED] = Looked(looked.origin, looked.plan, looked.refused, looked.problems, str(conflict))
    except PortalError as error:
        st.session_state[LOOKED] = Looked(looked.origin, refused=str(error))
    else:
        st.session_state[LOOKED] = again()
        st.toast(f"{counted(done, 'change')} applied.", icon=":material/check:")
    cached.drop()
    st.rerun()


def changes_html(changes: Iterable[Change]) -> str:
    return table(("", "What", "From what to what"), map(_row, changes))


def _row(change: Change) -> tuple[str, ...]:
    word, mark, hue = MARKS[change.kind]
    entry = change.after
    what = f"<b>{esc(entry.name)}</b><br><span class='faint'>{change.thing} <code>{esc(entry.id)}</code></span>"
    return f'<span class="{hue} ink">{icon(mark, "ink")} {word}</span>', what, _told(change)


def _told(change: Change) -> str:
    if change.before is None:
        after = change.after
        said = [after.platform_id, after.source, *promises(after)] if isinstance(after, Check) else [after.kind]
        return esc(", ".join(said))
    return "<br>".join(
        f"<span class='faint'>{esc(found.field.replace('_', ' '))}</span> {esc(short(found.old))} "
        f"\N{RIGHTWARDS ARROW} {esc(short(found.new))}"
        for found in differences(change.before, change.after)
    )
