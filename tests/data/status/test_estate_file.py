"""Checks as code: what a file may say, and what is said about one that is wrong."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest

from data.errors import Invalid
from data.status.model import Calendar, Deadline, Mode, Severity, Thresholds
from tests.data.status.estates import FILE, one_check, read

WANTED = read(FILE)


def problems(text: str) -> tuple[str, ...]:
    with pytest.raises(Invalid) as refused:
        read(text)
    return refused.value.problems


def test_a_file_is_read_with_its_friendly_names() -> None:
    api, orders, report = WANTED.checks
    assert api.platform_id == "sales"
    assert api.target == {"url": "http://127.0.0.1:9000/health", "expect_status": 200, "timeout_s": 5}
    assert (api.mode, api.severity, api.every) == (Mode.success, Severity.critical, timedelta(minutes=1))
    assert orders.thresholds == Thresholds(warn_after=timedelta(hours=2), error_after=timedelta(hours=6))
    assert report.deadline == Deadline(by=time(10, 30), opens=time(0), timezone="Europe/Berlin")
    assert report.calendar == Calendar(weekdays=("mon", "tue"), holidays=(date(2026, 12, 25),))
    assert WANTED.platforms[1].depends_on == ("sales",)


def test_plain_words_keep_their_meaning() -> None:
    target = read(
        one_check(target="{at: 10:30, day: 2026-01-02, flag: no, yes: true, none: ~, n: 1.5, text: '1'}")
    ).checks
    assert target[0].target == {
        "at": "10:30", "day": "2026-01-02", "flag": "no", "yes": True, "none": None, "n": 1.5, "text": "1",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("keys", "problem"),
    [
        ({"mode": "age", "warn_after": "2x"},
         "warn_after: '2x' is not a duration; write for example 90s, 5m, 2h or 1h30m"),
        ({"every": "[1]"}, "every: [1] is not a duration; write for example 90s, 5m, 2h or 1h30m"),
        ({"every": "0s"}, "every: must be a whole number of seconds, at least 1s and at most 3650d"),
        ({"every": "0.5"}, "every: must be a whole number of seconds, at least 1s and at most 3650d"),
        ({"every": "99999999999999999d"}, "every: must be a whole number of seconds, at least 1s and at most 3650d"),
        ({"mode": "age", "warn_aftr": "2h", "error_after": "3h"},
         "warn_aftr: is not a known key; did you mean warn_after?"),
        ({"platform_id": "x"}, "platform_id: is not a known key; did you mean platform?"),
        ({"version": "3"}, "version: is not a known key"),
        ({"thresholds": "{}"}, "thresholds: is not a known key"),
        ({"mode": "sucess"}, "mode: 'sucess' is not one of success, age, deadline, threshold, heartbeat, assertion; "
                             "did you mean success?"),
        ({"mode": "age"}, "mode age needs warn_after, error_after or both"),
        ({"mode": "age", "warn_after": "3h", "error_after": "2h"}, "warn_after must be shorter than error_after"),
        ({"mode": "threshold", "warn_above": "high"}, "warn_above: 'high' is not a number"),
        ({"mode": "threshold", "warn_above": "NaN"}, "warn_above: 'NaN' is not a number"),
        ({"mode": "deadline", "deadline": "{by: 7}"},
         "deadline.by: '7' is not a time of day; write for example \"07:00\""),
        ({"mode": "deadline", "deadline": "{by: 25:00}"},
         "deadline.by: '25:00' is not a time of day; write for example \"07:00\""),
        ({"mode": "deadline", "deadline": "{opens: 07:00}"}, "deadline.by: is missing"),
        ({"mode": "deadline", "deadline": "{by: 07:00, opns: 06:00}"},
         "deadline.opns: is not a known key; did you mean opens?"),
        ({"mode": "deadline", "deadline": "{by: 07:00, timezone: Berlin}"},
         "deadline.timezone: 'Berlin' is not a time zone; write for example Europe/Berlin"),
        ({"calendar": "{weekdays: [monday]}"},
         "calendar.weekdays[0]: 'monday' is not one of mon, tue, wed, thu, fri, sat, sun; did you mean mon?"),
        ({"calendar": "{holidays: [2026-13-01]}"},
         "calendar.holidays[0]: '2026-13-01' is not a date; write for example 2026-12-25"),
        ({"calendar": "weekly"}, "calendar: must be keys with values, in {braces}"),
        ({"target": "5"}, "target: must be keys with values, in {braces}"),
        ({"name": "5"}, "name: must be text; put it in quotes"),
        ({"name": "''"}, "name: must not be empty"),
    ],
)  # fmt: skip
def test_a_problem_names_entry_and_key_and_says_what_to_write(keys: dict[str, str], problem: str) -> None:
    assert problems(one_check(**keys)) == (f"checks[0] a: {problem}",)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ("it must hold the keys platforms, checks or both",)),
        ("plattforms: []", ("plattforms: is not a known key; did you mean platforms?",)),
        ("checks: 5", ("checks: must be a list of entries, each beginning with -",)),
        ("checks: [5]", ("checks[0]: must be keys with values",)),
        ("platforms: [{}]",
         ("platforms[0]: id: is missing", "platforms[0]: name: is missing", "platforms[0]: kind: is missing")),
        ("platforms: [{id: S, name: S, kind: k, criticality: 4, slo: 100}]",
         ("platforms[0] S: id: 'S' may hold only lower-case letters, digits, - and _, at most 64 of them",
          "platforms[0] S: criticality: must be at most 3", "platforms[0] S: slo: must be less than 100")),
        ("platforms: [{id: s, name: S, kind: k}, {id: s, name: S, kind: k}]",
         ("platforms[1] s: id: is used by platforms[0] too",)),
        ("checks:\n  - {id: a", ("line 2, column 11: expected ',' or '}', but got '<stream end>'",)),
        ("checks: []\nchecks: []", ("line 2, column 1: 'checks' stands here twice",)),
        ("&a [*a]", ("line 1, column 1: found unconstructable recursive node",)),
        ("? [a]\n: b", ("line 1, column 3: a key must be text",)),
    ],
)  # fmt: skip
def test_a_file_that_does_not_hold_together_is_explained(text: str, expected: tuple[str, ...]) -> None:
    assert problems(text) == expected


def test_all_problems_are_told_at_once_under_the_name_of_the_file() -> None:
    with pytest.raises(Invalid) as refused:
        read("platforms: [{id: s}]\nchecks: [{id: a}, {id: b, nam: B}]")
    assert str(refused.value).startswith("checks.yaml cannot be used:\nplatforms[0] s: name: is missing\n")
    assert {p.split(":")[0] for p in refused.value.problems} == {"platforms[0] s", "checks[0] a", "checks[1] b"}


def test_a_file_cannot_make_python_objects() -> None:
    assert read(one_check(target="{x: !!python/object/apply:os.getcwd []}")).checks[0].target == {"x": []}
