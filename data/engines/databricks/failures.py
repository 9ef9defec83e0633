"""Turns what a warehouse or a Spark session says into the portal's errors, by error class and SQLSTATE."""

from __future__ import annotations

import re

from data.errors import Invalid, NotFound, PortalError, Unavailable

_CLASS = re.compile(r"\[([A-Z][A-Z0-9_]+)(?:\.[A-Z0-9_]+)*\]")
_SQLSTATE = re.compile(r"SQLSTATE:?\s*([0-9A-Z]{5})")
_TABLE = re.compile(r"(?:table or view|table)\s+([`\w.]+)", re.IGNORECASE)
_MISSING = {"TABLE_OR_VIEW_NOT_FOUND", "DELTA_TABLE_NOT_FOUND", "DELTA_MISSING_DELTA_TABLE"}
_WRONG = {"21", "22", "23", "42"}
"""SQLSTATE classes of statements and values that will fail again."""
_RIGHTS = {"INSUFFICIENT_PERMISSIONS", "PERMISSION_DENIED", "UNAUTHORIZED_ACCESS"}


class LostRace(Exception):
    """Somebody else committed first and nothing was written: the same statement may run again."""


class SessionGone(Exception):
    """The warehouse did not know the session or its token any more, so the statement did not run.

    Its words are for people, should a new session not help either.
    """


def translated(told: str) -> PortalError | LostRace | SessionGone:
    """`told`: the server's whole answer to a statement."""
    found = _CLASS.search(told)
    error_class = found[1] if found else ""
    state = _SQLSTATE.search(told)
    if "Invalid SessionHandle" in told:
        return SessionGone("The SQL warehouse drops the portal's session each time; try again.")
    if error_class.startswith("DELTA_CONCURRENT"):
        return LostRace(told)
    if error_class in _MISSING:
        return NotFound(f"There is no table {_table(told)}.")
    if error_class in _RIGHTS or (state and state[1] == "42501"):
        return Unavailable(f"Databricks does not let the portal do this: {_sentence(told)} Ask for the missing grant.")
    if error_class.endswith("ALREADY_EXISTS"):
        return Invalid(f"{_table(told)} exists already.")
    if "TIMEOUT" in error_class or "STATEMENT_TIMEOUT" in told:
        return Unavailable("The query took too long and was stopped.")
    if state and state[1][:2] in _WRONG:
        return Invalid(f"This SQL cannot run: {_sentence(told)}")
    return Unavailable(f"The warehouse could not run a statement: {_sentence(told)}")


def _table(told: str) -> str:
    found = _TABLE.search(told)
    return found[1].replace("`", "").rpartition(".")[2] if found else "of that name"


def _sentence(told: str) -> str:
    """Without class, SQLSTATE and stack trace."""
    first = told.strip().splitlines()[0] if told.strip() else "no reason was given"
    words = _SQLSTATE.sub("", _CLASS.sub("", first)).strip(" :;")
    return words if words.endswith(".") else f"{words}."
