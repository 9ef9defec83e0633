"""A site that was written for MkDocs, read in a browser: its links, headings, tabs and terms, without a reload."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest
import yaml
from playwright.sync_api import Page, expect

from tests.data.docs.oracle import EMBEDDINGS, every
from tests.end_to_end.server import running

pytestmark = pytest.mark.browser
Visit = Callable[..., Page]
SITE = Path(__file__).parents[1] / "data" / "docs" / "site"
HOSTILE = 3
KEPT = "window.sameSession"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home = tmp_path_factory.mktemp("site")
    with running(home, PORTAL_DEMO="0", PORTAL_SCHEDULER="0", PORTAL_DOCS=str(SITE), PORTAL_TRUST_PROXY="1") as address:
        yield address


@pytest.fixture
def read(site: str, visit: Visit) -> Visit:
    def at(path: str, who: str = "charlie") -> Page:
        page = visit(f"{site}/docs?page={path}", extra_http_headers={"X-Forwarded-Email": f"{who}@example.org"})
        page.evaluate(f"{KEPT} = true")
        return page

    return at


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Pages whose every place holds payloads."""
    home = tmp_path_factory.mktemp("hostile")
    (home / "docs").mkdir()
    chosen = [payload.replace("\0", "") for payload in every(17)]
    for number in range(HOSTILE):
        part = chosen[number::HOSTILE]
        body = "\n\n".join(
            [*part, *(EMBEDDINGS[place].format(p=payload) for place in EMBEDDINGS for payload in part[:6])]
        )
        head = yaml.safe_dump({"title": part[0], "owner": part[1], "tags": part[2:6]})
        (home / "docs" / f"{number}.md").write_text(f"---\n{head}---\nFirst\n\n{body}\n", errors="replace")
    nav = [{f"{payload} {number}": f"{number}.md"} for number, payload in enumerate(chosen[:HOSTILE])]
    (home / "mkdocs.yml").write_text(yaml.safe_dump({"nav": [{chosen[9]: nav}]}))
    with running(home / "portal", PORTAL_DEMO="0", PORTAL_SCHEDULER="0", PORTAL_DOCS=str(home / "docs")) as address:
        yield address


@pytest.mark.parametrize("number", range(HOSTILE))
def test_payloads_do_nothing_in_a_browser(hostile: str, visit: Visit, number: int) -> None:
    """`visit` fails when anything outside is asked for."""
    page = visit(f"{hostile}/docs?page={number}.md")
    done: list[str] = []
    page.on("dialog", lambda dialog: (done.append(dialog.message), dialog.dismiss()))
    expect(page.locator(".docs-body").first).to_contain_text("First", timeout=15_000)
    page.reload()
    expect(page.locator(".docs-body").first).to_contain_text("First", timeout=15_000)
    for element in page.locator(".docs-body a[href^='#'], .docs-body input, .docs-tree summary").all()[:10]:
        element.dispatch_event("click")
    page.locator(".docs-body").first.hover()
    assert page.locator(".docs-body :is(script, iframe, object, embed, form, svg, style)").count() == 0
    assert (
        page.locator(".docs-body *").evaluate_all(
            "all => all.flatMap(one => one.getAttributeNames().filter(name => name.startsWith('on')))"
        )
        == []
    )
    assert done == []


def title(page: Page, words: str) -> None:
    expect(page.locator(".docs-head h1")).to_have_text(words, timeout=15_000)


def is_in_view(page: Page, heading: str) -> None:
    page.wait_for_function(
        "id => { const top = document.getElementById(id)?.getBoundingClientRect().top; return top >= 40 && top < 900 }",
        arg=heading,
        timeout=10_000,
    )


def test_links_between_pages_stay_in_the_session_and_the_way_back_works(read: Visit, site: str) -> None:
    page = read("index.md")
    page.locator(".docs-body").get_by_role("link", name="when data arrives").click()
    title(page, "When sales data arrives")
    page.wait_for_url(lambda url: unquote(url) == f"{site}/docs?page=sales/arrival.md")
    page.locator(".docs-next .previous").click()
    title(page, "What is in the Sales model")
    page.locator(".docs-tree").get_by_role("link", name="Start").first.click()
    title(page, "Data we share")
    page.go_back()
    title(page, "What is in the Sales model")
    page.go_back()
    title(page, "When sales data arrives")
    assert page.evaluate(KEPT) is True


def test_a_link_to_a_heading_of_another_page_ends_there_and_so_does_its_address(
    read: Visit, visit: Visit, site: str
) -> None:
    page = read("index.md")
    page.get_by_role("link", name="the clock change").click()
    title(page, "When sales data arrives")
    is_in_view(page, "doc-clock-change")
    page.wait_for_url(lambda url: unquote(url) == f"{site}/docs?page=sales/arrival.md#clock-change")
    assert page.evaluate(KEPT) is True
    opened = visit(page.url, extra_http_headers={"X-Forwarded-Email": "alice@example.org"})
    title(opened, "When sales data arrives")
    is_in_view(opened, "doc-clock-change")


def test_the_headings_lead_to_their_places_and_show_where_one_is(read: Visit) -> None:
    page = read("sales/arrival.md")
    page.locator(".docs-toc").get_by_role("link", name="If it is late").click()
    is_in_view(page, "doc-if-it-is-late")
    page.wait_for_url("**#if-it-is-late")
    expect(page.locator(".docs-toc a[data-here]")).to_have_text("If it is late")
    page.locator(".docs-body sup a").first.click()
    page.wait_for_url("**#fn:1")
    assert page.evaluate(KEPT) is True


def test_tabs_boxes_images_code_and_diagrams_work(read: Visit) -> None:
    page = read("sales/arrival.md")
    python = page.locator(".docs-body").get_by_text("open_portal().status")
    expect(python).to_be_hidden()
    page.locator(".tabbed-labels label", has_text="Python").click()
    expect(python).to_be_visible()
    page.get_by_text("Which zone?").click()
    expect(page.locator(".docs-body input[type=checkbox]").first).to_be_checked()
    assert (
        page.locator('.docs-body img[alt="The calendar of loads"]').evaluate("i => i.complete && i.naturalWidth") == 360
    )
    assert page.locator('.docs-body img[alt="Outside"]').get_attribute("src") is None
    page.locator(".docs-tree").get_by_role("link", name="What is in the Sales model").first.click()
    expect(page.get_by_role("img", name="Mermaid flowchart")).to_be_visible(timeout=20_000)


def test_a_page_for_another_role_leaves_no_trace_and_its_address_says_what_a_wrong_one_says(read: Visit) -> None:
    page = read("index.md")
    title(page, "Data we share")
    expect(page.locator(".docs-tree").get_by_text("Runbooks")).to_have_count(0)
    expect(page.locator(".docs-body").get_by_role("link", name="Secret runbook")).to_have_count(0)
    said = []
    for path in ("team/runbook.md", "nothing.md", "../../../etc/passwd"):
        page = read(path)
        expect(page.get_by_text("There is nothing here that you can see")).to_be_visible()
        said.append(page.locator(".empty").inner_text())
    assert len(set(said)) == 1


def test_a_page_that_helped_is_thanked_for_once(read: Visit) -> None:
    page = read("sales/model.md")
    page.get_by_role("button", name="Yes").click()
    expect(page.get_by_text("Thank you")).to_be_visible(timeout=15_000)
    page.locator(".docs-next .next").click()
    title(page, "When sales data arrives")
    page.locator(".docs-next .previous").click()
    title(page, "What is in the Sales model")
    expect(page.get_by_text("Thank you")).to_be_visible()


def test_words_that_somebody_searched_for_are_marked(read: Visit) -> None:
    page = read("sales/arrival.md&q=returns")
    page.wait_for_function("CSS.highlights.get('docs-found')?.size === 1", timeout=10_000)
