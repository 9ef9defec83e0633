"""Between rows of the status tables and the words of the model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from operator import attrgetter
from typing import Any, Literal

import pyarrow as pa

from data.statements import Row, rows_of, values_of
from data.status.board import OpenIncident
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
class Wish:
    """Somebody asked that a source be looked at now."""

    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Turn:
    """A change of state as the front page tells it."""

    at: datetime
    from_state: State | None
    to_state: State
    reason: str


@dataclass(frozen=True, slots=True)
class Standing:
    """One check and all that is known of it now."""

    check: Check
    current: Current | None
    band: Band | None
    run: LastRun | None
    changes: tuple[Turn, ...] = ()
    """The lately ones, oldest first."""
    wish: Wish | None = None
    """Of the source that feeds it, as long as no run has begun since."""


@dataclass(frozen=True, slots=True)
class PlatformStanding:
    platform: Platform
    standings: tuple[Standing, ...]
    window: Window | None
    incidents: tuple[OpenIncident, ...] = ()
    open_incidents: int = 0


def _part(table: pa.Table, prefix: str) -> list[Row]:
    """The columns with this prefix, without it."""
    names = [name for name in table.column_names if name.startswith(prefix)]
    return rows_of(table.select(names).rename_columns([name.removeprefix(prefix) for name in names]))


def current_from_row(row: Row) -> Current:
    return Current.model_validate({**row, "recent": row["recent"] or (), "changed_at": row["changed_at"] or ()})


def transition_from_row(row: Row) -> Transition:
    from_state = State(row["from_state"]) if row["from_state"] else None
    return Transition.model_construct(**{**row, "from_state": from_state, "to_state": State(row["to_state"])})


def days_by_component(rollups: pa.Table) -> dict[str, dict[date, DayRollup]]:
    """Rows of `list_rollups`."""
    found: dict[str, dict[date, DayRollup]] = {}
    days = map(DayRollup._make, zip(*(values_of(rollups[name]) for name in DayRollup._fields), strict=True))
    for component_id, day in zip(values_of(rollups["component_id"]), days, strict=True):
        found.setdefault(component_id, {})[day.day] = day
    return found


def platforms_from_board(board: pa.Table) -> list[PlatformStanding]:
    """Rows of `list_board`, by platform in the order they came. What repeats in every row is converted once."""
    first_rows, sources = _first_rows(board["p_id"]), _first_rows(board["c_source"])
    of_sources = board.take(_numbers(sources))
    runs = dict(zip(sources, map(_run, _part(of_sources, "f_")), strict=True))
    wishes = dict(zip(sources, map(_wish, _part(of_sources, "x_"), runs.values()), strict=True))
    standings: dict[str, list[Standing]] = {id_: [] for id_ in first_rows}
    parts = (_part(board, prefix) for prefix in ("c_", "s_", "b_", "h_"))
    calendars = values_of(board["p_calendar"])
    for check, calendar, current, band, lately in zip(next(parts), calendars, *parts, strict=True):
        if check["id"]:
            known, source = {**check, "platform_calendar": calendar}, check["source"]
            standing = _standing(known, current, band, runs[source], lately["changes"] or (), wishes[source])
            standings[check["platform_id"]].append(standing)
    firsts = board.take(_numbers(first_rows))
    return [
        PlatformStanding(
            platform_from_row(row),
            tuple(standings[row["id"]]),
            _window(row["id"], window),
            _incidents(opened["incidents"]),
            opened["open"] or 0,
        )
        for row, window, opened in zip(_part(firsts, "p_"), _part(firsts, "w_"), _part(firsts, "i_"), strict=True)
    ]


def standings_of(platforms: Iterable[PlatformStanding]) -> dict[str, Standing]:
    """Each active check with its current state, by check id."""
    return {s.check.id: s for p in platforms for s in p.standings if s.check.state == "active"}


def announced_from_board(board: pa.Table) -> tuple[Row, ...]:
    """Messages that were published and are not over, told in the first row."""
    return tuple(board["a_messages"][0].as_py() or ()) if board.num_rows else ()


def _first_rows(column: pa.ChunkedArray) -> dict[str, int]:
    """By value, the number of the first row that holds it."""
    found: dict[str, int] = {}
    for number, value in enumerate(column.to_pylist()):
        found.setdefault(value, number)
    return found


def _numbers(rows: Mapping[str, int]) -> pa.Array:
    return pa.array(rows.values(), pa.int64())


def _standing(
    check: Row, current: Row, band: Row, run: LastRun | None, changes: Iterable[Row], wish: Wish | None
) -> Standing:
    return Standing(
        _check(tuple(check.items())),
        current_from_row(current) if current["check_id"] else None,
        Band.model_construct(**band) if band["samples"] else None,
        run,
        tuple(sorted(map(turn_from_row, changes), key=attrgetter("at"))),
        wish,
    )


@lru_cache(16_384)
def _check(row: tuple[tuple[str, Any], ...]) -> Check:
    """Checks seldom change, and are read with every board."""
    return check_from_row(dict(row))


def turn_from_row(row: Row) -> Turn:
    from_state = State(row["from_state"]) if row["from_state"] else None
    return Turn(row["at"], from_state, State(row["to_state"]), row["reason"])


def _run(row: Row) -> LastRun | None:
    return LastRun(**{**row, "error": row["error"] or None}) if row["state"] else None


def _wish(row: Row, run: LastRun | None) -> Wish | None:
    return Wish(**row) if row["at"] and (run is None or run.started_at < row["at"]) else None


def _window(platform_id: str, row: Row) -> Window | None:
    return Window(platform_id=platform_id, **row) if row["title"] else None


def _incidents(rows: Iterable[Row] | None) -> tuple[OpenIncident, ...]:
    return tuple(sorted(map(incident_from_row, rows or ()), key=attrgetter("since"), reverse=True))


def incident_from_row(row: Row) -> OpenIncident:
    return OpenIncident(
        id=row["id"], key=row["key"], title=row["title"], state=row["state"], asset=row["asset"],
        assignee=row["assignee"], since=row["created_at"], next_update_at=row["next_update_at"],
        affected=row["affected"],
    )  # fmt: skip


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
