"""How many requests the API answers, and how fast."""

from __future__ import annotations

from prometheus_client import Histogram

METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})
REQUESTS = Histogram(
    "portal_api_request_seconds", "Requests of the API by route and answer", ["method", "route", "status"],
    registry=None, buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)  # fmt: skip


def seen(method: str, route: str | None, status: int, seconds: float) -> None:
    """Only routes and methods that exist are named: others can make up as many as they like."""
    REQUESTS.labels(method if method in METHODS else "other", route or "none", str(status)).observe(seconds)
