"""A store of the size the portal is built for: 1,000 checks on 40 platforms, looked at every five minutes for months.

Results are made by columns, not one by one, in the layout that `maintain` leaves: a closed day is one file sorted by
check and time, the last hour of today one file a round.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.people.model import Actor
from data.portal import Portal, connect
from data.settings import Settings
from data.status.estate import Estate, plan
from data.status.model import Check, Current, Mode, Platform, State
from data.status.uptime import DAY

AT = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)
EVERY = timedelta(minutes=5)
PLATFORMS, CHECKS = 40, 1_000
DAYS = 90
RUNS = 9
SEED = 1
LATE_SHARE = 0.005
CHANGES = 27
"""Of state, per check and `DAYS`: two a week."""

MODES = (Mode.age, Mode.success, Mode.age, Mode.threshold, Mode.deadline)
LIMITS: dict[Mode, dict[str, Any]] = {
    Mode.age: {"thresholds": {"warn_after": "2h", "error_after": "6h"}},
    Mode.success: {},
    Mode.threshold: {"thresholds": {"warn_above": 80, "error_above": 95}},
    Mode.deadline: {"deadline": {"by": "07:00"}},
}


def estate() -> Estate:
    return Estate(
        platforms=tuple(
            Platform(id=f"platform-{n:02}", name=f"Platform {n}", kind="Tables", position=n) for n in range(PLATFORMS)
        ),
        checks=tuple(map(_check, range(CHECKS))),
    )


def _check(n: int) -> Check:
    mode = MODES[n % len(MODES)]
    fields: dict[str, Any] = {
        "id": f"check-{n:04}",
        "platform_id": f"platform-{n % PLATFORMS:02}",
        "name": f"Table {n} is fresh",
        "source": "push",
        "mode": mode,
        "every": EVERY,
        "owner": "sales-data",
        "severity": "critical" if n % 10 == 0 else "normal",
    }
    return Check.model_validate(fields | LIMITS[mode])


def build(home: Path, rows: int) -> None:
    """The store in `home`, if it is not there yet."""
    done = home / "complete"
    if not done.exists():
        portal = connect(Settings(home=home)).replace(clock=lambda: AT)
        portal.schema.migrate()
        _fill(portal, rows)
        done.touch()


def _fill(portal: Portal, rows: int) -> None:
    wanted = estate()
    portal.status.apply(plan(portal.status.estate(), wanted, prune=False), Actor.job("benchmark"))
    for table in _results(wanted.checks, rows):
        portal.engine.append("status_results", table)
    portal.statements.append("status_transitions", _transitions(wanted.checks))
    portal.statements.append("status_current", [_current(check) for check in wanted.checks])
    portal.engine.append("status_rollups", _rollups(wanted))
    portal.statements.append("ingestion_runs", _runs())


def _results(checks: tuple[Check, ...], rows: int) -> Iterator[pa.Table]:
    """Oldest first: whole days, then today up to an hour ago, then a table a round."""
    rounds = rows // len(checks)
    times = [AT - EVERY * back for back in reversed(range(rounds))]
    single = [t for t in times if t > AT - timedelta(hours=1)]
    by_day: dict[Any, list[datetime]] = {}
    for time in times[: rounds - len(single)]:
        by_day.setdefault(time.date(), []).append(time)
    make = partial(_batch, checks, np.random.default_rng(SEED))
    yield from map(make, by_day.values())
    yield from (make([time]) for time in single)


def _batch(checks: tuple[Check, ...], rng: np.random.Generator, times: list[datetime]) -> pa.Table:
    """Every check at every time, sorted by check and time."""
    seen = np.array([t.timestamp() for t in times]) * 1e6
    observed = np.tile(seen.astype(np.int64), len(checks))
    check = np.repeat(np.arange(len(checks)), len(times))
    timed = np.isin(check % len(MODES), (0, 2, 4))
    arrived = observed // 3_600_000_000 * 3_600_000_000 - check * 1_000_000
    value = np.where(timed, (observed - arrived) / 1e6, rng.gamma(4, 0.02, len(check)))
    late = rng.random(len(check)) < LATE_SHARE
    moment = pa.timestamp("us", tz="UTC")
    answers = [f'{{"status": 200, "ms": {ms}}}' for ms in range(500)]
    said = [f"Data is {minutes} min old" for minutes in range(77)]
    return pa.table(
        {
            "id": _hex(rng, len(check)),
            "check_id": _repeated([c.id for c in checks], check),
            "platform_id": _repeated([c.platform_id for c in checks], check),
            "day": pa.array(np.full(len(check), np.datetime64(times[0].date(), "D"))),
            "observed_at": pa.array(observed).cast(moment),
            "state": _repeated(["operational", "late"], late.astype(int)),
            "value": value,
            "source_event_at": pa.array(arrived, mask=~timed).cast(moment),
            "message": _repeated(
                [*said, "Answered 200 in 80 ms"], np.where(timed, (value // 60).astype(int), len(said))
            ),
            "evidence": _repeated(answers, rng.integers(0, len(answers), len(check))),
            "source": _repeated(["push"], np.zeros(len(check), int)),
            "check_version": np.ones(len(check), np.int64),
        }
    )


def _repeated(words: list[str], index: np.ndarray) -> pa.Array:
    return pa.array(words).take(pa.array(index))


def _hex(rng: np.random.Generator, count: int) -> pa.Array:
    """As random as the ids of real results, so that files are as large."""
    offsets = np.arange(count + 1, dtype=np.int32) * 32
    return pa.StringArray.from_buffers(count, pa.py_buffer(offsets), pa.py_buffer(rng.bytes(16 * count).hex().encode()))


def _transitions(checks: tuple[Check, ...]) -> Iterator[dict[str, Any]]:
    step = DAYS * DAY / CHANGES
    for check in checks:
        for number in range(CHANGES):
            late = number % 2
            at = AT - DAYS * DAY + step * number + (timedelta(hours=2) if late else timedelta(0))
            yield {
                "id": f"{check.id}:{number + 1}",
                "check_id": check.id,
                "platform_id": check.platform_id,
                "from_state": None if number == 0 else "operational" if late else "late",
                "to_state": "late" if late else "operational",
                "at": at,
                "observed_at": at,
                "reason": "Data is 2 h 10 old",
                "evidence": None,
                "source": check.source,
                "check_version": 1,
            }


def _current(check: Check) -> dict[str, Any]:
    newest = Current(
        check_id=check.id,
        platform_id=check.platform_id,
        state=State.operational,
        since=AT - 3 * DAY,
        reason="Data is 10 min old",
        observed_at=AT,
        first_observed_at=AT - DAYS * DAY,
        source_event_at=AT - timedelta(minutes=10),
        recent=(State.operational,) * 3,
        previous_state=State.late,
        previous_since=AT - 6 * DAY,
        version=CHANGES,
    )
    return {**dict(newest), "updated_at": AT}


def _rollups(wanted: Estate) -> pa.Table:
    components = [("platform", p.id, p.id) for p in wanted.platforms] + [
        ("check", c.id, c.platform_id) for c in wanted.checks
    ]
    index = np.tile(np.arange(len(components)), DAYS)
    days = np.repeat(
        np.array([np.datetime64((AT - DAY * back).date(), "D") for back in reversed(range(DAYS))]), len(components)
    )
    late = np.random.default_rng(SEED).integers(0, 7_200_000, len(index))
    nothing = np.zeros(len(index), np.int64)
    names = ("component_type", "component_id", "platform_id")
    rest = ("degraded", "partial_outage", "major_outage", "maintenance", "unknown", "planned_outage")
    return pa.table(
        {
            **{name: _repeated([c[i] for c in components], index) for i, name in enumerate(names)},
            "week": pc.cast(pc.floor_temporal(pa.array(days), unit="week"), pa.date32()),
            "day": days,
            "operational_ms": 86_400_000 - late,
            "late_ms": late,
            **{f"{state}_ms": nothing for state in rest},
            "updated_at": pa.array([AT] * len(index), pa.timestamp("us", tz="UTC")),
        }
    )


def _runs() -> Iterator[dict[str, Any]]:
    for back in reversed(range(2 * DAY // EVERY)):
        at = AT - EVERY * back
        yield {
            "id": f"run:{back}",
            "source": "push",
            "day": at.date(),
            "started_at": at,
            "finished_at": at,
            "state": "succeeded",
            "rows": CHECKS,
            "error": None,
            "next_due_at": at + EVERY,
        }


if __name__ == "__main__":
    build(Path(sys.argv[1]), int(sys.argv[2]))
