"""The audit trail's words: a deed is what somebody does, an event is what the trail keeps of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from data.people.model import Actor

Fields = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Deed:
    action: str
    object_type: str
    object_id: str
    platform_id: str | None = None
    old: Fields | None = None
    """None: there was nothing before. May hold fields that stay the same; the trail leaves them out."""
    new: Fields | None = None
    reason: str | None = None
    id: str | None = None
    """Give one that a retry would give again, and the retry is not recorded twice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEvent:
    id: str
    at: datetime
    actor: str
    door: str
    action: str
    object_type: str
    object_id: str
    platform_id: str | None
    old: Fields | None
    """Only the fields that differ, as JSON values."""
    new: Fields | None
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailQuery:
    """None: any."""

    person: str | None = None
    """A part of the address."""
    object_type: str | None = None
    object_id: str | None = None
    platform_id: str | None = None
    since: datetime | None = None


def event_of(actor: Actor, deed: Deed, at: datetime) -> AuditEvent:
    """What the trail keeps of a deed. Its id: the deed's own, else one by chance."""
    old, new = difference(deed.old, deed.new)
    return AuditEvent(
        id=deed.id or str(uuid4()), at=at, actor=actor.email, door=actor.door, action=deed.action,
        object_type=deed.object_type, object_id=deed.object_id, platform_id=deed.platform_id, old=old, new=new,
        reason=deed.reason,
    )  # fmt: skip


def as_text(event: AuditEvent) -> str:
    return json.dumps({**asdict(event), "at": event.at.isoformat()}, ensure_ascii=False)


def from_text(text: str) -> AuditEvent:
    told = json.loads(text)
    return AuditEvent(**{**told, "at": datetime.fromisoformat(told["at"])})


def difference(old: Fields | None, new: Fields | None) -> tuple[Fields | None, Fields | None]:
    """Both sides reduced to the fields that differ, compared as the JSON that is stored. None stays None."""
    before, after = _plain(old), _plain(new)
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    return (
        None if old is None else {name: before.get(name) for name in names},
        None if new is None else {name: after.get(name) for name in names},
    )


def _plain(fields: Fields | None) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(json.dumps(dict(fields or {}), default=str))
    return plain
