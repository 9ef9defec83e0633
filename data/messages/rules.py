"""What may be said, and when: the text, local times across clock changes, windows that overlap. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from data.errors import Invalid
from data.messages.model import QUESTIONS, Draft, Message, Place
from data.status import words
from data.tickets.answers import Refused, checked

LABELS = {"starts_at": "Start", "ends_at": "End"}


@dataclass(frozen=True, slots=True)
class Text:
    """A draft that was found good; `columns` are those of a message."""

    columns: Mapping[str, Any]
    remarks: tuple[str, ...] = ()
    """What the author should know, though nothing is wrong."""


def accepted(draft: Draft, places: Mapping[str, Place]) -> Text:
    """Raises Refused with all problems by field."""
    problems: dict[str, str] = {}
    try:
        good = checked(QUESTIONS, {question.name: getattr(draft, question.name) for question in QUESTIONS})
    except Refused as refused:
        good, problems = {}, dict(refused.at)
    times: dict[str, datetime | None] = {}
    for name in LABELS:
        try:
            times[name] = moment(getattr(draft, name), draft.zone, last=name == "ends_at")
        except Invalid as problem:
            problems[name] = f"{LABELS[name]}: {problem}"
    problems |= _window_problems(draft.kind, times) | _place_problems(draft.platform_ids, places)
    if problems:
        raise Refused(problems)
    columns = {
        "body": "", "pinned": False, "dismissible": False, **good, **times, "zone": draft.zone,
        "platform_ids": tuple(good.get("platform_ids") or ()),
    }  # fmt: skip
    return Text(columns, tuple(_doubts(draft)))


def _window_problems(kind: str, times: Mapping[str, datetime | None]) -> dict[str, str]:
    starts_at, ends_at = times.get("starts_at"), times.get("ends_at")
    if starts_at and ends_at and ends_at <= starts_at:
        return {"ends_at": "End: it has to lie after the start."}
    if kind != "maintenance":
        return {}
    return {
        name: f"{LABELS[name]}: maintenance has a start and an end."
        for name, at in times.items() if at is None
    }  # fmt: skip


def _place_problems(platform_ids: Collection[str], places: Mapping[str, Place]) -> dict[str, str]:
    unknown = [id_ for id_ in platform_ids if id_ not in places or places[id_].state != "active"]
    return {"platform_ids": f"Platforms: there is no platform named {', '.join(unknown)[:200]}."} if unknown else {}


def must_lie_ahead(ends_at: datetime | None, at: datetime) -> None:
    """What is published must have a time to be read. Raises Refused."""
    if ends_at is not None and ends_at <= at:
        raise Refused({"ends_at": "End: this is over already, so nobody would see it."})


def moment(local: datetime | None, zone: str, *, last: bool = False) -> datetime | None:
    """In UTC. An hour that comes twice is its first, or its `last`; raises Invalid for one that is skipped."""
    if local is None:
        return None
    if local.tzinfo is not None and not isinstance(local.tzinfo, ZoneInfo):
        return local.astimezone(UTC)
    here = zone_of(zone)
    naive = local.replace(tzinfo=None, fold=0)
    try:
        at = naive.replace(tzinfo=here, fold=int(last)).astimezone(UTC)
        back = at.astimezone(here)
    except OverflowError:
        raise Invalid("this is too far away.") from None
    if back.replace(tzinfo=None, fold=0) != naive:
        raise Invalid(
            f"{naive:%H:%M} does not exist on {naive:%a} {naive.day} {naive:%b} in {zone}, because the clocks go "
            "forward. Please choose an hour earlier or later."
        )
    return at


def zone_of(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Invalid(f"'{name[:40]}' is not a time zone.") from None


def _doubts(draft: Draft) -> Iterable[str]:
    """How an hour that comes twice was understood, in words."""
    for name, label in LABELS.items():
        local = getattr(draft, name)
        if local is None or (first := moment(local, draft.zone)) == (second := moment(local, draft.zone, last=True)):
            continue
        taken = (second if name == "ends_at" else first) or local
        which, here = "second" if name == "ends_at" else "first", taken.astimezone(zone_of(draft.zone))
        yield f"{label}: {here:%H:%M} comes twice that night; it is the {which}, {here:%H:%M %Z}."


def overlapping(text: Text, id_: str, others: Iterable[Message], places: Mapping[str, str]) -> tuple[str, ...]:
    """Maintenance of the same platform at the same time, of what the author may see: to be known, not refused."""
    new = text.columns
    if new["kind"] != "maintenance":
        return ()
    return tuple(
        f"“{other.title}” is planned, too: {_span(other, new['zone'])}{_where(other, new['platform_ids'], places)}."
        for other in others
        if other.kind == "maintenance" and other.id != id_ and _meet(other, new)
    )


def _meet(other: Message, new: Mapping[str, Any]) -> bool:
    if other.starts_at is None or other.ends_at is None:
        return False
    same_time = other.starts_at < new["ends_at"] and new["starts_at"] < other.ends_at
    shared = set(other.platform_ids) & set(new["platform_ids"])
    return same_time and (bool(shared) or not other.platform_ids or not new["platform_ids"])


def _span(other: Message, zone: str) -> str:
    assert other.starts_at is not None
    assert other.ends_at is not None
    return f"{words.stamp(other.starts_at, zone_of(zone))} to {words.stamp(other.ends_at, zone_of(zone))}"


def _where(other: Message, platform_ids: Collection[str], places: Mapping[str, str]) -> str:
    shared = [places[id_] for id_ in other.platform_ids if id_ in places and (id_ in platform_ids or not platform_ids)]
    return f" ({', '.join(shared)})" if shared else ""
