"""Whatever an author writes, a page does nothing: thousands of payloads, judged by an oracle that can see."""

from __future__ import annotations

from collections.abc import Mapping
from zoneinfo import ZoneInfo

import pytest
import yaml
from markdown import Markdown

from components.docs_contents import crumb_html, headings_html, neighbours_html, tree_html
from components.docs_marks import meta_html, source_html, stale_html, terms_html
from components.moments import Here
from data.docs import rendering
from data.docs.finishing import finish
from data.docs.library import build
from data.docs.model import Library, Shown
from data.docs.rendering import render
from data.docs.sanitise import ADMONITIONS
from data.docs.tree import Tree
from tests.data.docs.oracle import EMBEDDINGS, every, harm, payloads, site, terms
from tests.portals import NOW

SAMPLED = 211
"""Every so manyth of the collected payloads stands in each place here; all of them did when this was written."""
BATCH = 40
"""Payloads on one page: a page each would take minutes."""
HERE = Here(NOW, ZoneInfo("Europe/Berlin"))


def html_of(text: str, payload: str = "x") -> str:
    library = site(text)
    done = finish(render(library.pages["a.md"], library), terms(payload), frozenset(), lambda _: b"\x89PNG")
    return "".join(part.html for part in done.parts) + terms_html(done.cards)


def embedded(place: str, payload: str) -> str:
    return EMBEDDINGS[place].format(p=payload)


@pytest.mark.parametrize("place", EMBEDDINGS)
def test_no_payload_gets_through_wherever_it_stands(place: str) -> None:
    chosen = every(SAMPLED, len(place))
    broken = {payload: found for payload in chosen if (found := harm(html_of(embedded(place, payload), payload)))}
    assert broken == {}


@pytest.mark.parametrize("place", ["body", "link", "table cell"])
def test_the_oracle_sees_what_would_get_through_without_sanitising(place: str) -> None:
    """The control: an oracle that is blind would pass everything."""
    md = Markdown(extensions=list(rendering.EXTENSIONS), extension_configs={**rendering.CONFIGS})
    chosen = list(every(SAMPLED))
    seen = sum(bool(harm(md.reset().convert(embedded(place, payload)))) for payload in chosen)
    assert seen > len(chosen) / 10


def test_all_collected_payloads_in_the_body_of_pages_do_nothing() -> None:
    whole = [payload.replace("\0", "") for payload in payloads()]  # a file with one is no text
    pages = ["\n\n".join(whole[at : at + BATCH]) for at in range(0, len(whole), BATCH)]
    assert [found for page in pages if (found := harm(html_of(page)))] == []


def test_what_stands_around_a_page_does_nothing_either() -> None:
    broken = {}
    for payload in every(SAMPLED, 3):
        library = around(payload)
        if found := harm_around(library):
            broken[payload] = found
    assert broken == {}


def around(payload: str) -> Library:
    """Its title, head, name and place in the contents are the payload."""
    head = yaml.safe_dump({"title": payload, "owner": payload, "tags": [payload], "review_by": "2020-01-01"})
    name = payload.replace("/", "_").replace("\0", "")[:80] + ".md"
    files = {"a.md": f"---\n{head}---\n# x\n\n## {payload}\n\n## y\n".encode("utf-8", "replace"), name: b"# x"}
    nav = yaml.safe_dump(
        {"nav": [{payload or "x": ["a.md", {payload or "x": name}]}, {payload or "x": f"https://{payload}"}]}
    )
    return build(Tree({name: len(text) for name, text in files.items()}, files.__getitem__, payload, nav))


def harm_around(library: Library) -> list[str]:
    page = library.pages["a.md"]
    shown = Shown(library.pages, library.contents)
    pieces = (
        tree_html(shown, "a.md"), crumb_html(shown, page), neighbours_html(shown, "a.md"), meta_html(page, HERE),
        stale_html(page, HERE), source_html(None, page, HERE), headings_html(render(page, library).headings),
    )  # fmt: skip
    return [words for piece in pieces for words in harm(piece, around=True)]


def test_ids_and_addresses_inside_a_page_keep_together() -> None:
    html = html_of('[there](#y-1)\n\n## Y\n\n## Y\n\nA[^n].\n\n[^n]: Note.\n\n=== "T"\n    x\n')
    for part in (
        'href="#doc-y-1"',
        'id="doc-y-1"',
        'href="#doc-fn:n"',
        'id="doc-fn:n"',
        'for="doc-__tabbed_1_1"',
        'id="doc-__tabbed_1_1"',
    ):
        assert part in html, part


@pytest.mark.parametrize("kind", sorted(ADMONITIONS - {"summary"}))
def test_boxes_of_every_kind_keep_their_class(kind: str) -> None:
    assert f'class="admonition {kind}"' in html_of(f"!!! {kind}\n    x\n")


@pytest.mark.parametrize(
    "href",
    ["../x.md", "../../../etc/passwd", "/../x.md", "%2e%2e/x.md", "..%2f..%2fetc%2fpasswd", "x.md\\..\\..", "//x/x.md", "file:///x.md",
     "x.md%00", "\tx.md:", "docs-asset/x.png", "docs-asset/../../x.png"],
)  # fmt: skip
def test_nothing_leads_out_of_the_folder(href: str) -> None:
    html = html_of(f"[a]({href}) ![b]({href}) <a href='{href}'>c</a><img src='{href}' alt='d'>")
    assert "href" not in html
    assert "src" not in html


def test_an_image_that_is_too_big_or_gone_shows_its_words() -> None:
    library = site("![The plan](x.png)")
    draft = render(library.pages["a.md"], library)
    for content in (None, b"x" * (3 * 2**20)):
        html = finish(draft, terms("x"), frozenset(), lambda _, given=content: given).parts[0].html
        assert 'alt="The plan"' in html
        assert "src" not in html


def problems_of(text: str) -> Mapping[str, str]:
    library = site(text)
    return {problem.topic: problem.words for problem in render(library.pages["a.md"], library).problems}


def test_what_is_left_out_is_told_to_the_owners() -> None:
    told = problems_of("[a](nothing.md) ![b](https://example.org/b.png)")
    assert told["link"] == "nothing.md: There is no such page."
    assert told["image"] == "https://example.org/b.png: Images of other hosts are not loaded."


def test_a_page_that_markdown_chokes_on_is_shown_as_its_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Markdown, "convert", lambda self, text: {}[text])
    html = html_of("A deep <b>thought</b>")
    assert "could not be read as Markdown" in html
    assert "&lt;b&gt;thought&lt;/b&gt;" in html
