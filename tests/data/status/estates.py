"""A file of checks that the tests of the estate share."""

from __future__ import annotations

from data.status.estate import Estate, read_estate

FILE = """
platforms:
  - {id: sales, name: Sales mart, kind: databricks, criticality: 1, owner: sales-data, contact: sales@example.org}
  - {id: gateway, name: Gateway, kind: gateway, visibility: members, depends_on: [sales]}
checks:
  - {id: shop-api, platform: sales, name: Shop API answers, source: http_probe,
     target: {url: "http://127.0.0.1:9000/health", expect_status: 200, timeout_s: 5}, mode: success,
     severity: critical, every: 1m}
  - {id: orders-fresh, platform: sales, name: Orders table is fresh, source: delta_freshness,
     target: {table: main.sales.orders}, mode: age, warn_after: 2h, error_after: 6h, every: 5m}
  - {id: report-due, platform: sales, name: Report is due, source: push, mode: deadline,
     deadline: {by: 10:30, timezone: Europe/Berlin, opens: "00:00"},
     calendar: {weekdays: [mon, tue], holidays: [2026-12-25]}}
"""


def read(text: str) -> Estate:
    return read_estate(text, "checks.yaml")


def one_check(**keys: str) -> str:
    """A file with one check, valid but for what `keys` change."""
    entry = {"id": "a", "platform": "sales", "name": "A", "source": "push", "mode": "success", **keys}
    return f"checks: [{{{', '.join(f'{key}: {value}' for key, value in entry.items())}}}]"
