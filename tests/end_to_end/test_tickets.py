"""What people do with tickets, each in a browser of their own: a known problem, a fresh one, an idea, a request."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from data.people.model import Actor, Role
from data.portal import connect
from data.settings import Settings
from data.status.estate import plan, read_estate
from data.status.model import Outcome, Reading
from jobs.tend_tickets import tend_tickets
from tests.end_to_end.conftest import settle
from tests.end_to_end.server import running

pytestmark = pytest.mark.browser
Visit = Callable[..., Page]
At = Callable[..., Page]
PATIENCE_MS = 20_000
expect.set_options(timeout=PATIENCE_MS)

ESTATE = """
platforms:
  - {id: sales, name: Sales mart, kind: databricks, criticality: 1, owner: sales-data, contact: sales@example.org}
  - {id: payroll, name: Payroll, kind: databricks, visibility: members}
checks:
  - {id: gateway, platform: sales, name: Gateway answers, source: push, mode: success, severity: critical, every: 6h}
"""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A red check with its incident; alice owns the platform, dana is the triager, everybody else contributes."""
    home = tmp_path_factory.mktemp("house")
    portal = connect(Settings(home=home))
    portal.schema.migrate()
    portal.status.apply(plan(portal.status.estate(), read_estate(ESTATE, "checks.yaml"), prune=False), Actor.job())
    portal.people.grant(Actor.job(), "user", "alice@example.org", Role.service_owner, "sales")
    portal.people.grant(Actor.job(), "user", "dana@example.org", Role.triager)
    began = portal.clock() - timedelta(hours=1)
    for minutes in (0, 5, 10):
        at = began + timedelta(minutes=minutes)
        seen = Reading(check_id="gateway", observed_at=at, outcome=Outcome.fail, message="Host offline")
        portal.status.record([seen], "push")
    assert "opened" in tend_tickets(portal)[0]
    portal.engine.close()
    with running(home, PORTAL_DEMO="0", PORTAL_SCHEDULER="0", PORTAL_TRUST_PROXY="1") as address:
        yield address


@pytest.fixture
def at(house: str, visit: Visit) -> At:
    """Somebody's browser at a page."""

    def open_page(person: str, path: str, **options: object) -> Page:
        headers = {"X-Forwarded-Email": f"{person}@example.org", "X-Forwarded-Preferred-Username": person}
        page = visit(f"{house}/{path}", extra_http_headers=headers, **options)
        page.set_default_timeout(PATIENCE_MS)
        return page

    return open_page


def press(page: Page, name: str | re.Pattern[str]) -> None:
    page.get_by_role("button", name=name).first.click()
    settle(page)


def fill(page: Page, label: str | re.Pattern[str], text: str) -> None:
    field = page.get_by_label(label).first
    field.fill(text)
    field.blur()
    settle(page)


def words(page: Page, text: str) -> None:
    page.locator("textarea").first.fill(text)
    page.locator("textarea").first.blur()
    settle(page)


def choose(page: Page, label: str | re.Pattern[str], option: str) -> None:
    page.get_by_label(label).first.click()
    page.get_by_role("option", name=option).first.click()
    settle(page)


def write_in(page: Page, field: str, text: str) -> None:
    """Into a list that takes what it does not know."""
    page.locator(f"[class*='{field}'] input").first.click()
    page.keyboard.type(text, delay=20)
    page.keyboard.press("Enter")
    settle(page)


def do(page: Page, move: str, **answers: str) -> None:
    """A move with its questions: choices are picked by their words, texts typed into the note."""
    press(page, move)
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    settle(page)
    for name, value in answers.items():
        if name == "choose":
            dialog.get_by_text(value, exact=True).click()
        elif name == "line":
            dialog.get_by_role("textbox").first.fill(value)
        elif name == "pick":
            dialog.get_by_role("combobox").first.click()
            page.get_by_role("option", name=value, exact=True).click()
        else:
            dialog.get_by_role("textbox").last.fill(value)
        settle(page)
    dialog.get_by_role("button", name=move).click()
    expect(dialog).to_be_hidden()
    settle(page)


def state(page: Page, word: str) -> None:
    expect(page.locator(".st-key-ticket_head")).to_contain_text(word)


def key_of(page: Page) -> str:
    found = re.search(r"(INC|IMP|REQ)-[0-9A-Z]{5,}", page.locator(".stMain").inner_text())
    assert found, page.locator(".stMain").inner_text()
    return found[0]


def test_a_red_tile_leads_to_the_known_incident_and_a_me_too(at: At) -> None:
    page = at("bob", "")
    tile = page.locator('[class*="st-key-tile_major_outage_sales"]')
    expect(tile).to_contain_text("INC-")
    page.goto(re.sub(r"/?$", "", page.url) + "/report?platform=sales&check=gateway")
    settle(page)
    expect(page.locator(".stMain")).to_contain_text("Already known")
    fill(page, "What it stops you from doing", "No morning mail")
    press(page, "Me too, keep me posted")
    expect(page.get_by_role("button", name="You are counted and kept posted").first).to_be_disabled()
    page.get_by_role("link", name=re.compile("Open INC-")).click()
    settle(page)
    expect(page.locator(".stMain")).to_contain_text("1 affected")
    expect(page.locator(".stMain")).to_contain_text("No morning mail")
    charlie = at("charlie", "platform?check=gateway")
    press(charlie, "Me too, keep me posted")
    expect(charlie.locator("[data-testid=stToast]")).to_contain_text("Counted")
    look = "getComputedStyle(document.documentElement).getPropertyValue('--border')"
    assert charlie.evaluate(look), "the toast has taken the place of the stylesheet"
    expect(at("charlie", "").locator('[class*="st-key-tile_major_outage_sales"]')).to_contain_text("2 affected")


def test_a_fresh_problem_from_the_form_to_its_confirmed_end(at: At) -> None:
    bob = at("bob", "report?platform=payroll")
    fill(bob, "Title", "Regional cockpit shows Sunday's numbers")
    fill(bob, "What do you see?", "I expected Monday\nI see Sunday <script>alert(1)</script>")
    bob.get_by_text("I have a workaround", exact=True).click()
    settle(bob)
    press(bob, "Submit")
    expect(bob.locator(".stMain")).to_contain_text("First answer by")
    key = key_of(bob)
    dana = at("dana", f"incidents?id={key}")
    state(dana, "New")
    do(dana, "Triage", choose="P2")
    state(dana, "Triaged")
    do(dana, "Start work")
    do(dana, "Resolve", pick="Data corrected", note="Monday is loaded.")
    state(dana, "Resolved")
    bob = at("bob", f"incidents?id={key}")
    fill(bob, "Reply", "Nordics are still on Sunday.")
    press(bob, "Not fixed, reopen")
    state(bob, "In Progress")
    dana = at("dana", f"incidents?id={key}")
    do(dana, "Resolve", pick="Fixed", note="Nordics are loaded, too.")
    bob = at("bob", f"incidents?id={key}")
    do(bob, "Confirm it is fixed")
    state(bob, "Closed")
    story = bob.locator(".stMain").inner_text()
    for told in ("triaged it", "resolved it", "Monday is loaded.", "reopened it", "Nordics are still on Sunday.",
                 "confirmed that it is fixed"):  # fmt: skip
        assert told in story, told


def test_an_idea_is_offered_its_like_voted_for_planned_and_linked(at: At) -> None:
    bob = at("bob", "improvements?new=1&platform=sales")
    fill(bob, "Title", "Refresh the Sales model every half hour")
    words(bob, "Today I wait until 11:00, so I would like fresher orders.")
    press(bob, "Submit")
    expect(bob.locator(".st-key-sent")).to_be_visible()
    key = key_of(bob)
    dana = at("dana", "improvements?new=1")
    dana.get_by_label("Title").first.press_sequentially("Refresh Sales model half hourly", delay=30)
    expect(dana.locator(".st-key-similar")).to_contain_text("Refresh the Sales model every half hour")
    for person in ("charlie", "dana", "alice"):
        voter = at(person, f"improvements?id={key}")
        voter.locator("[class*='st-key-t_vote'] button, [class*='st-key-vote'] button").first.click()
        settle(voter)
    expect(voter.locator("[class*='st-key-t_vote'] button, [class*='st-key-vote'] button").first).to_contain_text("4")
    do(voter, "Review")
    do(voter, "Plan", line="Fresher sales data", choose="Next", note="Planned for the first quarter.")
    state(voter, "Planned")
    expect(at("bob", f"improvements?id={key}").locator(".stMain")).to_contain_text("Planned for the first quarter.")


def ask_for_access(page: Page, dataset: str) -> None:
    choose(page, "Which platform?", "Sales mart")
    write_in(page, "dataset", dataset)
    press(page, "Continue")
    page.get_by_text("Read", exact=True).first.click()
    settle(page)
    words(page, "Month-end reconciliation for the Nordics.")
    page.locator("[class*='duration']").get_by_text("One month", exact=True).first.click()
    settle(page)
    press(page, "Continue to review")


def test_an_access_request_is_approved_fulfilled_and_unknown_to_others(at: At) -> None:
    bob = at("bob", "requests?new=1&template=access")
    ask_for_access(bob, "finance.gl_entries")
    expect(bob.locator(".stMain")).to_contain_text("Owners of Sales mart")
    press(bob, "Send request")
    expect(bob.locator(".st-key-sent")).to_be_visible()
    key = key_of(bob)
    alice = at("alice", "mine")
    expect(alice.locator(".stMain")).to_contain_text("Access to finance.gl_entries")
    alice = at("alice", f"requests?id={key}")
    do(alice, "Approve")
    state(alice, "Approved")
    dana = at("dana", f"requests?id={key}")
    do(dana, "Start fulfilment")
    do(dana, "Fulfilled", note="You can open it now.")
    expect(at("bob", f"requests?id={key}").locator(".stMain")).to_contain_text("You can open it now.")
    expect(at("charlie", f"requests?id={key}").locator(".empty")).to_be_visible()


def test_what_somebody_may_not_know_looks_as_if_it_did_not_exist(at: At) -> None:
    page = at("charlie", "incidents?id=INC-ZZZZZ")
    expect(page.locator(".empty")).to_be_visible()
