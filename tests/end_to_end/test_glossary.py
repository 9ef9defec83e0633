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
ROW = {"name": "", "definition": "What it means.", "relations": "", "status": "approved", "replaced_by": ""}
ROW |= dict.fromkeys(CELLS, "")


@pytest.fixture(scope="module")
def explained(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A portal whose terms came by file, one of them made of payloads."""
    home = tmp_path_factory.mktemp("explained")
    with running(home, PORTAL_DEMO="0") as address:
        plain = [{**ROW, "name": f"Filler {number:02}"} for number in range(50)]
        evil = {**ROW, **dict.fromkeys(CELLS, EVIL), "name": f"Evil {EVIL}", "definition": f"Safe. {EVIL}"}
        gone = {**ROW, "name": "Turnover", "status": "deprecated", "replaced_by": "Net revenue"}
        use = {**ROW, "name": "Net revenue", "relations": "confused with: Filler 01"}
        (home / "terms.csv").write_bytes(sheet(*plain, evil | {"relations": f"related: {EVIL}"}, gone, use))
        done = job(home, "glossary", "import", str(home / "terms.csv"), "--yes", PORTAL_DEMO="0")
        assert "53 terms written." in done.stdout, done.stdout + done.stderr
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
    page.wait_for_url("**term=*")  # the list says "Safe.", too
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
