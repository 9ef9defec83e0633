"""The quota of requests: by number and by cost, at its edges, and when it begins anew."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from data.tickets.answers import Refused
from data.tickets.quota import Used, check_quota, month_of
from data.tickets.request_costs import Estimate, RequestPolicy
from data.tickets.request_types import TEMPLATES
from data.tickets.sla import BusinessCalendar

BERLIN = BusinessCalendar()
NOVEMBER = datetime(2026, 11, 9, 9, tzinfo=UTC)
STANDARD = RequestPolicy()


def check(used: Used, name: str, per_month: float, policy: RequestPolicy, at: datetime = NOVEMBER) -> None:
    check_quota(used, TEMPLATES[name], Estimate(per_month, 0, ""), policy, at, BERLIN)


def expect(
    words: str | None, used: Used, name: str = "source", per_month: float = 0.0, policy: RequestPolicy = STANDARD
) -> None:
    """None: within the quota."""
    if words is None:
        return check(used, name, per_month, policy)
    with pytest.raises(Refused) as problem:
        check(used, name, per_month, policy)
    assert problem.value.at == {"quota": words}


@pytest.mark.parametrize(
    ("name", "count", "words"),
    [
        ("source", 2, None),
        ("source", 3, "This would be your 4th 'Onboard a new source' this month; 3 are the quota (resets 1 Dec)."),
        ("source", 10, "This would be your 11th 'Onboard a new source' this month; 3 are the quota (resets 1 Dec)."),
        ("workspace", 1, None),
        (
            "workspace",
            2,
            "This would be your 3rd 'New workspace or project' this month; 2 are the quota (resets 1 Dec).",
        ),
        ("source", 20, "This would be your 21st 'Onboard a new source' this month; 3 are the quota (resets 1 Dec)."),
        ("source", 111, "This would be your 112th 'Onboard a new source' this month; 3 are the quota (resets 1 Dec)."),
        ("other", 500, None),
    ],
)
def test_the_quota_counts_requests_of_one_template(name: str, count: int, words: str | None) -> None:
    expect(words, Used(count, 0.0), name)


@pytest.mark.parametrize(
    ("quotas", "name", "count", "words"),
    [
        ({"source": 4}, "source", 3, None),
        ({"source": None}, "source", 300, None),
        (
            {"other": 1},
            "other",
            1,
            "This would be your 2nd 'Something else' this month; 1 is the quota (resets 1 Dec).",
        ),
        ({"source": 0}, "source", 0, "'Onboard a new source' cannot be requested at present."),
    ],
)
def test_the_knob_replaces_the_number_of_a_template(
    quotas: dict[str, int | None], name: str, count: int, words: str | None
) -> None:
    expect(words, Used(count, 0.0), name, policy=RequestPolicy(quotas=quotas))


@pytest.mark.parametrize(
    ("used", "per_month", "words"),
    [
        (188.0, 12.0, None),
        (0.08 + 128.11, 71.81, None),  # in floats 200.00000000000003
        (188.0, 12.01, "Your requests of this month would come to € 200.01 of € 200 (resets 1 Dec)."),
        (148.0, 92.0, "Your requests of this month would come to € 240 of € 200 (resets 1 Dec)."),
        (0.0, 200.0, None),
        (0.0, 380.0, "Your requests of this month would come to € 380 of € 200 (resets 1 Dec)."),
        (900.0, 0.0, None),  # costs nothing
        (900.0, -92.0, None),  # saves
    ],
)
def test_the_quota_of_cost_counts_what_is_added(used: float, per_month: float, words: str | None) -> None:
    expect(words, Used(0, used), "cadence", per_month)


@pytest.mark.parametrize("name", ["workspace", "source"])
def test_cost_that_somebody_else_answers_for_is_not_counted(name: str) -> None:
    expect(None, Used(0, 190.0), name, 5000.0)


def test_both_limits_are_told_at_once() -> None:
    count = "This would be your 6th 'Change a refresh cadence' this month; 5 are the quota (resets 1 Dec)."
    cost = "Your requests of this month would come to € 201 of € 200 (resets 1 Dec)."
    expect(f"{count} {cost}", Used(5, 200.0), "cadence", 1.0)


def test_what_counts_is_added_up_over_templates() -> None:
    by_template = {
        "access": Used(2, 24.0), "cadence": Used(1, 60.5), "workspace": Used(1, 900.0), "long gone": Used(1, 5.0)
    }  # fmt: skip
    assert Used.of(TEMPLATES["access"], by_template) == Used(2, 89.5)
    assert Used.of(TEMPLATES["notebook"], by_template) == Used(0, 89.5)
    assert Used.of(TEMPLATES["workspace"], by_template) == Used(1, 89.5)
    assert Used.of(TEMPLATES["other"], {}) == Used(0, 0.0)


@pytest.mark.parametrize(
    ("at", "start", "end"),
    [
        ("2026-11-09T09:00Z", "2026-10-31T23:00Z", "2026-11-30T23:00Z"),
        ("2026-11-30T22:59Z", "2026-10-31T23:00Z", "2026-11-30T23:00Z"),
        ("2026-11-30T23:00Z", "2026-11-30T23:00Z", "2026-12-31T23:00Z"),
        ("2026-10-09T09:00Z", "2026-09-30T22:00Z", "2026-10-31T23:00Z"),  # the clock is set back in it
        ("2026-03-09T09:00Z", "2026-02-28T23:00Z", "2026-03-31T22:00Z"),  # and forward
    ],
)
def test_a_month_is_that_of_the_calendars_clock(at: str, start: str, end: str) -> None:
    moments = tuple(datetime.fromisoformat(text) for text in (start, end))
    assert month_of(datetime.fromisoformat(at), BERLIN) == moments


def test_the_quota_of_december_begins_anew_in_january() -> None:
    with pytest.raises(Refused, match=r"\(resets 1 Jan\)"):
        check(Used(3, 0.0), "source", 0.0, STANDARD, datetime(2026, 12, 31, 12, tzinfo=UTC))
