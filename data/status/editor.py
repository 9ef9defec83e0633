"""What is watched, and who changes it: a file at a time, or one platform or check by its form. Each change is told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from graphlib import CycleError, TopologicalSorter
from typing import Literal, TypeVar

from pydantic import ValidationError

from data.audit.model import Deed
from data.audit.service import AuditService
from data.errors import Conflict, Invalid, NotFound, Refused
from data.people.model import Actor
from data.people.permissions import Permission, require
from data.statements import Row, Statements
from data.status.estate import (
    Change,
    Estate,
    Plan,
    check_from_row,
    check_row,
    plan,
    platform_from_row,
    platform_row,
    write_estate,
)  # fmt: skip
from data.status.forms import slug
from data.status.model import Check, Platform

MANY = 1_000_000
MOST_REASON = 500
E = TypeVar("E", Platform, Check)
ADMIT = Permission.status_platform_admit


@dataclass(frozen=True, slots=True)
class _Place:
    """What decides who sees the platform of a check."""

    id: str
    visibility: str


class Editor:
    def __init__(
        self,
        statements: Statements,
        audit: AuditService,
        clock: Callable[[], datetime],
        switch_off: Callable[[Iterable[Check]], Callable[[], None]],
    ) -> None:
        """`switch_off` looks at checks before they are off, and gives back what is to be done afterwards."""
        self._statements = statements
        self._audit = audit
        self._clock = clock
        self._switch_off = switch_off

    # a file at a time

    def estate(self) -> Estate:
        """Every platform and check, the retired ones too."""
        checks = self._statements.rows("status/list_checks", limit=MANY)
        return Estate(platforms=self._platforms(), checks=tuple(check_from_row(row) for row in checks))

    def export(self, actor: Actor) -> str:
        """As the file that `apply` reads."""
        require(actor, Permission.status_estate_apply)
        return write_estate(self.estate())

    def plan(self, actor: Actor, wanted: Estate, prune: bool = False) -> Plan:
        """What a file would change. Raises Invalid when the outcome would not hang together."""
        require(actor, Permission.status_estate_apply)
        return plan(self.estate(), wanted, prune)

    def apply(self, plan: Plan, actor: Actor, reason: str | None = None) -> int:
        """Write the plan; the number of entries changed. Raises Conflict when one was changed since it was planned."""
        require(actor, Permission.status_estate_apply)
        return self._write(actor, plan.changes, reason)

    # one at a time

    def edit(self, actor: Actor, after: E, reason: str) -> E:
        """From the version that `after` holds. Raises Conflict when somebody was faster, Refused by field."""
        before, place = self._found(actor, after)
        edits = Permission.status_platform_edit if isinstance(after, Platform) else Permission.status_check_edit
        require(actor, edits, place.id)
        said = _said(reason)
        if before.version != after.version:
            raise Conflict(f"Somebody was faster: {before.name} is at version {before.version} now.")
        wanted = _sound(after.model_copy(update={"version": before.version + 1} | _kept(before)))
        if isinstance(wanted, Platform) and isinstance(before, Platform):
            self._fits(actor, before, wanted)
        self._write(actor, (Change("change", before, wanted),), said)
        return wanted

    def add(self, actor: Actor, wanted: Platform, reason: str) -> Platform:
        """Its id is made of its name. Raises Refused when there is, or was, one with this id."""
        require(actor, ADMIT)
        said = _said(reason)
        after: Platform = wanted.model_copy(update={"id": slug(wanted.name), "state": "active", "version": 1})
        if not after.id:
            raise Refused({"name": "Please use at least one letter or digit (a to z): its address is made of them."})
        if any(platform.id == after.id for platform in self._platforms()):
            raise Refused({"name": f"{after.id} is taken, perhaps by a retired platform. Please choose another name."})
        self._fits(actor, after, _sound(after))
        self._write(actor, (Change("add", None, after),), said)
        return after

    def retire(self, actor: Actor, id_: str, version: int, reason: str) -> None:
        """With its checks; tickets and history stay. Raises Invalid while others depend on it."""
        require(actor, ADMIT)
        stored = self.estate()
        before = _at(stored.platforms, id_, version, "active")
        needed = [p.name for p in stored.platforms if p.state == "active" and id_ in p.depends_on]
        if needed:
            raise Invalid(f"{', '.join(needed)} would depend on nothing. Please change that first.")
        checks = [check for check in stored.checks if check.platform_id == id_ and check.state != "retired"]
        changes = [Change("retire", check, _turned(check, "retired")) for check in checks]
        self._write(actor, [*changes, Change("retire", before, _turned(before, "retired"))], _said(reason))

    def restore(self, actor: Actor, id_: str, version: int, reason: str) -> None:
        """With the checks that were retired with it, and those it depends on that are still there."""
        require(actor, ADMIT)
        platforms = self._platforms()
        before = _at(platforms, id_, version, "retired")
        there = {platform.id for platform in platforms if platform.state == "active"}
        needs = tuple(other for other in before.depends_on if other in there)
        rows = self._statements.rows("status/list_retired_checks", platform_id=id_, limit=MANY)
        checks = [check_from_row(row) for row in rows]
        back = _turned(before, "active").model_copy(update={"depends_on": needs})
        changes = [Change("change", check, _turned(check, "active")) for check in checks]
        self._write(actor, [Change("change", before, back), *changes], _said(reason))

    def retired(self, actor: Actor) -> tuple[Platform, ...]:
        require(actor, ADMIT)
        return tuple(platform for platform in self._platforms() if platform.state == "retired")

    # how

    def _platforms(self) -> tuple[Platform, ...]:
        return tuple(map(platform_from_row, self._statements.rows("status/list_platforms", limit=MANY)))

    def _found(self, actor: Actor, after: E) -> tuple[E, _Place]:
        """As it is stored. Raises NotFound for what the actor may not know of."""
        before: E | None
        if isinstance(after, Platform):
            before = next((platform for platform in self._platforms() if platform.id == after.id), None)
            place = _Place(after.id, before.visibility) if before else None
        else:
            row = self._statements.one("status/find_check", id=after.id)
            before = check_from_row(row) if row else None
            place = _Place(row["platform_id"], row["visibility"]) if row else None
        if before is None or place is None or before.state == "retired" or not actor.sees(place):
            kind = "platform" if isinstance(after, Platform) else "check"
            raise NotFound(f"There is no {kind} named {after.id}.")
        return before, place

    def _fits(self, actor: Actor, before: Platform, after: Platform) -> None:
        """Who sees it is for admins; what it depends on exists, is seen by the actor, and does not lead back to it."""
        if before.visibility != after.visibility:
            require(actor, ADMIT)
        active = {platform.id: platform for platform in self._platforms() if platform.state == "active"}
        for other in after.depends_on:
            if other not in active or not (other in before.depends_on or actor.sees(active[other])):
                raise Refused({"depends_on": f"There is no platform {other}."})
        try:
            TopologicalSorter({id_: p.depends_on for id_, p in (active | {after.id: after}).items()}).prepare()
        except CycleError:
            raise Refused(
                {"depends_on": "This leads back to the platform itself: one of them depends on it."}
            ) from None

    def _write(self, actor: Actor, changes: Iterable[Change], reason: str | None) -> int:
        """Checks that go before their platform goes, those that come after it has come, all at one moment."""
        changes, at = tuple(changes), self._clock()
        steps: Mapping[str, list[Change]] = {"going": [], "platform": [], "check": []}
        for change in changes:
            going = change.thing == "check" and change.kind == "retire"
            steps["going" if going else change.thing].append(change)
        off = self._switch_off([c.after for c in changes if isinstance(c.after, Check) and c.after.state != "active"])
        for kind, those in steps.items():
            rows = [_row(change.after) for change in those]
            file = "status/set_platforms" if kind == "platform" else "status/set_checks"
            if rows and self._statements.run(file, rows, at=at, by=actor.email) != len(rows):
                raise Conflict("Somebody was faster: this was changed since you looked. Please look again.")
            self._audit.record_all(
                actor, [replace(_deed(change, _row(change.after)), reason=reason) for change in those]
            )
        off()
        return len(changes)


def _kept(before: Platform | Check) -> Row:
    """What no form changes: where a check belongs, and whether a platform is there."""
    return {"platform_id": before.platform_id} if isinstance(before, Check) else {"state": before.state}


def _said(reason: str) -> str:
    said = " ".join(reason.split())
    if not said:
        raise Refused({"reason": "Please say why: whoever looks after it reads this in its history."})
    if len(said) > MOST_REASON:
        raise Refused({"reason": f"{len(said):,} characters; at most {MOST_REASON} fit."})
    return said


def _sound(entry: E) -> E:
    """Raises Refused for what no platform or check may be, whichever form it came from."""
    try:
        return type(entry).model_validate(entry.model_dump()).model_copy(update=_lent(entry))
    except ValidationError as error:
        raise Refused({str(e["loc"][0] if e["loc"] else e["type"]): e["msg"] for e in error.errors()}) from error


def _lent(entry: Platform | Check) -> Row:
    return {"platform_calendar": entry.platform_calendar} if isinstance(entry, Check) else {}


def _at(platforms: Iterable[Platform], id_: str, version: int, state: Literal["active", "retired"]) -> Platform:
    found = next((platform for platform in platforms if platform.id == id_), None)
    if found is None:
        raise NotFound(f"There is no platform named {id_}.")
    if (found.version, found.state) != (version, state):
        raise Conflict(f"Somebody was faster: {found.name} is at version {found.version} now.")
    return found


def _turned(entry: E, state: str) -> E:
    return entry.model_copy(update={"state": state, "version": entry.version + 1})


def _row(entry: Platform | Check) -> Row:
    return platform_row(entry) if isinstance(entry, Platform) else check_row(entry)


def _deed(change: Change, row: Row) -> Deed:
    return Deed(
        f"status:{change.thing}:{change.kind}", change.thing, change.after.id,
        platform_id=row.get("platform_id", change.after.id), old=_row(change.before) if change.before else None,
        new=row,
    )  # fmt: skip
