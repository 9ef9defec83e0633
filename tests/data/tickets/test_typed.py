"""Settings as people type them: each survives the way to texts and back, and what is wrong is told at its field."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from data.errors import Refused
from data.tickets.alarms import AlarmPolicy
from data.tickets.request_costs import RequestPolicy
from data.tickets.request_types import TEMPLATES
from data.tickets.sla import DAY, WEEKDAYS, BusinessCalendar, Policy, Target
from data.tickets.typed import alarms_of, length_text, read_length, sla_of, typed_alarms, typed_sla
from data.tickets.typed_requests import NONE, NUMBER, OWN, SAMPLES, requests_of, typed_requests

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
NIGHTS = BusinessCalendar(
    zone="Asia/Kolkata",
    hours={"fri": ("22:00-24:00",), "sat": ("00:00-06:00", "08:00-12:00")},
    holidays=frozenset({date(2026, 12, 25), date(2027, 1, 1)}),
)
ODD = Policy(
    calendar=NIGHTS, warn_at=0.333, warn_before=timedelta(0),
    targets={1: Target(always=True, response=90 * MINUTE, resolution=50 * HOUR), 3: Target(resolution=DAY + HOUR)},
)  # fmt: skip
LENGTHS = [
    ("30 min", 30 * MINUTE), ("1 h 30 min", 90 * MINUTE), ("1 day", DAY), ("3 days", 3 * DAY), ("1 day 4 h", 1.5 * DAY),
    ("20 s", timedelta(seconds=20)), ("", None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "length"), LENGTHS)
def test_lengths_of_time_read_as_they_are_written(text: str, length: timedelta | None) -> None:
    assert length_text(length) == text
    assert read_length(text) == length


@pytest.mark.parametrize(
    ("text", "length"),
    [("90m", 90 * MINUTE), ("2.5 hours", 2.5 * HOUR), ("2d", 2 * DAY), ("1 DAY, 2 H", DAY + 2 * HOUR), (" ", None)],
)
def test_lengths_may_be_typed_in_other_ways(text: str, length: timedelta | None) -> None:
    assert read_length(text) == length


@pytest.mark.parametrize(
    "text", ["soon", "5", "0 min", "-4 h", "400 days 1 year", "4 h and more", "9" * 400 + " h", "99999 h"]
)
def test_what_is_no_length_of_time_is_refused(text: str) -> None:
    typed = {**typed_sla(Policy()), "p2_first_reply": text}
    with pytest.raises(Refused) as refused:
        sla_of(typed)
    assert refused.value.at.keys() == {"p2_first_reply"}


@pytest.mark.parametrize("policy", [Policy(), ODD], ids=["default", "odd"])
def test_service_levels_survive_being_typed(policy: Policy) -> None:
    again = sla_of(typed_sla(policy))
    assert again.calendar == policy.calendar
    assert [again.target(n) for n in (1, 2, 3, 4)] == [policy.target(n) for n in (1, 2, 3, 4)]
    assert (again.warn_at, again.warn_before) == (policy.warn_at, policy.warn_before)


def test_a_day_is_eight_hours_of_work_or_all_of_it_around_the_clock() -> None:
    typed = {**typed_sla(Policy()), "p1_resolution": "1 day", "p2_resolution": "1 day"}
    assert [sla_of(typed).target(n).resolution for n in (1, 2)] == [24 * HOUR, 8 * HOUR]


FREE = {f"hours_{day}": "" for day in WEEKDAYS}
BAD_SLA: list[tuple[dict[str, Any], str, str]] = [
    ({"hours_mon": "9-17"}, "hours_mon", "write for example 08:00-12:00"),
    ({"hours_mon": "17:00-09:00"}, "hours_mon", "must end after it starts"),
    ({"hours_mon": "09:00-12:00, 11:00-17:00"}, "hours_mon", "overlap"),
    ({"hours_mon": "25:00-26:00"}, "hours_mon", "not a span"),
    (FREE, "hours", "at least one day"),
    ({"holidays": "2026-12-25\n\nChristmas"}, "holidays", "Line 3, 'Christmas', is no day"),
    ({"holidays": "2026-02-30"}, "holidays", "Line 1"),
    ({"holidays": "\n".join(f"{date(2026, 1, 1) + timedelta(days=n)}" for n in range(1001))}, "holidays", "1,000"),
    ({"hours_mon": " " * 100_000}, "hours_mon", "at most 200 characters"),
    ({"warn_before": "9" * 100_000}, "warn_before", "at most 200 characters"),
    ({"holidays": "x\n" * 50_000}, "holidays", "1,000"),
    ({"zone": "Mars/Olympus"}, "zone", "not a time zone"),
    ({"zone": None}, "zone", "not a time zone"),
    ({"warn_at": 0}, "warn_at", "at most 100 %"),
    ({"warn_at": None}, "warn_at", "at most 100 %"),
    ({"warn_before": "a bit"}, "warn_before", "no length of time"),
    ({"p2_resolution": "1 h"}, "p2_resolution", "sooner than the first reply"),
]


@pytest.mark.parametrize(("typed", "field", "said"), BAD_SLA)
def test_what_is_wrong_with_a_service_level_is_told_at_its_field(typed: dict[str, Any], field: str, said: str) -> None:
    with pytest.raises(Refused) as refused:
        sla_of({**typed_sla(Policy()), **typed})
    assert said in refused.value.at[field]
    assert len(refused.value.at) == 1


def test_all_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(Refused) as refused:
        sla_of({**typed_sla(Policy()), "hours_mon": "x", "hours_tue": "y", "p1_first_reply": "z", "holidays": "w"})
    assert refused.value.at.keys() == {"hours_mon", "hours_tue", "p1_first_reply", "holidays"}


def test_dashes_and_spaces_of_any_kind_make_hours() -> None:
    typed = {**typed_sla(Policy()), "hours_mon": "08:00 – 12:00;13:00\N{EM DASH}17:00"}
    assert sla_of(typed).calendar.hours["mon"] == ("08:00-12:00", "13:00-17:00")


OWN_QUOTAS = RequestPolicy(
    currency="CHF", approval_above=0.0, approval_time=90 * MINUTE, quotas={"access": 0, "source": None, "retire": 3}
)


@pytest.mark.parametrize("policy", [RequestPolicy(), OWN_QUOTAS], ids=["default", "own"])
def test_the_limits_of_requests_survive_being_typed(policy: RequestPolicy) -> None:
    assert requests_of(typed_requests(policy)) == policy


def test_a_quota_is_the_usual_one_none_or_another_number() -> None:
    typed = typed_requests(OWN_QUOTAS)
    assert [typed[f"quota_{name}"] for name in ("notebook", "source", "access")] == [OWN, NONE, NUMBER]
    again = requests_of({**typed, "quota_access": OWN, "quota_notebook": NONE})
    assert [TEMPLATES[name].quota_by(again) for name in ("access", "notebook", "retire")] == [10, None, 3]


BAD_REQUESTS: list[tuple[dict[str, Any], str]] = [
    ({"currency": " "}, "currency"),
    ({"currency": "dollars"}, "currency"),
    ({"approval_above": None}, "approval_above"),
    ({"approval_above": -1.0}, "approval_above"),
    ({"compute_hour": float("nan")}, "compute_hour"),
    ({"quota_cost_per_month": float("inf")}, "quota_cost_per_month"),
    ({"approval_time": ""}, "approval_time"),
    ({"approval_time": "soon"}, "approval_time"),
    ({"quota_access": NUMBER, "number_access": None}, "number_access"),
    ({"quota_access": NUMBER, "number_access": 1.5}, "number_access"),
    ({"quota_access": NUMBER, "number_access": -1}, "number_access"),
]


@pytest.mark.parametrize(("typed", "field"), BAD_REQUESTS)
def test_what_is_wrong_with_the_limits_of_requests_is_told_at_its_field(typed: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as refused:
        requests_of({**typed_requests(RequestPolicy()), **typed})
    assert refused.value.at.keys() == {field}


def test_the_samples_can_be_estimated() -> None:
    assert [TEMPLATES[one.template].cost(one.answers, RequestPolicy()).per_month for one in SAMPLES] == [103.0, 460.0]


@pytest.mark.parametrize(
    "policy", [AlarmPolicy(), AlarmPolicy(on=False, green_for=timedelta(days=1), quiet=frozenset({"b", "a"}))]
)
def test_alarms_survive_being_typed(policy: AlarmPolicy) -> None:
    assert alarms_of(typed_alarms(policy)) == policy


def test_what_is_no_time_is_refused_of_alarms_too() -> None:
    with pytest.raises(Refused, match="no length of time"):
        alarms_of({**typed_alarms(AlarmPolicy()), "green_for": "a while"})
