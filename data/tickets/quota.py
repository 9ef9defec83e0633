"""How much one person may request in a month, by number and by cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Self
from zoneinfo import ZoneInfo

from data.tickets.answers import Refused
from data.tickets.request_costs import Estimate, RequestPolicy
from data.tickets.request_forms import Template
from data.tickets.request_types import TEMPLATES
from data.tickets.sla import BusinessCalendar


@dataclass(frozen=True, slots=True)
class Used:
    """By one requester since the month began; without what was declined, cancelled or expired."""

    count: int
    """Requests of the template in question."""
    cost: float
    """Per month, of all that count towards their own quota."""

    @classmethod
    def of(cls, template: Template, by_template: Mapping[str, Self]) -> Self:
        """From what the store counts; templates that are gone count towards their requester."""
        others = {name for name, listed in TEMPLATES.items() if not listed.own_cost}
        cost = sum(used.cost for name, used in by_template.items() if name not in others)
        return cls(by_template[template.name].count if template.name in by_template else 0, cost)


def month_of(at: datetime, calendar: BusinessCalendar) -> tuple[datetime, datetime]:
    """When the month of `at` began and when the next one does (UTC), on the calendar's clock."""
    zone = ZoneInfo(calendar.zone)
    first = at.astimezone(zone).date().replace(day=1)
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    start, end = (datetime(day.year, day.month, 1, tzinfo=zone).astimezone(UTC) for day in (first, following))
    return start, end


def check_quota(
    used: Used, template: Template, estimate: Estimate, policy: RequestPolicy, at: datetime, calendar: BusinessCalendar
) -> None:
    """Raises Refused at `quota` with what is used up and when that ends."""
    _, end = month_of(at, calendar)
    day = end.astimezone(ZoneInfo(calendar.zone))
    resets = f"{day.day} {day:%b}"
    problems = [*_over_count(used, template, policy, resets), *_over_cost(used, template, estimate, policy, resets)]
    if problems:
        raise Refused({"quota": " ".join(problems)})


def _over_count(used: Used, template: Template, policy: RequestPolicy, resets: str) -> list[str]:
    quota = template.quota_by(policy)
    if quota is None or used.count < quota:
        return []
    if quota == 0:
        return [f"'{template.label}' cannot be requested at present."]
    noun = "is" if quota == 1 else "are"
    return [
        f"This would be your {_ordinal(used.count + 1)} '{template.label}' this month; "
        f"{quota} {noun} the quota (resets {resets})."
    ]


def _over_cost(used: Used, template: Template, estimate: Estimate, policy: RequestPolicy, resets: str) -> list[str]:
    total = round(used.cost + estimate.per_month, 2)
    if not template.own_cost or estimate.per_month <= 0 or total <= policy.quota_cost_per_month:
        return []
    total_words, most = policy.money(total), policy.money(policy.quota_cost_per_month)
    return [f"Your requests of this month would come to {total_words} of {most} (resets {resets})."]


def _ordinal(number: int) -> str:
    ending = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number:,}{ending}"
