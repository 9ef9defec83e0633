"""Checks as code: what a file would change, and entries as rows there and back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import Invalid
from data.status.estate import (
    Estate,
    Plan,
    check_from_row,
    check_row,
    plan,
    platform_from_row,
    platform_row,
    write_estate,
)  # fmt: skip
from data.status.fields import WEEKDAYS
from data.status.model import Calendar, Check, Deadline, Mode, Platform, Severity, Thresholds
from tests.data.status.estates import FILE, one_check, read


def stored(existing: Estate, change: Plan) -> Estate:
    """What the store holds once the plan is written."""
    entries = {("platform", p.id): p for p in existing.platforms} | {("check", c.id): c for c in existing.checks}
    for step in change.changes:
        assert entries.get((step.thing, step.after.id)) == step.before
        entries[step.thing, step.after.id] = step.after
    return Estate(
        platforms=tuple(e for e in entries.values() if isinstance(e, Platform)),
        checks=tuple(e for e in entries.values() if isinstance(e, Check)),
    )


NOTHING = Estate()
WANTED = read(FILE)
STORED = stored(NOTHING, plan(NOTHING, WANTED))


# planning


def test_a_new_file_adds_everything_and_then_nothing() -> None:
    first = plan(NOTHING, WANTED)
    assert first.lines() == [
        "+ platform sales: Sales mart",
        "+ platform gateway: Gateway",
        "+ check shop-api: Shop API answers",
        "+ check orders-fresh: Orders table is fresh",
        "+ check report-due: Report is due",
        "5 to add, 0 to change, 0 to retire, 0 unchanged.",
    ]
    second = plan(STORED, WANTED, prune=True)
    assert not second
    assert second.lines() == ["0 to add, 0 to change, 0 to retire, 5 unchanged."]


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("warn_after: 2h", "warn_after: 90m", "~ check orders-fresh: warn_after 2 h -> 1 h 30 min (version 1 -> 2)"),
        ("warn_after: 2h, ", "", "~ check orders-fresh: warn_after 2 h -> none (version 1 -> 2)"),
        ("every: 1m", "every: 90s", "~ check shop-api: every 1 min -> 1 min 30 s (version 1 -> 2)"),
        ("expect_status: 200", "expect_status: true",
         "~ check shop-api: target.expect_status 200 -> true (version 1 -> 2)"),
        (", timeout_s: 5", "", "~ check shop-api: target.timeout_s 5 -> none (version 1 -> 2)"),
        ("severity: critical", "severity: info", "~ check shop-api: severity critical -> info (version 1 -> 2)"),
        ("by: 10:30", "by: 11:00",
         "~ check report-due: deadline by 10:30 Europe/Berlin, opens 00:00 -> by 11:00 Europe/Berlin, opens 00:00 "
         "(version 1 -> 2)"),
        ("[2026-12-25]", "[]",
         "~ check report-due: calendar mon, tue; holidays 2026-12-25 -> mon, tue; holidays none (version 1 -> 2)"),
        ("platform: sales, name: Report", "platform: gateway, name: Report",
         "~ check report-due: platform sales -> gateway (version 1 -> 2)"),
        ("depends_on: [sales]", "depends_on: []", "~ platform gateway: depends_on sales -> none (version 1 -> 2)"),
        ("owner: sales-data", "owner: ana, slo: 99",
         "~ platform sales: owner sales-data -> ana, slo 99.5 -> 99 (version 1 -> 2)"),
        ("kind: gateway,", "kind: gateway, state: retired,",
         "- platform gateway: state active -> retired (version 1 -> 2)"),
    ],
)  # fmt: skip
def test_a_change_is_told_field_by_field(old: str, new: str, line: str) -> None:
    assert old in FILE
    wanted = read(FILE.replace(old, new))
    change = plan(STORED, wanted)
    assert change.lines()[0] == line
    assert len(change.changes) == 1
    assert not plan(stored(STORED, change), wanted)


def test_the_order_of_keys_is_no_change() -> None:
    turned = FILE.replace("expect_status: 200, timeout_s: 5", "timeout_s: 5, expect_status: 200")
    assert turned != FILE
    assert not plan(STORED, read(turned))


def test_what_the_file_does_not_mention_stays() -> None:
    assert not plan(STORED, Estate(checks=WANTED.checks[:1]))


def test_pruning_retires_what_the_file_does_not_mention_checks_first() -> None:
    change = plan(STORED, Estate(platforms=WANTED.platforms[:1], checks=WANTED.checks[:2]), prune=True)
    assert change.lines() == [
        "- check report-due: state active -> retired (version 1 -> 2)",
        "- platform gateway: state active -> retired (version 1 -> 2)",
        "Everything the file does not mention is retired; its history stays.",
        "0 to add, 0 to change, 2 to retire, 3 unchanged.",
    ]


def test_a_retired_entry_comes_back_with_the_next_version() -> None:
    retired = stored(STORED, plan(STORED, Estate(platforms=WANTED.platforms), prune=True))
    assert not plan(retired, Estate(platforms=WANTED.platforms), prune=True), "retiring twice is nothing"
    back = plan(retired, WANTED)
    assert back.lines()[0] == "~ check shop-api: state retired -> active (version 2 -> 3)"
    assert {c.state for c in stored(retired, back).checks} == {"active"}


@pytest.mark.parametrize(
    ("existing", "text", "prune", "expected"),
    [
        (NOTHING, one_check(), False, ("check a: platform: there is no platform sales",)),
        (STORED, one_check(platform="salse"), False,
         ("check a: platform: there is no platform salse; did you mean sales?",)),
        (STORED, one_check(), True, ("check a: platform: sales is retired, or would be",)),
        (STORED, "platforms: [{id: sales, name: S, kind: k, state: retired}]", False,
         ("check shop-api: platform: sales is retired, or would be",
          "check orders-fresh: platform: sales is retired, or would be",
          "check report-due: platform: sales is retired, or would be",
          "platform gateway: depends_on: sales is retired, or would be")),
        (STORED, "platforms: [{id: b, name: B, kind: k, depends_on: [gatewya]}]", False,
         ("platform b: depends_on: there is no platform gatewya; did you mean gateway?",)),
        (NOTHING, "platforms: [{id: a, name: A, kind: k, depends_on: [a]}]", False,
         ("platforms depend on each other in a circle: a -> a",)),
        (STORED, "platforms: [{id: sales, name: S, kind: k, depends_on: [gateway]}]", False,
         ("platforms depend on each other in a circle: sales -> gateway -> sales",)),
    ],
)  # fmt: skip
def test_a_plan_whose_outcome_does_not_hang_together_is_refused(
    existing: Estate, text: str, prune: bool, expected: tuple[str, ...]
) -> None:
    with pytest.raises(Invalid, match="cannot be applied") as refused:
        plan(existing, read(text), prune)
    assert refused.value.problems == expected


def test_a_check_may_name_a_platform_that_is_only_in_the_store() -> None:
    assert [c.after.id for c in plan(STORED, read(one_check(platform="gateway"))).changes] == ["a"]


# rows

ids = st.from_regex(r"[a-z0-9][a-z0-9_-]{0,20}", fullmatch=True)
texts = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "Zs")), min_size=1, max_size=40)
lengths = st.integers(1, 10**8).map(lambda s: timedelta(seconds=s))
numbers = st.floats(-1e12, 1e12)
times = st.times().map(lambda t: t.replace(microsecond=0))
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=5,
)
calendars = st.builds(
    Calendar,
    weekdays=st.sets(st.sampled_from(WEEKDAYS), min_size=1).map(tuple),
    holidays=st.lists(st.dates(), max_size=3).map(tuple),
)
platforms = st.builds(
    Platform,
    id=ids, name=texts, kind=texts, criticality=st.integers(1, 3), owner=st.none() | texts, contact=st.none() | texts,
    visibility=st.sampled_from(["everyone", "members"]), depends_on=st.lists(ids, max_size=3).map(tuple),
    calendar=calendars, position=st.integers(0, 9999), slo=st.floats(0.1, 99.9),
    state=st.sampled_from(["active", "retired"]),
    version=st.integers(1, 99),
)  # fmt: skip
checks = st.builds(
    Check,
    id=ids, platform_id=ids, name=texts, source=texts, target=st.dictionaries(texts, json_values, max_size=4),
    mode=st.just(Mode.deadline), severity=st.sampled_from(Severity), every=lengths,
    thresholds=st.one_of(
        st.builds(Thresholds, warn_after=lengths), st.builds(Thresholds, error_after=lengths, warn_above=numbers),
        st.builds(Thresholds, error_above=numbers, error_below=numbers, warn_below=st.none()),
    ),
    deadline=st.builds(Deadline, by=times, opens=times, timezone=st.sampled_from(["UTC", "Europe/Berlin"])),
    calendar=st.none() | calendars, owner=st.none() | texts, runbook=st.none() | texts,
    state=st.sampled_from(["active", "disabled", "retired"]), version=st.integers(1, 99),
)  # fmt: skip


@given(platforms)
def test_a_platform_survives_its_row(platform: Platform) -> None:
    assert platform_from_row(platform_row(platform)) == platform


@given(checks)
def test_a_check_survives_its_row(check: Check) -> None:
    assert check_from_row(check_row(check)) == check


@given(platforms, checks)
def test_what_comes_back_from_the_store_needs_no_change(platform: Platform, check: Check) -> None:
    platform = platform.model_copy(update={"depends_on": (), "state": "active"})
    check = check.model_copy(update={"platform_id": platform.id})
    wanted = Estate(platforms=(platform,), checks=(check,))
    existing = Estate(
        platforms=(platform_from_row(platform_row(platform)),), checks=(check_from_row(check_row(check)),)
    )
    assert not plan(existing, wanted)


# as a file


@given(platforms, checks)
def test_what_is_written_as_a_file_and_read_again_changes_nothing(platform: Platform, check: Check) -> None:
    platform = platform.model_copy(update={"depends_on": (), "state": "active"})
    check = check.model_copy(update={"platform_id": platform.id, "state": "active"})
    stored = Estate(platforms=(platform,), checks=(check,))
    again = read(write_estate(stored))
    assert not plan(stored, again, prune=True)
    assert len(again.platforms) == len(again.checks) == 1


@pytest.mark.parametrize(
    "text",
    [
        "true",
        "null",
        "1e5",
        "-0",
        "12",
        "NaN",
        "~",
        "07:00",
        "2026-12-25",
        "a: b",
        "# no",
        "- x",
        "\u2028\t\x07",
        "🙂",
        "<<",
    ],
)
def test_text_that_looks_like_something_else_stays_text(text: str) -> None:
    check = STORED.checks[0].model_copy(update={"target": {text: text, "deep": [{text: [text]}]}, "owner": text})
    assert read(write_estate(Estate(checks=(check,)))).checks[0] == check.model_copy(update={"version": 1})


def test_what_is_retired_is_not_written() -> None:
    retired = stored(STORED, plan(STORED, Estate(platforms=WANTED.platforms), prune=True))
    assert "checks: []" in write_estate(retired)
    assert not plan(retired, read(write_estate(retired)), prune=True)


def test_a_written_file_reads_like_one_by_hand() -> None:
    assert write_estate(STORED).splitlines()[1:] == [
        "platforms:",
        "- id: sales", "  name: Sales mart", "  kind: databricks", "  criticality: 1", "  owner: sales-data",
        "  contact: sales@example.org",
        "- id: gateway", "  name: Gateway", "  kind: gateway", "  visibility: members", "  depends_on: [sales]",
        "checks:",
        "- id: shop-api", "  platform: sales", "  name: Shop API answers", "  source: http_probe",
        '  target: {url: "http://127.0.0.1:9000/health", expect_status: 200, timeout_s: 5}', "  mode: success",
        "  severity: critical", "  every: 1m",
        "- id: orders-fresh", "  platform: sales", "  name: Orders table is fresh", "  source: delta_freshness",
        "  target: {table: main.sales.orders}", "  mode: age", "  warn_after: 2h", "  error_after: 6h",
        "- id: report-due", "  platform: sales", "  name: Report is due", "  source: push", "  mode: deadline",
        '  deadline: {by: "10:30"}', '  calendar: {weekdays: [mon, tue], holidays: ["2026-12-25"]}',
    ]  # fmt: skip


def test_rows_of_the_store_may_hold_more_columns_and_no_calendar() -> None:
    row = {**platform_row(STORED.platforms[0]), "calendar": None, "depends_on": None, "created_by": "alice"}
    assert platform_from_row(row) == STORED.platforms[0]
