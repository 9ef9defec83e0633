"""What the demo watches: the simulated platforms, and this portal itself."""

from __future__ import annotations

from pathlib import Path

from data.status.estate import Estate, read_estate

FOLDER = Path(__file__).parent


def demo_estate() -> Estate:
    return read_estate((FOLDER / "estate.yaml").read_text(), "estate.yaml")


def portal_estate(port: int) -> Estate:
    """Live checks, so that a first start shows true answers beside the examples."""
    return read_estate((FOLDER / "this_portal.yaml").read_text().replace("PORT", str(port)), "this_portal.yaml")
