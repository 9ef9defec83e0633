"""What limits requests, as people type it and back. No I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from data.errors import Invalid
from data.tickets.request_costs import RequestPolicy
from data.tickets.request_types import TEMPLATES
from data.tickets.typed import Reader, Typed, length_text, read_length

OWN, NONE, NUMBER = "own", "none", "number"
AMOUNTS = ("approval_above", "quota_cost_per_month", "compute_hour")
MOST_REQUESTS = 10_000


@dataclass(frozen=True, slots=True)
class Sample:
    """A request that everybody can picture, to show what the numbers mean."""

    template: str
    words: str
    answers: Mapping[str, Any]


SAMPLES = (
    Sample("notebook", "Querying for 6 hours a week", {"hours": 6}),
    Sample("cadence", "Every hour instead of every day, 10 minutes a run",
           {"today": "day", "asked": "hour", "minutes": 10}),
)  # fmt: skip


def typed_requests(policy: RequestPolicy) -> dict[str, Any]:
    typed: dict[str, Any] = {name: getattr(policy, name) for name in AMOUNTS}
    for name, template in TEMPLATES.items():
        quota = policy.quotas.get(name, template.quota)
        typed[f"quota_{name}"] = OWN if name not in policy.quotas else NONE if quota is None else NUMBER
        typed[f"number_{name}"] = (template.quota or 1) if quota is None else quota
    return {**typed, "currency": policy.currency, "approval_time": length_text(policy.approval_time)}


def requests_of(typed: Typed) -> RequestPolicy:
    """Raises Refused."""
    reader = Reader(typed)
    amounts = {name: reader.take(name, _amount, 0.0) for name in AMOUNTS}
    currency = reader.take("currency", _currency, "")
    approval_time = reader.take("approval_time", read_length, None)
    if approval_time is None:
        reader.problems.setdefault("approval_time", "Please say how long approvers have, such as 2 days.")
    quotas = {
        name: None if typed[f"quota_{name}"] == NONE else reader.take(f"number_{name}", _count, 0)
        for name in TEMPLATES if typed[f"quota_{name}"] != OWN
    }  # fmt: skip
    reader.done()
    assert approval_time is not None
    return RequestPolicy(currency=currency, approval_time=approval_time, quotas=quotas, **amounts)


def _amount(amount: float | None) -> float:
    if amount is None or not 0 <= amount <= 1e9:
        raise Invalid("Please write an amount, 0 or more.")
    return float(amount)


def _count(number: float | None) -> int:
    if number is None or not 0 <= number <= MOST_REQUESTS or number != int(number):
        raise Invalid(f"Please write a whole number from 0 to {MOST_REQUESTS:,}.")
    return int(number)


def _currency(text: str | None) -> str:
    plain = " ".join((text or "").split())
    if not 0 < len(plain) <= 5:
        raise Invalid("Please write a sign or code of at most five characters, such as € or CHF.")
    return plain
