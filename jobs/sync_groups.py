"""Reads from the directory who is in the groups that grants and platforms name, and replaces the snapshot as a whole.

Whatever cannot be read leaves the snapshot as it was, with its old time: after `group_snapshot_max_age` it grants no
more than contributor. A group that the directory does not have has no members; if it has none of the groups at all, it
is rather the portal that does not see them.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from data.errors import Conflict, Unavailable
from data.portal import Portal
from data.status import words
from data.status.model import IngestionRun
from jobs.groups import graph, scim
from jobs.groups.answer import Answer
from jobs.microsoft import Throttled
from jobs.sources.base import in_words
from jobs.workspace import NOT_BEFORE

NAME = "sync_groups"
EVERY = timedelta(minutes=30)
Read = Callable[[Portal, Sequence[str], Mapping[str, Any]], Answer]
DIRECTORIES: Mapping[str, Read] = {"databricks": scim.read, "graph": graph.read}


def sync_groups(portal: Portal) -> list[str]:
    """Raises what kept it from reading, after it was written to the runs."""
    chosen = portal.settings.groups_from
    if chosen == "none":
        return ["No directory is chosen, so nobody gets rights through groups. PORTAL_GROUPS_FROM names one."]
    at = portal.clock()
    try:
        answer, rows = _renew(portal, DIRECTORIES[chosen], at)
    except Exception as error:
        portal.status.log_run(_run(portal, at, "failed", 0, in_words(error)))
        raise
    groups, wrong = len(answer.members) + len(answer.unchanged), len(answer.problems)
    told = f"{wrong} of the groups that the portal names cannot be used as they are" if wrong else None
    portal.status.log_run(_run(portal, at, "partial" if wrong else "succeeded", rows, told))
    problems = [f"The group '{name}' {problem}." for name, problem in sorted(answer.problems.items())]
    return [f"{rows} members in {groups} groups, {len(answer.members)} of them read anew.", *problems]


def _renew(portal: Portal, read: Read, at: datetime) -> tuple[Answer, int]:
    memory = portal.status.checkpoint(NAME)
    answer = _read(portal, read, memory, at)
    stored = portal.people.members() if answer.unchanged else {}
    members = {name: stored.get(name, frozenset()) for name in answer.unchanged} | dict(answer.members)
    if portal.status.checkpoint(NAME) != memory:
        raise Conflict("Another run renewed the groups at the same time; its snapshot stays.")
    rows = portal.people.replace_members(members, at)
    portal.status.save_checkpoint(NAME, {**answer.memory, "synced_at": at.isoformat()})
    return answer, rows


def _read(portal: Portal, read: Read, memory: Mapping[str, Any], at: datetime) -> Answer:
    names = portal.people.named_groups()
    if not names:
        return Answer({})
    _keep_waiting(portal, memory, at)
    try:
        answer = read(portal, names, memory)
    except Throttled as told:
        portal.status.save_checkpoint(NAME, {**memory, NOT_BEFORE: told.until.isoformat()})
        raise
    if not answer.members and not answer.unchanged:
        raise Unavailable(
            f"The directory shows the portal none of the {len(names)} groups that it names, so the old list stays: "
            "check their names, and the rights of the portal's service principal"
        )
    return answer


def _keep_waiting(portal: Portal, memory: Mapping[str, Any], at: datetime) -> None:
    told = memory.get(NOT_BEFORE)
    if told and at < (until := datetime.fromisoformat(told)):
        zone = ZoneInfo(portal.settings.timezone)
        raise Unavailable(f"The directory asks to wait until {words.clock(until, zone, at)}")


def _run(portal: Portal, at: datetime, state: Any, rows: int, error: str | None) -> IngestionRun:
    return IngestionRun(
        id=uuid.uuid4().hex,
        source=NAME,
        started_at=at,
        finished_at=portal.clock(),
        state=state,
        rows=rows,
        error=error,
        next_due_at=at + EVERY,
    )
