"""The address always names what is shown: after a link to the same page, to another one, and on the way back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser
Visit = Callable[..., Page]


@pytest.mark.parametrize(
    ("start", "link", "there", "back"),
    [
        ("/requests", ".st-key-pick_access a", "/requests?new=1&template=access", ".st-key-catalogue_head"),
        ("/platform?platform=gateway-eu2", "[class*=st-key-row_] a", "/platform?check=", ".st-key-rows"),
        ("/platform?platform=gateway-eu2", "[class*=st-key-known_here] a", "/incidents?id=INC-", ".st-key-rows"),
        ("/report?platform=gateway-eu2", "[class*=st-key-known_row] a", "/incidents?id=INC-", ".st-key-form"),
    ],
)
def test_a_link_and_the_way_back_show_what_the_address_names(
    demo: str, visit: Visit, start: str, link: str, there: str, back: str
) -> None:
    page = visit(f"{demo}{start}")
    page.locator(link).first.click()
    page.wait_for_url(lambda url: url.startswith(f"{demo}{there}"))
    expect(page.locator(back)).to_have_count(0)
    page.go_back()
    page.wait_for_url(f"{demo}{start}")
    expect(page.locator(back)).to_be_visible()
