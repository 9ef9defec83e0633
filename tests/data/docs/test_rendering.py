"""The dialect of MkDocs, anchors that agree everywhere, terms explained once, and how long it may take."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from data.docs.contents import contents
from data.docs.finishing import DIAGRAM_MOST, finish
from data.docs.library import build
from data.docs.model import Library, Page
from data.docs.outline import Slugs, sections
from data.docs.press import drafted, finished
from data.docs.rendering import render
from data.docs.report import problems
from data.docs.terms import Card, Terms, explained
from data.docs.tree import Tree, folder_tree
from tests.portals import NOW

SITE = Path(__file__).with_name("site")
DOCS = Path(__file__).parents[3] / "docs"
REVENUE = Card("t1", "Net revenue", "Gross less returns.", "Approved", "green", "Steward bob")
SLA = Card("t2", "Service level agreement", "What is promised.")


def of(**files: str) -> Library:
    named = {f"{name}.md": text.encode() for name, text in files.items()}
    return build(Tree({name: len(text) for name, text in named.items()}, named.__getitem__, str(files)))


def html(text: str, terms: Terms | None = None) -> str:
    library = of(a=text)
    done = finish(render(library.pages["a.md"], library), terms or Terms({}), frozenset(), lambda _: None)
    return "".join(part.html for part in done.parts)


@pytest.mark.parametrize("folder", [SITE, DOCS], ids=["site", "docs"])
def test_anchors_of_sections_are_those_of_the_rendered_page(folder: Path) -> None:
    library = build(folder_tree(folder))
    assert len(library.pages) >= 4
    for path, page in library.pages.items():
        told = [section.anchor for section in page.sections if section.anchor]
        assert told == [heading.anchor for heading in drafted(path, library).headings], path


def test_sections_hold_their_text_and_code_and_nothing_of_the_marks() -> None:
    code = "```sql\n# no heading\nSELECT 1\n```\n\n"
    text = (
        f"Above *it*.\n\n# A\n\nSee [b](b.md) and ![c](c.png).\n\n{code}Two\n---\n\n| x | y |\n|---|---|\n| 1 | `2` |\n"
    )
    found = [(s.anchor, s.title, s.level, s.text) for s in sections(text, "Page")]
    assert found == [
        ("", "Page", 1, "Above it."),
        ("a", "A", 1, "See b and c.\n# no heading\nSELECT 1"),
        ("two", "Two", 2, "x   y\n1   2"),
    ]


def test_anchors_are_given_once_and_known_by_their_name_in_mkdocs_too() -> None:
    slugs = Slugs()
    given = [slugs.give(title) for title in ("Usage", "Usage", "A & B", "Größe", "Usage-1", "!!!")]
    assert given == ["usage", "usage-1", "a--b", "größe", "usage-1-1", "section"]
    assert (slugs.aliases["usage_1"], slugs.aliases["a-b"], slugs.aliases["groe"]) == ("usage-1", "a--b", "größe")


def test_a_real_site_has_the_problems_that_it_has_and_no_others() -> None:
    library = build(folder_tree(SITE))
    assert library.order == ("index.md", "sales/model.md", "sales/arrival.md", "team/runbook.md")
    assert sorted((p.topic, p.path, p.words) for p in problems(library, NOW.date())) == [
        ("image", "sales/arrival.md", "https://example.org/pixel.png: Images of other hosts are not loaded."),
        ("link", "index.md", "sales/model.md#nothing: There is no such heading."),
        ("link", "index.md", "sales/nothing.md: There is no such page."),
        ("navigation", "mkdocs.yml", "The navigation names sales/nothing.md, which is no page."),
    ]


def test_settings_of_mkdocs_run_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    build(folder_tree(SITE))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("nav", "order", "told"),
    [
        ("nav: [b.md, a.md, b.md]", ["b.md", "a.md"], "twice"),
        ("nav: [x.md]", ["a.md", "b.md"], "None of the pages"),
        ("nav: {a: b}", ["a.md", "b.md"], ""),
        ("nav: [a.md, {B: {c: d}}, 7]", ["a.md"], "leads to nothing"),
        ("nav: [a.md", ["a.md", "b.md"], "cannot be read"),
        ("nav: [a.md]", ["a.md"], "not in the navigation"),
        ("nav: [a.md]\nnot_in_nav: |\n  /b*", ["a.md"], ""),
        ("nav: [{A: ../../etc/passwd}, /b.md]", ["b.md"], "no page"),
        ("- a", ["a.md", "b.md"], "no settings"),
    ],
)
def test_a_navigation_that_contradicts_itself_is_told_and_shown_as_far_as_it_goes(
    nav: str, order: list[str], told: str
) -> None:
    pages = {name: Page(path=name, title=name, text="", sha=name) for name in ("a.md", "b.md")}
    entries, found = contents(nav, pages)
    assert [path for entry in entries for path in entry.paths()] == order
    assert told in " ".join(problem.words for problem in found)
    assert bool(found) == bool(told)


def test_a_navigation_that_refers_to_itself_ends() -> None:
    bomb = "a0: &a0 [a.md]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'{{x: *a{n - 1}}}'] * 9)}]\n" for n in range(1, 6))
    pages = {"a.md": Page(path="a.md", title="A", text="", sha="a")}
    began = time.perf_counter()
    _, found = contents(f"{bomb}nav: *a5\n", pages)
    assert time.perf_counter() - began < 5
    assert any("longer than" in problem.words for problem in found)


def test_terms_are_explained_once_and_never_in_code_links_or_headings() -> None:
    terms = Terms({"net revenue": REVENUE, "NR": REVENUE, "SLA": SLA})
    line = "`net revenue` [net revenue](a.md) The **Net Revenue** & more net revenue. The slate, an SLA."
    text = f"# x\n\n## Net revenue\n\n{line}"
    found = html(text, terms)
    assert found.count('class="term"') == 2
    assert (
        '<strong><span class="term"><a href="glossary?term=t1" rel="noopener noreferrer nofollow">Net Revenue</a>'
        in found
    )
    assert "Gross less returns." in found
    assert "more net revenue" in found
    assert "The slate" in found


def test_a_longer_phrase_goes_before_a_shorter_one_and_words_stay_whole() -> None:
    terms = Terms({"revenue": SLA, "net revenue": REVENUE})
    assert [card.id for card in explained("<p>Net revenues, net revenue, revenue</p>", terms)[1]] == ["t1", "t2"]


def test_what_the_glossary_says_is_text() -> None:
    card = Card("<b>", "<img src=x onerror=alert(1)>", "<script>alert(1)</script>", "x", "evil", "<i>")
    found = html("# x\n\nThe term.", Terms({"term": card}))
    assert "<img" not in found
    assert "&lt;script&gt;" in found
    assert "evil" not in found


def test_diagrams_that_stand_alone_are_drawn_and_all_others_are_their_text() -> None:
    alone = "# x\n\nBefore\n\n```mermaid\ngraph LR\n  A --> B & C\n```\n\nAfter\n"
    library = of(
        a=f"{alone}\n!!! note\n    ```mermaid\n    graph TD\n    ```\n\n```mermaid\n{'x' * DIAGRAM_MOST}y\n```\n"
    )
    parts = finish(render(library.pages["a.md"], library), Terms({}), frozenset(), lambda _: None).parts
    assert [bool(part.diagram) for part in parts] == [False, True, False]
    assert parts[1].diagram == "graph LR\n  A --> B & C"
    assert "graph TD" in parts[2].html


def test_links_as_the_built_site_would_have_them_are_followed() -> None:
    library = build(folder_tree(SITE))
    found = finished("index.md", library, Terms({}), frozenset()).parts[0].html
    assert 'href="docs?page=sales/model.md#c--rules"' in found
    assert 'href="report?platform=sales"' in found
    assert 'href="mailto:docs@example.org"' in found


def test_a_long_page_is_rendered_soon_and_then_at_once() -> None:
    """Generous, because machines are; `python -m benchmarks knowledge` measures."""
    text = "# Big\n\n" + "".join(
        f"## Section {n}\n\nOrders of **day {n}** land in `sales`, see [next](#section-{n + 1}).\n\n"
        for n in range(300)
    )
    library = of(a=text)
    began = time.perf_counter()
    finished("a.md", library, Terms({}), frozenset())
    cold = time.perf_counter() - began
    began = time.perf_counter()
    finished("a.md", library, Terms({}), frozenset())
    warm = time.perf_counter() - began
    assert (cold < 5, warm < 0.02) == (True, True)
