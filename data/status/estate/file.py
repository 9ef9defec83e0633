"""Reads a file of platforms and checks (YAML) and says in plain words what is wrong with it, entry by entry."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any, TypeVar

import yaml
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from data.errors import Invalid
from data.status.estate.entries import Estate
from data.status.model import Calendar, Check, Deadline, Platform, Thresholds

Entry = Mapping[str, Any]
M = TypeVar("M", Platform, Check)

_SECTIONS = ("platforms", "checks")
_LIMITS = tuple(Thresholds.model_fields)
_PLATFORM_KEYS = tuple(name for name in Platform.model_fields if name != "version")
_CHECK_KEYS = (
    *(
        "platform" if name == "platform_id" else name
        for name in Check.model_fields
        if name not in {"version", "thresholds", "platform_calendar"}
    ),
    *_LIMITS,
)
_KEYS_INSIDE = {"deadline": tuple(Deadline.model_fields), "calendar": tuple(Calendar.model_fields)}

_DURATION = "is not a duration; write for example 90s, 5m, 2h or 1h30m"
_WORDS = {
    "missing": "is missing",
    "string_type": "must be text; put it in quotes",
    "string_too_short": "must not be empty",
    "string_too_long": "must be at most {max_length} characters long",
    "string_pattern_mismatch": "{input!r} may hold only lower-case letters, digits, - and _, at most 64 of them",
    "greater_than": "must be more than {gt:g}",
    "greater_than_equal": "must be at least {ge}",
    "less_than": "must be less than {lt:g}",
    "less_than_equal": "must be at most {le}",
    "int_type": "{input!r} is not a whole number",
    "int_parsing": "{input!r} is not a whole number",
    "int_from_float": "{input!r} is not a whole number",
    "float_type": "{input!r} is not a number",
    "float_parsing": "{input!r} is not a number",
    "finite_number": "{input!r} is not a number",
    "time_delta_type": f"{{input!r}} {_DURATION}",
    "time_delta_parsing": f"{{input!r}} {_DURATION}",
    "time_parsing": '{input!r} is not a time of day; write for example "07:00"',
    "date_type": "{input!r} is not a date; write for example 2026-12-25",
    "date_from_datetime_parsing": "{input!r} is not a date; write for example 2026-12-25",
    "date_from_datetime_inexact": "{input!r} is not a date; write for example 2026-12-25",
    "tuple_type": "must be a list, in [square brackets]",
    "dict_type": "must be keys with values, in {{braces}}",
    "model_type": "must be keys with values, in {{braces}}",
    "value_error": "{error}",
}


class _Loader(yaml.BaseLoader):
    """YAML whose plain words mean what they mean in JSON: `10:30` is no number, `no` no falsehood, a date is text."""

    def construct_scalar(self, node: yaml.ScalarNode) -> Any:
        text = super().construct_scalar(node)
        if node.style is not None:
            return text
        try:
            return None if text in {"", "~"} else json.loads(text, parse_constant=_refuse)
        except ValueError:
            return text

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        found: dict[str, Any] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.MarkedYAMLError(problem="a key must be text", problem_mark=key.start_mark)
            if key.value in found:
                raise yaml.MarkedYAMLError(problem=f"'{key.value}' stands here twice", problem_mark=key.start_mark)
            found[key.value] = self.construct_object(value, deep=deep)
        return found


def _refuse(constant: str) -> Any:
    raise ValueError(constant)


def read_estate(text: str, origin: str) -> Estate:
    """Raises Invalid with one line per problem, each naming the entry and the key. `origin` names the file."""
    sections = _sections(text, origin)
    platforms, platform_problems = _entries("platforms", sections.get("platforms"), _PLATFORM_KEYS, Platform)
    checks, check_problems = _entries("checks", sections.get("checks"), _CHECK_KEYS, Check)
    if problems := (*platform_problems, *check_problems):
        raise Invalid(f"{origin} cannot be used:", problems)
    return Estate(platforms=tuple(platforms), checks=tuple(checks))


def _sections(text: str, origin: str) -> Entry:
    try:
        document = yaml.load(text, _Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        raise Invalid(f"{origin} is not valid YAML:", (f"{place}{error.problem or error.context}",)) from error
    except (yaml.YAMLError, RecursionError) as error:
        raise Invalid(f"{origin} is not valid YAML:", (" ".join(str(error).split()),)) from error
    if not document or not isinstance(document, dict):
        raise Invalid(f"{origin} cannot be used:", ("it must hold the keys platforms, checks or both",))
    if strangers := tuple(_unknown(key, _SECTIONS) for key in document if key not in _SECTIONS):
        raise Invalid(f"{origin} cannot be used:", strangers)
    return document


def _entries(section: str, entries: Any, keys: tuple[str, ...], model: type[M]) -> tuple[list[M], list[str]]:
    if not isinstance(entries or [], list):
        return [], [f"{section}: must be a list of entries, each beginning with -"]
    read: list[M] = []
    problems: list[str] = []
    places: dict[str, str] = {}
    for index, entry in enumerate(entries or []):
        place = f"{section}[{index}]"
        name = f"{place} {entry['id']}" if isinstance(entry, dict) and entry.get("id") else place
        found, wrong = _entry(entry, keys, model)
        if found:
            read.append(found)
            if (first := places.setdefault(found.id, place)) != place:
                wrong.append(f"id: is used by {first} too")
        problems += [f"{name}: {problem}" for problem in wrong]
    return read, problems


def _entry(entry: Any, keys: tuple[str, ...], model: type[M]) -> tuple[M | None, list[str]]:
    if not isinstance(entry, dict):
        return None, ["must be keys with values"]
    problems = [_unknown(key, keys) for key in entry if key not in keys]
    try:
        return model.model_validate(_as_model({key: entry[key] for key in keys if key in entry}, model)), problems
    except ValidationError as error:
        return None, problems + [_problem(detail) for detail in error.errors()]


def _as_model(entry: dict[str, Any], model: type[Platform] | type[Check]) -> dict[str, Any]:
    if model is Platform:
        return entry
    limits = {key: entry.pop(key) for key in _LIMITS if key in entry}
    if "platform" in entry:
        entry["platform_id"] = entry.pop("platform")
    return {**entry, "thresholds": limits}


def _problem(error: ErrorDetails) -> str:
    path = [part for part in error["loc"] if part != "thresholds"]
    if error["type"] == "extra_forbidden":
        return _unknown(str(path[-1]), _KEYS_INSIDE.get(str(path[0]), ()), inside=str(path[0]))
    place = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")
    place = place.replace("platform_id", "platform")
    return f"{place}: {_words(error)}" if place else _words(error)


def _words(error: ErrorDetails) -> str:
    context = error.get("ctx", {})
    if error["type"] in {"enum", "literal_error"}:
        allowed = [word.strip("'") for word in re.findall(r"'[^']*'", str(context["expected"]))]
        return f"{error['input']!r} is not one of {', '.join(allowed)}{_suggestion(str(error['input']), allowed)}"
    return _WORDS.get(error["type"], error["msg"]).format(input=error["input"], **context)


def _unknown(key: str, allowed: Iterable[str], inside: str = "") -> str:
    return f"{inside}{'.' if inside else ''}{key}: is not a known key{_suggestion(key, allowed)}"


def _suggestion(word: str, allowed: Iterable[str]) -> str:
    close = get_close_matches(word, list(allowed), n=1)
    return f"; did you mean {close[0]}?" if close else ""
