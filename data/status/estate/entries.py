"""Platforms and checks as rows of their tables, and all of them together."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from functools import lru_cache
from typing import Any

from data.status.model import Calendar, Check, Deadline, Mode, Model, Platform, Severity, Thresholds

Row = Mapping[str, Any]
_DURATIONS = ("warn_after", "error_after")
_BOUNDS = ("warn_above", "error_above", "warn_below", "error_below")
_CHECK_TEXTS = ("id", "platform_id", "name", "source", "owner", "runbook", "state", "version")


class Estate(Model):
    """All that is watched. In a file: all that the file mentions."""

    platforms: tuple[Platform, ...] = ()
    checks: tuple[Check, ...] = ()


def platform_row(platform: Platform) -> dict[str, Any]:
    return {
        **platform.model_dump(exclude={"calendar"}),
        "depends_on": list(platform.depends_on),
        "calendar": platform.calendar.model_dump_json(),
    }


def platform_from_row(row: Row) -> Platform:
    """Believes the row: it was validated when it was written, and a rule made since must not hide it."""
    plain = {name: row[name] for name in Platform.model_fields if name in row}
    return Platform.model_construct(
        **{**plain, "depends_on": tuple(row["depends_on"] or ()), "calendar": _calendar(row["calendar"])}
    )


def check_row(check: Check) -> dict[str, Any]:
    limits = check.thresholds
    return {
        **{name: getattr(check, name) for name in _CHECK_TEXTS},
        "target": json.dumps(check.target, ensure_ascii=False, sort_keys=True),
        "mode": check.mode.value,
        "severity": check.severity.value,
        "every_s": _seconds(check.every),
        **{f"{name}_s": _seconds(getattr(limits, name)) for name in _DURATIONS},
        **{name: getattr(limits, name) for name in _BOUNDS},
        "deadline": check.deadline.model_dump_json() if check.deadline else None,
        "calendar": check.calendar.model_dump_json() if check.calendar else None,
    }


def check_from_row(row: Row) -> Check:
    """As `platform_from_row`; a row may tell the `platform_calendar` beside."""
    return Check.model_construct(
        **{name: row[name] for name in _CHECK_TEXTS},
        target=json.loads(row["target"]),
        mode=Mode(row["mode"]),
        severity=Severity(row["severity"]),
        every=timedelta(seconds=row["every_s"]),
        thresholds=_thresholds(row),
        deadline=_deadline(row["deadline"]) if row["deadline"] else None,
        calendar=_calendar(row["calendar"]) if row["calendar"] else None,
        platform_calendar=_calendar(row.get("platform_calendar")),
    )


def _thresholds(row: Row) -> Thresholds:
    limits: dict[str, Any] = {name: row[name] for name in _BOUNDS}
    for name in _DURATIONS:
        seconds = row[f"{name}_s"]
        limits[name] = None if seconds is None else timedelta(seconds=seconds)
    return Thresholds.model_construct(**limits)


@lru_cache(1024)
def _deadline(text: str) -> Deadline:
    return Deadline.model_validate_json(text)


@lru_cache(1024)
def _calendar(text: str | None) -> Calendar:
    return Calendar.model_validate_json(text) if text else Calendar()


def _seconds(length: timedelta | None) -> int | None:
    return None if length is None else int(length.total_seconds())
