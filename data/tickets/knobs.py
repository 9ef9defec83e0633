"""What can be turned without touching code: SLA, approvals and quotas, routing, incidents that the portal opens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from data.errors import Invalid
from data.knobs import Knob, Turned
from data.statements import Statements
from data.tickets.alarms import AlarmPolicy
from data.tickets.request_costs import RequestPolicy
from data.tickets.routing import Rule, misnamed, told_rules
from data.tickets.sla import Policy
from data.tickets.typed import typed_alarms, typed_sla
from data.tickets.typed_requests import typed_requests

PLATFORMS = 100_000


def _misrouted(rules: tuple[Rule, ...], statements: Statements) -> Mapping[str, str]:
    platforms = {row["id"] for row in statements.rows("tickets/list_platforms", limit=PLATFORMS)}
    return misnamed(rules, platforms)


def _endless(policy: Policy, _: Statements) -> Mapping[str, str]:
    """Holidays without a working day between them for so long that no promise could be given."""
    calendar, holidays = policy.calendar, policy.calendar.holidays
    for first in sorted(day for day in holidays if day - timedelta(days=1) not in holidays):
        try:
            calendar.add(datetime.combine(first, time(), ZoneInfo(calendar.zone)), 1)
        except Invalid as error:
            return {"holidays": str(error)}
    return {}


SLA = Knob("tickets:sla", Policy, Policy(), typed_sla, _endless)
REQUESTS = Knob("tickets:requests", RequestPolicy, RequestPolicy(), typed_requests)
ROUTING: Knob[tuple[Rule, ...]] = Knob("tickets:routing", tuple[Rule, ...], (), told_rules, _misrouted)
ALARMS = Knob("tickets:alarms", AlarmPolicy, AlarmPolicy(), typed_alarms)
ALL = (SLA, REQUESTS, ROUTING, ALARMS)


@dataclass(frozen=True, slots=True)
class Knobs:
    """All as they stand together."""

    sla: Policy = SLA.default
    requests: RequestPolicy = REQUESTS.default
    routing: tuple[Rule, ...] = ROUTING.default
    alarms: AlarmPolicy = ALARMS.default


def knobs_of(turned: Mapping[str, Turned[Any]]) -> Knobs:
    return Knobs(*(turned[knob.key].value for knob in ALL))
