"""`make screenshots`: each page in both themes and sizes, from a portal with the demo estate, into screenshots/."""

from __future__ import annotations

import shutil
import sys
import tempfile
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
    "request-form": "/requests?new=1&template=access",
    "report": "/report?platform=power-bi-sales&check=sales-orders",
    "mine": "/mine",
    "notifications": "/notifications?platform=power-bi-sales",
    "channels": "/admin?part=channels",
    "channel-form": "/admin?part=channels&channel=new",
    "undelivered": "/admin?part=undelivered",
}
FOLLOWED = {
    "incident": ("/incidents?view=open", "Sales report shows"),
    "improvement": ("/improvements", "Refresh the Sales model"),
    "roadmap-item": ("/roadmap", "Late-data mails"),
    "request": ("/mine", "Access to sales.orders"),
}
"""A page, and the link on it that leads to the one to be shown."""
DRAWN_MS = 2500


def shoot(
    browser: Browser, url: str, name: str, size: dict[str, int], scheme: str, whole: bool = False, link: str = ""
) -> None:
    context = browser.new_context(viewport=size, color_scheme=scheme, timezone_id="Europe/Berlin", locale="en-GB")
    page = context.new_page()
    page.goto(url)
    settle(page)
    if link:
        page.get_by_role("link", name=link).first.click()
        settle(page)
    page.wait_for_timeout(DRAWN_MS)
    if whole:
        height = page.evaluate("document.querySelector('.stMain').scrollHeight")
        page.set_viewport_size({**size, "height": height})
        page.wait_for_timeout(DRAWN_MS // 2)
    page.screenshot(path=OUT / f"{name}.png")
    if page.get_by_text("cannot be shown").count():
        raise SystemExit(f"{name}: a part of this page failed, see its picture.")
    context.close()


def main() -> None:
    OUT.mkdir(exist_ok=True)
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as home:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-dev-shm-usage"])
        with running(Path(home) / "demo") as address:
            for name, path in PAGES.items():
                for scheme in ("light", "dark"):
                    shoot(browser, address + path, f"{name}-{scheme}", SIZE, scheme, whole=name == "check")
                    shoot(browser, address + path, f"{name}-phone-{scheme}", PHONE, scheme, whole=True)
            for name, (path, link) in FOLLOWED.items():
                for scheme in ("light", "dark"):
                    shoot(browser, address + path, f"{name}-{scheme}", SIZE, scheme, link=link)
                    shoot(browser, address + path, f"{name}-phone-{scheme}", PHONE, scheme, whole=True, link=link)
            shoot(browser, f"{address}/?wall=1", "wall-dark", WALL, "dark")
        with running(Path(home) / "empty", PORTAL_DEMO="0") as address:
            shoot(browser, address, "empty-light", SIZE, "light")
        browser.close()
    sys.stdout.write(f"{len(list(OUT.glob('*.png')))} pictures in {OUT.relative_to(ROOT)}/\n")


if __name__ == "__main__":
    main()
