"""Nothing that somebody wrote is more than text among hits, whatever it is and wherever it stands."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest

from components.search_marks import all_html, hits_html, link, marked, nothing_html, place, told_html
from data.search.model import END, START, Found, Hit
from tests.data.docs.oracle import every, harm

CUT = (f"{START}<b>{END}", f"{START}a", f"{END}b{START}", "<mark>", "\x00<x>", f"{START}<img src=x onerror=alert(1)>")
SAMPLE = 20
"""One in so many of the collected payloads; our own are all tried."""


def harms(html: str) -> list[str]:
    return harm(html.replace(' aria-hidden="true"', ""))


def a_hit(**parts: Any) -> Hit:
    plain = {"key": "doc:a:0", "type": "doc", "title": "", "heading": "", "context": "", "snippet": "", "faded": False}
    return Hit(**plain | {"address": "docs?page=a.md#b"} | parts)


@pytest.mark.parametrize("part", ["title", "heading", "context", "snippet", "query"])
def test_hostile_text_stays_text(part: str) -> None:
    for text in (*every(SAMPLE), *CUT):
        hit = a_hit() if part == "query" else a_hit(**{part: text})
        assert harms(hits_html([hit], text if part == "query" else "words")) == [], text


def test_a_hostile_query_stays_text_around_the_hits() -> None:
    for text in every(SAMPLE):
        found = Found(how="respelled", meant=text)
        assert harms(told_html(found, text) + nothing_html(text) + all_html(found, text)) == [], text


def test_what_is_not_escaped_would_be_found() -> None:
    assert sum(bool(harms(f"<p>{text}</p>")) for text in every(SAMPLE)) > 20


def test_hostile_titles_can_be_read() -> None:
    html = hits_html([a_hit(title="<script>alert(1)</script> & more")], "words")
    assert "<script>alert(1)</script> & more" in unescape(re.sub(r"<[^>]*>", "", html))


def test_only_what_was_found_is_marked() -> None:
    assert marked(f"a {START}b<{END} c") == "a <mark>b&lt;</mark> c"
    assert marked(f"a {START}b") == "a <mark>b</mark>"


def test_a_page_is_asked_to_mark_the_words_and_keeps_its_place() -> None:
    address = link(a_hit(), "two & words")
    assert address == "docs?page=a.md&q=two+%26+words#b"
    assert place(address) == ("docs", {"page": "a.md", "q": "two & words"})
    ticket = a_hit(type="incident", address="incidents?id=INC-1")
    assert link(ticket, "words") == "incidents?id=INC-1"
