"""An estate with something to tell: late, never seen, and for members only."""

from __future__ import annotations

from datetime import timedelta

from data import cached
from data.people.model import Actor
from data.portal import Portal
from data.status.estate import plan, read_estate
from data.status.pushing import Report
from tests.data.messages.newsroom import Newsroom
from tests.data.tickets.desk import Desk

SECRETS = ("payroll", "wages")
FILE = """
platforms:
  - {id: sales, name: Sales, kind: databricks, owner: sales-data, criticality: 1, position: 1}
  - {id: gateway, name: "<b>Gateway & co</b>", kind: gateway, position: 2}
  - {id: payroll, name: Payroll, kind: databricks, visibility: members, position: 3}
checks:
  - {id: gateway, platform: sales, name: Gateway answers, source: push, mode: success, severity: critical, every: 5m}
  - {id: orders, platform: sales, name: Orders, source: push, mode: age, warn_after: 2h, error_after: 150m, every: 5m}
  - {id: host, platform: gateway, name: Host, source: push, mode: success, every: 5m}
  - {id: wages, platform: payroll, name: Wages, source: push, mode: age, warn_after: 1d, every: 5m}
"""


def furnish(desk: Desk) -> Portal:
    """Sales is late, the gateway was never seen, payroll is nobody's business; one incident, two maintenances."""
    portal = desk.portal
    newsroom = Newsroom(portal)
    portal.status.apply(plan(portal.status.estate(), read_estate(FILE, "checks.yaml")), Actor.job())
    for check_id, hours in (("orders", 2.25), ("wages", 1), ("gateway", 0)):
        report = Report(event_at=portal.clock() - timedelta(hours=hours))
        portal.status.pushing.push(Actor.job(), check_id, [report])
    desk.open(title="Sales shows \x0bSunday & <b>Monday</b>", body="I see\nSunday <script>alert(1)</script>")
    desk.open(by=desk.erin, platform_id="payroll", title="Wages are late")
    newsroom.write(kind="maintenance", title="Sales moves")
    newsroom.write(by="frank", kind="maintenance", title="Payroll moves", platform_ids=("payroll",))
    cached.drop()
    return portal
