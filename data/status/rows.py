"""Between rows of the status tables and the words of the model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from data.statements import Row
from data.status.estate import check_from_row, platform_from_row
from data.status.model import (
    Band,
    Check,
    Current,
    DayRollup,
    IngestionRun,
    Platform,
    Reading,
    State,
    Transition,
    Verdict,
    Window,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class LastRun:
    """The newest run of the source that feeds a check."""

    state: Literal["succeeded", "partial", "failed"]
    started_at: datetime
    finished_at: datetime
    rows: int
    error: str | None
    next_due_at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """One check and all that is known of it now."""

    check: Check
    current: Current | None
    band: Band | None
    run: LastRun | None


@dataclass(frozen=True, slots=True)
class PlatformStanding:
    platform: Platform
    standings: tuple[Standing, ...]
    window: Window | None


def _part(row: Mapping[str, Any], prefix: str) -> Row:
    return {key[len(prefix) :]: value for key, value in row.items() if key.startswith(prefix)}


def current_from_row(row: Row) -> Current:
    return Current.model_construct(
        **{
            **row,
            "state": State(row["state"]),
            "recent": tuple(State(s) for s in row["recent"] or ()),
            "changed_at": tuple(row["changed_at"] or ()),
            "previous_state": State(row["previous_state"]) if row["previous_state"] else None,
        }
    )


def transition_from_row(row: Row) -> Transition:
    from_state = State(row["from_state"]) if row["from_state"] else None
    return Transition.model_construct(**{**row, "from_state": from_state, "to_state": State(row["to_state"])})


def day_from_row(row: Row) -> DayRollup:
    return DayRollup.model_construct(**{name: row[name] for name in DayRollup.model_fields})


def _standing(row: Row) -> Standing:
    current = current_from_row(_part(row, "s_")) if row["s_check_id"] else None
    band = Band.model_construct(**_part(row, "b_")) if row["b_samples"] else None
    run = LastRun(**{**_part(row, "f_"), "error": row["f_error"] or None}) if row["f_state"] else None
    return Standing(check_from_row(_part(row, "c_")), current, band, run)


def platforms_from_rows(rows: Iterable[Row]) -> list[PlatformStanding]:
    """Rows of `list_board`, grouped by platform in the order they came."""
    grouped: dict[str, list[Row]] = {}
    for row in rows:
        grouped.setdefault(row["p_id"], []).append(row)
    return [_platform(group) for group in grouped.values()]


def _platform(group: list[Row]) -> PlatformStanding:
    first = group[0]
    window = Window(platform_id=first["p_id"], **_part(first, "w_")) if first["w_title"] else None
    return PlatformStanding(
        platform_from_row(_part(first, "p_")), tuple(_standing(row) for row in group if row["c_id"]), window
    )


def result_row(id_: str, check: Check, reading: Reading, verdict: Verdict, value: float | None, source: str) -> Row:
    return {
        "id": id_,
        "check_id": check.id,
        "platform_id": check.platform_id,
        "day": reading.observed_at.date(),
        "observed_at": reading.observed_at,
        "state": verdict.state.value,
        "value": value,
        "source_event_at": reading.source_event_at,
        "message": verdict.reason,
        "evidence": reading.evidence_text,
        "source": source,
        "check_version": check.version,
    }


def step_row(current: Current, expected_version: int) -> Row:
    """`expected_version`: that of the stored row this step was planned on; 0 for none."""
    return {**dict(current), "expected_version": expected_version}


def run_row(run: IngestionRun) -> Row:
    return {**dict(run), "day": run.started_at.date()}
