"""`make screenshots`: each page in both themes and sizes, from a portal with the demo estate, into screenshots/.

With `docs`, instead, the pictures of the guides into docs/.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.end_to_end.conftest import SIZE, settle
from tests.end_to_end.server import ROOT, running

OUT = ROOT / "screenshots"
PHONE = {"width": 390, "height": 844}
WALL = {"width": 1920, "height": 1080}
PAGES = {
    "front": "/",
    "platform": "/platform?platform=power-bi-sales",
    "check": "/platform?check=sales-orders",
    "feeds": "/feeds",
    "nothing": "/platform?check=nothing",
    "incidents": "/incidents?view=open",
    "improvements": "/improvements",
    "requests": "/requests",
    "roadmap": "/roadmap",
    "roadmap-timeline": "/roadmap?layout=timeline",
    "roadmap-form": "/roadmap?new=1",
    "glossary": "/glossary",
    "glossary-form": "/glossary?new=1",
    "glossary-proposals": "/glossary?part=proposals",
    "glossary-files": "/glossary?part=files",
    "request-form": "/requests?new=1&template=access",
    "report": "/report?platform=power-bi-sales&check=sales-orders",
    "mine": "/mine",
    "messages": "/messages",
    "notifications": "/notifications?platform=power-bi-sales",
    "admin": "/admin",
    "admin-truth": "/admin?part=truth",
    "admin-platforms": "/admin?part=platforms",
    "admin-platform": "/admin?part=platforms&platform=power-bi-sales",
    "admin-checks": "/admin?part=checks",
    "admin-check": "/admin?part=checks&check=sales-orders",
    "admin-estate": "/admin?part=estate",
    "admin-sla": "/admin?part=sla",
    "admin-requests": "/admin?part=requests",
    "admin-routing": "/admin?part=routing",
    "admin-retention": "/admin?part=retention",
    "admin-channels": "/admin?part=channels",
    "admin-channel": "/admin?part=channels&channel=new",
    "admin-feeds": "/admin?part=feeds",
    "admin-undelivered": "/admin?part=undelivered",
    "admin-people": "/admin?part=people",
    "admin-audit": "/admin?part=audit&since=Ever",
}
FOLLOWED = {
    "incident": ("/incidents?view=open", "Sales report shows"),
    "improvement": ("/improvements", "Refresh the Sales model"),
    "roadmap-item": ("/roadmap", "Late-data mails"),
    "term": ("/glossary", "Net revenue"),
    "term-deprecated": ("/glossary?q=turnover", "Turnover"),
    "request": ("/mine", "Access to sales.orders"),
    "message": ("/messages", "Read"),
    "message-form": ("/messages", "Read", "Edit"),
}
"""A page, and the links that lead from it to the one to be shown."""
GUIDES = {
    "front-page": "front", "guide/message": "message-form", "guide/roadmap": "roadmap", "guide/admin": "admin",
    "guide/limits": "admin-check", "guide/service-levels": "admin-sla", "guide/notifications": "notifications",
    "guide/glossary": "term",
}  # fmt: skip
"""Pictures in docs/, and the page that each shows."""
DRAWN_MS = 2500


def shoot(
    browser: Browser, url: str, size: dict[str, int], scheme: str, whole: bool = False, links: Sequence[str] = ()
) -> bytes:
    """Raises SystemExit where a part of the page failed."""
    context = browser.new_context(viewport=size, color_scheme=scheme, timezone_id="Europe/Berlin", locale="en-GB")
    page = context.new_page()
    page.goto(url)
    settle(page)
    for link in links:
        page.get_by_role("link", name=link).first.click()
        page.wait_for_timeout(DRAWN_MS // 5)
        settle(page)
    page.wait_for_timeout(DRAWN_MS)
    if whole:
        height = page.evaluate("document.querySelector('.stMain').scrollHeight")
        page.set_viewport_size({**size, "height": height})
        page.wait_for_timeout(DRAWN_MS // 2)
    picture = page.screenshot()
    failed = page.get_by_text("cannot be shown").count()
    context.close()
    if failed:
        raise SystemExit(f"{url}: a part of this page failed.")
    return picture


def shoot_all(browser: Browser, address: str) -> None:
    places = {**{name: (path,) for name, path in PAGES.items()}, **FOLLOWED}
    for name, (path, *links) in places.items():
        for scheme in ("light", "dark"):
            wide = shoot(browser, address + path, SIZE, scheme, whole=name == "check", links=links)
            narrow = shoot(browser, address + path, PHONE, scheme, whole=True, links=links)
            (OUT / f"{name}-{scheme}.png").write_bytes(wide)
            (OUT / f"{name}-phone-{scheme}.png").write_bytes(narrow)
    (OUT / "wall-dark.png").write_bytes(shoot(browser, f"{address}/?wall=1", WALL, "dark"))


def shoot_guides(browser: Browser, address: str) -> None:
    for picture, name in GUIDES.items():
        path, *links = FOLLOWED.get(name) or (PAGES[name],)
        (ROOT / "docs" / f"{picture}.png").write_bytes(shoot(browser, address + path, SIZE, "light", links=links))


def main() -> None:
    OUT.mkdir(exist_ok=True)
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as home:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-dev-shm-usage"])
        with running(Path(home) / "demo") as address:
            if sys.argv[1:] == ["docs"]:
                shoot_guides(browser, address)
                return
            shoot_all(browser, address)
        with running(Path(home) / "empty", PORTAL_DEMO="0") as address:
            (OUT / "empty-light.png").write_bytes(shoot(browser, address, SIZE, "light"))
        browser.close()
    sys.stdout.write(f"{len(list(OUT.glob('*.png')))} pictures in {OUT.relative_to(ROOT)}/\n")


if __name__ == "__main__":
    main()
