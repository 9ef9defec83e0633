"""Questions of forms and moves, and what counts as an answer. Each problem is told at its own field."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from data.errors import Invalid
from data.errors import Refused as Refused
from data.tickets.model import NOTE_MOST, Answers

Shape = Literal[
    "text", "line", "choice", "person", "team", "priority", "moment", "day", "number", "url", "ticket", "yes", "people",
    "asset", "list",
]  # fmt: skip
LINE_MOST, LIST_MOST = 200, 50
"""Characters of a name, and entries of a list, where the question says nothing else."""
_ADDRESS = re.compile(r"[^\s@:<>\"]+@[^\s@:<>\"]+")
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_JOINERS = frozenset("\u200c\u200d\ufe0f")
"""Needed inside emoji and in Persian, Hindi and other scripts."""


@dataclass(frozen=True, slots=True)
class Question:
    name: str
    label: str
    shape: Shape = "text"
    required: bool = True
    choices: Mapping[str, str] | None = None
    """Code -> words."""
    help: str = ""
    most: int | None = None
    """Characters, or the largest number."""
    least: int = 0


def checked(questions: Sequence[Question], answers: Answers) -> dict[str, Any]:
    """The answers to these questions, cleaned; what was not asked is left out. Raises Refused with all problems."""
    problems: dict[str, str] = {}
    good: dict[str, Any] = {}
    for question in questions:
        try:
            value = _cleaned(question, answers.get(question.name))
        except Invalid as problem:
            problems[question.name] = str(problem)
            continue
        if value is not None:
            good[question.name] = value
        elif question.required:
            problems[question.name] = f"{question.label.rstrip('?')}: please fill this in."
    if problems:
        raise Refused(problems)
    return good


def cleaned_text(text: str, *, one_line: bool = False) -> str:
    """Without characters that cannot be seen (controls, direction marks), except those that scripts need."""
    simple = text.isascii() and text.isprintable()
    kept = text if simple else "".join(c for c in unicodedata.normalize("NFC", text) if _visible(c))
    return " ".join(kept.split()) if one_line else kept.replace("\r\n", "\n").replace("\r", "\n").strip()


def _visible(character: str) -> bool:
    return character in "\n\r\t" or character in _JOINERS or unicodedata.category(character) not in _INVISIBLE


def _cleaned(question: Question, value: Any) -> Any:
    if value is None or value == "" or value == [] or value == ():
        return None
    match question.shape:
        case "text" | "line":
            return _text(question, value)
        case "choice":
            return _choice(question, value)
        case "number" | "priority":
            return _number(question, value)
        case "moment":
            return _moment(question, value)
        case "url":
            return _url(question, value)
        case "people" | "list":
            return _list(question, value)
        case "yes":
            return _yes(question, value)
        case "day":
            return _day(question, value)
    return _name(question, value)


def _text(question: Question, value: Any) -> str | None:
    text = cleaned_text(str(value), one_line=question.shape == "line")
    most = question.most or NOTE_MOST
    if len(text) > most:
        raise Invalid(f"{question.label}: {len(text):,} characters; at most {most:,} fit.")
    if text and len(text) < question.least:
        raise Invalid(f"{question.label}: a little more, please; at least {question.least} characters.")
    return text or None


def _name(question: Question, value: Any) -> str | None:
    text = cleaned_text(str(value), one_line=True)
    most = question.most or LINE_MOST
    if len(text) > most:
        raise Invalid(f"{question.label}: {len(text):,} characters; at most {most:,} fit.")
    return _person(question, text) if text and question.shape in {"person", "people"} else text or None


def _person(question: Question, text: str) -> str:
    """Addresses are known in lower case."""
    if not _ADDRESS.fullmatch(text):
        raise Invalid(f"{question.label.rstrip('?')}: please choose a person by e-mail address.")
    return text.lower()


def _yes(question: Question, value: Any) -> bool:
    if not isinstance(value, bool):
        raise Invalid(f"{question.label}: please answer yes or no.")
    return value


def _list(question: Question, value: Any) -> list[str] | None:
    entries = list(value) if isinstance(value, list | tuple | set | frozenset) else [value]
    if len(entries) > LIST_MOST:
        raise Invalid(f"{question.label}: {len(entries):,} are too many; at most {LIST_MOST} fit.")
    return [name for entry in entries if (name := _name(question, entry))] or None


def _day(question: Question, value: Any) -> str:
    day = value.date() if isinstance(value, datetime) else value
    try:
        return (day if isinstance(day, date) else date.fromisoformat(str(day))).isoformat()
    except ValueError:
        raise Invalid(f"{question.label}: please write a date such as 2026-11-09.") from None


def _choice(question: Question, value: Any) -> str:
    if not isinstance(value, str) or value not in (question.choices or {}):
        raise Invalid(f"{question.label}: '{str(value)[:40]}' is not one of the choices.")
    return str(value)


def _number(question: Question, value: Any) -> float | int:
    most = 4 if question.shape == "priority" else question.most
    least = 1 if question.shape == "priority" else question.least
    try:
        number = int(value) if question.shape == "priority" else float(value)
    except (TypeError, ValueError, OverflowError):
        raise Invalid(f"{question.label}: please write a number.") from None
    if not math.isfinite(number) or number < least or (most is not None and number > most):
        upto = "up" if most is None else f"to {most:,}"
        raise Invalid(f"{question.label}: please choose a number from {least:,} {upto}.")
    return number


def _moment(question: Question, value: Any) -> datetime:
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise Invalid(f"{question.label}: this is not a date and time with its zone.")
    return value


def _url(question: Question, value: Any) -> str:
    text = cleaned_text(str(value), one_line=True)
    if not text.startswith(("https://", "http://")) or " " in text or len(text) > 500:
        raise Invalid(f"{question.label}: please paste an address that starts with https://.")
    return text
