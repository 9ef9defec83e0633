"""The side column of a term: people and days, relations as sentences, incidents that name it, what was changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Any

import streamlit as st

from components.glossary_marks import chips, day, term_link, who
from components.glossary_shown import ShownTerm
from components.markup import chip, esc, facts, plain
from components.navigation import TICKETS
from components.ticket_links import block_head
from components.ticket_marks import day_word, person_name, ticket_id
from data.audit.model import AuditEvent
from data.cached import glossary as cached_glossary
from data.glossary.model import Term
from data.glossary.rules import LABELS
from data.glossary.workflow import MOVES
from data.tickets.ids import is_id
from data.tickets.kinds import INCIDENT_KIND

PAST = {f"glossary:{move.name}": move.past for move in MOVES} | {
    "glossary:add": "wrote it", "glossary:edit": "changed", "glossary:import": "imported",
    "glossary:accept": "accepted a proposal:",
}  # fmt: skip
NAMES_FIELDS = ("glossary:edit", "glossary:import", "glossary:accept")
NEWEST = 8
MOVED = ("state", "review_due", "replaced_by")
"""Fields of which the words of a move tell already."""
LONG, AROUND = 400, 6
"""Words of a text that is compared, and of those beside a difference."""


def draw_side(shown: ShownTerm) -> None:
    st.html(f'<div class="rail-facts">{facts(list(_facts(shown)))}</div>')
    draw_relations(shown)
    draw_incidents(shown)
    draw_history(shown)


def _facts(shown: ShownTerm) -> Iterator[tuple[str, str]]:
    term = shown.term
    yield "Steward", who(term.steward)
    yield "Owner", who(term.owner)
    if term.domain:
        yield "Domain", esc(term.domain)
    yield "Platform", esc(shown.names.get(term.platform_id or "", "") or "Everybody's")
    if term.reviewed_at:
        yield "Reviewed", esc(day(term.reviewed_at.astimezone(shown.here.zone).date()))
    if term.review_due and term.state == "approved":
        yield "Next due", esc(day(term.review_due))
    if words := tuple(word for word in term.words if word != term.name):
        yield "Synonyms", chips(words)
    if term.tags:
        yield "Tags", chips(term.tags)
    for source in term.sources:
        yield "Source", _source(source.label, source.url)
    for name, value in term.properties.items():
        if ":" not in name and value:
            yield name, esc(value)


def _source(label: str, url: str) -> str:
    """Only to the web."""
    if not url.startswith(("https://", "http://")):
        return esc(f"{label} {url}".strip())
    return f'<a href="{esc(url)}" target="_blank" rel="noopener nofollow">{esc(label or url)}</a>'


def draw_relations(shown: ShownTerm) -> None:
    sentences = list(shown.sentences())
    if not sentences:
        return
    st.html(block_head("Relations"))
    with st.container(key="relations", gap=None):
        for number, (words, other) in enumerate(sentences):
            with st.container(key=f"relation_{number}", horizontal=True, gap=None):
                st.html(f'<span class="faint">{esc(words)}</span>', width="content")
                if isinstance(other, Term):
                    term_link(other, width="content")
                else:
                    st.html(f"<span>{esc(other)}</span>", width="content")


def draw_incidents(shown: ShownTerm) -> None:
    incidents = shown.incidents()
    if not incidents:
        return
    st.html(block_head("Open incidents that name it"))
    with st.container(key="naming", gap=None):
        for incident in incidents[:5]:
            with st.container(key=f"naming_{incident.key}", horizontal=True, gap="small", wrap=False):
                st.html(ticket_id(incident.key), width="content")
                st.page_link(
                    TICKETS[INCIDENT_KIND.name].path, label=plain(incident.title),
                    query_params={"id": incident.key},
                )  # fmt: skip


def draw_history(shown: ShownTerm) -> None:
    events = cached_glossary.history(shown.portal, shown.actor, shown.term.id).value or ()
    if not events:
        return
    st.html(
        f'{block_head("History")}<div class="versions">{"".join(_version(shown, e) for e in events[:NEWEST])}</div>'
    )


def _version(shown: ShownTerm, event: AuditEvent) -> str:
    number = event.id.rpartition(":")[2]
    title = esc(shown.here.exact(event.at))
    head = (
        f"<b>v{esc(number)}</b> {esc(person_name(event.actor))} {esc(PAST.get(event.action, 'changed it'))}"
        f'{esc(_which(event))}, <time title="{title}">{esc(_when(shown, event))}</time>'
    )
    said = f"<q>{esc(event.reason)}</q>" if event.reason else ""
    rows = "".join(_difference(shown, name, old, new) for name, old, new in _changes(event))
    diff = f"<details><summary>What differs</summary><dl>{rows}</dl></details>" if rows else ""
    return f"<article><p>{head}</p>{said}{diff}</article>"


def _when(shown: ShownTerm, event: AuditEvent) -> str:
    """'9 Nov'; with its year where that is another one."""
    at = event.at.astimezone(shown.here.zone)
    return day_word(event.at, shown.here) if at.year == shown.here.now.year else day(at)


def _which(event: AuditEvent) -> str:
    names = [LABELS.get(name, name).lower() for name, _, _ in _changes(event)]
    return f" {', '.join(names)}" if event.action in NAMES_FIELDS and names else ""


def _changes(event: AuditEvent) -> list[tuple[str, Any, Any]]:
    if event.action == "glossary:add":
        return []
    old, new = event.old or {}, event.new or {}
    hidden = () if event.action in NAMES_FIELDS else MOVED
    return [(name, old.get(name), new.get(name)) for name in {**old, **new} if name not in hidden]


def _difference(shown: ShownTerm, name: str, old: Any, new: Any) -> str:
    before, after = (told(shown.by_id, name, value) for value in (old, new))
    return f"<dt>{esc(LABELS.get(name, name))}</dt><dd>{difference_html(before, after)}</dd>"


def told(terms: Mapping[str, Term], name: str, value: Any) -> str:
    """A value of the trail in words. `terms`: those that the viewer may know of, by id."""
    if name == "replaced_by" and value:
        return terms[value].name if value in terms else ""
    if name == "relations":
        named = ((kind, terms[target].name if target in terms else target) for kind, target in value or ())
        return "; ".join(f"{kind.replace('_', ' ')} {target}" for kind, target in named if not is_id(target))
    if isinstance(value, dict):
        return "; ".join(f"{key}: {said}" for key, said in value.items() if ":" not in key)
    if isinstance(value, list):
        return "; ".join(" ".join(filter(None, one)) if isinstance(one, list) else str(one) for one in value)
    return "" if value is None else str(value)


@lru_cache(512)
def difference_html(before: str, after: str) -> str:
    """Word by word; of long texts what stands around the differences."""
    old, new = before.split()[:LONG], after.split()[:LONG]
    parts = []
    for kind, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            same = old[i:j]
            cut = [*same[:AROUND], "…", *same[-AROUND:]] if len(same) > 2 * AROUND + 1 else same
            parts.append(esc(" ".join(cut)))
            continue
        parts += [f"<del>{esc(' '.join(old[i:j]))}</del>"] if j > i else []
        parts += [f"<ins>{esc(' '.join(new[k:m]))}</ins>"] if m > k else []
    return " ".join(parts) or chip("nothing")
