"""The glossary in a real browser: from a long list to the top of a term, on to its successor, and hostile files."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.data.glossary.test_formats import sheet
from tests.end_to_end.screenshots import PHONE
from tests.end_to_end.server import job, running

pytestmark = pytest.mark.browser
Visit = Callable[..., Page]
PATIENCE_MS = 20_000
EVIL = "<img src=x onerror=window.hit=1><svg/onload=window.hit=1>[x](javascript:window.hit=1)"
CELLS = (
    "notes", "synonyms", "formula", "unit", "domain", "owner", "confusion", "assets", "sources", "tags", "steward",
    "filters", "grain",
)  # fmt: skip


@pytest.fixture(scope="module")
def explained(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A portal with the demo, and a term made of payloads that came by file."""
    home = tmp_path_factory.mktemp("explained")
    with running(home) as address:
        file = home / "evil.csv"
        row = {"name": f"Evil {EVIL}", "definition": f"Safe. {EVIL}", "relations": f"related: {EVIL}"}
        file.write_bytes(sheet(row | {"status": "approved"} | dict.fromkeys(CELLS, EVIL)))
        done = job(home, "glossary", "import", str(file), "--yes")
        assert "1 terms written." in done.stdout, done.stdout + done.stderr
        yield address


def test_a_long_list_leads_to_the_top_of_a_term_and_on_to_its_successor(explained: str, visit: Visit) -> None:
    page = visit(f"{explained}/glossary")
    link = page.get_by_role("link", name="Turnover", exact=True)
    link.scroll_into_view_if_needed()
    link.click()
    expect(page.get_by_text("Do not use it any more.")).to_be_visible(timeout=PATIENCE_MS)
    page.wait_for_function("document.querySelector('.stMain').scrollTop === 0", timeout=PATIENCE_MS)
    page.get_by_role("link", name="Use Net revenue instead").click()
    expect(page.get_by_role("heading", name="Net revenue", exact=True)).to_be_visible(timeout=PATIENCE_MS)
    expect(page.get_by_text("Not to be confused with")).to_be_visible()


def test_payloads_in_every_column_of_a_file_do_nothing(explained: str, visit: Visit) -> None:
    page = visit(f"{explained}/glossary?q=evil")
    page.get_by_role("link", name="Evil").first.click()
    expect(page.get_by_text("Safe.").first).to_be_visible(timeout=PATIENCE_MS)
    for path in ("edit", "propose"):
        term = page.url.partition("term=")[2].partition("&")[0]
        form = visit(f"{explained}/glossary?term={term}&{path}=1")
        expect(form.get_by_text("How readers see it")).to_be_visible(timeout=PATIENCE_MS)
        assert form.evaluate("window.hit") is None
    assert page.evaluate("window.hit") is None
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=window.hit=1>')")
    page.wait_for_function("window.hit === 1")  # the payload would have been seen


def test_a_phone_shows_a_term_without_scrolling_sideways(explained: str, visit: Visit) -> None:
    page = visit(f"{explained}/glossary", viewport=PHONE)
    page.get_by_role("link", name="Net revenue", exact=True).click()
    expect(page.get_by_text("Not to be confused with")).to_be_visible(timeout=PATIENCE_MS)
    assert page.evaluate("document.querySelector('.stMain').scrollWidth") == PHONE["width"]
