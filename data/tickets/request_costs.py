"""What requests cost per month: estimates from the answers, and the knobs that limit them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from data.tickets.model import Answers
from data.tickets.sla import DAY, Promise

Amount = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=0)]


class RequestPolicy(BaseModel):
    """The knobs. Amounts are per month unless they say otherwise; times are in business time, in JSON in seconds."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_timedelta="float")

    currency: Annotated[str, Field(min_length=1, max_length=5)] = "€"
    approval_above: Amount = 100.0
    """What costs more needs an approval."""
    approval_time: Promise = 2 * DAY
    """An approver is reminded after half of it; the request expires after twice of it."""
    quota_cost_per_month: Amount = 200.0
    """Of all requests of one person together."""
    quotas: Mapping[str, Count | None] = Field(default_factory=dict)
    """Requests per person and month by template, instead of its own number. None: as many as they like."""
    compute_hour: Amount = 4.0
    """One hour of the smallest warehouse or job cluster; estimates are made from it."""

    def money(self, amount: float) -> str:
        return f"{self.currency} {amount:,.2f}".removesuffix(".00")


@dataclass(frozen=True, slots=True)
class Estimate:
    """`per_month` is what is added to today's cost; negative where the request saves."""

    per_month: float
    tolerance: float
    words: str
    """What it is made of."""


Estimator = Callable[[Answers, RequestPolicy], Estimate]

RUNS_PER_MONTH = {
    "quarter_hour": 2880.0, "hour": 720.0, "four_hours": 180.0, "day": 30.0, "workday": 22.0, "week": 4.3, "month": 1.0
}  # fmt: skip
READER_HOURS = {"read": 2.0, "export": 3.0, "write": 5.0}
"""Of warehouse time in a month, by what somebody may do with a dataset."""
WEEKS_PER_MONTH = 4.3
FIRST_GUESS = timedelta(minutes=10)
"""The length of a run that nobody has seen yet."""


def free(_: Answers, __: RequestPolicy) -> Estimate:
    return Estimate(0.0, 0.0, "No running cost")


def of_reading(answers: Answers, policy: RequestPolicy) -> Estimate:
    cost = READER_HOURS[answers["access"]] * policy.compute_hour
    return Estimate(cost, round(cost / 3), "Warehouse time of a usual reader")


def of_querying(answers: Answers, policy: RequestPolicy) -> Estimate:
    cost = answers["hours"] * WEEKS_PER_MONTH * policy.compute_hour
    return Estimate(round(cost), round(cost / 4), f"{answers['hours']:g} h of a small warehouse a week")


def of_cadence(answers: Answers, policy: RequestPolicy) -> Estimate:
    """Today's runs against the asked ones, each as long as the requester says."""
    now, asked = (round(_of_runs(answers[name], answers["minutes"] / 60, policy)) for name in ("today", "asked"))
    return Estimate(asked - now, round(abs(asked - now) / 5), f"{policy.money(now)} today, {policy.money(asked)} then")


def of_source(answers: Answers, policy: RequestPolicy) -> Estimate:
    cost = round(_of_runs(answers["cadence"], FIRST_GUESS.total_seconds() / 3600, policy))
    runs, minutes = RUNS_PER_MONTH[answers["cadence"]], FIRST_GUESS.total_seconds() / 60
    return Estimate(cost, round(cost / 2), f"About {minutes:g} minutes a run, {runs:g} times")


def of_budget(answers: Answers, _: RequestPolicy) -> Estimate:
    return Estimate(answers["budget"], 0.0, "The budget; it cannot spend more")


def _of_runs(cadence: str, hours: float, policy: RequestPolicy) -> float:
    return RUNS_PER_MONTH[cadence] * hours * policy.compute_hour
