"""dbt_artifacts on files as dbt writes them, and on files that are none."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from data.status.model import Outcome, Reading
from jobs.sources.base import Context
from jobs.sources.dbt_artifacts import DbtArtifacts
from tests.portals import NOW, a_check

WRITTEN = NOW - timedelta(minutes=10)
V3 = "https://schemas.getdbt.com/dbt/sources/v3.json"


def looked_at(name: str, status: str, hours: float) -> dict[str, Any]:
    loaded_at = WRITTEN - timedelta(hours=hours)
    return {
        "unique_id": f"source.shop.raw.{name}",
        "max_loaded_at": loaded_at.isoformat().replace("+00:00", "Z"),
        "snapshotted_at": WRITTEN.isoformat(),
        "max_loaded_at_time_ago_in_s": hours * 3600,
        "status": status,
        "criteria": {"warn_after": {"count": 12, "period": "hour"}, "error_after": None, "filter": None},
        "adapter_response": {},
        "timing": [{"name": "compile", "started_at": None, "completed_at": None}],
        "thread_id": "Thread-1",
        "execution_time": 0.4,
    }


def not_queried(name: str) -> dict[str, Any]:
    return {"unique_id": f"source.shop.raw.{name}", "error": "no such table", "status": "runtime error"}


def write(folder: Path, *results: dict[str, Any], written: datetime = WRITTEN, schema: str = V3) -> Path:
    metadata = {"dbt_schema_version": schema, "dbt_version": "1.9.1", "generated_at": written.isoformat(), "env": {}}
    path = folder / "sources.json"
    path.write_text(json.dumps({"metadata": metadata, "results": list(results), "elapsed_time": 1.5}))
    return path


def read(context: Context, path: Path, mode: str = "success", **target: Any) -> Reading:
    limits = {"thresholds": {"warn_after": "8h"}} if mode == "age" else {}
    check = a_check("raw", "dbt_artifacts", mode, target={"path": str(path), **target}, **limits)
    source = DbtArtifacts()
    [reading] = source.readings([check], source.fetch([check], context), NOW)
    return reading


def test_fresh_sources_are_ok(context: Context, tmp_path: Path) -> None:
    reading = read(context, write(tmp_path, looked_at("orders", "pass", 2), looked_at("items", "pass", 3)))
    assert (reading.outcome, reading.message) == (Outcome.ok, "All 2 sources are fresh")
    assert reading.source_event_at == WRITTEN - timedelta(hours=3)


def test_sources_that_are_too_old_fail_the_oldest_named_first(context: Context, tmp_path: Path) -> None:
    old = [looked_at(name, "error", hours) for name, hours in [("a", 26), ("b", 50), ("c", 30), ("d", 25)]]
    reading = read(context, write(tmp_path, *old, looked_at("e", "warn", 9), looked_at("f", "pass", 1)))
    assert reading.outcome is Outcome.fail
    assert reading.message == "4 of 6 sources too old: raw.b (2 d 2 h), raw.c (1 d 6 h), raw.a (1 d 2 h), …"


def test_late_sources_warn(context: Context, tmp_path: Path) -> None:
    reading = read(context, write(tmp_path, looked_at("orders", "warn", 13), looked_at("items", "pass", 1)))
    assert (reading.outcome, reading.message) == (Outcome.warn, "1 of 2 sources late: raw.orders (13 h)")


def test_a_source_that_could_not_be_queried_leaves_us_blind(context: Context, tmp_path: Path) -> None:
    reading = read(context, write(tmp_path, not_queried("orders"), looked_at("items", "pass", 1)))
    assert (reading.outcome, reading.message) == (Outcome.blind, "1 of 2 sources could not be queried: raw.orders")


def test_blindness_never_hides_what_is_known_to_be_bad(context: Context, tmp_path: Path) -> None:
    reading = read(context, write(tmp_path, not_queried("orders"), looked_at("items", "error", 30)))
    assert reading.outcome is Outcome.fail
    assert reading.message.endswith("; 1 could not be queried")


def test_only_the_sources_named_by_the_check_count(context: Context, tmp_path: Path) -> None:
    path = write(tmp_path, looked_at("orders", "error", 30), looked_at("items", "pass", 1))
    assert read(context, path, only=["source.shop.raw.it*"]).outcome is Outcome.ok
    assert read(context, path, only=["source.shop.crm.*"]).message == (
        "The file holds none of the sources that the check names"
    )


def test_for_age_the_oldest_source_counts_whatever_dbt_thinks_of_it(context: Context, tmp_path: Path) -> None:
    reading = read(context, write(tmp_path, looked_at("orders", "error", 30), looked_at("items", "pass", 1)), "age")
    assert (reading.outcome, reading.source_event_at) == (Outcome.ok, WRITTEN - timedelta(hours=30))


def test_for_age_a_source_without_a_time_leaves_us_blind(context: Context, tmp_path: Path) -> None:
    reading = read(context, write(tmp_path, not_queried("orders"), looked_at("items", "error", 30)), "age")
    assert reading.outcome is Outcome.blind


def test_a_file_that_dbt_wrote_too_long_ago_says_nothing_about_now(context: Context, tmp_path: Path) -> None:
    path = write(tmp_path, looked_at("orders", "pass", 1), written=NOW - timedelta(days=3, hours=1))
    reading = read(context, path)
    assert (reading.outcome, reading.message) == (Outcome.blind, "The dbt run that wrote the file is 3 d 1 h old")
    assert read(context, path, max_age="4d").outcome is Outcome.ok


@pytest.mark.parametrize(
    "content",
    ["", "{", '{"metadata": {}, "results": []}', "\ufeff[]", '{"results": {"a": 1}}', "\x00\x00"],
)
def test_a_file_that_is_no_sources_json_leaves_us_blind(context: Context, tmp_path: Path, content: str) -> None:
    path = tmp_path / "sources.json"
    path.write_text(content)
    reading = read(context, path)
    assert (reading.outcome, reading.message) == (Outcome.blind, f"{path} is not a sources.json of dbt")


def test_another_artifact_of_dbt_is_not_taken_for_sources(context: Context, tmp_path: Path) -> None:
    path = write(tmp_path, looked_at("a", "pass", 1), schema="https://schemas.getdbt.com/dbt/run-results/v6.json")
    assert read(context, path).outcome is Outcome.blind


def test_a_missing_file_or_a_folder_leaves_us_blind(context: Context, tmp_path: Path) -> None:
    assert read(context, tmp_path / "target.json").message == f"There is no file {tmp_path / 'target.json'}"
    assert read(context, tmp_path).message == f"{tmp_path} cannot be read: Is a directory"
