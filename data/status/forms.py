"""Platforms and checks as somebody types them into a form: each problem in words, at the field it is about."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, time
from functools import partial
from typing import Any, get_args
from urllib.parse import urlsplit

from pydantic import ValidationError

from data.errors import Invalid, Refused
from data.status.fields import WEEKDAYS
from data.status.limits import with_limits
from data.status.model import Calendar, Check, Deadline, Mode, Platform

Answers = Mapping[str, Any]
NEW = Platform.model_construct(id="", name="", kind="", version=0)
"""What the form of a new platform begins with."""
MOST_HOLIDAYS = 500
VISIBILITIES: tuple[str, ...] = get_args(Platform.model_fields["visibility"].annotation)


def typed_platform(before: Platform, answers: Answers) -> Platform:
    """What was not asked stays. Raises Refused."""
    return before.model_copy(update=_read(_PLATFORM, answers))


def typed_check(before: Check, answers: Answers) -> Check:
    """As `typed_platform`; `limits` are by name."""
    problems: dict[str, str] = {}
    found: dict[str, Any] = {}
    after = before
    try:
        found = _read(_CHECK, answers)
    except Refused as refused:
        problems |= refused.at
    try:
        after = with_limits(before, answers["limits"], answers["severity"], answers["every"])
    except Refused as refused:
        problems |= refused.at
    if problems:
        raise Refused(problems)
    if before.mode is not Mode.deadline:
        found.pop("deadline", None)
    return after.model_copy(update=found)


def holidays(text: str) -> tuple[date, ...]:
    """One date a line; sorted, each once. Raises Invalid naming the line."""
    found: set[date] = set()
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            found.add(_day(line.strip()))
        except ValueError:
            raise Invalid(
                f"Line {number}: '{line.strip()[:40]}' is not a date; write for example 2026-12-25."
            ) from None
    if len(found) > MOST_HOLIDAYS:
        raise Invalid(f"{len(found):,} days are too many; at most {MOST_HOLIDAYS} fit.")
    return tuple(sorted(found))


def slug(name: str) -> str:
    """The id that a name makes: 'Power BI Sales' is power-bi-sales. Empty for a name without letters or digits."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return "-".join(re.findall("[a-z0-9]+", plain))[:64].strip("-")


def _day(text: str) -> date:
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
        raise ValueError(text)
    return date.fromisoformat(text)


def _read(readers: Mapping[str, Callable[[Answers, str], Any]], answers: Answers) -> dict[str, Any]:
    found: dict[str, Any] = {}
    problems: dict[str, str] = {}
    for name, reader in readers.items():
        if name in answers:
            try:
                found[name] = reader(answers, name)
            except Refused as refused:
                problems |= refused.at
            except Invalid as problem:
                problems[name] = str(problem)
    if problems:
        raise Refused(problems)
    return found


def _line(answers: Answers, name: str, most: int, required: bool = False) -> str | None:
    """Without characters that cannot be seen, which could turn the text around."""
    seen = "".join(c for c in str(answers[name] or "") if c.isprintable() or c.isspace())
    text = " ".join(seen.split())
    if required and not text:
        raise Invalid("Please fill this in.")
    if len(text) > most:
        raise Invalid(f"{len(text):,} characters; at most {most} fit.")
    return text or None


def _one_of(answers: Answers, name: str, allowed: tuple[Any, ...]) -> Any:
    if answers[name] not in allowed:
        raise Invalid("Please choose one.")
    return answers[name]


def _number(answers: Answers, name: str, fits: Callable[[float], bool], otherwise: str) -> Any:
    given = answers[name]
    if isinstance(given, bool) or not isinstance(given, int | float) or not fits(given):
        raise Invalid(otherwise)
    return given


def _link(answers: Answers, name: str) -> str | None:
    text = _line(answers, name, 500)
    try:
        host = urlsplit(text or "").hostname
    except ValueError:
        host = None
    if text and not (re.match("https?://", text) and host and " " not in text):
        raise Invalid("Please paste an address that starts with https://.")
    return text


def _calendar(answers: Answers, name: str) -> Calendar | None:
    """Of `weekdays` and `holidays`, each with its own problem."""
    given = answers[name]
    if given is None:
        return None
    problems: dict[str, str] = {}
    days = tuple(day for day in WEEKDAYS if day in given["weekdays"])
    free: tuple[date, ...] = ()
    if not days:
        problems["weekdays"] = "Please choose at least one day."
    try:
        free = holidays(given["holidays"])
    except Invalid as problem:
        problems["holidays"] = str(problem)
    if problems:
        raise Refused(problems)
    return Calendar(weekdays=days, holidays=free)


def _deadline(answers: Answers, name: str) -> Deadline | None:
    given = answers[name]
    if given is None:
        return None
    if not isinstance(given["by"], time):
        raise Refused({"by": "Please say by when."})
    opens = given["opens"] or time(0)
    if opens == given["by"]:
        raise Refused(
            {"opens": "Nothing could arrive in between: please choose another time than that of the deadline."}
        )
    try:
        return Deadline(by=given["by"], opens=opens, timezone=str(given["timezone"] or ""))
    except ValidationError:
        raise Refused({"timezone": "Please choose a time zone, for example Europe/Berlin."}) from None


_PLATFORM: Mapping[str, Callable[[Answers, str], Any]] = {
    "name": partial(_line, most=80, required=True),
    "kind": partial(_line, most=40, required=True),
    "owner": partial(_line, most=120),
    "contact": partial(_line, most=200),
    "criticality": partial(_one_of, allowed=(1, 2, 3)),
    "visibility": partial(_one_of, allowed=VISIBILITIES),
    "depends_on": lambda answers, name: tuple(dict.fromkeys(answers[name])),
    "slo": partial(
        _number, fits=lambda n: 0 < n < 100, otherwise="Please choose a percentage above 0 and below 100, such as 99.5."
    ),
    "position": partial(
        _number, fits=lambda n: 0 <= n <= 9999 and n == int(n), otherwise="Please choose a whole number from 0 to 9999."
    ),
    "calendar": _calendar,
}
_CHECK: Mapping[str, Callable[[Answers, str], Any]] = {
    "owner": partial(_line, most=120),
    "runbook": _link,
    "state": partial(_one_of, allowed=("active", "disabled")),
    "calendar": _calendar,
    "deadline": _deadline,
}
