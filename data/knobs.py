"""What admins turn without touching code: a row of `settings` each, as JSON, changed only if it is as it was read."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter, ValidationError

from data.audit.service import AuditService
from data.errors import Conflict, Invalid, Refused
from data.people.model import Actor
from data.people.permissions import Permission, require
from data.statements import Row, Statements

log = logging.getLogger(__name__)
T = TypeVar("T")
REASON_MOST = 500
FASTER = "Somebody was faster: this setting was changed meanwhile. What you typed stays here."
Check = Callable[[Any, Statements], Mapping[str, str]]


def nothing_wrong(_: Any, __: Statements) -> Mapping[str, str]:
    return {}


@dataclass(frozen=True, slots=True)
class Knob(Generic[T]):
    """`kind`: its pydantic type; `problems`: what is wrong with a value that the type cannot know, by field."""

    key: str
    kind: Any
    default: T
    problems: Check = nothing_wrong
    permission: Permission = Permission.portal_setting_edit

    def parsed(self, text: str) -> T:
        value: T = TypeAdapter(self.kind).validate_json(text)
        return value

    def text(self, value: T) -> str:
        return TypeAdapter(self.kind).dump_json(value, warnings=False).decode()

    def facts(self, value: T) -> dict[str, Any]:
        """For the trail: plain JSON, one level deep, such as `targets.2.resolution`."""
        return dict(_flat("", json.loads(self.text(value)))) or {"value": json.loads(self.text(value))}


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
    def __init__(self, statements: Statements, audit: AuditService, clock: Callable[[], datetime]) -> None:
        self._statements = statements
        self._audit = audit
        self._clock = clock

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
        old = {"value": seen.stored} if seen.problem else knob.facts(seen.value)
        self._audit.record(actor, "setting:change", "setting", knob.key, old=old, new=knob.facts(value), reason=reason)
        return after

    def _write(self, actor: Actor, seen: Turned[Any], text: str, at: datetime) -> None:
        fact: Row = {"key": seen.knob.key, "value": text, "at": at, "by": actor.email}
        if not self._statements.run("schema/set_unchanged_setting", was=seen.stored, **fact):
            raise Conflict(FASTER)


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


def _flat(path: str, value: Any) -> list[tuple[str, Any]]:
    if isinstance(value, list) and value and all(isinstance(one, dict) for one in value):
        value = {str(number): one for number, one in enumerate(value, 1)}
    if not isinstance(value, dict):
        return [(path or "value", value)]
    return [pair for name, one in value.items() for pair in _flat(f"{path}.{name}".strip("."), one)]


def refused(error: ValidationError, field: str) -> Invalid:
    """What pydantic says, at the field that it was typed into."""
    return Refused({field: _said(error).removeprefix("Value error, ")})
