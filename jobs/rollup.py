"""Brings the daily figures and what is usual up to date."""

from __future__ import annotations

from data.portal import Portal


def rollup(portal: Portal, days: int = 2) -> list[str]:
    rows = portal.status.rollup(days)
    bands = portal.status.learn()
    return [f"{rows} daily figures of the last {days} days computed.", f"What is usual learned for {bands} checks."]
