"""The ninety days before the anchor, judged and confirmed by the portal's own rules, as rows of its tables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from operator import attrgetter

from data.statements import Row
from data.status.flapping import confirm
from data.status.model import Check, Current, IngestionRun, Reading, State, Transition, Verdict
from data.status.rows import result_row, run_row
from data.status.verdicts import judge, measured
from jobs.demo.scene import D, M, announcements, windows
from jobs.demo.story import HISTORY_DAYS, Story

SOURCE = "demo"
ALWAYS = HISTORY_DAYS * D
RUNS_KEPT = 2 * D
RUN_EVERY = 5 * M


@dataclass(frozen=True)
class Past:
    results: list[Row] = field(default_factory=list)
    transitions: dict[str, list[Transition]] = field(default_factory=dict)
    currents: dict[str, Current] = field(default_factory=dict)


def past(story: Story, checks: Iterable[Check]) -> Past:
    found = Past()
    for check in sorted(checks, key=attrgetter("id")):
        _watch(story, check, found)
    return found


def _watch(story: Story, check: Check, found: Past) -> None:
    moments = story.moments(check)
    current: Current | None = None
    passed: tuple[Verdict, Reading] | None = None
    transitions = found.transitions.setdefault(check.id, [])
    for at in moments:
        reading = story.reading(check, at)
        verdict = judge(check, reading, at)
        id_ = f"{check.id}:{int(at.timestamp())}"
        found.results.append(result_row(id_, check, reading, verdict, measured(check, reading, at), SOURCE))
        if at != moments[-1] and _settled(current, verdict):
            passed = verdict, reading
            continue
        for judged, seen in filter(None, (passed, (verdict, reading))):
            step = confirm(current, check, judged, seen, seen.observed_at, stale_after=ALWAYS)
            current = found.currents[check.id] = step.current
            transitions.extend(step.transitions)
        passed = None


def _settled(current: Current | None, verdict: Verdict) -> bool:
    """More of the same moves nothing, so only the last of it, before something else comes, is confirmed."""
    return current is not None and {current.state, *current.recent} == {verdict.state}


def transitions(told: Past) -> list[Row]:
    return [dict(transition) for changes in told.transitions.values() for transition in changes]


def currents(told: Past, anchor: datetime) -> list[Row]:
    return [{**dict(current), "updated_at": anchor} for current in told.currents.values()]


def messages(anchor: datetime) -> list[Row]:
    """Maintenance of every platform that has some, and what the teams told beside it."""
    planned = [
        {"kind": "maintenance", "title": window.title, "body": "Example data.", "platform_ids": [window.platform_id],
         "starts_at": window.starts_at, "ends_at": window.ends_at}
        for window in windows(anchor)
    ]  # fmt: skip
    return [_message(number, told) for number, told in enumerate([*planned, *announcements(anchor)])]


def _message(number: int, told: Row) -> Row:
    written_at = told["starts_at"] - (7 * D if told["kind"] == "maintenance" else 0 * D)
    places = told["platform_ids"]
    return {
        "id": f"demo-{number}", "platform_id": places[0] if len(places) == 1 else None, "severity": "info", **told,
        "zone": "Europe/Berlin", "pinned": False, "dismissible": True, "revision": 1, "version": 1,
        "state": "published", "created_at": written_at, "created_by": "charlie@example.org", "updated_at": written_at,
        "updated_by": "charlie@example.org",
    }  # fmt: skip


def runs(results: Iterable[Row], anchor: datetime) -> Iterator[Row]:
    """The runs of the source that brought the newest results."""
    rounds: dict[int, list[Row]] = defaultdict(list)
    for row in results:
        if anchor - row["observed_at"] < RUNS_KEPT:
            rounds[(anchor - row["observed_at"]) // RUN_EVERY].append(row)
    return (_run(anchor - RUN_EVERY * back, rows) for back, rows in sorted(rounds.items(), reverse=True))


def _run(at: datetime, rows: Sequence[Row]) -> Row:
    unseen = [row for row in rows if row["state"] == State.unknown]
    run = IngestionRun(
        id=f"demo:{int(at.timestamp())}",
        source=SOURCE,
        started_at=at - timedelta(seconds=1),
        finished_at=at,
        state="partial" if unseen else "succeeded",
        rows=len(rows),
        error=f"{len(unseen)} of {len(rows)} checks could not be looked at" if unseen else None,
        next_due_at=at + RUN_EVERY,
    )
    return run_row(run)
