"""What a file would change in what is stored: shown before it is done, and nothing the second time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from graphlib import CycleError, TopologicalSorter
from typing import Any, Literal, TypeVar

from data.errors import Invalid
from data.status.estate.entries import Estate, check_row, platform_row
from data.status.estate.wording import differences
from data.status.model import Check, Platform

E = TypeVar("E", Platform, Check)
Kind = Literal["add", "change", "retire"]
_SIGNS: dict[Kind, str] = {"add": "+", "change": "~", "retire": "-"}


@dataclass(frozen=True, slots=True)
class Change:
    """`after` carries the version to write; it may be written only on top of `before`."""

    kind: Kind
    before: Platform | Check | None
    after: Platform | Check

    @property
    def thing(self) -> Literal["platform", "check"]:
        return "platform" if isinstance(self.after, Platform) else "check"

    @property
    def line(self) -> str:
        head = f"{_SIGNS[self.kind]} {self.thing} {self.after.id}:"
        if self.before is None:
            return f"{head} {self.after.name}"
        changed = ", ".join(f"{d.field} {d.old} -> {d.new}" for d in differences(self.before, self.after))
        return f"{head} {changed} (version {self.before.version} -> {self.after.version})"


@dataclass(frozen=True, slots=True)
class Plan:
    """Changes in an order in which no check is ever without its platform. Empty: the store is as the file says."""

    changes: tuple[Change, ...]
    unchanged: int
    prune: bool

    def __bool__(self) -> bool:
        return bool(self.changes)

    def lines(self) -> list[str]:
        lines = [change.line for change in self.changes]
        count = Counter(change.kind for change in self.changes)
        if self.prune and count["retire"]:
            lines.append("Everything the file does not mention is retired; its history stays.")
        told = ", ".join(f"{count[kind]} to {kind}" for kind in _SIGNS)
        return [*lines, f"{told}, {self.unchanged} unchanged."]


def plan(existing: Estate, wanted: Estate, prune: bool = False) -> Plan:
    """`existing` holds the retired entries too. Raises Invalid when the outcome would not hang together."""
    changes = [*_wanted(existing.platforms, wanted.platforms), *_wanted(existing.checks, wanted.checks)]
    unchanged = len(wanted.platforms) + len(wanted.checks) - len(changes)
    if prune:
        changes += [*_unmentioned(existing.checks, wanted.checks), *_unmentioned(existing.platforms, wanted.platforms)]
    if problems := _problems(_outcome(existing, changes)):
        raise Invalid("This cannot be applied:", tuple(problems))
    return Plan(tuple(changes), unchanged, prune)


def _wanted(existing: Iterable[E], wanted: Iterable[E]) -> Iterator[Change]:
    stored = {entry.id: entry for entry in existing}
    for entry in wanted:
        before = stored.get(entry.id)
        if before is None:
            yield Change("add", None, _with(entry, version=1))
            continue
        after = _with(entry, version=before.version + 1)
        if _content(before) != _content(after):
            yield Change("retire" if after.state == "retired" else "change", before, after)


def _unmentioned(existing: Iterable[E], wanted: Iterable[E]) -> Iterator[Change]:
    mentioned = {entry.id for entry in wanted}
    for entry in existing:
        if entry.id not in mentioned and entry.state != "retired":
            yield Change("retire", entry, _with(entry, state="retired", version=entry.version + 1))


def _with(entry: E, **fields: Any) -> E:
    return entry.model_copy(update=fields)


def _content(entry: Platform | Check) -> dict[str, Any]:
    """As it would be stored, but for the version."""
    row = platform_row(entry) if isinstance(entry, Platform) else check_row(entry)
    return {**row, "version": None}


def _outcome(existing: Estate, changes: Iterable[Change]) -> Estate:
    platforms = {entry.id: entry for entry in existing.platforms}
    checks = {entry.id: entry for entry in existing.checks}
    for after in (change.after for change in changes):
        if isinstance(after, Platform):
            platforms[after.id] = after
        else:
            checks[after.id] = after
    return Estate.model_construct(platforms=tuple(platforms.values()), checks=tuple(checks.values()))


def _problems(outcome: Estate) -> list[str]:
    states = {platform.id: platform.state for platform in outcome.platforms}
    active = [platform for platform in outcome.platforms if platform.state == "active"]
    problems = [
        f"check {check.id}: platform: {_absence(check.platform_id, states)}"
        for check in outcome.checks
        if check.state != "retired" and states.get(check.platform_id) != "active"
    ]
    problems += [
        f"platform {platform.id}: depends_on: {_absence(other, states)}"
        for platform in active
        for other in platform.depends_on
        if states.get(other) != "active"
    ]
    try:
        TopologicalSorter({platform.id: platform.depends_on for platform in active}).prepare()
    except CycleError as error:
        problems.append(f"platforms depend on each other in a circle: {' -> '.join(reversed(error.args[1]))}")
    return problems


def _absence(id_: str, states: dict[str, Literal["active", "retired"]]) -> str:
    if states.get(id_) == "retired":
        return f"{id_} is retired, or would be"
    close = get_close_matches(id_, [known for known, state in states.items() if state == "active"], n=1)
    return f"there is no platform {id_}{f'; did you mean {close[0]}?' if close else ''}"
