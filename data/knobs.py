"""What admins turn without touching code: a row of `settings` each, as JSON, changed only if it is as it was read."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter, ValidationError

from data.audit.model import Deed, event_of
from data.audit.service import AuditService
from data.errors import Conflict, Refused
from data.people.model import Actor
from data.people.permissions import Permission, require
from data.statements import Row, Statements

log = logging.getLogger(__name__)
T = TypeVar("T")
REASON_MOST = 500
BESIDE = timedelta(minutes=2)
"""What is younger may still be being written."""
UNTOLD = "Found in the table; no reason was told."
FASTER = "Somebody was faster: this setting was changed meanwhile. What you typed stays here."
Check = Callable[[Any, Statements], Mapping[str, str]]


def nothing_wrong(_: Any, __: Statements) -> Mapping[str, str]:
    return {}


@dataclass(frozen=True, slots=True)
class Knob(Generic[T]):
    """`kind`: its pydantic type; `told`: a value as the trail tells it; `problems`: what the type cannot know."""

    key: str
    kind: Any
    default: T
    told: Callable[[T], Mapping[str, Any]]
    problems: Check = nothing_wrong
    permission: Permission = Permission.portal_setting_edit

    def parsed(self, text: str) -> T:
        value: T = TypeAdapter(self.kind).validate_json(text)
        return value

    def text(self, value: T) -> str:
        return TypeAdapter(self.kind).dump_json(value, warnings=False).decode()


@dataclass(frozen=True, slots=True)
class Turned(Generic[T]):
    """A knob as it stands."""

    knob: Knob[T]
    value: T
    stored: str | None = None
    """The text in the store, which a change compares with; None: nobody has ever turned it."""
    problem: str | None = None
    """Why what is stored cannot be read, so that the default counts."""
    at: datetime | None = None
    by: str | None = None


def read_knobs(statements: Statements, knobs: Sequence[Knob[Any]]) -> dict[str, Turned[Any]]:
    """By key, in one statement. What cannot be read counts as the default: a typing error stops nobody's work."""
    rows = statements.rows("schema/list_settings", keys=[knob.key for knob in knobs], limit=len(knobs))
    stored = {row["key"]: row for row in rows}
    return {knob.key: _turned(knob, stored.get(knob.key)) for knob in knobs}


def read_knob(statements: Statements, knob: Knob[T]) -> Turned[T]:
    return read_knobs(statements, [knob])[knob.key]


class KnobService:
    """`knobs`: all there are."""

    def __init__(
        self, statements: Statements, audit: AuditService, clock: Callable[[], datetime], knobs: Sequence[Knob[Any]]
    ) -> None:
        self._statements = statements
        self._audit = audit
        self._clock = clock
        self._knobs = knobs

    def read(self, actor: Actor, knob: Knob[T]) -> Turned[T]:
        require(actor, knob.permission)
        return read_knob(self._statements, knob)

    def turn(self, actor: Actor, seen: Turned[T], value: T, reason: str) -> Turned[T]:
        """`seen`: what the change was made from. Raises Refused (by field), Conflict when it is another by now."""
        knob, reason = seen.knob, " ".join(reason.split())
        require(actor, knob.permission)
        if not 0 < len(reason) <= REASON_MOST:
            raise Refused({"reason": f"Reason: please say why, in at most {REASON_MOST} characters."})
        text = _sound(knob, value)
        if problems := knob.problems(knob.parsed(text), self._statements):
            raise Refused(problems)
        if text == seen.stored:
            return seen
        self._write(actor, seen, text, at := self._clock())
        after = Turned(knob, knob.parsed(text), text, None, at, actor.email)
        self._audit.add([event_of(actor, _deed(after, seen, reason), at)])
        return after

    def repair(self) -> int:
        """Tells the trail of changes that it does not know: the process was killed, or somebody wrote by hand."""
        keys = {knob.key: knob for knob in self._knobs}
        before = self._clock() - BESIDE
        rows = self._statements.rows(
            "schema/list_unrecorded_settings", keys=list(keys), before=before, limit=len(keys)
        )  # fmt: skip
        found = [_turned(keys[row["key"]], row) for row in rows]
        self._audit.add(
            event_of(replace(Actor.job(), email=one.by or ""), _deed(one, None, UNTOLD), one.at)
            for one in found if one.at
        )  # fmt: skip
        return len(found)

    def _write(self, actor: Actor, seen: Turned[Any], text: str, at: datetime) -> None:
        fact: Row = {"key": seen.knob.key, "value": text, "at": at, "by": actor.email}
        if not self._statements.run("schema/set_unchanged_setting", was=seen.stored, **fact):
            raise Conflict(FASTER)


def _deed(after: Turned[T], before: Turned[T] | None, reason: str) -> Deed:
    old = _told(before) if before else None
    id_ = f"setting:{after.knob.key}:{after.at and after.at.isoformat()}"
    return Deed("setting:change", "setting", after.knob.key, None, old, _told(after), reason, id_)


def _told(turned: Turned[T]) -> Mapping[str, Any]:
    return {"value": turned.stored} if turned.problem else turned.knob.told(turned.value)


def _sound(knob: Knob[T], value: T) -> str:
    """As text that can be read again. Raises Refused."""
    try:
        text = knob.text(value)
        knob.parsed(text)
    except (ValidationError, ValueError) as error:
        raise Refused({"": f"This cannot be a setting: {_said(error)}."}) from error
    return text


def _turned(knob: Knob[T], row: Row | None) -> Turned[T]:
    if row is None:
        return Turned(knob, knob.default)
    known = (row["value"], None, row["updated_at"], row["updated_by"])
    try:
        return Turned(knob, knob.parsed(row["value"]), *known)
    except ValidationError as error:
        log.error("The setting %s cannot be read, so its default counts: %s", knob.key, _said(error))
        return Turned(knob, knob.default, row["value"], _said(error), row["updated_at"], row["updated_by"])


def _said(error: Exception) -> str:
    """The first thing that is wrong, with its place."""
    if not isinstance(error, ValidationError):
        return str(error)
    first = error.errors(include_url=False)[0]
    place = ".".join(map(str, first["loc"]))
    return f"{place}: {first['msg']}" if place else str(first["msg"])
