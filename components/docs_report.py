"""What is wrong with the documentation, and what has helped: for service owners and admins."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import streamlit as st

from components import feedback
from components.markup import counted, esc, icon, section, table
from components.navigation import DOCS
from data.cached import docs as cached_docs
from data.docs.model import PROBLEMS, Problem, address
from data.docs.report import Report
from data.people.model import Actor
from data.people.permissions import Permission
from data.portal import Portal

MOST = 100
"""Lines of a topic."""
MARKS = {
    "unreadable": "error", "head": "data_object", "navigation": "account_tree", "link": "link_off",
    "image": "hide_image", "expired": "event_busy",
}  # fmt: skip


def draw_report(portal: Portal, actor: Actor) -> None:
    if not actor.may_somewhere(Permission.docs_report_read):
        feedback.empty("lock", "This page is not for you", "Service owners and admins look after the documentation.")
        return
    read = cached_docs.report(portal, actor)
    if read.value is None:
        feedback.empty("cloud_off", "The report cannot be shown now", read.error or "", hue="red")
        return
    with st.container(key="crumb", horizontal=True, gap=None):
        st.page_link(DOCS.path, label=DOCS.title)
        st.html("<span>What is wrong</span>", width="content")
    st.html(f'<div class="head"><h1>The documentation</h1></div><p class="sub-head">{line(read.value)}</p>')
    for html in blocks(read.value):
        st.html(html)


def line(report: Report) -> str:
    helped = counted(sum(report.helped.values()), "thank-you")
    return f"{counted(report.pages, 'page')} · {counted(len(report.problems), 'problem')} · {helped} from readers"


def blocks(report: Report) -> Iterator[str]:
    if not report.problems:
        yield f'<p class="docs-fine">{icon("check_circle", "green ink")} Nothing is wrong.</p>'
    for topic, words in PROBLEMS.items():
        if found := [problem for problem in report.problems if problem.topic == topic]:
            yield f'<div class="docs-problems">{section(words, str(len(found)))}{rows(topic, found)}</div>'
    if report.helped:
        most = [[_link(path), str(people)] for path, people in list(report.helped.items())[:MOST]]
        yield f'<div class="docs-problems">{section("What has helped")}{table(("Page", "People"), most)}</div>'


def rows(topic: str, found: Sequence[Problem]) -> str:
    mark = icon(MARKS[topic], "orange ink")
    return table(("Page", "What"), ([f"{mark} {_link(one.path)}", esc(one.words)] for one in found[:MOST]))


def _link(path: str) -> str:
    is_page = path.lower().endswith((".md", ".markdown"))
    return f'<a href="{esc(address(path))}">{esc(path)}</a>' if is_page else f"<code>{esc(path)}</code>"
