"""What a page says about itself above its text, between two lines of dashes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import yaml

from data.people.model import Role

HEAD = re.compile(r"\A\ufeff?---[ \t]*\r?\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE)
MOST = 20_000
"""Characters of a head."""
WORDS_MOST = 200
LIST_MOST = 50
ROLES = ", ".join(Role.__members__)
NONE: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    title: str | None = None
    owner: str | None = None
    review_by: date | None = None
    role: Role | None = None
    platforms: tuple[str, ...] = ()
    assets: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


def split(text: str, defaults: Mapping[str, Any] = NONE) -> tuple[Head, str]:
    """The head and the text below it. What cannot be read in a head that limits its readers is for admins only."""
    found = HEAD.match(text)
    if not found:
        return read(defaults), text.removeprefix("\ufeff")
    given, problem = load(found[1])
    told = read({**defaults, **given}) if not problem else read(defaults)
    if problem:
        role = Role.admin if re.search(r"^\s*roles?\b", found[1], re.MULTILINE) else told.role
        told = Head(role=role, problems=(problem,))
    return told, text[found.end() :]


def load(text: str) -> tuple[Mapping[str, Any], str]:
    """Keys in lower case, and what is wrong with it."""
    if len(text) > MOST:
        return {}, f"The front matter is longer than {MOST:,} characters."
    try:
        told = yaml.safe_load(text) if text.strip() else {}
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        where = getattr(error, "problem_mark", None)
        return {}, f"The front matter is no YAML{f' (line {where.line + 2})' if where else ''}."
    if not isinstance(told, dict):
        return {}, "The front matter has no keys."
    return {str(key).lower().replace("-", "_"): value for key, value in told.items()}, ""


def read(given: Mapping[str, Any]) -> Head:
    problems: list[str] = []
    return Head(
        title=_word(given, "title", problems), owner=_word(given, "owner", problems),
        review_by=_day(given, problems), role=_role(given, problems),
        platforms=_names(given, "platforms", "platform"), assets=_names(given, "assets", "asset"),
        tags=_names(given, "tags", "tag"), problems=tuple(problems),
    )  # fmt: skip


def _word(given: Mapping[str, Any], name: str, problems: list[str]) -> str | None:
    value = given.get(name)
    if value is None or isinstance(value, (dict, list)):
        if value is not None:
            problems.append(f"'{name}' is one line of text.")
        return None
    return " ".join(str(value).split())[:WORDS_MOST] or None


def _names(given: Mapping[str, Any], *names: str) -> tuple[str, ...]:
    """A list, or one text with commas."""
    value = next((given[name] for name in names if given.get(name) is not None), ())
    listed = value.split(",") if isinstance(value, str) else value if isinstance(value, list) else [value]
    words = (" ".join(str(one).split())[:WORDS_MOST] for one in listed[:LIST_MOST] if not isinstance(one, (dict, list)))
    return tuple(dict.fromkeys(filter(None, words))) if value != () else ()


def _day(given: Mapping[str, Any], problems: list[str]) -> date | None:
    value = given.get("review_by")
    if isinstance(value, datetime):
        return value.date()
    if value is None or isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value).strip())
    except ValueError:
        problems.append("'review_by' is a day such as 2027-02-01.")
        return None


def _role(given: Mapping[str, Any], problems: list[str]) -> Role | None:
    """The least of those named. One that does not exist leaves the page to admins: nobody reads more than was meant."""
    if given.get("role") is None and given.get("roles") is None:
        return None
    named = [name.lower().replace(" ", "_") for name in _names(given, "roles", "role")]
    known = [Role[name] for name in named if name in Role.__members__]
    if not named or len(known) < len(named):
        problems.append(f"'role' names one that does not exist; the roles are {ROLES}.")
    return min(known, default=Role.admin)
